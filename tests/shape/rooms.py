#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rooms.py SRC - includes go one way: a file uses its own room and those its room may use; one starts processes."""
import pathlib
import re
import sys

# Each room and the rooms it may use besides itself. Checks know no sources; views read no files and change nothing,
# they show what actions made. A room may also be let use one header of another.
MAY_USE = {
    "base": set(),
    "firmware": {"base", "model/iommu_kind.h"},
    "model": {"base"},
    "faults": {"base", "model"},
    "sources": {"base", "firmware", "model", "faults"},
    "capture": {"base", "model", "sources"},
    "checks": {"base", "model"},
    "actions": {"base", "model", "sources", "checks"},
    "views": {"base", "model", "checks", "actions"},
    "commands": {"base", "model", "faults", "sources", "capture", "checks", "actions", "views"},
    "pci_serials.c": {"base", "sources"},
    "early_match.c": {"base", "sources"},
    "main.c": {"base", "model", "checks", "views", "commands"},
}
# The same inside sources: what lies directly in it (sources.h, read.c) belongs to all of them.
SUBJECT_MAY_USE = {
    "deferral": {"devices"},
    "devices": {"modules"},
    "firmware": {"devices"},
    "modules": set(),
    "network": {"usage"},
    "usage": set(),
}
# Libraries that live behind one door each: header -> the only files that may include it.
DOORS = {
    "libudev.h": {"sources/devices/hwdb_udev.c"},
    "libkmod.h": {"sources/modules/modules_kmod.c"},
    "libsmartcols.h": {"views/table.c"},
    "libfdt.h": {"firmware/fdt.c", "firmware/fdt_overlay.c"},
    "sys/wait.h": {"base/child.c"},
    "sys/pidfd.h": {"base/child.c", "sources/network/connection.c"},
    "syslog.h": {"actions/system_log.c"},
}
# Calls that start a process or block without end, and the one file that may make them by its own rules.
CALLS = {
    "base/child.c": {"fork", "clone", "waitpid"},
    "": {"vfork", "popen", "system", "posix_spawn", "posix_spawnp", "waitid", "wait3", "wait4", "syslog"},
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(sorted(set().union(*CALLS.values()))) + r")\s*\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)



def direction(name, path):
    """Why the file @name may not include @path, or None."""
    room, target = name.parts[0], path.split("/")
    if target[0] != room:
        return None if MAY_USE[room] & {target[0], path} else f"{room} may not use {target[0]}"
    if room != "sources" or len(name.parts) < 3 or len(target) < 3 or name.parts[1] == target[1]:
        return None
    if target[1] in SUBJECT_MAY_USE.get(name.parts[1], set()):
        return None
    return f"sources/{name.parts[1]} may not use sources/{target[1]}"


def calls(name, text):
    """The calls of CALLS that the file @name may not make, with their lines."""
    # A comment keeps its newlines, so that the numbers of lines stay.
    code = COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)
    for call in CALL.finditer(code):
        if call.group(1) not in CALLS.get(str(name), set()):
            number = code.count("\n", 0, call.start()) + 1
            yield f"{name}:{number}: {call.group(1)} is for base/child.c alone, or for no file"


source = pathlib.Path(sys.argv[1])
checked, wrong = 0, []
for file in sorted([*source.rglob("*.c"), *source.rglob("*.h")]):
    name = file.relative_to(source)
    room = name.parts[0]
    if room not in MAY_USE:
        wrong.append(f"{name}: no room is called {room}")
        continue
    if room == "sources" and len(name.parts) > 2 and name.parts[1] not in SUBJECT_MAY_USE:
        wrong.append(f"{name}: no room of sources is called {name.parts[1]}")
        continue
    text = file.read_text()
    wrong.extend(calls(name, text))
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not include:
            continue
        checked += 1
        kind, path = include.groups()
        if kind == "<":
            if path in DOORS and str(name) not in DOORS[path]:
                wrong.append(f"{name}:{number}: only {', '.join(DOORS[path])} may include {path}")
            continue
        if not (source / path).is_file():
            wrong.append(f"{name}:{number}: {path} is not named from src/")
        elif why := direction(name, path):
            wrong.append(f"{name}:{number}: {why}")
print("\n".join(wrong) if wrong else f"{checked} includes, all in the direction of the flow")
sys.exit(bool(wrong) or not checked)
