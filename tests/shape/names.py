#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""names.py SRC - no two files have a private function of the same name.

Such a name does not tell the two apart in a backtrace, in a search or in a review. Either one function serves both
files, or each name says what its function does and with which object.
"""
import collections
import pathlib
import re
import sys

# Members of one interface that several files implement: the file tells them apart. File pattern, names.
ROLES = [
    # Columns: rows of an array with a key of the same name. struct column of views/column.h.
    (r"views/\w+\.c", r"(get|json)_\w+"),
    # struct acpi_decoder of sources/firmware/acpi_decoder.h.
    (r"sources/firmware/acpi_\w+\.c", r"parse_table|add_rid|add_named|names_devices|add_reservations|add_unregistered_iommus|describe_table"),
]


def private_functions(text):
    """Names of the static functions that a file defines or declares."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\b_\w+_(\([^()]*\))?", "", text)  # attributes
    return set(re.findall(r"^static\b[^;={}()]*?\b(\w+)\(", text, re.M))


def is_role(name, files):
    return any(re.fullmatch(names, name) and all(re.fullmatch(pattern, file) for file in files)
               for pattern, names in ROLES)


source = pathlib.Path(sys.argv[1])
files_of = collections.defaultdict(list)
for path in sorted([*source.rglob("*.c"), *source.rglob("*.h")]):
    for function in private_functions(path.read_text()):
        files_of[function].append(str(path.relative_to(source)))
shared = {name: files for name, files in files_of.items() if len(files) > 1}
wrong = {name: files for name, files in shared.items() if not is_role(name, files)}
for name, files in sorted(wrong.items()):
    print(f"{name}: {', '.join(files)}")
print(f"{len(files_of)} names of private functions, {len(shared) - len(wrong)} of them roles of one interface, "
      f"{len(wrong)} that do not tell two functions apart")
sys.exit(bool(wrong) or len(files_of) < 1000)
