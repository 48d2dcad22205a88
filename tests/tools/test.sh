#!/usr/bin/env bash
# Everything CI runs. The binaries are built first, for the flows in tests/ start them.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests/tools/install.sh
tests/tools/check.sh
cargo build --workspace --bins
cargo test --workspace
