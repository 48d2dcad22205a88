# Arguments: a free port, then lines of redis.conf. The data survive the server, and are removed with the script.
port=$1
shift
cd "$folder"
printf '%s\n' "bind 127.0.0.1" "port $port" "dir $folder/data" "$@" >redis.conf

# Sentinel and the server write their state into their settings files, as in production.
start() {
    mkdir -p data
    role=
    ! grep -q "^sentinel " redis.conf || role=--sentinel
    redis-server redis.conf $role </dev/null >>log 2>&1 &
    server=$!
    until [ "$(redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; do
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.05
    done
}

# Only for a server that has ended.
empty() { rm -rf data; }
keep() { rm -rf kept && cp -a data kept; }
put_back() { rm -rf data && cp -a kept data; }

start || fail log
obey
