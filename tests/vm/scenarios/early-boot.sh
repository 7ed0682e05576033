#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2317  # check calls these functions
# early-boot.sh - in the booted system of tests/vm/early: what became of its pins

# shellcheck source=../guest/lib.sh
. lib.sh
export SYSTEMD_COLORS=0 SYSTEMD_URLIFY=0

case=$(sed -n 's/.*early-case=\([a-z]*\).*/\1/p' /proc/cmdline)
mount -o remount,rw / 2>/dev/null

# at SLOT - the card below the port with that number
at() {
    basename /sys/devices/pci0000:00/0000:00:"$1".0/0000:*:00.0
}
driver_of() {
    basename "$(readlink "/sys/bus/pci/devices/$1/driver")" 2>/dev/null
}
override_of() {
    cat "/sys/bus/pci/devices/$1/driver_override"
}
slot=04
[ "$case" != moved ] || slot=06
first=$(at 03) middle=$(at $slot) last=$(at 05)
system=$(basename "$(readlink -f /sys/class/nvme/nvme0/device)")
dmesg >/tmp/dmesg

# wait_for_vfio DEVICE - until vfio-pci has it, or too long
wait_for_vfio() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(driver_of "$1")" != vfio-pci ] || break
        sleep 1
    done
}

# plug - QEMU plugs the card in, by its monitor at the fourth port; 0xFF resets the parser of that, which has got its own
# greeting back from the line
plug() {
    stty -F /dev/ttyS3 raw -echo
    printf '\377{"execute":"qmp_capabilities"}\n{"execute":"device_add","arguments":{"driver":"e1000e","bus":"rp2","id":"late",%s}}\n' \
        '"mac":"52:54:00:12:34:52","romfile":""' >/dev/ttyS3
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        middle=$(at "$slot")
        [ ! -e "/sys/bus/pci/devices/$middle" ] || return 0
        sleep 1
    done
    return 1
}

# settled - the service that udev starts for a card is no longer at work
settled() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        case $(systemctl is-active iommuctl-pins.service) in
        active | activating) sleep 1 ;;
        *) return 0 ;;
        esac
    done
    return 1
}

# seen DEVICE - e1000e has probed it
seen() {
    grep -q "e1000e $1" /tmp/dmesg
}
not() {
    ! "$@"
}

echo "# $case: $first $middle $last, $(cut -d' ' -f1 /proc/uptime) s"
others="$first $last"
[ ! -e /etc/iommuctl/pins.d/other.conf ] || others=$first
for card in $others; do
    equal "the card $card has its native driver" "e1000e (null)" "$(driver_of "$card") $(override_of "$card")"
    check "which has probed it" seen "$card"
done
equal "the disk of the system, which is pinned too, has its driver" "nvme (null)" "$(driver_of "$system") $(override_of "$system")"
case $case in
pinned | shifted)
    equal "the pinned card has the driver of its pin" "vfio-pci vfio-pci" "$(driver_of "$middle") $(override_of "$middle")"
    check "e1000e has never probed it" not seen "$middle"
    check "the initramfs gave it the override" grep -q "iommuctl: pin nic: $middle is for vfio-pci" /tmp/dmesg
    iommuctl pins -n -r -o name,device,state,early >/tmp/pins
    check "the pin is satisfied, and early" grep -qx "nic $middle satisfied yes" /tmp/pins
    check "that of the disk is refused" grep -q "^disk $system refused no" /tmp/pins
    check "udev has a rule for it" grep -q vfio-pci /run/udev/rules.d/05-iommuctl-pins.rules
    # The service fails visibly: a pin that is refused is none that was applied.
    equal "the service has failed, for the disk alone" failed "$(systemctl is-failed iommuctl-pins.service)"
    [ "$case" = pinned ] || {
        finish
    }
    echo "# plugged in again, while e1000e is loaded"
    echo 1 >"/sys/bus/pci/devices/$middle/remove"
    echo 1 >/sys/bus/pci/rescan
    udevadm settle
    wait_for_vfio "$middle"
    equal "it has the driver of its pin" "vfio-pci vfio-pci" "$(driver_of "$middle") $(override_of "$middle")"
    ;;
