#!/usr/bin/env bash
# Builds the images whose sources changed, starts the local stack, and prints how to sign in to the demo.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The program of the commands contains all services, but in the stack it runs only what comes from these. So a change of
# another service need not build and restart it.
sources=(Cargo.lock Cargo.toml proto deploy/Dockerfile deploy/demo deploy/docker
    crates/oauth2-types crates/proto crates/service-kit crates/identity crates/client-registry crates/doorward)
digest=$(find "${sources[@]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
label='{{index .Config.Labels "doorward.sources"}}'

images=(authorize-frontend client-registry identity session organization token-signing)
if [[ $(docker image inspect doorward-commands --format "$label" 2>/dev/null) != "$digest" ]]; then
    images+=(certificates)
fi
COMMANDS_SOURCES=$digest docker compose build "${images[@]}"
docker compose up --detach --wait --no-build
docker compose logs --no-log-prefix --no-color setup | tail -n 12
