#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""signatures.py KERNEL_SOURCE... - does the program know each ACPI table that the kernels know?

A table is decoded (model/firmware_table.c), known to describe no IOMMU (firmware/acpi_signatures.c), or listed below.
KERNEL_SOURCE has include/acpi. 77 where no source is named.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# Tables that may describe IOMMUs and that no Linux driver reads: the program calls them unknown.
UNREAD = {"IOVT"}  # I/O virtualization of LoongArch
PLACEHOLDER = "XXXX"


def known_tables():
    decoded = re.findall(r'^\t\{"([A-Z0-9]{4})"', (TOP / "src/model/firmware_table.c").read_text(), re.M)
    harmless = re.findall(r'"([^"]{4})"', (TOP / "src/firmware/acpi_signatures.c").read_text())
    return set(decoded), set(harmless)


def tables_of(kernel):
    text = "\n".join(file.read_text(errors="replace") for file in sorted((kernel / "include/acpi").glob("*.h")))
    return set(re.findall(r'#define ACPI_SIG_\w+\s+"([^"]{4})"', text)) - {PLACEHOLDER}


kernels = [pathlib.Path(name) for name in sys.argv[1:]]
if not kernels:
    print("not run: name the source of a kernel")
    sys.exit(77)
decoded, harmless = known_tables()
wrong = [f"{name} is decoded and harmless at once" for name in sorted(decoded & harmless)]
for kernel in kernels:
    found = tables_of(kernel)
    wrong += [f"{kernel.name}: {name} has no row" for name in sorted(found - decoded - harmless - UNREAD)]
    print(f"{kernel.name}: {len(found)} tables, {len(found & decoded)} decoded")
    if len(found) < 50:
        wrong.append(f"{kernel.name}: only {len(found)} tables found")
print("\n".join(wrong))
sys.exit(bool(wrong))
