#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""growth.py IOMMUCTL - no command takes more than about n log n: four times the machine, about four times the work.

The measure is instructions where perf can count them, else processor time, the least of several runs: both are the
process's own, so other work on the machine changes little. Four times the size may take LIMIT times as much; a
quadratic command takes sixteen times. A command about one device reads that one, so its measure is the number of system
calls, which other work does not change at all: the other devices may add FLAT of it.
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
FLAT = 1.02
RUNS = 3


FIRST = "0000:00:00.0"


def names_of(size):
    return [f"0000:{i >> 8:02x}:{i >> 3 & 0x1f:02x}.{i & 7}" for i in range(size)]


CASES = [
    # what, size, machine, arguments or a function of the size that makes them
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

# The same for commands about one device.
BESIDE = [
    ("devices beside the one that is shown", 1000, m.beside, ["show", FIRST, "--root"]),
    ("devices beside the one that is checked", 1000, m.beside, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices beside the one that status is about", 1000, m.beside, ["status", FIRST, "--root"]),
    ("the same before vfio-pci is loaded, checked", 1000, m.beside_unloaded, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("the same, status", 1000, m.beside_unloaded, ["status", FIRST, "--root"]),
]


# The exit statuses of commands that gave their answer.
ANSWERS = (0, 3, 8, 13)


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode not in ANSWERS:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr[:300]}")
    return done.stderr


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least_seconds(command):
    return min(seconds(command) for _ in range(RUNS))


def instructions(command):
    return int(run(["perf", "stat", "-x,", "-e", "instructions:u", *command]).splitlines()[-1].split(",")[0])


def calls(command):
    """The system calls of a command and its children, without those of waiting, which come as the processors are free."""
    with tempfile.NamedTemporaryFile("r") as trace:
        run(["strace", "-f", "-qq", "-c", "-U", "name,calls", "-e", "trace=!poll,ppoll,wait4,restart_syscall", "-o",
             trace.name, *command])
        return int(trace.read().split()[-1])


def choose_measure():
    """Of instructions and seconds, with its unit and the least that is told from the start of the program."""
    if shutil.which("perf"):
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True,
                              check=False)
        if re.match(r"^[0-9]+,", done.stderr.splitlines()[-1] if done.stderr else ""):
            return instructions, "instructions", 1
    return least_seconds, "s", 0.005


def place_of(work, case, size):
    """The machine of a case; cases of the same machine share it."""
    root = work / f"{case[2].__name__}-{size}"
    if not root.exists():
        case[2](m.Machine(root), size)
    return root / "tree.dtb" if (root / "tree.dtb").exists() else root


def cost(tool, work, case, size, measure):
    words, place = case[3](size) if callable(case[3]) else case[3], place_of(work, case, size)
    line = [*(str(work / word) if word.endswith(".tar") else str(place / word) if word == "old" else word
              for word in words), str(place)]
    return measure([tool, *line])


def grows_well(tool, work, case, measure, unit, least, limit):
    what, size = case[:2]
    small, large = (cost(tool, work, case, n, measure) for n in (size, size * FACTOR))
    ratio = large / max(small, least)
    print(f"{'ok' if ratio <= limit else 'not ok'} - {what}: {size} → {size * FACTOR} takes {ratio:.2f} times as much "
          f"({small:g} → {large:g} {unit})", flush=True)
    return ratio <= limit


def main():
    tool = sys.argv[1]
    work = pathlib.Path(tempfile.mkdtemp(prefix="iommuctl-growth-"))
    measure, unit, least = choose_measure()
    try:
        good = [grows_well(tool, work, case, calls, "system calls", 1, FLAT) for case in BESIDE]
        good += [grows_well(tool, work, case, measure, unit, least, LIMIT) for case in CASES]
    finally:
        shutil.rmtree(work)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
