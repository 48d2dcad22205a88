#!/bin/sh
# Starts Redis for the local stack. Begins as root, because only root can read the volume of secrets: gives the server's
# user copies in memory, then becomes that user.
set -eu

secrets=/run/doorward/tls own=/run/doorward/own
install -d -o redis -g redis -m 0700 "$own"
install -o redis -g redis -m 0600 -t "$own" "$secrets"/tls.crt "$secrets"/tls.key "$secrets"/ca.crt
hash() { tr -d '\n' <"$secrets/$1-password" | sha256sum | cut -d ' ' -f 1; }
rights() { grep -v '^#' "/etc/doorward/$1.acl" | tr '\n' ' '; }
# `health` can do nothing but PING, so it needs no secret. `functions` loads the functions of `session`, which cannot.
# A client cannot log in as `default`. That account has all rights because Redis reads its append-only file with them:
# without them it leaves out what functions have written, which it stores as transactions.
(umask 077; cat >"$own/accounts.acl") <<ACL
user default off resetpass ~* &* +@all
user health on nopass -@all +ping
user doorward on #$(hash session) $(rights account)
user functions on #$(hash commands) $(rights functions)
ACL
chown redis:redis "$own/accounts.acl" /data
exec setpriv --reuid=redis --regid=redis --clear-groups redis-server /etc/doorward/redis.conf
