#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# cdev.sh DEVICE - VFIO gives DEVICE a character device of its own (modules of cdev-build): the device is ready when that is
# there, and a program that has it open is found

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

modprobe irqbypass
for module in iommufd vfio vfio_iommu_type1 vfio-pci-core vfio-pci; do
    check "$module is loaded" insmod "/root/$module.ko"
done
before=$(state "$1")
exits 0 "$1 goes to VFIO" rebind -J "$1" vfio-pci
node=/dev/vfio/devices/$(ls "$(where "$1")/vfio-dev")
check "it has a character device" [ -c "$node" ]
exits 0 "wait knows it as a VFIO device" wait "$1" vfio --timeout 60

sh -c 'exec 5<>"$1"; echo open >/tmp/opened; exec sleep 1000' sh "$node" &
eventually grep -q . /tmp/opened
exits 3 "while a program has the node open it stays" check -J "$1" e1000e
equal "which alone refuses" vfio-open "$(json '[.checks[] | select(.level == "refuse").id] | join(" ")')"
check "the program is named" expr "$(json '.checks[] | select(.id == "vfio-open").message')" : ".*(process $!)" >/dev/null
equal "as it is in show" "$!" "$(iommuctl show -J -v "$1" |
    jq -Mr --argjson id "$(group "$1")" '.groups[] | select(.id == $id).opened_by[].pid')"
kill $!
wait $! 2>/dev/null
exits 0 "then it comes back" restore -J --all
equal "as it was" "$before" "$(state "$1")"
finish
