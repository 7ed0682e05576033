#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# holders.sh DEVICE - a process has DEVICE's group open: show names it, and returns although the kernel holds the
# device's lock until that process closes the group.

# shellcheck source=../guest/lib.sh
. lib.sh

pci=/sys/bus/pci
device=$1

# json FILTER - of the group that the device is in
json() {
    iommuctl show -v -J "$device" | jq -Mr ".groups[0] | $1"
}

modprobe -a vfio-pci vfio_iommu_type1
echo vfio-pci >"$pci/devices/$device/driver_override"
[ ! -e "$pci/devices/$device/driver" ] || echo "$device" >"$pci/devices/$device/driver/unbind"
echo "$device" >$pci/drivers_probe
node=$(json .vfio_node)
equal "nobody has it open" "[]" "$(json '.opened_by | tostring')"

mkfifo /tmp/hold
vfio-user "$node" "$device" </tmp/hold >/tmp/user 2>&1 &
user=$!
exec 5>/tmp/hold
until grep -q . /tmp/user; do usleep 10000; done
equal "a VFIO user opens the group and maps memory" ready "$(cat /tmp/user)"
equal "show names who has it open" "$user vfio-user" "$(json '.opened_by[] | "\(.pid) \(.command)"')"
equal "the table too" "$user(vfio-user)" "$(iommuctl show -n -r -o opened_by "$device")"

# /proc shows the files of a process whose first thread has ended with its other threads alone.
exec 5>&-
wait "$user"
vfio-user "$node" "$device" thread </tmp/hold >/tmp/user 2>&1 &
user=$!
exec 5>/tmp/hold
until grep -q . /tmp/user; do usleep 10000; done
thread=$(sed 's/ready //' /tmp/user)
while grep -q '^State:.[^Z]' "/proc/$user/status"; do usleep 10000; done
equal "show names a thread that outlived the first one" "$thread vfio-user" \
    "$(json '.opened_by[] | "\(.pid) \(.command)"')"
iommuctl check -q "$device" none
equal "and check refuses" 3 $?

# The unbind waits for the user, inside the kernel, with the device's lock held.
(exec 5>&- && echo "$device" >"$pci/drivers/vfio-pci/unbind") &
unbind=$!
sleep 1
check "the unbind is stuck" test -d "/proc/$unbind"
start=$(cut -d. -f1 /proc/uptime)
document=$(iommuctl show -J)
took=$(($(cut -d. -f1 /proc/uptime) - start))
check "show -J comes back ($took s)" test "$took" -le 8
echo "$document" | jq -Mr '.sources[] | select(.state == "partial") | "# \(.name): \(.detail)"'
equal "with a whole document" null "$(echo "$document" | jq -M .error)"
case $(uname -r) in
6.1.*) # driver_override takes the lock there
    equal "and says that this is a part" partial \
        "$(echo "$document" | jq -Mr '.sources[] | select(.name == "bus_devices").state')"
    ;;
esac

exec 5>&-
wait "$user" "$unbind"
equal "the device is free again" null "$(iommuctl show -J -o driver "$device" | jq -M '.devices[0].driver')"
finish
