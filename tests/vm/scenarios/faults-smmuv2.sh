#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2017,SC2317  # reached through check
# faults-smmuv2.sh - the lines of the kernel's driver about faults of an SMMUv2, and what "faults" makes of them
#
# QEMU has no SMMUv2: this one is memory (machines.sh). The script writes the registers of a fault there and makes the
# interrupt pending, so the driver reports faults that no device made. It needs iomem=relaxed.
# Registers: Arm IHI 0062 (SMMU), IHI 0069 (GICD_ISPENDR); interrupts: devicetree/arm-smmuv2.dts.

# shellcheck source=../guest/lib.sh
. lib.sh

smmu=$((0x5f000000)) global=152 # the first interrupt, 32 + 120; those of the contexts follow
pending() {
    busybox devmem $((0x08000200 + $1 / 32 * 4)) 32 $((1 << ($1 % 32))) && usleep 300000
}
# context_fault CONTEXT FSR FAR FSYNR0 STREAM
context_fault() {
    local bank=$((smmu + 0x10000 + $1 * 0x1000))
    busybox devmem $((smmu + 0x1400 + $1 * 4)) 32 "$5" && busybox devmem $((bank + 0x60)) 64 "$3" &&
        busybox devmem $((bank + 0x68)) 32 "$4" && busybox devmem $((bank + 0x58)) 32 "$2" && pending $((global + 1 + $1))
}
# global_fault GFSR GFSYNR0 GFSYNR1
global_fault() {
    busybox devmem $((smmu + 0x50)) 32 "$2" && busybox devmem $((smmu + 0x54)) 32 "$3" &&
        busybox devmem $((smmu + 0x48)) 32 "$1" && pending "$global"
}

iommuctl faults --exit-code >/tmp/before
equal "there is no fault yet" 0 $?
check "a write to an address that is not mapped" context_fault 0 0x402 0xfffe1000 0x11 0x23
check "a read without permission, of a stream of three devices" context_fault 1 0x408 0xfffe2000 0x1 0x22
check "a stream that no device has" global_fault 0x2 0x2 0x770077
check "an invalid entry" global_fault 0x80000004 0x2 0x770077
iommuctl faults -J >/tmp/faults.json
fault() {
    jq -Me "any(.faults[]; $1)" /tmp/faults.json >/dev/null
}
check "the first is of its device" fault \
    '.kind == "translation" and .access == "write" and .address == "0xfffe1000" and .device == "a000600.virtio_mmio"'
check "the second is of one of three" fault \
    '.kind == "permission" and .access == "read" and .device == null and (.devices | length) == 3'
check "the third names its stream" fault '.kind == "no_stream" and .stream == 119 and .devices == []'
check "the last is about the tables" fault '.kind == "tables"'
equal "all have the SMMU" 'smmu.0x000000005f000000' "$(jq -Mr '[.faults[].iommu] | unique[]' /tmp/faults.json)"
equal "the stream of the first is a fact now, and no other" "0x23 no
0x24 yes" "$(iommuctl streams -n -r -o id,derived a000600.virtio_mmio)"
dmesg -r >/tmp/log
equal "the log in a file says the same" "$(iommuctl faults -n -r -o device,kind,address,count)" \
    "$(iommuctl faults --log /tmp/log -n -r -o device,kind,address,count)"
finish
