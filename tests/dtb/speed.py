#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
speed.py IOMMUCTL FOLDER: CPU of "streams --dtb" over every .dtb below FOLDER, one process each, against fdtget
reading one property of the same files; the two take turns, the median ratio counts. At most 2.
"""
import pathlib
import resource
import statistics
import subprocess
import sys

ROUNDS, LIMIT = 5, 2.0


def cpu_of(command, files):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for file in files:
        subprocess.run([part.replace("{}", file) for part in command], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


iommuctl, folder = sys.argv[1:]
files = sorted(map(str, pathlib.Path(folder).rglob("*.dtb")))
if not files:
    print("no .dtb files there")
    sys.exit(77)
ratios = []
for _ in range(ROUNDS):
    ours = cpu_of([iommuctl, "streams", "--dtb", "{}"], files)
    ratios.append(ours / cpu_of(["fdtget", "{}", "/", "compatible"], files))
ratio = statistics.median(ratios)
print("%s - %d files take little more CPU than fdtget (%.2f, at most %s)"
      % ("ok" if ratio <= LIMIT else "not ok", len(files), ratio, LIMIT))
sys.exit(ratio > LIMIT)
