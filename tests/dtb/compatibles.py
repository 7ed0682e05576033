#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compatibles.py KERNEL_SOURCE... - is firmware/iommu_compatible.c what the kernels' IOMMU drivers match?

KERNEL_SOURCE has drivers/iommu and drivers/memory/tegra. Of each driver that registers an IOMMU the table behind
of_match_table counts. 77 where no source is named.
"""
import pathlib
import re
import sys

TABLE = pathlib.Path(__file__).resolve().parents[2] / "src/firmware/iommu_compatible.c"
# Tegra's memory controllers up to Tegra210 have the IOMMU (drivers/iommu/tegra-smmu.c, tegra-gart.c).
TEGRA = re.compile(r"nvidia,tegra(20-mc-gart|30-mc|114-mc|124-mc|132-mc|210-mc)$")
# The context banks of Qualcomm's IOMMU are nodes below it, which no device names.
CONTEXT = re.compile(r"qcom,msm-iommu-v\d-(ns|sec)$")
# fsl_pamu.c matches chips, not IOMMUs.
NO_IOMMU = {"fsl_pamu.c"}


def matched(source):
    """The words in the match tables of one driver."""
    words = set()
    for name in re.findall(r"\.of_match_table\s*=\s*(?:of_match_ptr\()?(\w+)", source):
        table = re.search(r"struct of_device_id " + name + r"\[\][^{;]*\{(.*?)\n\};", source, re.S)
        words.update(re.findall(r'\.compatible\s*=\s*"([^"]+)"', table.group(1)) if table else ())
    return words


def of_kernel(kernel):
    found = {}
    for file in sorted((kernel / "drivers/iommu").rglob("*.c")):
        source = file.read_text(errors="replace")
        if "iommu_device_register" in source or "riscv_iommu_init" in source:
            words = set() if file.name in NO_IOMMU else matched(source)
            found.update({word: str(file.relative_to(kernel)) for word in words if not CONTEXT.match(word)})
    tegra = kernel / "drivers/memory/tegra/mc.c"
    words = matched(tegra.read_text()) if tegra.is_file() else set()
    found.update({word: "drivers/memory/tegra/mc.c" for word in words if TEGRA.match(word)})
    return found


rows = dict(re.findall(r'\{"([^"]+)",\s*IOMMU_KIND_\w+,\s*"([^"]+)"\}', TABLE.read_text()))
wrong = []
for kernel in map(pathlib.Path, sys.argv[1:]):
    found = of_kernel(kernel)
    wrong += [f"{kernel.name}: {word} of {file} is missing" for word, file in found.items() if word not in rows]
    print(f"{kernel.name}: {len(found)} compatibles of {len(set(found.values()))} drivers")
    wrong += [] if len(found) > 20 else [f"{kernel}: no kernel source"]
print("\n".join(wrong) if wrong else f"{len(rows)} rows")
sys.exit(bool(wrong) if sys.argv[1:] else 77)
