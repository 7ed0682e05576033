#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# headers.sh CC SRC - every header compiles alone, so it includes what its declarations need
set -u
cc=$1 src=$2
count=0 failed=0
flags="-std=gnu17 -D_GNU_SOURCE -I$src -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags json-c)"
for header in $(find "$src" -name '*.h' | sort); do
	count=$((count + 1))
	# shellcheck disable=SC2086 # flags are words
	echo "#include \"$header\"" | $cc $flags -x c - || failed=$((failed + 1))
done
echo "$count headers, $failed do not compile alone"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
