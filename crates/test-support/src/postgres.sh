# Arguments: the folder of PostgreSQL's programs, a free port. See server.rs.
set -eu
exec 2>&1
programs=$1
port=$2
data=$(mktemp -d "${TMPDIR:-/tmp}/doorward-postgres.XXXXXX")
trap 'rm -rf "$data"' EXIT
cd "$data"

"$programs/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >log 2>&1 ||
    { cat log; exit 1; }
"$programs/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB </dev/null >>log 2>&1 &
server=$!
until "$programs/pg_isready" --quiet --host=127.0.0.1 --port="$port"; do
    kill -0 "$server" || { cat log; exit 1; }
    sleep 0.05
done
echo "ready $server"

cat >/dev/null
kill -QUIT "$server" 2>/dev/null || true
wait "$server" || true
