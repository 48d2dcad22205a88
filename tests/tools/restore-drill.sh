#!/usr/bin/env bash
# Destroys a local stack of its own and restores it from a backup, as docs/operations.md describes. Then checks that
# users, sessions, tokens, invitations and signing keys from before are still good. Needs the images (`make up` builds
# them), curl and node. Nothing else is touched: the stack has its own name and ports.
#
#     tests/tools/restore-drill.sh                  with the sessions
#     SESSIONS=no tests/tools/restore-drill.sh      without them: users sign in again
set -euo pipefail
cd "$(dirname "$0")/../.."

export COMPOSE_PROJECT_NAME=doorward-drill DOORWARD_PORT=${DOORWARD_PORT:-18443} DOORWARD_DEMO_PORT=${DOORWARD_DEMO_PORT:-13443}
# The stack is this machine's, whatever name the caller's stack has.
unset DOORWARD_ISSUER DOORWARD_HOST
issuer=https://localhost:$DOORWARD_PORT
callback=https://localhost:$DOORWARD_DEMO_PORT/
client=DoorwardDemoSinglePageApp0000001
databases=(organization identity client_registry token_signing)
sessions=${SESSIONS:-yes}
folder=$(mktemp -d)
backup=$folder/backup
began=$(date +%s%3N)

