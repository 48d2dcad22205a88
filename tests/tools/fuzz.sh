#!/usr/bin/env bash
# Runs every fuzz target, one after the other, for SECONDS_EACH seconds (60). New inputs are stored in
# target/fuzz/corpus, for the next run; inputs that break a target are in tests/fuzz/artifacts. The stable toolchain is
# enough: the code has no unsafe, so it needs no sanitizer.
set -euo pipefail
cd "$(dirname "$0")/../.."

fuzz=target/tools/python/bin/cargo-fuzz
if [[ ! -x $fuzz ]]; then
    echo "cargo-fuzz is not installed: run \`make tools\`" >&2
    exit 1
fi

settings=(--fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none --codegen-units 16)
for source in tests/fuzz/targets/*.rs; do
    target=$(basename "$source" .rs)
    mkdir -p "target/fuzz/corpus/$target"
    "$fuzz" run "${settings[@]}" "$target" "target/fuzz/corpus/$target" "tests/fuzz/corpus/$target" -- \
        -max_total_time="${SECONDS_EACH:-60}" -max_len=16384 -timeout=5 -print_final_stats=1
done
