#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# pair.sh [DEVICE…] - leaves a capture of this machine; the devices are given to vfio-pci before, with their groups

# shellcheck source=../guest/lib.sh
. lib.sh

# Which disk is nvme0 is a matter of which was probed first, and some drivers take their time.
sleep 2
for device; do
    check "$device goes to vfio-pci" iommuctl rebind -q --group "$device" vfio-pci >/dev/null
done
check "a capture succeeds" iommuctl capture -q /out/capture.tar.gz
finish
