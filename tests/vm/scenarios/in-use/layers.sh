#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# layers.sh - disks and memory below rare layers of the kernel: DRBD, bcache, zram, MTD and UBI, LIO's other backends,
# a server of NBD, virtio-fs, persistent memory as a disk, as a device and as memory of the machine; each with a look-alike that is free

# shellcheck source=../../guest/in_use.sh
. in_use.sh

disk=$(disk_of $nvme0)
name=${disk#/dev/}
/sbin/modprobe -a drbd bcache zram block2mtd target_core_mod target_core_iblock target_core_pscsi vhost_scsi nd_pmem dax_pmem device_dax kmem nbd
mount -t configfs configfs /sys/kernel/config 2>/dev/null
core=/sys/kernel/config/target/core

# wipe BYTE - no layer knows the disk any more: all of it is that byte
wipe() {
    tr '\000' "$1" </dev/zero | dd of="$disk" bs=1M count=64 iflag=fullblock 2>/dev/null
    sync
}

# eventually COMMAND… - waits at most ten seconds for it to succeed
eventually() {
    local tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 500 ] || return 1
        usleep 20000
    done
}

# ---- layers above a disk

mkdir -p /var/lock /var/run /var/lib/drbd
drbdmeta --force 0 v08 "$disk" internal create-md >/dev/null 2>&1
passes "a disk with metadata of DRBD" $nvme0
drbdsetup-84 new-resource r0 && drbdsetup-84 new-minor r0 0 0
check "DRBD takes the disk" drbdsetup-84 attach 0 "$disk" "$disk" internal
refused "a disk below DRBD" block-holder $nvme0
drbdsetup-84 detach 0
passes "DRBD has let it go" $nvme0
drbdsetup-84 down r0
wipe '\000'

make-bcache -B "$disk" >/dev/null
passes "a disk with a label of bcache" $nvme0
echo "$disk" >/sys/fs/bcache/register
eventually [ -e "/sys/block/$name/bcache" ]
refused "a disk below bcache" block-holder $nvme0
echo 1 >"/sys/block/$name/bcache/stop"
eventually [ ! -e "/sys/block/$name/bcache" ]
passes "bcache has let it go" $nvme0
wipe '\000'

[ -e /sys/block/zram0 ] || cat /sys/class/zram-control/hot_add >/dev/null
echo "$disk" >/sys/block/zram0/backing_dev
refused "a disk that zram writes to" block-backing $nvme0
echo 1 >/sys/block/zram0/reset
passes "zram has let it go" $nvme0

wipe '\377' # erased flash
echo "$disk,65536" >/sys/module/block2mtd/parameters/block2mtd
mtd=$(basename /sys/class/mtd/mtd*[0-9])
refused "a disk that is an MTD device" block-claimed $nvme0
check "UBI takes it" /sbin/modprobe ubi "mtd=${mtd#mtd}"
refused "a disk below UBI" block-claimed $nvme0
rmmod ubi
rmmod block2mtd
passes "MTD has let it go" $nvme0
wipe '\000'

ip link set lo up
passes "a disk that a server of NBD may export, and does not" $nvme0
nbd-server -d 10809 "$disk" >/tmp/nbd 2>&1 &
server=$!
eventually nbd-client 127.0.0.1 10809 /dev/nbd0 >/dev/null 2>&1
check "the disk is exported" [ "$(cat /sys/block/nbd0/size)" = "$(cat "/sys/block/$name/size")" ]
refused "a disk that a server of NBD exports" node-open $nvme0
nbd-client -d /dev/nbd0 >/dev/null 2>&1
kill $server 2>/dev/null
wait $server
passes "the server has ended" $nvme0

# ---- LIO

