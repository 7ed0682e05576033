#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# show.sh [MOVED [SIBLING]] - compares "show" with sysfs, and with itself for each device alone. Then the device MOVED goes to vfio-pci:
# SIBLING, if there is one, has a driver that keeps their group from being viable.

# shellcheck source=../guest/lib.sh
. lib.sh

groups=/sys/kernel/iommu_groups
pci=/sys/bus/pci

# target LINK - the last part of where it points to, or "-"
target() {
    if [ -L "$1" ]; then basename "$(readlink "$1")"; else echo -; fi
}

override() {
    sed 's/(null)/-/' "$1/driver_override"
}

sysfs_groups() {
    local group
    for group in "$groups"/*; do
        [ ! -e "$group" ] || echo "${group##*/} $(cat "$group/type") $(ls "$group/devices")"
    done
}

# All members of groups, and what else is on PCI.
sysfs_devices() {
    local device
    for device in $(realpath "$groups"/*/devices/* "$pci"/devices/* 2>/dev/null | sort -u); do
        echo "$device" "$(target "$device/iommu_group")" "$(target "$device/iommu")" \
            "$(target "$device/driver")" "$(override "$device")"
    done
}

json() {
    jq -Mr "$@" /tmp/show.json
}

json_groups() {
    json '.groups | sort_by(.id | tostring)[] | "\(.id) \(.type) \(.devices | sort | join("\n"))"'
}

json_devices() {
    json '.devices | sort_by(.path)[] | select(.group != null or .bus == "pci")
        | [.path, .group // "-", .iommu // "-", .driver // "-", .driver_override // "-"] | join(" ")'
}

invented_devices() {
    local path
    json '.devices[].path' | while read -r path; do
        [ -d "$path" ] || echo "$path"
    done
}

# registered - of names on standard input, those that /sys/class/iommu has
registered() {
    while read -r name; do
        [ ! -e "/sys/class/iommu/$name" ] || echo "$name"
    done
}

columns=name,path,group,type,iommu,driver,driver_override,state,dma,interfaces,vfio_node,vfio_cdev,numa_node,description

rows_of_all() {
    iommuctl show -v -n -r -o "$columns" | sort
}

# The row of each device, which is read alone: its interfaces are found in its folder then.
rows_one_by_one() {
    local device
    json '.devices[].name' | while read -r device; do
        iommuctl show -n -r -o "$columns" "$device"
    done | sort -u
}

# same_rows WHEN - the kernel may give up waiting for a supplier while devices are read: then they are read again
same_rows() {
    local all alone
    for _ in 1 2 3; do
        all=$(rows_of_all)
        alone=$(rows_one_by_one)
        [ "$all" != "$(rows_of_all)" ] || break
    done
    equal "$1, a device that is read alone has the same row" "$all" "$alone"
}

# compare WHEN
compare() {
    check "$1, show succeeds" iommuctl show -J >/tmp/show.json
    equal "$1, groups, their types and members agree" "$(sysfs_groups)" "$(json_groups)"
    equal "$1, devices, their groups, IOMMUs, drivers and overrides agree" "$(sysfs_devices)" "$(json_devices)"
    equal "$1, no device is invented" "" "$(invented_devices)"
    # Those that only firmware names are listed too.
    equal "$1, every registered IOMMU is listed" "$(ls /sys/class/iommu)" "$(json '.iommus[].name' | sort | registered)"
    equal "$1, every ready IOMMU is registered" "$(json '.iommus[] | select(.state == "ready").name')" \
        "$(json '.iommus[] | select(.state == "ready").name' | registered)"
    same_rows "$1"
    equal "$1, VFIO's nodes agree" "$(ls -d /dev/vfio/[0-9]* 2>/dev/null)" "$(json '.groups[].vfio_node // empty' | sort)"
}

# blockers DEVICE - the members that keep its group from being viable; nothing if it is viable
blockers() {
    json --arg device "$1" '.groups[] | select(.devices | index($device)) | .viability
        | if .viable then empty else .blockers[] | "\(.device) \(.driver)" end'
}

# loads_nothing - reads all that commands read, with a program in the place of the kernel's modprobe that notes what it is asked for
loads_nothing() {
    local before subject
    before=$(cat /proc/sys/kernel/modprobe)
    printf '#!/bin/sh\necho "$*" >>/tmp/asked\n' >/tmp/helper
    chmod +x /tmp/helper
    echo /tmp/helper >/proc/sys/kernel/modprobe
    : >/tmp/asked
    for subject in show streams iommus deferred faults doctor pins vfs domain metrics labels; do
        iommuctl $subject >/dev/null 2>&1
    done
    for subject in "$pci"/devices/*; do
        iommuctl status "${subject##*/}" >/dev/null 2>&1
    done
    echo "$before" >/proc/sys/kernel/modprobe
    equal "commands that read have the kernel load no module" "" "$(cat /tmp/asked)"
    # The note-taker works: nothing has this name.
    echo /tmp/helper >/proc/sys/kernel/modprobe
    mount -t no-such-system none /mnt 2>/dev/null
    echo "$before" >/proc/sys/kernel/modprobe
    check "and one that is asked for is noted" grep -q no-such-system /tmp/asked
}

compare "after boot"
loads_nothing
if [ $# -gt 0 ]; then
    modprobe -a vfio-pci vfio_iommu_type1
    echo vfio-pci >"$pci/devices/$1/driver_override"
    echo "$1" >"$pci/devices/$1/driver/unbind"
    echo "$1" >$pci/drivers_probe
    equal "vfio-pci has taken $1" vfio-pci "$(target "$pci/devices/$1/driver")"
    compare "with $1 on vfio-pci"
fi
if [ $# -gt 1 ]; then
    equal "$2 keeps the group from being viable" "$2 $(target "$pci/devices/$2/driver")" "$(blockers "$1")"
    echo "$2" >"$pci/devices/$2/driver/unbind"
    compare "without a driver for $2"
fi
[ $# -eq 0 ] || equal "the group is viable" "" "$(blockers "$1")"
finish
