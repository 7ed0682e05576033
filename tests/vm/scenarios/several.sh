#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# several.sh SCENARIO[+ARG…]… - these scenarios one after another, in one boot. vm puts them in with -f.

# shellcheck source=../guest/lib.sh
. lib.sh

for scenario; do
    echo "# scenario $scenario" >&2
    # shellcheck disable=SC2046 # words
    check "$scenario" sh "./${scenario%%+*}.sh" $(echo "$scenario" | tr + '\n' | tail -n +2) >&2
done
finish
