#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's, or at-record's
# rebind-disturbed.sh PORT PLACE - on machines with pcie_tree, others write, replace, hold up and fill up what iommuctl
# works on: it does what it says, or refuses and says why. The devices that it plugs into the empty port PORT get the name PLACE.

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

port=$1 place=$2
pci=/sys/bus/pci
nic=0000:01:00.0

# refusing - the checks that refuse, by name
refusing() {
    json '[.checks[] | select(.level == "refuse" and (.waived | not)).id] | unique | join(" ")'
}

# plug MAC - the same model each time, into the empty port
plug() {
    hmp device_add "e1000e,id=late,bus=$port,mac=$1"
    eventually test -e "$pci/devices/$place/driver"
}

unplug() {
    hmp device_del late
    while [ -e "$pci/devices/$place" ]; do usleep 20000; done
}

modprobe -a vfio-pci vfio_iommu_type1
old=$(state $nic)
exits 0 "the NIC moves when nothing is in its way" rebind $nic vfio-pci
new=$(state $nic)
exits 0 "and comes back" restore --all
equal "as it was" "$old" "$(state $nic)"

echo "# another card of the same model in the same place"
plug 52:54:00:aa:00:01
exits 0 "the first card moves" rebind "$place" vfio-pci
unplug
plug 52:54:00:aa:00:02
other=$(state "$place")
exits 0 "the second is in its place: restore" restore -J "$place"
check "forgets the first, and says so" grep -q "forgotten" /tmp/out
equal "and leaves the second alone" "$other" "$(state "$place")"
exits 0 "which moves" rebind -J "$place" vfio-pci
exits 0 "and is restored as what it was" restore -J "$place"
equal "with its own driver" "$other" "$(state "$place")"
unplug

echo "# others change a device between two transactions"
exits 0 "the NIC moves" rebind $nic vfio-pci
echo >$pci/devices/$nic/driver_override
changed=$(state $nic)
exits 3 "another override: restore refuses" restore -J $nic
equal "and says why" changed-by-others "$(refusing)"
equal "and leaves it as the other has set it" "$changed" "$(state $nic)"
exits 0 "waived, it is restored" restore --waive changed-by-others $nic
equal "as it was" "$old" "$(state $nic)"
exits 0 "the NIC moves" rebind $nic vfio-pci
echo $nic >$pci/drivers/vfio-pci/unbind
changed=$(state $nic)
exits 3 "without its driver: restore refuses" restore -J --all
equal "and says why" changed-by-others "$(refusing)"
equal "and leaves it as the other has set it" "$changed" "$(state $nic)"
exits 0 "waived, it is restored" restore --waive changed-by-others $nic
equal "as it was" "$old" "$(state $nic)"

echo "# another process hangs in a write"
exits 0 "the NIC moves" rebind $nic vfio-pci
hold $nic
sh -c "echo $nic >$pci/drivers/vfio-pci/unbind" &
writer=$!
eventually sh -c "! [ -e $pci/devices/$nic/driver ]"
exits 3 "a waiting writer: check refuses" check -J $nic e1000e
check "and names it" grep -q "process $writer" /tmp/out || json -c .error >&2
exits 3 "and so does rebind" rebind -J $nic e1000e
check "and named" grep -q "process $writer" /tmp/out || json -c .error >&2
kill -KILL $writer
eventually grep -q '^State:.*D' /proc/$writer/status
exits 3 "a writer that does not even end when it is killed: refused" rebind -J $nic e1000e
check "and named" grep -q "process $writer" /tmp/out || json -c .error >&2
exits 3 "restore refuses too" restore -J $nic
check "and names it" grep -q "process $writer" /tmp/out || json -c .error >&2
release
wait $writer
exits 0 "when it has ended, the NIC is restored" restore --waive changed-by-others $nic
equal "as it was" "$old" "$(state $nic)"

