#!/bin/sh
# Builds one program of the workspace into /out, stripped, and checks that the final images have the libraries it needs.
# What cargo made of the crate itself is in /artifacts, for the program that contains all services.
#
#   build.sh CRATE PROGRAM
set -eu

crate=$1 program=$2
# Cargo compares times: without this, the empty crate of the skeleton would be newer than the sources.
find "crates/$crate" -type f -exec touch {} +
cargo build --locked --offline --profile "$PROFILE" --target-dir /target --bin "$program"
case $PROFILE in dev) folder=debug ;; *) folder=$PROFILE ;; esac
mkdir -p /out
strip -o "/out/$program" "/target/$folder/$program"

library=$(echo "$program" | tr - _)
cd /target
mkdir /artifacts
find "$folder/deps" "$folder/.fingerprint" \( -path "*/lib$library-*" -o -path "*/$library-*" -o -path "*/$program-*" \) \
    -exec cp -a --parents -t /artifacts {} +

missing=$(ldd "/out/$program" | sed 's/ (0x.*//; s/ => .*//; s/^[[:space:]]*//' |
    grep -vE '^(linux-vdso|libc|libm|libgcc_s|/lib.*/ld-linux)[-.a-z0-9_]*$' || true)
test -z "$missing" || { echo "$program needs libraries that the images lack: $missing" >&2; exit 1; }
