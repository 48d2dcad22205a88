# Arguments: a file for the output, a program, its arguments.
log=$1
shift
"$@" </dev/null >>"$log" 2>&1 &
server=$!
obey
