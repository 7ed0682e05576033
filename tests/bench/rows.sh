#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures in the machine of "kernel": each row as "NAME<tab>MILLIONS" in /out/rows.
set -eu
device=0000:00:10.0
eight=$(for function in 0 1 2 3 4 5 6 7; do echo "0000:00:10.$function"; done)
card=0000:01:00.0 # has a driver, e1000e

row() {
    instructions "$@" >>/out/rows
}

# bare_writes DEVICE… - the writes with which a rebind to vfio-pci gives these devices away, as arguments of bare
bare_writes() {
    for name; do
        folder=/sys/bus/pci/devices/$name
        echo "$folder/driver_override" vfio-pci
        [ ! -e "$folder/driver" ] || echo "$(readlink -f "$folder/driver")/unbind" "$name"
        echo /sys/bus/pci/drivers/vfio-pci/bind "$name"
    done
}

# put_back DEVICE… - a driver of their own, or none, as before the bare writes
cat >/root/put_back <<'END'
for name; do
    echo "$name" >/sys/bus/pci/drivers/vfio-pci/unbind
    echo >"/sys/bus/pci/devices/$name/driver_override"
    echo "$name" >/sys/bus/pci/drivers_probe
done 2>/dev/null
true
END

# change LABEL DEVICE… - what it costs to check them, to give them to vfio-pci and to restore them, and the bare writes
change() {
    label=$1
    shift
    row "check $label" iommuctl check -q "$@" vfio-pci
    # shellcheck disable=SC2046 # no name has a blank
    row -b "sh /root/put_back $*" "bare $label" bare $(bare_writes "$@")
    sh /root/put_back "$@"
    row -f -b "iommuctl restore -q $* || true" "rebind $label" iommuctl rebind -q "$@" vfio-pci
    row -f -b "iommuctl rebind -q $* vfio-pci" "restore $label" iommuctl restore -q "$@"
}

# idle DEVICE - thousandths of a processor that "wait" takes for a driver that does not come, after two minutes
idle() {
    iommuctl wait -q "$1" driver=vfio-pci --timeout 600 &
    sleep 120
    read -r before _ </proc/$!/schedstat
    sleep 60
    read -r after _ </proc/$!/schedstat
    kill $!
    awk "BEGIN { printf \"wait, idle\t%.2f\n\", ($after - $before) / 60e6 }" >>/out/rows
}

# hundredths - of a second since boot
hundredths() {
    sed 's/^\([0-9]*\)\.\([0-9]*\).*/\1\2/' /proc/uptime
}

# latency DEVICE - milliseconds from the bind to the end of "wait", the longest of five
latency() {
    longest=0
    for _ in 1 2 3 4 5; do
        iommuctl wait -q "$1" driver=vfio-pci --timeout 600 &
        sleep 3
        # shellcheck disable=SC2046 # no name has a blank
        bare $(bare_writes "$1")
        start=$(hundredths)
        wait $!
        took=$((($(hundredths) - start) * 10))
        [ $took -le $longest ] || longest=$took
        sh /root/put_back "$1"
        sleep 1
    done
    printf 'wait, latency\t%d\n' $longest >>/out/rows
}

ldconfig # as on every installed system: without its cache the loader tries 20 folders
modprobe -a vfio-pci
row floor floor
row show iommuctl show
row "show -J" iommuctl show -J
row "show -v" iommuctl show -v
row "show DEVICE" iommuctl show "$device"
row deferred iommuctl deferred
row streams iommuctl streams
row iommus iommuctl iommus
row check iommuctl check -q --group "$device" vfio-pci
row status iommuctl status "$device"
change 1 "$device"
# shellcheck disable=SC2086 # eight words
change 8 $eight
change card "$card"
idle "$device"
latency "$device"
