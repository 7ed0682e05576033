#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# in-use.sh SCENARIO… - devices in use are refused, and devices not in use are moved: the scenarios in-use/SCENARIO.sh, in one boot
# of intel-full

failed=''
for scenario; do
    echo "# $scenario"
    sh "./$scenario.sh" || failed="$failed $scenario"
done
[ -z "$failed" ] || echo "failed:$failed"
[ -z "$failed" ]
