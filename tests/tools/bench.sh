#!/usr/bin/env bash
# Builds and runs the measurements of tests/bench; docs/benchmarks.md says how to read them. ONLY=speed or ONLY=sessions runs one.
#
# speed: ROUNDS (5) rounds of SECONDS_EACH (2) seconds for each case; BASELINE=folder compares with the programs in that folder.
# sessions: SESSIONS (1000000) in Redis, silent authentications at RATE (200) a second in ROUNDS (6) rounds of SECONDS_EACH (10).
set -euo pipefail
cd "$(dirname "$0")/../.."

profile=${PROFILE:-dist}
only=${ONLY:-both}
if [[ ! $only =~ ^(speed|sessions|both)$ ]]; then
    echo "ONLY is speed or sessions, not $only" >&2
    exit 1
fi

if [[ $only != sessions ]]; then
    # Node.js of its own among it, ready-made: the machine's may be another version.
    npm ci --prefix tests/bench/peer --no-audit --no-fund --ignore-scripts
fi
cargo build --profile "$profile" --bin doorward
built=$(cargo bench --profile "$profile" --workspace --bench measure --no-run 2>&1 | tee /dev/stderr)
program=$(sed -n 's/^ *Executable .*(\(.*\))$/\1/p' <<<"$built")

# A folder for whatever is started, Postgres by another user too. It goes when nobody holds the pipe any more: after the program
# and all that it has started, however that ended.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/doorward-bench.XXXXXX")
chmod 1777 "$TMPDIR"
export TMPDIR
exec 3> >(trap '' HUP INT TERM && cat && rm -rf "$TMPDIR")

mkdir -p target/bench
measurements=()
if [[ $only != sessions ]]; then
    measurements+=(-- speed "${ROUNDS:-5}" "${SECONDS_EACH:-2}" target/bench/speed.json "${BASELINE:-}")
fi
if [[ $only != speed ]]; then
    measurements+=(-- sessions "${SESSIONS:-1000000}" "${RATE:-200}" "${ROUNDS:-6}" "${SECONDS_EACH:-10}" target/bench/sessions.json)
fi
# In place of this script: a signal to end it must reach the program, which ends all that it has started.
exec "$program" "${measurements[@]:1}"
