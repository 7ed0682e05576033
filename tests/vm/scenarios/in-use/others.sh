#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# others.sh - in use by other ways: processes, virtual functions, VFIO, displays, consoles, and by members of the group

# shellcheck source=../../guest/in_use.sh
. in_use.sh

# ---- a node that a process has open

disk=$(disk_of $nvme0)
weird() {
    # A name that would paint the terminal and begin a line of its own.
    printf 'a\nb\033[31m' >/proc/self/comm
    ready 6<"$disk"
}
held weird
refused "a process has the disk open" node-open $nvme0
check "the text has its name on one line" sh -c "iommuctl check $nvme0 vfio-pci 2>&1 | grep -q 'a.*b'"
equal "and nothing that a terminal obeys" 0 "$(iommuctl check $nvme0 vfio-pci 2>&1 | grep -c "$(printf '\033')")"
release
passes "the process is gone" $nvme0

# ---- virtual functions

echo 0 >$pci/$nvme1/sriov_drivers_autoprobe
passes "no virtual functions" $nvme1
echo 2 >$pci/$nvme1/sriov_numvfs
refused "virtual functions" virtual-functions $nvme1 none
equal "vfio-pci would not take their parent" 3 "$(status check $nvme1 vfio-pci --waive virtual-functions)"
equal "they are there" 2 "$(cat $pci/$nvme1/sriov_numvfs)"
passes "one of them" 0000:0d:00.1
echo 0 >$pci/$nvme1/sriov_numvfs
passes "they are gone" $nvme1

# ---- VFIO

to_vfio() {
    echo vfio-pci >"$pci/$1/driver_override"
    [ ! -e "$pci/$1/driver" ] || echo "$1" >"$pci/$1/driver/unbind"
    echo "$1" >/sys/bus/pci/drivers_probe
}

# to_native DEVICE - back, by hand
to_native() {
    echo >"$pci/$1/driver_override"
    [ ! -e "$pci/$1/driver" ] || echo "$1" >"$pci/$1/driver/unbind"
    echo "$1" >/sys/bus/pci/drivers_probe
}

# user_of DEVICE - a process that uses it
user_of() {
    vfio-user "/dev/vfio/$(basename "$(readlink "$pci/$1/iommu_group")")" "$1"
}

to_vfio $nic0
passes "vfio-pci, that nobody uses" $nic0 none
held user_of $nic0
equal "somebody uses it" ready "$(cat /tmp/held)"
refused "a user of VFIO" vfio-open $nic0 none
release
passes "the user is gone" $nic0 none
to_native $nic0

to_vfio $pair0
echo $pair1 >$pci/$pair1/driver/unbind
held user_of $pair0
equal "somebody uses the other member of the group" ready "$(cat /tmp/held)"
refused "a driver of the host beside a user of VFIO" group-in-use $pair1 e1000e
release
passes "the user of VFIO is gone" $pair1 e1000e
to_native $pair0
to_native $pair1

# ---- another member of the group is in use

eth=$(net $pci0)
refused "a driver at the other member" viable $pci1
passes "both together" $pci1 vfio-pci --group
ip link set "$eth" up
ip addr add 10.0.2.15/24 dev "$eth"
refused "the other member has an address" net-address@$pci0 $pci1 vfio-pci --group
equal "it has it still" 1 "$(ip addr show dev "$eth" | grep -c 10.0.2.15/24)"
ip addr flush dev "$eth"
ip link set "$eth" down
passes "it has none" $pci1 vfio-pci --group

# ---- displays, consoles and other devices that run the machine

refused "the display of the boot" display $vga0
passes "another display" $vga1
held ready 6</dev/dri/card1
refused "a process draws on it" node-open $vga1
release
passes "nobody draws" $vga1
refused "the console of the kernel" console $serial0
refused "the management controller" ipmi $ipmi0

node=/dev/$(basename /sys/devices/pci0000:00/$lpc/*/watchdog/watchdog*)
passes "a watchdog that sleeps" $lpc none
held ready 6>"$node"
refused "a watchdog that somebody feeds" "node-open watchdog" $lpc none
release
refused "and that he left running" watchdog $lpc none
printf V >"$node"
passes "it sleeps again" $lpc none

# This one's driver does not tell the kernel whose watchdog it is.
node=/dev/$(grep -l i6300 /sys/class/watchdog/*/identity | cut -d/ -f5)
passes "a watchdog of no device that sleeps" $watchdog0
echo >"$node"
refused "a watchdog of no device that runs" watchdog $watchdog0
printf V >"$node"
passes "a watchdog of no device that sleeps again" $watchdog0
finish
