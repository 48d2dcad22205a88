#!/usr/bin/env bash
# Builds and runs the measurements of tests/bench, see docs/benchmarks.md. ONLY=speed or ONLY=sessions picks;
# ONLY=overload measures something else.
#
# speed: ROUNDS (5) rounds of SECONDS_EACH (2) seconds per case, with each of CONNECTIONS ("1 16 64") at a time;
# BASELINE=folder adds the programs in that folder.
# sessions: SESSIONS (1000000) in Redis; silent authentications at RATE (200) per second in ROUNDS (6) rounds of
# SECONDS_EACH (10) seconds.
# overload: SECONDS_EACH (5) seconds of each rate; BASELINE=folder adds the programs in that folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

profile=${PROFILE:-dist}
only=${ONLY:-both}
if [[ ! $only =~ ^(speed|sessions|both|overload)$ ]]; then
    echo "ONLY is speed, sessions or overload, not $only" >&2
    exit 1
fi

if [[ $only == speed || $only == both ]]; then
    # This includes its own Node.js, because the machine may have another version.
    npm ci --prefix tests/bench/peer --no-audit --no-fund --ignore-scripts
fi
cargo build --profile "$profile" --bin doorward
built=$(cargo bench --profile "$profile" --workspace --bench measure --no-run 2>&1 | tee /dev/stderr)
program=$(sed -n 's/^ *Executable .*(\(.*\))$/\1/p' <<<"$built")

# A folder for all started programs; PostgreSQL uses it as another user. It is removed when the pipe closes: after the
# end of the program and of all programs that it has started.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/doorward-bench.XXXXXX")
chmod 1777 "$TMPDIR"
export TMPDIR
exec 3> >(trap '' HUP INT TERM && cat && rm -rf "$TMPDIR")

mkdir -p target/bench
if [[ $only == overload ]]; then
    # The servers have the first processor; the load moves itself to the second one.
    exec taskset -c 0 "$program" overload "${SECONDS_EACH:-5}" target/bench/overload.json target/bench/overload.svg "${BASELINE:-}"
fi
measurements=()
if [[ $only != sessions ]]; then
    measurements+=(-- speed "${ROUNDS:-5}" "${SECONDS_EACH:-2}" "${CONNECTIONS:-1 16 64}" target/bench/speed.json "${BASELINE:-}")
fi
if [[ $only != speed ]]; then
    measurements+=(-- sessions "${SESSIONS:-1000000}" "${RATE:-200}" "${ROUNDS:-6}" "${SECONDS_EACH:-10}" target/bench/sessions.json)
fi
# Replaces this script, so that a signal reaches the program, which stops all programs that it has started.
exec "$program" "${measurements[@]:1}"
