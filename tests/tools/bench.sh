#!/usr/bin/env bash
# Measures what SESSIONS (1000000) sessions cost: memory of Redis, and CPU time of silent authentications, RATE (200) a second in
# ROUNDS (6) rounds of SECONDS_EACH (10) seconds. All figures are in target/bench/sessions.json as well.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --profile dist --bin doorward
built=$(cargo bench --profile dist --workspace --bench sessions --no-run 2>&1 | tee /dev/stderr)
program=$(sed -n 's/^ *Executable .*(\(.*\))$/\1/p' <<<"$built")

# A folder for whatever is started, Postgres by another user too. It goes when nobody holds the pipe any more: after the program
# and all that it has started, however that ended.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/doorward-bench.XXXXXX")
chmod 1777 "$TMPDIR"
export TMPDIR
exec 3> >(trap '' HUP INT TERM && cat && rm -rf "$TMPDIR")

# In place of this script: a signal to end it must reach the program, which ends all that it has started.
mkdir -p target/bench
exec "$program" "${SESSIONS:-1000000}" "${RATE:-200}" "${ROUNDS:-6}" "${SECONDS_EACH:-10}" target/bench/sessions.json
