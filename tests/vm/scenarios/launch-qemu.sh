#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2317  # functions are arguments
# launch-qemu.sh [boots] - QEMU, in the machine, opens a card with the argument that --print prints: as root, and as the user
# of --owner. The guest does not run; its monitor shows the card. With "boots" a guest runs, whose kernel sends a request by
# the card and is answered.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

nic=0000:01:00.0
modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
modprobe -a vfio-pci e1000e
start=$(state "$nic") address=$(cat "/sys/bus/pci/devices/$nic/net"/*/address)
echo "alice:x:1234:1234::/:/bin/sh" >>/etc/passwd
ln -s udevadm /usr/bin/systemd-udevd
mkdir -p /etc/udev /usr/lib/udev/rules.d
systemd-udevd --daemon
until [ -e /run/udev/control ]; do usleep 100000; done
ulimit -l unlimited

# Not busybox's own, which knows no users.
as_alice() { /usr/bin/setpriv --reuid 1234 --regid 1234 --clear-groups "$@"; }

# started [COMMAND] - QEMU with the printed arguments, run by COMMAND; what its monitor says goes to /tmp/monitor
started() {
    # shellcheck disable=SC2046 # the arguments are words
    { echo "info pci"; echo quit; } |
        "$@" qemu-system-x86_64 -machine q35,accel=tcg -m 64 -L /usr/share/qemu -nodefaults -display none -S -monitor stdio \
            $(cat /tmp/arguments) >/tmp/monitor 2>&1
    grep -q 8086:10d3 /tmp/monitor
}
opens() { started "$@" || { cat /tmp/monitor >&2; false; }; }
fails() { ! started "$@" && grep -q 'Permission denied' /tmp/monitor; }

# boots - a guest of the user, with the printed arguments
boots() {
    # shellcheck disable=SC2046 # the arguments are words
    check "a guest of the user runs to its end" as_alice timeout 300 \
        qemu-system-x86_64 -machine q35,accel=tcg -m 64 -L /usr/share/qemu -nodefaults -display none -no-reboot \
        -serial file:/tmp/console -kernel guest-kernel $(cat /tmp/arguments)
    equal "- in which the card sends and receives" "card $address is answered" "$(cat /tmp/console)"
}

exits 0 "a card is handed over" rebind "$nic" vfio-pci --print qemu
cp /tmp/out /tmp/arguments
check "with one argument" grep -q "^-device vfio-pci,host=$nic" /tmp/arguments
check "QEMU opens it" opens
check "but not that of a user" fails as_alice
exits 0 "it is given to the user" rebind "$nic" vfio-pci --owner alice
check "whose QEMU opens it" opens as_alice
for part; do
    "$part"
done
exits 0 "restored" restore --all
equal "all is as before" "$start" "$(state "$nic")"
finish
