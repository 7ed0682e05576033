#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""power_cuts.py DISK LOG DIR FILE… - every state that a power cut could leave a disk in.

DISK is an ext4 as it was before QEMU wrote LOG (its driver blklogwrites, the format of the kernel's
dm-log-writes). A disk may lose any write that no flush followed. So after each flush it is looked
at without the writes up to the next flush, with those alone that were forced, and with a random
half of them: the journal is replayed, and FILEs are read. Prints a line for each different outcome, the
words "old", "new", "none" or "torn" for each FILE, and copies the first disk with it into DIR, under
these words. FILEs that were "none" before are "new" where they are as at the end of LOG.
Exit status 1: a file is torn, or is not new once the marker, a sector of "P", has been written.
"""
import hashlib
import os
import random
import struct
import subprocess
import sys

FLUSH, FUA, DISCARD = 1, 2, 4
MARKER_AT, MARKER = 512, b"P" * 512
# ext4's journal: commit records and superblocks, which the kernel writes with FUA. QEMU's NVMe controller does not pass that on.
JOURNAL_MAGIC, FORCED_BLOCKS = 0xC03B3998, (2, 3, 4)
ENTRY = struct.Struct("<QQQQ")


def entries(path):
    """(offset on the disk, flags, bytes) of each write, flush and discard"""
    with open(path, "rb") as log:
        magic, _, _, size = struct.unpack("<QQQI", log.read(28))
        assert magic == 0x6A736677736872, "no log of writes"
        at = size
        while True:
            log.seek(at)
            sector, count, flags, _ = ENTRY.unpack(log.read(ENTRY.size).ljust(ENTRY.size, b"\0"))
            if not (count or flags):
                return
            length = 0 if flags & DISCARD else count * size
            log.seek(at + size)
            yield sector * size, flags, log.read(length)
            at += size + length


def write(disk, writes):
    """make the writes; returns those that undo them"""
    undo = []
    for offset, data in writes:
        disk.seek(offset)
        undo.append((offset, disk.read(len(data))))
        disk.seek(offset)
        disk.write(data)
    disk.flush()
    return undo[::-1]


class Files:
    """the files of interest, as they are on the disk"""

    def __init__(self, path, folder, names):
        self.path, self.names = path, names
        self.out, self.undo = os.path.join(folder, "file"), os.path.join(folder, "undo")
        self.old = self.new = None

    def read(self):
        """a digest of each file, or None, once the journal has been replayed; the disk stays as it was"""
        subprocess.run(["e2fsck", "-y", "-E", "journal_only", "-z", self.undo, self.path],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        digests = []
        for name in self.names:
            subprocess.run(["debugfs", "-R", "dump %s %s" % (name, self.out), self.path],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            digests.append(self.digest())
        if os.path.exists(self.undo):
            subprocess.run(["e2undo", self.undo, self.path], stdout=subprocess.DEVNULL, check=True)
            os.remove(self.undo)
        return digests

    def digest(self):
        """of the file that debugfs wrote, if it did"""
        try:
            with open(self.out, "rb") as file:
                return hashlib.sha256(file.read()).hexdigest()
        except FileNotFoundError:
            return None
        finally:
            if os.path.exists(self.out):
                os.remove(self.out)

    def words(self):
        """what each file is now"""
        return tuple("new" if now == new else "torn" if now != old else "none" if now is None else "old"
                     for now, old, new in zip(self.read(), self.old, self.new))


def is_forced(flags, data):
    """the write is on the disk once it has ended"""
    magic, block = struct.unpack(">II", data[:8])
    return bool(flags & FUA) or (magic == JOURNAL_MAGIC and block in FORCED_BLOCKS)


def has_marker(offset, data):
    """the kernel may write the whole block that the sector is in"""
    return offset <= MARKER_AT and data[MARKER_AT - offset:][:len(MARKER)] == MARKER


def epochs(log):
    """the writes between two flushes, and whether each was forced"""
    writes = []
    for offset, flags, data in log:
        if flags & FLUSH:
            yield writes
            writes = []
        if data:
            writes.append((offset, is_forced(flags, data), data))
    yield writes


def survivors(epoch, chance, marked):
    """lists of writes that may be all that is left of those between two flushes"""
    some = [(offset, data) for offset, forced, data in epoch if forced or chance.random() < 0.5]
    certain = [(offset, data) for offset, forced, data in epoch if forced]
    if not marked:
        yield []
    if certain or marked:
        yield certain
    if len(some) > len(certain):
        yield some


def main(path, log_path, folder, *names):
    """see above"""
    chance = random.Random(1)
    log = list(epochs(entries(log_path)))
    files = Files(path, folder, names)
    seen, cuts, failed, marked = {}, 0, 0, False
    with open(path, "r+b") as disk:
        files.old = files.read()
        undo = [write(disk, [(offset, data) for offset, _, data in epoch]) for epoch in log]
        files.new = files.read()
        for step in reversed(undo):
            write(disk, step)
        assert files.read() == files.old and files.new != files.old, "the log does not fit the disk"
        for epoch in log:
            marked = marked or any(has_marker(offset, data) for offset, _, data in epoch)
            for writes in survivors(epoch, chance, marked):
                back = write(disk, writes)
                cuts += 1
                words = files.words()
                if words not in seen:
                    subprocess.run(["cp", "--sparse=always", path, os.path.join(folder, "-".join(words))], check=True)
                seen[words] = seen.get(words, 0) + 1
                failed += "torn" in words or (marked and set(words) != {"new"})
                write(disk, back)
            write(disk, [(offset, data) for offset, _, data in epoch])
    for words, count in seen.items():
        print("# %s: %d of %d power cuts" % (", ".join("%s %s" % pair for pair in zip(names, words)), count, cuts))
    for sentence, held in (("the program ended during the log", marked),
                           ("no power cut leaves a torn file, or an old one after that end", not failed)):
        print("%s - %s" % ("ok" if held else "not ok", sentence))
    return 0 if marked and not failed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
