#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# readme.sh IOMMUCTL README TREES - the output in README.md is that of the program on the tree that README names, and
# README's table has every verb
set -u -o pipefail
tool=$1 readme=$2 trees=$3
export LC_ALL=C.UTF-8 NO_COLOR=1
unset COLUMNS
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checked=0 failed=0

# expect SENTENCE COMMAND… - the sentence is true if the command succeeds
expect() {
	local sentence=$1
	shift
	checked=$((checked + 1))
	"$@" && return
	echo "README.md: $sentence"
	failed=$((failed + 1))
}

archive=$(sed -n 's|^    \$ mkdir server && tar -C server -xf tests/trees/||p' "$readme")
tar -C "$work" -xf "$trees/$archive" || exit 1
# The example: its command, and the lines up to the next blank one
command=$(sed -n 's|^    \$ build/try/iommuctl --root server ||p' "$readme")
# shellcheck disable=SC2086 # words
"$tool" --root "$work" $command >"$work/output" || exit 1
while IFS= read -r line; do
	expect "the program does not print: $line" grep -qxF -- "$line" "$work/output"
done < <(sed -n '/^    \$ build\/try\/iommuctl --root server /,/^$/s/^    \([^$].*\)/\1/p' "$readme")
expect "the example has no output" [ "$checked" -gt 5 ]

for verb in $("$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
	[ "$verb" = help ] || expect "its table lacks the verb $verb" grep -q "^| \`iommuctl $verb\b" "$readme"
done

echo "$checked checked, $failed failed"
[ "$failed" -eq 0 ]
