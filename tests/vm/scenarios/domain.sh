#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317 # $tool is at-record's, other words in quotes jq's; parts are arguments
# domain.sh PART… - the types of the group of an NVMe disk, with data read from the disk after each change
#   types    each type, from each other, and auto
#   traffic  the same of a network card, that is answered before and after each change, and while it stays up
#   used     refused while the disk is in use; restore
#   handed   a card on vfio-pci, with and without a user
#   several  a group of two: up to Linux 6.3 only groups with one member can be changed, as the check and the kernel say
#   killed   killed at each record of the journal, and recovered; interrupted

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

nvme=0000:02:00.0 nic=0000:01:00.0 first=0000:06:00.0 second=0000:06:00.1
router=10.0.2.2 # QEMU's own, that answers the card
# Not every machine isolates interrupts (rebind-unsafe.sh).
modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
modprobe -a vfio-pci nvme e1000e
device=$nvme group=$(group "$nvme")

# disk - the node of the disk: which disk is called nvme0 is a matter of which was probed first
disk() {
    until set -- "/sys/bus/pci/devices/$nvme/nvme"/nvme*/nvme*n1 && [ -b "/dev/${1##*/}" ]; do usleep 100000; done
    echo "/dev/${1##*/}"
}

# sum - of what the disk itself has, not the page cache
sum() {
    echo 3 >/proc/sys/vm/drop_caches
    dd if="$(disk)" bs=64k count=16 2>/dev/null | md5sum | cut -d' ' -f1
}

