#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2317  # $words in quotes are jq's; storm calls functions
# watch-storm.sh DEVICE PORT - on a machine with an igb, "watch" under storms of events: DEVICE changes its driver, cards come
# and go at the root port PORT, and virtual functions are made and removed. Its socket has room for two or three events, so
# the kernel drops most of them, as the events "lost" show; yet the first snapshot and the events are the last snapshot, in each
# fact that an event tells.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

device=$1 port=$2
pci=/sys/bus/pci
modprobe -a vfio-pci e1000e igbvf
native=$(driver "$device")
pf=$(basename "$(ls -d $pci/drivers/igb/0000:*)")
facts='"driver", "driver_override", "state", "dma", "hand_over"'

# replayed - what the reader of the events knows: facts of devices, and members and types of groups
replayed() {
    jq -n -S 'def group: "group " + .before; reduce inputs as $e ({devices: {}, groups: {}};
        if $e.kind == "device_gone" then del(.devices[$e.before])
        elif $e.kind == "device_came" then .devices[$e.after] = {}
        elif $e.kind | IN('"$facts"') then .devices[$e.device][$e.kind] = $e.after
        elif $e.kind == "group_gone" then del(.groups[$e.subject])
        elif $e.kind == "renumbered" then .groups[$e.subject] = .groups[$e | group] | del(.groups[$e | group])
        elif $e.kind == "group_came" or $e.kind == "members" then .groups[$e.subject].members = $e.after
        elif $e.kind == "type" then .groups[$e.subject].type = $e.after
        else . end)
        | .devices[] |= with_entries(select(.value != null))' /tmp/events
}

# present - the same of the machine now
present() {
    iommuctl show -J -v | jq -S '{
        devices: [.devices[] | {key: .name, value: ({driver, driver_override, state, dma,
            hand_over: (if .hand_over.verdict == "given" and .hand_over.why then "unusable" else .hand_over.verdict end)}
            | with_entries(select(.value != null and .value != "unknown")))}] | from_entries,
        groups: [.groups[] | {key: "group \(.id)", value: {members: (.devices | sort | join(",")), type}}] | from_entries}'
}

# agrees - waits until both are the same: the types and overrides that send no event are read at intervals
agrees() {
    replayed >/tmp/replayed 2>/tmp/words && present >/tmp/present && cmp -s /tmp/replayed /tmp/present
}

# settled SENTENCE
settled() {
    local tries=0
    until agrees || [ $tries = 60 ]; do
        tries=$((tries + 1))
        sleep 1
    done
    check "$1" agrees || diff /tmp/replayed /tmp/present >&2
}

losses() {
    grep -c '"kind":"lost"' /tmp/events
}

iommuctl watch -q -J --initial >/tmp/events &
watcher=$!
until [ -s /tmp/events ]; do usleep 100000; done
first=$(($(cut -d' ' -f1 "/proc/$watcher/schedstat") / 1000000))
settled "the first snapshot is what is there"
equal "its socket is made small" 1 "$(small-socket $watcher)"
equal "nothing is lost yet" 0 "$(losses)"

# storm SENTENCE FUNCTION - runs it four times, twice while watch stands still
storm() {
    local before round
    before=$(losses)
    for round in 1 2 3 4; do
        [ $((round % 2)) = 0 ] || kill -STOP $watcher
        "$2" "$round"
        kill -CONT $watcher
        sleep 1
    done
    settled "$1: the events lead to what is there"
    check "- and the kernel has dropped some" [ "$(losses)" -gt "$before" ]
}

rebinds() {
    for _ in $(seq 20); do
        echo "$device" >"$pci/drivers/$native/unbind"
        echo "$device" >"$pci/drivers/$native/bind"
    done
    iommuctl rebind -q "$device" vfio-pci >/dev/null
    [ "$1" = 4 ] || iommuctl restore -q "$device" >/dev/null
}

plugs() {
    hmp device_add "e1000e,id=late$1,bus=$port"
    eventually test -e "$pci/devices/$late/driver"
    [ "$1" = 4 ] && return
    hmp device_del "late$1"
    eventually test ! -e "$pci/devices/$late"
}
late=$(ls "$pci/devices/0000:00:07.0/pci_bus"):00.0

functions() {
    echo 0 >"$(where "$pf")/sriov_numvfs"
    echo 4 >"$(where "$pf")/sriov_numvfs"
    echo 0 >"$(where "$pf")/sriov_numvfs"
    [ "$1" != 4 ] || echo 3 >"$(where "$pf")/sriov_numvfs"
}

storm "rebinds" rebinds
storm "hot-plug" plugs
storm "virtual functions" functions
storm "virtual functions that go" functions
for i in 0 1 2; do
    check "function $i is there in the end" jq -e --arg name "$(target "$(where "$pf")/virtfn$i")" '.devices[$name]' /tmp/replayed >/tmp/out
done
equal "every line is an object with its number" "$(wc -l </tmp/events)" "$(jq -s 'map(.sequence) | unique | length' /tmp/events)"
echo "# $(losses) losses in $(wc -l </tmp/events) events" >&2

# Waiting costs a thousandth of a processor, and a look where it is due, also where the kernel logs lines.
used() {
    cut -d' ' -f1 "/proc/$watcher/schedstat"
}
before=$(used)
for second in $(seq 12); do
    echo "<6>line $second" >/dev/kmsg
    sleep 5
done
cost=$((($(used) - before) / 1000000))
echo "# $cost ms in a minute; the first look took $first ms" >&2
check "a minute of waiting costs a thousandth, and the time of two looks" [ $cost -le $((60 + 2 * first)) ]
kill $watcher
finish
