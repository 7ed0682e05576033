#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# A machine without an IOMMU: no error, and a word on what to do.

# shellcheck source=../guest/lib.sh
. lib.sh

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
finish
