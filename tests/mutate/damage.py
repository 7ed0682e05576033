# SPDX-License-Identifier: GPL-2.0-or-later
"""Random damage to an unpacked tree. All of it follows from one random.Random, so a seed repeats it."""
import os
import re
import shutil
import stat

# Larger files (kernel logs of minutes, blobs) are cut or replaced, never edited byte by byte.
EDIT_MAX = 4 << 20

TEXTS = [
    b"", b"\n", b"\0", b"\0" * 4096, b" ", b"\t\n\t\n", b"-1", b"0", b"2147483648", b"4294967296",
    b"18446744073709551615", b"18446744073709551616", b"-9223372036854775809", b"0x", b"0xffffffffffffffff",
    b"0x1" + b"0" * 40, b"9" * 4000, b"\xff\xfe\x80", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\x1b[2J\x1b]0;title\x07", "\u202eevil\u200b".encode(), "\U0001f980".encode() * 900, b"%s%n%d", b"\r\n\r",
    b'"},{"schema":2,"', b"'; $(id) `id`", b"../../../../../etc/passwd", b"vfio-pci", b"(null)", b"none",
    b"a" * 4095, b"a" * 4096, b"a" * 4097, b"a" * 70000, b"x\n" * 20000,
]
NAMES = [
    b"\xff\xfe", b"a\nb", b"\x1b[31mred", b"n" * 255, b"..x", b"-J", b" ", b"'\"\\", b"%n", b"0", b"4294967296",
    b"0000:00:01.0", b"ffff:ff:1f.7", b"10000:00:00.0", b"dmar0", b"smmu3.0x0", b"eth0", b"virtio0", b"vfio0",
    b"driver", b"iommu_group", b"devices", "\u202eevil".encode(),
]
NUMBERS = [b"0", b"1", b"-1", b"7fffffff", b"ffffffff", b"4294967295", b"4294967296", b"ffffffffffffffff",
           b"99999999999999999999999"]
# Places of a machine, each of which is hit as often as another, however many files it has.
PLACES = [b"/iommuctl", b"/proc", b"/etc", b"/dev", b"/sys/bus", b"/sys/class", b"/sys/class/iommu",
          b"/sys/kernel/iommu_groups", b"/sys/kernel/debug", b"/sys/firmware/acpi", b"/sys/firmware/devicetree",
          b"/sys/devices", b"/sys/module", b"/usr", b"/lib"]


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read(EDIT_MAX)


