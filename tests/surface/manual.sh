#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# manual.sh IOMMUCTL MAN_FOLDER CODES SCHEMA - the manual has every verb, option, column, check, code of a finding, exit status
# and top-level JSON key; its pages fit 80 columns, name only pages that exist, and mandoc finds nothing wrong with them. 77
# without mandoc.
set -u -o pipefail
tool=$1 folder=$2 codes=$3 schema=$4
pages=("$folder"/*.[1-9])
command -v mandoc >/dev/null || { echo "skipped: no mandoc here" && exit 77; }
export LC_ALL=C.UTF-8
# One line for each paragraph, without overstriking.
text=$(mandoc -T utf8 -O width=1000 "$folder/iommuctl.8" | sed 's/.\x08//g') || exit 1
checked=0 failed=0

# section NAME - the text of that section
section() { sed -n "/^$1\$/,/^[A-Z]/p" <<<"$text"; }
# marked NAME - the words that are marked as literal in the section of that name of any page, one a line: prose does not count
marked() { sed -n "/^\.Sh $1\$/,/^\.Sh/p" "${pages[@]}" | sed -n 's/^\.[A-Z][a-z] //p' | tr ' ' '\n' | sort -u; }
# has WHAT GREP-ARGUMENT... - standard input has a line like that
has() {
	local what=$1
	shift
	checked=$((checked + 1))
	grep -qE "$@" && return
	echo "not in the manual: $what"
	failed=$((failed + 1))
}

verbs=$("$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
for verb in $verbs; do
	has "verb $verb in SYNOPSIS" "^ +iommuctl .*\b$verb\b" < <(section SYNOPSIS)
	has "verb $verb in DESCRIPTION" "^ +$verb( |\$)" < <(section DESCRIPTION)
	if "$tool" "$verb" --help | grep -- '--output COLUMN' >/dev/null; then
		for column in $("$tool" "$verb" -o help | sed 's/ .*//'); do
			has "column $column of $verb" -x "$column" < <(marked COLUMNS)
		done
	fi
	# A document of a tree that is not there has all of the verb's keys, and nothing is done.
	keys=$("$tool" --root /nonexistent -J "$verb" /nonexistent/x 2>/dev/null | jq -r 'keys[]')
	for key in ${keys:-NONE}; do
		has "key $key of $verb -J" -x "$key" < <(marked JSON)
	done
done
# Each option is an entry of its own: "-J, --json".
while read -r option; do
	has "option $option" "^ +$option( |\$)" <<<"$text"
done < <("$tool" --help | sed -nE 's/^ +((-., )?--[a-z-]+).*/\1/p')
for check in $("$tool" check --waive help | sed 's/ .*//'); do
	has "check $check" -x "$check" < <(marked CHECKS)
done
# Codes of checks are the words of the checks, so FINDINGS leaves them to CHECKS. The schema has all of them.
declared=$("$codes" | cut -d' ' -f1 | sort)
for code in $declared; do
	has "code $code" -x "$code" < <(marked FINDINGS; marked CHECKS)
done
for code in $(marked FINDINGS | grep '._.'); do
	has "the program has no code $code, which the manual names" -x "$code" <<<"$declared"
done
if ! diff <(jq -r '.["$defs"].code.enum[]' "$schema" | sort) - <<<"$declared"; then
	echo "the codes of the schema (<) are not those of the program (>)"
	failed=$((failed + 1))
fi
for status in {0..13}; do
	has "exit status $status" "(^|[ ,])$status([ ,]|\$)" < <(section "EXIT STATUS")
done

for page in "${pages[@]}"; do
	name=${page##*/}
	mandoc -T lint -W warning "$page" || failed=$((failed + 1))
	if mandoc -T utf8 -O width=80 "$page" | sed 's/.\x08//g' | grep -E '.{81}'; then
		echo "$name is wider than 80 columns"
		failed=$((failed + 1))
	fi
	# Each page is reached from the first one, and names only pages that exist.
	has "$name in iommuctl(8)" -x "\.Nm iommuctl|\.(It )?Xr ${name%.*} ${name##*.}( ,)?" "$folder/iommuctl.8"
	while read -r other; do
		[ -e "$folder/$other" ] && continue
		echo "$name names $other, which does not exist"
		failed=$((failed + 1))
	done < <(sed -nE 's/^\.(It )?Xr (iommuctl[a-z-]*) ([0-9]).*/\2.\3/p' "$page")
done
echo "$checked words looked for, $failed failed"
[ $checked -gt 50 ] && [ $failed -eq 0 ]
