# Arguments: a free port, the certificate authority, the certificate, its key (PEM), the lines of an ACL file.
port=$1
cd "$folder"
umask 077
printf '%s\n' "$2" >ca.crt
printf '%s\n' "$3" >tls.crt
printf '%s\n' "$4" >tls.key
printf '%s\n' "$5" >accounts.acl
redis-server --bind 127.0.0.1 --port 0 --tls-port "$port" --tls-cert-file tls.crt --tls-key-file tls.key \
    --tls-ca-cert-file ca.crt --tls-auth-clients optional --aclfile accounts.acl \
    --save "" --appendonly no --maxmemory-policy noeviction </dev/null >log 2>&1 &
server=$!
# Without the right to PING, it answers all the same.
until redis-cli --tls --cacert ca.crt -p "$port" ping 2>/dev/null | grep -q -e PONG -e NOAUTH -e NOPERM; do
    kill -0 "$server" || fail log
    sleep 0.05
done
obey
