#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# network.sh - network interfaces in use
#
# By kernel:
#   up to 5.13   rtnetlink does not name the device of an interface in another network namespace, and sysfs shows only
#                the own one: whether it is this device's stays unknown, which refuses

# shellcheck source=../../guest/in_use.sh
. in_use.sh

eth=$(net $nic0)
route() {
    ip route show default
}

ip link set lo up
passes "an interface that is down" $nic0
ip link set "$eth" up
ip addr add 10.0.2.15/24 dev "$eth"
refused "an address" net-address $nic0
ip route add default via 10.0.2.2
refused "the default route" "net-address net-route" $nic0
check "the route is there" expr "$(route)" : "default via 10.0.2.2 dev $eth" >/dev/null

# The session: a shell whose standard input and output are the socket, as those below sshd.
{
    echo '#!/bin/sh'
    echo "iommuctl check -J $nic0 vfio-pci >/tmp/check.json; echo \$?"
} >/tmp/session
chmod +x /tmp/session
nc -l -p 22 -e /tmp/session &
until netstat -ltn | grep -q :22; do usleep 10000; done
mkfifo /tmp/typed
exec 6<>/tmp/typed
equal "from a session over it: check refuses" 3 "$(nc 10.0.2.15 22 <&6)"
exec 6>&-
device=$nic0
equal "because of the session too" "net-address net-route net-session" "$(refusing)"
check "its socket says so" jq -e '.checks[] | select(.id == "net-session") | .evidence | test("^/proc/[0-9]+/fd/[01]$")' \
    /tmp/check.json >/dev/null

ip addr flush dev "$eth"
ip link set "$eth" down
passes "all is taken away" $nic0

ip link add br0 type bridge
ip link set "$eth" master br0
refused "a bridge's port" net-master $nic0
ip addr add 10.0.2.15/24 dev br0
ip link set "$eth" up
ip link set br0 up
ip route add default via 10.0.2.2
refused "with address and route on the bridge" "net-master net-route" $nic0
check "the route is there" expr "$(route)" : "default via 10.0.2.2 dev br0" >/dev/null
ip link del br0
ip link set "$eth" down
passes "the bridge is gone" $nic0

ip link add bond5 type bond mode active-backup
ip link set "$eth" master bond5
refused "a bond's slave" net-master $nic0
ip link del bond5
ip link set "$eth" down
passes "the bond is gone" $nic0

ip link add link "$eth" name vlan5 type vlan id 5
refused "a VLAN" net-master $nic0
ip link del vlan5
passes "the VLAN is gone" $nic0

# Its folder net/ shows nothing then.
elsewhere=net-namespace
since 5.14 || elsewhere=net-namespace:unknown
ip netns add other
ip link set "$eth" netns other
ip -n other addr add 10.0.3.15/24 dev "$eth"
ip -n other link set "$eth" up
equal "no interface is seen here" "" "$(net $nic0)"
refused "up in another network namespace" $elsewhere $nic0
check "it is still there" sh -c "/usr/bin/ip -n other addr | grep -q 10.0.3.15/24"
ip -n other link set "$eth" netns 1
ip netns del other
passes "it is back" $nic0

ip netns add other
ip link add link "$eth" name mac5 type macvlan
ip link set mac5 netns other
refused "an interface of another network namespace is above it" net-master $nic0
ip -n other link del mac5
ip netns del other
passes "it is deleted" $nic0

in_namespace() {
    unshare -n sh -c 'echo $$ && cat'
}
held in_namespace
child=$(cat /tmp/held)
ip link set "$eth" netns "$child"
nsenter -t "$child" -n ip link set "$eth" up
refused "up in the namespace of a process" $elsewhere $nic0
release
until [ -n "$(net $nic0)" ]; do usleep 10000; done
passes "the process is gone" $nic0
finish
