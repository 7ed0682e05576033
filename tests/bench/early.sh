#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # the dollars are for another shell
# early.sh PINS LIMIT - in the machine of tests/bench/early: the script takes no more million instructions than that

# shellcheck source=../vm/guest/lib.sh
. lib.sh
pins=$1 limit=$2

# As with "quiet": what a serial console takes for a line is its own speed.
echo N >/sys/module/printk/parameters/ignore_loglevel
echo 4 >/proc/sys/kernel/printk
mkdir /root/tree
tar -C /root/tree -xf /root/tree.tar
cp -r /root/tree/etc/iommuctl /etc
mount --bind /root/tree/sys /sys
reset='for file in /sys/devices/*/*/*/driver_override; do echo "(null)" >"$file"; done'
instructions -f -b "$reset" early sh /root/early-pins >/tmp/rows
cat /tmp/rows
equal "each card has its override" "$pins" "$(cat /sys/devices/*/*/*/driver_override | grep -c '^vfio-pci$')"
millions=$(sed -n 's/^early\t//p' /tmp/rows)
check "$pins pins take at most $limit ms" [ "${millions%.*}" -lt "$limit" ]
check "and no process each" [ "$(sed -n 's/^early, forks\t//p' /tmp/rows | cut -d. -f1)" -le 4 ]
finish
