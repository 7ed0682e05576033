#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""recipes.py PROJECT - the tests that HACKING.md asks for with a new check, verb, fact or firmware table are there."""
import pathlib
import re
import sys

project = pathlib.Path(sys.argv[1])
rows, wrong = 0, []


def text_of(path):
    return (project / path).read_text()


def found(path, pattern, least):
    words = re.findall(pattern, text_of(path), re.M)
    if len(words) < least:
        sys.exit(f"{path}: only {len(words)} rows found: has the list another form?")
    return words


def require(is_so, sentence):
    global rows
    rows += 1
    if not is_so:
        wrong.append(sentence)


def files(pattern):
    return sorted(project.glob(pattern))


# A check: a test of its answers beside unit/check.c, which only lets every check pass.
answers = "\n".join(file.read_text() for file in files("tests/unit/*.c") if file.name != "check.c")
for check in found("src/checks/check_list.h", r"^\tROW\((\w+),", 40):
    require(re.search(rf"\bCHECK_{check}\b", answers), f"no test in tests/unit has an answer of CHECK_{check}")

# A rule of doctor: a machine that shows each of its findings, and one that does not.
own = re.search(r"Findings of doctor alone.*?Findings that explain", text_of("src/checks/code.h"), re.S).group()
codes = re.findall(r"ROW\((\w+), \"\w+\", \w+,", own)
require(len(codes) > 15, "src/checks/code.h: too few findings of doctor: has the list another form?")
for code in codes:
    asked = re.findall(rf"\bCODE_{code}\b", answers)
    refuted = re.findall(rf"\b(?:diagnosis_lacks|assert_null|is_free_of)\((?:[^;]*\W)?CODE_{code}\b", answers)
    if code != "TRANSACTION_UNFINISHED":  # the command's own: unit/unfinished.c, and the VMs
        require(len(asked) > len(refuted) > 0, f"tests/unit lacks a machine with CODE_{code}, or one without")

# A verb: its words and exit statuses in cli.sh; its output for each tree if it prints a table of one.
commands = "\n".join(file.read_text() for file in files("src/commands/*.c"))
verbs = found("src/commands/command.h", r"^\tROW\((\w+)\)", 8)
for verb in verbs:
    require(re.search(rf'("\$tool"|for verb in ).*[ "]{verb}\b', text_of("tests/cli.sh")),
            f"tests/cli.sh never runs {verb}")
    if re.search(rf"command_{verb} = \{{[^}}]*\.arguments = \"\[SELECTOR…\]\"[^}}]*SCOPE_TABLE", commands):
        require(re.search(rf"^compare \S+ {verb}\b", text_of("tests/golden/run"), re.M),
                f"tests/golden/run never runs {verb}")

# A fact: a source reads it, or it stands for others (facts.c); and a column, a command or a check's move asks for it.
sources = "\n".join(file.read_text() for file in [*files("src/sources/**/*.c"), *files("src/model/facts.c")])
askers = "\n".join(file.read_text() for room in ("views", "commands", "actions", "checks", "capture")
                   for file in files(f"src/{room}/*.[ch]"))
require(not re.search(r"\bFACT_\w+ = 1", text_of("src/model/facts.h")),
        "a fact with a number of its own may have that of another: it is a row of a list")
for fact in found("src/model/facts.h", r"^\tROW\((\w+)\)", 15):
    require(re.search(rf"\bFACT_{fact}\b", sources), f"no source reads FACT_{fact}")
    require(re.search(rf"\bFACT_{fact}\b", askers), f"nothing asks for FACT_{fact}")

# A firmware table: decoder, tests, tables with their facts, fuzzer.
for signature in found("src/model/firmware_table.c", r'^\t\{"([A-Z0-9]{4})"', 5):
    name = signature.lower()
    for pattern in (f"tests/unit/{name}.c", f"tests/fuzz/{name}.c", f"tests/tables/good/{name}-*.facts",
                    f"tests/tables/bad/{name}-*.facts", f"tests/golden/tables/{name}-*.txt"):
        require(files(pattern), f"{signature} has no {pattern}")
    require(re.search(rf"foreach\(format [^)]*\b{name}\b", text_of("tests/CMakeLists.txt")),
            f"tests/CMakeLists.txt builds no fuzzer of {signature}")
    require(re.search(rf"^\.Li .*\b{name}\b", text_of("man/iommuctl-columns.7"), re.M), f"the manual lacks the word {name}")
    require(f'"{name}"' in text_of("schema/iommuctl.schema.json"), f"the schema lacks the word {name}")

# A VFIO driver of a bus: the bus is none of those that are skipped.
skipped = found("src/model/bus.c", r'"([\w-]+)"', 20)
for bus in found("src/model/vfio_driver.c", r'^\t\{"[^"]+", "([^"]+)"', 10):
    require(bus not in skipped, f"src/model/bus.c skips the bus {bus}, which has a VFIO driver")

print("\n".join(wrong) if wrong else f"{rows} tests and files found")
sys.exit(bool(wrong))
