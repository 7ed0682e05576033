# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# need SET… - installs through apt those Debian packages of these sets that are missing. Sourced by try and test.

declare -A packages=(
    [build]="gcc libc6-dev cmake make pkg-config libudev-dev libkmod-dev libjson-c-dev libsmartcols-dev libfdt-dev"
    # For building the tests; after it the packages that the tests of each label run
    [test]="libcmocka-dev device-tree-compiler python3 zstd"
    [golden]="bash-completion fish jq mandoc pci.ids python3-jsonschema python3-prometheus-client strace udev zsh"
    [growth]="strace"
    [lint]="clang-format clang-tidy cppcheck jq shellcheck"
    [bench]="jq pciutils pci.ids strace"
    [coverage]="gcovr"
    [vm]="qemu-system-x86 busybox-static kmod jq udev binutils cpio xz-utils e2fsprogs"
    [vm-arm64]="qemu-system-arm qemu-efi-aarch64 gcc-aarch64-linux-gnu device-tree-compiler kmod binutils cpio xz-utils"
    [vm-full]="bc bison flex libelf-dev"
    [ansible]="ansible-core openssh-client pycodestyle python3-voluptuous yamllint"
    [clean]="debootstrap"
)

# apt-get, repeated while another apt runs: apt's own timeout covers the package database, not the package lists.
apt_get() {
    local tries
    for tries in {1..60}; do
        if ${sudo-} env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
            -o Acquire::Retries=3 "$@" >"$apt_log" 2>&1; then
            return
        fi
        grep -q '/lists/lock' "$apt_log" || break
        [ "$tries" != 1 ] || echo "waiting for another apt" >&2
        sleep 5
    done
    return 1
}

need() {
    local set wanted installed missing sudo='' apt_log
    # shellcheck disable=SC2086
    wanted=$(for set; do printf '%s\n' ${packages[$set]}; done | sort -u)
    # shellcheck disable=SC2086
    installed=$({ dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true; } |
        sed -n 's/^installed //p' | sort -u)
    missing=$(comm -23 <(echo "$wanted") <(echo "$installed") | paste -sd ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        sudo=sudo
        if ! command -v sudo >/dev/null; then
            echo "Not root, and no sudo here. As root, please run:" >&2
            echo "  apt-get update && apt-get install --no-install-recommends $missing" >&2
            exit 1
        fi
    fi
    echo "installing $missing" >&2
    apt_log=$(mktemp)
    # A fresh container has no package lists, and old ones name versions that are gone.
    # shellcheck disable=SC2086
    apt_get install --no-install-recommends -y $missing ||
        { apt_get update && apt_get install --no-install-recommends -y $missing; } ||
        { cat "$apt_log" >&2 && exit 1; }
    rm "$apt_log"
}
