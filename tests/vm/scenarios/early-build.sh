#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# early-build.sh all|pin - "iommuctl pin" in a system on a disk, which tests/vm/early boots afterwards: the system's own
# update-initramfs or dracut builds the image. "all" has what makes pin fail, too.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/system.sh
. system.sh

nic=0000:02:00.0
check "the system's disk is mounted" mount_system || finish
image=$(echo /mnt/boot/initrd.img-*)
disk=$(basename "$(readlink -f "/sys/class/nvme/nvme0/device")")

mkdir -p /run/udev # a rule is made where udev runs
in_system iommuctl pin --name nic $nic vfio-pci >/tmp/out 2>/tmp/err
equal "a card is pinned, and the image is built" 0 $?
cat /tmp/out /tmp/err
[ ! -x /mnt/usr/sbin/update-initramfs ] ||
    check "the tool's output is shown" grep -q "update-initramfs: Generating" /tmp/err
check "the image is there" test -s "$image"
equal "and nothing else of it" "" "$(find /mnt/boot /mnt/run -name '*.new' -o -name 'iommuctl-pins.*')"
check "the next boot is told" grep -q "the initramfs keeps its native driver away" /tmp/out
check "udev has a rule for it" grep -q ":04.0/" /run/udev/rules.d/05-iommuctl-pins.rules

# A pin of the disk of the system, written by hand.
{
    echo "driver = vfio-pci"
    echo "location = $(in_system iommuctl show -n -r -o location "$disk")"
    echo "vendor = $(cat "/sys/bus/pci/devices/$disk/vendor")"
    echo "device = $(cat "/sys/bus/pci/devices/$disk/device")"
} >/mnt/etc/iommuctl/pins.d/disk.conf
in_system iommuctl pins --compile - >/tmp/list 2>/tmp/err
check "the list for the initramfs has the card" grep -q " vfio-pci nic$" /tmp/list
check "and not the disk" sh -c '! grep -q " disk$" /tmp/list'

[ "$1" = all ] || {
    check "the disk is free again" leave_system
    finish
}
# A full /boot: the old image and the old pins stay.
sum=$(sha1sum <"$image")
mkdir /tmp/boot
mount -t tmpfs -o "size=$(($(du -sk /mnt/boot | cut -f1) + 512))k" tmpfs /tmp/boot
cp /mnt/boot/* /tmp/boot 2>/dev/null
mount --bind /tmp/boot /mnt/boot
in_system iommuctl pin --name other 0000:03:00.0 vfio-pci >/tmp/out 2>/tmp/err
equal "with a full /boot, pin fails" 1 $?
check "and says so" grep -q "^iommuctl: .* failed.*the pins are as before" /tmp/err || cat /tmp/err
check "the new pin is gone" test ! -e /mnt/etc/iommuctl/pins.d/other.conf
equal "the image is the old one" "$sum" "$(sha1sum <"$image")"
equal "and nothing of the new one is left" "" "$(find /mnt/boot -name '*.new')"
umount /mnt/boot /tmp/boot

# A tool that succeeds and builds nothing.
[ ! -x /mnt/usr/sbin/update-initramfs ] || {
    echo update_initramfs=no >>/mnt/etc/initramfs-tools/update-initramfs.conf
    in_system iommuctl pin --name other 0000:03:00.0 vfio-pci >/tmp/out 2>/tmp/err
    equal "where update-initramfs may build no image, pin fails" 1 $?
    check "and says so" grep -q "has built no image with the pins.*the pins are as before" /tmp/err || cat /tmp/err
    check "the new pin is gone, too" test ! -e /mnt/etc/iommuctl/pins.d/other.conf
    sed -i '$d' /mnt/etc/initramfs-tools/update-initramfs.conf
}

# A read-only /etc: nothing is built.
mount --bind /mnt/etc /mnt/etc
mount -o remount,bind,ro /mnt/etc
in_system iommuctl pin --name other 0000:03:00.0 vfio-pci >/tmp/out 2>/tmp/err
equal "where /etc is read-only, pin fails" 1 $?
check "and says so" grep -q "/etc/iommuctl.*Read-only file system" /tmp/err || cat /tmp/err
check "before it builds an image" sh -c '! grep -q "building the initramfs" /tmp/err'
in_system iommuctl unpin nic >/tmp/out 2>/tmp/err
equal "unpin fails, too" 1 $?
check "and the pin stays" grep -q "^driver = vfio-pci" /mnt/etc/iommuctl/pins.d/nic.conf
umount /mnt/etc

check "the disk is free again" leave_system
finish
