#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317  # $words in quotes are jq's; check calls finding
# streams.sh [v2|v3|disjoint] - compares "streams" with IDs that are computed here and with the kernel's state
#
# On these machines firmware maps requester IDs to themselves; platform devices have the IDs of devicetree/*.dts.
# The platform devices are those of devicetree/arm-smmuv2, arm-smmuv3 or arm-smmuv3-disjoint.

# shellcheck source=../guest/lib.sh
. lib.sh

pci=/sys/bus/pci/devices
platform=/sys/bus/platform/devices
iommuctl streams -J >/tmp/streams.json

# ids DEVICE - all its IDs with their masks, in hexadecimal
ids() {
    iommuctl streams -n -r -o device,id | sed -n "s/^$1 //p" | tr '\n' ' '
}

dma() {
    iommuctl show -n -r -o dma,streams "$1" | cut -d' ' -f1
}

# finding CODE DEVICE [DEVICE] - there is one about these
finding() {
    jq -Me --arg code "$1" --arg one "$2" --arg two "${3-}" 'any(.findings[];
        .code == $code and (.subject + .message | contains($one) and contains($two)))' /tmp/streams.json >/dev/null
}

group() {
    readlink "$1/iommu_group" || echo none
}

# PCI: the own requester ID, and behind the PCIe-to-PCI bridge that of its secondary bus.
for device in "$pci"/*; do
    name=${device##*/}
    [ -e "$device/iommu_group" ] || continue
    bus=$(echo "$name" | cut -d: -f2)
    slot=$(echo "$name" | cut -d: -f3)
    own=$(printf '0x%x ' $((0x$bus * 256 + 0x${slot%.*} * 8 + ${slot#*.})))
    alias=$(printf '0x%x ' $((0x$bus * 256)))
    if [ -e "$device/max_link_speed" ] || [ "$bus" = 00 ]; then
        equal "IDs of $name" "$own" "$(ids "$name")"
    elif [ -e /sys/class/iommu/ivhd0 ]; then # AMD's table says the alias at once
        equal "IDs of $name" "$alias" "$(ids "$name")"
    else
        equal "IDs of $name" "$own$alias" "$(ids "$name")"
    fi
    unit=$(basename "$(readlink "$device/iommu")")
    equal "IOMMU of $name" "$unit" "$(iommuctl streams -n -r -o device,iommu | sed -n "s/^$name //p" | sort -u)"
done

case ${1-} in
disjoint)
    equal "an ID" "0x21 " "$(ids a000000.virtio_mmio)"
    equal "two IDs" "0x23 0x24 " "$(ids a000600.virtio_mmio)"
    equal "no stream has two devices" '[]' "$(jq -Mc '[.findings[].code | select(startswith("stream"))]' /tmp/streams.json)"
    ;;
v3)
    equal "an ID" "0x21 " "$(ids a000000.virtio_mmio)"
    equal "two IDs" "0x23 0x24 " "$(ids a000600.virtio_mmio)"
    for pair in "a000200 a000400" "a000600 a000800"; do
        one=${pair% *}.virtio_mmio two=${pair#* }.virtio_mmio
        equal "the kernel refuses $two" none "$(group "$platform/$two")"
        equal "so it runs in the address space of $one" shared_stream "$(dma "$two")"
        check "which streams says" finding stream_taken "$two" "$one"
    done
    check "a platform ID that a PCI device has too" finding stream_taken 0000:01:00.0 a000a00.virtio_mmio
    equal "an ID of the log leads to its devices" "a000200.virtio_mmio a000400.virtio_mmio " \
        "$(iommuctl show -n -r -o name stream:0x22 | tr '\n' ' ')"
    ;;
v2) # up to 6.14 each device that the SMMU rejects is lost; since 6.15 the first of them takes the SMMU down
    equal "an ID with a mask" "0x30/0xf " "$(ids a000a00.virtio_mmio)"
    for pair in "a000200 a000400" "a000600 a000800" "a000a00 a000c00"; do
        one=${pair% *}.virtio_mmio two=${pair#* }.virtio_mmio
        equal "$one and $two are in one group" "$(group "$platform/$one")" "$(group "$platform/$two")"
        check "as streams says" finding stream_shared "$one" "$two"
    done
    equal "the kernel locks out a partial overlap" none "$(group "$platform/a000e00.virtio_mmio")"
    check "which streams says" finding stream_overlap a000a00.virtio_mmio a000e00.virtio_mmio
    equal "and a device of two groups" none "$(group "$platform/a001000.virtio_mmio")"
    if since 6.15; then
        check "it shares streams with both" finding stream_shared a000000.virtio_mmio a001000.virtio_mmio
        equal "no device has a group" none "$(group "$platform/a000000.virtio_mmio")"
        finish
    fi
    equal "it lost its IOMMU" lost "$(dma a000e00.virtio_mmio)"
    check "which streams says too" finding stream_split a001000.virtio_mmio
    equal "entries by the log" 32 "$(iommuctl iommus -J | jq -M '.iommus[0].capacity.stream_entries')"
    ;;
esac

# On the wire: the IDs that the kernel takes from firmware when it adds a device.
nvme=$(basename "$(readlink -f /sys/class/nvme/nvme0/device)")
if [ "$(uname -m)" = aarch64 ] && [ -e "$pci/$nvme/iommu_group" ]; then
    trace=/sys/kernel/tracing
    mount -t tracefs tracefs $trace
    expected=$(ids "$nvme")
    echo 'p:taken iommu_fwspec_add_ids id=+0(%x1):x32' >$trace/kprobe_events
    echo 1 >$trace/events/kprobes/taken/enable
    echo 1 >"$pci/$nvme/remove"
    echo 1 >/sys/bus/pci/rescan
    until [ -e "$pci/$nvme/iommu_group" ]; do usleep 10000; done
    echo 0 >$trace/events/kprobes/taken/enable
    check "the kernel itself takes ${expected% } for $nvme" grep -q "id=${expected% }\$" $trace/trace
fi
finish
