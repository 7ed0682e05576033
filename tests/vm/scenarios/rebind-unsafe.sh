#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# rebind-unsafe.sh DEVICE - on a machine that does not isolate the interrupts of devices, VFIO opens none: that is said
# before DEVICE is moved, and no longer once the administrator has allowed it. On virtio since Linux 6.15 DEVICE has no group
# (see virtio in machines.sh): use virtio-nobridge there.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

device=$1
before=$(state "$device")
exits 3 "the device is not moved" rebind -J "$device" vfio-pci
equal "because of the interrupts" interrupts "$(json '.checks[] | select(.level == "refuse").id')"
equal "it is as it was" "$before" "$(state "$device")"
exits 0 "no driver needs no isolation" unbind "$device"
exits 0 "it is restored" restore "$device"
exits 0 "waived, it is moved" rebind -J --waive interrupts "$device" vfio-pci
equal "and that is in the document" true "$(json '.checks[] | select(.id == "interrupts").waived')"
vfio-user "/dev/vfio/$(group "$device")" "$device" </dev/null >/tmp/user 2>&1
equal "VFIO does not open it" 1 $?
exits 0 "it is restored" restore "$device"
modprobe -r vfio_iommu_type1
modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
exits 0 "allowed, it is moved" rebind "$device" vfio-pci
hold "$device"
release
exits 0 "it is restored" restore "$device"
equal "it is as it was" "$before" "$(state "$device")"
finish
