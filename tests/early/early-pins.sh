#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2086,SC2016,SC2059  # the shell may be two words; text in single quotes is hostile; escapes are a format
# early-pins.sh SCRIPT EARLY-MATCH SHELL… - the script of the initramfs under that shell, on a fake sysfs; the second is the
# program of that name
set -u
script=$1 match=$2
shift 2
shell=$*
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# device PATH VENDOR DEVICE [CLASS [SUBSYSTEM-VENDOR]] - a PCI device without driver and override
device() {
    dir=$work/sys/devices/$1
    mkdir -p "$dir"
    echo "PCI_CLASS=${4-20000}
PCI_ID=$2:$3
PCI_SUBSYS_ID=${5-1af4}:1100" >"$dir/uevent"
    echo '(null)' >"$dir/driver_override"
}

# bytes OFFSET OCTAL… - these bytes of the config space of the last device
bytes() {
    offset=$1
    shift
    printf "$(printf '\\%s' "$@")" | dd of="$dir/config" bs=1 seek="$offset" conv=notrunc 2>/dev/null
}

# serial OCTAL… - the last device has this Device Serial Number, its first byte first
serial() {
    dd if=/dev/zero of="$dir/config" bs=4096 count=1 2>/dev/null
    bytes 0 206 200 323 20 0 0 20 # IDs; a list of capabilities
    bytes 52 100
    bytes 64 20 0 2 0 # PCI Express
    bytes 256 3 0 1 0 "$8" "$7" "$6" "$5" "$4" "$3" "$2" "$1"
}

# fresh [CMDLINE] - a machine with two ports, a card below each and a disk; the list has no line
fresh() {
    rm -rf "${work:?}"/*
    mkdir -p "$work/proc" "$work/etc/iommuctl" "$work/dev" "$work/usr/lib/iommuctl"
    cp "$match" "$work/usr/lib/iommuctl/early-match"
    echo "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro ${1-quiet}" >"$work/proc/cmdline"
    : >"$work/etc/iommuctl/early-pins"
    : >"$work/dev/kmsg"
    device $port1 8086 3420 60400
    device $port2 8086 3420 60400
    device $port1/0000:01:00.0 8086 10d3
    device $port2/0000:02:00.0 8086 10d3
    device pci0000:00/0000:00:1f.2 8086 2922 10601
}
port1=pci0000:00/0000:00:01.0 port2=pci0000:00/0000:00:01.1

pin() {
    echo "$*" >>"$work/etc/iommuctl/early-pins"
}

# overrides - the overrides that were written, "NAME=DRIVER" each
overrides() {
    find "$work/sys" -name driver_override | sort | while read -r file; do
        read -r word <"$file"
        [ "$word" = '(null)' ] || echo "$(basename "${file%/*}")=$word"
    done | tr '\n' ' '
}

# expect SENTENCE OVERRIDES - that the script writes these and no others, and ends with success
expect() {
    $shell "$script" "$work" >"$work/out" 2>&1
    status=$?
    got=$(overrides)
    if [ $status = 0 ] && [ "$got" = "$2" ] && [ ! -s "$work/out" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok - $1: status $status, \"$got\" and not \"$2\"; $(cat "$work/out")"
    fi
}

fresh
pin '# a comment'
pin pci0000:00/01.1/00.0 0x8086 0x10d3 0x1af4 0x1100 - - vfio-pci nic
expect "the card at that place gets the override, and its twin does not" "0000:02:00.0=vfio-pci "
grep -q '^iommuctl: pin nic: 0000:02:00.0 is for vfio-pci$' "$work/dev/kmsg" || {
    echo "not ok - the kernel's log has a line"
    failed=$((failed + 1))
}
expect "once more changes nothing" "0000:02:00.0=vfio-pci "

fresh
rm -r "$work/sys/devices/$port2/0000:02:00.0"
device $port2/0000:0a:00.0 8086 10d3
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "the number of the bus does not matter" "0000:0a:00.0=vfio-pci "

fresh
device $port2/0000:02:00.0 8086 1533
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "another model in the slot is left alone" ""
fresh
device $port2/0000:02:00.0 1022 10d3
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "another vendor, too" ""
fresh
pin pci0000:00/01.1/00.0 0x8086 0x10d3 0x8086 - - - vfio-pci nic
expect "and another subsystem" ""
# By location, model and serial; the number of the card is written in octal.
one_serial="0 33 41 377 377 241 262 303" other_serial="0 33 41 377 377 241 262 304"
serial_word=00-1b-21-ff-ff-a1-b2-c3
fresh
device $port2/0000:02:00.0 8086 10d3
serial $one_serial
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - $serial_word - vfio-pci nic
expect "the card with the serial of the pin gets the override" "0000:02:00.0=vfio-pci "
fresh
device $port2/0000:02:00.0 8086 10d3
serial $other_serial
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - $serial_word - vfio-pci nic
expect "a card of the same model with another serial is left alone" ""
grep -q '^iommuctl: pin nic: 0000:02:00.0 is another card' "$work/dev/kmsg" || {
    echo "not ok - the kernel's log has a line about the other card"
    failed=$((failed + 1))
}
fresh
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - $serial_word - vfio-pci nic
expect "and one whose serial cannot be read" ""
fresh
device $port2/0000:02:00.0 8086 10d3
serial $one_serial
echo D3cold >"$dir/power_state"
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - $serial_word - vfio-pci nic
expect "no device is woken for its serial" ""
fresh
device $port2/0000:02:00.0 8086 10d3
serial $one_serial
rm "$work/usr/lib/iommuctl/early-match"
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "without the program that finds the devices all pins wait for the service" ""
grep -q '^iommuctl: pins: /usr/lib/iommuctl/early-match cannot find the devices' "$work/dev/kmsg" || {
    echo "not ok - the kernel's log says that the program is missing"
    failed=$((failed + 1))
}
fresh
device $port1/0000:01:00.0 8086 10d3
serial $other_serial
device $port2/0000:02:00.0 8086 10d3
serial $one_serial
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - $serial_word - pci-stub wrong
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - $serial_word - vfio-pci right
expect "each serial is that of its own device" "0000:02:00.0=vfio-pci "

# group DEVICE NUMBER MEMBER… - the group of the device in its port
group() {
    mkdir -p "$work/sys/kernel/iommu_groups/$2/devices"
    ln -sr "$work/sys/kernel/iommu_groups/$2" "$work/sys/devices/$1/iommu_group"
    shift
    number=$1
    shift
    for member; do
        ln -sr "$work/sys/devices/$member" "$work/sys/kernel/iommu_groups/$number/devices/${member##*/}"
    done
}
fresh
group $port2/0000:02:00.0 7 $port2 $port2/0000:02:00.0
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - 2 vfio-pci nic
expect "a group with as many members is that of the pin" "0000:02:00.0=vfio-pci "
fresh
group $port2/0000:02:00.0 7 $port2 $port2/0000:02:00.0
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - 1 vfio-pci nic
expect "one that has gained a member waits for the service" ""
fresh
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - 1 vfio-pci nic
expect "a device that is in no group yet is taken" "0000:02:00.0=vfio-pci "

