#!/usr/bin/env bash
# Starts what the manifests of deploy/kubernetes/overlays/local describe, with a container engine instead of a cluster:
# first everything with the demo, to run the command of each probe; then without the demo, to sign in and to see what
# rights the processes have. A part of tests/tools/e2e.sh, which builds the images and the tests.
set -euo pipefail
cd "$(dirname "$0")/../.."

results=$PWD/target/e2e/kubernetes
export PATH=$PWD/target/tools/kubernetes/bin:$PATH
export COMPOSE_PROJECT_NAME=doorward-e2e-kubernetes
export DOORWARD_E2E_PROJECT=$COMPOSE_PROJECT_NAME DOORWARD_E2E_ISSUER=https://localhost:8443/
export DOORWARD_E2E_CERTIFICATES=$results/secrets

compose() { docker compose --file "$results/stack/compose.json" "$@"; }

stop_stack() {
    compose --profile commands down --volumes --remove-orphans --timeout 5 >"$results/down.log" 2>&1 ||
        cat "$results/down.log" >&2
}

keep_logs() {
    compose logs --timestamps >"$results/containers.log" 2>&1
    echo "The logs of the containers are in $results/containers.log." >&2
}

# As in a cluster, nothing waits for anything: what starts too early is started again.
start_stack() {
    compose up --detach --no-build --quiet-pull "$@" >"$results/up.log" 2>&1 || { cat "$results/up.log" >&2; return 1; }
    local waiting
    for _ in {1..90}; do
        waiting=$(compose ps --all --format '{{.Service}} {{.Health}} {{.ExitCode}} {{.State}}' |
            grep --invert-match ' healthy \|  0 exited' || true)
        [[ -n $waiting ]] || return 0
        sleep 1
    done
    printf 'not healthy, or not ended:\n%s\n' "$waiting" >&2
    return 1
}

run_probes() {
    local command probes=0
    while IFS=$'\t' read -r -a command; do
        if ! compose exec --no-TTY "${command[@]}" </dev/null >"$results/probe.log" 2>&1; then
            echo "a probe fails: ${command[*]}: $(<"$results/probe.log")" >&2
            return 1
        fi
        probes=$((probes + 1))
    done <"$results/stack/probes.txt"
    echo "$probes commands of probes succeed"
}

# Every port that a manifest names, from another container.
call_ports() {
    # shellcheck disable=SC2016 # The variables are those of the container.
    local script='while read -r name port; do
        exec 3<>"/dev/tcp/$name/$port" || { echo "nothing listens at $name:$port"; exit 1; }
        [[ $port != 9100 ]] || { printf "GET /metrics HTTP/1.0\r\n\r\n" >&3; grep --quiet ^doorward_ <&3; } || exit 1
    done'
    docker run --rm --interactive --network "${COMPOSE_PROJECT_NAME}_services" doorward-e2e-network \
        timeout 60 bash -c "$script" <"$results/stack/ports.txt" >&2 || return 1
    echo "$(wc -l <"$results/stack/ports.txt") ports answer"
}

# As a pod of the commands, with a file on its standard input.
run_command() {
    if ! compose run --rm --no-TTY commands import /dev/stdin --dry-run --registry https://client-registry:7001 \
        --identity https://identity:7002 --organization https://organization:7004 \
        <deploy/demo/tenant.yaml >"$results/import.log" 2>&1; then
        cat "$results/import.log" >&2
        return 1
    fi
    echo 'a pod of the commands reaches the services'
}

# Each stops within its terminationGracePeriodSeconds, and ends by itself.
stop_services() {
    local services=(authorize-frontend client-registry identity session organization token-signing) failed
    compose stop "${services[@]}" >"$results/stop.log" 2>&1 || return 1
    failed=$(compose ps --all --format '{{.Name}} {{.State}} {{.ExitCode}}' "${services[@]}" |
        grep --invert-match ' exited 0$' || true)
    if [[ -n $failed ]]; then
        printf 'not ended by itself:\n%s\n' "$failed" >&2
        return 1
    fi
    echo 'all services drain and end'
}

flows=(
    silent_authentication::{without_a_session,with_a_session,by_web_message}
    sign_in_pages::a_sign_in_belongs_to_one_browser
    discovery::{the_document,the_keys}
    userinfo::get_and_post_with_both_kinds_of_token
    organization::joining::a_sign_in_to_the_organization_makes_a_member
)

# A test that was renamed must not be left out in silence.
flows_exist() {
    local flow known
    known=$(tests/tools/e2e-tests.mjs flows)
    for flow in "${flows[@]}"; do
        grep --quiet --line-regexp "$flow" <<<"$known" || { echo "there is no test $flow" >&2; return 1; }
    done
}

run_tests() {
    flows_exist && cargo test --workspace --test flows --no-fail-fast -- --exact "${flows[@]}" &&
        cargo test --workspace --test flows --no-fail-fast -- --ignored containers::confinement
}

with_demo() { start_stack && run_probes && call_ports && run_command; }

without_demo() {
    start_stack --scale authorize-frontend=2 postgres redis functions \
        client-registry identity session organization token-signing authorize-frontend && run_tests && stop_services
}

rm -rf "$results"
mkdir -p "$results"
tests/tools/kubernetes.sh --render
deploy/kubernetes/overlays/local/secrets.sh "$results/secrets" >"$results/secrets.yaml"
tests/kubernetes/compose.mjs "$results/secrets.yaml" "$results/stack"
trap stop_stack EXIT
stop_stack

for part in with_demo without_demo; do
    if ! $part; then
        keep_logs
        exit 1
    fi
    stop_stack
done
