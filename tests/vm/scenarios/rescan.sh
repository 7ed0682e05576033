#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016 # $words in quotes are jq's, or at-record's
# rescan.sh - on machines with pcie_tree, PCI devices are removed and found again: with a mounted disk
# below (refused), with an override below, with a device that is pulled meanwhile, and with iommuctl killed at each record of the journal
#
# By kernel:
#   up to 6.18   a driver is bound to a device before its override can be written again: refused (override-kept)
#   since 6.19   drivers_autoprobe=0 keeps drivers off until the override is there

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

pci=/sys/bus/pci
port=0000:00:03.1 nvme=0000:02:00.0   # a port with a disk
switch=0000:00:06.0 # a switch with two network cards
empty=rp7 late=$(ls $pci/devices/0000:00:07.0/pci_bus):00.0 # an empty port; the name of a card in it

# Not every machine isolates interrupts (rebind-unsafe.sh).
modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
modprobe -a vfio-pci nvme e1000e

# disk - the node of the disk, which a rescan makes again: which disk is called nvme0 is a matter of which was probed first
disk() {
    until set -- "$pci/devices/$nvme/nvme"/nvme* && [ -b "/dev/${1##*/}n1" ]; do usleep 100000; done
    echo "/dev/${1##*/}n1"
}
disk >/dev/null

members() {
    groups | jq -Mc '.[1:]' | sort
}

autoprobe() {
    cat $pci/drivers_autoprobe
}

# probes - how often the driver nvme was bound to the disk
probes() {
    dmesg | grep -c "nvme nvme[0-9]*: pci function $nvme"
}

# inode DEVICE - another one after a removal
inode() {
    stat -c %i "$(where "$1")"
}

all=$(members)
echo "# a port with a disk"
before=$(inode $nvme)
exits 0 "the plan is shown" rescan --dry-run $port
equal "- and nothing is removed" "$before" "$(inode $nvme)"
exits 0 "they are removed and found again" rescan -J $port
check "- as new devices" [ "$before" != "$(inode $nvme)" ]
equal "- with the groups of before" "$all" "$(members)"
equal "- and their drivers" "pcieport nvme" "$(driver $port) $(driver $nvme)"
equal "- which is done" "done true" "$(json '"\(.result.outcome) \(.result.groups_stable)"')"
disk >/dev/null

echo "# a switch with two cards"
exits 0 "they are removed and found again" rescan $switch
equal "- with the groups of before" "$all" "$(members)"

echo "# a mounted disk below the port"
mke2fs -q -F -t ext4 "$(disk)"
mkdir -p /mnt/disk
check "the disk that was found again can be mounted" mount -t ext4 "$(disk)" /mnt/disk
exits 3 "its port is refused" rescan -J $port
equal "- for the file system" mounted "$(json '[.checks[] | select(.level == "refuse").id] | unique | join(" ")')"
check "- nothing was touched" grep -q " /mnt/disk ext4 " /proc/mounts
umount /mnt/disk

echo "# an override below"
exits 0 "the disk goes to vfio-pci" rebind $nvme vfio-pci
given=$(state $port $nvme)
if since 6.19; then
    probed=$(probes)
    exits 0 "the port is removed and found again" rescan -J $port
    equal "- the disk has driver and override" "vfio-pci vfio-pci" "$(driver $nvme) $(override $nvme)"
    equal "- no other driver was bound" "$probed" "$(probes)"
    equal "- new devices are bound as before" 1 "$(autoprobe)"
    equal "- with the groups of before" "$all" "$(members)"
    steps=$(json '.plan.steps | length')
else
    exits 3 "the port is refused" rescan -J $port
    equal "- for the override" "override-kept" "$(json '[.checks[] | select(.level == "refuse").id] | join(" ")')"
    equal "- nothing was touched" "$given" "$(state $port $nvme)"
    exits 0 "the disk comes back" restore --all
    exits 0 "the port alone is removed and found again" rescan -J $port
    steps=$(json '.plan.steps | length')
fi
given=$(driver $nvme)-$(override $nvme)

echo "# killed at each record of the journal"
n=0
while [ $n -lt "$steps" ]; do
    for record in "begin $n" "done $n"; do
        at-record "$record" 'kill -9 $tool' iommuctl rescan $port >/dev/null 2>&1
        status=$?
        if [ $status != 125 ]; then # the probes have nothing to do where all are bound
            run rescan $port
            tries=0
            while [ $status = 10 ] && [ $tries -lt 100 ]; do # the last write of the dead one is still on its way
                usleep 50000
                run rescan $port
                tries=$((tries + 1))
            done
            equal "killed at $record, recover is asked for" 11 $status
            exits 0 "- recover" recover
        fi
        equal "- all devices are there" "$given" "$(driver $nvme)-$(override $nvme)"
        equal "- with the groups of before" "$all" "$(members)"
        equal "- new devices are bound as before" 1 "$(autoprobe)"
    done
    n=$((n + 1))
done
exits 0 "nothing is left to recover" rescan $port

echo "# restore knows the device that came back"
if since 6.19; then
    exits 0 "the disk comes back from vfio-pci" restore --all
    equal "- with its driver" nvme "$(driver $nvme)"
fi

echo "# a card that is pulled meanwhile"
hmp device_add "e1000e,id=late,bus=$empty"
until [ -e "$pci/devices/$late/driver" ]; do usleep 100000; done
at "it does not come back" 5 "begin 1" \
    'hmp device_del late; while hmp "info qtree" | grep -q \"late\"; do usleep 100000; done' rescan "$late"
exits 11 "- recover is asked for" rescan $port
exits 1 "- recover looks once more, and records it as lost" recover -J
equal "- which is told" lost "$(json .result.outcome)"
exits 0 "- and nothing is left to recover" recover
exits 0 "- the tool is not locked" rescan $port

echo "# what is refused"
exits 3 "the chipset is not removed" rescan 0000:00:1f.0
exits 6 "nor what is not there" rescan 0000:7f:00.0
equal "all groups are what they were" "$all" "$(members)"
finish
