#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# deferred-live.sh DEVICE - DEVICE waits for a clock, itself or over its SMMU. The clock's driver is unknown first, then
# a module that is not loaded, then one that is blacklisted; at last it is loaded (modules/late_clock.c), and the wait ends.
#
# Boot with deferred_probe_timeout=-1, so that the kernel does not give up, and fw_devlink=on, so that it waits for clocks.

# shellcheck source=../guest/lib.sh
. lib.sh

device=$1
modules=/lib/modules/$(uname -r)

# cause - root cause of the device, whose it is, and the outcome
cause() {
    iommuctl deferred -J "$device" | jq -Mr '.deferred[] | "\(.root_cause.code) \(.root_cause.name) \(.outcome.what)"'
}

remedy() {
    iommuctl deferred -J "$device" | jq -Mr '.deferred[].remedy'
}

equal "no driver is known" "supplier_no_driver absent-clock never" "$(cause)"
iommuctl wait "$device" probed --timeout 5 2>/dev/null
equal "wait says that it cannot come true" 12 $?

mkdir -p "$modules/extra" /etc/modprobe.d
mv late_clock.ko "$modules/extra"
/sbin/depmod
equal "now a module is" "supplier_module_not_loaded absent-clock never" "$(cause)"
equal "the remedy names it" "modprobe late_clock" "$(remedy)"
echo "blacklist late_clock" >/etc/modprobe.d/test.conf
equal "now it is blacklisted" "supplier_module_blacklisted absent-clock never" "$(cause)"

iommuctl wait "$device" probed --timeout 30 --patient &
probed=$!
sleep 0.5
check "somebody waits" test -d /proc/$probed
/sbin/modprobe late_clock
wait $probed
equal "with the clock there, wait returns" 0 $?
check "its driver is bound" test -e "/sys/bus/platform/devices/$device/driver"
check "it has its group" test -e "/sys/bus/platform/devices/$device/iommu_group"
equal "deferred has nothing to say of it" "" "$(cause)"
iommuctl deferred -q --exit-code "$device" 2>/dev/null
equal "--exit-code: nothing is" 0 $?
finish
