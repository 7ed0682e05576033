#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mutate.py IOMMUCTL UNPACK SCHEMA TREES [FIRST [COUNT]] - all reading commands on damaged trees.

One seed makes one damaged tree from a machine of TREES (*.tree, *.tar.gz). Each command that reads it must end within
five seconds, with an exit status of its manual page, without a sanitizer's complaint, without a control character
outside JSON, under -J with one document of the schema, and without opening a file outside the tree. As root every
second seed runs as a plain user. A seed that fails is printed; `mutate.py … SEED 1` replays it, and KEEP=1 leaves
its tree behind.
"""
import ctypes
import json
import multiprocessing
import os
import pathlib
import queue
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import warnings

import jsonschema

from damage import Damage

SECONDS_MAX = 5
TRACE_EVERY = 10  # strace makes a run four times slower
PLAIN_USER = 65534
SECRET = "nothing may open this"
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
    "ASAN_OPTIONS": "detect_leaks=0:exitcode=99", "UBSAN_OPTIONS": "print_stacktrace=1",
}
STATUSES = {"show": {0, 1, 6, 9}, "iommus": {0, 1, 6, 9}, "streams": {0, 1, 6, 9}, "deferred": {0, 1, 6, 8, 9, 13},
            "faults": {0, 1, 6, 8, 9, 13}, "doctor": {0, 1, 6, 8, 9, 13},
            "check": {0, 1, 2, 3, 6, 9}, "rebind": {0, 1, 2, 3, 6, 9}, "unbind": {0, 1, 2, 3, 6, 9},
            "wait": {0, 1, 2, 6, 7, 9, 12}, "capture": {0, 1, 9},
            "status": {0, 1, 2, 6, 9}, "diff": {0, 1, 2, 6, 8, 9, 13}, "pins": {0, 1, 8, 9, 13},
            "metrics": {0, 1, 9}, "labels": {0, 1, 9}}
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
# Files that the program's libraries open by themselves: the loader, the C library, the names of devices, the copies
# that are made for libkmod, and the kernel command line of the running machine, which libkmod always reads.
OWN_FILES = re.compile(r"^/(etc/ld\.so|etc/locale\.alias|proc/cmdline$|lib|usr/lib|usr/share/locale|etc/udev/hwdb|"
                       r"tmp/iommuctl-[A-Za-z0-9]{6}(/|$)|memfd:|dev/null$|dev/tty$|proc/self/|"
                       r"proc/[0-9]+/(maps|cmdline|environ)$|sys/kernel/mm/|proc/sys/vm/|etc/localtime)")


class Watch:
    """Whether anything below a folder was opened (inotify)."""

    IN_OPEN = 0x20

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0 or libc.inotify_add_watch(self.fd, os.fsencode(folder), self.IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def opened(self):
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return []
        names, at = [], 0
        while at < len(data):
            length = struct.unpack_from("iIII", data, at)[3]
            names.append(data[at + 16:at + 16 + length].rstrip(b"\0").decode() or ".")
            at += 16 + length
        return names


class Machine:
    """One undamaged tree, and all that is in it: listed once, as each damaged tree begins with the same."""

    def __init__(self, folder):
        self.folder = os.fsencode(folder)
        self.folders, self.links, self.files = [], [], []
        for where, folders, files in os.walk(self.folder):
            for name in folders + files:
                path = os.path.join(where, name)
                entry = path[len(self.folder):]
                if os.path.islink(path):
                    self.links.append((os.readlink(path), entry))
                elif os.path.isdir(path):
                    self.folders.append((os.stat(path).st_mode & 0o7777, entry))
                else:
                    self.files.append((path, entry))
        self.everything = sorted(entry for _, entry in self.folders + self.links + self.files)

    def copy(self, to):
        """A tree at @to that shares the files."""
        to = os.fsencode(to)
        os.mkdir(to, 0o755)
        for _, entry in self.folders:
            os.mkdir(to + entry)
        for target, entry in self.links:
            os.symlink(target, to + entry)
        for path, entry in self.files:
            os.link(path, to + entry)
        for mode, entry in self.folders:
            os.chmod(to + entry, mode)


class Machines:
    """The undamaged trees that @seeds need, each unpacked once."""

    def __init__(self, folder, unpack, trees, seeds):
        self.trees = sorted(t for t in trees.iterdir() if t.name.endswith((".tree", ".tar.gz")))
        self.machines = {}
        folder.mkdir()
        for tree in {self.choose(random.Random(seed)) for seed in seeds}:
            base = folder / tree.name
            if tree.suffix == ".tree":
                subprocess.run([unpack, tree, base], check=True)
            else:
                base.mkdir()
                subprocess.run(["tar", "-C", base, "-xzf", tree], check=True)
            self.machines[tree.name] = Machine(base)

    def choose(self, rng):
        return rng.choice(self.trees)

    def copy(self, rng, to):
        """Copies a machine, and returns its name and itself."""
        name = self.choose(rng).name
        self.machines[name].copy(to)
        return name, self.machines[name]


def devices_of(root):
    names = []
    for bus in ("pci", "platform", "virtio"):
        try:
            names += sorted(os.listdir(root / "sys/bus" / bus / "devices"))
        except OSError:
            pass
    return [name for name in names if not name.startswith("-") and "\n" not in name and name.isprintable()]


def commands_of(root, base, rng):
    """Eight commands for one tree: the document of each verb that reads, and some of the other forms. @base is the
    tree without damage."""
    names = devices_of(root)

    def device():
        if names and rng.random() < 0.8:
            return rng.choice(names)
        return rng.choice(["group:0", "group:1", "iommu:dmar0", "stream:0x10", "class:0200", "eth0", "driver:none",
                           "0000:01:00.0", "id:8086:10d3", "state:bound"])

    driver = rng.choice(["vfio-pci", "vfio-pci", "none", "nvme", "virtio-pci", "vfio-platform"])
    always = [["show", "-J", "-v"], ["deferred", "-J", "-v", "--exit-code"],
              ["streams", "-J"], ["check", "-J", device(), driver]]
    others = [["show"], ["show", "-v"], ["show", "-r", "-v"], ["show", "-P", "-v"], ["show", "-J", device()],
              ["iommus"], ["iommus", "-v"], ["iommus", "-J", "-v"], ["streams"], ["streams", "-v"],
              ["streams", "-J", device()], ["faults", "-J"], ["faults", device()],
              ["doctor", "-J", "--exit-code"], ["doctor", "-v"], ["doctor", device()],
              ["deferred", "-v"], ["deferred", device()], ["check", device(), driver],
              ["check", "-v", device(), "none"],
              ["check", "-J", "--group", device(), "vfio-pci"], ["rebind", "-J", "--dry-run", device(), driver],
              ["unbind", "--dry-run", device()], ["wait", "-J", "--timeout", "0.2", device(), "probed"],
              ["wait", "--timeout", "0.2", device(), "driver=vfio-pci"],
              ["status", "-J", device()], ["status", device()], ["pins", "-J", "--exit-code"], ["pins"],
              ["metrics"], ["labels"], ["diff", "-J", base], ["diff", "--exit-code", base], ["diff", str(root), base],
              ["show", "--dot"], ["deferred", "--dot"],
              ["capture", "-J", str(root) + ".tar", "--overwrite"]]
    return always + rng.sample(others, 4)


class Trial:
    """One seed."""

    def __init__(self, bench, seed):
        self.bench, self.seed = bench, seed
        self.rng = random.Random(seed)
        self.root = bench.work / f"tree-{seed}"
        self.as_plain_user = os.geteuid() == 0 and seed % 2 == 1
        self.base = None  # the tree without damage, which diff reads too
        self.complaints = []

    def complain(self, command, what):
        self.complaints.append(f"iommuctl {' '.join(command)}: {what}")

    def run(self):
        name, machine = self.bench.machines.copy(self.rng, self.root)
        damage = Damage(self.root, self.rng, self.bench.outside, machine.everything)
        damage.inflict(self.rng.choice([1, 1, 2, 3, 5, 10, 30, 100]))
        self.base = os.fsdecode(machine.folder)
        for command in commands_of(self.root, self.base, self.rng):
            self.bench.runs += 1
            self.run_command(command)
        if self.complaints:
            self.complaints = [f"seed {self.seed}: {name}{', as a plain user' if self.as_plain_user else ''}",
                               *(f"    {line}" for line in damage.log[:40]), *self.complaints]
        if not os.environ.get("KEEP"):
            if os.geteuid() != 0:
                subprocess.run(["chmod", "-R", "u+rwX", self.root], check=False, stderr=subprocess.DEVNULL)
            shutil.rmtree(self.root, ignore_errors=True)
            pathlib.Path(str(self.root) + ".tar").unlink(missing_ok=True)
        return self.complaints

    def run_command(self, command):
        line = [str(self.bench.tool), *command, "--root", str(self.root)]
        trace = self.bench.work / "trace"
        traced = self.bench.strace and self.seed % TRACE_EVERY == 0 and not self.as_plain_user
        if traced:
            line = [self.bench.strace, "-f", "-y", "-qq", "-o", str(trace), "-e", "trace=%file", *line]
        if self.as_plain_user:
            line = ["setpriv", "--reuid", str(PLAIN_USER), "--regid", str(PLAIN_USER), "--clear-groups", *line]
        start = os.times()
        with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=ENVIRONMENT, cwd="/", start_new_session=True) as process:
            try:
                # The limit is for the program's own time: the machine may have other work, and under strace each
                # of ten thousand calls waits for it twice.
                out, err = process.communicate(timeout=SECONDS_MAX * (120 if traced else 12))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                self.complain(command, "hangs")
                return
        end = os.times()
        spent = end.children_user + end.children_system - start.children_user - start.children_system
        if spent > SECONDS_MAX * (4 if traced else 1):
            self.complain(command, f"takes {spent:.1f} s of processor time")
        self.judge(command, process.returncode, out, err)
        if traced:
            self.judge_trace(command, trace)
        self.judge_opened(command, line)

    def judge_opened(self, command, line):
        """Another program that looks around in the folder of the trees opens things too, but not in each run."""
        opened = self.bench.watch.opened()
        if opened:
            subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           env=ENVIRONMENT, cwd="/", timeout=SECONDS_MAX * 12, check=False)
            for name in set(opened) & set(self.bench.watch.opened()):
                self.complain(command, f"opens {name} outside of the tree")

    def judge(self, command, status, out, err):
        text = err.decode(errors="replace")
        if status < 0 or status == 99 or "Sanitizer" in text or "runtime error" in text:
            self.complain(command, f"crashes with {status}: {text[:3000]}")
            return
        if status not in STATUSES[command[0]]:
            self.complain(command, f"leaves with {status}: {text[:300]}")
        if CONTROL.search(err):
            self.complain(command, f"has control characters in its messages: {err[:300]!r}")
        if SECRET.encode() in out + err:
            self.complain(command, "prints what is outside of the tree")
        if "-J" in command:
            self.judge_document(command, status, out)
        elif CONTROL.search(out):
            at = CONTROL.search(out).start()
            self.complain(command, f"prints a control character: {out[max(0, at - 60):at + 60]!r}")
        else:
            self.judge_encoding(command, out)

    def judge_encoding(self, command, out):
        try:
            out.decode()
        except UnicodeDecodeError as error:
            self.complain(command, f"prints no UTF-8: {out[max(0, error.start - 60):error.start + 20]!r}")

    def judge_document(self, command, status, out):
        try:
            document = json.loads(out.decode())
        except ValueError as error:
            self.complain(command, f"prints no JSON: {error}: {out[:200]!r}")
            return
        if (document.get("error") is None) != (status in (0, 8, 13)):
            self.complain(command, f"leaves with {status}, and the document's error is {document.get('error')}")
        # The validator takes seconds for a megabyte.
        if len(out) < 200000 and (self.seed % 3 == 0 or len(out) < 20000):
            for error in self.bench.validator.iter_errors(document):
                self.complain(command, f"breaks the schema at {error.json_path}: {error.message[:300]}")
                break

    def judge_trace(self, command, trace):
        lines = trace.read_text(errors="replace").splitlines()
        # The program may look at a child of its own that is late; strace begins each line with the process.
        own = {f"/proc/{line.split(' ', 1)[0]}/stat" for line in lines}
        for line in lines:
            opened = re.search(r"\b(?:open|openat|openat2)\(.* = [0-9]+<(/[^>]*)>", line)
            # The folder of the running machine is compared with that of the tree, and not read.
            if not opened or "O_PATH" in line and opened[1] in ("/", "/sys"):
                continue
            path = opened[1]
            if path == str(self.root) + ".tar" or path.startswith(str(self.root)) or OWN_FILES.match(path) or \
                    path in own or path.startswith(str(self.bench.tool.parent)):
                continue
            if command[0] == "capture" and path == str(self.bench.work):
                continue
            if command[0] == "diff" and path.startswith(self.base):
                continue
            self.complain(command, f"opens {path}")


class Bench:
    """Shared by the trials of one process."""

    def __init__(self, work, tool, machines, schema):
        self.work, self.tool, self.machines = work, tool, machines
        work.mkdir()
        self.outside = work / "outside"
        self.outside.mkdir()
        (self.outside / "secret").write_text(SECRET)
        self.validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
        self.watch = Watch(self.outside)
        self.strace = shutil.which("strace")
        self.runs = 0


def run_trials(bench, seeds, results):
    """In a process of its own."""
    for seed in seeds:
        before = bench.runs
        complaints = Trial(bench, seed).run()
        results.put((seed, bench.runs - before, complaints))
    results.put(None)


def run_in_parallel(work, tool, machines, schema, seeds):
    """The results of all seeds, in no order. Each worker watches a folder of its own."""
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    workers, count = [], min(len(os.sched_getaffinity(0)), len(seeds))
    for i in range(count):
        bench = Bench(work / f"worker-{i}", tool, machines, schema)
        workers.append(context.Process(target=run_trials, args=(bench, seeds[i::count], results)))
    for worker in workers:
        worker.start()
    running = len(workers)
    while running:
        try:
            result = results.get(timeout=1)
        except queue.Empty:
            if any(worker.exitcode for worker in workers):
                raise SystemExit("a worker died") from None
            continue
        running -= result is None
        if result is not None:
            yield result
    for worker in workers:
        worker.join()


def folder_for_trees():
    """In memory: a tree has thousands of small files."""
    if os.environ.get("TMPDIR"):
        return os.environ["TMPDIR"]
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/var/tmp"


def main():
    tool, unpack, schema, trees = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
    first, count = (list(map(int, sys.argv[5:7])) + [1, 300][len(sys.argv[5:7]):])
    warnings.simplefilter("ignore")
    started, failed, runs = time.monotonic(), [], 0
    work = pathlib.Path(tempfile.mkdtemp(prefix="iommuctl-mutate-", dir=folder_for_trees()))
    os.chmod(work, 0o755)
    try:
        seeds = range(first, first + count)
        machines = Machines(work / "machines", unpack, trees, seeds)
        for seed, done, complaints in run_in_parallel(work, tool, machines, schema, seeds):
            runs += done
            if complaints:
                failed.append(seed)
                print("\n".join(complaints), flush=True)
        print(f"{count} damaged trees from seed {first}, {runs} runs, {len(failed)} failed "
              f"({time.monotonic() - started:.0f} s){': ' + ' '.join(map(str, sorted(failed))) if failed else ''}")
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(work, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
