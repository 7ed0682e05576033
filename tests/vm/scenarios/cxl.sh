#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# cxl.sh - a CXL memory device: it may go to VFIO and come back while no region uses it

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

cxl=/sys/bus/cxl/devices
modprobe cxl_acpi
modprobe cxl_mem
eventually ls -d $cxl/endpoint* >/dev/null
memory=$(basename "$(ls -d /sys/bus/pci/drivers/cxl_pci/0000:*)")

exits 0 "show" show -J -v "$memory"
equal "its interface, driver and DMA" "mem0 cxl_pci translated" \
    "$(json --arg device "$memory" '.devices[] | select(.name == $device) | "\(.interfaces[0]) \(.driver) \(.dma)"')"
before=$(state "$memory")
exits 0 "unused it may go" check -J "$memory" vfio-pci
exits 0 "and goes" rebind -J "$memory" vfio-pci
equal "to VFIO" "$memory cxl_pci vfio-pci" "$(moved)"
exits 0 "it comes back" restore -J --all
equal "to what it was" "$before" "$(state "$memory")"
finish
