#!/bin/bash
# Starts PostgreSQL as the user of its image. The kubelet lets that user's group read the secrets.
set -euo pipefail

secrets=/run/doorward/tls
# The image wants a password for the first start, and leaves it in the environment. It opens nothing: the administrator
# comes by the socket only.
POSTGRES_PASSWORD=$(head -c 24 /dev/urandom | base64)
export POSTGRES_PASSWORD
exec docker-entrypoint.sh postgres \
    -c ssl=on -c ssl_min_protocol_version=TLSv1.3 \
    -c ssl_cert_file="$secrets/tls.crt" -c ssl_key_file="$secrets/tls.key" -c ssl_ca_file="$secrets/ca.crt" \
    -c hba_file=/etc/doorward/pg_hba.conf -c password_encryption=scram-sha-256 \
    -c shared_buffers=32MB -c max_connections=100
