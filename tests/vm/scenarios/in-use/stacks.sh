#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# stacks.sh - interfaces below others of rare kinds, nodes that are only mapped, and a node whose descriptor is in no
# process

# shellcheck source=../../guest/in_use.sh
. in_use.sh

eth=$(net $nic0)
disk=$(disk_of $nvme0)

# ---- interfaces

/sbin/modprobe -a macsec team ipvlan macvtap
for kind in macsec team ipvlan macvtap; do
    case $kind in
    team) ip link add top type team && ip link set "$eth" master top ;;
    *) ip link add link "$eth" name top type $kind ;;
    esac
    refused "below an interface of kind $kind" net-master $nic0
    ip link del top
    ip link set "$eth" down
    passes "$kind is gone" $nic0
done

can=0000:00:11.0
interface=$(net $can)
passes "a CAN interface that is down" $can
ip link set "$interface" type can bitrate 500000
ip link set "$interface" up
passes "a CAN interface that is up, and nobody receives" $can
held net-user can "$interface"
equal "somebody receives" ready "$(head -1 /tmp/held)"
refused "a CAN receiver" net-protocol $can
release
passes "nobody receives any more" $can
ip link set "$interface" down

# ---- nodes

held net-user map "$disk"
equal "a process has mapped the disk" ready "$(head -1 /tmp/held)"
refused "a disk that is only mapped" node-open $nvme0
release
passes "it is mapped no more" $nvme0
held net-user ring "$disk"
equal "an io_uring keeps the disk open" ready "$(head -1 /tmp/held)"
refused "a disk that only an io_uring keeps open" node-open $nvme0
release
passes "the ring is gone" $nvme0
# No file of /proc shows it: the manual says so.
held net-user flight "$disk"
equal "a descriptor of the disk is in flight" ready "$(head -1 /tmp/held)"
passes "a descriptor in flight is not seen" $nvme0
release
finish
