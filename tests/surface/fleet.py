#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fleet.py IOMMUCTL UNPACK TREES_DIR - doctor reads many captures: the worst machine first, and one that is bad alone."""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

tool, unpack, trees = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
MANY = 60
failed = 0


def check(sentence, true):
    global failed
    failed += not true
    print(f"{'ok' if true else 'not ok'} - {sentence}")


def doctor(*arguments):
    """Standard output, standard error and the exit status."""
    done = subprocess.run([tool, "doctor", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, check=False)
    return done.stdout, done.stderr, done.returncode


def roots(*names):
    return [word for name in names for word in ("--root", name)]


def names_in(text, names):
    """The names that begin a line, in the order of the lines."""
    return [name for line in text.splitlines() for name in names if line.startswith(f"{name}: ")]


def check_order(work):
    sound, alarm, warning = (work / name for name in ("sound.tar.gz", "alarm.tar.gz", "warning.tar.gz"))
    for place, tree in ((sound, "intel-6.1"), (alarm, "arm-smmuv3-6.12"), (warning, "riscv-7.2")):
        shutil.copy(trees / f"{tree}.tar.gz", place)
    all_names = [str(sound), str(alarm), str(warning)]
    out, err, status = doctor(*roots(sound, alarm, warning))
    check("the worst machine comes first", names_in(out, all_names) == [str(alarm), str(warning), str(sound)])
    check("its findings are counted", f"{alarm}: 4 alarms, 0 warnings\n" in out)
    check("a sound machine has one line", f"{sound}: Nothing is found, and all was read.\n" in out)
    check("without complaint", (err, status) == ("", 0))
    check("there is something to report", doctor("--exit-code", *roots(sound, warning))[2] == 8)
    check("or nothing", doctor("--exit-code", *roots(sound, os.path.join(work, ".", sound.name)))[2] == 0)
    alone = doctor("--root", str(warning))[0]
    check("one capture is read as ever", alone and not names_in(alone, all_names))
    check("and says the same as among others", alone in doctor(*roots(warning, sound))[0])
    out = doctor(*roots(alarm, warning, alarm))[0]
    check("a capture that is named twice is read once", len(names_in(out, all_names)) == 2)
    return all_names


def check_bad(work, names):
    bad, missing = work / "bad.tar", work / "missing.tar"
    bad.write_text("this is no archive\n")
    out, err, status = doctor("--exit-code", *roots(bad, *names, missing))
    check("a file that is no archive has its reason", names_in(out, [str(bad)]) == [str(bad)])
    check("and one that is not there", f"{missing}: cannot " in out or f"{missing}: " in out)
    check("all others are read", len(names_in(out, names)) == 3)
    check("and the end tells of it", "2 of 5 captures have no answer" in err and status == 1)


def check_documents(work):
    out, _, status = doctor("-J", "--root", work)
    lines = [json.loads(line) for line in out.splitlines()]
    check("a folder of captures is as if each were named", len(lines) == 4 and status == 1)
    check("a line has the name and the document",
          all(set(line) == {"root", "document"} and line["document"]["schema"] == 1 for line in lines))
    by_name = {pathlib.Path(line["root"]).name: line["document"] for line in lines}
    check("with its findings", [f["severity"] for f in by_name["alarm.tar.gz"]["findings"]] == ["alarm"] * 4)
    check("or its error", by_name["bad.tar"]["error"]["code"] == "malformed")
    alone = json.loads(doctor("-J", "--root", work / "alarm.tar.gz")[0])
    check("the document is that of one capture", by_name["alarm.tar.gz"] == alone)


def check_folders(work):
    folder = work / "folder"
    folder.mkdir()
    for tree in ("server", "hostile"):
        subprocess.run([unpack, trees / f"{tree}.tree", folder / tree], check=True)
    (folder / "notes.txt").write_text("not a capture\n")
    out = doctor("--root", folder)[0]
    names = [str(folder / name) for name in ("server", "hostile", "notes.txt")]
    check("unpacked captures in a folder are read, and no other file", sorted(names_in(out, names)) == sorted(names[:2]))
    check("a tree is no folder of captures", not names_in(doctor("--root", folder / "server")[0], names))


def peak_of(*arguments):
    doctor(*arguments)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def check_many(work):
    many = work / "many"
    many.mkdir()
    tree = trees / "intel-6.1.tar.gz"
    for i in range(MANY):
        os.symlink(tree, many / f"{i}.tar.gz")
    few = peak_of(*roots(*(many / f"{i}.tar.gz" for i in range(3))))
    out = doctor("--root", many)[0]
    check(f"{MANY} captures are read", out.count("Nothing is found") == MANY)
    check("in the memory of three", peak_of("--root", many) < few + 4096)


def main():
    place = tempfile.mkdtemp(prefix="iommuctl-fleet.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    os.environ["TMPDIR"] = place
    work = pathlib.Path(place) / "captures"
    work.mkdir()
    try:
        names = check_order(work)
        check_bad(work, names)
        check_documents(work)
        check_folders(work)
        check_many(work)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
