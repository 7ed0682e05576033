#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# live.sh IOMMUCTL UNPACK - commands that take no tree, on a tree in the place of this machine's /sys and /proc
#
# Nothing reacts to writes there: these trees have no kernel.
# shellcheck source-path=SCRIPTDIR
# shellcheck source=support/frame.sh
. "$(dirname "$0")/support/frame.sh"
if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null; then
	echo "skipped: nothing can be mounted here"
	exit 77
fi
export LC_ALL=C.UTF-8 NO_COLOR=1

# place TREE - TREE is the machine of the next commands
place() {
	place=$work/$1
	[ -d "$place" ] && return
	mkdir -p "$place/proc" "$place/run"
	if [ -f "$trees/$1.tar.gz" ]; then
		tar -C "$place" -xzf "$trees/$1.tar.gz" || exit 1
	else
		"$unpack" "${2-$trees/$1.tree}" "$place" || exit 1
	fi
}
cat >"$work/enter" <<'END'
	mount --bind "$1/run" /run && mount --bind "$1/sys" /sys && mount --bind "$1/proc" /proc || exit 1
	[ ! -d "$1/log" ] || mount --bind "$1/log" /dev || exit 1 # last: the tree itself may be below /dev/shm
	shift && exec "$@"
END
live() { timeout 30 unshare --mount sh "$work/enter" "$place" "$tool" "$@"; }

for tree in server arm old none isolation; do
	place $tree
	for words in "show -n -r -o name,group,driver,driver_override,type" "iommus -n -r -o name,kind,state"; do
		# shellcheck disable=SC2086
		live $words >"$work/live" 2>/dev/null
		# shellcheck disable=SC2086
		"$tool" --root "$place" $words >"$work/captured" 2>/dev/null
		cmp -s "$work/live" "$work/captured"
		verdict "${words%% *} says of $tree as a machine what it says of it as a tree" $?
	done
done

# wait: conditions that hold already
place server
exits 0 "a device that has a driver is probed" live wait 0000:02:00.0 probed
is_silent
exits 0 "and has that driver" live wait 0000:02:00.0 driver=e1000e
exits 0 "and is in a group" live wait eth0 group
exits 0 "all of a group can be waited for" live wait group:2 probed
exits 0 "so can several devices" live wait 0000:02:00.0 0000:03:00.0 probed
exits 7 "each of which must be there" live wait 0000:02:00.0 eth7 probed --timeout 0.3
exits 7 "and meet the condition" live wait 0000:02:00.0 0000:02:00.1 probed --timeout 0.3
exits 2 "an empty selector among them matches nothing" live wait 0000:02:00.0 "" probed
exits 0 "--verbose shows the devices" live wait 0000:02:00.0 probed -v
says out "^driver: *e1000e"
exits 0 "--json is a document of them" live wait 0000:02:00.0 probed -J
is_json '.error == null and (.devices | map(.name) == ["0000:02:00.0"]) and .devices[0].driver == "e1000e"'
exits 0 "--json --verbose has what is expensive too" live wait 0000:02:00.0 probed -J -v
is_json '.devices[0].streams != null'

# watch: all devices at the start, and the end by time and by number
exits 7 "what is there, until the time is over" live watch -q -J --initial --timeout 300ms
jq -s -e '[.[] | select(.kind == "driver" and .device == "0000:02:00.0")] | length == 1 and .[0].after == "e1000e"' "$work/out" >/dev/null
verdict "each fact is an event" $?
jq -s -e 'map(.sequence) == [range(1; length + 1)] and (map(keys) | unique | length) == 1' "$work/out" >/dev/null
verdict "with a number, and all keys" $?
python3 - "$(dirname "$(readlink -f "$0")")/../schema/iommuctl.schema.json" "$work/out" <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
event = jsonschema.Draft202012Validator({"$ref": "#/$defs/event", "$defs": schema["$defs"]})
for line in open(sys.argv[2]):
    event.validate(json.loads(line))
