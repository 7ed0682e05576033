#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317  # $words in quotes are jq's; check calls has_group
# deferred-missed.sh - virtio-iommu's module comes after the deferred probe timeout (-n, deferred_probe_timeout=1, no
# bridge): firmware is ACPI, and since 6.15 the devices are bound without their IOMMU; only "rescan" gives it to them, also
# where it is killed meanwhile

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

# has_group DEVICE
has_group() {
    [ -e "/sys/bus/pci/devices/$1/iommu_group" ]
}

# killed RECORD PORT - PORT has missed its IOMMU; iommuctl is killed at that record of the journal
killed() {
    local record=$1 missed=$2 status tries=0
    check "$missed has missed its IOMMU" sh -c "[ -e /sys/bus/pci/devices/$missed/driver ] && [ ! -e /sys/bus/pci/devices/$missed/iommu_group ]"
    at-record "$record" 'kill -9 $tool' iommuctl rescan "$missed" >/dev/null 2>&1
    if [ $? != 125 ]; then # else all is done without that step
        iommuctl recover >/tmp/out 2>&1
        status=$?
        while [ $status = 10 ] && [ $tries -lt 100 ]; do # the last write of the dead one is still on its way
            usleep 50000
            iommuctl recover >/tmp/out 2>&1
            status=$?
            tries=$((tries + 1))
        done
        equal "killed at $record: recover" 0 $status
        check "- the port is there" [ -e "/sys/bus/pci/devices/$missed" ]
        check "- rescan again" iommuctl rescan "$missed" >/tmp/out
    fi
    check "- it has its IOMMU" has_group "$missed"
}

steps=$(iommuctl rescan --dry-run -J $port | jq -M '.plan.steps | length')
check "the plan has steps" [ "$steps" -gt 1 ]
set -- $port 0000:00:03.2 0000:00:05.0 0000:00:06.0 0000:00:08.0 0000:00:09.0
n=0
while [ $n -lt "$steps" ]; do
    for record in "begin $n" "done $n"; do
        killed "$record" "$1"
        shift
    done
    n=$((n + 1))
done
iommuctl rescan 0000:00:1d.0 >/tmp/out 2>/tmp/err
equal "the IOMMU itself is not removed" 3 $?
finish
