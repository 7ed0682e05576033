#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# machines.sh IOMMUCTL UNPACK - what the verbs say of single odd machines, which doctor/ has as trees
# shellcheck source-path=SCRIPTDIR
# shellcheck source=support/frame.sh
. "$(dirname "$0")/support/frame.sh"
export LC_ALL=C.UTF-8 NO_COLOR=1
unset COLUMNS
machines=$trees/../doctor

# on MACHINE COMMAND… - the program on a tree of doctor/
on() {
	local machine=$1
	shift
	[ -d "$work/$machine" ] || "$unpack" "$machines/$machine.tree" "$work/$machine" || exit 1
	"$tool" --root "$work/$machine" "$@"
}

# Xen's control domain has no IOMMU of its own, and the commands to be typed there are Xen's.
exits 0 "in Xen's control domain an empty list of IOMMUs is explained" on xen-dom0-option iommus
says out "Xen itself has the IOMMU"
exits 0 "but not to scripts" on xen-dom0-option iommus -n
is_silent
exits 3 "VFIO does not work there" on xen-dom0-option check 0000:00:14.3 vfio-pci
says out "xl pci-assignable-add 0000:00:14.3"
! grep -q interrupts "$work/out"; verdict "whether Xen remaps interrupts is not said" $?
exits 0 "no source is unread" on xen-dom0-option deferred --exit-code
exits 0 "the IVRS is visible there" on xen-dom0-amd iommus -n -r -o name,state
says out "^0000:00:00.2 unknown$"
exits 0 "its streams are read, and Xen may translate them or not" on xen-dom0-amd show -n -r -o name,dma,hand_over
says out "^0000:00:14.3 unknown no:"

finish
