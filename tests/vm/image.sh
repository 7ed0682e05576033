# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # set by packages.sh and by vm, which sources both
# The initramfs and the devicetree of a guest.

modules="vfio_pci vfio_iommu_type1 vfio_virqfd iommufd virtio_iommu pci_stub uio_pci_generic
    e1000e e1000 igb igbvf cxl_pci cxl_acpi cxl_mem cxl_port nvme xhci_pci ahci sd_mod i2c_i801 lpc_ich ext4 crc32c_generic
    virtio_pci virtio_mmio virtio_console virtio_rng virtio_net mtd ubi"

# More drivers, the layers above devices (RAID, LVM, bonds), and the programs that set them up: vm -u.
user_modules="dm_mod dm_crypt algif_skcipher xts aesni_intel raid1 loop usb_storage uas bochs bochs_drm i6300esb iTCO_wdt ipmi_si
    bridge bonding 8021q macvlan 9p 9pnet_virtio nvmet nvme_loop nvme_fabrics target_core_mod target_core_file
    target_core_iblock pppoe ppp_generic hsr netconsole team macsec ipvlan macvtap openvswitch xsk_diag af_packet_diag
    can_raw kvaser_pci drbd bcache zram block2mtd nbd target_core_pscsi vhost_scsi virtiofs virtio_pmem nd_pmem
    dax_pmem device_dax kmem"
user_programs="sbin/mke2fs sbin/dmsetup sbin/lvm sbin/cryptsetup sbin/mdadm bin/ip sbin/drbdmeta lib/drbd/drbdsetup-84
    usr/sbin/make-bcache bin/nbd-server sbin/nbd-client"

# copy_modules DIR MODULE… - the modules, and those they need
copy_modules() {
    local file dir=$1 source=$kernel_dir/lib/modules/$release target=$1/lib/modules/$release
    shift
    mkdir -p "$target"
    cp "$source"/modules.{order,builtin,builtin.modinfo} "$target"
    # the list serves all kernels: one that lacks a module is no error
    { modprobe -d "$kernel_dir" -S "$release" --show-depends -a "$@" 2>/dev/null || true; } |
        sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u |
        while read -r file; do
            install -D -m644 "$file" "$target/${file#"$source/"}"
        done
    find "$target" -name '*.xz' -exec xz -d {} +
    depmod -b "$dir" "$release"
}

