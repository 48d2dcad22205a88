# The beginning of every script: a folder for it, and the promise to leave nothing behind. See process.rs.
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
# The end of the test process must not end this script early: PIPE comes when it is gone before the server is ready, HUP when
# it is gone while the server is stopped.
trap '' PIPE HUP

# Shows why the server did not start.
fail() {
    cat "$1"
    exit 1
}

# Does what the test process writes, until that ends: waits, runs a function of the script, tells the process's id, or sends a
# signal.
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
