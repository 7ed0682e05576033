#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Measures in the machine of "kernel": each row as "NAME<tab>MILLIONS" in /out/rows.
set -eu
device=0000:00:10.0

row() {
    instructions "$@" >>/out/rows
}

ldconfig # as on every installed system: without its cache the loader tries 20 folders
modprobe -a vfio-pci
row floor floor
row show iommuctl show
row "show -J" iommuctl show -J
row "show -v" iommuctl show -v
row "show DEVICE" iommuctl show "$device"
row deferred iommuctl deferred
row streams iommuctl streams
row iommus iommuctl iommus
row check iommuctl check -q --group "$device" vfio-pci