# copy_program FILE DIR [NAME] - a program and the libraries it is linked with
copy_program() {
    local name=${3:-usr/bin/${1##*/}}
    install -D -m755 "$1" "$2/$name" || die "no $1"
    copy_libraries "$1" "$2"
}

copy_libraries() {
    local name
    readelf -ld "$1" 2>/dev/null |
        sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p; s/.*program interpreter: \(.*\)\]/\1/p' |
        while read -r name; do
            copy_library "$name" "$2"
        done
}

# copy_library NAME DIR - a library and those it is linked with
copy_library() {
    local path
    for path in "$1" "/lib/$triplet/$1" "/usr/lib/$triplet/$1"; do
        [ -e "$sysroot$path" ] || continue
        [ -e "$2$path" ] || {
            install -D -m755 "$sysroot$path" "$2$path"
            copy_libraries "$sysroot$path" "$2"
        }
        return
    done
}

copy_user_programs() {
    local program sysroot=$user_root
    for program in $user_programs; do
        copy_program "$sysroot/$program" "$1"
    done
}

# copy_journald DIR - journald, journalctl and the library that both find in a folder of its own
copy_journald() {
    local sysroot=$journald_root library
    copy_program "$sysroot/lib/systemd/systemd-journald" "$1"
    copy_program "$sysroot/bin/journalctl" "$1"
    for library in "$sysroot"/usr/lib/"$triplet"/systemd/libsystemd-shared-*.so; do
        copy_program "$library" "$1" "${library#"$sysroot"/}"
    done
}

# copy_ssh DIR - an SSH server, and the Python that the modules of Ansible run on
copy_ssh() {
    local sysroot=$ssh_root python module
    python=$(readlink "$ssh_root/usr/bin/python3")
    copy_program "$sysroot/usr/sbin/dropbear" "$1" usr/sbin/dropbear
    copy_program "$sysroot/usr/bin/$python" "$1"
    ln -s "$python" "$1/usr/bin/python3"
    mkdir -p "$1/usr/lib"
    cp -R "$sysroot/usr/lib/$python" "$1/usr/lib"
    for module in "$1/usr/lib/$python"/lib-dynload/*.so; do
        copy_libraries "$module" "$1"
    done
}

pack() {
    (cd "$1" && find . | cpio -o -H newc -R 0:0 --quiet)
}

# build_base [USERS] - sets base, the part of the initramfs that all runs with this kernel share; with USERS, all that
# ask for what gives devices work
build_base() {
    local dir=$cache/base-$kernel-$arch${1:+-users} made_of tool library
    base=$dir.cpio
    # by content: checkouts of several versions may share the cache
    made_of="$release $(cat "$here/image.sh" "$here"/guest/* | sha1sum)"
    [ ! -e "$base" ] || [ "$made_of" != "$(cat "$base.made-of" 2>/dev/null)" ] || return 0
    rm -rf "$dir"
    mkdir -p "$dir"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,tmp,run,mnt,out,etc,root}
    echo "root:x:0:0::/root:/bin/sh
nobody:x:65534:65534::/:/bin/sh" >"$dir/etc/passwd"
    copy_program "$sysroot/bin/busybox" "$dir" bin/busybox
    copy_program "$sysroot/usr/bin/jq" "$dir"
    copy_program "$sysroot/bin/kmod" "$dir" sbin/kmod
    for library in libudev.so.1 libkmod.so.2 libsmartcols.so.1; do # iommuctl loads them where it needs them, so no program names them
        copy_library "$library" "$dir"
    done
    for tool in modprobe rmmod insmod lsmod depmod; do # busybox's own know neither softdep nor aliases with -a
        ln -s kmod "$dir/sbin/$tool"
    done
    # shellcheck disable=SC2086
    copy_modules "$dir" $modules ${1:+$user_modules}
    [ -z "${1-}" ] || copy_user_programs "$dir"
    cp -R "$here/guest" "$dir/vm"
    ln -s vm/init "$dir/init"
    pack "$dir" >"$base.new"
    mv "$base.new" "$base"
    echo "$made_of" >"$base.made-of"
    rm -r "$dir"
}

# merge_usr DIR - the old folders become links, as on an installed system
merge_usr() {
    local name
    for name in bin sbin lib lib64; do
        [ ! -L "$1/$name" ] || continue
        mkdir -p "$1/usr/$name"
        cp -a "$1/$name/." "$1/usr/$name"
        rm -r "${1:?}/$name"
        ln -s "usr/$name" "$1/$name"
    done
}

# prepare_dracut DIR - dracut looks for modules below /usr alone, and would ask the machine that builds the image for its disk
prepare_dracut() {
    ln -s /usr/local/lib/dracut/modules.d/90iommuctl "$1/usr/lib/dracut/modules.d"
    cat >"$1/etc/dracut.conf.d/test.conf" <<END
hostonly=no
compress='zstd -1'
add_drivers+=' nvme ext4 e1000e e1000 '
dracutmodules+=' systemd systemd-initrd dracut-systemd base fs-lib rootfs-block udev-rules kernel-modules usrmount shutdown iommuctl '
END
}

# build_system DIR BUILD - the root of a system that boots by itself: Debian's packages, the kernel's modules, and iommuctl as
# "cmake --install" places it from that build
build_system() {
    local dir=$1 boot=$1/boot
    mkdir "$dir"
    cp -a "$system_root/." "$dir"
    merge_usr "$dir"
    # shellcheck disable=SC2086
    copy_modules "$dir" $modules
    cp "$(kernel_image)" "$boot/vmlinuz-$release"
    cp "$kernel_dir/boot/config-$release" "$boot"
    : >"$boot/initrd.img-$release" # update-initramfs renews the images that are there
    DESTDIR=$dir cmake --install "$2" >/dev/null || die "cannot install $2"
    cp "$dir/usr/share/base-passwd/passwd.master" "$dir/etc/passwd"
    cp "$dir/usr/share/base-passwd/group.master" "$dir/etc/group"
    [ -e "$dir/bin/sh" ] || ln -s dash "$dir/bin/sh"
    [ -e "$dir/usr/bin/awk" ] || ln -s mawk "$dir/usr/bin/awk"
    echo 0123456789abcdef0123456789abcdef >"$dir/etc/machine-id"
    echo "/dev/nvme0n1 / ext4 defaults 0 0" >"$dir/etc/fstab"
    [ ! -d "$dir/etc/initramfs-tools/conf.d" ] || echo COMPRESSLEVEL=1 >"$dir/etc/initramfs-tools/conf.d/fast"
    [ ! -e "$dir/usr/bin/dracut" ] || prepare_dracut "$dir"
    touch "$dir/etc/.updated" "$dir/var/.updated"
    ldconfig -r "$dir" 2>/dev/null || true
}

# edit_devicetree FILE - appends FILE to the devicetree that QEMU makes for the machine, and boots with that
edit_devicetree() {
    "${qemu[@]}" -machine dumpdtb=machine.dtb </dev/null >/dev/null 2>&1 || die "QEMU gives no devicetree"
    { dtc -q -O dts machine.dtb && cat "$1"; } | dtc -q -O dtb -o edited.dtb || die "$1 does not fit QEMU's devicetree"
    qemu+=(-dtb edited.dtb)
}
