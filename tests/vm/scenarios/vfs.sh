#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2086  # $tool is at-record's; lists of words
# vfs.sh [ROUNDS] - virtual functions of a NIC (igb) made for vfio-pci, held by a VFIO program, refused, removed; killed
# at each record of the journal and recovered; made again ROUNDS times with the same fingerprints

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

rounds=${1-5}
pf=$(basename "$(ls -d /sys/bus/pci/drivers/igb/0000:*)")
modprobe igbvf
modprobe vfio-pci

# functions - the virtual functions there are: driver, override
functions() {
    local link
    for link in "$(where "$pf")"/virtfn*; do
        [ -e "$link" ] || continue
        set -- "$(target "$link")"
        echo "$1 $(driver "$1") $(override "$1")"
    done
}

count() { cat "$(where "$pf")/sriov_numvfs"; }
autoprobe() { cat "$(where "$pf")/sriov_drivers_autoprobe"; }
prints() {
    iommuctl show -J | jq -Mc '[.groups[] | [.fingerprint, .devices]] | sort'
}

before=$(groups)
exits 0 "the list" vfs -J "$pf"
equal "has the physical function" "$pf 7 0 true" \
    "$(json '.physical_functions[] | "\(.device) \(.total) \(.count) \(.autoprobe)"')"
exits 0 "as many as it has are nothing to do" vfs -J "$pf" 0
equal "which it says" nothing_to_do "$(json .result.outcome)"
exits 3 "more than it can have are refused" vfs -J "$pf" 8
exits 3 "a device without the capability too" vfs -J 0000:01:00.0 1

echo "# made for vfio-pci"
exits 0 "two are made" vfs -J "$pf" 2 --driver vfio-pci
equal "and reported" "done" "$(json .result.outcome)"
first=$(target "$(where "$pf")/virtfn0") second=$(target "$(where "$pf")/virtfn1")
made="$first vfio-pci vfio-pci
$second vfio-pci vfio-pci"
equal "each with the driver" "$made" "$(functions)"
equal "autoprobe is on again" 1 "$(autoprobe)"
equal "the document lists them" "$first vfio-pci $(group "$first")
$second vfio-pci $(group "$second")" "$(json ".physical_functions[] | select(.device == \"$pf\").functions[]
    | \"\\(.device) \\(.driver) \\(.group)\"")"
equal "by their addresses" "$pf $first $second" "$(json '.result.devices[].device' | tr '\n' ' ' | sed 's/ $//')"
exits 0 "the same again is nothing to do" vfs -J "$pf" 2 --driver vfio-pci
equal "which it says" nothing_to_do "$(json .result.outcome)"

echo "# held"
hold "$first"
exits 3 "another count is refused while a function is held" vfs -J "$pf" 3
equal "for that reason" vfio-open "$(json '[.checks[] | select(.level == "refuse" and (.waived | not)) | .id] | unique | join(" ")')"
exits 3 "none too" vfs -J "$pf" 0
equal "and nothing has changed" "2 $made" "$(count) $(functions)"
exits 0 "the list names the holder" vfs -J "$pf"
equal "its process" "$(user)" "$(json ".physical_functions[].functions[] | select(.device == \"$first\").opened_by[0].pid")"
release

echo "# another count"
exits 0 "one for the kernel" vfs -J "$pf" 1
eventually [ "$(driver "$first")" = igbvf ]
equal "is bound by it" "1 $first igbvf -" "$(count) $(functions)"
exits 0 "and goes to vfio-pci" vfs -J "$pf" 1 --driver vfio-pci
equal "where it is" "$first vfio-pci vfio-pci" "$(functions)"
exits 0 "and comes back" restore -J --all
equal "to its driver" "$first igbvf -" "$(functions)"
exits 0 "two with a native driver" vfs -J "$pf" 2 --driver igbvf
equal "have it, without an override" "$first igbvf -
$second igbvf -" "$(functions)"
exits 0 "none" vfs -J "$pf" 0
equal "are left" "0 " "$(count) $(functions)"
equal "all groups are as before" "$before" "$(groups)"

echo "# killed at each record"
exits 0 "two are made" vfs -J "$pf" 2 --driver vfio-pci
steps=$(iommuctl vfs --dry-run -J "$pf" 3 --driver igbvf | jq '.plan.steps | length')
check "the plan has steps ($steps)" [ "$steps" -ge 10 ]
n=0
while [ "$n" -lt "$steps" ]; do
    for record in "begin $n" "done $n"; do
        at "it is killed at $record" 137 "$record" 'kill -9 $tool' vfs "$pf" 3 --driver igbvf
        exits 0 "recover" recover -J
        if [ "$record" = "done $((steps - 1))" ]; then # only the end is missing
            equal "killed at $record, it is finished" "done" "$(json .result.outcome)"
            equal "killed at $record, three are there" 3 "$(count)"
            exits 0 "two are made again" vfs "$pf" 2 --driver vfio-pci
            continue
        fi
        equal "killed at $record, it is rolled back" rolled_back "$(json .result.outcome)"
        equal "killed at $record, all is as it was" "2 1 $made" "$(count) $(autoprobe) $(functions)"
    done
    n=$((n + 1))
done
at "SIGINT" 4 "done 7" 'kill -INT $tool' vfs -J "$pf" 3 --driver igbvf
equal "rolls back" "2 1 $made" "$(count) $(autoprobe) $(functions)"

echo "# rounds"
stable=$(prints) n=0
while [ "$n" -lt "$rounds" ]; do
    exits 0 "none in round $n" vfs "$pf" 0
    exits 0 "two in round $n" vfs "$pf" 2 --driver vfio-pci
    equal "round $n has the same fingerprints" "$stable" "$(prints)"
    n=$((n + 1))
done
exits 0 "none at the end" vfs "$pf" 0
equal "all groups are as before" "$before" "$(groups)"
finish
