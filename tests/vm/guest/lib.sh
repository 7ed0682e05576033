# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Assertions for the scenarios, which begin with ". lib.sh" and end with "finish". Their messages go to standard
# error, so that "check SENTENCE COMMAND >FILE" redirects the command alone.

passed=0
failed=0

# check SENTENCE COMMAND… - the sentence is true if the command succeeds
check() {
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok - $sentence" >&2
    else
        failed=$((failed + 1))
        echo "not ok - $sentence" >&2
        return 1
    fi
}

# equal SENTENCE EXPECTED ACTUAL
equal() {
    check "$1" [ "$2" = "$3" ] && return
    echo "$2" >/tmp/expected
    echo "$3" >/tmp/actual
    diff -U0 /tmp/expected /tmp/actual | sed 's/^/    /' >&2
    return 1
}

# since VERSION - true for this Linux and newer ones
since() {
    [ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# busybox has its own, which makes ext2 only and knows few options: "vm -u" puts in that of e2fsprogs.
mke2fs() {
    [ -x /usr/bin/mke2fs ] || {
        echo "this scenario needs mke2fs of e2fsprogs: run it with vm -u" >&2
        exit 1
    }
    /usr/bin/mke2fs "$@"
}

finish() {
    echo "# $(cut -d" " -f1 /proc/uptime) s since boot" >&2
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