class Damage:
    """One damaged tree at @root. @outside: a folder that no link may lead to. @everything: the paths in it, sorted."""

    def __init__(self, root, rng, outside, everything):
        self.root, self.rng, self.outside = os.fsencode(root), rng, os.fsencode(outside)
        self.log = []
        self.everything = [self.root + path for path in everything]
        self.places = [found for found in ([p for p in self.everything if p.startswith(self.root + place + b"/")]
                                           for place in PLACES) if found]

    def some_path(self):
        if self.places and self.rng.random() < 0.8:
            return self.rng.choice(self.rng.choice(self.places))
        return self.rng.choice(self.everything)

    def inflict(self, count):
        for _ in range(count):
            path = self.some_path()
            kind = self.rng.choice(KINDS)
            if not os.path.lexists(path):
                continue
            self.log.append(f"{kind.__name__} {os.fsdecode(path[len(self.root):])!r}")
            try:
                kind(self, path)
            except OSError as error:  # for example: its folder may no longer be entered
                self.log[-1] += f" ({error.strerror})"

    def clear(self, path):
        """Remove the file, link or folder. A file is unlinked, never written: it is shared with the undamaged tree."""
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)

    def put(self, path, data):
        self.clear(path)
        with open(path, "wb") as file:
            file.write(data)

    def is_file(self, path):
        return stat.S_ISREG(os.lstat(path).st_mode)

    # The kinds of damage.

    def remove(self, path):
        self.clear(path)

    def empty(self, path):
        self.put(path, b"")

    def truncate(self, path):
        if self.is_file(path):
            data = bytes_of(path)
            self.put(path, data[:self.rng.randrange(len(data) + 1)])

    def flip(self, path):
        if self.is_file(path):
            data = bytearray(bytes_of(path))
            for _ in range(self.rng.choice([1, 1, 4, 32]) if data else 0):
                data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(8)
            self.put(path, bytes(data))

    def text(self, path):
        self.put(path, self.rng.choice(TEXTS) + self.rng.choice([b"", b"\n"]))

    def word(self, path):
        if self.is_file(path):
            words = re.split(rb"([\s:=,<>/]+)", bytes_of(path))
            for _ in range(self.rng.choice([1, 2, 8])):
                other = self.rng.choice([self.rng.choice(TEXTS), self.rng.choice(words)])
                words[self.rng.randrange(len(words))] = other
            self.put(path, b"".join(words)[:EDIT_MAX])

    def number(self, path):
        if self.is_file(path):
            data = bytes_of(path)
            places = list(re.finditer(rb"[0-9a-f]+", data))
            if places:
                place = self.rng.choice(places)
                self.put(path, data[:place.start()] + self.rng.choice(NUMBERS) + data[place.end():])

    def lines(self, path):
        if self.is_file(path):
            lines = bytes_of(path).split(b"\n")
            what = self.rng.choice(["shuffle", "repeat", "drop", "join"])
            if what == "shuffle":
                self.rng.shuffle(lines)
            elif what == "repeat":
                lines *= self.rng.choice([2, 20])
            elif what == "drop":
                del lines[self.rng.randrange(len(lines))]
            self.put(path, (b"" if what == "join" else b"\n").join(lines)[:EDIT_MAX])

    def link(self, path):
        up = b"../" * self.rng.choice([3, 8, 40])
        target = self.rng.choice([
            b".", b"..", b"/", b"nowhere", b"a" * 4000, b"../" * 1300, os.path.basename(path), b"\xff\xff", b"x\ny",
            self.outside + b"/secret", up + self.outside[1:] + b"/secret", self.outside, up + self.outside[1:],
            b"/proc/self/root" + self.outside + b"/secret", b"/proc/self/fd/0", b"/proc/self/mem",
            self.some_path()[len(self.root):], os.path.relpath(self.some_path(), os.path.dirname(path))])
        self.clear(path)
        os.symlink(target, path)

    def folder(self, path):
        self.clear(path)
        os.mkdir(path)

    def fifo(self, path):
        self.clear(path)
        os.mkfifo(path)

    def node(self, path):
        """A socket, or a device, which no reader may open: reading from this one (zero) never ends."""
        kind = self.rng.choice([stat.S_IFSOCK, stat.S_IFCHR])
        self.clear(path)
        os.mknod(path, kind | 0o666, os.makedev(1, 5))

    def forbid(self, path):
        if self.is_file(path):
            self.put(path, bytes_of(path))
        if not os.path.islink(path):
            os.chmod(path, self.rng.choice([0, 0, 0o111, 0o222]))

    def sparse(self, path):
        self.put(path, b"")
        os.truncate(path, self.rng.choice([1 << 20, 1 << 33]))

    def replace(self, path):
        other = self.some_path()
        if os.path.isfile(other) and not os.path.islink(other):
            self.put(path, bytes_of(other))

    def rename(self, path):
        os.rename(path, os.path.join(os.path.dirname(path), self.rng.choice(NAMES)))

    def neighbour(self, path):
        """Add a sibling with an odd name."""
        other = os.path.join(os.path.dirname(path), self.rng.choice(NAMES))
        if os.path.lexists(other):
            return
        if os.path.islink(path):
            os.symlink(os.readlink(path), other)
        elif self.is_file(path):
            shutil.copyfile(path, other)
        else:
            shutil.copytree(path, other, symlinks=True, copy_function=os.link)

    def crowd(self, path):
        """Add thousands of siblings."""
        folder = os.path.dirname(path)
        target = os.readlink(path) if os.path.islink(path) else b"nowhere"
        for i in range(self.rng.choice([50, 2000])):
            name = os.path.join(folder, b"0000:%02x:%02x.%x" % (i >> 8, i >> 3 & 31, i & 7) if i % 2 else b"%d" % i)
            if not os.path.lexists(name):
                os.symlink(target, name)

    def deep(self, path):
        if not self.is_file(path) and not os.path.islink(path):
            below = path
            for _ in range(self.rng.choice([20, 120])):
                below = os.path.join(below, b"d" * self.rng.choice([1, 16]))
            os.makedirs(below, exist_ok=True)


KINDS = [Damage.remove, Damage.empty, Damage.truncate, Damage.truncate, Damage.flip, Damage.flip, Damage.flip,
         Damage.text, Damage.text, Damage.text, Damage.word, Damage.word, Damage.word, Damage.number, Damage.number,
         Damage.lines, Damage.lines, Damage.link, Damage.link, Damage.link, Damage.folder, Damage.fifo, Damage.node,
         Damage.forbid, Damage.sparse, Damage.replace, Damage.rename, Damage.neighbour, Damage.crowd, Damage.deep]
