#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""groups.py KERNEL_SOURCE... - are the tables of buses and of IOMMUs with one group what the kernels have?

KERNEL_SOURCE has drivers/iommu. model/mapped_bus.c and model/bus.c are held against iommu_buses of drivers/iommu/iommu.c, and
the kinds with .one_group against the drivers whose .device_group gives all devices one group. 77 where no source is named.
"""
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"
# Devices of these buses have a node of their own in firmware, or an ID from their place (PCI).
OTHER_BUSES = {"platform", "pci", "amba"}
NAMES = {"amba": "amba", "amba_bustype": "amba", "host1x_context_device": "host1x-context", "fsl_mc": "fsl-mc"}
SINGLE = re.compile(r"\.device_group\s*=\s*(?:generic_single_device_group|(?:rk|sun50i|omap|sprd)_iommu_device_group|"
                    r"IS_ENABLED\(CONFIG_ARM\) && !IS_ENABLED\(CONFIG_IOMMU_DMA\))")


def rows(file, pattern):
    return re.findall(pattern, (SOURCE / file).read_text(), re.S)


def buses_of(kernel):
    """The names of the buses that the kernel probes for IOMMUs; empty before Linux 6.0, which has no list."""
    source = (kernel / "drivers/iommu/iommu.c").read_text()
    table = re.search(r"iommu_buses\[\]\s*=\s*\{(.*?)\};", source, re.S)
    words = re.findall(r"&(\w+?)(?:_bus_type)?,", table.group(1)) if table else []
    return {NAMES.get(word, word) for word in words}


def single_files(kernel):
    files = (kernel / "drivers/iommu").rglob("*.c")
    return {file.name for file in files if SINGLE.search(file.read_text(errors="replace"))}


mapped = set(rows("model/mapped_bus.c", r'\{"([^"]+)", "[^"]+", (?:NULL|"[^"]+"),'))
without = {bus for table in rows("model/bus.c", r"(?:without_groups|named_only)\[\]\s*=\s*\{(.*?)\};")
           for bus in re.findall(r'"([^"]+)"', table)}
file_of = {kind: pathlib.Path(file).name
           for kind, file in rows("firmware/iommu_compatible.c", r'\{"[^"]+",\s*(IOMMU_KIND_\w+),\s*"([^"]+)"(?:, true)?\}')}
kinds = rows("model/iommu_kind.c", r"\[(IOMMU_KIND_\w+)\] = \{(.*?)\}")
single = {file_of[kind] for kind, traits in kinds if ".one_group = true" in traits}
wrong, seen = [], set()
for kernel in map(pathlib.Path, sys.argv[1:]):
    found, files = buses_of(kernel), single_files(kernel)
    seen |= files
    wrong += [f"{kernel.name}: the bus {bus} is in no table" for bus in found - OTHER_BUSES - mapped]
    wrong += [f"{kernel.name}: model/bus.c says that {bus} never has groups" for bus in found & without]
    wrong += [f"{kernel.name}: {file} has one group" for file in files - single]
    wrong += [] if files else [f"{kernel}: no kernel source"]
    print(f"{kernel.name}: buses {' '.join(sorted(found)) or '-'}; one group: {' '.join(sorted(files))}")
wrong += [f"no kernel: {file} has one group" for file in single - seen] if sys.argv[1:] else []
print("\n".join(wrong) if wrong else f"{len(mapped)} mapped buses, {len(single)} kinds with one group")
if not sys.argv[1:]:
    print("not run: name the source of a kernel")
sys.exit(bool(wrong) if sys.argv[1:] else 77)