END
verdict "as the schema has them" $?
jq -s -e '[.[] | select(.kind == "group_came" and .subject == "group 1")][0].after == "0000:02:00.0,0000:02:00.1"' "$work/out" >/dev/null
verdict "and so is each group" $?
exits 0 "as many events as were asked for" live watch -q --initial --count 3
[ "$(wc -l <"$work/out")" -eq 3 ]; verdict "three lines" $?
exits 7 "of the selected devices alone" live watch -q --initial --timeout 300ms 0000:03:00.0
says out "0000:03:00.0: has driver nvme, and had none"
! grep -q '0000:02' "$work/out"; verdict "none of the others" $?
exits 7 "of a device that may come" live watch --timeout 300ms eth9
says err "they are read every [0-9]* s"
! live watch -q --initial | head -n 1 >/dev/null; [ "${PIPESTATUS[0]}" -ne 1 ]; verdict "a closed pipe ends it" $?

# wait: conditions that do not hold, and may never
exits 7 "another driver may be bound" live wait 0000:02:00.0 driver=vfio-pci --timeout 0.3
says err "waited 0.3 s for 0000:02:00.0 to get the driver vfio-pci: its driver is e1000e"
exits 7 "--patient does not look for the reason" live wait 0000:02:00.0 vfio --patient --timeout 0.3 -J
is_json '.error.code == "timed_out" and .error.device == "0000:02:00.0"'
exits 7 "a device without a driver may get one" live wait 0000:02:00.1 probed --timeout 0.3
says err "it has no driver"
exits 7 "a device that is not there may come" live wait eth7 probed --timeout 0.3
says err "eth7"
exits 7 "of a group each device must have the driver" live wait group:0 driver=vfio-pci --timeout 0.3
says err "0000:00:01.0 to get the driver vfio-pci: its driver is pcieport"
exits 7 "of several that lack it" live wait group:1 driver=vfio-pci --timeout 0.3
says err "0000:02:00.0 to get the driver vfio-pci: its driver is e1000e$"
place leaving "$trees/server.tree"
rm "$place/sys/bus/pci/devices/0000:02:00.0/driver"
exits 7 "a driver that is about to leave is none" live wait 0000:02:00.0 driver=e1000e --timeout 0.3
place server
exits 2 "an empty selector matches nothing" live wait "" probed
exits 2 "a selector that makes no sense" live wait group:one probed

place arm
exits 12 "a device that firmware puts behind no IOMMU joins no group" live wait 9000000.pl011 group --timeout 20
says err "9000000.pl011 cannot join a group as things are: its driver is uart-pl011, and firmware names no IOMMU"
place arm-smmu-disabled-6.12
exits 12 "nor does one whose IOMMU is disabled" live wait 0000:02:00.0 group --timeout 20 -J
is_json '.error.code == "cannot_come_true" and .error.device == "0000:02:00.0" and (.error.message | contains("disabled"))'
place arm-device-waiting-6.12
exits 7 "a device that waits for a clock" live wait a000200.virtio_mmio probed --timeout 0.3
says err "it waits for absent-clock: no driver is bound to it"
exits 7 "--patient waits for its driver" live wait a000200.virtio_mmio probed --patient --timeout 0.3

# wait: a condition that holds after a while
place arm
exits 7 "a deferred device may come" live wait a000200.virtio_mmio probed --timeout 0.3
says err "the kernel gives no reason"
exits 7 "on a bus that no group shows, too" live wait platform:a000200.virtio_mmio probed --timeout 0.3
mkdir -p "$place/sys/bus/platform/drivers/virtio-mmio"
device=$(readlink -f "$place/sys/bus/platform/devices/a000200.virtio_mmio")
(
	sleep 0.4
	ln -s ../../../bus/platform/drivers/virtio-mmio "$device/driver"
	# shellcheck disable=SC2016 # sed's own
	sed -i '/^DRIVER=/d; $aDRIVER=virtio-mmio' "$device/uevent"
	: >"$place/sys/kernel/debug/devices_deferred"
) &
exits 0 "and is there when its driver is" live wait a000200.virtio_mmio probed --timeout 20
wait $!

