#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# deferred-none.sh - nothing is deferred: "deferred" and "doctor" report it, and "unknown" to a user who may not read
# the list.

# shellcheck source=../guest/lib.sh
. lib.sh

equal "the kernel's list is empty" "" "$(cat /sys/kernel/debug/devices_deferred)"
words=$(iommuctl deferred 2>&1)
equal "deferred succeeds" 0 $?
check "it says that nothing is" expr "$words" : ".*No device is deferred" >/dev/null
iommuctl deferred --exit-code 2>/dev/null
equal "--exit-code" 0 $?
check "deferred -J succeeds" iommuctl deferred -J >/tmp/deferred.json
equal "nothing is in the document, and no error" '[] null' "$(jq -Mr '"\(.deferred) \(.error)"' /tmp/deferred.json)"
if [ -e /sys/kernel/iommu_groups/0 ]; then
    equal "doctor finds nothing on a sound machine" "Nothing is found, and all was read. 0" \
        "$(iommuctl doctor -v --exit-code) $?"
else
    # A devicetree has no table that would name every IOMMU, so that none is there cannot be said.
    [ -e /sys/firmware/devicetree/base ] && code=no_groups_unknown || code=no_groups_iommu_absent
    equal "doctor finds that there are no groups, and no more" "$code" "$(iommuctl doctor -r -n -o code)"
fi
su nobody -s /bin/sh -c 'iommuctl doctor --exit-code' >/dev/null 2>&1
equal "without rights it cannot tell" 13 $?

words=$(su nobody -s /bin/sh -c 'iommuctl deferred' 2>&1)
equal "somebody without rights gets an answer" 0 $?
check "it says that there may be more" expr "$words" : ".*there may be more" >/dev/null
su nobody -s /bin/sh -c 'iommuctl deferred --exit-code' 2>/dev/null
equal "--exit-code says that it cannot tell" 13 $?
finish
