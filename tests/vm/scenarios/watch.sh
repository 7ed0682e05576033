#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# watch.sh DEVICE PORT - what "watch" prints while DEVICE changes its driver and a device comes and goes at the root port
# PORT, also while watch is stopped: the events alone lead to what is there at the end

# shellcheck source=../guest/lib.sh
. lib.sh

device=$1 port=$2
pci=/sys/bus/pci
driver=$(basename "$(readlink "$pci/devices/$device/driver")")
modprobe -a vfio-pci e1000e

# what the reader of the events knows of drivers, overrides and members
replayed() {
    jq -n -S 'reduce inputs as $e ({devices: {}, groups: {}};
        if $e.kind == "device_gone" then del(.devices[$e.before])
        elif $e.kind == "device_came" then .devices[$e.after] = {driver: null, driver_override: null}
        elif $e.kind == "driver" or $e.kind == "driver_override" then .devices[$e.device][$e.kind] = $e.after
        elif $e.kind == "group_gone" then del(.groups[$e.subject])
        elif $e.kind == "renumbered" then .groups[$e.subject] = .groups["group " + $e.before] | del(.groups["group " + $e.before])
        elif $e.kind == "group_came" or $e.kind == "members" then .groups[$e.subject] = $e.after
        else . end)' /tmp/events
}

# the same of the machine now
present() {
    iommuctl show -J | jq -S '{devices: [.devices[] | {key: .name, value: {driver, driver_override}}] | from_entries,
        groups: [.groups[] | {key: "group \(.id)", value: (.devices | sort | join(","))}] | from_entries}'
}

iommuctl watch -J --initial >/tmp/events 2>/tmp/words &
watcher=$!
for _ in $(seq 50); do
    [ -s /tmp/events ] && grep -q "$device" /tmp/events && break
    sleep 0.2
done
check "it begins with what is there" grep -q "\"after\":\"$driver\"" /tmp/events
check "it says what sends no event" grep -q "send no event: they are read every" /tmp/words

iommuctl rebind -q "$device" vfio-pci >/dev/null
sleep 5
equal "our own transaction is named" "rebind 1" \
    "$(jq -r "select(.kind == \"driver\" and .device == \"$device\" and .after == \"vfio-pci\") | .by" /tmp/events)"
iommuctl restore -q "$device" >/dev/null

for round in 1 2 3; do
    kill -STOP $watcher
    for _ in $(seq 30); do
        echo "$device" >"$pci/drivers/$driver/unbind"
        echo "$device" >"$pci/drivers/$driver/bind"
    done
    hmp device_add e1000e,id=late$round,bus="$port"
    sleep 2
    kill -CONT $watcher
    sleep 2
    hmp device_del late$round
    sleep $round
done
echo "$device" >"$pci/drivers/$driver/unbind"
sleep 8
kill $watcher
wait $watcher 2>/dev/null
check "devices came" grep -q '"kind":"device_came","subject":"0000:[0-9a-f:.]*","device"' /tmp/events
check "and went" grep -q '"kind":"device_gone"' /tmp/events
equal "every line is an object with its number" "$(wc -l </tmp/events)" "$(jq -s 'map(.sequence) | unique | length' /tmp/events)"
replayed >/tmp/replayed
present >/tmp/present
check "the first snapshot and the events are the last snapshot" cmp /tmp/replayed /tmp/present || diff /tmp/replayed /tmp/present >&2
check "it is about something" [ "$(jq '.devices | length' /tmp/present)" -gt 10 ]

equal "so many events end it" 2 "$(iommuctl watch -q --initial --count 2 | wc -l)"
iommuctl watch -q --timeout 1 "$device"
equal "and so does the time" 7 $?
iommuctl watch -q --initial 2>/tmp/words | head -n 1 >/dev/null
check "a closed pipe is no error" [ ! -s /tmp/words ]
finish
