#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# unseen.sh - uses without a mount of a block device, an address or an open node, each with a look-alike that is free
#
# By kernel:
#   5.10, 6.1    Debian builds them without a list of AF_XDP sockets: they count them, and do not say where they are
#   up to 5.13   whose an interface in another network namespace is stays unknown (network.sh)

# shellcheck source=../../guest/in_use.sh
. in_use.sh

/sbin/modprobe -a nvmet target_core_mod target_core_file pppoe ppp_generic
mount -t configfs configfs /sys/kernel/config 2>/dev/null
eth=$(net $nic0)
disk=$(disk_of $nvme0)
controller=${disk%n1}

# ---- exports

subsystem=/sys/kernel/config/nvmet/subsystems/test
mkdir $subsystem
# Debian's 6.1 is built without passthrough.
if [ -e $subsystem/passthru ]; then
    printf %s "$controller" >$subsystem/passthru/device_path
    passes "a controller that nvmet may pass through, and does not" $nvme0
    echo 1 >$subsystem/passthru/enable
    refused "a controller that nvmet passes through" block-backing $nvme0
    passes "the other controller" $nvme1
    echo 0 >$subsystem/passthru/enable
    passes "no longer passed through" $nvme0
fi
mkdir $subsystem/namespaces/1
printf %s "$disk" >$subsystem/namespaces/1/device_path
passes "a namespace of nvmet that is off" $nvme0
echo 1 >$subsystem/namespaces/1/enable
refused "a namespace of nvmet" block-backing $nvme0
echo 0 >$subsystem/namespaces/1/enable
rmdir $subsystem/namespaces/1 $subsystem
passes "nvmet has nothing" $nvme0

# A backend without udev_path, as targetcli never makes one and a script may.
backend=/sys/kernel/config/target/core/fileio_0/disk
mkdir -p $backend
printf 'fd_dev_name=%s,fd_dev_size=1048576' "$disk" >$backend/control
passes "a backend of LIO that is not switched on" $nvme0
echo 1 >$backend/enable
refused "a backend of LIO" block-backing $nvme0
rmdir $backend
passes "LIO has nothing" $nvme0

# ---- mounts

share=0000:00:10.0
passes "a 9p device that is not mounted" "$share" none
mount -t 9p -o trans=virtio,version=9p2000.L share /mnt
refused "a 9p file system" mounted "$share" none
check "its files are there" ls /mnt >/dev/null
umount /mnt
passes "it is unmounted" "$share" none
mount -t tmpfs share /mnt
passes "a tmpfs of the same source" "$share" none
umount /mnt

# A mount that any user can make, called after the disk.
in_user_namespace() {
    unshare -U -r -m sh -c "mount -t tmpfs $disk /mnt && echo ready && cat"
}
held in_user_namespace
equal "it is mounted" ready "$(head -1 /tmp/held)"
passes "a tmpfs that a user namespace calls after the disk" $nvme0
release

# ---- interfaces

ip link set "$eth" up
held net-user pppoe "$eth"
equal "there is a session" ready "$(head -1 /tmp/held)"
refused "a PPPoE session" net-protocol $nic0
release
passes "the session is gone" $nic0
held net-user xdp "$eth"
equal "there is an AF_XDP socket" ready "$(head -1 /tmp/held)"
sockets=net-protocol
since 6.2 || sockets=net-protocol:unknown
refused "an AF_XDP socket" $sockets $nic0
release
held net-user packet "$eth"
passes "a packet socket" $nic0
equal "there is a word about it" warning "$(json '.checks[] | select(.id == "net-listener").level')"
release

# Debian's 6.1 has no HSR.
if /sbin/modprobe -q hsr; then
    ip link set "$(net $pair0)" up
    ip link add name hsr0 type hsr slave1 "$eth" slave2 "$(net $pair0)"
    refused "a port of HSR" net-master $nic0
    ip addr add 10.3.3.3/24 dev hsr0
    ip link set hsr0 up
    ip route add default via 10.3.3.1
    refused "the default route over HSR" "net-master net-route" $nic0
    ip link del hsr0
    ip link set "$(net $pair0)" down
    passes "HSR is gone" $nic0
fi
ip link set "$eth" down

elsewhere=net-namespace
since 5.14 || elsewhere=net-namespace:unknown
ip netns add other
ip link set "$eth" netns other
refused "in another network namespace, and down there" $elsewhere $nic0
ip -n other link set "$eth" netns 1
ip netns del other
passes "it is back" $nic0
finish
