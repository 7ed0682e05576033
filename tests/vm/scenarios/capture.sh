#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR
# capture.sh - a capture of this machine prints what the machine itself prints, for root and for others: every reading
# command, and "check" with drivers that nothing named before the capture

# shellcheck source=../guest/lib.sh
. lib.sh

mkdir /tmp/tree
check "a capture succeeds" iommuctl capture --with-serials /tmp/capture.tar >/dev/null
check "it unpacks" tar -C /tmp/tree -xf /tmp/capture.tar
gzip -9 </tmp/capture.tar >/out/capture.tar.gz

check "so does one without serials" iommuctl capture /tmp/private.tar >/dev/null
equal "where all serials are digests" "" \
    "$(iommuctl --root /tmp/private.tar show --all -n -r -o serial | tr , '\n' | grep -v -e '^-$' -e ':digest-')"

# The shells of this scenario have the port open through which it prints, and their number changes. The commands that
# show names for the capture have its --root.
steady() {
    sed -E 's/ and [0-9]+ more/ and N more/g; s|(iommuctl [a-z]+) --root /tmp/tree|\1|'
}

# same ARGUMENT… - prints the same of the machine and of its capture
same() {
    local machine capture
    machine=$(iommuctl "$@" 2>&1 | steady)
    capture=$(iommuctl --root /tmp/tree "$@" 2>&1 | steady)
    equal "$* prints the same" "$machine" "$capture"
}

for arguments in show "show -v" "show -J" "show -v -J" iommus "iommus -v" "iommus -J" "iommus -v -J" \
    streams "streams -v" "streams -J" "streams -v -J" \
    deferred "deferred -v --exit-code" "deferred -J" "deferred -v -J"; do
    # shellcheck disable=SC2086 # words
    same $arguments
done
devices=$(iommuctl show -J | jq -r '.devices[].name')
check "there are devices" [ -n "$devices" ]
for device in $devices; do
    same check -J -v "$device" vfio-pci
done
# Some drivers are there, some come with modules that need others, and some are not known at all.
for device in $(echo "$devices" | sed -n '1p;5p;$p'); do
    for driver in pci-stub snd_hda_intel none uio_pci_generic unheard-of; do
        same check "$device" "$driver"
    done
done

# Without root less can be read. Files that could not be read are told from files that do not exist.
cd /tmp || exit 1
check "somebody without rights captures too" su nobody -s /bin/sh -c 'iommuctl capture --with-serials /tmp/nobody.tar' >/dev/null
mkdir /tmp/nobody
check "that unpacks as well" tar -C /tmp/nobody -xf /tmp/nobody.tar
equal "the list of deferred devices is denied, not absent" "denied EACCES" \
    "$(sed -n 's/.*devices_deferred\t//p' /tmp/nobody/iommuctl/unreadable | sort -u)"
# The log has another name in a capture. Of many processes the first that was listed is named, and some have ended.
plain() {
    sed -E 's|/dev/kmsg\>|/iommuctl/log|g; s|[0-9]+ processes|N processes|g; s|/proc/[0-9]+/[^:]*: ([A-Z][a-z ]*), and [0-9]+ more|/proc: \1|g'
}
for arguments in "show -J" "show -v -J" "iommus -v -J" "streams -J" "deferred -J -v"; do
    # shellcheck disable=SC2086 # words
    equal "$arguments prints the same of it" "$(su nobody -s /bin/sh -c "iommuctl $arguments" 2>&1 | plain)" \
        "$(iommuctl --root /tmp/nobody $arguments 2>&1 | plain)"
done
finish
