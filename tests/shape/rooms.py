#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rooms.py SRC - includes go one way: a file uses its own room and those its room may use."""
import pathlib
import re
import sys

# Each room and the rooms it may use besides itself. Checks know no sources; views read no files and change nothing,
# they show what actions made.
MAY_USE = {
    "base": set(),
    "firmware": {"base"},
    "model": {"base"},
    "sources": {"base", "firmware", "model"},
    "capture": {"base", "sources"},
    "checks": {"base", "model"},
    "actions": {"base", "model", "sources", "checks"},
    "views": {"base", "model", "checks", "actions"},
    "commands": {"base", "model", "sources", "capture", "checks", "actions", "views"},
    "main.c": {"base", "model", "checks", "views", "commands"},
}
# Libraries that live behind one door each: header -> the only files that may include it.
DOORS = {
    "libudev.h": {"sources/hwdb_udev.c", "sources/uevents.c"},
    "libkmod.h": {"sources/modules_kmod.c"},
    "libsmartcols.h": {"views/table.c"},
    "libfdt.h": {"firmware/fdt.c"},
}

source = pathlib.Path(sys.argv[1])
checked, wrong = 0, []
for file in sorted([*source.rglob("*.c"), *source.rglob("*.h")]):
    name = file.relative_to(source)
    room = name.parts[0]
    if room not in MAY_USE:
        wrong.append(f"{name}: no room is called {room}")
        continue
    for number, line in enumerate(file.read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not include:
            continue
        checked += 1
        kind, path = include.groups()
        if kind == "<":
            if path in DOORS and str(name) not in DOORS[path]:
                wrong.append(f"{name}:{number}: only {', '.join(DOORS[path])} may include {path}")
            continue
        target = path.split("/")[0]
        if not (source / path).is_file():
            wrong.append(f"{name}:{number}: {path} is not named from src/")
        elif target != room and target not in MAY_USE[room]:
            wrong.append(f"{name}:{number}: {room} may not use {target}")
print("\n".join(wrong) if wrong else f"{checked} includes, all in the direction of the flow")
sys.exit(bool(wrong) or not checked)