echo "# a process writes to drivers_probe all the time"
sh -c "while :; do echo $nic >$pci/drivers_probe; done" 2>/dev/null &
prober=$!
n=0
failed_moves=''
while [ $n -lt 10 ]; do
    run rebind $nic vfio-pci
    [ "$status $(state $nic)" = "0 $new" ] || failed_moves="$failed_moves $n:$status:$(driver $nic)"
    run restore $nic
    [ "$status $(state $nic)" = "0 $old" ] || failed_moves="$failed_moves -$n:$status:$(driver $nic)"
    n=$((n + 1))
done
equal "10 moves and 10 ways back are as without it" "" "$failed_moves"
exits 0 "and a device without a driver" rebind $nic none
usleep 300000
equal "stays without" "$nic - none" "$(state $nic | cut -d' ' -f1-3)"
exits 0 "until it is restored" restore $nic
kill $prober
wait $prober 2>/dev/null

echo "# /run is full, or cannot be written to"
# unchanged SENTENCE - a failed rebind touched nothing, and there is nothing to recover
unchanged() {
    run rebind -J $nic vfio-pci
    check "$1: rebind fails ($status)" [ "$status" = 1 ] || [ "$status" = 9 ]
    check "and says so" jq -e '.error.message != ""' /tmp/out >/dev/null
    equal "and touches nothing" "$old" "$(state $nic)"
}
mkdir -p /run/iommuctl
mount -t tmpfs -o size=64k run /run
dd if=/dev/zero of=/run/fill bs=4k 2>/dev/null
unchanged "a full /run"
rm /run/fill
exits 0 "with room it works" rebind $nic vfio-pci
dd if=/dev/zero of=/run/fill bs=4k 2>/dev/null
run restore $nic
check "full again: restore works, or touches nothing ($status)" \
    sh -c "[ '$status' = 0 ] && [ '$(state $nic)' = '$old' ] || [ '$status' = 1 ] && [ '$(state $nic)' = '$new' ]"
rm /run/fill
exits 0 "with room again, it is restored" restore --all
equal "as it was" "$old" "$(state $nic)"
mount -o remount,ro /run
unchanged "a read-only /run"
mount -o remount,rw /run
umount /run
exits 0 "nothing is left to recover" recover

echo "# a log that nobody reads"
mkfifo /tmp/hold
net-user log /dev/log </tmp/hold >/tmp/held &
exec 5>/tmp/hold
eventually grep -q ready /tmp/held
start=$(date +%s)
exits 0 "a full /dev/log: rebind" rebind $nic vfio-pci
equal "does what it is to do" "$new" "$(state $nic)"
exits 0 "and restore" restore $nic
check "without waiting for it" [ $(($(date +%s) - start)) -lt 10 ]
exec 5>&-
rm -f /dev/log

echo "# signals that end a process"
for signal in XFSZ XCPU USR1 ALRM; do
    at-record "done 1" "kill -$signal \$tool" iommuctl rebind $nic vfio-pci >/tmp/out 2>/tmp/err
    status=$?
    came_to 0 "SIG$signal does no harm" "iommuctl rebind $nic vfio-pci"
    equal "- all is done" "$new" "$(state $nic)"
    iommuctl restore --all >/dev/null 2>&1
done
n=1
while [ $n -le 4 ]; do
    (
        ulimit -f $n
        iommuctl rebind $nic vfio-pci >/dev/null 2>&1
        echo $? >/tmp/status
    )
    status=$(cat /tmp/status)
    check "files of at most $n blocks: it ends by itself ($status)" [ "$status" -lt 12 ]
    case $status in
    0) equal "- all is done" "$new" "$(state $nic)" ;;
    *) equal "- all is as it was" "$old" "$(state $nic)" ;;
    esac
    iommuctl recover >/dev/null 2>&1
    iommuctl restore --all >/dev/null 2>&1
    n=$((n + 1))
done
equal "in the end the NIC is as it was" "$old" "$(state $nic)"
finish
