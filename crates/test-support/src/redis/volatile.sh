# Argument: a free port.
port=$1
cd "$folder"
redis-server --bind 127.0.0.1 --port "$port" --save "" --appendonly no --maxmemory-policy noeviction </dev/null >log 2>&1 &
server=$!
until [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; do
    kill -0 "$server" || fail log
    sleep 0.05
done
obey
