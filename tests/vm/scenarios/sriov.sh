#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# sriov.sh - the virtual functions of a NIC (igb), made by sysfs as drivers and scripts make them: what show, streams and
# check say of them, and one that goes to VFIO and comes back

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

pf=$(basename "$(ls -d /sys/bus/pci/drivers/igb/0000:*)")
modprobe -r igbvf 2>/dev/null # none is bound while the functions appear
echo 0 >"$(where "$pf")/sriov_drivers_autoprobe"
echo 2 >"$(where "$pf")/sriov_numvfs"
first=$(target "$(where "$pf")/virtfn0")
second=$(target "$(where "$pf")/virtfn1")

# rid DEVICE - its requester ID
rid() {
    local slot=${1##*:}
    printf '0x%x\n' $((0x$(echo "$1" | cut -d: -f2) * 256 + 0x${slot%.*} * 8 + ${slot#*.}))
}

# of DEVICE FILTER - what the document says of it
of() {
    json --arg device "$1" '.devices[] | select(.name == $device) | '"$2"
}

exits 0 "show" show -J -v
for function in "$first" "$second"; do
    equal "the group of $function" "$(group "$function")" "$(of "$function" .group)"
    equal "its IOMMU" "$(target "$(where "$function")/iommu")" "$(of "$function" .iommu)"
    equal "its DMA" translated "$(of "$function" .dma)"
    equal "it has no driver" null "$(of "$function" .driver)"
    equal "nothing is in its group but itself" "[\"$function\"]" \
        "$(json -c --argjson id "$(group "$function")" '.groups[] | select(.id == $id).devices')"
done
exits 0 "streams" streams -J
for function in "$pf" "$first" "$second"; do
    equal "the stream of $function" "requester_id $(rid "$function") null" "$(json --arg device "$function" '.streams[]
        | select(.device == $device) | "\(.kind) \(.id) \(.alias_of)"' | while read -r kind id alias; do
            printf '%s 0x%x %s\n' "$kind" "$id" "$alias"; done)"
done

exits 3 "the NIC itself is held by its functions" check -J "$pf" vfio-pci
check "which the refusal names" expr "$(json .error.message)" : ".*$first" >/dev/null
exits 0 "a function may go" check -J "$first" vfio-pci
groups_before=$(groups)
exits 0 "and goes" rebind -J "$first" vfio-pci
equal "alone" "$first - vfio-pci" "$(moved)"
equal "while the other stays" "$second - - $(group "$second")" "$(state "$second")"
equal "and all groups are as before" "$groups_before" "$(groups)"
modprobe igbvf
echo 1 >"$(where "$pf")/sriov_drivers_autoprobe" # else no driver may probe a function
echo "$second" >/sys/bus/pci/drivers_probe
equal "the driver of functions takes the other" igbvf "$(driver "$second")"
exits 0 "which goes too" rebind -J "$second" vfio-pci
equal "from its driver" "$second igbvf vfio-pci" "$(moved)"
exits 0 "all come back" restore -J --all
equal "to what they had" "$first - - $(group "$first")
$second igbvf - $(group "$second")" "$(state "$first" "$second")"

echo "# functions that are made again are other devices, with the same addresses and IDs"
exits 0 "both go" rebind -J "$first" "$second" vfio-pci
echo 0 >"$(where "$pf")/sriov_numvfs"
echo 2 >"$(where "$pf")/sriov_numvfs"
eventually test -e "$(where "$second")/driver"
both=$(state "$first" "$second")
exits 0 "restore finds no device that it knows" restore -J --all
equal "and forgets both" 2 "$(json '[.result.changes[] | select(.code == "device_forgotten")] | length')"
equal "while the new ones stay as they are" "$both" "$(state "$first" "$second")"
exits 0 "a new one goes" rebind -J "$first" vfio-pci
exits 0 "and comes back" restore -J "$first"
equal "to what it had" "$both" "$(state "$first" "$second")"
finish
