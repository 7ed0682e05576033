#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck source-path=SCRIPTDIR disable=SC2034  # the variables are packages.sh's
# promtool.sh IOMMUCTL UNPACK TREES_DIR RULES_DIR - Prometheus' own program accepts the metrics of each machine, and its
# tests of the alert rules pass. Its package is unpacked into the cache of the virtual machines, not installed: it would
# start a server.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=../vm/packages.sh
. "$here/../vm/packages.sh"
tool=$1 unpack=$2 trees=$3 rules=$4
arch=$(dpkg --print-architecture)
lock_cache
if [ ! -x "$cache/promtool-$arch/usr/bin/promtool" ]; then
    say "downloading promtool"
    rm -rf "$cache/promtool-$arch" && mkdir "$cache/promtool-$arch"
    suite=$(host_release)
    update_lists "$suite"
    (cd "$cache/promtool-$arch" && private_apt "$suite" apt-get download -qq prometheus) || die "cannot download prometheus"
    unpack_all "$cache/promtool-$arch"
fi
unlock_cache
promtool=$cache/promtool-$arch/usr/bin/promtool
work=$(mktemp -d "${TMPDIR:-/tmp}/iommuctl-promtool.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0
count=0

"$promtool" check rules "$rules/iommuctl.rules.yml" || failed=1
"$promtool" test rules "$rules/iommuctl.test.yml" || failed=1
for tree in "$trees"/*.tree "$trees"/*.tar.gz; do
    root=$tree
    case $tree in
    *.tree) root=$work/$(basename "$tree") && "$unpack" "$tree" "$root" ;;
    esac
    if ! "$tool" metrics --root "$root" 2>/dev/null >"$work/metrics" || ! "$promtool" check metrics <"$work/metrics"; then
        echo "not so: promtool accepts the metrics of ${tree##*/}"
        failed=1
    fi
    count=$((count + 1))
done
echo "$count machines"
[ "$count" -gt 20 ] || failed=1
exit $failed
