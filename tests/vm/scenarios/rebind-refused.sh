#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# rebind-refused.sh - what cannot work, or is not meant, on the machines with pcie_tree: each is refused with its own
# exit status, says why, and touches nothing.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

pci=/sys/bus/pci
nic=0000:01:00.0 nvme=0000:02:00.0
port=0000:00:03.0 bridge=0000:04:00.0
pair0=0000:06:00.0 pair1=0000:06:00.1
twin=0000:0c:00.0 # of the NIC
pf=0000:0d:00.0 vf=0000:0d:00.1

# Everything that a change would touch: drivers, overrides, modules
everything() {
    # shellcheck disable=SC2012 # names are the kernel's
    ls -l "$pci"/devices/*/driver | sed 's/.*devices//'
    grep . "$pci"/devices/*/driver_override
    ls /sys/module
}

# refused STATUS SENTENCE ARG… - iommuctl ARG… exits so, and nothing was touched
refused() {
    local before
    before=$(everything)
    exits "$@"
    equal "- nothing was touched" "$before" "$(everything)"
}

# why ID [DEVICE] - a check of that name refuses the device
why() {
    check "- because of $1 of ${2-the machine}" jq -e --arg id "$1" --arg device "${2-}" \
        '.checks | any(.id == $id and .level == "refuse" and (.waived | not) and ($device == "" or .subject == $device)
            and .message != "")' /tmp/out >/dev/null ||
        json -c '.checks[] | select(.level == "refuse")' >&2
}

echo "# the command line"
refused 6 "a device that is not there" rebind 0000:77:00.0 vfio-pci
refused 6 "the same in JSON" rebind -J 0000:77:00.0 vfio-pci
equal "- with its error" no_match "$(json .error.code)"
refused 6 "a group that is not there" rebind group:999 vfio-pci
refused 2 "no driver" rebind $nic
refused 2 "a driver's name with a slash" rebind $nic ../vfio-pci
refused 2 "with a newline" rebind $nic "vfio-pci
"
refused 2 "with 5000 bytes" rebind $nic "$(head -c 5000 /dev/zero | tr '\0' x)"
refused 2 "an empty one" rebind $nic ""
refused 6 "a device whose name has a newline" rebind "$nic
" vfio-pci
refused 2 "several devices without --all-matching" rebind driver:e1000e vfio-pci
check "- which says so" grep -q -- --all-matching /tmp/err
exits 0 "no device with --all-matching" rebind -J --all-matching driver:absent vfio-pci
equal "is nothing to do" nothing_to_do "$(json .result.outcome)"
refused 2 "--group with a driver that is none of VFIO's" rebind --group $nic e1000e
refused 2 "a check that does not exist, waived" rebind --waive no-such-check $nic vfio-pci
refused 2 "a check waived for a device that is not in the plan" rebind --waive "driver-match@$nvme" $nic nvme
refused 2 "restore without a device" restore
mkdir /tmp/tree
iommuctl capture /tmp/tree.tar >/dev/null
tar -C /tmp/tree -xf /tmp/tree.tar
for command in "rebind $nic vfio-pci" "unbind $nic" "restore $nic" recover; do
    # shellcheck disable=SC2086 # words
    refused 2 "--root with $command" --root /tmp/tree $command
done

echo "# no permission"
for command in "rebind $nic vfio-pci" "unbind $nic" "restore --all" recover; do
    su nobody -s /bin/sh -c "iommuctl $command" >/tmp/out 2>/tmp/err
    status=$?
    came_to 9 "$command without root" "su nobody: $command"
done
mount -o remount,ro /sys
refused 9 "a read-only /sys" rebind $nic vfio-pci
mount -o remount,rw /sys

echo "# drivers"
refused 3 "a driver that does not exist" rebind -J $nic no-such-driver
why driver
refused 3 "one that is not for this device" rebind -J $nic nvme
why driver-match $nic
mkdir -p /etc/modprobe.d
echo "blacklist vfio_pci" >/etc/modprobe.d/test.conf
exits 0 "one whose module is blacklisted" rebind --dry-run -J $nic vfio-pci
check "- which is said, and is no refusal" jq -e '.checks | any(.id == "module-blacklisted" and .level == "warning")' \
    /tmp/out >/dev/null
echo "options vfio-pci ids=8086:10d3" >/etc/modprobe.d/test.conf
echo $twin >$pci/devices/$twin/driver/unbind
refused 3 "one whose module would take a device that nobody named" rebind -J $nic vfio-pci
why module-takes-others
check "- which it names" grep -q $twin /tmp/out
rm /etc/modprobe.d/test.conf
echo vfio-pci >$pci/devices/$twin/driver_override
exits 0 "one whose module takes a device that waits for it is none of them" rebind -J $nic vfio-pci
equal "- and both have it" "vfio-pci vfio-pci" "$(driver $nic) $(driver $twin)"
exits 0 "- until the change is undone" restore $nic
echo $twin >$pci/devices/$twin/driver/unbind
echo >$pci/devices/$twin/driver_override
echo $twin >$pci/drivers/e1000e/bind

modprobe -a vfio-pci vfio_iommu_type1
echo "# vfio-pci and what it does not take"
refused 3 "a port" rebind -J $port vfio-pci
why bridge $port
refused 3 "a bridge without a driver" rebind -J $bridge vfio-pci
why bridge $bridge
refused 3 "one of two functions, the other in the way" rebind -J $pair0 vfio-pci
why viable $pair0
check "- which it names" grep -q $pair1 /tmp/out
echo 0 >$pci/devices/$pf/sriov_drivers_autoprobe
echo 2 >$pci/devices/$pf/sriov_numvfs
refused 3 "a physical function with virtual functions" rebind -J $pf vfio-pci
why virtual-functions $pf
refused 3 "the same with no driver" unbind -J $pf
why virtual-functions $pf
exits 0 "a virtual function" rebind -J $vf vfio-pci
equal "goes to vfio-pci" "done $vf - vfio-pci" "$(json .result.outcome) $(moved)"
exits 0 "and back to none" restore -J $vf
equal "- as it was" "$vf - - $(group $vf)" "$(state $vf)"
echo 0 >$pci/devices/$pf/sriov_numvfs

echo "# somebody uses it over VFIO"
exits 0 "the NIC goes to vfio-pci" rebind $nic vfio-pci
hold $nic
for command in "rebind -J $nic e1000e" "unbind -J $nic" "restore -J $nic" "restore -J --all"; do
    # shellcheck disable=SC2086 # words
    refused 3 "$command" $command
    why vfio-open $nic
    check "- which names the process" jq -e --arg pid "$(user)" \
        '.checks | any(.id == "vfio-open" and (.message + .evidence | contains($pid) and contains("vfio-user")))' \
        /tmp/out >/dev/null
done
exits 0 "what is so already needs no writing" rebind -J $nic vfio-pci
equal "and nothing is done" nothing_to_do "$(json .result.outcome)"
release
exits 0 "without a user it is restored" restore $nic
equal "to its driver" e1000e "$(driver $nic)"
finish