interface() { basename "/sys/bus/pci/devices/$nic/net"/*; }
up() {
    ip addr add 10.0.2.15/24 dev "$(interface)"
    ip link set "$(interface)" up
}
down() {
    ip link set "$(interface)" down
    ip addr flush dev "$(interface)"
}

answered() {
    local tries=0
    until ping -q -c 1 -W 1 "$router" >/dev/null 2>&1; do # the link takes a while to come up
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || return
        sleep 0.5
    done
}

# works - the device has DMA
works() {
    if [ "$device" = "$nvme" ]; then
        equal "- the disk is read through it" "$data" "$(sum)"
        return
    fi
    up
    check "- the card is answered" answered
    down
}

type() { cat "/sys/kernel/iommu_groups/${1-$group}/type"; }
devices() { state "$nvme" "$nic" "$first" "$second"; }
refusals() { json '[.checks[] | select(.level == "refuse" and (.waived | not)) | .id] | unique | join(" ")'; }
actions() { json '[.plan.steps[].action] | join(" ")'; }

dd if=/dev/urandom of="$(disk)" bs=64k count=16 2>/dev/null
sync
data=$(sum) start=$(devices) booted=$(type) all=$(groups)

# becomes TYPE [WORD] - the group is given that type, all else stays, and the device works
becomes() {
    exits 0 "$(type) becomes ${2-$1}" domain -J "$group" "${2-$1}"
    equal "- it has the type" "$1" "$(type)"
    equal "- the document says so" "done true $group $1" \
        "$(json '"\(.result.outcome) \(.result.groups_stable) \(.result.types[0].group) \(.result.types[0].type_after)"')"
    equal "- drivers and overrides are as before" "$start" "$(devices)"
    works
}

# refuses TYPE - the kernel itself does
refuses() { ! echo "$1" 2>/dev/null >"/sys/kernel/iommu_groups/$group/type"; }

# becomes_under_way TYPE - it is given that type while the other side answers
becomes_under_way() {
    ping -q -c 6 -W 2 "$router" >/tmp/ping &
    exits 0 "$(type) becomes $1 under way" domain -J "$group" "$1"
    equal "- it has the type" "$1" "$(type)"
    wait $!
    check "- no packet is lost" grep -q ' 0% packet loss' /tmp/ping
}

types() {
    exits 0 "the type that it has is nothing to do" domain -J "group:$group" "$booted"
    equal "- which is said" nothing_to_do "$(json .result.outcome)"
    exits 2 "blocked is no type" domain "group:$group" blocked
    exits 6 "a group that does not exist" domain group:777 DMA
    for type in DMA DMA-FQ DMA identity DMA-FQ identity DMA; do
        [ "$(type)" = "$type" ] || becomes "$type"
    done
    exits 0 "the plan of a flush queue" domain --dry-run -J "$group" DMA-FQ
    equal "- is one write, with the driver bound" domain "$(actions)"
    exits 0 "another plan" domain --dry-run -J "$group" identity
    equal "- unbinds and binds" "override unbind domain override bind" "$(actions)"
    equal "- and changes nothing" "DMA $start" "$(type) $(devices)"
    becomes "$booted" auto
}

traffic() {
    local device=$nic group
    group=$(group "$nic")
    echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 # by it QEMU announces a route, sooner or later
    check "the kernel gives no identity while a driver is bound" refuses identity
    works
    types
    up
    answered
    becomes_under_way DMA-FQ
    exits 3 "a card that is up is not unbound" domain -J "$group" identity
    equal "- for that" net-address "$(refusals)"
    down
    becomes "$booted"
}

used() {
    sleep 1000 3<"$(disk)" &
    exits 3 "a disk that is open is not unbound" domain -J "$nvme" identity
    equal "- for that" node-open "$(refusals)"
    exits 0 "but it gets a flush queue" domain -J "$nvme" DMA-FQ
    equal "- with data as before" "$data" "$(sum)"
    kill $!
    wait $! 2>/dev/null
    exits 0 "restore puts the type back" restore -J "$nvme"
    equal "- of before" "$booted $start" "$(type) $(devices)"
    equal "- and the disk works" "$data" "$(sum)"
    exits 0 "once" restore -J --all
    equal "- then nothing is to be done" nothing_to_do "$(json .result.outcome)"
}

handed() {
    local card
    card=$(group "$nic")
    exits 0 "a card goes to vfio-pci" rebind -J "$nic" vfio-pci
    exits 3 "identity is refused for it" domain -J "$card" identity
    equal "- for that" domain-identity "$(refusals)"
    hold "$nic"
    exits 3 "no type while a user has it" domain -J "$card" DMA-FQ
    equal "- for that" domain-type "$(refusals)"
    release
    exits 0 "waived it is given" domain -J "$card" identity --waive domain-identity
    equal "- and it stays with vfio-pci" "identity vfio-pci" "$(type "$card") $(driver "$nic")"
    exits 0 "restore puts type and driver back" restore -J --all
    equal "- both" "$booted $start" "$(type "$card") $(devices)"
}

several() {
    local two
    two=$(group "$first")
    if iommuctl domain --dry-run "$two" identity >/dev/null 2>&1; then
        exits 0 "both are unbound and bound" domain -J "$two" identity
        equal "- with the type" "identity $start" "$(type "$two") $(devices)"
        exits 0 "by one of them it comes back" restore -J "$second"
        equal "- with the type of before" "$booted $start" "$(type "$two") $(devices)"
        return
    fi
    exits 3 "this kernel changes groups with one member" domain -J "$two" identity
    equal "- as the check says" domain-kernel "$(refusals)"
    exits 4 "which it does say itself" domain -J "$two" identity --waive domain-kernel
    equal "- and all is put back" "$booted $start" "$(type "$two") $(devices)"
    exits 4 "also of a flush queue" domain -J "$two" DMA-FQ --waive domain-kernel
    equal "- which changes nothing" "$booted $start" "$(type "$two") $(devices)"
}

killed() {
    local n=0 record steps
    steps=$(iommuctl domain --dry-run -J "$group" identity | jq '.plan.steps | length')
    while [ "$n" -lt "$steps" ]; do
        for record in "begin $n" "done $n"; do
            at "it is killed" 137 "$record" 'kill -9 $tool' domain "$group" identity
            exits 0 "recover" recover -J
            if [ "$record" = "done $((steps - 1))" ]; then # only the end is missing
                equal "killed at $record, it is finished" "done identity" "$(json .result.outcome) $(type)"
                exits 0 "and restored" restore --all
            else
                equal "killed at $record, it is rolled back" rolled_back "$(json .result.outcome)"
            fi
            equal "killed at $record, all is as it was" "$booted $start" "$(type) $(devices)"
            equal "killed at $record, the disk works" "$data" "$(sum)"
        done
        n=$((n + 1))
    done
    at "SIGINT" 4 "done 2" 'kill -INT $tool' domain -J "$group" identity
    equal "rolls back" "$booted $start" "$(type) $(devices)"
}

for part; do
    echo "# $part, where the group of the disk has the type $booted"
    "$part"
    equal "all groups are as before" "$all" "$(groups)"
done
check "no IOMMU reported a fault" [ -z "$(dmesg | grep -E 'DMAR: \[|IO_PAGE_FAULT|event 0x')" ]
finish
