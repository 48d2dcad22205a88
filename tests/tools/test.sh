#!/usr/bin/env bash
# Runs everything that needs no containers: the checks, then every test, also after a failure; lists the failures at the
# end. It builds the binary first, because the flows in tests/ start it.
set -euo pipefail
cd "$(dirname "$0")/../.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The names of the failed tests, each after its test binary.
failed_tests() {
    awk '/^ +(Running|Doc-tests) / { sub(/ \(.*/, ""); sub(/^ +/, ""); binary = $0 }
         /^test .* FAILED$/ { print "  " binary ": " $2 }' "$log"
}

failures=()
tests/tools/install.sh
tests/tools/check.sh || failures+=("  make check")
cargo build --bin doorward
cargo test --workspace --no-fail-fast 2>&1 | tee "$log" || failures+=("$(failed_tests)" "  cargo test --workspace")

if [[ ${#failures[@]} -gt 0 ]]; then
    printf '\nFailed:\n'
    printf '%s\n' "${failures[@]}"
    exit 1
fi
