#!/usr/bin/env bash
# Starts the compose stack with two containers of each service, runs the flows and the browser against it, then takes
# parts of it away. Reports are in target/e2e: a verdict for each fault, logs of containers after a failure.
#
#     tests/tools/e2e.sh                       everything
#     PHASES="flows faults" tests/tools/e2e.sh only these of: kubernetes, restore, security, flows, containers,
#                                             browser, faults
#     FAULTS=rel_25 tests/tools/e2e.sh         only these faults
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
    echo 'make e2e needs a running container engine with Compose v2: `docker info` or `docker compose version` fails.' >&2
    exit 1
fi

services=(client-registry identity session organization token-signing authorize-frontend)
results=$PWD/target/e2e
export COMPOSE_PROJECT_NAME=doorward-e2e
export DOORWARD_ISSUER=https://auth.example.test/ DOORWARD_HOST=auth.example.test
export DOORWARD_E2E_PROJECT=$COMPOSE_PROJECT_NAME DOORWARD_E2E_ISSUER=$DOORWARD_ISSUER
export DOORWARD_E2E_CERTIFICATES=$results/certificates
phases=" ${PHASES:-kubernetes restore security flows containers browser faults} "

log=$(mktemp)
failures=()

compose() { docker compose --file docker-compose.yml --file tests/compose/e2e.yml "$@"; }

stop_stack() { compose down --volumes --remove-orphans --timeout 5 >"$results/down.log" 2>&1 || cat "$results/down.log" >&2; }

trap 'rm -f "$log"; stop_stack' EXIT

# A new stack without users or applications.
start_stack() {
    local scale=()
    for service in "${services[@]}"; do scale+=(--scale "$service=2"); done
    stop_stack
    if ! compose up --detach "${scale[@]}" "${services[@]}" || ! all_are_healthy; then
        failures+=("  the stack does not start")
        keep_logs start
        return 1
    fi
    copy_certificates
}

# Compose itself waits for what others depend on, but not for the last ones.
all_are_healthy() {
    for _ in {1..90}; do
        [[ -z "$(docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter health=starting --quiet)" ]] && break
        sleep 1
    done
    local healthy
    healthy=$(docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --filter health=healthy --quiet | wc -l)
    [[ $healthy -ge $((2 * ${#services[@]} + 2)) ]]
}

# The tests call the services as the commands and as the frontend do.
copy_certificates() {
    rm -rf "$DOORWARD_E2E_CERTIFICATES"
    for name in commands authorize-frontend; do
        mkdir -p "$DOORWARD_E2E_CERTIFICATES/$name"
        docker run --rm --network none --volume "${COMPOSE_PROJECT_NAME}_tls-$name:/from:ro" "$helper" \
            tar -C /from -c tls.crt tls.key ca.crt | tar -C "$DOORWARD_E2E_CERTIFICATES/$name" -x --no-same-owner
    done
}

keep_logs() {
    local folder=$results/logs/$1
    mkdir -p "$folder"
    for container in $(docker ps --all --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format '{{.Names}}'); do
        docker logs --timestamps "$container" >"$folder/$container.log" 2>&1 || true
    done
    echo "The logs of the containers are in $folder." >&2
}

# The tests of a phase: arguments for the test binary.
run_tests() {
    local phase=$1
    shift
    echo "== $phase"
    cargo test --workspace --test flows --no-fail-fast -- "$@" 2>&1 | tee "$log" && return
    keep_logs "$phase"
    failures+=("$(sed -n 's/^test \(.*\) \.\.\. FAILED$/  '"$phase"': \1/p' "$log")" "  $phase")
}

wants() { [[ $phases == *" $1 "* ]]; }

helper=doorward-e2e-network
rm -rf "$results"
mkdir -p "$results"
tests/tools/install.sh
cargo build --bin doorward
cargo test --workspace --test flows --no-run
docker build --quiet --network host --tag "$helper" --file tests/compose/network.Dockerfile tests/compose >/dev/null
# PROFILE=release builds the images that are released.
compose build --build-arg "PROFILE=${PROFILE:-quick}"
tests/tools/e2e-tests.mjs left-out >"$results/not-run.txt"

if wants kubernetes; then
    echo '== kubernetes'
    tests/tools/kubernetes-containers.sh || failures+=("  kubernetes")
fi
if wants restore; then
    echo '== restore'
    tests/tools/restore-drill.sh | tee "$results/restore-drill.txt" || failures+=("  restore")
fi
if wants security && start_stack; then
    mapfile -t tests < <(tests/tools/e2e-tests.mjs security)
    run_tests security --exact "${tests[@]}"
fi
if { wants flows || wants containers || wants browser || wants faults; } && start_stack; then
    docker stats --no-stream >"$results/containers-at-rest.txt"
    mapfile -t tests < <(tests/tools/e2e-tests.mjs flows)
    if wants flows; then
        (sleep 8 && docker stats --no-stream >"$results/containers-under-load.txt") &
        run_tests flows --exact "${tests[@]}"
        wait
    fi
    ! wants containers || run_tests containers --ignored containers::
    ! wants browser || run_tests browser --ignored --exact browser::applications_with_the_compose_stack
    ! wants faults || run_tests faults --ignored --test-threads=1 "${FAULTS:-reliability::stack}"
fi

echo
echo "Not run here: $(wc -l <"$results/not-run.txt") tests, with the reasons in target/e2e/not-run.txt."
echo "Verdicts: $(find "$results" -name 'REL-*.json' | wc -l) in target/e2e."
if [[ ${#failures[@]} -gt 0 ]]; then
    printf '\nFailed:\n'
    printf '%s\n' "${failures[@]}"
    exit 1
fi
