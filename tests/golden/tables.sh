#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tables.sh IOMMUCTL UNPACK - IOMMUs and streams of each ACPI table of tests/tables/good: as a file of another machine, and
# on a machine with devices that the table names. Compared with tables/NAME.txt; UPDATE=1 writes these files.
set -u
tool=$1 unpack=$2
here=$(cd "$(dirname "$0")" && pwd)
tables=$here/../tables/good
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1
columns=device,iommu,id,mask,source,alias_of,map,error
failed=0

# Devices as the tables name them: by requester ID, by ACPI path, by hardware ID, and by their registers in /proc/iomem.
cat >"$work/machine.tree" <<-'END'
	/proc/sys/kernel/osrelease = 6.12.0
	/proc/iomem = 09000000-09000fff : LNRO0005:00\n0a000000-0a000fff : LNRO0005:01\n  0b000000-0b000fff : LNRO0005:02\n
	/sys/kernel/uevent_seqnum = 1
	/sys/class/iommu/
	/sys/firmware/acpi/tables/
	group 1 type=DMA
	pci 0000:00:01.0 in pci0000:00 group=1 driver=nvme id=1B36:0010 class=10802
	pci 0000:00:02.0 in pci0000:00 driver=e1000e id=8086:10D3 class=20000
	pci 0001:00:01.0 in pci0001:00 driver=e1000e id=8086:10D3 class=20000
	group 2 type=DMA
	platform LNRO0005:00 group=2 driver=uart-pl011
	platform LNRO0005:01 driver=uart-pl011
	platform LNRO0005:02 driver=uart-pl011
	platform AMDI0020:00 driver=dw-apb-uart
	platform ACPI0002:00 driver=pl330
	/sys/devices/LNXSYSTM:00/AMDI0020:00/hid = AMDI0020
	/sys/devices/LNXSYSTM:00/AMDI0020:00/uid = ID00
	/sys/devices/LNXSYSTM:00/AMDI0020:00/path = \\_SB_.URT0
	/sys/devices/LNXSYSTM:00/LNRO0005:00/path = \\_SB_.COM0
	/sys/devices/LNXSYSTM:00/LNRO0005:02/path = \\_SB_.COM2
	/sys/devices/platform/LNRO0005:00/firmware_node -> ../../LNXSYSTM:00/LNRO0005:00
	/sys/devices/platform/LNRO0005:02/firmware_node -> ../../LNXSYSTM:00/LNRO0005:02
	/sys/devices/LNXSYSTM:00/ACPI0002:00/path = \\_SB_.DMA0
	/sys/devices/platform/AMDI0020:00/firmware_node -> ../../LNXSYSTM:00/AMDI0020:00
	/sys/devices/platform/ACPI0002:00/firmware_node -> ../../LNXSYSTM:00/ACPI0002:00
END
"$unpack" "$work/machine.tree" "$work/machine" || exit 1

# print WORDS... - a command with what it prints, and its exit status where that is not 0
print() {
	echo "\$ ${*//$work\//}"
	"$tool" "$@" 2>&1 | sed "s|$work/||g"
	local status=${PIPESTATUS[0]}
	[ "$status" -eq 0 ] || echo "exit status $status"
}

for table in "$tables"/*.aml; do
	name=$(basename "$table" .aml)
	signature=$(head -c 4 "$table")
	rm -rf "$work/acpi" && mkdir "$work/acpi" && cp "$table" "$work/acpi/$signature"
	rm -f "$work"/machine/sys/firmware/acpi/tables/* && cp "$table" "$work/machine/sys/firmware/acpi/tables/$signature"
	{
		print iommus --acpi "$work/acpi" -n -r -o name,kind,device,firmware_node,state
		print streams --acpi "$work/acpi" -n -r -o "$columns"
		print --root "$work/machine" streams -n -r -o "$columns"
	} >"$work/out"
	if [ -n "${UPDATE-}" ]; then
		mkdir -p "$here/tables" && cp "$work/out" "$here/tables/$name.txt"
	elif ! diff -u "$here/tables/$name.txt" "$work/out"; then
		failed=1
	fi
done
exit $failed