serial)
    equal "another card of the model has its native driver" "e1000e (null)" "$(driver_of "$middle") $(override_of "$middle")"
    check "which has probed it" seen "$middle"
    check "the initramfs has seen that it is another card" grep -q "iommuctl: pin nic: $middle is another card" /tmp/dmesg
    check "and the pin is a mismatch" grep -q "^nic mismatch" <<END
$(iommuctl pins -n -r -o name,state)
END
    ;;
cut)
    equal "the pinned card has the driver of its pin" "vfio-pci vfio-pci" "$(driver_of "$middle") $(override_of "$middle")"
    check "e1000e has never probed it" not seen "$middle"
    # Where the power failed between the file and the image, the service applies the new pin.
    [ "$others" = "$first" ] ||
        finish
    equal "the new pin is applied" "vfio-pci vfio-pci" "$(driver_of "$last") $(override_of "$last")"
    check "and satisfied" grep -q "^other $last satisfied" <<END
$(iommuctl pins -n -r -o name,device,state)
END
    ;;
plugged)
    check "a pin whose card is absent is absent" grep -q "^nic absent" <<END
$(iommuctl pins -n -r -o name,state)
END
    check "the card is plugged in" plug
    wait_for_vfio "$middle"
    equal "it has the driver of its pin" "vfio-pci vfio-pci" "$(driver_of "$middle") $(override_of "$middle")"
    for card in $others; do
        equal "and $card its own" "e1000e (null)" "$(driver_of "$card") $(override_of "$card")"
    done
    check "the service has ended" settled
    check "restore takes it back" iommuctl restore "$middle"
    # Its native driver has it or none has, as that was loaded before or after the rule of udev.
    equal "with no override of the pin" "(null)" "$(override_of "$middle")"
    ;;
moved)
    equal "the card has the driver of its pin in its new slot" "vfio-pci vfio-pci" "$(driver_of "$middle") $(override_of "$middle")"
    check "its native driver has had it before" seen "$middle"
    check "the initramfs left it alone" not grep -q "iommuctl: pin nic" /tmp/dmesg
    iommuctl pins -n -r -o name,device,state >/tmp/pins
    check "the pin is satisfied" grep -qx "nic $middle satisfied" /tmp/pins
    ;;
group)
    equal "a card whose group has a new member in use keeps its driver" "e1000e (null)" "$(driver_of "$middle") $(override_of "$middle")"
    check "the initramfs left it alone" not grep -q "iommuctl: pin nic" /tmp/dmesg
    check "and the pin says so" grep -q "^nic $middle group_changed" <<END
$(iommuctl pins -n -r -o name,device,state)
END
    ;;
other)
    equal "the other model in its slot has its own driver" "e1000 (null)" "$(driver_of "$middle") $(override_of "$middle")"
    check "and the pin is a mismatch" grep -q "^nic mismatch" <<END
$(iommuctl pins -n -r -o name,state)
END
    ;;
off)
    equal "the pinned card has its native driver" "e1000e (null)" "$(driver_of "$middle") $(override_of "$middle")"
    check "and the pin is off" grep -q "^nic off" <<END
$(iommuctl pins -n -r -o name,state)
END
    equal "the service was not started" inactive "$(systemctl is-active iommuctl-pins.service)"
    ;;
esac
[ "$failed" = 0 ] || {
    iommuctl pins
    cat /run/udev/rules.d/05-iommuctl-pins.rules
    udevadm info "/sys/bus/pci/devices/$middle"
    systemctl status --no-pager --full iommuctl-pins.service
    dmesg | grep -E 'iommuctl|vfio|e1000' | tail -n 40
}
finish
