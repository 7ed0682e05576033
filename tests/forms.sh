#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# forms.sh IOMMUCTL UNPACK - each command that prints rows has the same rows in each form: aligned, -r, -P, -v, JSON
# shellcheck source-path=SCRIPTDIR
# shellcheck source=support/frame.sh
. "$(dirname "$0")/support/frame.sh"
export LC_ALL=C.UTF-8 NO_COLOR=1
unset COLUMNS
unpack_trees server handover isolation hostile
cp -r "$work/server" "$work/later"
echo DMA >"$work/later/sys/kernel/iommu_groups/1/type"
device=$(readlink -f "$work/later/sys/bus/pci/devices/0000:02:00.0")
rm "$device/driver" && sed -i '/^DRIVER=/d' "$device/uevent"
mkdir "$work/waiting" && tar -C "$work/waiting" -xzf "$trees/arm-smmu-waiting-6.12.tar.gz"

tree() { "$tool" --root "$work/$1" "${@:2}"; }

# plain_cells COMMAND... - the cells of a command with -r that prints one column, without empty ones
plain_cells() {
	"$@" 2>/dev/null | sed 's/\\x20/ /g; s/\\x5c/\\/g' | grep -v '^-\?$' | sort
}

# agree LIST COLUMN COMMAND... - COLUMN of the document's list LIST is that column in each form; the order may differ
agree() {
	local list=$1 column=$2
	shift 2
	"$@" -J 2>/dev/null | jq -r ".${list}[].$column // empty" | sort >"$work/json"
	[ -s "$work/json" ]; verdict "$*: $list has items" $?
	plain_cells "$@" -r -n -o "$column" >"$work/raw"
	cmp -s "$work/json" "$work/raw"; verdict "-r has the $column of each" $?
	"$@" -P -o "$column" 2>/dev/null | sed 's/^[A-Z-]*="\(.*\)"$/\1/' | grep . | sort >"$work/pairs"
	cmp -s "$work/json" "$work/pairs"; verdict "-P too" $?
	# Causes have rows of their own in the tree of deferred devices.
	if [ "$list" != deferred ]; then
		"$@" -n -o "$column" 2>/dev/null | sed 's/^[│├└─ ]*//' | grep . | sort >"$work/aligned"
		cmp -s "$work/json" "$work/aligned"; verdict "and the table for users" $?
	fi
	plain_cells "$@" -v -r -n -o "$column" >"$work/verbose"
	cmp -s "$work/json" "$work/verbose"; verdict "-v changes no chosen column" $?
}

agree devices name tree server show --all
agree devices driver tree server show --all
agree iommus name tree server iommus
agree iommus kind tree waiting iommus
agree streams device tree waiting streams
agree deferred device tree waiting deferred
agree deferred state tree waiting deferred
agree faults line tree server faults
agree faults driver tree server faults
agree findings code tree later doctor
agree findings subject tree later doctor
agree pins name tree handover pins
agree pins state tree handover pins
agree checks level tree server check 0000:02:00.0 vfio-pci
agree checks id tree server check 0000:02:00.0 vfio-pci
agree differences kind "$tool" diff "$work/server" "$work/later"
agree differences before "$tool" diff "$work/server" "$work/later"

# blocks LEAST COMMAND... - with -v a command for devices prints a block for each, as -r prints a row
blocks() {
	local least=$1
	shift
	"$@" -r -n -o name 2>/dev/null >"$work/raw"
	"$@" -v -o name 2>/dev/null | grep -c '^[a-z]*: *[^ ]' >"$work/blocks"
	[ "$(cat "$work/blocks")" -eq "$(wc -l <"$work/raw")" ] && [ "$(cat "$work/blocks")" -ge "$least" ]
	verdict "$*: a block for each row" $?
}
blocks 9 tree server show --all
blocks 2 tree server iommus
blocks 4 tree handover pins

# Columns do not decide about rows.
for words in "show" "streams" "iommus"; do
	tree server $words -r -n 2>/dev/null | wc -l >"$work/rows"
	tree server $words -r -n -o "$([ $words = streams ] && echo device || echo name)" 2>/dev/null | wc -l >"$work/narrow"
	cmp -s "$work/rows" "$work/narrow"; verdict "$words has the same rows whatever the columns" $?
done
! tree server show -r -n -o name | grep -q 0000:00:01.0; verdict "a bridge has none" $?
unpack_trees dangling
exits 8 "streams that lead nowhere are seen whatever the columns" tree dangling streams --exit-code -o device
exits 8 "and with one column more" tree dangling streams --exit-code -o device,id

# Sentences beside the rows are for users alone.
exits 0 "diff for users" "$tool" diff "$work/server" "$work/later"
says out "0000:02:00.0: "
exits 0 "diff is quiet about unknown facts" "$tool" diff -q "$work/server" "$work/later"
[ ! -s "$work/err" ]; verdict "nothing on standard error" $?
exits 0 "status in columns is no page" tree server status -n -r -o name,driver 0000:05:00.0
[ "$(cat "$work/out")" = "0000:05:00.0 vfio-pci" ]; verdict "one row" $?
exits 0 "status in pairs" tree server status -P -o name,driver 0000:05:00.0
[ "$(cat "$work/out")" = 'DEVICE="0000:05:00.0" DRIVER="vfio-pci"' ]; verdict "one row of pairs" $?
exits 0 "status of chosen columns" tree server status -o name,driver 0000:05:00.0
[ "$(wc -l <"$work/out")" -eq 2 ]; verdict "has these alone" $?
exits 0 "status of all that is known" tree server status -v 0000:05:00.0
says out "^passed (viable): "
exits 0 "status for a launch, as a document" tree server status --print qemu -J 0000:05:00.0
is_json '.devices | map(.name) == ["0000:05:00.0"]'
exits 0 "a graph takes no table form" tree server show --dot -n
says out "^digraph iommuctl"

finish
