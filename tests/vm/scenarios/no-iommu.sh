#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# no-iommu.sh DEVICE - a machine without an IOMMU: no error, and a remedy. DEVICE, which has a driver, can be
# left without one, but not go to VFIO.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

words=$(iommuctl show 2>&1)
equal "show succeeds" 0 $?
check "it says that there is no IOMMU" expr "$words" : ".*no IOMMU" >/dev/null
check "it says what to do" expr "$words" : ".*Switch it on" >/dev/null
check "show -J succeeds" iommuctl show -J >/tmp/show.json
equal "there are no groups, and no error" '[] null' "$(jq -Mr '"\(.groups) \(.error)"' /tmp/show.json)"
equal "the host has no IOMMU" absent "$(jq -Mr .host.iommu /tmp/show.json)"

for device in /sys/bus/pci/devices/*; do
    [ ! -e "$device/driver" ] || break
done
device=${device##*/}
words=$(iommuctl wait "$device" group --timeout 5 2>&1)
equal "no group will come to $device" 12 $?
check "as firmware names no IOMMU" expr "$words" : ".*firmware names no IOMMU" >/dev/null
iommuctl wait "$device" group --timeout 1 --patient 2>/dev/null
equal "the patient run out of time" 7 $?

before=$(state "$1")
exits 3 "no device goes to vfio-pci" rebind -J "$1" vfio-pci
check "because it has no group" jq -e '.checks | any(.id == "group" and .level == "refuse")' /tmp/out >/dev/null
equal "it is as it was" "$before" "$(state "$1")"
exits 0 "unbind needs no IOMMU" unbind -J "$1"
equal "it has no driver" - "$(driver "$1")"
exits 0 "nor does restore" restore "$1"
equal "it is as it was" "$before" "$(state "$1")"
finish
