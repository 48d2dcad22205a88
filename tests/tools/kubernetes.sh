#!/usr/bin/env bash
# Renders the overlays of deploy/kubernetes and checks what comes out, without a cluster: every object against the
# schema of its kind, security policies, and the edges of the network against docs/architecture.md.
#
#     tests/tools/kubernetes.sh             checks
#     tests/tools/kubernetes.sh --render    only renders, into target/kubernetes
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=$PWD/target/tools/kubernetes/bin
folder=target/kubernetes
# The oldest release that the manifests work with, and the newest with schemas in kubernetes-validate.
releases=(1.30 1.37)

if [[ ! -x $tools/kubectl || ! -x $tools/checkov || ! -d tests/kubernetes/node_modules ]]; then
    echo "kubectl, kubernetes-validate and checkov are not installed: run \`make tools\`" >&2
    exit 1
fi

failed=0
fail() {
    echo "$*" >&2
    failed=1
}

# Every object must be checked by one of both: kubernetes-validate only warns of kinds that it has no schema for.
check_schemas() {
    local file=$1 objects custom release own
    objects=$(grep --count '^kind: ' "$file")
    custom=$(tests/kubernetes/custom-kinds.mjs "$file") || fail "$file: see above"
    for release in "${releases[@]}"; do
        "$tools/kubernetes-validate" --strict --kubernetes-version "$release" "$file" >"$folder/validated.txt" || true
        grep --invert-match '^INFO\|^WARN' "$folder/validated.txt" >&2 && fail "$file: Kubernetes $release"
        own=$(grep --count '^INFO .* passed ' "$folder/validated.txt" || true)
        if ((own + custom != objects)); then
            grep '^WARN' "$folder/validated.txt" >&2 || true
            fail "$file: $own + $custom of $objects objects were checked"
        fi
    done
    echo "$file: $objects objects: $own by kubernetes-validate (${releases[*]}), $custom by @kubernetes-models"
}

check_policies() {
    local passed
    passed=$(tests/kubernetes/policies.mjs "$tools/checkov" "$@") || fail "$1: see above"
    echo "$1: $passed policies passed"
}

mkdir -p "$folder"
for overlay in local production; do
    "$tools/kubectl" kustomize "deploy/kubernetes/overlays/$overlay" >"$folder/$overlay.yaml"
done
{ echo ---; tests/kubernetes/commands-pod.mjs import /dev/stdin; } >>"$folder/local.yaml"
[[ ${1:-} != --render ]] || exit 0

check_schemas "$folder/local.yaml"
check_schemas "$folder/production.yaml"
check_policies "$folder/local.yaml" local
check_policies "$folder/production.yaml"
node --test tests/kubernetes/ >&2

exit $failed
