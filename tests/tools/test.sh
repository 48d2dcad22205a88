#!/usr/bin/env bash
# Everything CI runs: the checks, then every test, also when something before it has failed; names at the end what failed. The
# binary is built first, for the flows in tests/ start it.
set -euo pipefail
cd "$(dirname "$0")/../.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The names of the tests that failed, each behind the test binary that it is in.
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
