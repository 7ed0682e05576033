#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# scalable.sh DEVICE - a VT-d unit in scalable mode with first-stage tables is shown, and DEVICE goes to VFIO, is used and
# comes back

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

ecap=0x$(cat /sys/class/iommu/dmar0/intel-iommu/ecap)
check "the unit has scalable mode" [ $((ecap >> 43 & 1)) = 1 ]
exits 0 "iommus" iommus -J
equal "the unit is ready" "dmar0 intel-iommu ready" "$(json '.iommus[] | "\(.name) \(.kind) \(.state)"')"
equal "with all its devices" "$(find /sys/class/iommu/dmar0/devices/ -type l | wc -l)" "$(json '.iommus[0].devices | length')"
for entry in /sys/kernel/iommu_groups/*; do
    equal "the type of group ${entry##*/}" "$(cat "$entry/type")" \
        "$(iommuctl show -J | jq -Mr --argjson id "${entry##*/}" '.groups[] | select(.id == $id).type')"
done
before=$(state "$1")
groups_before=$(groups)
exits 0 "$1 goes to VFIO" rebind -J "$1" vfio-pci
hold "$1"
release
exits 0 "and comes back" restore -J --all
equal "as it was" "$before" "$(state "$1")"
equal "as are the groups" "$groups_before" "$(groups)"
finish
