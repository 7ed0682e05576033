#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage.sh IOMMUCTL UNPACK - words of the command line that do not go together are told before anything is read or written
# shellcheck source-path=SCRIPTDIR
# shellcheck source=support/frame.sh
. "$(dirname "$0")/support/frame.sh"
export LC_ALL=C.UTF-8 NO_COLOR=1
unset COLUMNS
unpack_trees server handover
tree=$work/handover

# wrong WORDS COMMAND… - exit status 2, and the message has WORDS
wrong() {
	local words=$1
	shift
	exits 2 "wrong: $*" "$tool" "$@"
	says err "$words"
}

wrong "diff needs OLD" diff
wrong "with --boot diff takes one argument, not b too" diff --boot -1 a b
wrong "takes the place of NEW, which is b" diff a b --root "$tree"
wrong "takes the place of NEW, which is b" diff --boot -1 b --root "$tree"
wrong "--boot takes 0, -1, -2 and so on, not 1" diff --boot 1
wrong "not -x" diff --boot -x
wrong "not -99999999999999999999" diff --boot -99999999999999999999
exits 6 "a boot of long ago has no capture" "$tool" diff --boot -100000
says err "no capture is kept of boot -100000"
wrong "there is no such kind" diff --ignore no-such-kind "$tree" "$tree"
wrong "capture needs the name of the file" capture
wrong "has a place of its own" capture --keep "$work/x.tar"
wrong "has a place of its own" capture --keep --root "$tree"
wrong "the archive or the JSON document" capture -J - --root "$tree"
wrong "domain takes groups and a type" domain group:1
wrong "is no type that a group can be given" domain group:1 blocked
wrong "is no type that a group can be given" domain group:1 DMAFQ
wrong "a number of virtual functions, not many" vfs eth0 many
wrong "not 65536" vfs eth0 65536
wrong "takes no --root" vfs eth0 1 --root "$tree"
wrong "prints no table" vfs eth0 1 -o device
wrong "prints no table" vfs eth0 1 -r
wrong "prints no table" vfs eth0 1 -P
wrong "prints no table" vfs eth0 1 -n
wrong "with a count above 0" vfs eth0 0 --driver vfio-pci
for option in "--driver vfio-pci" --dry-run "--waive net-address" "--print qemu" "--timeout 5s" --all-matching; do
	# shellcheck disable=SC2086 # words
	wrong "go with a count" vfs --root "$tree" $option
done
for option in --apply -J --exit-code; do
	wrong "excludes --apply, --json and --exit-code" pins --compile "$work/list" --root "$tree" $option
	[ ! -e "$work/list" ]; verdict "nothing is written" $?
done

# The rows of a command alone: no sentence for users is among them.
for form in -r -P -n; do
	exits 0 "diff $form" "$tool" diff $form "$work/server" "$tree"
	[ "$(wc -l <"$work/out")" -gt 5 ]; verdict "has rows" $?
	! grep -q '^  ' "$work/out"; verdict "and no paragraph" $?
done
exits 8 "a difference is something to report" "$tool" diff -J --exit-code "$work/server" "$tree"
exits 0 "a machine is as it is" "$tool" diff --exit-code "$tree" "$tree"
[ ! -s "$work/out" ]; verdict "which is silence" $?
finish