fresh
pin pci0000:00/02.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "an empty slot is no match" ""

# Virtual functions of two physical ones may have the same slot and function on different buses.
fresh
device $port2/0000:02:10.0 8086 10ca
pin pci0000:00/01.1/10.0 0x8086 0x10ca - - - - vfio-pci vf
expect "a virtual function is a device like others" "0000:02:10.0=vfio-pci "
fresh
device $port2/0000:02:10.0 8086 10ca
device $port2/0000:03:10.0 8086 10ca
pin pci0000:00/01.1/10.0 0x8086 0x10ca - - - - vfio-pci vf
expect "of two that fit none is taken" ""

fresh
ln -s ../../../../../bus/pci/drivers/e1000e "$work/sys/devices/$port2/0000:02:00.0/driver"
mkdir -p "$work/sys/bus/pci/drivers/e1000e"
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "a device with a driver is left to the service" ""
fresh
echo e1000e >"$work/sys/devices/$port2/0000:02:00.0/driver_override"
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "and one with an override" "0000:02:00.0=e1000e "

fresh
pin pci0000:00/1f.2 0x8086 0x2922 - - - - vfio-pci disk
pin pci0000:00/01.1 0x8086 0x3420 - - - - vfio-pci port
device pci0000:00/0000:00:02.0 8086 3e92 30000
pin pci0000:00/02.0 0x8086 0x3e92 - - - - vfio-pci display
sed -i /PCI_CLASS/d "$work/sys/devices/$port1/0000:01:00.0/uevent"
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic
expect "disks, displays, bridges and unknown classes are left alone" ""

fresh
device pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0 8086 9a0b 20000
pin pci0000:00/0e.0/pci10000:e0/06.0 0x8086 0x9a0b - - - - vfio-pci far
expect "below a root bus in another domain" "10000:e0:06.0=vfio-pci "
fresh
device platform/4010000000.pcie/pci0000:00/0000:00:02.0 1af4 1000
pin platform/4010000000.pcie/pci0000:00/02.0 0x1af4 0x1000 - - - - vfio-pci arm
expect "below a host bridge of a devicetree" "0000:00:02.0=vfio-pci "

