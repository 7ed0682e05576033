#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's, or at-record's
# rebind-broken.sh PORT PLACE - on machines with pcie_tree, iommuctl is killed, interrupted, hindered, or has a device taken
# away, at each moment of a change: each time the devices end as they were or as they were to be, and nothing is forgotten.
# PORT is an empty port; a device that is plugged in there has the name PLACE.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

port=$1 place=$2
pci=/sys/bus/pci
nic=0000:01:00.0 nvme=0000:02:00.0

both() {
    state $nic $nvme
}

# settle - finishes an unfinished transaction, and restores the state at the start
settle() {
    iommuctl recover >/dev/null 2>&1
    iommuctl restore --all >/dev/null 2>&1
}

# hundredths - of seconds since boot
hundredths() {
    sed 's/^\([0-9]*\)\.\([0-9]*\).*/\1\2/' /proc/uptime
}

modprobe -a vfio-pci vfio_iommu_type1
old=$(both)
groups_before=$(groups)
exits 0 "two devices move when nothing is in their way" rebind -J $nic $nvme vfio-pci
new=$(both)
steps=$(json '.plan.steps | length')
settle
equal "and come back" "$old" "$(both)"

# recovered WHEN - after an iommuctl was killed; counts in $work how often recover had some
recovered() {
    local word="done" tries=0
    run rebind -J $nic $nvme vfio-pci
    while [ $status = 10 ] && [ $tries -lt 100 ]; do # the last write of the dead one is still on its way
        usleep 50000
        run rebind -J $nic $nvme vfio-pci
        tries=$((tries + 1))
    done
    if [ $status = 11 ]; then
        work=$((work + 1))
        equal "$1, recover is asked for" recover_first "$(json .error.code)"
        exits 0 "recover" recover -J
        word=$(json .result.outcome)
    else
        came_to 0 "$1, nothing is left to recover" "the same rebind"
    fi
    case $word in
    rolled_back) equal "$1, all is as it was" "$old" "$(both)" ;;
    *) equal "$1, all is done" "done $new" "$word $(both)" ;;
    esac
    settle
    equal "$1, and can be restored" "$old" "$(both)"
}

echo "# killed at each record of the journal"
work=0 n=0
while [ $n -lt "$steps" ]; do
    for record in "begin $n" "done $n"; do
        at "it is killed" 137 "$record" 'kill -9 $tool' rebind $nic $nvme vfio-pci
        recovered "killed at $record"
    done
    n=$((n + 1))
done
equal "each kill left work to recover" $((2 * steps)) $work

echo "# killed, and recover too"
at "it is killed" 137 "done 3" 'kill -9 $tool' rebind $nic $nvme vfio-pci
at "recover is killed" 137 "undo_begin 1" 'kill -9 $tool' recover
run doctor -J
equal "doctor names the unfinished work" "alarm iommuctl recover" \
    "$(json '.findings[] | select(.code == "transaction_unfinished") | .severity, .remedy' | tr '\n' ' ' | sed 's/ $//')"
recovered "killed twice"
run doctor -J
equal "and no longer once it is recovered" 0 "$(json '[.findings[] | select(.code == "transaction_unfinished")] | length')"

echo "# killed after some time"
# The least of three: what a busy host adds is not the tool's time.
took=100000
for _ in 1 2 3; do
    start=$(hundredths)
    iommuctl rebind $nic $nvme vfio-pci >/dev/null
    this=$(($(hundredths) - start))
    [ $this -ge $took ] || took=$this
    settle
done
work=0 n=0
while [ $n -lt 8 ]; do
    iommuctl rebind $nic $nvme vfio-pci >/dev/null 2>&1 &
    usleep $((took * n * 10000 / 8))
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    recovered "killed after $n eighths of $took/100 s"
    n=$((n + 1))
done
check "recover had work ($work times)" [ $work -gt 0 ]
equal "all groups are what they were" "$groups_before" "$(groups)"

