#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""coverage.py FILE - lines and branches by room, from gcovr's JSON; exit status 1 where one is below its floor

A floor is the coverage that has been reached, rounded down: raise it when a room does better. The goal is 90 % of the branches,
and 95 % in checks, actions and firmware.

Two kinds of lines have branches that no input takes, and their branches are not counted:
    assert(…)                                     taken only if the program is wrong
    if (…) above a line "memory_exhausted();"     taken only if there is no memory; it ends the process, and a unit
                                                  test of arena.c shows how
"""

import json
import re
import sys
from collections import defaultdict

# Branches in per cent.
FLOORS = {
    "actions": 95, "base": 90, "capture": 88, "checks": 97, "commands": 88, "faults": 95, "firmware": 95, "model": 92,
    "sources": 87, "views": 91, "total": 91,
}


def unreachable(text):
    """Numbers of the lines of a source file whose branches are not counted."""
    lines = text.split("\n")
    skipped = set()
    asserting = False
    for number, (line, after) in enumerate(zip(lines, lines[1:] + [""]), 1):
        asserting = asserting or re.match(r"\s*assert\(", line) is not None
        if asserting or (re.match(r"\s*if \(.*\)$", line) and after.strip() == "memory_exhausted();"):
            skipped.add(number)
        asserting = asserting and not line.endswith(";")
    return skipped


def count(file):
    """Lines and branches of a file: (reached, all) of each."""
    with open(file["file"], encoding="utf-8") as source:
        skipped = unreachable(source.read())
    lines = [line for line in file["lines"] if not line.get("gcovr/noncode")]
    branches = [branch for line in lines if line["line_number"] not in skipped for branch in line["branches"]]
    return [sum(line["count"] > 0 for line in lines), len(lines),
            sum(branch["count"] > 0 for branch in branches), len(branches)]


def percent(reached, total):
    return 100 * reached / total if total else 100.0


def main():
    rooms = defaultdict(lambda: [0, 0, 0, 0])
    with open(sys.argv[1], encoding="utf-8") as report:
        files = json.load(report)["files"]
    if not files:
        sys.exit("coverage: the report has no files")
    for file in files:
        parts = file["file"].split("/")
        for room in {parts[1] if len(parts) > 2 else "main", "total"}:
            rooms[room] = [a + b for a, b in zip(rooms[room], count(file))]
    failed = False
    print(f"{'room':10} {'lines':>8} {'branches':>9} {'floor':>6}")
    for room in sorted(rooms, key=lambda room: (room == "total", room)):
        lines, branches = percent(*rooms[room][:2]), percent(*rooms[room][2:])
        floor = FLOORS.get(room)
        low = floor is not None and branches < floor
        failed |= low
        print(f"{room:10} {lines:7.1f}% {branches:8.1f}% {floor if floor is not None else '-':>6}{'  too low' if low else ''}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
