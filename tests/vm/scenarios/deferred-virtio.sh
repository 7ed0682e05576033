#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317  # $words in quotes are jq's; check calls all
# deferred-virtio.sh - virtio-iommu's module is not loaded (-n): what waits for it, why, and that it all ends when it is
#
# Firmware is ACPI (VIOT). The kernel's list gives no reasons.
#
# By kernel:
#   up to 6.12   the wait has no end by itself: after the deferred probe timeout the kernel's log says "deferred probe
#                pending: (reason unknown)", and the devices go on waiting. One device behind the PCIe-to-PCI bridge is
#                bound without a group at the end.
#   since 6.18   the wait ends at the timeout (deferred-missed.sh): boot with deferred_probe_timeout=-1, on virtio-nobridge,
#                where no device takes the IOMMU down

# shellcheck source=../guest/lib.sh
. lib.sh

nvme=0000:02:00.0
nic=0000:01:00.0
stepchild=0000:05:01.0 # behind the PCIe-to-PCI bridge

json() {
    jq -Mr "$@" /tmp/deferred.json
}

listed() {
    cut -f1 /sys/kernel/debug/devices_deferred | sort
}

# look WHEN
look() {
    check "$1: deferred succeeds" iommuctl deferred -J >/tmp/deferred.json
}

# all FIELD - the values that the field has
all() {
    json ".deferred[].$1" | sort -u
}

until_gone() {
    local tries=100
    until [ -z "$(listed)" ] || [ $tries = 0 ]; do
        tries=$((tries - 1))
        usleep 100000
    done
}

modprobe -a e1000 nvme xhci_pci
look "not loaded"
equal "all of the kernel's list are told of, and no others" "$(listed)" "$(json '.deferred[].device' | sort)"
check "among them is $nvme" [ "$(listed | grep -c $nvme)" = 1 ]
equal "the root cause is the same for all" iommu_module_not_loaded "$(all root_cause.code)"
check "it names the module" json -e 'all(.deferred[]; .root_cause.why | contains("virtio_iommu"))' >/dev/null
equal "the remedy too" "modprobe virtio_iommu" "$(all remedy)"
equal "they wait for the IOMMU itself, not for the PCI function that it sits on" virtio0 "$(all 'waits_for[0].name')"
equal "nothing will probe as things are" never "$(all outcome.what)"
equal "they are deferred" deferred "$(all state)"
iommuctl deferred -q --exit-code >/dev/null
equal "--exit-code: something is" 8 $?

mkdir -p /etc/modprobe.d
echo "blacklist virtio_iommu" >/etc/modprobe.d/test.conf
look "blacklisted"
equal "the root cause is the blacklist" iommu_module_blacklisted "$(all root_cause.code)"
rm /etc/modprobe.d/test.conf

# By hand: the kernel answers EAGAIN, does not put the device on its list, and forgets it.
echo 0 >/sys/bus/pci/drivers_autoprobe
modprobe e1000e
echo $nic >/sys/bus/pci/drivers/e1000e/bind 2>/dev/null
echo 1 >/sys/bus/pci/drivers_autoprobe
check "a bind by hand is forgotten" [ "$(listed | grep -c $nic)" = 0 ]
look "bound by hand"
equal "deferred says so" "waiting manual_bind_deferred never" "$(json --arg device $nic '.deferred[]
    | select(.device == $device) | "\(.state) \(.root_cause.code) \(.outcome.what)"')"

iommuctl wait $nvme probed --timeout 5 2>/tmp/words
equal "wait says at once that it cannot come true" 12 $?
check "and why" grep -q virtio_iommu /tmp/words
iommuctl wait $nvme probed --timeout 1 --patient 2>/dev/null
equal "the patient run out of time" 7 $?
iommuctl wait $nvme probed --timeout 30 --patient &
probed=$!
iommuctl wait $nvme group --timeout 30 --patient &
group=$!
sleep 0.5
/sbin/modprobe virtio_iommu
wait $probed
equal "with the module loaded, wait returns" 0 $?
check "its driver is bound" [ -e /sys/bus/pci/devices/$nvme/driver ]
wait $group
equal "as does one for the group" 0 $?

until_gone
look loaded
if since 6.18; then
    equal "nothing waits or is lost" "" "$(json '.deferred[].device' | grep -vx $nic)"
    check "what was bound by hand is not tried again" [ ! -e /sys/bus/pci/devices/$nic/driver ]
    echo $nic >/sys/bus/pci/drivers_probe
    iommuctl wait $nic group --timeout 5
    equal "until somebody says so" 0 $?
    finish
fi
# QEMU's virtio-iommu has no endpoint 0x500, which the kernel names as its alias: attaching fails, and the log has no line about it.
equal "what is bound without a group is lost, and nothing waits" "$stepchild bound lost" \
    "$(json '.deferred[] | "\(.device) \(.state) \(.dma)"')"
iommuctl wait $stepchild group --timeout 5 2>/dev/null
equal "a group does not come to it" 12 $?
check "what was bound by hand is not tried again" [ ! -e /sys/bus/pci/devices/$nic/driver ]
echo $nic >/sys/bus/pci/drivers_probe
iommuctl wait $nic probed --timeout 5
equal "until somebody says so" 0 $?
finish