compose() { docker compose --progress quiet "$@"; }
command_of_doorward() {
    compose run --rm --no-deps --no-TTY commands "$@" --registry https://client-registry:7001 --identity https://identity:7002 \
        --organization https://organization:7004
}
keys() { compose run --rm --no-deps --no-TTY commands keys "$@" --token-signing https://token-signing:7005; }
say() { printf '%7.1f s  %s\n' "$((($(date +%s%3N) - began) / 100))e-1" "$*"; }
fail() { echo "restore-drill: $*" >&2; exit 1; }
destroy() { compose --profile commands down --volumes --remove-orphans --timeout 5; }
end() {
    destroy || true
    rm -rf "$folder"
}
trap end EXIT

# A browser with one cookie jar per user.
browse() {
    local jar=$folder/$1.jar
    shift
    curl --silent --show-error --max-time 20 --cacert "$folder/ca.crt" --cookie "$jar" --cookie-jar "$jar" "$@"
}
field() { sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$2" | head -n 1; }
location() { sed -n 's/^location: \(.*\)\r$/\1/ip' "$1" | tail -n 1; }
# Opens a page or a callback, following redirects within Doorward. The last header is in $folder/head, its page in
# $folder/page.
open() {
    local jar=$1 url=$2
    shift 2
    for _ in {1..8}; do
        browse "$jar" --dump-header "$folder/head" --output "$folder/page" "$@" "$url"
        set --
        url=$(location "$folder/head")
        case $url in
            '' | "$callback"*) return ;;
            /*) url=$issuer$url ;;
        esac
    done
    fail "too many redirects: $url"
}
submit() {
    local jar=$1 action
    shift
    action=$(sed -n 's/.*<form method="post" action="\([^"]*\)".*/\1/p' "$folder/page" | head -n 1)
    [[ -n $action ]] || fail "no form: $(sed -n 's:.*<h1>\(.*\)</h1>.*:\1:p' "$folder/page") $(head -n 1 "$folder/head")"
    open "$jar" "$issuer$action" --data-urlencode "state=$(field state "$folder/page")" \
        --data-urlencode "_csrf=$(field _csrf "$folder/page")" --data-urlencode action=default "$@"
}
# The value of a parameter at the callback.
returned() { location "$folder/head" | sed -n "s/.*[#?&]$1=\([^&]*\).*/\1/p"; }
request() { printf '%s/authorize?client_id=%s&response_type=id_token&redirect_uri=%s&scope=openid%%20email&nonce=n&state=s%s' "$issuer" "$client" "$callback" "${1:-}"; }
# Signs in, and leaves the ID token in the callback.
sign_in() {
    open "$1" "$(request '&prompt=login')"
    submit "$1" --data-urlencode "username=$2"
    submit "$1" --data-urlencode "password=$3"
}
silent() { open "$1" "$(request '&prompt=none')"; }
# A value of a token's header or payload; `undefined` if it is missing.
part_of() { node -e 'console.log(JSON.parse(Buffer.from(process.argv[1].split(".")[process.argv[2]], "base64url"))[process.argv[3]])' "$@"; }
kid() { part_of "$1" 0 kid; }
claim() { part_of "$2" 1 "$1"; }
# Checks the signature of a token with the published keys.
verify() {
    browse keys --output "$folder/jwks" "$issuer/.well-known/jwks.json"
    # shellcheck disable=SC2016 # The script is JavaScript.
    node -e '
        const { readFileSync } = require("fs"), { createPublicKey, verify } = require("crypto");
        const [file, token] = process.argv.slice(1), [head, body, signature] = token.split(".");
        const { kid } = JSON.parse(Buffer.from(head, "base64url"));
        const key = JSON.parse(readFileSync(file)).keys.find((key) => key.kid === kid);
        const good = key && verify("sha256", `${head}.${body}`, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url"));
        process.exit(good ? 0 : 1);' "$folder/jwks" "$1" || fail "a token from before is refused: its key is not published"
}

# The volumes that hold certificates, passwords and keys.
volumes() { docker volume ls --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" | sed "s/^${COMPOSE_PROJECT_NAME}_//" | grep -E '^(ca|demo|tls-.*)$'; }
in_volume() { docker run --rm --interactive --network none --user 0 --entrypoint tar --volume "${COMPOSE_PROJECT_NAME}_$1:/volume" postgres:17 -C /volume "${@:2}"; }
administrator() { compose exec --no-TTY --user postgres postgres "$@"; }
trust() { in_volume tls-commands -c ca.crt | tar -x -C "$folder"; }

back_up() {
    mkdir -p "$backup/volumes"
    # Redis first: its copy must be older than that of `identity`. A rewrite of the file meanwhile would spoil the copy.
    if [[ $sessions == yes ]]; then
        local before
        for _ in {1..5}; do
            before=$(compose exec --no-TTY redis cat /data/appendonlydir/appendonly.aof.manifest)
            compose exec --no-TTY redis tar -C /data -c appendonlydir >"$backup/redis.tar" || true
            [[ $before == "$(compose exec --no-TTY redis cat /data/appendonlydir/appendonly.aof.manifest)" ]] && break
            before=
        done
        [[ -n $before ]] || fail "Redis rewrites its file all the time"
    fi
    for database in "${databases[@]}"; do
        administrator pg_dump --format custom "$database" >"$backup/$database.dump"
    done
    for volume in $(volumes); do in_volume "$volume" -c . >"$backup/volumes/$volume.tar"; done
}

restore() {
    # Volumes with their owners and labels, but no process yet.
    compose up --no-start --no-build
    for file in "$backup"/volumes/*.tar; do in_volume "$(basename "$file" .tar)" -x <"$file"; done
    [[ $sessions == no ]] || in_volume redis -x <"$backup/redis.tar"
    compose up --detach --wait --no-build postgres
    for database in "${databases[@]}"; do
        administrator pg_restore --exit-on-error --dbname "$database" <"$backup/$database.dump"
    done
    compose up --detach --wait --no-build
}

# The drill.
echo "$(date --utc +%F) docker $(docker version --format '{{.Server.Version}}'), sessions: $sessions"
destroy
compose up --detach --wait --no-build
trust
say "the stack is up"
password=$(docker compose logs --no-log-prefix --no-color setup | sed -n 's/.* Password *\([^ ]*\) *$/\1/p')
sign_in demo demo@doorward.example "$password"
first=$(returned id_token)
[[ -n $first ]] || fail "no sign-in before the backup"
keys rotate --force >/dev/null
# Replicas of token-signing look for a rotation every few seconds.
for _ in {1..30}; do
    silent demo
    second=$(returned id_token)
    [[ $(kid "$second") == "$(kid "$first")" ]] || break
    sleep 1
done
[[ $(kid "$second") != "$(kid "$first")" ]] || fail "the rotation does not count"
command_of_doorward invitation create globex demo@doorward.example --client "$client" --inviter Administrator --json \
    --no-mail >"$folder/invitation"
ticket=$(sed -n 's/.*"ticket_id": "\(.*\)".*/\1/p' "$folder/invitation")
say "a sign-in, a rotation, an invitation"

start=$(date +%s%3N)
back_up
say "backup: $(du -sh "$backup" | cut -f 1) in $(($(date +%s%3N) - start)) ms"
command_of_doorward user add late@doorward.example <<<"$password" >/dev/null
sign_in late late@doorward.example "$password"
[[ -n $(returned id_token) ]] || fail "no sign-in after the backup"

destroy
say "all containers and volumes are destroyed"
start=$(date +%s%3N)
restore
# The first good answer ends the outage.
until silent demo && [[ -n $(location "$folder/head") ]]; do sleep 0.2; done
say "restored: served $(($(date +%s%3N) - start)) ms after the restore began"

trust
verify "$first"
verify "$second"
say "tokens of both signing keys are accepted"
silent demo
if [[ $sessions == yes ]]; then
    [[ -n $(returned id_token) ]] || fail "the session is lost: $(location "$folder/head")"
    say "the session from before gets a token silently"
else
    [[ $(returned error) == login_required ]] || fail "an old session without a store: $(location "$folder/head")"
    say "the session from before is asked to sign in"
fi
sign_in again demo@doorward.example "$password"
[[ $(kid "$(returned id_token)") == "$(kid "$second")" ]] || fail "no sign-in, or another signing key"
say "the password from before signs in; the key signs on"
open again "$(request "&organization=org_DemoGlobex000001&invitation=$ticket")"
for _ in {1..3}; do
    [[ -z $(location "$folder/head") ]] || break
    submit again
done
member=$(returned id_token)
[[ $(claim org_id "$member") == org_DemoGlobex000001 ]] || fail "no member: $(location "$folder/head")"
say "the invitation from before is accepted"
sign_in late late@doorward.example "$password"
[[ -z $(location "$folder/head") ]] || fail "a user from after the backup is there"
say "lost: the user who was added after the backup"