# Changes: refusals, and a kernel that ignores writes.
cat >"$work/deaf.tree" <<'END'
	/proc/sys/kernel/random/boot_id = 11111111-2222
	/proc/sys/kernel/osrelease = 6.12.0
	/proc/sys/kernel/arch = x86_64
	/proc/cmdline = quiet
	/proc/self/ns/pid -> pid:[4026531836]
	/proc/1/root -> /
	/sys/firmware/acpi/tables/
	/sys/kernel/uevent_seqnum = 1
	group 2 type=DMA
	pci 0000:02:00.0 in pci0000:00 group=2 driver=e1000e id=8086:10D3 class=20000
	/sys/devices/pci0000:00/0000:02:00.0/driver_override = (null)
	/sys/bus/pci/drivers/e1000e/unbind = \c
	/sys/bus/pci/drivers/e1000e/bind = \c
	/sys/bus/pci/drivers_probe = \c
END
place deaf "$work/deaf.tree"
exits 5 "a kernel that is deaf to the change and its undoing leaves work" live rebind 0000:02:00.0 none --timeout 1
says err "cannot set driver_override of 0000:02:00.0 to none: the write succeeded but the device did not change"
[ -n "$(ls "$place/run/iommuctl")" ]; verdict "the journal is in /run/iommuctl" $?
exits 11 "which stands in the way of the next change" live rebind 0000:02:00.0 none --timeout 1
says err 'Run "iommuctl recover" first'
exits 5 "recover tries again" live recover --timeout 1
echo "(null)" >"$place/sys/devices/pci0000:00/0000:02:00.0/driver_override"
exits 0 "and succeeds when somebody has put it right" live recover --timeout 1 -J
is_json '.result.outcome == "rolled_back" or .result.outcome == "done"'
exits 0 "then nothing is left to recover" live recover
says out "Nothing to recover"
exits 0 "nor to restore" live restore --all
says out "Nothing to restore"
on_full_disk() { live "$@" >/dev/full; }
exits 0 "a change without an output is a success" on_full_disk restore --all
says err "cannot write to standard output"
exits 1 "a plan without an output is a failure" on_full_disk rebind 0000:02:00.0 none --dry-run
says err "cannot write to standard output"
exits 0 "checks are rows for a script" live check 0000:02:00.0 none -P
says out '^LEVEL="pass" ID='
exits 0 "with --raw, too" live check 0000:02:00.0 none -n -r -o level
says out "^pass$"
# shellcheck disable=SC2016 # the inner shell's own
mount_ro() { unshare --mount sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"' - "$@"; }
rm -rf "$place/run/iommuctl"
exits 1 "a change needs a place for its journal" mount_ro "$place/run" \
	timeout 30 unshare --mount sh "$work/enter" "$place" "$tool" rebind 0000:02:00.0 none
says err "/run/iommuctl"
exits 0 "--dry-run needs none" mount_ro "$place/run" \
	timeout 30 unshare --mount sh "$work/enter" "$place" "$tool" rebind 0000:02:00.0 none --dry-run
says out "echo 0000:02:00.0 > /sys/bus/pci/drivers/e1000e/unbind"

# A user without privileges
if command -v setpriv >/dev/null; then
	plain() { timeout 30 unshare --mount sh "$work/enter" "$place" setpriv --reuid=65534 --regid=65534 --clear-groups "$tool" "$@"; }
	chmod 755 "$work"
	exits 9 "only root changes the machine" plain rebind 0000:02:00.0 none
	says err "Use sudo"
	exits 9 "and recovers it" plain recover
fi

# faults --follow: the kernel log is a file, and one that ends is one that fails
place followed "$trees/server.tree"
mkdir "$place/log"
log=$place/log/kmsg
# records LINE... - records of /dev/kmsg; a number is a time to wait; each is as long as one read of the tool
number=0
records() {
	local line
	for line; do
		case $line in
		[0-9]*) sleep "$line" ;;
		*)
			printf '6,%d,1000000,-;%s\n' "$number" "$line" | dd bs=8192 conv=sync status=none
			number=$((number + 1))
			;;
		esac
	done
}
of_network="DMAR: [DMA Read NO_PASID] Request device [02:00.0] fault addr 0xfff00000 [fault reason 0x06] not set"
of_disk="DMAR: [DMA Write NO_PASID] Request device [03:00.0] fault addr 0xabc000 [fault reason 0x05] not set"
records "$of_network" "$of_disk" "another line" >"$log"
follow() { live faults --follow "$@"; }
exits 1 "faults are followed until the log fails" follow
says err "cannot read the kernel log: No data available"
says out "^1.000000 0000:02:00.0 (e1000e): read of 0xfff00000"
says out "^1.000000 0000:03:00.0 (nvme): write to 0xabc000"
! grep -q overwritten "$work/err"; verdict "no record is missing" $?
number=40
records "$of_disk" >>"$log"
exits 1 "lost records are no end" follow
says err "the kernel has overwritten 37 records of its log before they were read: faults may be missing"
[ "$(wc -l <"$work/out")" = 3 ]; verdict "and the next ones are read" $?
number=0
records "$of_network" "$of_disk" "another line" >"$log"
exits 1 "those of some devices" follow 0000:03:00.0
[ "$(cut -d ' ' -f 2 "$work/out")" = 0000:03:00.0 ]; verdict "are those alone" $?
exits 1 "--json prints a line for each" follow -J
head -2 "$work/out" | jq -es 'map(.device) == ["0000:02:00.0", "0000:03:00.0"]' >/dev/null; verdict "which is a document" $?
exits 1 "--raw prints a row for each" follow -r -o driver
[ "$(cat "$work/out")" = $'e1000e\nnvme' ]; verdict "without headings" $?
exits 1 "--pairs prints pairs" follow -P -o driver
[ "$(cat "$work/out")" = $'DRIVER="e1000e"\nDRIVER="nvme"' ]; verdict "of the columns" $?
exits 1 "chosen columns are a row, too" follow -o driver
[ "$(cat "$work/out")" = $'e1000e\nnvme' ]; verdict "for a script" $?
to_full_disk() { follow "$@" >/dev/full; }
exits 1 "an output that fails ends it" to_full_disk
says err "cannot write to standard output"
exits 6 "a device that is not there has no faults" follow eth7
chmod 600 "$log"
if command -v setpriv >/dev/null; then
	exits 9 "the kernel log is not for everybody" plain faults --follow
	says err "cannot read the kernel log"
