#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# screen.sh IOMMUCTL UNPACK - tables on a terminal, and rows that lack what others have
# shellcheck source-path=SCRIPTDIR
# shellcheck source=support/frame.sh
. "$(dirname "$0")/support/frame.sh"
export LC_ALL=C.UTF-8
unset NO_COLOR COLUMNS
unpack_trees server arm dangling hostile

# on_screen WIDTH ARGUMENT... - what a terminal of that width gets is left in $work/out, without colours
on_screen() {
	local width=$1 command
	shift
	command=$(printf '%q ' "$tool" "$@")
	script -qec "stty cols $width rows 50; $command" /dev/null </dev/null 2>&1 | tr -d '\r' >"$work/colored"
	sed 's/\x1b\[[0-9;]*m//g' "$work/colored" >"$work/out"
}
longest() { wc -L <"$work/out"; }

if command -v script >/dev/null && command -v stty >/dev/null; then
	on_screen 60 --root "$work/server" show --all -o name,driver,path
	[ "$(longest)" -le 60 ]; verdict "no row is longer than the terminal" $?
	says out "^0000:03:00.0"
	on_screen 200 --root "$work/server" show --all -o name,driver,path
	says out "/sys/devices/pci0000:00/0000:00:01.0$"
	grep -q $'\x1b\[3' "$work/colored"; verdict "a terminal gets colours" $?
	on_screen 120 --root "$work/server" show -n
	says out "^ 0 0000:01:00.0 DMA-FQ   vfio-pci      given, unusable: 01:00.1 has snd_hda_intel VGA"
	on_screen 80 --root "$work/server" status 0000:02:00.0
	[ "$(longest)" -le 80 ]; verdict "sentences are folded on a terminal" $?
	on_screen 80 --root "$work/server" rebind 0000:02:00.0 vfio-pci
	[ "$(longest)" -le 80 ]; verdict "also those on standard error" $?
	on_screen 40 --root "$work/server" show
	[ "$(longest)" -le 40 ]; verdict "so do the lines below it" $?
	on_screen 60 -q --root "$work/server" show -v 0000:02:00.0
	[ "$(longest)" -le 60 ]; verdict "nor is a block of -v" $?
	says out "^hand-over:   with 02:00.1"
	NO_COLOR=1 on_screen 200 --root "$work/server" show
	! grep -q $'\x1b\[3' "$work/colored"; verdict "but none with NO_COLOR" $?
	NO_COLOR='' on_screen 200 --root "$work/server" show
	grep -q $'\x1b\[3' "$work/colored"; verdict "an empty NO_COLOR is none" $?
	on_screen 200 --root "$work/server" show --color never
	! grep -q $'\x1b\[3' "$work/colored"; verdict "nor with --color never" $?
	on_screen 200 wait ffff:ff:1f.7 probed --timeout 1.5
	says out "waiting for ffff:ff:1f.7 to be probed"
	on_screen 200 wait ffff:ff:1f.7 probed --timeout 1.5 --quiet
	! grep -q "waiting for" "$work/out"; verdict "--quiet does not say that it waits" $?
fi

mkdir "$work/waiting" && tar -C "$work/waiting" -xzf "$trees/arm-smmu-waiting-6.12.tar.gz"
"$tool" --root "$work/waiting" deferred >"$work/out" 2>/dev/null
grep -q '─' "$work/out"; verdict "a tree has branches" $?
LC_ALL=C "$tool" --root "$work/waiting" deferred >"$work/out" 2>/dev/null
grep -q -- '`-' "$work/out" && ! grep -q '─' "$work/out"; verdict "without UTF-8 they are plain" $?

# Each reading command, on fake and captured machines, one of them with names of wide characters
mkdir "$work/wide" && cp -r "$work/server/." "$work/wide"
printf '8086:10d3\t\xe7\xb6\xb2\xe8\xb7\xaf\xe5\x8d\xa1\xe7\xb6\xb2\xe8\xb7\xaf\xe5\x8d\xa1\xe7\xb6\xb2\xe8\xb7\xaf\xe5\x8d\xa1\xe7\xb6\xb2\t\xe7\xb6\xb2\xe8\xb7\xaf\xe5\x8d\xa1\xe7\xb6\xb2\xe8\xb7\xaf\xe5\x8d\xa1\xe7\xb6\xb2\xe8\xb7\xaf\xe5\x8d\xa1\n' \
	>"$work/wide/iommuctl/names"
for tree in server arm dangling hostile waiting wide; do
	selector=$("$tool" --root "$work/$tree" show --all -n -r -q -o name | tail -1)
	for width in 80 120 200; do
		wider=
		while read -r command; do
			# shellcheck disable=SC2086 # words
			COLUMNS=$width "$tool" --root "$work/$tree" $command >"$work/out" 2>"$work/err"
			# A path in a command to type stays whole.
			[ "$(grep -hv '^ *[0-9. ]*/sys/[^ ]*$' "$work/out" "$work/err" | wc -L)" -le $width ] || wider+=" $command;"
		done <<-END
			show
			show --all
			show -v
			status $selector
			status -v $selector
			iommus
			streams
			deferred
			deferred -v
			faults
			doctor
			doctor -v
			check $selector vfio-pci
			check -v $selector vfio-pci
			pins
			vfs
			diff $work/server
			diff $work/server -v
		END
		[ -z "$wider" ]; verdict "on $width columns nothing of $tree is wider:$wider" $?
	done
