#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# in-use.sh SCENARIO… - what is in use is not taken, and what is free is: the scenarios in-use/SCENARIO.sh, in one boot
# of intel-full

failed=''
for scenario; do
    echo "# $scenario"
    sh "./$scenario.sh" || failed="$failed $scenario"
done
[ -z "$failed" ] || echo "failed:$failed"
[ -z "$failed" ]
