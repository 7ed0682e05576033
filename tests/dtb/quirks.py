#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""quirks.py KERNEL_SOURCE... - is model/pci_alias.c what drivers/pci/quirks.c of the kernels has?

KERNEL_SOURCE has drivers/pci and include/linux/pci_ids.h. A row that no kernel has is wrong as well. 77 where no source
is named.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# The quirks, and the words of their rows here.
KNOWN = {
    "quirk_dma_func0_alias": "function 0",
    "quirk_dma_func1_alias": "function 1",
    "quirk_mic_x200_dma_alias": "fixed",
    "quirk_use_pcie_bridge_dma_alias": "PCI_ALIAS_HIDES_EXPRESS",
    "quirk_aspeed_pci_bridge_no_alias": "PCI_ALIAS_FORWARDS",
    "quirk_bridge_cavm_thrx2_pcie_root": "PCI_ALIAS_ENDS",
    "quirk_pex_vca_alias": "VCA_FUNCTIONS",
    "quirk_plx_ntb_dma_alias": "ALL_FUNCTIONS",
}
# The first has a table of its own; the second, a macro: it reads IDs from registers of the device, and has no rows.
OTHERS = {"quirk_fixed_dma_alias", "quirk_switchtec_ntb_dma_alias"}


def number(word, ids):
    return int(word, 0) if word[0].isdigit() else ids[word]


def quirks_of(kernel):
    """The rows (quirk, vendor, device, …) of one kernel."""
    ids = {name: int(value, 0) for name, value in
           re.findall(r"^#define\s+(PCI_\w+)\s+(0x[0-9a-fA-F]+)", (kernel / "include/linux/pci_ids.h").read_text(), re.M)}
    source = re.sub(r"/\*.*?\*/", "", (kernel / "drivers/pci/quirks.c").read_text(), flags=re.S)
    rows = set()
    pattern = r"DECLARE_PCI_FIXUP_\w+\(\s*(\w+),\s*(\w+),\s*(\w*alias\w*|quirk_bridge_cavm_thrx2_pcie_root)\)"
    for vendor, device, quirk in re.findall(pattern, source):
        if quirk in KNOWN:
            rows.add((KNOWN[quirk], number(vendor, ids), number(device, ids)))
        elif quirk not in OTHERS:
            wrong.append(f"{kernel.name}: {quirk} is in no list of tests/dtb/quirks.py")
    fixed = re.search(r"fixed_dma_alias_tbl\[\] = \{(.*?)\n\};", source, re.S).group(1)
    for words in re.findall(r"PCI_DEVICE_SUB\((\w+),\s*(\w+),\s*(\w+),\s*(\w+)\)", fixed):
        rows.add(("fixed", *(number(word, ids) for word in words)))
    return rows


def rows_of_table():
    text = re.sub(r"/\*.*?\*/", "", (TOP / "src/model/pci_alias.c").read_text(), flags=re.S)
    part = {name: re.search(rf"\}} {name}\[\] = \{{(.*?)\n\}};", text, re.S).group(1)
            for name in ("same_slot", "fixed", "whole_bus", "bridges")}
    rows = {(f"function {function}", int(vendor, 16), int(device, 16))
            for vendor, device, function in re.findall(r"\{(0x\w+), (0x\w+), (\d)\}", part["same_slot"])}
    rows |= {(word, int(vendor, 16), int(device, 16)) for name in ("whole_bus", "bridges")
             for vendor, device, word in re.findall(r"\{(0x\w+), (0x\w+), (\w+)\}", part[name])}
    for vendor, device, card in re.findall(r"\{(0x\w+), (0x\w+), \d, \{[^}]*\}((?:, 0x\w+)*)\}", part["fixed"]):
        rows.add(("fixed", int(vendor, 16), int(device, 16), *(int(word, 16) for word in card.split(", ") if word)))
    return rows


def words_of(row):
    return row[0] + " " + ":".join(f"{value:04x}" for value in row[1:])


kernels = [pathlib.Path(name) for name in sys.argv[1:]]
if not kernels:
    print("not run: name the source of a kernel")
    sys.exit(77)
wrong, table, all_rows = [], rows_of_table(), set()
for kernel in kernels:
    rows = quirks_of(kernel)
    all_rows |= rows
    wrong += [f"{kernel.name}: {words_of(row)} is not in src/model/pci_alias.c" for row in sorted(rows - table)]
    print(f"{kernel.name}: {len(rows)} quirks")
    if len(rows) < 25:
        wrong.append(f"{kernel.name}: only {len(rows)} quirks found")
wrong += [f"src/model/pci_alias.c: no kernel has {words_of(row)}" for row in sorted(table - all_rows)]
print("\n".join(wrong))
sys.exit(bool(wrong))
