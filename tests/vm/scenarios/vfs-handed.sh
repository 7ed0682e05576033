#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317  # $tool is at-record's; parts are arguments
# vfs-handed.sh DRIVER NATIVE PART… - two virtual functions of the device that DRIVER has, igb or nvme; NATIVE is the driver
# that they have at first, or none
#   rounds   made, handed over and removed 20 times, with the same fingerprints
#   most     the same with as many as it can have
#   pinned   kept by a pin, as the service applies it
#   token    with their physical function on vfio-pci too: what --print says, and that VFIO asks for the token
#   typed    a pin that keeps the type of a group
#   given    to a user, and removed: the next function at its address is not that user's; killed at each record

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

owner=$1 native=$2
shift 2
modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
modprobe -a vfio-pci igbvf 2>/dev/null
for pf in /sys/bus/pci/drivers/"$owner"/0000:*; do
    [ ! -e "$pf/sriov_totalvfs" ] || break
done
pf=${pf##*/}

count() { cat "$(where "$pf")/sriov_numvfs"; }
functions() {
    local link
    for link in "$(where "$pf")"/virtfn*; do
        [ ! -e "$link" ] || echo "$(target "$link") $(driver "$(target "$link")")"
    done
}
function_at() { target "$(where "$pf")/virtfn$1"; }
names() { functions | cut -d' ' -f1; }
drivers() { functions | cut -d' ' -f2 | sort -u | sed 's/^-$/none/'; }
prints() { iommuctl show -J | jq -Mc '[.groups[] | [.fingerprint, .devices]] | sort'; }
pin_of() { json '.pins[] | "\(.name) \(.state) \(.count) \(.early) \(.detail)"'; }

before=$(groups) start=$(state "$pf")

# rounds_of COUNT
rounds_of() {
    local n=0 stable=''
    while [ "$n" -lt 20 ]; do
        exits 0 "round $n: $1 are made" vfs "$pf" "$1" --driver "$native"
        equal "- each with its driver" "$1 $native" "$(names | wc -l) $(drivers)"
        # shellcheck disable=SC2046 # the names are words
        exits 0 "- handed over" rebind $(names) vfio-pci
        equal "- to vfio-pci" "$1 vfio-pci" "$(names | wc -l) $(drivers)"
        [ -n "$stable" ] || stable=$(prints)
        equal "- with the same fingerprints" "$stable" "$(prints)"
        exits 0 "- and removed" vfs "$pf" 0
        equal "- with all groups as before" "$before" "$(groups)"
        n=$((n + 1))
    done
    equal "the physical function is as before" "$start" "$(state "$pf")"
}

rounds() { rounds_of 2; }
most() { rounds_of "$(cat "$(where "$pf")/sriov_totalvfs")"; }

pinned() {
    exits 0 "a count is pinned" pin -J --name functions --no-initramfs "$pf" vfio-pci --count 2
    exits 0 "- and waits for the service" pins -J
    equal "- as it has none" "functions pending 2 false it has 0 virtual functions" "$(pin_of)"
    exits 0 "the service makes them" pins -J --apply
    equal "- and they are there" "functions satisfied 2 false null" "$(pin_of)"
    equal "- with their driver" "$(function_at 0) vfio-pci
$(function_at 1) vfio-pci" "$(functions)"
    exits 0 "again" pins -J --apply
    equal "- nothing is to be done" "functions satisfied 2 false null" "$(pin_of)"
    hold "$(function_at 0)"
    exits 3 "a function that is held stays" vfs "$pf" 0
    release
    exits 0 "removed" vfs "$pf" 0
    exits 0 "they are missed" pins -J
    equal "- by the pin" "functions pending 2 false it has 0 virtual functions" "$(pin_of)"
    exits 0 "unpinned" unpin --no-initramfs functions
    equal "all groups are as before" "$before" "$(groups)"
}

token() {
    echo Y >/sys/module/vfio_pci/parameters/enable_sriov
    exits 0 "the physical function is handed over" rebind "$pf" vfio-pci
    exits 0 "it makes one function" vfs -J "$pf" 1 --driver vfio-pci
    local first
    first=$(function_at 0)
    equal "- with its argument" "-device vfio-pci,host=$first,vf-token=UUID" "$(json '.result.launch.qemu[]' | grep -o 'host.*' | sed 's/,iommufd=[^,]*//; s/^/-device vfio-pci,/')"
    iommuctl status "$first" --print qemu >/tmp/printed 2>/tmp/told
    check "status prints the placeholder" grep -q "host=$first.*,vf-token=UUID" /tmp/printed
    check "- and tells what the other user passes" grep -q "the user of $pf passes the same: -device vfio-pci,host=$pf,vf-token=UUID" /tmp/told
    iommuctl status "$first" --print libvirt >/tmp/printed 2>/tmp/told
    check "a form without tokens says so" grep -q "libvirt passes no VF token" /tmp/told
    exits 0 "check" check -J "$first" vfio-pci
    equal "- says it too" warning "$(json '.checks[] | select(.id == "vf-token") | .level')"
    check "- with both arguments" expr "$(json '.checks[] | select(.id == "vf-token") | .remedy')" : ".*host=$pf,vf-token=UUID and .*host=$first,vf-token=UUID" >/dev/null
    exits 3 "a physical function with a function is not taken back" restore "$pf"
    exits 0 "none any more" vfs "$pf" 0
    exits 0 "back" restore --all
    equal "all is as before" "$before $start" "$(groups) $(state "$pf")"
}

typed() {
    local type=DMA
    [ "$(cat "$(where "$pf")/iommu_group/type")" = DMA-FQ ] || type=DMA-FQ
    exits 0 "a type is pinned" pin -J --name typed --no-initramfs "$pf" "$owner" --type "$type"
    exits 0 "the service" pins -J --apply
    equal "- sets it" "$type $owner" "$(cat "$(where "$pf")/iommu_group/type") $(driver "$pf")"
    equal "- and the pin has it" satisfied "$(json '.pins[].state')"
    exits 2 "identity is not pinned with vfio-pci" pin "$pf" vfio-pci --type identity
    exits 0 "unpinned" unpin --no-initramfs typed
    exits 0 "restored" restore --all
    equal "all is as before" "$before $start" "$(groups) $(state "$pf")"
}

start_udev() {
    echo "alice:x:1234:1234::/:/bin/sh" >>/etc/passwd
    ln -s udevadm /usr/bin/systemd-udevd
    mkdir -p /etc/udev /usr/lib/udev/rules.d
    systemd-udevd --daemon
    until [ -e /run/udev/control ]; do usleep 100000; done
}

rules() { find /run/udev/rules.d -name '*iommuctl-owner*' | wc -l; }
# owned - the first function: its driver, the user of its node, and the number of rules that there are
owned() {
    local first
    first=$(function_at 0)
    echo "$(driver "$first") $(stat -c %u "/dev/vfio/$(group "$first")") $(rules)"
}

given() {
    local n=0 record steps
    start_udev
    exits 0 "one is made" vfs "$pf" 1 --driver vfio-pci
    exits 0 "and given to a user" rebind "$(function_at 0)" vfio-pci --owner alice
    equal "whose it is" "vfio-pci 1234 1" "$(owned)"
    steps=$(iommuctl vfs --dry-run -J "$pf" 0 | jq '.plan.steps | length')
    while [ "$n" -lt "$steps" ]; do
        for record in "begin $n" "done $n"; do
            at "it is killed" 137 "$record" 'kill -9 $tool' vfs "$pf" 0
            exits 0 "recover" recover -J
            [ "$record" != "done $((steps - 1))" ] || break # only the end is missing
            equal "killed at $record, it is the user's again" "rolled_back vfio-pci 1234 1" "$(json .result.outcome) $(owned)"
        done
        n=$((n + 1))
    done
    equal "killed at the end, none is left, nor a rule" "done 0 0" "$(json .result.outcome) $(count) $(rules)"
    exits 0 "the next one" vfs "$pf" 1 --driver vfio-pci
    equal "is that of root" "vfio-pci 0 0" "$(owned)"
    exits 0 "removed" vfs "$pf" 0
    equal "all is as before" "$before $start" "$(groups) $(state "$pf")"
}

for part; do
    "$part"
done
finish
