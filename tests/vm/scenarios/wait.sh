#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# wait.sh DEVICE PLACE PORT - "wait" for each condition, on DEVICE that has a native driver and a group, and for a device
# that is plugged into the root port PORT and will be called PLACE

# shellcheck source=../guest/lib.sh
. lib.sh

device=$1 place=$2 port=$3
pci=/sys/bus/pci
driver=$(basename "$(readlink "$pci/devices/$device/driver")")

# status ARG… - of wait
status() {
    iommuctl wait "$@" 2>/tmp/words
    echo $?
}

uptime() {
    sed 's/^\([0-9]*\)\.\([0-9]\).*/\1\2/' /proc/uptime
}

for condition in probed "driver=$driver" group; do
    equal "$condition is so" 0 "$(status "$device" "$condition" --timeout 100ms)"
done
equal "vfio is not" 7 "$(status "$device" vfio --timeout 100ms)"
start=$(uptime)
equal "another driver does not come" 7 "$(status "$device" driver=vfio-pci --timeout 1)"
took=$(($(uptime) - start))
check "within a second, about ($took tenths)" [ $took -ge 9 ] && check "and not much later" [ $took -le 40 ]
check "it says who and what" grep -q "$device.*vfio-pci" /tmp/words
equal "an unknown condition is an error" 2 "$(status "$device" here)"

modprobe -a vfio-pci vfio_iommu_type1
iommuctl wait "$device" driver=vfio-pci --timeout 30 &
waiter=$!
iommuctl wait "$device" vfio --timeout 30 &
user=$!
echo vfio-pci >"$pci/devices/$device/driver_override"
echo "$device" >"$pci/devices/$device/driver/unbind"
echo "$device" >$pci/drivers_probe
wait $waiter
equal "it returns when the driver is bound" 0 $?
wait $user
equal "and when VFIO can be used" 0 $?

equal "a device that is not there is waited for" 7 "$(status "$place" probed --timeout 1)"
iommuctl wait "$place" probed --timeout 30 &
waiter=$!
modprobe e1000e
hmp device_add e1000e,id=late,bus="$port"
wait $waiter
equal "until it is plugged in and has its driver" 0 $?
check "it has" test -e "$pci/devices/$place/driver"
finish
