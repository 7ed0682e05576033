#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# deferred-missed.sh - virtio-iommu's module comes after the deferred probe timeout (-n, deferred_probe_timeout=1, no
# bridge): firmware is ACPI, and since 6.18 the devices are bound without their IOMMU; only "rescan" gives it to them

# shellcheck source=../guest/lib.sh
. lib.sh

nvme=0000:02:00.0
port=0000:00:03.0

json() {
    jq -Mr "$@" /tmp/deferred.json
}

# look WHEN
look() {
    check "$1: deferred succeeds" iommuctl deferred -J >/tmp/deferred.json
}

# told DEVICE
told() {
    json --arg device "$1" '.deferred[] | select(.device == $device)
        | "\(.state) \(.dma) \(.root_cause.code) \(.outcome.what) \(.outcome.when_seconds)"'
}

# remedies - all that is advised
remedies() {
    json '.deferred[].remedy, .findings[].remedy' | sort -u
}

modprobe nvme
until [ -e /sys/bus/pci/devices/$nvme/driver ]; do usleep 100000; done
look "after the timeout"
equal "the disk runs without its IOMMU" "bound lost iommu_module_not_loaded runs_without_iommu 0" "$(told $nvme)"
equal "each finding is an alarm" alarm "$(json '.findings[].severity' | sort -u)"
equal "no device is said to be bound by hand" "" "$(json '.deferred[].root_cause.code' | grep manual)"
equal "no port is to be unbound" "" "$(remedies | grep pcieport/unbind)"
check "the remedy is the initramfs" expr "$(remedies)" : ".*initramfs" >/dev/null

/sbin/modprobe virtio_iommu
sleep 1
check "the IOMMU does not come to what is bound" [ ! -e /sys/bus/pci/devices/$nvme/iommu_group ]
look "too late"
equal "the disk has missed it" "bound lost bound_without_iommu runs_without_iommu 0" "$(told $nvme)"
equal "as has the port" "bound lost bound_without_iommu runs_without_iommu 0" "$(told $port)"
equal "no port is to be unbound" "" "$(remedies | grep pcieport/unbind)"
check "the remedy is the initramfs" expr "$(remedies)" : ".*initramfs" >/dev/null
equal "and rescan, until then" "iommuctl rescan $nvme" "$(remedies | grep -o "iommuctl rescan $nvme")"
# Two analyses must agree, and may take a twentieth of the time: on a slow machine that is more than 5 s.
iommuctl wait $nvme group --timeout 60 2>/dev/null
equal "wait says that no group comes" 12 $?

# group_of DEVICE - fingerprint and members of its group
group_of() {
    iommuctl show -J | jq -Mrc --arg device "$1" '.groups[] | select(.devices | index($device)) | [.fingerprint, .devices]'
}

equal "it has no group" "" "$(group_of $nvme)"
check "rescan finds it again" iommuctl rescan $nvme >/tmp/out
equal "with its IOMMU" "bound translated" \
    "$(iommuctl show -J $nvme | jq -Mr --arg device $nvme '.devices[] | select(.name == $device) | "\(.state) \(.dma)"')"
first=$(group_of $nvme)
check "and a group" [ -n "$first" ]
check "a second time, too" iommuctl rescan $nvme >/tmp/out
equal "with the same fingerprint" "$first" "$(group_of $nvme)"
check "the port finds its IOMMU with all below it" iommuctl rescan 0000:00:03.1 >/tmp/out
equal "and the disk the same fingerprint" "$first" "$(group_of $nvme)"
iommuctl rescan 0000:00:1d.0 >/tmp/out 2>/tmp/err
equal "the IOMMU itself is not removed" 3 $?
finish
