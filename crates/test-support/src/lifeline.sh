# The start of every script: makes a folder, and removes everything at the end. See process.rs.
set -eu
exec 2>&1
server=
folder=$(mktemp -d "${TMPDIR:-/tmp}/doorward-test.XXXXXX")

clean_up() {
    [ -z "$server" ] || kill -s KILL "$server" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap clean_up EXIT
# The end of the test process must not end this script early: it sends PIPE before the server is ready, and HUP while
# the server is paused.
trap '' PIPE HUP

# Prints why the server did not start.
fail() {
    cat "$1"
    exit 1
}

# Runs the commands of the test process until it ends: waits, runs a function of the script, prints the process id, or
# sends a signal.
obey() {
    echo ready
    exec 2>/dev/null
    while read -r command; do
        case $command in
        wait) wait "$server" && echo 0 || echo $? ;;
        id) echo "$server" ;;
        do\ *) ${command#do } >&2 && echo done || echo failed ;;
        *) kill -s "$command" "$server" && echo sent || echo gone ;;
        esac
    done
}
