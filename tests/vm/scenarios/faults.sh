#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317  # $words in quotes are jq's
# faults.sh [no-address|journald] - QEMU's device edu makes DMA to addresses that are not mapped for it, and "faults" names it
#
# edu has no driver: its registers are written through /dev/mem (QEMU, docs/specs/edu.rst). no-address: the IOMMU loses
# the address, as that of QEMU's amd-iommu (hw/i386/amd_iommu.c: amdvi_setevent_bits). journald: at the end the kernel's
# ring loses the faults, and systemd's journald has them (vm -j).
#
# By kernel:
#   RISC-V    has no DMA domains (drivers/iommu/Kconfig: IOMMU_DMA): all DMA passes through the IOMMU, but that of a device
#             that was removed is blocked, and edu's registers still answer then

# shellcheck source=../guest/lib.sh
. lib.sh

# The first one: behind the bridge of these machines there is another, which has its requester ID.
for device in /sys/bus/pci/devices/*; do
    [ "$(cat "$device/vendor" "$device/device" | tr '\n' ' ')" = '0x1234 0x11e8 ' ] || continue
    [ -n "${edu-}" ] || edu=${device##*/}
done
check "the machine has an edu" [ -n "${edu-}" ] || finish
device=/sys/bus/pci/devices/$edu
# An IOMMU whose driver is a module gets a device when a driver is bound to it; edu has none of its own.
if [ ! -e "$device/iommu_group" ]; then
    modprobe pci-stub
    echo pci-stub >"$device/driver_override"
    echo "$edu" >/sys/bus/pci/drivers/pci-stub/bind
    echo "$edu" >/sys/bus/pci/drivers/pci-stub/unbind
    echo >"$device/driver_override"
fi
check "edu has a group" [ -e "$device/iommu_group" ] || finish
group=$(basename "$(readlink "$device/iommu_group")")

# Memory space and bus mastering: nothing else may make DMA.
echo 1 >"$device/enable"
printf '\006' | dd of="$device/config" bs=1 seek=4 conv=notrunc 2>/dev/null
read -r base rest <"$device/resource"

register() {
    busybox devmem $((base + $1)) 32 "$2"
}

# detach, attach - around DMA where the IOMMU lets that of a device pass
passes=''
[ "$(cat "$device/iommu_group/type")" != identity ] || passes=1
detach() {
    [ -z "$passes" ] || echo 1 >"$device/remove"
}
attach() {
    [ -n "$passes" ] || return 0
    echo 1 >/sys/bus/pci/rescan
    until [ -e "$device/iommu_group" ]; do usleep 10000; done
}

# dma SOURCE DESTINATION COMMAND - 64 bytes; COMMAND 1 reads memory, 3 writes it; edu's own buffer is at 0x40000
dma() {
    detach && register 0x80 "$1" && register 0x84 0 && register 0x88 "$2" && register 0x8c 0 &&
        register 0x90 64 && register 0x94 0 && register 0x98 "$3" && sleep 1 && attach
}

# Drivers log ten faults in five seconds (include/linux/ratelimit_types.h), and an IOMMU may report each word of a DMA.
pause() {
    sleep 6
}

# logged ADDRESS - what the log has in its place
logged() {
    [ -n "$no_address" ] && echo 0x0 || echo "$1"
}
no_address=''
[ "${1-}" != no-address ] || no_address=1

# start_journald - without systemd: its journal lies in /run, and it needs the machine's ID and a control group
start_journald() {
    echo 0123456789abcdef0123456789abcdef >/etc/machine-id
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p /run/log/journal
    systemd-journald &
    until journalctl -q -k -n 1 2>/dev/null | grep -q .; do usleep 100000; done
}
[ "${1-}" != journald ] || start_journald

iommuctl faults --exit-code >/tmp/before
equal "there is no fault yet" 0 $?
check "edu reads from an address that is not mapped" dma 0x2345000 0x40000 1
pause
check "edu writes to one" dma 0x40000 0x2346000 3
iommuctl faults -J "$edu" >/tmp/faults.json
faults() {
    jq -Mce --arg edu "$edu" --argjson group "$group" "$1" /tmp/faults.json
}
check "the faults are those of edu, in its group, which has no driver" faults \
    '.faults | length > 0 and all(.[]; .device == $edu and .group == $group and .driver == null)' >/dev/null
# virtio-iommu reports no access where QEMU gives none, and then both are one entry.
check "the read has its address" faults "any(.faults[]; .lowest == \"$(logged 0x2345000)\")" >/dev/null
check "the write too" faults "any(.faults[]; .highest >= \"$(logged 0x2346000)\")" >/dev/null
check "they say that it has no driver" faults \
    'any(.findings[]; .code == "fault_translation" or .code == "fault_no_stream")' >/dev/null
