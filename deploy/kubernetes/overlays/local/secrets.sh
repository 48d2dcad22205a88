#!/usr/bin/env bash
# Prints the Secrets that overlays/local mounts, as `kubectl apply` takes them. Makes certificates, passwords and keys
# in a folder at the first call, and keeps them after that. For trying things: in production, cert-manager makes the
# certificates, and the rest comes from where you keep secrets.
#
#     deploy/kubernetes/overlays/local/secrets.sh DIR | kubectl apply --filename -
set -euo pipefail

folder=${1:?a folder for certificates, passwords and keys; keep it private}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
chmod 700 "$folder"

doorward() {
    docker run --rm --network none --read-only --user "$(id -u):$(id -g)" \
        --volume "$folder:/var/lib/doorward/tls" "${COMMANDS_IMAGE:-doorward-commands}" "$@" --out /var/lib/doorward/tls >&2
}

# secret NAME FILE...
secret() {
    local name=$1 file from=()
    shift
    for file in "$@"; do from+=("--from-file=$file"); done
    kubectl create secret generic "$name" --namespace doorward --dry-run=client --output yaml "${from[@]}"
    echo ---
}

tls() { secret "$2" "$folder/$1/"{tls.crt,tls.key,ca.crt}; }

doorward certificates --host localhost
doorward secrets

for name in authorize-frontend client-registry identity session organization token-signing commands demo; do
    tls "$name" "$name-tls"
done
tls localhost authorize-frontend-https
secret client-registry-secrets "$folder/client-registry/database-password"
secret identity-secrets "$folder/identity/database-password"
secret organization-secrets "$folder/organization/"{database-password,key-encryption-key}
secret token-signing-secrets "$folder/token-signing/"{database-password,key-encryption-key}
secret session-secrets "$folder/session/redis-password"
secret functions-secrets "$folder/commands/redis-password" "$folder/ca.crt"
secret postgres "$folder/postgres/"{tls.crt,tls.key,ca.crt} "$folder/postgres/"*-password
secret redis "$folder/redis/"{tls.crt,tls.key,ca.crt} "$folder/redis/"*-password