fi
rm "$log"
exits 1 "a machine may have no kernel log" follow
says err "cannot read the kernel log: No such file or directory"

# A log that goes on is a pipe. The second fault comes after the age at which devices are read again.
mkfifo "$log"
device=$(readlink -f "$place/sys/bus/pci/devices/0000:02:00.0")
(
	exec >"$log"
	records 1 "$of_network" 2
	ln -sfn ../../../bus/pci/drivers/nvme "$device/driver"
	sed -i 's/^DRIVER=.*/DRIVER=nvme/' "$device/uevent"
	records 4 "$of_network" 1
) &
sleep 0.3 # the writer is to be there first: a pipe without one ends
exits 1 "a fault is told when no further line comes" follow 0000:02:00.0
[ "$(cut -d ' ' -f 3 "$work/out" | tr '\n' ' ')" = "(e1000e): (nvme): " ]; verdict "with the driver of that time" $?
wait $!

# Captures of the machine itself
place server
exits 0 "a capture of the machine" live capture "$work/server.tar"
mkdir "$work/again" && tar -C "$work/again" -xf "$work/server.tar"
"$tool" --root "$work/again" show -n -r -o name,group,driver >"$work/live" 2>/dev/null
"$tool" --root "$place" show -n -r -o name,group,driver >"$work/captured" 2>/dev/null
cmp -s "$work/live" "$work/captured"; verdict "shows what the machine shows" $?
exits 1 "a file that exists is not overwritten" live capture "$work/server.tar"
exits 0 "but where it is to be" live capture --overwrite "$work/server.tar" -q

# Surroundings: a container may show processes alone, or no procfs at all.
rm -r "$place/proc/sys" && mkdir -p "$place/proc/self"
exits 0 "a procfs of processes alone is mounted" live show
rm -r "${place:?}/proc/"*
exits 1 "without one nothing is told" live show
says err "/proc is not mounted here"
is_silent
finish
