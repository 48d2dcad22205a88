# Arguments: the folder of PostgreSQL's programs, a free port, a certificate, its key (PEM), lines of pg_hba.conf.
programs=$1
port=$2
cd "$folder"
umask 077
printf '%s\n' "$3" >tls.crt
printf '%s\n' "$4" >tls.key
"$programs/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >log 2>&1 || fail log
printf '%s\n' "hostssl all postgres 127.0.0.1/32 trust" "$5" >data/pg_hba.conf
"$programs/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c ssl=on -c ssl_cert_file="$folder/tls.crt" -c ssl_key_file="$folder/tls.key" \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB \
    </dev/null >>log 2>&1 &
server=$!
until "$programs/pg_isready" --quiet --host=127.0.0.1 --port="$port"; do
    kill -0 "$server" || fail log
    sleep 0.05
done
obey
