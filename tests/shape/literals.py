#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""literals.py SRC - a question that one function answers is not answered again by a literal elsewhere."""
import pathlib
import re
import sys

# Names of VFIO drivers, in either spelling, as a whole string.
VFIO_TABLE = "model/vfio_driver.c"
VFIO_ALLOWED = {
    VFIO_TABLE,
    "views/result.c",  # QEMU's device of that name
}
# Forbidden literals: pattern, the files that may have it, and the replacement.
RULES = [
    (r'str\w*cmp\([^;"]*"pci"', {"model/pci.c"}, "device_is_pci or bus_is_pci (model/pci.h)"),
    (r'class >> (8|16)\b', {"model/pci.c"}, "device_class or device_base_class (model/pci.h)"),
    (r'str(str|\w*cmp)\([^;"]*driver[^;"]*"[^"]*vfio', set(), "driver_is_vfio (model/vfio_driver.h)"),
    (r'"/dev/vfio/noiommu-"', {"model/system.c"}, "group_is_noiommu (model/system.h)"),
    (r'/proc/%d/stat"', {"base/process.c"}, "process_stat (base/process.h)"),
    (r'str\w*cmp\([^;]*kind,?[^;"]*"(arm|intel|amd|virtio|riscv)', set(), "a trait of the kind (model/iommu_kind.h)"),
    (r'"(arm-smmu|arm-smmu-v3|intel-iommu|amd-iommu|virtio-iommu|riscv-iommu)\.?"', {"model/iommu_kind.c"},
     "a trait of the kind (model/iommu_kind.h)"),
    (r'"(arm,s?mmu-\w+|nvidia,smmu-500|virtio,pci-iommu|riscv,iommu)"',
     {"firmware/iommu_compatible.c", "model/iommu_kind.c"}, "iommu_kind_of_compatible (firmware/iommu_compatible.h)"),
    (r'"(IORT|VIOT|DMAR|IVRS|RIMT|iort|viot|dmar|ivrs|rimt)"',
     {"model/firmware_table.c", "model/iommu_kind.c", "firmware/iort.c", "firmware/viot.c", "firmware/dmar.c",
      "firmware/ivrs.c", "firmware/rimt.c"}, "a row of firmware_tables (model/firmware_table.h)"),
    (r'"(group|iommu|driver|id|class|stream):"', {"model/select.c"}, "select_reach (model/select.h)"),
]


def same_spelling(name):
    return name.replace("-", "_")


source = pathlib.Path(sys.argv[1])
names = {same_spelling(name) for name in re.findall(r'^\t\{"([^"]+)"', (source / VFIO_TABLE).read_text(), re.M)}
checked, wrong = 0, []
for file in sorted([*source.rglob("*.c"), *source.rglob("*.h")]):
    path = str(file.relative_to(source))
    text = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment.group().count("\n"), file.read_text(), flags=re.S)
    checked += 1
    for pattern, allowed, instead in RULES:
        for match in re.finditer(pattern, text) if path not in allowed else ():
            line = text.count("\n", 0, match.start()) + 1
            wrong.append(f"{path}:{line}: {match.group()}: use {instead}")
    for match in re.finditer(r'"([\w-]+)"', text) if path not in VFIO_ALLOWED else ():
        if same_spelling(match.group(1)) in names:
            line = text.count("\n", 0, match.start()) + 1
            wrong.append(f"{path}:{line}: {match.group()} is a VFIO driver: ask {VFIO_TABLE}")
print("\n".join(wrong) if wrong else f"{checked} files, none answers what {len(RULES) + 1} places answer")
sys.exit(bool(wrong) or checked < 100 or len(names) < 10)
