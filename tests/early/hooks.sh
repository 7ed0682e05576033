#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hooks.sh BUILD_DIR SOURCE_DIR - the hooks of initramfs-tools, dracut and mkinitcpio put the list, the script and the program
# into an image, as the functions of these tools do; and end where the list cannot be made for a pin that was just changed
# shellcheck disable=SC2016,SC1091  # the dollars are those of other scripts, which are made below
set -u
build=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # check SENTENCE COMMAND…
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok - $sentence"
    fi
}

# program TEXT - iommuctl is this script; it is called as "pins --compile FILE"
program() {
    printf '#!/bin/sh\n[ "$1 $2" = "pins --compile" ] || exit 2\n%s\n' "$1" >"$work/iommuctl"
    chmod 755 "$work/iommuctl"
}

# Each function copies a file to the place that the function of the tool would choose.
cat >"$work/functions" <<'END'
put() { mkdir -p "$(dirname "$image/$2")" && cp "$1" "$image/$2"; }
copy_exec() { put "$@"; }
inst_binary() { put "$@"; }
inst_simple() { put "$@"; }
inst_hook() { put "$3" "/lib/dracut/hooks/$1/$2-$(basename "$3")"; }
add_binary() { put "$@"; }
add_file() { put "$@"; }
add_symlink() { mkdir -p "$(dirname "$image/$1")" && ln -s "$2" "$image/$1"; }
add_runscript() { put "$source/mkinitcpio-hook" /hooks/iommuctl; }
END

# here FILE - the hook with the programs of the test
here() {
    sed -E "s|\"/[^\"]*/bin/iommuctl\"|\"$work/iommuctl\"|; s;\"/[^\"]*/(libexec|share)/iommuctl/;\"$work/libexec/;
        s|^\. /usr/share/initramfs-tools/hook-functions|. $work/functions|" "$build/$1" >"$work/hook"
}

# run TOOL - sets status; the image is empty before. The hook of initramfs-tools is a program, the others are sourced.
run() {
    image=$work/image
    rm -rf "$image"
    mkdir "$image"
    case $1 in
    initramfs-tools)
        here initramfs-tools-hook
        (
            export image DESTDIR=$image
            sh "$work/hook"
        ) 2>"$work/err"
        ;;
    dracut)
        here dracut-module-setup.sh
        (
            . "$work/functions"
            . "$work/hook"
            export initdir=$image moddir=$work/dracut
            check && install
        ) 2>"$work/err"
        ;;
    mkinitcpio)
        here mkinitcpio-install
        (
            . "$work/functions"
            . "$work/hook"
            export BUILDROOT=$image
            help >/dev/null && build
        ) 2>"$work/err"
        ;;
    esac
    status=$?
}

mkdir -p "$work/libexec" "$work/dracut"
echo serials >"$work/libexec/early-match"
cp "$source/early-pins" "$source/iommuctl-early-pins.service" "$work/libexec"
cp "$source/early-pins" "$work/dracut/early-pins"
cp "$source/dracut-pre-udev.sh" "$work/dracut/pre-udev.sh"
for tool in initramfs-tools dracut mkinitcpio; do
    unset IOMMUCTL_PINS_REQUIRED
    program 'echo list >"$3"'
    run $tool
    check "$tool: the image is built" test $status = 0
    check "$tool: without a word" test ! -s "$work/err"
    check "$tool: it has the list" grep -qx list "$work/image/etc/iommuctl/early-pins"
    check "$tool: and the program that finds the devices" test -s "$work/image/usr/lib/iommuctl/early-match"
    program 'exit 1'
    run $tool
    check "$tool: where the list cannot be made, the image is built without it" test $status = 0
    check "$tool: which has no list" test ! -e "$work/image/etc/iommuctl/early-pins"
    check "$tool: and says so" grep -q "iommuctl: this image has no early pins" "$work/err"
    export IOMMUCTL_PINS_REQUIRED=1
    run $tool
    check "$tool: for a pin that was just changed the build ends" test $status != 0
    program 'echo list >"$3"'
    mv "$work/libexec/early-match" "$work/serials"
    run $tool
    check "$tool: and without the program" test $status != 0
    mv "$work/serials" "$work/libexec/early-match"
done
unset IOMMUCTL_PINS_REQUIRED
run dracut
check "dracut: a hook before udev starts the script" grep -q early-pins "$work/image/lib/dracut/hooks/pre-udev/05-pre-udev.sh"
check "dracut: which the image has" test -x "$work/image/usr/lib/iommuctl/early-pins"
run mkinitcpio
check "mkinitcpio: a hook before udev starts the script" grep -q "sh /usr/lib/iommuctl/early-pins" "$work/image/hooks/iommuctl"
check "mkinitcpio: which the image has" test -x "$work/image/usr/lib/iommuctl/early-pins"
unit=/usr/lib/systemd/system/iommuctl-early-pins.service
check "mkinitcpio: systemd is asked for a unit" \
    test "$(readlink "$work/image/usr/lib/systemd/system/sysinit.target.wants/iommuctl-early-pins.service")" = $unit
check "mkinitcpio: which the image has" grep -q "ExecStart=/bin/sh /usr/lib/iommuctl/early-pins" "$work/image$unit"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
