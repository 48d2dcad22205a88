#!/bin/sh
# Builds one program of the workspace into /out, stripped, and sees that the final images have the libraries it needs.
#
#   build.sh PROGRAM CRATE...   the crates are those whose sources replaced empty ones
set -eu

program=$1
shift
# Cargo compares times: without this, the empty crates of the skeleton would be newer than the sources.
find "$@" -type f -exec touch {} +
cargo build --locked --offline --profile "$PROFILE" --target-dir /target --bin "$program"
case $PROFILE in dev) folder=debug ;; *) folder=$PROFILE ;; esac
mkdir -p /out
strip -o "/out/$program" "/target/$folder/$program"
missing=$(ldd "/out/$program" | sed 's/ (0x.*//; s/ => .*//; s/^[[:space:]]*//' |
    grep -vE '^(linux-vdso|libc|libm|libgcc_s|/lib.*/ld-linux)[-.a-z0-9_]*$' || true)
test -z "$missing" || { echo "$program needs libraries that the images lack: $missing" >&2; exit 1; }
