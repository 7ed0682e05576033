#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pairs.py IOMMUCTL [ARM64-IOMMUCTL] - "diff" of captures of two virtual machines finds what "expected" says.

A capture is made by one boot and kept in the cache of the machines, for as long as the program and the machine are the
same. Without a program for arm64 the pairs of such machines are skipped.
"""
import fnmatch
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
bench = here.parent
guest = bench / "scenarios/pair.sh"
cache = pathlib.Path(os.environ.get("IOMMUCTL_VM_CACHE")
                     or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "iommuctl-vm")

# A name of the pairs, where it is no machine of machines.sh: the machine, options of vm, and arguments of the guest.
MACHINES = {
    "intel-6.12-no-acs": ("intel-6.12", ["-q", "-global pcie-root-port.disable-acs=true"], []),
    "intel-6.12-port": ("intel-6.12", ["-q", "-device pcie-root-port,id=front,bus=pcie.0,addr=2.0,chassis=99,slot=99"], []),
    "intel-6.12-vfio": ("intel-6.12", [], ["0000:01:00.0", "0000:06:00.0"]),
}
COLUMNS = ("kind", "subject", "before", "after")


def read_expected():
    """[(old, new, ignored, [(line number, count, patterns)])]"""
    pairs = []
    for number, line in enumerate((here / "expected").read_text().splitlines(), 1):
        words = shlex.split(line, comments=True)
        if words and words[0] == "pair":
            pairs.append((words[1], words[2], words[3] if len(words) > 3 else "", []))
        elif words:
            count, *patterns = words
            assert len(patterns) == len(COLUMNS), f"expected:{number}: {len(patterns)} patterns"
            pairs[-1][3].append((number, None if count == "*" else int(count), patterns))
    return pairs


def is_arm(name):
    return name.startswith("arm-")


def digest_of(program, name):
    """A capture depends on these files and options, and on the kernel."""
    digest = hashlib.sha256(repr(MACHINES.get(name, name)).encode())
    for file in (program, bench / "machines.sh", guest):
        digest.update(pathlib.Path(file).read_bytes())
    return digest.hexdigest()[:16]


def capture_of(program, name):
    """The file; it is made if it is absent."""
    folder = cache / "captures"
    file = folder / f"{name}@{digest_of(program, name)}.tar.gz"
    if file.exists():
        return file
    machine, options, arguments = MACHINES.get(name, (name, [], []))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as out:
        subprocess.run([bench / "vm", "-b", program, "-t", "300", "-o", out, *options, machine, guest, *arguments],
                       stdin=subprocess.DEVNULL, check=True)
        for other in folder.glob(f"{name}@*.tar.gz"):
            other.unlink()
        shutil.move(pathlib.Path(out) / "capture.tar.gz", file)
    return file


def differences_of(program, old, new, ignored):
    command = [program, "diff", "-J", *(["--ignore", ignored] if ignored else []), old, new]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}: {done.returncode}: {done.stderr}{done.stdout[:500]}"
    return [[item[column] or "-" for column in COLUMNS] for item in json.loads(done.stdout)["differences"]]


def compare(expected, found):
    """The complaints. Each difference belongs to the first row that matches it."""
    counts, complaints = {number: 0 for number, _, _ in expected}, []
    for difference in found:
        row = next((number for number, _, patterns in expected
                    if all(map(fnmatch.fnmatchcase, difference, patterns))), None)
        if row is None:
            complaints.append(f"not expected: {shlex.join(difference)}")
        else:
            counts[row] += 1
    complaints += [f"expected:{number}: {counts[number]} of {count}: {shlex.join(patterns)}"
                   for number, count, patterns in expected if count is not None and counts[number] != count]
    return complaints


def main():
    program, arm_program = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    wrong = 0
    for old, new, ignored, expected in read_expected():
        if (is_arm(old) or is_arm(new)) and not arm_program:
            print(f"skipped - {old} and {new}: no program for arm64", flush=True)
            continue
        try:
            sides = [capture_of(arm_program if is_arm(name) else program, name) for name in (old, new)]
            found = differences_of(program, *sides, ignored)
            complaints = compare(expected, found)
        except subprocess.CalledProcessError as error:
            found, complaints = [], [f"no capture: {error}"]
        wrong += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} - {old} and {new}: {len(found)} differences", flush=True)
        for complaint in complaints:
            print(f"    {complaint}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
