#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# free.sh - devices that are not in use pass: a refusal without a reason makes users distrust all others

# shellcheck source=../../guest/in_use.sh
. in_use.sh

eth=$(net $nic0)
disk=$(disk_of $nvme0)

for device in $nic0 $switched0 $switched1 $noacs0 $nvme0 $nvme1 $xhci0 $xhci1 $sata0 $vga1 $watchdog0; do
    passes "$device with $(driver_of "$device"), idle" "$device"
done
for device in $pair0 $pair1 $pci0 $pci1; do
    passes "$device with its group, idle" "$device" vfio-pci --group
done
for device in $lpc $sata1 $smbus; do
    passes "$device to no driver" "$device" none
done

captured "an idle disk" $nvme0

# ---- disks with traces of use

printf 'o\nn\np\n1\n\n+32M\nn\np\n2\n\n\nw\n' | fdisk "$disk" >/dev/null 2>&1
until [ -b "${disk}p2" ]; do usleep 10000; done
mke2fs -q -F -t ext4 "${disk}p1" 2>/dev/null
lvm pvcreate -qq "${disk}p2" && lvm vgcreate -qq vg "${disk}p2" && lvm lvcreate -qq -Zn -Wn -L 8M -n lv vg 2>/dev/null
lvm vgchange -qq -an vg
passes "a partition table, a file system and a label of LVM" $nvme0
mkswap "${disk}p1" >/dev/null
mdadm -q --create /dev/md0 --run --level=1 --raid-devices=2 "${disk}p1" missing 2>/dev/null
mdadm -q --stop /dev/md0
passes "a member of an array that is stopped" $nvme0
losetup /dev/loop0 "${disk}p1"
losetup -d /dev/loop0
passes "once behind a loop device" $nvme0
mke2fs -q -F -t ext4 "${disk}p1" 2>/dev/null
mount -t ext4 "${disk}p1" /mnt
umount /mnt
mount -t tmpfs tmpfs /mnt
passes "something else is mounted where it was" $nvme0
umount /mnt
mount -t ext4 "${disk}p1" /mnt
passes "the other disk is in use" $nvme1
umount /mnt

# ---- interfaces with traces of use

ip addr add 10.0.2.15/24 dev "$eth"
passes "an address, but it is down" $nic0
ip addr flush dev "$eth"
ip link set "$eth" up
passes "up, but without an address" $nic0
equal "there is a word about it" warning "$(json '.checks[] | select(.id == "net-up").level')"
ip link set "$eth" down
ip netns add other
ip netns del other
passes "there was another network namespace" $nic0
ip addr add 10.0.2.15/24 dev "$(net $switched0)"
ip link set "$(net $switched0)" up
passes "another interface is in use" $nic0
ip addr flush dev "$(net $switched0)"
ip link set "$(net $switched0)" down

# ---- drivers

echo $nic0 >/sys/bus/pci/drivers/e1000e/unbind
passes "no driver" $nic0
echo vfio-pci >$pci/$nic0/driver_override
echo $nic0 >/sys/bus/pci/drivers_probe
passes "on vfio-pci already" $nic0
passes "back from vfio-pci" $nic0 e1000e
echo >$pci/$nic0/driver_override
echo $nic0 >/sys/bus/pci/drivers/vfio-pci/unbind
echo $nic0 >/sys/bus/pci/drivers_probe
echo 1 >$pci/$switched1/remove
echo 1 >/sys/bus/pci/rescan
until [ -e "$pci/$switched1/iommu_group" ]; do usleep 10000; done
passes "plugged in again" $switched1
finish
