# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts that read this file use the variables
# frame.sh - the frame of cli.sh, live.sh and screen.sh, which read it with their arguments IOMMUCTL UNPACK
#
#     . "$(dirname "$0")/support/frame.sh"
#     unpack_trees server arm
#     exits 0 "help is a success" "$tool" --help
#     says out "show"
#     finish
set -u
tool=$1 unpack=$2
trees=$(cd "$(dirname "${BASH_SOURCE[0]}")/../trees" && pwd)
[ -n "${TMPDIR-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm # in memory: thousands of small files
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# unpack_trees TREE… - each as $work/TREE
unpack_trees() {
	local tree
	for tree; do "$unpack" "$trees/$tree.tree" "$work/$tree" || exit 1; done
}

verdict() { # SENTENCE STATUS
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1)) && echo "ok - $1"
	else
		failed=$((failed + 1)) && echo "not ok - $1"
	fi
}

# exits STATUS SENTENCE COMMAND... - its output is left in $work/out and $work/err
exits() {
	local expected=$1 sentence=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err" </dev/null
	local status=$?
	[ $status -eq "$expected" ] || echo "# exit status $status instead of $expected: $(head -c 300 "$work/err")"
	verdict "$sentence" $((status != expected))
}
says() { grep -q -- "$2" "$work/$1"; verdict "it says so: $2" $?; }
is_json() { jq -e "$1" "$work/out" >/dev/null; verdict "the document has $1" $?; }
is_silent() { [ ! -s "$work/out" ]; verdict "it prints nothing" $?; }

# finish - print the sum; the exit status is 0 if all passed
finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