iommuctl faults --exit-code "$edu" >/dev/null
equal "they are something to report" 8 $?
equal "the stream is a fact now" no "$(iommuctl streams -n -r -o derived "$edu")"
dmesg -r >/tmp/log
equal "the log in a file says the same" "$(iommuctl faults -n -r -o device,address,count)" \
    "$(iommuctl faults --log /tmp/log -n -r -o device,address,count)"

# Without an address they cannot be told from those before.
[ -z "$no_address" ] || finish
# New faults are printed one by one. On a busy host the first may come before the command has read the devices.
timeout 120 iommuctl faults --follow -J "$edu" >/tmp/followed 2>/tmp/lost &
follow=$!
# "watch" has the same ones as events.
timeout 240 iommuctl watch -q -J "$edu" >/tmp/watched &
watch=$!
for _ in 1 2 3 4 5 6; do
    pause
    dma 0x2347000 0x40000 1
    ! grep -q 0x2347 /tmp/followed || ! grep -q 0x2347 /tmp/watched || break
done
# Records that the ring loses before they are read are counted: the reader stands still meanwhile.
[ "${1-}" = journald ] || {
    echo N >/sys/module/printk/parameters/ignore_loglevel # the console is slow
    echo on >/proc/sys/kernel/printk_devkmsg              # else all but ten lines in five seconds are dropped
    kill -STOP $follow $watch
    records=0
    first=$(dmesg -r | head -n 1)
    while dmesg -r | grep -qF "$first" && [ $records -lt 40000 ]; do
        for line in $(seq 500); do
            echo "<6>filler $line of a line that is as long as those of the kernel often are" >/dev/kmsg
        done
        records=$((records + 500))
    done
    for line in $(seq $records); do
        echo "<6>filler $line of a line that is as long as those of the kernel often are" >/dev/kmsg
    done
    kill -CONT $follow $watch
    for _ in $(seq 50); do
        ! grep -q 'has overwritten [1-9][0-9]* records of its log before they were read' /tmp/lost ||
            ! grep -q '"kind":"log_lost"' /tmp/watched || break
        usleep 200000
    done
    check "records that were overwritten before they were read are told" \
        grep -q 'has overwritten [1-9][0-9]* records of its log before they were read' /tmp/lost
    check "watch has an event about them" grep -q '"kind":"log_lost","subject":null' /tmp/watched
}
kill $follow $watch
equal "watch has an event about it" "$edu true" "$(jq -Mr 'select(.kind == "fault") | "\(.device) \(.message | contains("0x2347"))"' /tmp/watched | sort -u | tail -n 1)"
equal "a fault to come is an object on a line of its own" "$edu" \
    "$(jq -Mrc 'select(.address >= "0x2347000") | .device' /tmp/followed | sort -u)"
[ "${1-}" = journald ] || finish

# table - what "faults" prints, but for the times
table() {
    iommuctl faults -n -r -o device,kind,address,count
}

# sources - the states of those that faults come from
sources() {
    iommuctl faults -J | jq -Mr '.sources[] | select(.name == "log" or .name == "journald") | "\(.name) \(.state)"'
}

# overwrite_ring - lines of a process in place of all that the kernel has logged. journald reads the ring in between: it
# can miss records too.
overwrite_ring() {
    local n=0
    echo N >/sys/module/printk/parameters/ignore_loglevel # the console is slow
    echo on >/proc/sys/kernel/printk_devkmsg              # else all but ten lines in five seconds are dropped
    while dmesg | grep -q "$edu\|${edu#*:}"; do
        n=$((n + 1))
        for line in $(seq 200); do
            echo "<6>filler $n $line of a line that is as long as those of the kernel often are" >/dev/kmsg
        done
        until journalctl -q -k -n 300 --output=cat | grep -q "filler $n 200 "; do usleep 100000; done
    done
}

echo "# the ring loses the faults" >&2
all=$(table)
equal "a ring that has all needs no journald" "log read" "$(sources)"
# A process can write lines as the kernel does: they have another facility, in the ring and in the journal.
echo "<3>DMAR: [DMA Read NO_PASID] Request device [00:1f.0] fault addr 0x5000 [fault reason 0x06] PTE Read access is not set" \
    >/dev/kmsg
overwrite_ring
equal "the faults are those that journald has" "$all" "$(table)"
equal "both are read in full" "journald read
log read" "$(sources | sort)"
check "a new one is in the ring" dma 0x2349000 0x40000 1
pause
equal "and is added to those of the journal" "0x2345000 0x2349000" \
    "$(iommuctl faults -J "$edu" | jq -Mr '"\([.faults[].lowest] | min) \([.faults[].highest] | max)"')"
mv /usr/bin/journalctl /usr/bin/journalctl.away
equal "without journalctl it is unknown whether there were more" 13 "$(iommuctl faults --exit-code 0000:00:1f.0 >/dev/null 2>&1; echo $?)"
equal "as the sources say" "journald absent
log partial" "$(sources | sort)"
finish
