#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# readme.sh IOMMUCTL README TREES - the screens in README.md are those of the program on the trees that README names, at 80
# columns, and README's table has every verb
set -u -o pipefail
tool=$1 readme=$2 trees=$3
export LC_ALL=C.UTF-8 NO_COLOR=1
export COLUMNS=80
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

# screen TREE ARGUMENT… - standard input begins with what the program prints, each line after four blanks
screen() {
	local tree=$1 line shown
	shift
	(cd "$work" && exec "$tool" --root "$tree" "$@") >"$work/output" 2>/dev/null || exit 1
	while IFS= read -r line <&3; do
		IFS= read -r shown
		[ "$shown" = "${line:+    }$line" ] || { echo "README.md has \"$shown\", the program prints: $line"; return 1; }
	done 3<"$work/output"
}

while read -r tree archive; do
	mkdir "$work/$tree" && tar -C "$work/$tree" -xf "$trees/$archive" || exit 1
done < <(sed -nE 's|^    \$ mkdir ([a-z]+) && tar -C [a-z]+ -xf tests/trees/(.*)|\1 \2|p' "$readme")
while IFS=: read -r number command; do
	# shellcheck disable=SC2086 # words
	expect "the screen of: $command" screen $command < <(tail -n +$((number + 1)) "$readme")
done < <(grep -n '^    \$ build/try/iommuctl --root ' "$readme" | sed 's|    \$ build/try/iommuctl --root ||')
expect "there are screens of show and status" [ "$checked" -eq 2 ]

for verb in $("$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
	[ "$verb" = help ] || expect "its table lacks the verb $verb" grep -q "^| \`iommuctl $verb\b" "$readme"
done

echo "$checked checked, $failed failed"
[ "$failed" -eq 0 ]