fresh
device platform/01.0/pci0000:00/0000:00:02.0 1af4 1000
pin platform/01.0/pci0000:00/02.0 0x1af4 0x1000 - - - - vfio-pci named
expect "and one whose name is like that of a function" "0000:00:02.0=vfio-pci "

# Lines that no compiler has written; the last one is good.
fresh
pin
pin '   '
pin pci0000:00/01.0/00.0
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - vfio-pci
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic more
pin pci0000:00/01.0/00.0 - 0x10d3 - - - - vfio-pci nic
pin pci0000:00/01.0/00.0 0x8086 - - - - - vfio-pci nic
pin pci0000:00/01.0/00.0 '*' '*' - - - - vfio-pci nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - ../../x nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - 'vfio;pci' nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - '$(touch${IFS}'"$work/out)" nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - vfio-pci '`id`'
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - 00-11-22 - vfio-pci nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - '??-??-??-??-??-??-??-??' - vfio-pci nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - '*' - vfio-pci nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - x vfio-pci nic
pin pci0000:00/01.0/00.0 0x8086 0x10d3 - - - 1+1 vfio-pci nic
pin /pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic
pin pci0000:00//01.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic
pin pci0000:00/01.1/../01.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic
pin 'pci0000:00/*/00.0' 0x8086 0x10d3 - - - - vfio-pci nic
pin 'pci0000:00/0?.0/00.0' 0x8086 0x10d3 - - - - vfio-pci nic
pin pci0000:00 0x8086 0x10d3 - - - - vfio-pci nic
pin 01.0/00.0 0x8086 0x10d3 - - - - vfio-pci nic
printf 'pci0000:00/01.0/00.0 0x8086 \000\001\377 - - - - vfio-pci nic\n' >>"$work/etc/iommuctl/early-pins"
head -c 20000 /dev/zero | tr '\0' x >>"$work/etc/iommuctl/early-pins"
pin ''
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci good
printf 'pci0000:00/01.0/00.0 0x8086 0x10d3 - - - - vfio-pci cut' >>"$work/etc/iommuctl/early-pins"
expect "lines of another form are skipped" "0000:02:00.0=vfio-pci "

for word in iommuctl.pins=off rescue emergency single s S 1 break break=premount rd.break rd.break=pre-mount \
    systemd.unit=rescue.target systemd.unit=emergency.target rd.systemd.unit=rescue.target; do
    fresh "quiet $word splash"
    pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
    expect "$word on the command line switches pins off" ""
done
for word in iommuctl.pins=on rescued xbreak=1 'a=[0-9]*' '*'; do
    fresh "$word"
    pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
    expect "$word does not" "0000:02:00.0=vfio-pci "
done
fresh
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
rm "$work/proc/cmdline"
expect "without a command line pins are off" ""
fresh
rm "$work/etc/iommuctl/early-pins"
expect "without a list nothing is done" ""
[ -z "$($shell "$script" prereqs)" ] || failed=$((failed + 1))

# processes - how many the script starts; a sanitizer looks for leaks in one that no program waits for
processes() {
    strace -f -qq -e signal=none -e trace=fork,vfork,clone,clone3 -o "$work/all" $shell "$script" "$work"
    grep -v CLONE_UNTRACED "$work/all" | grep -vc resumed
}

# A hundred pins cost no more processes than one.
fresh
pin pci0000:00/01.1/00.0 0x8086 0x10d3 - - - - vfio-pci nic
few=$(processes)
fresh
n=0
while [ $n -lt 100 ]; do
    port=$(printf 'pci0000:00/0000:00:%02x.%d' $((2 + n / 8)) $((n % 8)))
    device "$port" 8086 3420 60400
    device "$port/$(printf '0000:%02x' $((n + 3))):00.0" 8086 10d3
    [ $((n % 2)) = 0 ] || serial $one_serial
    pin "pci0000:00/${port##*:}/00.0" 0x8086 0x10d3 0x1af4 0x1100 "$([ $((n % 2)) = 0 ] && echo - || echo $serial_word)" - vfio-pci "p$n"
    n=$((n + 1))
done
many=$(processes)
if [ "$(overrides | wc -w)" = 100 ] && [ "$many" = "$few" ] && [ "$few" -ge 1 ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "not ok - a hundred pins with as many processes as one: $(overrides | wc -w) pins, $many and $few"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
