#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# blind.sh - a check that cannot read its sources does not pass
#
# By kernel:
#   5.10   links of /proc/PID/ns read as empty without the right to trace the process; later ones fail

# shellcheck source=../../guest/in_use.sh
. in_use.sh

# unseen SENTENCE IDS COMMAND… - COMMAND runs a shell command in which check refuses, because it is unknown
# whether IDS hold
unseen() {
    local sentence=$1 ids=$2 id
    shift 2
    device=$nvme0
    "$@" "iommuctl check -J $nvme0 vfio-pci" >/tmp/check.json 2>/tmp/words
    equal "$sentence: check refuses" 3 $?
    for id in $ids; do
        check "it is unknown: $id" expr " $(refusing) " : ".* $id:unknown " >/dev/null
    done
    equal "and claims nothing" "" "$(refusing | tr ' ' '\n' | grep -v :unknown)"
    "$@" "iommuctl check -q $nvme0 vfio-pci --waive node-open" >/dev/null 2>&1
    equal "waived by name it refuses still" 3 $?
}

as_nobody() {
    su nobody -s /bin/sh -c "$1"
}

without_proc() {
    unshare -m sh -c "umount /proc && $1"
}

in_pid_namespace() {
    unshare -m -p -f sh -c "mount -t proc proc /proc && $1"
}

unseen "a user without rights" "mounted node-open" as_nobody
mount -o remount,hidepid=2 /proc
unseen "a user from whom /proc hides other processes" "mounted node-open" as_nobody
passes "root sees all processes" $nvme0
mount -o remount,hidepid=0 /proc
# Nothing at all is told without /proc, and so nothing is claimed.
without_proc "iommuctl check -J $nvme0 vfio-pci" >/tmp/check.json 2>/tmp/words
equal "without /proc: check fails" 1 $?
check "and says what to mount" grep -q "mount -t proc" /tmp/words
equal "and has no checks" 0 "$(jq '.checks | length' /tmp/check.json)"
device=$nvme0
in_pid_namespace "iommuctl check -J $nvme0 vfio-pci" >/tmp/check.json 2>/tmp/words
equal "in a PID namespace: check refuses" 3 $?
equal "because of that" container "$(refusing)"
finish
