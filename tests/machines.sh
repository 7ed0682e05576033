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
exits 0 "a capture says that it is such a machine" on xen-dom0-option capture "$work/dom0.tar"
exits 0 "so that it is judged as one elsewhere" "$tool" --root "$work/dom0.tar" iommus
says out "Xen itself has the IOMMU"
exits 0 "the IVRS is visible there" on xen-dom0-amd iommus -n -r -o name,state
says out "^0000:00:00.2 unknown$"
exits 0 "its streams are read, and Xen may translate them or not" on xen-dom0-amd show -n -r -o name,dma,hand_over
says out "^0000:00:14.3 unknown no:"

# An ID is the same text in each column, and an alias is the alias of an ID that the device has.
exits 0 "a device behind a bridge also sends under the bridge's ID" on pci-bridge streams -n -r -o device,id,alias_of
says out '^0000:0a:01.0 0xa08 \S*$'
says out '^0000:0a:01.0 0x900 0xa08$'
exits 0 "in documents it is a number" on pci-bridge streams -J
is_json 'any(.streams[]; .id == 2304 and .alias_of == 2568)'

# The ID of a fault and the ID of the map differ in bits that the SMMU ignores.
exits 0 "the fault is the network card's" on masked-fault faults -n -r -o device,kind,access,stream
says out '^0000:01:00.0 translation read 0x1809$'
exits 0 "and its ID selects that card" on masked-fault show -n -r -o name stream:0x1809
says out '^0000:01:00.0$'
exits 0 "so does the ID of the map" on masked-fault show -n -r -o name stream:5000000.iommu/0x9
says out '^0000:01:00.0$'
exits 0 "the bridge has another one" on masked-fault show -n -r -o name --all stream:0x8
says out '^0000:00:00.0$'
exits 0 "the mask is told" on masked-fault streams -n -r -o device,id,mask
says out '^0000:01:00.0 0x9/0x7c00 0x7c00$'

# Machines of which doctor has nothing to say: it is the hand-over that is refused, or warned of.
exits 3 "memory that the machine uses stays" on cxl-memory check 0000:37:00.0 vfio-pci
says out "refused (memory).*dax0.0 is part of the memory of the machine"
exits 3 "a switch that a program has open" on nvswitch check --group 0000:05:00.0 vfio-pci
says out "refused (node-open).*nvidia-nvswitch0 is open in nv-fabricmanage (process 812)"
exits 3 "a device of the denylist" on denylisted check 0000:b1:01.0 vfio-pci
says out "refused (denylist)"
exits 3 "a device that a VFIO driver of its kind has" on variant-driver check 0000:c1:00.2 vfio-pci
says out "warning (variant-driver)"
exits 0 "what is behind a VMD sends under the ID of the VMD" on vmd streams -n -r -o device,id,alias_of
says out '^10000:01:00.0 0xd72d 0x100$'
exits 0 "each host bridge has its form of map" on map-of-two-cells streams -n -r -o device,id
says out '^0000:01:00.0 0x1$'
says out '^0001:01:00.0 0x81$'
exits 0 "a RIMT names the IOMMU of its devices" on rimt-failed-iommu streams -n -r -o device,iommu,id,source
says out '^0000:00:02.0 riscv-iommu@0x3010000 0x10 rimt$'

finish
