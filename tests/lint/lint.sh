#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lint.sh SOURCE_DIR BUILD_DIR [CHECK...] - the checks are format, tidy, cppcheck, shell, licence, words and
# readme; without any, all.
# BUILD_DIR has compile_commands.json. 77 where a tool is missing.
set -u -o pipefail
build=$(realpath "$2") || exit 1
cd "$1" || exit 1
shift 2
[ $# -gt 0 ] || set -- format tidy cppcheck shell licence words readme
jobs=$(nproc)

# sources FIND-TEST... - files of the project, a NUL after each; not those of build folders
sources() {
	find . \( -name .git -o -name build -o -path "./${build#"$PWD"/}" \) -prune -o \
		-type f \( "$@" \) -print0 | sort -z
}
need() { command -v "$1" >/dev/null || { echo "skipped: no $1 here" && exit 77; }; }

check_format() {
	need clang-format
	sources -path './src/*.[ch]' -o -path './tests/*.[ch]' | xargs -0 clang-format --dry-run -Werror
}

# One file for each process: from the second on clang-tidy 14 takes every va_list for uninitialized.
check_tidy() {
	need clang-tidy
	jq -j --arg src "$PWD/src/" '[.[].file | select(startswith($src))] | unique[] + "\u0000"' \
		"$build/compile_commands.json" |
		xargs -0 -n1 -P"$jobs" clang-tidy -p "$build" --quiet 2> >(grep -v 'warnings\? generated' >&2)
}

# unknownEvaluationOrder mistakes the ".count =" of an initializer for the variable count; GCC's -Wsequence-point checks instead.
check_cppcheck() {
	need cppcheck
	cppcheck -j"$jobs" --quiet --enable=warning,performance,portability --std=c11 --language=c \
		-D_GNU_SOURCE '-D_Noreturn=__attribute__((noreturn))' -I src \
		--suppress=missingIncludeSystem --suppress=unknownEvaluationOrder --inline-suppr \
		--error-exitcode=1 --template='{file}:{line}: {message} [{id}]' src
}

# Shell scripts say so in their first line; those that are sourced tell shellcheck.
check_shell() {
	need shellcheck
	sources -name '*' | xargs -0 grep -lZIE '^#!.*[/ ](ba)?sh( |$)|^# shellcheck shell=' | xargs -0 shellcheck -x
}

# README's apt line must install the set "build" of scripts/deps.sh.
check_readme() {
	local build_set line
	build_set=$(bash -c '. scripts/deps.sh && echo "${packages[build]}"') || return
	line=$(sed -n 's/^    sudo apt-get install -y --no-install-recommends //p' README.md)
	[ "$line" = "$build_set" ] && return
	echo "README.md installs: $line"
	echo "scripts/deps.sh:    $build_set"
	return 1
}

failed=0
for check; do
	case $check in
		format) check_format ;;
		tidy) check_tidy ;;
		cppcheck) check_cppcheck ;;
		shell) check_shell ;;
		licence) tests/lint/licences.py . ;;
		words) tests/lint/words.py . ;;
		readme) check_readme ;;
		*) echo "no check is called $check" && false ;;
	esac || { failed=1 && echo "$check: failed"; }
done
exit $failed
