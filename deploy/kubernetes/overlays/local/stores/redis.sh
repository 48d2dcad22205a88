#!/bin/sh
# Starts Redis as the user of its image, with the accounts that docs/redis.md describes.
set -eu

secrets=/run/doorward/tls own=/run/doorward/own
cp "$secrets"/tls.crt "$secrets"/tls.key "$secrets"/ca.crt "$own"
hash() { tr -d '\n' <"$secrets/$1-password" | sha256sum | cut -d ' ' -f 1; }
rights() { grep -v '^#' "/etc/doorward-accounts/$1.acl" | tr '\n' ' '; }
(umask 077; cat >"$own/accounts.acl") <<ACL
user default off resetpass ~* &* +@all
user health on nopass -@all +ping
user doorward on #$(hash session) $(rights account)
user functions on #$(hash commands) $(rights functions)
ACL
exec redis-server /etc/doorward/redis.conf
