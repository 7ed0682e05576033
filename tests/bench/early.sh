#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # the dollars are for another shell
# early.sh PINS LIMIT - in the machine of tests/bench/early: the script takes no more million instructions than that

# shellcheck source=../vm/guest/lib.sh
. lib.sh
pins=$1 limit=$2

tar -C /root/tree -xf /root/tree.tar
reset='for file in /root/tree/sys/devices/*/*/*/driver_override; do echo "(null)" >"$file"; done'
instructions -f -b "$reset" early sh /root/early-pins /root/tree >/tmp/rows
cat /tmp/rows
equal "each card has its override" "$pins" "$(cat /root/tree/sys/devices/*/*/*/driver_override | grep -c '^vfio-pci$')"
millions=$(sed -n 's/^early\t//p' /tmp/rows)
check "$pins pins take at most $limit ms" [ "${millions%.*}" -lt "$limit" ]
check "and no process each" [ "$(sed -n 's/^early, forks\t//p' /tmp/rows | cut -d. -f1)" -le 4 ]
finish
