#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# rebind.sh - devices of the machines with pcie_tree go to vfio-pci and come back: one by one, with the members of their
# group, and several at once. A user of VFIO then gets them, and each comes back as it was, its group too.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

pci=/sys/bus/pci
nic=0000:01:00.0 nvme=0000:02:00.0
bridge=0000:04:00.0 conventional0=0000:05:01.0 conventional1=0000:05:02.0 # one group
pair0=0000:06:00.0 pair1=0000:06:00.1                                     # another
interface=$(ls "$pci/devices/$nic/net")
controller=$(ls "$pci/devices/$nvme/nvme")

# log - how often the system's log has a line of iommuctl
log() {
    grep -c iommuctl /tmp/log
}

everything() {
    state "$nic" "$nvme" "$bridge" "$conventional0" "$conventional1" "$pair0" "$pair1"
}

# as_before WHAT - all devices and groups are as at the start
as_before() {
    equal "$1: each device is as it was" "$before" "$(everything)"
    equal "$1: and each group" "$groups_before" "$(groups)"
}

syslogd -O /tmp/log
eventually test -S /dev/log
before=$(everything)
groups_before=$(groups)

echo "# a dry run"
check "VFIO is not loaded yet" test ! -e /sys/module/vfio
exits 0 "a dry run succeeds" rebind --dry-run -J "$nic" vfio-pci
equal "its plan: modules, then the three steps of the device" \
    "load_module vfio_pci, load_module vfio_iommu_type1, override vfio-pci, unbind $nic, bind $nic" \
    "$(json '[.plan.steps[] | "\(.action) \(.value)"] | sort_by(startswith("load") | not) | join(", ")')"
json -c '.plan, .checks' >/tmp/plan
# Linux before 5.15 has no reset_method, and the file "reset" where a device can be reset.
check "the kernel can reset the NIC" [ -e "$pci/devices/$nic/reset" ]
equal "and the check of that passes" "pass false" "$(json '.checks[] | select(.id == "reset") | "\(.level) \(.unknown)"')"
as_before "a dry run"
check "it loads nothing" test ! -e /sys/module/vfio
check "and leaves nothing behind" test ! -e /run/iommuctl/journal
equal "nor in the system's log" 0 "$(log)"
exits 0 "check succeeds" check -J "$nic" vfio-pci
equal "with the same checks and the same plan" "$(cat /tmp/plan)" "$(json -c '.plan, .checks')"
exits 0 "a dry run for people" rebind --dry-run "$nic" vfio-pci
check "shows the file that unbinds" grep -q "drivers/e1000e/unbind" /tmp/out

echo "# a NIC, by its name"
exits 0 "the NIC goes to vfio-pci" rebind -J "$interface" vfio-pci
equal "the document says so" "done true $nic e1000e vfio-pci" \
    "$(json '"\(.result.outcome) \(.result.groups_stable)"') $(moved)"
equal "it has that driver and override, and its group" "$nic vfio-pci vfio-pci $(group $nic)" "$(state $nic)"
check "modules that VFIO needs were loaded" test -e /sys/module/vfio_iommu_type1
check "the group has its node" test -c "/dev/vfio/$(group $nic)"
equal "the system's log has two lines of it" 2 "$(log)"
for selector in "$nic" "$interface" "01:00.0" "pci_0000_01_00_0" "$pci/devices/$nic" "group:$(group $nic)"; do
    exits 0 "again, as $selector" rebind -J "$selector" vfio-pci
    equal "there is nothing to do" "nothing_to_do" "$(json .result.outcome)"
done
equal "and nothing to log" 2 "$(log)"
hold $nic
release
exits 0 "with --print qemu" rebind --print qemu "$nic" vfio-pci
check "it prints QEMU's argument" grep -qx -- "-device vfio-pci,host=$nic" /tmp/out
modprobe -r e1000e
modprobe e1000e
echo 1 >$pci/rescan
echo $nic >$pci/drivers_probe
equal "no rescan and no new driver takes it" vfio-pci "$(driver $nic)"
namesake=$(basename "$(realpath "/sys/class/net/$interface/device")")
check "its name went to another NIC ($namesake)" [ "$namesake" != $nic ]
exits 2 "so the name selects neither" rebind "$interface" vfio-pci
check "both are named" grep -q "$nic.*$namesake" /tmp/err
exits 0 "it goes back to its driver" rebind -J $nic e1000e
equal "the document says so" "done true $nic vfio-pci e1000e" \
    "$(json '"\(.result.outcome) \(.result.groups_stable)"') $(moved)"
equal "the override is as before" - "$(override $nic)"
check "it has an interface again" test -e "$pci/devices/$nic/net/"
exits 0 "once more" rebind -J "$nic" e1000e
equal "there is nothing to do" nothing_to_do "$(json .result.outcome)"
as_before "the NIC"

