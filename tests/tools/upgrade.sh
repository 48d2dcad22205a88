#!/usr/bin/env bash
# REL-26: upgrades the compose stack from the programs of one build to those of another, container by container, and
# rolls it back, under load. Every round is the rolling restart of REL-25: no request may fail, and no user may have to
# sign in again. The load, and thus the verdict, comes from the tests. Needs the images, whose programs it replaces.
#
#     tests/tools/upgrade.sh OLD NEW                folders with a program for each service, named like the service
#     ROUNDS=1 tests/tools/upgrade.sh OLD NEW
#     BEFORE_ROLLBACK=FILE BEFORE_UPGRADE=FILE      SQL for the database of token-signing before each
#     FLOWS=FILE                                    the test program; by default it is built
#     docker cp "$(docker create IMAGE)":/usr/bin/doorward-session OLD/session     gets a program out of an image
set -euo pipefail
old=$(realpath "$1") new=$(realpath "$2")
cd "$(dirname "$0")/../.."

services=(client-registry identity session organization token-signing authorize-frontend)
export COMPOSE_PROJECT_NAME=doorward-upgrade DOORWARD_ISSUER=https://auth.example.test/ DOORWARD_HOST=auth.example.test
export DOORWARD_E2E_PROJECT=$COMPOSE_PROJECT_NAME DOORWARD_E2E_ISSUER=$DOORWARD_ISSUER
export DOORWARD_E2E_CERTIFICATES=$PWD/target/e2e/upgrade/certificates
folder=$(mktemp -d)
export DOORWARD_PROGRAMS=$folder/programs
mkdir -p "$DOORWARD_PROGRAMS" "$DOORWARD_E2E_CERTIFICATES"
began=$(date +%s)

compose() {
    docker compose --progress quiet --file docker-compose.yml --file tests/compose/e2e.yml --file tests/compose/programs.yml "$@"
}
end() {
    compose down --volumes --remove-orphans --timeout 5 || true
    rm -rf "$folder"
}
trap end EXIT

# Replaces the files rather than their content: running programs keep theirs.
install_programs() {
    local service
    for service in "${services[@]}"; do
        install -m 755 "$1/$service" "$folder/next"
        mv -f "$folder/next" "$DOORWARD_PROGRAMS/$service"
    done
}
administer() { [[ -z $1 ]] || compose exec --no-TTY --user postgres postgres psql --quiet --set ON_ERROR_STOP=1 token_signing <"$1" >/dev/null; }
roll() {
    install_programs "$2"
    "$flows" --ignored --exact reliability::stack::upgrade::rel_25_rolling_restart >"$folder/log" 2>&1 ||
        { cat "$folder/log" >&2; echo "upgrade: the $1 of round $round failed" >&2; exit 1; }
    cp target/e2e/REL-25.json "target/e2e/upgrade/$round-$1.json"
    echo "$(($(date +%s) - began)) s: round $round, $1: no request failed"
}

flows=${FLOWS:-}
if [[ -z $flows ]]; then
    cargo build --bin doorward
    flows=$(cargo test --workspace --test flows --no-run --message-format json | sed -n 's/.*"executable":"\([^"]*\/flows-[^"]*\)".*/\1/p' | tail -n 1)
fi
install_programs "$old"
scale=()
for service in "${services[@]}"; do scale+=(--scale "$service=2"); done
compose up --detach --wait --no-build "${scale[@]}" "${services[@]}"
for name in commands authorize-frontend; do
    mkdir -p "$DOORWARD_E2E_CERTIFICATES/$name"
    docker run --rm --network none --user 0 --entrypoint tar --volume "${COMPOSE_PROJECT_NAME}_tls-$name:/from:ro" postgres:17 \
        -C /from -c tls.crt tls.key ca.crt | tar -C "$DOORWARD_E2E_CERTIFICATES/$name" -x --no-same-owner
done
# The functions of both builds lie side by side in Redis.
install_programs "$new"
compose run --rm --no-deps functions
install_programs "$old"

for round in $(seq "${ROUNDS:-10}"); do
    administer "${BEFORE_UPGRADE:-}"
    roll upgrade "$new"
    administer "${BEFORE_ROLLBACK:-}"
    roll rollback "$old"
done
