#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compatibles.py KERNEL_SOURCE... - is firmware/iommu_compatible.c what the kernels' IOMMU drivers match?

And are the drivers' names and buses, by which sysfs shows whether one is built in, those of model/iommu_kind.c and
sources/modules/drivers.c?

KERNEL_SOURCE has drivers/iommu and drivers/memory/tegra. Of each driver that registers an IOMMU the table behind
of_match_table counts. 77 where no source is named.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
TABLE = TOP / "src/firmware/iommu_compatible.c"
# Tegra's memory controllers up to Tegra210 have the IOMMU (drivers/iommu/tegra-smmu.c, tegra-gart.c).
TEGRA = re.compile(r"nvidia,tegra(20-mc-gart|30-mc|114-mc|124-mc|132-mc|210-mc)$")
# The context banks of Qualcomm's IOMMU are nodes below it, which no device names.
CONTEXT = re.compile(r"qcom,msm-iommu-v\d-(ns|sec)$")
# fsl_pamu.c matches chips, not IOMMUs.
NO_IOMMU = {"fsl_pamu.c"}
DRIVER = re.compile(r"struct (platform|pci|virtio)_driver \w+(?: __\w+)? = \{(.*?)\n\};", re.S)


def matched(source):
    """The words in the match tables of one driver."""
    words = set()
    for name in re.findall(r"\.of_match_table\s*=\s*(?:of_match_ptr\()?(\w+)", source):
        table = re.search(r"struct of_device_id " + name + r"\[\][^{;]*\{(.*?)\n\};", source, re.S)
        words.update(re.findall(r'\.compatible\s*=\s*"([^"]+)"', table.group(1)) if table else ())
    return words


def drivers(file, source):
    """The drivers in one file, as (bus, name). Those of context banks and TBUs register no IOMMU."""
    for bus, text in DRIVER.findall(source):
        name = re.search(r'\.(?:driver\.)?name\s*=\s*(?:"([^"]+)"|KBUILD_MODNAME)', text)
        name = name.group(1) or file.stem.replace("-", "_")
        if not re.search(r"ctx|_tbu", name):
            yield bus, name


def known_drivers():
    """The drivers that the program knows, as (bus, name)."""
    traits = (TOP / "src/model/iommu_kind.c").read_text()
    others = (TOP / "src/sources/modules/drivers.c").read_text()
    known = {(bus, name) for name, bus in re.findall(r'\.driver = "([^"]+)",\s*\.bus = "([^"]+)"', traits)}
    return known | set(re.findall(r'\{"(\w+)", "([^"]+)"\}\}', others))


def of_kernel(kernel):
    found = {}
    for file in sorted((kernel / "drivers/iommu").rglob("*.c")):
        source = file.read_text(errors="replace")
        if "iommu_device_register" in source or "riscv_iommu_init" in source:
            used.update({driver: str(file.relative_to(kernel)) for driver in drivers(file, source)})
            words = set() if file.name in NO_IOMMU else matched(source)
            found.update({word: str(file.relative_to(kernel)) for word in words if not CONTEXT.match(word)})
    tegra = kernel / "drivers/memory/tegra/mc.c"
    words = matched(tegra.read_text()) if tegra.is_file() else set()
    found.update({word: "drivers/memory/tegra/mc.c" for word in words if TEGRA.match(word)})
    return found


rows = dict(re.findall(r'\{"([^"]+)",\s*IOMMU_KIND_\w+,\s*"([^"]+)"(?:, true)?\}', TABLE.read_text()))
wrong, used = [], {}
for kernel in map(pathlib.Path, sys.argv[1:]):
    found = of_kernel(kernel)
    wrong += [f"{kernel.name}: {word} of {file} is missing" for word, file in found.items() if word not in rows]
    print(f"{kernel.name}: {len(found)} compatibles of {len(set(found.values()))} drivers")
    wrong += [] if len(found) > 20 else [f"{kernel}: no kernel source"]
known = known_drivers()
wrong += [f"the driver {bus}/{name} of {file} is missing" for (bus, name), file in used.items() if (bus, name) not in known]
print(f"{len(used)} drivers")
print("\n".join(wrong) if wrong else f"{len(rows)} rows")
if not sys.argv[1:]:
    print("not run: name the source of a kernel")
sys.exit(bool(wrong) if sys.argv[1:] else 77)
