#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""growth.py IOMMUCTL - no command takes more than about n log n: four times the machine, about four times the work.

The measure is instructions where perf can count them, else processor time, the least of several runs: both are the
process's own, so other work on the machine changes little. Four times the size may take LIMIT times as much; a
quadratic command takes sixteen times.
"""
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

import machines as m

FACTOR = 4
LIMIT = 8
# A command about one device reads that one: the others cost nothing.
FLAT = 1.25
RUNS = 3


FIRST = "0000:00:00.0"


def names_of(size):
    return [f"0000:{i >> 8:02x}:{i >> 3 & 0x1f:02x}.{i & 7}" for i in range(size)]


CASES = [
    # what, size, machine, arguments or a function of the size that makes them, and a limit of its own
    ("devices on one stream", 500, m.one_stream, ["streams", "--dtb"]),
    ("devices on one stream, as JSON", 500, m.one_stream, ["streams", "-J", "--dtb"]),
    ("streams", 2000, m.own_streams, ["streams", "-J", "--dtb"]),
    ("streams with masks", 1000, m.masked_streams, ["streams", "-J", "--dtb"]),
    ("members of one group", 250, m.one_group, ["show", "--root"]),
    ("members of one group, all of them", 250, m.one_group, ["show", "-v", "-J", "--root"]),
    ("members of one group, in a table for scripts", 250, m.one_group, ["show", "-v", "-r", "--root"]),
    ("members of one group, in the way of a change", 250, m.one_group, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("members of one group, moved with a device", 250, m.one_group,
     ["check", "-J", "--group", FIRST, "vfio-pci", "--root"]),
    ("devices", 250, m.many_groups, ["show", "--root"]),
    ("devices beside the one that is shown", 1000, m.beside, ["show", FIRST, "--root"], FLAT),
    ("devices beside the one that is checked", 1000, m.beside, ["check", "-J", FIRST, "vfio-pci", "--root"], FLAT),
    ("devices beside the one that status is about", 1000, m.beside, ["status", FIRST, "--root"], FLAT),
    ("devices, all of them", 250, m.many_groups, ["show", "-v", "-J", "--root"]),
    ("devices beside the one that is moved", 250, m.many_groups, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices that are chosen one by one", 250, m.many_groups,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("parents of mediated devices that are chosen one by one", 250, m.parents,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("devices without their SMMU", 1000, m.lost, ["deferred", "-J", "--root"]),
    ("devices whose IOMMU failed", 250, m.rejected, ["deferred", "-J", "-v", "--root"]),
    ("devices that wait", 250, m.waiting, ["deferred", "-J", "-v", "--root"]),
    ("devices whose probe failed, with faults", 500, m.failed, ["deferred", "-J", "--root"]),
    ("faults of as many devices", 250, m.faulty, ["faults", "-J", "--root"]),
    ("devices with all their findings", 250, m.many_groups, ["doctor", "-J", "--root"]),
    ("devices of a disabled or failed IOMMU, with all their findings", 250, m.rejected, ["doctor", "-J", "--root"]),
    ("devices without their SMMU, with all their findings", 500, m.lost, ["doctor", "-J", "--root"]),
    ("log lines", 4000, m.logged, ["deferred", "-J", "--root"]),
    ("IOMMUs' devices", 250, m.many_groups, ["iommus", "-J", "-v", "--root"]),
    ("devices, captured", 250, m.many_groups, ["capture", "--overwrite", "capture.tar", "--root"]),
    ("log lines, captured", 4000, m.logged, ["capture", "--overwrite", "capture.tar", "--root"]),
    ("processes, captured", 200, m.processes, ["capture", "--overwrite", "capture.tar", "--root"]),
    ("disks of one controller, and what is on them", 400, m.disks, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices that libvirt remembers", 200, m.remembered,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("consumers of one clock", 500, m.consumers, ["check", "-J", "1.clock", "none", "--root"]),
    ("mounts", 4000, m.mounts, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("processes", 200, m.processes, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices that are named one by one", 250, m.many_groups,
     lambda size: ["check", "-J", *names_of(size), "none", "--root"]),
    ("devices that iommuctl has moved before", 250, m.taken,
     ["check", "-J", "--all-matching", "driver:vfio-pci", "e1000e", "--root"]),
    ("interfaces, with others stacked on them", 250, m.interfaces,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("interfaces of one switch", 1000, m.switched, ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("interfaces beside the one of the device that is moved", 250, m.interfaces,
     ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices of CXL memory", 250, m.cxl, ["check", "-J", "--all-matching", "driver:cxl_pci", "none", "--root"]),
    ("units and scopes of the DMAR", 250, m.scopes, ["streams", "-J", "--root"]),
    ("SMMUs and mappings of the IORT", 250, m.mappings, ["streams", "-J", "--root"]),
    ("IOMMUs", 250, m.iommus, ["iommus", "--root"]),
    ("IOMMUs of devices that are named one by one", 250, m.iommus,
     lambda size: ["show", "-o", "device,iommu", *names_of(size), "--root"]),
    ("devices and groups that differ from those of before", 250, m.changed, ["diff", "-J", "old", "--root"]),
    ("devices in other places than before", 250, m.moved, ["diff", "-J", "old", "--root"]),
    ("devices of one fault", 1000, m.one_stream_fault, ["faults", "-r", "-o", "devices", "--root"]),
]


def counts_instructions():
    if not shutil.which("perf"):
        return False
    done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True,
                          check=False)
    return re.match(r"^[0-9]+,", done.stderr.splitlines()[-1] if done.stderr else "") is not None


def cost(tool, arguments, with_perf):
    command = [tool, *arguments]
    if with_perf:
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", *command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        return int(done.stderr.splitlines()[-1].split(",")[0])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode not in (0, 3, 8, 13):
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr[:300]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def place_of(work, case, size):
    """The machine of a case; cases of the same machine share it."""
    root = work / f"{case[2].__name__}-{size}"
    if not root.exists():
        case[2](m.Machine(root), size)
    return root / "tree.dtb" if (root / "tree.dtb").exists() else root


def measure(tool, work, case, size, with_perf):
    words, place = case[3](size) if callable(case[3]) else case[3], place_of(work, case, size)
    line = [*(str(work / word) if word.endswith(".tar") else str(place / word) if word == "old" else word
              for word in words), str(place)]
    return min(cost(tool, line, with_perf) for _ in range(1 if with_perf else RUNS))


def main():
    tool, wrong = sys.argv[1], 0
    with_perf = counts_instructions()
    work = pathlib.Path(tempfile.mkdtemp(prefix="iommuctl-growth-"))
    try:
        for case in CASES:
            what, size = case[:2]
            small, large = (measure(tool, work, case, n, with_perf) for n in (size, size * FACTOR))
            # Below five milliseconds a start of the program counts for more.
            ratio = large / max(small, 1 if with_perf else 0.005)
            good = ratio <= (case[4] if len(case) > 4 else LIMIT)
            wrong += not good
            print(f"{'ok' if good else 'not ok'} - {what}: {size} → {size * FACTOR} takes {ratio:.1f} times as much "
                  f"({small:g} → {large:g}{'' if with_perf else ' s'})", flush=True)
    finally:
        shutil.rmtree(work)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