done
COLUMNS=60 "$tool" --root "$work/waiting" check -v 0000:05:02.0 vfio-pci >"$work/out" 2>&1
sed -n '/^Plan/,$p' "$work/out" | grep -q ' \\$'; verdict "a command that is folded stays one for a shell" $?

wide=$(COLUMNS=40 "$tool" --root "$work/server" show -n | wc -L)
[ "$wide" -le 40 ]; verdict "COLUMNS is the width, also in a pipe" $?
COLUMNS=no-number "$tool" --root "$work/server" show -n | grep -q 'SM981/PM981/PM983 .144d:a808.$'
verdict "which cuts nothing without it" $?

# A wide character takes two columns, one that combines takes none.
mkdir "$work/characters" && cp -r "$work/server/." "$work/characters"
printf '8086:10d3\t\xe7\xb6\xb2\xe7\xb6\xb2\xe7\xb6\xb2e\xcc\x81\tx\n' >"$work/characters/iommuctl/names"
COLUMNS=100 "$tool" --root "$work/characters" show -n 0000:02:00.1 -o vendor_name,name >"$work/out"
COLUMNS=10 "$tool" --root "$work/characters" show -n 0000:02:00.1 -o vendor_name >>"$work/out"
COLUMNS=5 "$tool" --root "$work/characters" show -n 0000:02:00.1 -o vendor_name >>"$work/out"
printf '\xe7\xb6\xb2\xe7\xb6\xb2\xe7\xb6\xb2e\xcc\x81 0000:02:00.1\n\xe7\xb6\xb2\xe7\xb6\xb2\xe7\xb6\xb2e\xcc\x81\n\xe7\xb6\xb2\xe7\xb6\xb2\xe2\x80\xa6\n' |
	cmp -s - "$work/out"
verdict "characters are as wide as the screen shows them" $?

# Columns that are empty in every row go, unless they were asked for.
"$tool" --root "$work/server" show 0000:02:00.1 >"$work/out"
! grep -q DRIVER "$work/out"; verdict "an empty column is left out" $?
"$tool" --root "$work/server" show 0000:02:00.1 -o +driver >"$work/out"
"$tool" --root "$work/server" show 0000:02:00.1 -o name,driver >>"$work/out"
says out "^DEVICE       DRIVER"

server() { "$tool" --root "$work/server" "$@" >"$work/out" 2>"$work/err"; }
server show -n -r -o name,name,driver,name
[ "$(head -1 "$work/out" | wc -w)" = 2 ]; verdict "a column that is named twice stands once" $?
server show -o +path
says out "^GROUP DEVICE .* PATH"
server show -o +bogus
says err 'unknown column "bogus"'
server show -P -o name,driver
says out '^DEVICE="0000:01:00.0" DRIVER="vfio-pci"'
server show -n -r -o Device,HAND-OVER 0000:02:00.0
says out '^0000:02:00.0 with\\x2002:00.1$'
server deferred -r
! grep -q '─' "$work/out"; verdict "--raw has no tree" $?

# IOMMUs whose log tells only one of two sizes
cat >"$work/sizes.tree" <<-'END'
	/sys/kernel/uevent_seqnum = 1
	platform 1000.iommu driver=arm-smmu of=/iommu@1000
	platform 2000.iommu driver=arm-smmu of=/iommu@2000
	platform 3000.iommu driver=arm-smmu of=/iommu@3000
	iommu smmu.0x0000000000001000 device=/sys/devices/platform/1000.iommu
	iommu smmu.0x0000000000002000 device=/sys/devices/platform/2000.iommu
	iommu smmu.0x0000000000003000 device=/sys/devices/platform/3000.iommu
	/iommuctl/log = <6>[    0.82] arm-smmu 1000.iommu: \tstream matching with 32 register groups\n<6>[    0.83] arm-smmu 2000.iommu: \t8 context banks (0 stage-2 only)
END
"$unpack" "$work/sizes.tree" "$work/sizes" || exit 1
"$tool" --root "$work/sizes" iommus -n -r -o name,capacity >"$work/out"
says out '^smmu.0x0000000000001000 32\\x20stream\\x20entries$'
says out '^smmu.0x0000000000002000 8\\x20context\\x20banks$'
says out '^smmu.0x0000000000003000 -$'
"$tool" --root "$work/sizes" iommus -J >"$work/out"
jq -e '.iommus | map(.capacity) == [{"stream_entries": 32, "context_banks": null}, {"stream_entries": null, "context_banks": 8}, null]' \
	"$work/out" >/dev/null
verdict "in JSON the size that is unknown is null" $?

# A group that two processes have open, one of them without a name
cat >"$work/held.tree" <<-'END'
	/sys/kernel/uevent_seqnum = 1
	group 3 type=DMA
	pci 0000:03:00.0 in pci0000:00 group=3 driver=vfio-pci id=144D:A808 class=10802
	/proc/7/comm = qemu
	/proc/7/fd/4 -> /dev/vfio/3
	/proc/8/fd/4 -> /dev/vfio/3
	/dev/vfio/3 = \c
END
"$unpack" "$work/held.tree" "$work/held" || exit 1
"$tool" --root "$work/held" show -n -r -o name,opened_by >"$work/out" 2>&1
says out '7(qemu),8(?)'

finish
