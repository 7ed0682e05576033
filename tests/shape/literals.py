#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""literals.py SRC - a question that one function answers is not answered again by a literal elsewhere."""
import pathlib
import re
import sys

# Names of VFIO drivers, in either spelling, as a whole string.
VFIO_TABLE = "model/vfio_driver.c"
KIND_TABLE = "model/iommu_kind.c"
COMPATIBLE_TABLE = "firmware/iommu_compatible.c"
FIRMWARE_TABLE = "model/firmware_table.c"
VFIO_ALLOWED = {
    VFIO_TABLE,
    "views/launch.c",  # QEMU's device of that name
}
# Forbidden literals: pattern, the files that may have it, and the replacement.
RULES = [
    (r'str\w*cmp\([^;"]*"pci"', {"model/pci.c"}, "device_is_pci or bus_is_pci (model/pci.h)"),
    (r'class >> (8|16)\b', {"model/pci.c", "model/pci_model.c"}, "device_class or device_base_class (model/pci.h)"),
    (r'str(str|\w*cmp)\([^;"]*driver[^;"]*"[^"]*vfio', set(), "driver_is_vfio (model/vfio_driver.h)"),
    (r'"/dev/vfio/noiommu-"', {"model/system.c"}, "group_is_noiommu (model/system.h)"),
    (r'/proc/%d/stat"', {"base/process.c"}, "process_stat (base/process.h)"),
    (r'json_object_new_string', {"views/column.c", "views/groups.c"}, "json_text or json_word (views/column.h)"),
    (r'"(group|iommu|driver|id|class|state|dma|type|stream):"', {"model/select_kind.c"}, "select_reach (model/select.h)"),
]


def same_spelling(name):
    return name.replace("-", "_")


def words(path, pattern):
    """The words of a table, which its own file holds."""
    found = re.findall(pattern, (source / path).read_text(), re.M)
    if len(found) < 5:
        sys.exit(f"{path}: only {len(found)} rows found: has the table another form?")
    return found


def either(found, suffix=""):
    return '"(' + "|".join(sorted(map(re.escape, set(found)))) + f'){suffix}"'


source = pathlib.Path(sys.argv[1])
names = {same_spelling(name) for name in words(VFIO_TABLE, r'^\t\{"([^"]+)"')}
signatures = words(FIRMWARE_TABLE, r'^\t\{"([A-Z0-9]{4})"')
# virtio,mmio and xen,grant-dma are words of other things too.
compatibles = [word for word in words(COMPATIBLE_TABLE, r'^\t\{"([^"]+)"') if "virtio,mmio" != word != "xen,grant-dma"]
# A new row of these tables is covered without a change here.
RULES += [
    (either(words(KIND_TABLE, r'\.name = "([^"]+)"'), r"\.?"), {KIND_TABLE, "faults/forms.c"}, "a trait of the kind (model/iommu_kind.h)"),
    (either(compatibles), {COMPATIBLE_TABLE, KIND_TABLE}, "iommu_kind_of_compatible (firmware/iommu_compatible.h)"),
    (either([*signatures, *map(str.lower, signatures)]),
     {FIRMWARE_TABLE, KIND_TABLE, *(f"firmware/{word.lower()}.c" for word in signatures)},
     "a row of firmware_tables (model/firmware_table.h)"),
]
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
sys.exit(bool(wrong) or checked < 100)
