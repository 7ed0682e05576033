# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # the script that sources this sets top and release
# A machine that has nothing but git: a fresh debootstrap of Debian bookworm or trixie, with debootstrap's own sources.
# The script that sources this ends with 77 where there is no root or no debootstrap.
# shellcheck source-path=SCRIPTDIR source=vm/packages.sh
. "$top/tests/vm/packages.sh"
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || { echo "skipped: needs root" && exit 77; }
command -v debootstrap >/dev/null || { echo "skipped: no debootstrap" && exit 77; }

# At the end no process of the root is left: unshare --kill-child ends them with their namespace.
work=$(mktemp -d "${TMPDIR:-/var/tmp}/iommuctl-clean.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

# say_time SENTENCE COMMAND… - runs the command, and says how long it took
say_time() {
    local start=$SECONDS status=0
    "${@:2}" >"$work/log" 2>&1 </dev/null || status=$?
    if [ "$status" != 0 ]; then cp "$work/log" /tmp/h/sid.full
        tail -n 40 "$work/log"
        echo "not ok - $1 (exit status $status)"
        exit 1
    fi
    echo "ok - $1 ($((SECONDS - start)) s)"
}

bootstrap() {
    local mirror sources
    sources=$(host_sources)
    mirror=$(mirror_of "$release" "$sources")
    mkdir "$work/base"
    debootstrap --variant=minbase --include=git,ca-certificates "$release" "$work/base" "$mirror"
    cp --remove-destination /etc/resolv.conf /etc/hosts "$work/base/etc"
    git -C "$top" archive --format=tar --prefix=iommuctl/ HEAD | tar -C "$work/base/root" -x
    git -C "$top" diff --binary HEAD >"$work/base/root/changes"
    if [ -s "$work/base/root/changes" ]; then
        git -C "$work/base/root/iommuctl" apply --unsafe-paths "$work/base/root/changes"
    fi
}

# shellcheck disable=SC2016 # the dollars are for the shell inside
# inside ROOT SCRIPT - runs the script in iommuctl's folder, as root of a machine without IOMMU groups
inside() {
    unshare --mount --pid --fork --kill-child bash -e -c '
        mount --make-rprivate /
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            chroot "$1" bash -c "cd /root/iommuctl && $2"' _ "$1" "$2"
}
