#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# disks.sh - disks in use: mounts over all layers above a device, swap, loop devices

# shellcheck source=../../guest/in_use.sh
. in_use.sh

disk=$(disk_of $nvme0)

# partition DISK - one partition
partition() {
    printf 'o\nn\np\n1\n\n\nw\n' | fdisk "$1" >/dev/null 2>&1
    until [ -b "${1}p1" ] || [ -b "${1}1" ]; do usleep 10000; done
}

make_fs() {
    mke2fs -q -F -t ext4 "$1" 2>/dev/null
}

# mounted_on DEVICE - a file system there, with a file
mounted_on() {
    mount -t ext4 "$1" "${2:-/mnt}" && echo contents >"${2:-/mnt}/file"
}

reads() {
    echo 3 >/proc/sys/vm/drop_caches
    equal "its file can be read" contents "$(cat "${1:-/mnt}/file")"
}

wipe() {
    dd if=/dev/zero of="$1" bs=1M count=4 2>/dev/null
    blockdev --rereadpt "$1" 2>/dev/null
}

# ---- a partition

partition "$disk"
make_fs "${disk}p1"
passes "a file system that is not mounted" $nvme0
mounted_on "${disk}p1"
refused "mounted" mounted $nvme0
reads
umount /mnt
mkdir -p /boot
mounted_on "${disk}p1" /boot
refused "mounted as /boot" system-disk $nvme0
reads /boot
umount /boot

newline=$(printf '/mnt/new\nline')
mkdir "$newline"
mounted_on "${disk}p1" "$newline"
refused "mounted where the name has a newline" mounted $nvme0
check "the text has the name on one line" sh -c "iommuctl check $nvme0 vfio-pci 2>&1 | grep -q '/mnt/new.*line'"
umount "$newline"
rmdir "$newline"

in_namespace() {
    unshare -m sh -c "mount -t ext4 ${disk}p1 /mnt && echo ready && cat"
}
held in_namespace
equal "it is not in our namespace" "" "$(grep ' /mnt ' /proc/self/mountinfo)"
refused "mounted in another mount namespace only" mounted $nvme0
release
passes "the namespace is gone" $nvme0

mkswap "${disk}p1" >/dev/null
passes "swap that is not on" $nvme0
swapon "${disk}p1"
refused "swap" swap $nvme0
check "it is still on" grep -q "${disk}p1" /proc/swaps
swapoff "${disk}p1"
passes "it is off" $nvme0

make_fs "${disk}p1"
mounted_on "${disk}p1"
dd if=/dev/zero of=/mnt/swap bs=1M count=4 2>/dev/null
mkswap /mnt/swap >/dev/null
swapon /mnt/swap
refused "a swap file" "mounted swap" $nvme0
swapoff /mnt/swap
umount /mnt

losetup /dev/loop0 "${disk}p1"
refused "a loop device" block-backing $nvme0
losetup -d /dev/loop0
passes "it is detached" $nvme0

# A mount that is in no namespace any more, because a process has a file of it open.
mounted_on "${disk}p1"
held ready 6</mnt/file
umount -l /mnt
refused "mounted nowhere" block-claimed $nvme0
release
passes "the file is closed" $nvme0

# ---- layers in between

wipe "$disk"
lvm pvcreate -qq "$disk" && lvm vgcreate -qq vg "$disk" && lvm lvcreate -qq -Zn -Wn -L 16M -n lv vg
make_fs /dev/mapper/vg-lv
refused "a logical volume that is active" block-holder $nvme0
mounted_on /dev/mapper/vg-lv
refused "mounted, on LVM" "block-holder mounted" $nvme0
captured "mounted, on LVM" $nvme0
reads
umount /mnt
lvm vgchange -qq -an vg
check "the label is there" sh -c "lvm pvs 2>/dev/null | grep -q $disk"
passes "a label of LVM, stale" $nvme0

wipe "$disk"
echo password >/tmp/key
cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 "$disk" /tmp/key
passes "LUKS that is closed" $nvme0
cryptsetup open --key-file /tmp/key "$disk" secret
make_fs /dev/mapper/secret
mounted_on /dev/mapper/secret
refused "mounted, on LUKS" "block-holder mounted" $nvme0
reads
umount /mnt
cryptsetup close secret
passes "LUKS that is closed again" $nvme0

wipe "$disk"
mdadm -q --create /dev/md0 --run --level=1 --raid-devices=2 "$disk" missing 2>/dev/null
make_fs /dev/md0
mounted_on /dev/md0
refused "mounted, on md" "block-holder mounted" $nvme0
reads
umount /mnt
mdadm -q --stop /dev/md0
passes "an array that is stopped" $nvme0
wipe "$disk"

mkswap "$disk" >/dev/null
swapon "$disk"
refused "swap on the whole disk" swap $nvme0
swapoff "$disk"
wipe "$disk"

# ---- a disk that several controllers may reach: its folder is not below any of them

disk=$(disk_of $nvme1)
make_fs "$disk"
mounted_on "$disk"
refused "mounted, and shared" mounted $nvme1
reads
umount /mnt
passes "no longer mounted" $nvme1

# ---- behind a controller

for device in $xhci1 $sata0; do
    disk=$(find "/sys/devices" -path "*/$device/*" -path '*/block/sd?' | sed 's#.*/#/dev/#')
    partition "$disk"
    make_fs "${disk}1"
    passes "a disk behind $device, not mounted" "$device"
    mounted_on "${disk}1"
    refused "mounted, behind $device" mounted "$device"
    reads
    umount /mnt
    passes "no longer mounted, behind $device" "$device"
done
finish
