#!/bin/bash
# Starts PostgreSQL for the local stack. Begins as root, because only root can read the volume of secrets: gives the
# server's user copies in memory, then becomes that user.
set -euo pipefail

secrets=/run/doorward/tls own=/run/doorward/own
install -d -o postgres -g postgres -m 0700 "$own"
install -o postgres -g postgres -m 0600 -t "$own" "$secrets"/tls.crt "$secrets"/tls.key "$secrets"/ca.crt "$secrets"/*-password
# The image wants a password for the first start, and leaves it in the environment. It opens nothing: the administrator
# comes by the socket only.
POSTGRES_PASSWORD=$(head -c 24 /dev/urandom | base64)
export POSTGRES_PASSWORD
exec docker-entrypoint.sh postgres \
    -c ssl=on -c ssl_min_protocol_version=TLSv1.3 \
    -c ssl_cert_file="$own/tls.crt" -c ssl_key_file="$own/tls.key" -c ssl_ca_file="$own/ca.crt" \
    -c hba_file=/etc/doorward/pg_hba.conf -c password_encryption=scram-sha-256 \
    -c shared_buffers=32MB -c max_connections=100
