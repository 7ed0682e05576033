#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# dependents.sh iommu|host-bridge|dma|flash… - what others need is refused: an IOMMU, a host bridge, a device with a DMA
# channel that has a client, and one with flash that UBI has; nothing waives the first three
#
# An unbind of virtio-iommu crashes Linux 6.12: the scenario shows the refusal, and never the unbind.

# shellcheck source=../guest/lib.sh
. lib.sh

/sbin/modprobe -qa vfio-pci vfio_iommu_type1 nvme

# driver_at BUS DEVICE
driver_at() {
    if [ -e "/sys/bus/$1/devices/$2/driver" ]; then basename "$(readlink "/sys/bus/$1/devices/$2/driver")"; else echo none; fi
}

# refusing - the checks that refuse in /tmp/check.json
refusing() {
    jq -Mr '[.checks[] | select(.level == "refuse" and (.waived | not)) | .id] | unique | join(" ")' /tmp/check.json
}

# untouchable SENTENCE BUS DEVICE MESSAGE - neither check nor unbind nor a waiver takes it from its driver
untouchable() {
    local sentence=$1 bus=$2 device=$3 message=$4 before devices
    before=$(driver_at "$bus" "$device")
    devices=$(ls /sys/bus/pci/devices)
    iommuctl check -J "$device" none >/tmp/check.json
    equal "$sentence: check refuses" 3 $?
    equal "by dependents alone" dependents "$(refusing)"
    equal "and says what depends on it" 1 "$(jq -Mr '.checks[] | select(.id == "dependents").message' /tmp/check.json |
        grep -c "$message")"
    iommuctl unbind "$device" -J >/tmp/check.json
    equal "unbind refuses" 3 $?
    equal "for the same reason" dependents "$(refusing)"
    iommuctl check "$device" none --waive dependents >/dev/null 2>&1
    equal "nothing waives that" 2 $?
    equal "its driver is there" "$before" "$(driver_at "$bus" "$device")"
    equal "and every device" "$devices" "$(ls /sys/bus/pci/devices)"
}

an_iommu() {
    for device in /sys/bus/pci/devices/*; do
        [ "$(cat "$device/device")" != 0x1057 ] || iommu=$(basename "$device")
    done
    untouchable "a virtio-iommu" pci "$iommu" "it is the IOMMU $iommu of"
    iommuctl check -q 0000:01:00.0 none
    equal "a device behind it passes" 0 $?
}

a_host_bridge() {
    bridge=$(basename "$(ls -d /sys/bus/platform/devices/*.pcie)")
    untouchable "a PCI host bridge" platform "$bridge" "exist only while its driver is bound"
    iommuctl check -q 0000:02:00.0 none
    equal "a disk behind it passes" 0 $?
    disk=/dev/$(basename "$(ls -d /sys/bus/pci/devices/0000:02:00.0/nvme/nvme*)")n1
    tail -f /dev/null 6<"$disk" &
    iommuctl check -J "$bridge" none >/tmp/check.json
    equal "the disk is open: that refuses for the bridge too" "dependents node-open" "$(refusing)"
    kill $!
    for device in /sys/bus/platform/devices/*.virtio_mmio; do
        [ "$(driver_at virtio "$(basename "$device"/virtio*)")" = virtio_rng ] || continue
        iommuctl check -q "$(basename "$device")" none
        equal "a device that others do not need passes" 0 $?
        break
    done
}

# QEMU has no DMA engine on PCI that Linux drives: the module gives the disk a channel.
a_dma_channel() {
    local disk=0000:02:00.0
    /sbin/insmod dma_channel.ko device=$disk
    iommuctl check -q $disk vfio-pci
    equal "a DMA channel without a client passes" 0 $?
    /sbin/rmmod dma_channel
    /sbin/insmod dma_channel.ko device=$disk taken=1
    equal "the channel is taken" 1 "$(cat /sys/class/dma/dma*chan0/in_use)"
    for command in check rebind; do
        iommuctl $command -J $disk vfio-pci >/tmp/check.json
        equal "a DMA channel with a client: $command refuses" 3 $?
        equal "by consumers alone" consumers "$(refusing)"
    done
    equal "its driver is there" nvme "$(driver_at pci $disk)"
    iommuctl check $disk vfio-pci --waive consumers >/dev/null 2>&1
    equal "nothing waives that" 2 $?
    /sbin/rmmod dma_channel
    iommuctl check -q $disk vfio-pci
    equal "it has no client any more" 0 $?
}

# QEMU has no flash on PCI that Linux drives either: the module gives the disk some.
flash_of_ubi() {
    local disk=0000:02:00.0 mtd
    /sbin/modprobe mtd
    /sbin/insmod pci_flash.ko device=$disk
    mtd=$(basename "$(find "$(realpath /sys/bus/pci/devices/$disk)"/mtd -name 'mtd*[0-9]')")
    check "the flash is below the device" [ -n "$mtd" ]
    iommuctl check -q $disk vfio-pci
    equal "flash that nothing uses passes" 0 $?
    check "UBI takes it" /sbin/modprobe ubi "mtd=${mtd#mtd}"
    for command in check rebind; do
        iommuctl $command -J $disk vfio-pci >/tmp/check.json
        equal "flash that UBI has: $command refuses" 3 $?
        equal "by block-backing alone" block-backing "$(refusing)"
    done
    equal "its driver is there" nvme "$(driver_at pci $disk)"
    iommuctl check -q $disk vfio-pci --waive block-backing
    equal "that can be waived" 0 $?
    /sbin/rmmod ubi
    iommuctl check -q $disk vfio-pci
    equal "UBI has let it go" 0 $?
    /sbin/rmmod pci_flash
}

for word; do
    case $word in
    iommu) an_iommu ;;
    host-bridge) a_host_bridge ;;
    dma) a_dma_channel ;;
    flash) flash_of_ubi ;;
    esac
done
finish
