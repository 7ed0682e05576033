#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# capture.sh - a capture of this machine prints what the machine itself prints, for root and for others

# shellcheck source=../guest/lib.sh
. lib.sh

mkdir /tmp/tree
check "a capture succeeds" iommuctl capture /tmp/capture.tar >/dev/null
check "it unpacks" tar -C /tmp/tree -xf /tmp/capture.tar
gzip -9 </tmp/capture.tar >/out/capture.tar.gz
for arguments in "show" "show -v" "show -J" "show -v -J" "iommus" "iommus -J" "streams" "streams -J"; do
    # shellcheck disable=SC2086 # words
    equal "$arguments prints the same" "$(iommuctl $arguments 2>&1)" "$(iommuctl --root /tmp/tree $arguments 2>&1)"
done

# Without root less can be read. Files that could not be read are told from files that do not exist.
cd /tmp || exit 1
check "somebody without rights captures too" su nobody -s /bin/sh -c 'iommuctl capture /tmp/nobody.tar' >/dev/null
mkdir /tmp/nobody
check "that unpacks as well" tar -C /tmp/nobody -xf /tmp/nobody.tar
equal "the IOMMU's tables are denied, not absent" "denied" \
    "$(sed -n 's/.*devices_deferred\t//p; s/^.sys.kernel.debug\t//p' /tmp/nobody/iommuctl/unreadable | sort -u)"
equal "show prints the same of it" "$(su nobody -s /bin/sh -c 'iommuctl show -J')" "$(iommuctl --root /tmp/nobody show -J)"
finish