mkdir -p $core/iblock_0/disk
printf 'udev_path=%s' "$disk" >$core/iblock_0/disk/control
passes "a backend of LIO that is not switched on" $nvme0
echo 1 >$core/iblock_0/disk/enable
refused "a backend of LIO" block-backing $nvme0
lun=/sys/kernel/config/target/vhost/naa.5001405324af0df7/tpgt_1/lun/lun_0
mkdir -p $lun
ln -s $core/iblock_0/disk $lun/disk
refused "a disk of vhost-scsi" block-backing $nvme0
rm $lun/disk
rmdir $lun
rmdir ${lun%/lun/*} ${lun%/tpgt_1/*} ${lun%/naa*}
rmdir $core/iblock_0/disk
passes "LIO has nothing" $nvme0

scsi=$(ls -d $pci/$sata0/ata*/host*/target*/*/block)
address=$(basename "${scsi%/block}")
passes "a disk that LIO may pass through, and does not" $sata0
mkdir -p $core/pscsi_0/disk
echo "$address" | sed 's/\(.*\):\(.*\):\(.*\):\(.*\)/scsi_host_id=\1,scsi_channel_id=\2,scsi_target_id=\3,scsi_lun_id=\4/' >$core/pscsi_0/disk/control
printf '/dev/%s' "$(ls "$scsi")" >$core/pscsi_0/disk/udev_path
passes "a disk that LIO may pass through, configured" $sata0
echo 1 >$core/pscsi_0/disk/enable
refused "a disk that LIO passes through" "block-backing block-claimed" $sata0
rmdir $core/pscsi_0/disk
passes "LIO passes nothing through" $sata0

# ---- virtio-fs

share=0000:00:13.0
if [ -e "$pci/$share" ]; then
    passes "a virtio-fs device that is not mounted" "$share" none
    mount -t virtiofs shared /mnt
    # Before Linux 6.9 no file shows the tag of the device.
    if since 6.9; then
        refused "a virtio-fs" mounted "$share" none
    else
        equal "a virtio-fs, which may be of any device: rebind refuses" 3 "$(status rebind "$share" none)"
        device=$share
        equal "as it is unknown" "mounted:unknown system-disk:unknown" "$(refusing)"
        equal "and touches nothing" virtio-pci "$(driver_of "$share")"
    fi
    check "its files are there" ls /mnt >/dev/null
    umount /mnt
    passes "it is unmounted" "$share" none
    mount -t tmpfs shared /mnt
    passes "a tmpfs of the same source" "$share" none
    umount /mnt
else
    echo "# no virtiofsd on the host, or not root: virtio-fs is not tested" >&2
fi

# ---- persistent memory

memory=0000:00:12.0
eventually [ -b /dev/pmem0 ]
mke2fs -q -F -t ext4 -b 4096 /dev/pmem0 4096
passes "persistent memory that is not used" $memory none
mount -t ext4 -o dax /dev/pmem0 /mnt
refused "persistent memory that is mounted" mounted $memory none
umount /mnt
passes "it is unmounted" $memory none

# The namespace as a device of its own, /dev/dax0.0, without file system and without block device.
nd=/sys/bus/nd dax=/sys/bus/dax
seed=$(cat $nd/devices/region0/dax_seed)
echo namespace0.0 >$nd/drivers/nd_pmem/unbind
echo ram >"$nd/devices/$seed/mode"
cat /proc/sys/kernel/random/uuid >"$nd/devices/$seed/uuid"
echo namespace0.0 >"$nd/devices/$seed/namespace"
echo "$seed" >$nd/drivers/dax_pmem/bind
check "it is a device of its own" eventually [ -c /dev/dax0.0 ]
passes "a dax device that is not used" $memory none
open_dax() { ready 6</dev/dax0.0; }
held open_dax
refused "a dax device that is open" node-open $memory none
release
passes "it is closed" $memory none

# The machine takes it in as its own memory, and lets it go.
blocks() {
    for block in /sys/devices/system/memory/memory[0-9]*; do basename "$block"; done
}
blocks >/tmp/before
added() { blocks | grep -vxFf /tmp/before; }
echo online_movable >/sys/devices/system/memory/auto_online_blocks
echo dax0.0 >$dax/drivers/device_dax/unbind
echo dax0.0 >$dax/drivers/kmem/new_id
check "it is memory of the machine" [ -e $dax/drivers/kmem/dax0.0 ]
check "with blocks of its own" [ -n "$(added)" ]
refused "memory of the machine" memory $memory none
for block in $(added); do
    echo offline >"/sys/devices/system/memory/$block/state"
done
echo dax0.0 >$dax/drivers/kmem/unbind
check "the machine has let it go" [ -z "$(added)" ]
passes "it is memory no more" $memory none

# Memory that is online cannot be let go: the driver goes, and the memory stays until the next boot.
echo dax0.0 >$dax/drivers/kmem/bind
check "it is memory again" [ -n "$(added)" ]
echo dax0.0 >$dax/drivers/kmem/unbind
check "the driver is gone" [ ! -e $dax/drivers/kmem/dax0.0 ]
check "and the memory is there" [ -n "$(added)" ]
refused "memory that the machine could not let go" memory $memory none
finish
