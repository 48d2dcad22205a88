#!/usr/bin/env bash
# The modules of the frontend import downward only: http, pipeline, tokens, backends, model (docs/adr/0025).
set -euo pipefail
cd "$(dirname "$0")/../../crates/authorize-frontend/src"

failed=0

# Names the module that a file belongs to: `pipeline` for pipeline.rs and pipeline/confirm.rs.
module_of() {
    local module=${1%%/*}
    echo "${module%.rs}"
}

# may MODULE NAME...: the only modules of the crate that MODULE may name.
may() {
    local module=$1 file name
    shift
    while IFS=: read -r file name; do
        [[ $(module_of "$file") == "$module" ]] || continue
        name=${name#crate::}
        [[ " $module $* " == *" $name "* ]] && continue
        echo "$file names crate::$name; $module may name: $*" >&2
        failed=1
    done < <(grep --recursive --with-filename --only-matching --extended-regexp --include='*.rs' 'crate::[a-z_]+' "$module.rs" $([[ -d $module ]] && echo "$module") | sort --unique)
}

# only PATTERN WHAT FILE...: no file but these (a folder ends in /) may match the pattern.
only() {
    local pattern=$1 what=$2 file allowed
    shift 2
    while IFS= read -r file; do
        for allowed in "$@"; do
            [[ $file == "$allowed" || ($allowed == */ && $file == "$allowed"*) ]] && continue 2
        done
        echo "$file names $what" >&2
        failed=1
    done < <(grep --recursive --files-with-matches --extended-regexp --include='*.rs' "$pattern" * | sort)
}

# From the bottom to the top.
may paths
may issuer
may config backends issuer workload
may views paths
may metrics
may model
may backends metrics model
may browser views model
may workload metrics
may error tokens backends views workload model
may deps backends issuer workload
may urlencoded error
may tokens backends deps issuer model
may pipeline tokens backends browser deps error issuer metrics model paths urlencoded views workload

only 'crate::http\b' crate::http http.rs http/ fuzzing.rs
only '\baxum\b' axum http.rs http/

# Messages stop at `backends`.
only doorward_proto doorward_proto backends.rs backends/

exit $failed
