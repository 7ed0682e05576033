#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# rebind-raced.sh COUNT - on intel-full: a file system is mounted while its disk is moved to vfio-pci, COUNT times at
# moments from the start of iommuctl to its end. Either the mount fails and the device moves, or the device stays and
# the file system is whole. Whole disks and partitions, NVMe, SATA and USB. Prints the times from the last reading of the
# uses to the write to "unbind", which the manual names.

# shellcheck source=../guest/in_use.sh
. in_use.sh

count=$1
mount_point=/mnt

# scsi_disk_of DEVICE - the node of the disk behind a SATA or USB controller
scsi_disk_of() {
    echo "/dev/$(basename "$(find "$(realpath "$pci/$1")/" -path '*/block/sd*' | head -n 1)")"
}

hundredths() {
    sed 's/^\([0-9]*\)\.\([0-9]*\).*/\1\2/' /proc/uptime
}

# start_trace - the kernel's times of the functions that begin a reading, read descriptors, and unbind
trace=/sys/kernel/tracing
start_trace() {
    local event list=proc_readfd
    grep -q " $list\$" /proc/kallsyms || list=proc_fd_iterate # the name in Linux 6.12
    mount -t tracefs tracefs $trace
    for event in began:uevent_seqnum_show looked:$list unbinding:unbind_store; do
        echo "p:${event%:*} ${event#*:}" >>$trace/kprobe_events
        echo 'comm == "iommuctl"' >"$trace/events/kprobes/${event%:*}/filter"
    done
    echo 1 >$trace/events/kprobes/enable
}

# note_windows - adds "FROM-THE-BEGINNING FROM-THE-END" of the last reading, in microseconds, for each unbind since the
# last call. A reading begins with the kernel's count of uevents (kernel/ksysfs.c), and reads the descriptors of all
# processes.
note_windows() {
    awk '/ began: / || / looked: / || / unbinding: / {
            for (i = 1; $i !~ /^[0-9]+\.[0-9]+:$/; i++);
            at = $i + 0
        }
        / began: / { begun = at }
        / looked: / { first = begun; last = at }
        / unbinding: / && last { printf "%d %d\n", (at - first) * 1000000, (at - last) * 1000000; last = 0 }
    ' $trace/trace >>/tmp/windows
    echo >$trace/trace
}

# windows COLUMN - "COUNT MEDIAN P99" of a column of /tmp/windows
windows() {
    awk -v column="$1" '{ print $column }' /tmp/windows | sort -n |
        awk '{ all[NR] = $1 } END { print NR, all[int((NR + 1) / 2)], all[int((NR * 99 + 99) / 100)] }'
}

# usable NODE - it is a disk again, after its driver has come back
usable() {
    local tries=0
    until dd if="$1" of=/dev/null bs=4k count=1 2>/dev/null; do
        usleep 20000
        tries=$((tries + 1))
        [ $tries -lt 500 ] || return 1
    done
}

# one_race DEVICE NODE MICROSECONDS - counts in $moved, $kept, $lost and $odd
one_race() {
    rm -f /tmp/mounted
    {
        usleep "$3"
        mount -t ext4 "$2" $mount_point 2>/dev/null && : >/tmp/mounted
    } &
    timeout 60 iommuctl rebind "$1" vfio-pci >/tmp/out 2>&1
    status=$?
    wait
    case $status in
    0) if [ -e /tmp/mounted ]; then lost=$((lost + 1)); else moved=$((moved + 1)); fi ;;
    3 | 4)
        if [ ! -e /tmp/mounted ]; then
            odd=$((odd + 1))
            tail -n 3 /tmp/out >&2
        elif echo "$3" >$mount_point/file && sync && [ "$(dmesg | grep -c 'EXT4-fs.*shut\|I/O error')" = "$errors" ]; then
            kept=$((kept + 1))
        else
            lost=$((lost + 1))
        fi
        ;;
    *)
        odd=$((odd + 1))
        echo "status $status" >&2
        tail -n 3 /tmp/out >&2
        ;;
    esac
    umount $mount_point 2>/dev/null
    [ $status = 3 ] || [ $status = 4 ] || iommuctl restore --all >/dev/null 2>&1
    usable "$2" || odd=$((odd + 1))
}

# race DEVICE NODE TIMES
race() {
    local start took n=0
    mke2fs -q -F -t ext4 "$2"
    iommuctl rebind "$1" vfio-pci >/dev/null 2>&1 # loads the modules
    iommuctl restore --all >/dev/null 2>&1
    usable "$2"
    start=$(hundredths)
    iommuctl rebind "$1" vfio-pci >/dev/null 2>&1
    took=$((($(hundredths) - start) * 10000))
    iommuctl restore --all >/dev/null 2>&1
    usable "$2"
    moved=0 kept=0 lost=0 odd=0
    errors=$(dmesg | grep -c 'EXT4-fs.*shut\|I/O error')
    while [ $n -lt "$3" ]; do
        one_race "$1" "$2" $((took * n * 3 / 2 / $3)) # a busy host makes some moves slower than the first
        note_windows
        n=$((n + 1))
    done
    echo "# $2: $3 races in $took us: $moved moved, $kept kept their file system, $lost lost it, $odd odd" >&2
    equal "$2: no file system is lost" "0 0" "$lost $odd"
    # Few races can all end the same way.
    [ "$3" -lt 10 ] || check "$2: some devices moved, and some stayed" [ "$moved" -gt 0 -a "$kept" -gt 0 ]
}

partition() {
    printf 'o\nn\np\n1\n\n\nw\n' | fdisk "$1" >/dev/null 2>&1
    eventually_is_block "$2"
}

eventually_is_block() {
    until [ -b "$1" ]; do usleep 10000; done
}

start_trace
disk=$(disk_of $nvme0)
race $nvme0 "$disk" $((count / 4))
partition "$disk" "${disk}p1"
race $nvme0 "${disk}p1" $((count / 2))
race $sata0 "$(scsi_disk_of $sata0)" $((count / 8))
race $xhci1 "$(scsi_disk_of $xhci1)" $((count / 8))
for column in 1 2; do
    windows $column | {
        read -r times median most
        echo "# the last reading $([ $column = 1 ] && echo begins || echo ends) before $times unbinds: half of them" \
            "within $median us, 99 of 100 within $most us" >&2
    }
done
check "each move was unbound after a last reading" [ "$(wc -l </tmp/windows)" -ge "$((count / 4))" ]
finish
