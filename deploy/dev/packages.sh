#!/usr/bin/env bash
# Installs what is missing of the named groups of packages.txt. Says nothing where nothing is missing.
#   packages.sh GROUP...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/dev/lib.sh
source deploy/dev/lib.sh

command -v dpkg-query >/dev/null || fail "this is not Debian: install what deploy/dev/packages.txt names by hand"

wanted=()
for group in "$@"; do
    while read -r name; do wanted+=("$name"); done < <(awk -v group="$group" '$1 == group {print $2}' deploy/dev/packages.txt)
done
installed=$(dpkg-query -W -f='${binary:Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
    awk '$2 == "installed" {sub(/:.*/, "", $1); print $1}' || true)
missing=()
for name in "${wanted[@]}"; do
    # A program of that name from elsewhere will do: a newer Node.js brings an npm that Debian's would push out.
    grep -qxF -- "$name" <<<"$installed" || command -v "$name" >/dev/null || missing+=("$name")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

by_hand="apt-get update && apt-get install ${missing[*]}"
as_root=()
if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || fail "packages are missing and there is no sudo here; as root: $by_hand"
    as_root=(sudo)
    # Nobody is there to type a password.
    [[ -t 0 ]] || as_root=(sudo -n)
fi
say "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1
}
if [[ -t 0 && ${#as_root[@]} -gt 0 ]]; then
    sudo -v || fail "packages are missing and sudo refused; as root: $by_hand"
fi
# The lists may be old or absent: a second try with fresh ones.
if ! install; then
    "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=120 update </dev/null >>"$log" 2>&1 || true
    if ! install; then
        tail -n 5 "$log" >&2
        fail "packages cannot be had (above: apt's last words); see to it that this works, then come back: $by_hand"
    fi
fi
