# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2030,SC2031,SC2034,SC2154  # the script that sources this sets arch and kernel, and uses what is set here
# Parts of the guests, from Debian's packages: downloaded and unpacked, never installed.
# The scripts run under "set -e -o pipefail": an assignment from a pipeline that may fail ends the script there, without
# a message, so that such a one is followed by "||". Inside $(…) "-e" does not hold: functions called there end in
# "|| return".

say() { echo "vm: $*" >&2; }
die() {
    say "$*"
    exit 125
}

cache=${IOMMUCTL_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iommuctl-vm}

# The cache is filled by one process at a time; machines run without the lock.
lock_cache() {
    mkdir -p "$cache"
    exec 8>"$cache/lock"
    flock 8
}
unlock_cache() { exec 8>&-; }

# Prints the host's Debian release: bookworm, trixie; of a derivative, the one that it names.
host_release() {
    local release
    release=$(. /etc/os-release && echo "${DEBIAN_CODENAME:-${VERSION_CODENAME-}}")
    echo "${release:-trixie}" # testing and sid have no code name in some releases of base-files
}

# Prints "URI SUITE" for each of the host's own sources of Debian packages, with their main component.
# shellcheck disable=SC2016 # the dollars are apt's
host_sources() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        sed -nE 's/ ((bullseye|bookworm|trixie|forky|sid|(old)*stable|testing|unstable)(-[a-z-]+)?) main$/ \1/p' | sort -u
}

# mirror_of SUITE SOURCES - prints the URI of SUITE: of SOURCES, the host's own, one names the suite itself or a suite
# of the same archive. A mirror keeps the security archive beside the main one.
mirror_of() {
    local kind=main pattern='-security$' uri
    [ "$1" = "${1%-security}" ] || kind=security
    if [ "$kind" = security ]; then
        uri=$(awk -v p="$pattern" '$2 ~ p { print $1; exit }' <<<"$2")
        [ -n "$uri" ] || { uri=$(mirror_of "${1%-security}" "$2") && uri=${uri%/}-security; }
    else
        uri=$(awk -v p="$pattern" '$2 !~ p { print $1; exit }' <<<"$2")
    fi
    [ -n "$uri" ] || die "apt has no source of Debian's main component, such as \"deb URI $(host_release) main\""
    echo "$uri"
}

# Prints the lines of a sources list for the suites.
sources_list() {
    local suite uri sources keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    sources=$(host_sources) || true
    for suite; do
        uri=$(mirror_of "$suite" "$sources") || return
        echo "deb $([ ! -e $keyring ] || echo "[signed-by=$keyring]") $uri $suite main"
    done
}

