#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# rebind-many.sh TIMES DEVICE… - the devices and their groups go to vfio-pci and come back, so many times: drivers, groups
# and their numbers are the same before and after.
#
# By kernel, on amd:
#   since 7.x    the IOMMU of QEMU does not remap interrupts (6.18 uses that, 7.3 does not), so VFIO has to be told to go on

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

times=$1
shift

if [ -e /sys/class/iommu/ivhd0 ] && since 7.0; then
    exits 3 "interrupts are not isolated: VFIO would not open the devices" check -J "$@" vfio-pci
    equal "which alone refuses" interrupts "$(json '[.checks[] | select(.level == "refuse").id] | unique | join(" ")')"
    modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
fi
before=$(state "$@")
groups_before=$(groups)
n=0 wrong=0
while [ $n -lt "$times" ]; do
    for command in "rebind -J --group $* vfio-pci" "restore -J --all"; do
        # shellcheck disable=SC2086 # words
        run $command
        [ "$status $(json '"\(.result.outcome) \(.result.groups_stable) \(.result.changes)"')" = "0 done true []" ] ||
            { wrong=$((wrong + 1)) && echo "    $command: $status" && json -c '.error, .result' && cat /tmp/err; } >&2
        [ "$command" = "restore -J --all" ] || moved_state=$(state "$@")
    done
    n=$((n + 1))
done
equal "of $times round trips none went wrong" 0 $wrong
for device; do
    equal "the last brought $device to vfio-pci and back" vfio-pci "$(echo "$moved_state" | sed -n "s/^$device \([^ ]*\).*/\1/p")"
done
equal "each device is as it was" "$before" "$(state "$@")"
equal "and each group, its number too" "$groups_before" "$(groups)"
finish
