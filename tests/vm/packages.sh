# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2030,SC2031,SC2034,SC2154  # who sources this sets arch and kernel, and uses what is set here
# What the guests are made of, from Debian's packages: downloaded and unpacked, never installed.

say() { echo "vm: $*" >&2; }
die() {
    say "$*"
    exit 125
}

cache=${IOMMUCTL_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iommuctl-vm}

# Who comes second waits.
lock_cache() {
    mkdir -p "$cache"
    exec 8>"$cache/lock"
    flock 8
}

# apt with folders of its own: needs no root, leaves the host's package state alone, and can serve another
# architecture. Where packages come from is the host's own configuration.
private_apt() {
    local dir=$cache/apt-$arch
    if [ ! -e "$dir/apt.conf" ]; then
        mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
        : >"$dir/status"
        cat >"$dir/apt.conf" <<END
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
END
    fi
    APT_CONFIG=$dir/apt.conf "$@"
}

# unpack_all DIR - unpacks the packages lying in it into it
unpack_all() {
    local deb
    for deb in "$1"/*.deb; do
        dpkg -x "$deb" "$1" || die "cannot unpack $deb"
        rm "$deb"
    done
}

# Sets kernel_dir, the unpacked package, and release, what uname -r will say.
fetch_kernel() {
    local meta=linux-image-$kernel-$arch package
    [ "$kernel" != 6.1 ] || meta=linux-image-$arch # Debian 12's own
    kernel_dir=$cache/linux-$kernel-$arch
    if [ ! -d "$kernel_dir" ]; then
        say "downloading Linux $kernel for $arch"
        private_apt apt-get update -qq
        package=$(private_apt apt-cache depends "$meta" | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
        [ -n "$package" ] || die "no package $meta; is bookworm-security among apt's sources?"
        rm -rf "$kernel_dir.new"
        mkdir "$kernel_dir.new"
        (cd "$kernel_dir.new" && private_apt apt-get download -qq "$package") || die "cannot download $package"
        unpack_all "$kernel_dir.new"
        depmod -b "$kernel_dir.new" "$(ls "$kernel_dir.new/lib/modules")"
        mv "$kernel_dir.new" "$kernel_dir"
    fi
    release=$(ls "$kernel_dir/lib/modules")
}

# Sets headers, where modules for the kernel of fetch_kernel are built. The build's own tools run here: amd64.
fetch_headers() {
    local dir=$cache/headers-$kernel-$arch kbuild=linux-kbuild-${release%-"$arch"} package
    [ "$kernel" != 6.1 ] || kbuild=linux-kbuild-6.1
    headers=$dir/usr/src/linux-headers-$release
    [ ! -d "$headers" ] || return 0
    say "downloading headers of Linux $kernel for $arch"
    rm -rf "$dir" "$dir.new"
    mkdir "$dir.new"
    for package in "$arch:linux-headers-$release" "$arch:linux-headers-${release%-"$arch"}-common" "amd64:$kbuild"; do
        (cd "$dir.new" && arch=${package%:*} && private_apt apt-get update -qq &&
            private_apt apt-get download -qq "${package#*:}") ||
            die "cannot download $package; where the archive has a newer kernel, remove $kernel_dir"
    done
    unpack_all "$dir.new"
    sed -i "s#/usr/src/#$dir/usr/src/#" "$dir.new/usr/src/linux-headers-$release/Makefile"
    mv "$dir.new" "$dir"
}

# unpacked DIR PACKAGE… - these packages and all that they need, unpacked into DIR, where they are not already
unpacked() {
    local dir=$1 link
    shift
    [ "$(cat "$dir/packages" 2>/dev/null)" != "$*" ] || return 0
    say "downloading programs and libraries for $arch"
    rm -rf "$dir.new"
    mkdir -p "$dir.new/partial"
    private_apt apt-get update -qq
    private_apt apt-get install -qq -y --download-only --no-install-recommends -o Dir::Cache::archives="$dir.new" "$@" ||
        die "cannot download $*"
    unpack_all "$dir.new"
    find "$dir.new" -lname '/*' | while read -r link; do # absolute: they would point out of the folder
        ln -snf "$(realpath -ms --relative-to="${link%/*}" "$dir.new$(readlink "$link")")" "$link"
    done
    echo "$*" >"$dir.new/packages"
    rm -rf "$dir"
    mv "$dir.new" "$dir"
}

# Sets sysroot, where the guest's programs and libraries come from, and triplet, the name of their folder. An
# amd64 guest takes the host's.
fetch_sysroot() {
    sysroot='' triplet=x86_64-linux-gnu
    [ "$arch" = arm64 ] || return 0
    sysroot=$cache/sysroot-$arch triplet=aarch64-linux-gnu
    unpacked "$sysroot" busybox-static kmod jq libc6-dev libudev-dev libkmod-dev libjson-c-dev libsmartcols-dev \
        libfdt-dev
}

# Sets user_root, where the programs that give devices work come from: nobody wants mdadm installed for a test.
fetch_user_root() {
    user_root=$cache/users-$arch
    unpacked "$user_root" e2fsprogs dmsetup lvm2 cryptsetup-bin mdadm iproute2
}