# private_apt SUITES COMMAND… - an apt command with folders of its own, that knows the packages of these suites and no
# others. It needs no root, leaves the host's package state alone, and can serve another architecture and release.
private_apt() {
    local suites=$1 dir list
    shift
    dir=$cache/apt-$arch-${suites// /+}
    mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
    # shellcheck disable=SC2086 # a word for each suite
    list=$(sources_list $suites) || exit 125
    [ "$list" = "$(cat "$dir/sources.list" 2>/dev/null)" ] || echo "$list" >"$dir/sources.list"
    : >"$dir/status"
    cat >"$dir/apt.conf" <<END
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
END
    APT_CONFIG=$dir/apt.conf "$@"
}

# update_lists SUITES - reads the package lists. A suite that a mirror does not have is no end: the packages may lie in
# the others.
update_lists() {
    private_apt "$1" apt-get update -qq >&2 || say "not all package lists of $1 could be read"
}

# unpack_all DIR - unpacks the packages lying in it into it. Since Debian 13 they have all below usr/: the old names
# are links, as on an installed system.
unpack_all() {
    local deb name
    for deb in "$1"/*.deb; do
        dpkg -x "$deb" "$1" || die "cannot unpack $deb"
        rm "$deb"
    done
    for name in bin sbin lib lib64; do
        [ -e "$1/$name" ] || [ ! -d "$1/usr/$name" ] || ln -s "usr/$name" "$1/$name"
    done
}

# Prints the suites that have the kernel: by preference those of the host's own release, whose compiler builds modules
# for it; with system_release, those of that release.
kernel_suites() {
    local release
    release=${system_release:-$(host_release)}
    # stable has no kernel with a driver for RISC-V's IOMMU, and backports has none for RISC-V
    [ "$arch" != riscv64 ] || { echo forky sid && return; }
    case $kernel in
    5.10) echo bullseye bullseye-security ;;
    6.1) echo bookworm bookworm-security ;;
    6.12) [ "$release" != bookworm ] && echo trixie trixie-security || echo bookworm bookworm-security ;;
    *) echo trixie trixie-backports ;;
    esac
}

# kernel_images SUITES - prints the packages with an image of the kernel, the newest first; 6.12.117 is none of 6.1
kernel_images() {
    local version=${kernel//./[.]}
    private_apt "$1" apt-cache pkgnames "linux-image-$kernel" |
        grep -xE "linux-image-${version}([.][0-9]+)*(-[0-9]+|\+deb[0-9.]+)?-$arch" | sort -rV
}

# kernel_packages SUITES IMAGE - prints the image's package and those of the same version that it depends on: since
# Linux 7.0 the image and the modules have packages of their own.
kernel_packages() {
    echo "$2"
    private_apt "$1" apt-cache depends "$2" | sed -n 's/^ *Depends: //p' |
        grep -xE "linux-[a-z]+-.*" | grep -F -e "-${2#linux-image-}" || true
}

# download_kernel DIR - the newest image that the mirror has. Package lists name images that are gone: of a suite that
# is archived, most of them.
download_kernel() {
    local suites images image packages
    suites=$(kernel_suites)
    update_lists "$suites"
    images=$(kernel_images "$suites") || die "Linux $kernel for $arch is in none of Debian's suites $suites"
    for image in $images; do
        packages=$(kernel_packages "$suites" "$image")
        rm -rf "$1"
        mkdir "$1"
        # shellcheck disable=SC2086 # a word for each package
        (cd "$1" && private_apt "$suites" apt-get download -qq $packages) && return
        say "cannot download $image"
    done
    die "no package of Linux $kernel for $arch can be downloaded"
}

# Sets kernel_dir, the unpacked package, and release, what uname -r will say.
fetch_kernel() {
    kernel_dir=$cache/linux-$kernel-$arch
    if ! compgen -G "$kernel_dir/lib/modules/${kernel}[.+-]*" >/dev/null; then # also where the cache has another one
        say "downloading Linux $kernel for $arch"
        rm -rf "$kernel_dir"
        download_kernel "$kernel_dir.new"
        unpack_all "$kernel_dir.new"
        depmod -b "$kernel_dir.new" "$(ls "$kernel_dir.new/lib/modules")"
        mv "$kernel_dir.new" "$kernel_dir"
    fi
    release=$(ls "$kernel_dir/lib/modules")
    [[ $release = "$kernel"[.+-]* ]] || die "$kernel_dir has the modules of Linux $release"
}

# Prints the path of the kernel's image: beside the modules since Linux 7.0.
kernel_image() {
    local file
    for file in "$kernel_dir"/boot/vmlinuz-* "$kernel_dir/lib/modules/$release/vmlinuz"; do
        [ ! -e "$file" ] || { echo "$file" && return; }
    done
    die "no kernel image in $kernel_dir"
}

# Sets headers, where modules for the kernel of fetch_kernel are built. The build's own tools run here: amd64.
fetch_headers() {
    local dir=$cache/headers-$kernel-$arch kbuild=linux-kbuild-${release%-"$arch"} package suites
    suites=$(kernel_suites)
    [ "$kernel" != 6.1 ] || kbuild=linux-kbuild-6.1
    headers=$dir/usr/src/linux-headers-$release
    [ ! -d "$headers" ] || return 0
    say "downloading headers of Linux $kernel for $arch"
    rm -rf "$dir" "$dir.new"
    mkdir "$dir.new"
    for package in "$arch:linux-headers-$release" "$arch:linux-headers-${release%-"$arch"}-common" "amd64:$kbuild"; do
        (cd "$dir.new" && arch=${package%:*} && update_lists "$suites" &&
            private_apt "$suites" apt-get download -qq "${package#*:}") ||
            die "cannot download $package; where the archive has a newer kernel, remove $kernel_dir"
    done
    unpack_all "$dir.new"
    sed -i "s#/usr/src/#$dir/usr/src/#" "$dir.new/usr/src/linux-headers-$release/Makefile"
    mv "$dir.new" "$dir"
}

# unpacked SUITES DIR PACKAGE… - these packages and all that they need, unpacked into DIR, unless they are there already;
# of two suites the last one is preferred
unpacked() {
    local suites=$1 dir=$2 link
    shift 2
    [ "$(cat "$dir/packages" 2>/dev/null)" != "$*" ] || return 0
    say "downloading programs and libraries for $arch"
    rm -rf "$dir.new"
    mkdir -p "$dir.new/partial"
    update_lists "$suites"
    private_apt "$suites" apt-get install -qq -y --download-only --no-install-recommends -t "${suites##* }" \
        -o Dir::Cache::archives="$dir.new" "$@" || die "cannot download $*"
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
    local release
    release=$(host_release)
    case $arch in
    arm64) triplet=aarch64-linux-gnu ;;
    riscv64) triplet=riscv64-linux-gnu release=trixie ;; # the first release that has it
    *) return 0 ;;
    esac
    sysroot=$cache/sysroot-$arch
    unpacked "$release" "$sysroot" busybox-static kmod jq libc6-dev libudev-dev libkmod-dev libjson-c-dev libsmartcols-dev \
        libfdt-dev
}

# Puts the compiler for the architecture of fetch_sysroot into PATH: where the host has none, one of its own release, that
# runs on the host's libraries but for those of the binutils.
fetch_compiler() {
    local root=$cache/compiler-$arch
    ! type -P "$triplet-gcc" >/dev/null || return 0
    (compiler=gcc-$triplet arch=amd64 && unpacked "$(host_release)" "$root" "$compiler") || exit 125
    mkdir -p "$root/binutils"
    ln -sf "$root"/usr/lib/x86_64-linux-gnu/lib*-"$arch".so* "$root/binutils"
    export PATH=$root/usr/bin:$PATH LD_LIBRARY_PATH=$root/binutils
}

# Sets user_root, where the programs that give devices work come from: a test must not install mdadm on the host.
fetch_user_root() {
    user_root=$cache/users-$arch
    unpacked "$(host_release)" "$user_root" e2fsprogs dmsetup lvm2 cryptsetup-bin mdadm iproute2 drbd-utils bcache-tools nbd-server nbd-client
}

# Sets journald_root, where systemd's journald comes from.
fetch_journald_root() {
    journald_root=$cache/journald-$arch
    unpacked "$(host_release)" "$journald_root" systemd
}

# Sets ssh_root, where Python and an SSH server come from.
fetch_ssh_root() {
    ssh_root=$cache/ssh-$arch
    unpacked "$(host_release)" "$ssh_root" dropbear-bin python3-minimal libpython3-stdlib
}

# fetch_system_root BUILDER - sets system_root, a Debian that was unpacked and never configured: its own systemd and udev, and
# BUILDER, initramfs-tools or dracut. It is of system_release, or of the host's.
fetch_system_root() {
    local release=${system_release:-$(host_release)}
    system_root=$cache/system-$release-$1-$arch
    unpacked "$release" "$system_root" systemd systemd-sysv udev "$1" zstd kmod busybox e2fsprogs \
        libjson-c5 libsmartcols1 dash bash sed grep gzip findutils mawk diffutils debianutils base-files base-passwd libc-bin hostname \
        util-linux mount login perl-base coreutils cpio dpkg
}

# Makes qemu run Debian 13's QEMU, in place of the host's: from its own folder, with its own loader and libraries. It has
# igb, a RISC-V IOMMU and an amd-iommu that sees devices below bridges. That of its backports, where new_qemu is
# "backports", also has an amd-iommu that reports faults.
# shellcheck disable=SC2054 # the colon is a list's
use_new_qemu() {
    local root=$cache/qemu-new suites=trixie packages="qemu-system-x86 qemu-system-riscv" lib
    [ "$new_qemu" != backports ] || root=$cache/qemu-backports suites="trixie trixie-backports"
    [ "${qemu[0]}" != qemu-system-aarch64 ] || root+=-arm packages=qemu-system-arm
    # shellcheck disable=SC2086 # words
    (arch=amd64 && unpacked "$suites" "$root" $packages) || exit 125
    lib=$root/usr/lib/x86_64-linux-gnu
    qemu=(
        env "QEMU_MODULE_DIR=$lib/qemu" "$root/lib64/ld-linux-x86-64.so.2" --library-path "$lib"
        "$root/usr/bin/${qemu[0]}" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "${qemu[@]:1}"
    )
}
