#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# early-build.sh - "iommuctl pin" in a system on a disk, which tests/vm/early boots afterwards: Debian's own
# update-initramfs builds the image

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/system.sh
. system.sh

nic=0000:02:00.0
check "the system's disk is mounted" mount_system || finish
disk=$(basename "$(readlink -f "/sys/class/nvme/nvme0/device")")

mkdir -p /run/udev # a rule is made where udev runs
in_system iommuctl pin --name nic $nic vfio-pci >/tmp/out 2>/tmp/err
equal "a card is pinned, and update-initramfs builds the image" 0 $?
cat /tmp/out /tmp/err
check "its output is shown" grep -q "update-initramfs: Generating" /tmp/err
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

# A full /boot: the old image and the old pins stay.
sum=$(sha1sum </mnt/boot/initrd.img-"$(uname -r)")
mount -t tmpfs -o size=64k tmpfs /mnt/var/tmp
in_system iommuctl pin --name other 0000:03:00.0 vfio-pci >/tmp/out 2>/tmp/err
equal "where the image cannot be built, pin fails" 1 $?
check "and says so" grep -q "update-initramfs failed.*the pins are as before" /tmp/err || cat /tmp/err
umount /mnt/var/tmp
check "the new pin is gone" test ! -e /mnt/etc/iommuctl/pins.d/other.conf
equal "and the image is the old one" "$sum" "$(sha1sum </mnt/boot/initrd.img-"$(uname -r)")"

# A read-only /etc: nothing is built.
mount --bind /mnt/etc /mnt/etc
mount -o remount,bind,ro /mnt/etc
in_system iommuctl pin --name other 0000:03:00.0 vfio-pci >/tmp/out 2>/tmp/err
equal "where /etc is read-only, pin fails" 1 $?
check "and says so" grep -q "/etc/iommuctl.*Read-only file system" /tmp/err || cat /tmp/err
check "before it builds an image" sh -c '! grep -q Generating /tmp/err'
in_system iommuctl unpin nic >/tmp/out 2>/tmp/err
equal "unpin fails, too" 1 $?
check "and the pin stays" grep -q "^driver = vfio-pci" /mnt/etc/iommuctl/pins.d/nic.conf
umount /mnt/etc

check "the disk is free again" leave_system
finish
