#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# rebind-arm.sh - on arm-smmuv3, booted without drivers (-n): a device that was never probed, so that it has no group yet,
# PCI devices with their drivers, and platform devices
#
# By kernel:
#   up to 6.14   a device gets its group when a driver first probes it
#   since 6.15   each device has its group from the registration of the IOMMU on
#   up to 5.18   a bridge with a driver does not keep its group from being viable

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

nvme=0000:02:00.0 nic=0000:03:00.0
bridge=0000:04:00.0 conventional=0000:05:01.0
platform=a000000.virtio_mmio

echo "# never probed"
early=-
! since 6.15 || early=$(group $nvme)
equal "a device without a driver has a group only since 6.15" "$nvme - - $early" "$(state $nvme)"
! since 6.15 || check "which is one" test "$early" != -
exits 0 "it goes to vfio-pci" rebind -J $nvme vfio-pci
equal "and gains a group, which is no fault" "done true $early $(group $nvme)" \
    "$(json '"\(.result.outcome) \(.result.groups_stable) \(.result.devices[0] | "\(.group_before // "-") \(.group_after)")"')"
equal "it has its driver and override" "vfio-pci vfio-pci" "$(driver $nvme) $(override $nvme)"
hold $nvme
release
exits 0 "it is restored" restore -J $nvme
equal "to no driver and no override" "- -" "$(driver $nvme) $(override $nvme)"

echo "# with their drivers"
autoload
eventually test -e "$(where $nvme)/nvme"
before=$(state $nvme $nic $conventional $bridge)
groups_before=$(groups)
exits 0 "NVMe and NIC go to vfio-pci" rebind -J $nvme $nic vfio-pci
equal "the document says so" "done true" "$(json '"\(.result.outcome) \(.result.groups_stable)"')"
equal "they are there" "vfio-pci vfio-pci" "$(driver $nvme) $(driver $nic)"
hold $nic
release
exits 0 "the NVMe goes back to its driver" rebind -J $nvme nvme
equal "its override is as before" "nvme -" "$(driver $nvme) $(override $nvme)"
exits 0 "both are restored" restore --all
eventually test -e "$(where $nvme)/nvme"
if since 5.19; then
    exits 3 "a driver of the bridge stands in the way of its group" rebind -J --group $conventional vfio-pci
    check "and is named" jq -e --arg device $bridge '.checks | any(.id == "viable" and .level == "refuse"
        and (.message + .evidence + .device | contains($device)))' /tmp/out >/dev/null
else
    exits 0 "a driver of the bridge does not stand in the way of its group" rebind -J --group $conventional vfio-pci
    exits 0 "it is restored" restore $conventional
fi
equal "each device is as it was" "$before" "$(state $nvme $nic $conventional $bridge)"
equal "and each group" "$groups_before" "$(groups)"

echo "# on the platform bus"
before=$(state $platform)
equal "the device has a driver and a group" "virtio-mmio -" "$(driver $platform) $(override $platform)"
exits 3 "this kernel has no vfio-platform" rebind -J $platform vfio-platform
check "which is why" jq -e '.checks | any(.id == "driver" and .level == "refuse")' /tmp/out >/dev/null
exits 3 "vfio-pci is for another bus" rebind -J $platform vfio-pci
exits 0 "unbind" unbind -J $platform
equal "the document says so" "done true $platform virtio-mmio -" \
    "$(json '"\(.result.outcome) \(.result.groups_stable)"') $(moved)"
echo $platform >/sys/bus/platform/drivers_probe
equal "and no probe takes it" - "$(driver $platform)"
exits 0 "back to its driver" rebind -J $platform virtio-mmio
equal "it is as it was" "$before" "$(state $platform)"
exits 0 "unbind, by its path" unbind "/sys/bus/platform/devices/$platform"
exits 0 "restore" restore $platform
equal "it is as it was" "$before" "$(state $platform)"
equal "and each group" "$groups_before" "$(groups)"
finish