echo "# an NVMe, and the words for people"
exits 0 "the NVMe goes to vfio-pci" rebind "/dev/${controller}n1" vfio-pci
check "the last line says what is now true" expr "$(cat /tmp/out /tmp/err | tail -n 1)" : ".*vfio-pci" >/dev/null
equal "it has that driver and override, and its group" "$nvme vfio-pci vfio-pci $(group $nvme)" "$(state $nvme)"
hold $nvme
release
exits 0 "restore, by a name that it had" restore -J "$controller"
equal "the document says so" "done $nvme vfio-pci nvme" "$(json .result.outcome) $(moved)"
eventually test -e "$pci/devices/$nvme/nvme"
exits 0 "restore again" restore -J $nvme
equal "there is nothing to do" nothing_to_do "$(json .result.outcome)"
as_before "the NVMe"

echo "# no driver"
exits 0 "unbind" unbind -J $nic
equal "the document says so" "done $nic e1000e -" "$(json .result.outcome) $(moved)"
modprobe -r e1000e
modprobe e1000e
echo 1 >$pci/rescan
echo $nic >$pci/drivers_probe
equal "no rescan and no new driver takes it" - "$(driver $nic)"
exits 0 "again" rebind -J $nic none
equal "there is nothing to do" nothing_to_do "$(json .result.outcome)"
exits 0 "on to vfio-pci" rebind $nic vfio-pci
exits 0 "and restored, two changes back" restore $nic
as_before "no driver"

echo "# an override that somebody else has set"
echo e1000e >"$pci/devices/$nic/driver_override"
exits 0 "to vfio-pci" rebind $nic vfio-pci
exits 0 "to its driver" rebind $nic e1000e
equal "the override is as before" "e1000e" "$(override $nic)"
exits 0 "to vfio-pci" rebind $nic vfio-pci
exits 0 "to none" unbind $nic
exits 0 "restored" restore $nic
equal "the override is as before" "$nic e1000e e1000e $(group $nic)" "$(state $nic)"
echo >"$pci/devices/$nic/driver_override"

echo "# a bridge and what is below it"
equal "they are one group" "$(group $bridge) $(group $bridge)" "$(group $conventional0) $(group $conventional1)"
exits 0 "one of them with its group" rebind -J --group $conventional1 vfio-pci
equal "takes along what stands in the way" "$(printf '%s\n' "$conventional0 e1000 vfio-pci" "$conventional1 - vfio-pci")" \
    "$(moved | sort)"
equal "and leaves the bridge alone" "$(echo "$before" | grep "^$bridge")" "$(state $bridge)"
hold $conventional1
release
exits 0 "restored as a group" restore -J "group:$(group $bridge)"
as_before "the bridge's group"
exits 0 "the other way round" rebind -J --group $conventional0 vfio-pci
equal "one without a driver is in nobody's way" "$conventional0 e1000 vfio-pci" "$(moved)"
exits 0 "restored" restore $conventional0
exits 0 "the group by its number" rebind -J "group:$(group $bridge)" vfio-pci
equal "is its movable members" "$(printf '%s\n' "$conventional0 e1000 vfio-pci" "$conventional1 - vfio-pci")" \
    "$(moved | sort)"
exits 0 "restored by the same number" restore "group:$(group $bridge)"
as_before "the bridge's group by number"

echo "# two functions of one device, and all of it at once"
exits 0 "a function with its group" rebind -J --group $pair0 vfio-pci
equal "takes the other function along" "$(printf '%s\n' "$pair0 e1000e vfio-pci" "$pair1 e1000e vfio-pci")" \
    "$(moved | sort)"
hold $pair1
release
exits 0 "a second time" rebind --group --print qemu $pair0 vfio-pci
equal "both functions are printed" "$(printf -- '-device vfio-pci,host=%s\n' $pair0 $pair1)" "$(cat /tmp/out)"
exits 0 "status has the same for both" status --print qemu $pair0 $pair1
equal "both functions are printed" "$(printf -- '-device vfio-pci,host=%s\n' $pair0 $pair1)" "$(cat /tmp/out)"
exits 0 "more devices at once" rebind -J $nic $nvme vfio-pci
exits 0 "restore --all" restore -J --all
equal "brings all four back" 4 "$(json '.result.devices | length')"
eventually test -e "$pci/devices/$nvme/nvme"
as_before "restore --all"
exits 0 "and again" restore -J --all
equal "there is nothing to do" nothing_to_do "$(json .result.outcome)"
exits 0 "recover" recover -J
equal "has nothing to do either" nothing_to_do "$(json .result.outcome)"
finish
