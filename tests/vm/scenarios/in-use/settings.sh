#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $text in quotes is that of jq
# settings.sh - the addresses and routes that go with a driver are named before, and the commands that restore prints
# set all of them again

# shellcheck source=../../guest/in_use.sh
. in_use.sh

eth=$(net $nic0)

# settings - addresses and routes of the interface; the kernel's number of it changes
settings() {
    ip -o addr show dev "$eth" | sed 's/^[0-9]*: //'
    ip route show table all dev "$eth" | sort
}

ip link set lo up
ip link set "$eth" up
ip addr add 10.0.2.15/24 dev "$eth"
ip addr add 10.0.2.16 peer 10.0.2.17/32 dev "$eth"
ip route add 10.1.0.0/16 via 10.0.2.2
ip route add 10.3.0.0/16 dev "$eth" table 100
ip route add 192.168.7.7/32 via 10.3.0.1 dev "$eth" onlink
ip route add default via 10.0.2.2 metric 7
until grep -q 1 "/sys/class/net/$eth/carrier"; do usleep 10000; done # until then routes are "linkdown"
settings >/tmp/before
refused "addresses and routes" "net-address net-route" $nic0
for text in "10.0.2.15/24" "10.0.2.16 peer 10.0.2.17/32" "the route 10.3.0.0/16 table 100" \
    "the route 10.1.0.0/16 via 10.0.2.2" "the route 192.168.7.7/32 via 10.3.0.1 onlink"; do
    equal "the refusal names $text" true "$(json --arg text "$text" \
        'any(.checks[]; .id == "net-address" and (.message | contains($text)))')"
done

equal "waived: the device moves" 0 "$(status rebind $nic0 vfio-pci --waive net-address,net-route)"
equal "what is gone is not offered yet" 0 "$(json '.result.networks | length')"
equal "it comes back" 0 "$(status restore $nic0)"
until [ -e "/sys/class/net/$eth" ]; do usleep 10000; done
json '.result.networks[].commands[]' >/tmp/commands
check "nothing is left of them" sh -c "[ -z \"\$(/usr/bin/ip -4 -o addr show dev $eth)\" ]"
check "the commands work" sh -e /tmp/commands
until grep -q 1 "/sys/class/net/$eth/carrier"; do usleep 10000; done
settings >/tmp/after
check "all is there again" cmp /tmp/before /tmp/after || diff /tmp/before /tmp/after

ip addr flush dev "$eth"
ip link set "$eth" down
passes "all is taken away" $nic0
finish
