# Argument: a free port. See server.rs.
set -eu
exec 2>&1
port=$1
data=$(mktemp -d "${TMPDIR:-/tmp}/doorward-redis.XXXXXX")
trap 'rm -rf "$data"' EXIT
cd "$data"

redis-server --bind 127.0.0.1 --port "$port" --save "" --appendonly no --maxmemory-policy noeviction </dev/null >log 2>&1 &
server=$!
until [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; do
    kill -0 "$server" || { cat log; exit 1; }
    sleep 0.05
done
echo "ready $server"

cat >/dev/null
kill -KILL "$server" 2>/dev/null || true
wait "$server" || true
