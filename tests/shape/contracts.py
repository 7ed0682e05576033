#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""contracts.py SRC - headers say which results must be used, and which pointers are never NULL.

_must_check_: functions that fail with a struct error, and functions that give away a new object.
_nonnull_: functions of the rooms in NONNULL_ROOMS that take a pointer; without numbers it covers all pointers.
"""
import pathlib
import re
import sys

# They make an error, mostly as "return error_set(…)"; some callers need the sentence only.
MAKERS = {"error_set", "acpi_malformed", "store_error", "new_folder_error", "step_failed", "modules_without_release",
          "record_malformed"}
NONNULL_ROOMS = {"firmware"}
# Every pointer of theirs may be NULL.
NULL_ALLOWED = {"property_string"}

DECLARATION = re.compile(
    r"^(?!static|typedef|extern)(?P<before>(?:_\w+_(?:\([^()]*\))?\s+)*)(?P<type>(?:const\s+)?(?:struct |enum |unsigned )?"
    r"\w+\s+\**)(?P<name>\w+)\((?P<parameters>[^;{]*?)\)(?P<after>(?:\s|_\w+_(?:\([^()]*\))?)*);", re.M)


def declarations(text):
    """The functions that a header declares, without comments and macros."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"^#(.*\\\n)*.*$", "", text, flags=re.M)
    return DECLARATION.finditer(text)


def gives_result(found):
    fails = re.search(r"struct error \*", found["parameters"]) and found["type"].strip() in ("int", "ssize_t")
    return (fails and found["name"] not in MAKERS) or (found["name"].endswith("_new") and "*" in found["type"])


def main():
    source = pathlib.Path(sys.argv[1])
    count, wrong = 0, []
    for path in sorted(source.rglob("*.h")):
        file = str(path.relative_to(source))
        for found in declarations(path.read_text()):
            count += 1
            attributes = found["before"] + found["after"]
            if gives_result(found) and "_must_check_" not in attributes:
                wrong.append(f"{file}: {found['name']} has no _must_check_")
            if (file.split("/")[0] in NONNULL_ROOMS and "*" in found["parameters"] and
                    "_nonnull_" not in attributes and found["name"] not in NULL_ALLOWED):
                wrong.append(f"{file}: {found['name']} has no _nonnull_")
    print("\n".join(wrong + [f"{count} declarations, {len(wrong)} without their contract"]))
    return bool(wrong) or count < 500


sys.exit(main())
