#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# boots.sh - the captures that are kept of each boot, and what "diff --boot" makes of them on a real kernel

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

nic=0000:01:00.0
folder=/var/lib/iommuctl/boots
other=00000000-1111-4222-8333-444444444444

# as_boot NUMBER ID - the capture of this boot becomes that of another one
as_boot() {
    mv "$folder"/*-"$(cat /proc/sys/kernel/random/boot_id)".tar.gz "$folder/$1-$2.tar.gz"
}

echo "# nothing kept yet"
exits 6 "no boot is known" diff --boot -1
check "which tells how to keep one" grep -q "capture --keep" /tmp/err
exits 2 "a boot to come cannot be named" diff --boot 1
exits 2 "nor a file beside the place" capture --keep /tmp/x.tar

echo "# this boot"
exits 0 "a capture is kept" capture --keep
equal "which only root can read" "600 700" "$(stat -c %a "$folder"/*.tar.gz) $(stat -c %a "$folder")"
exits 0 "nothing has changed since" diff --boot 0 --exit-code
equal "and that is silence" "" "$(cat /tmp/out)"
exits 0 "once more" capture --keep
equal "it is the same file" 1 "$(find "$folder" -type f | wc -l)"

echo "# the boot before"
as_boot 000001 $other
exits 0 "nothing has changed since the boot before" diff --boot -1 --exit-code
exits 6 "of this boot nothing is kept" diff --boot 0
check "and the answer names those that are" grep -q "boots -1 to -1" /tmp/err
exits 0 "a device loses its driver" unbind $nic
exits 8 "which is a difference" diff --boot -1 --exit-code -n -r -o kind,subject,before,after
check "of its driver" grep -q "^driver $nic e1000e" /tmp/out
exits 0 "this boot is kept too" capture --keep
exits 0 "two boots can be compared" diff --boot 0 --exit-code
exits 0 "the device has its driver again" restore $nic

echo "# ten boots"
for i in 03 04 05 06 07 08 09 10 11 12; do
    as_boot 0000$i "000000$i-1111-4222-8333-444444444444"
    exits 0 "boot $i is kept" capture --keep --quiet
done
equal "ten are left" 10 "$(find "$folder" -type f | wc -l)"
check "without the oldest" test ! -e "$folder/000001-$other.tar.gz"
exits 0 "the oldest can still be compared" diff --boot -9

echo "# a place that cannot be written"
mount -t tmpfs -o ro none "$folder"
exits 1 "is an error" capture --keep
check "that says so" grep -q "ead-only" /tmp/err
umount "$folder"
finish