echo "# signals"
for moment in "INT begin 0" "TERM done 2" "INT begin 4"; do
    signal=${moment%% *} record=${moment#* }
    at "SIG$signal" 4 "$record" "kill -$signal \$tool" rebind -J $nic $nvme vfio-pci
    equal "rolls back" rolled_back "$(json .result.outcome)"
    equal "- all is as it was" "$old" "$(both)"
done
exits 0 "nothing is unfinished" rebind $nic $nvme vfio-pci
settle
at "SIGHUP does no harm" 0 "done 1" 'kill -HUP $tool' rebind -J $nic $nvme vfio-pci
equal "- all is done" "$new" "$(both)"
settle
at "nor does SIGPIPE" 0 "done 1" 'kill -PIPE $tool' rebind -J $nic $nvme vfio-pci
equal "- all is done" "$new" "$(both)"
settle
at "nor does SIGTSTP, which Ctrl+Z sends" 0 "done 1" 'kill -TSTP $tool' rebind -J $nic $nvme vfio-pci
equal "- all is done" "$new" "$(both)"
settle
at "SIGSTOP stops it, with the lock" 0 "done 1" \
    'kill -STOP $tool; iommuctl recover -J --timeout 1 >/tmp/second; echo $? $tool >/tmp/second.status; kill -CONT $tool' \
    rebind -J $nic $nvme vfio-pci
equal "nobody else changes the machine meanwhile" 10 "$(cut -d' ' -f1 /tmp/second.status)"
equal "- all is done after SIGCONT" "$new" "$(both)"
settle
iommuctl rebind $nic $nvme vfio-pci >&- 2>&-
equal "nor does a closed output: all is done" "$new" "$(both)"
settle
{ iommuctl rebind $nic $nvme vfio-pci 2>&1; echo $? >/tmp/status; } | true
equal "nor one that nobody reads: all is done" "$new" "$(both)"
equal "with 0, or 1 for what it could not say" true "$(jq '. == 0 or . == 1' /tmp/status)"
settle

echo "# two at once"
at "the first" 0 "done 1" 'iommuctl restore -J --all >/tmp/second; echo $? $tool >/tmp/second.status' \
    rebind $nic $nvme vfio-pci
equal "the second gives up" 10 "$(cut -d' ' -f1 /tmp/second.status)"
check "and names the first" jq -e --arg pid "$(cut -d' ' -f2 /tmp/second.status)" \
    '.error.code == "locked" and (.error.message | contains($pid))' /tmp/second >/dev/null
equal "what the first does is done" "$new" "$(both)"
settle
at "the first" 0 "done 1" 'unshare -m sh -c "mount -t tmpfs run /run && iommuctl restore -J --all" >/tmp/second; echo $? $tool >/tmp/second.status' \
    rebind $nic $nvme vfio-pci
equal "with a /run of its own, the second gives up too" 10 "$(cut -d' ' -f1 /tmp/second.status)"
check "and names the first" jq -e --arg pid "$(cut -d' ' -f2 /tmp/second.status)" \
    '.error.code == "locked" and (.error.message | contains($pid))' /tmp/second >/dev/null
equal "what the first does is done" "$new" "$(both)"
settle
at "the first" 0 "done 1" 'unshare -m -n sh -c "mount -t tmpfs run /run && mount -t sysfs sys /sys && iommuctl restore -J --all" >/tmp/second; echo $? $tool >/tmp/second.status' \
    rebind $nic $nvme vfio-pci
equal "with a network namespace of its own too, the second gives up" 10 "$(cut -d' ' -f1 /tmp/second.status)"
check "and names the first" jq -e --arg pid "$(cut -d' ' -f2 /tmp/second.status)" \
    '.error.code == "locked" and (.error.message | contains($pid))' /tmp/second >/dev/null
equal "what the first does is done" "$new" "$(both)"
settle

echo "# a VFIO user that comes after the check"
exits 0 "the NIC goes to vfio-pci" rebind $nic vfio-pci
at "the look before the unbind sees it" 4 "begin 0" '. lib.sh; . devices.sh; hold 0000:01:00.0' \
    rebind -J --timeout 2 $nic e1000e
equal "it says so" "rolled_back rolled_back" "$(json '"\(.error.code) \(.result.outcome)"')"
check "and names what has it" jq -e --arg pid "$(user)" '.error | tostring | contains($pid) and contains("vfio-user")' \
    /tmp/out >/dev/null
release
settle

echo "# a VFIO user that comes before the way back"
at "the unbind hangs: iommuctl gives up" 5 "done 2" '. lib.sh; . devices.sh; hold 0000:01:00.0; kill -INT $tool' \
    rebind -J --timeout 2 $nic vfio-pci
equal "it says so" "unfinished unfinished" "$(json '"\(.error.code) \(.result.outcome)"')"
check "and names who has it" jq -e --arg pid "$(user)" '.error | tostring | contains($pid) and contains("vfio-user")' \
    /tmp/out >/dev/null
exits 10 "nobody else writes meanwhile" rebind -J $nvme vfio-pci
exits 10 "recover waits for it, not for ever" recover -J --timeout 1
check "reading goes on" iommuctl show >/dev/null
release
exits 0 "when the user has let go, recover succeeds" recover -J
equal "and undoes the change" "rolled_back $old" "$(json .result.outcome) $(both)"
settle
equal "all can be restored" "$old" "$(both)"

# plug DEVICE - into the empty port
plug() {
    hmp device_add "$1,id=late,bus=$port"
    eventually test -e "$pci/devices/$place/driver"
}

unplug='hmp device_del late; while [ -e /sys/bus/pci/devices/'$place' ]; do usleep 20000; done'

echo "# a device is unplugged"
for record in "done 1" "begin 3" "begin 5" "done 5"; do
    plug e1000e
    at-record "$record" "$unplug" iommuctl rebind $nic "$place" vfio-pci >/tmp/out 2>/tmp/err
    status=$?
    came_to 4 "at $record, it fails" "rebind $nic $place"
    check "and says that the device is gone" grep -q "^$place is gone" /tmp/out /tmp/err
    exits 0 "recover" recover
    equal "the other device is as it was" "$old" "$(both)"
    exits 0 "and can be moved" rebind $nic vfio-pci
    exits 0 "and restored" restore --all
done
plug e1000e
exits 0 "a device moves" rebind "$place" vfio-pci
sh -c "$unplug"
exits 0 "it is unplugged: restore --all forgets it" restore --all
check "and says so" grep -q "$place" /tmp/out /tmp/err
plug e1000e
exits 0 "a device moves" rebind "$place" vfio-pci
sh -c "$unplug"
plug virtio-net-pci
other=$(state "$place")
exits 0 "another one is in its place: restore" restore "$place"
check "forgets it, and says so" grep -q "$place" /tmp/out /tmp/err
equal "and leaves the other alone" "$other" "$(state "$place")"

echo "# a driver that does not take the device"
exits 4 "virtio-pci wants none like it" rebind -J --waive driver-match $nic virtio-pci
equal "the document says so" "rolled_back rolled_back" "$(json '"\(.error.code) \(.result.outcome)"')"
equal "and it is as it was" "$old" "$(both)"
finish
