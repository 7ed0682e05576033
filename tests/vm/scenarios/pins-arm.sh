#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# pins-arm.sh DEVICE - a pin of a platform device, which is known by its place and its compatible

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

device=$1 file=/etc/iommuctl/pins.d/random.conf
native=$(driver "$device")

# pin_state - of the one pin
pin_state() {
    iommuctl pins -n -r -o name,device,state,early
}

check "the device has a driver" [ "$native" != - ]
exits 0 "it is pinned to no driver" pin --no-initramfs --name random "$device" none
equal "by its place" "location = $(iommuctl show -n -r -o location "$device")" "$(grep ^location "$file")"
equal "and its compatible" "compatible = virtio,mmio" "$(grep ^compatible "$file")"
equal "it waits for the service" "random $device pending no" "$(pin_state)"
cp "$file" /tmp/pin
sed -i 's/^compatible = .*/compatible = virtio,other/' "$file"
exits 1 "another device at that place is left alone" pins --apply
check "as a mismatch" grep -q " mismatch " <<END
$(pin_state)
END
equal "it keeps its driver" "$native" "$(driver "$device")"
cp /tmp/pin "$file"
exits 0 "the service applies the pin" pins --apply
equal "the device has no driver" - "$(driver "$device")"
equal "and the pin is satisfied" "random $device satisfied no" "$(pin_state)"
exits 0 "once more is nothing" pins --apply
exits 0 "it goes back" restore "$device"
equal "to its driver" "$native" "$(driver "$device")"
exits 0 "and is no longer pinned" unpin --no-initramfs random
check "the file is gone" test ! -e "$file"
finish
