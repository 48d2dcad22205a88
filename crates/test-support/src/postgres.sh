# Arguments: the folder of PostgreSQL's programs, a free port.
programs=$1
port=$2
cd "$folder"
"$programs/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >log 2>&1 || fail log
"$programs/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=200 \
    </dev/null >>log 2>&1 &
server=$!
until "$programs/pg_isready" --quiet --host=127.0.0.1 --port="$port"; do
    kill -0 "$server" || fail log
    sleep 0.05
done
obey
