#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make.py - write the ACPI tables of good/ and bad/

good/ holds tables that the kernel takes: what `iasl -T` gives as templates, and machines made by
hand. bad/ holds what is refused, named for what is wrong. Beside each table NAME.aml stands
NAME.facts: what the unit tests must find in it (UPDATE=1 makes them write it; read the difference).
Running this is needed only to change a table; the tables are in the repository. *-template-2026.aml are what `iasl -T` of
acpica-tools 20260408 (Debian sid) gives, which has nodes that an older iasl does not know: this program does not make them.
"""
import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent


def table(signature, fixed, body, checksum=0, length=None):
    """A table of the @fixed fields that follow the header, and a body; correct unless asked."""
    size = 36 + len(fixed) + len(body) if length is None else length
    header = struct.pack("<4sIBB6s8sI4sI", signature, size, 1, 0, b"TESTS ", b"IOMMUCTL", 1,
                         b"MAKE", 1)
    data = bytearray(header + fixed + body)
    data[9] = (checksum - sum(data)) & 0xff
    return bytes(data)


def write(folder, name, data):
    (HERE / folder / f"{name}.aml").write_bytes(data)


def template(signature):
    """What iasl makes of its own template."""
    with tempfile.TemporaryDirectory() as place:
        name = signature.lower()
        for command in (["iasl", "-T", signature], ["iasl", f"{name}.asl"]):
            subprocess.run(command, cwd=place, check=True, capture_output=True)
        return pathlib.Path(place, f"{name}.aml").read_bytes()


# IORT ---------------------------------------------------------------------------------------------

ITS, NAMED, ROOT, SMMU, SMMU3, PMCG, RMR = range(7)
SINGLE = 1


def mapping(first, count, output_base, output, flags=0):
    return struct.pack("<IIIII", first, count - 1, output_base, output, flags)


def node(kind, data, mappings=(), revision=1, length=None, offset=None, count=None):
    size = 16 + len(data)
    body = data + b"".join(mappings)
    if offset is None:
        offset = size if mappings else 0
    return struct.pack("<BHBIII", kind, 16 + len(body) if length is None else length, revision, 0,
                       len(mappings) if count is None else count, offset) + body


def its(*ids):
    return node(ITS, struct.pack("<I", len(ids)) + b"".join(struct.pack("<I", i) for i in ids))


def smmu3(base, mappings=(), gsivs=(74, 75, 77, 76), **rest):
    return node(SMMU3, struct.pack("<QIIQIIIIIII", base, 1, 0, 0, 0, *gsivs, 0, 0), mappings, **rest)


def smmu(base, span, model, mappings=()):
    data = struct.pack("<QQIIIIIII", base, span, model, 2, 60, 1, 76, 0, 84)
    return node(SMMU, data + struct.pack("<IIIIII", 100, 0, 101, 0, 102, 0), mappings)


def root(segment, mappings=(), ats=0, **rest):
    return node(ROOT, struct.pack("<IBHBIIB3x", 1, 0, 0, 3, ats, segment, 48), mappings, **rest)


def named(path, mappings=(), end=b"\0", **rest):
    data = struct.pack("<IIBHBB", 0, 1, 0, 0, 3, 48) + path.encode() + end
    return node(NAMED, data + bytes(-len(data) % 4 if end else 0), mappings, **rest)


def rmr(flags, ranges, mappings):
    data = struct.pack("<III", flags, len(ranges), 28)
    return node(RMR, data + b"".join(struct.pack("<QQI", *r, 0) for r in ranges), mappings)


def iort(*nodes, count=None, offset=48, **rest):
    return table(b"IORT", struct.pack("<III", len(nodes) if count is None else count, offset, 0),
                 b"".join(nodes), **rest)


def at(*nodes):
    """Offset of the node that follows @nodes."""
    return 48 + sum(map(len, nodes))


def iort_good():
    yield "iort-template", template("IORT")
    # QEMU's virt machine: one SMMUv3 for everything but the buses that bypass it.
    group = its(0)
    unit = smmu3(0x9050000, [mapping(0, 0x10000, 0, 48)])
    yield "iort-virt-bypass", iort(group, unit, root(0, [
        mapping(0, 0x800, 0, at(group)), mapping(0x800, 0x100, 0x800, 48),
        mapping(0x900, 0xf700, 0x900, at(group))], ats=1))
    # A server: two v2 SMMUs, an off-by-one between them, named components, a reserved range.
    nodes = [its(0, 1)]
    one, nodes = at(*nodes), nodes + [smmu(0x64000000, 0x100000, 3)]
    two, nodes = at(*nodes), nodes + [smmu(0x64100000, 0x100000, 0)]
    nodes += [root(0, [mapping(0, 0x101, 0, one), mapping(0x100, 0xff00, 0x100, two)]),
              root(1, [mapping(0, 0x10000, 0x10000, two)], ats=1),
              named("\\_SB_.ETH0", [mapping(0, 1, 0x11, one, SINGLE),
                                    mapping(0, 1, 0x12, one, SINGLE)]),
              named("\\_SB_.MCE0", [mapping(0x17, 0x40, 0x17, two)]),
              rmr(1, [(0x80000000, 0x10000), (0x90000000, 0x1000)],
                  [mapping(0, 4, 0x30, one), mapping(0, 1, 0x50, two)])]
    yield "iort-server", iort(*nodes)
    yield "iort-no-nodes", iort()
    # What the kernel takes and complains about, or not even that.
    unit = smmu3(0x2b400000)
    yield "iort-odd", iort(
        unit, root(0, [mapping(1, 2**32, 0, 48), mapping(0, 0x100, 0xffffffff, 48)]),
        node(9, b"new"), node(PMCG, bytes(24), [mapping(0, 1, 0, 0, SINGLE)]), smmu(1, 2, 77),
        rmr(0, [(0xfffffffffffff000, 0x2000), (0x1000, 0)], []), count=99, checksum=1)
    unit = smmu3(0x9050000)
    yield "iort-reference-into-a-node", iort(unit, root(0, [mapping(0, 1, 0, 52)]))
    yield "iort-reference-past-the-end", iort(unit, root(0, [mapping(0, 1, 0, 0x10000)]))


def iort_bad():
    unit, group = smmu3(0x9050000), its(0)
    yield "iort-of-11-bytes", iort()[:11]
    yield "iort-with-another-signature", table(b"IROT", bytes(12), b"")
    yield "iort-longer-than-its-file", iort(length=49)
    yield "iort-shorter-than-its-fixed-part", iort(length=47)
    yield "iort-nodes-in-the-header", iort(unit, offset=40)
    yield "iort-nodes-past-the-end", iort(unit, offset=0x1000)
    yield "iort-node-of-length-0", iort(unit, smmu3(1, length=0))
    yield "iort-node-header-past-the-end", iort(unit, bytes(10), count=2)
    yield "iort-node-past-the-end", iort(unit, smmu3(1, length=69))
    yield "iort-node-too-short-for-its-type", iort(root(0, length=24))
    yield "iort-mappings-in-the-node-header", iort(unit, root(0, [mapping(0, 1, 0, 48)], offset=8))
    yield "iort-mappings-past-the-end", iort(unit, root(0, [mapping(0, 1, 0, 48)], count=2))
    yield "iort-mapping-count-that-overflows", iort(
        unit, root(0, [mapping(0, 1, 0, 48)], count=0xcccccccd))
    yield "iort-mapping-offset-that-overflows", iort(
        unit, root(0, [mapping(0, 1, 0, 48)], offset=0xfffffff0))
    two = at(group) + 56
    yield "iort-two-nodes-in-a-circle", iort(
        group, root(0, [mapping(0, 1, 0, two)]), root(1, [mapping(0, 1, 0, at(group))]))
    yield "iort-name-without-end", iort(named("\\_SB_.ETH0", end=b""))
    yield "iort-memory-ranges-past-the-end", iort(
        unit, node(RMR, struct.pack("<III", 0, 0xffffffff, 28), [mapping(0, 1, 0, 48)]))


# DMAR ---------------------------------------------------------------------------------------------

ENDPOINT, BRIDGE, IOAPIC, HPET, NAMESPACE = range(1, 6)


def scope(kind, bus, *path, number=0, length=None, more=b""):
    steps = b"".join(bytes(step) for step in path) + more
    return struct.pack("<BBHBB", kind, 6 + len(steps) if length is None else length, 0, number,
                       bus) + steps


def structure(kind, data, length=None):
    return struct.pack("<HH", kind, 4 + len(data) if length is None else length) + data


def unit(base, *scopes, segment=0, include_all=0, **rest):
    return structure(0, struct.pack("<BBHQ", include_all, 0, segment, base) + b"".join(scopes),
                     **rest)


def memory(base, limit, *scopes, segment=0):
    return structure(1, struct.pack("<HHQQ", 0, segment, base, limit) + b"".join(scopes))


def device(number, name):
    return structure(4, struct.pack("<3xB", number) + name)


def dmar(*structures, width=38, **rest):
    return table(b"DMAR", struct.pack("<BB10x", width, 1), b"".join(structures), **rest)


def dmar_good():
    # A laptop: graphics behind a unit of its own, the rest behind the other.
    yield "dmar-laptop", dmar(
        unit(0xfed90000, scope(ENDPOINT, 0, (2, 0))),
        unit(0xfed91000, scope(IOAPIC, 0xf0, (0x1f, 0), number=2),
             scope(HPET, 0, (0x1f, 0)), include_all=1),
        memory(0x9d000000, 0x9f7fffff, scope(ENDPOINT, 0, (2, 0))))
    # A server: bridges, a second segment, namespace devices, every other structure.
    yield "dmar-server", dmar(
        unit(0xd37fc000, scope(BRIDGE, 0x16, (2, 0)), scope(BRIDGE, 0x16, (3, 0), (1, 0))),
        unit(0xe0ffc000, scope(BRIDGE, 0, (1, 0)), segment=1),
        unit(0x9d7fc000, scope(IOAPIC, 0, (5, 4), number=8), scope(NAMESPACE, 0, (0x15, 1),
             number=1), include_all=1),
        memory(0x6eec1000, 0x6eec2fff, scope(ENDPOINT, 0, (0x14, 0)), scope(BRIDGE, 0, (0x1c, 0))),
        structure(2, struct.pack("<BxH", 0, 0) + scope(BRIDGE, 0x16, (2, 0))),
        structure(3, struct.pack("<4xQI", 0xd37fc000, 1)), device(1, b"\\_SB.PCI0.I2C0\0"),
        structure(5, struct.pack("<BxH", 1, 0) + scope(ENDPOINT, 0x6a, (1, 0))),
        structure(6, struct.pack("<2xH", 0) + scope(ENDPOINT, 0x6a, (1, 0))), width=45)
    yield "dmar-odd", dmar(
        unit(0xfed90000, scope(ENDPOINT, 0), scope(9, 0, (2, 0)),
             scope(ENDPOINT, 0, (2, 0), more=b"x")),
        unit(0xfed90000, include_all=1), memory(0x9d000001, 0x9d000000), structure(77, b"new"),
        structure(0, b"", length=0), b"what is behind it does not count", checksum=1)


def dmar_bad():
    yield "dmar-template-with-a-unit-at-0", template("DMAR")
    yield "dmar-shorter-than-its-fixed-part", dmar(length=47)
    yield "dmar-addresses-too-narrow", dmar(width=10)
    yield "dmar-structure-shorter-than-its-header", dmar(structure(9, b"", length=3))
    yield "dmar-structure-past-the-end", dmar(unit(0xfed90000, length=17))
    yield "dmar-structure-header-past-the-end", dmar(b"\0\0")
    yield "dmar-structure-too-short-for-its-type", dmar(structure(0, bytes(11)))
    yield "dmar-scope-of-length-0", dmar(unit(1, scope(ENDPOINT, 0, (2, 0), length=0)))
    yield "dmar-scope-of-length-5", dmar(unit(1, scope(ENDPOINT, 0, (2, 0), length=5)))
    yield "dmar-scope-past-its-unit", dmar(unit(1, scope(ENDPOINT, 0, (2, 0), length=10)), unit(2))
    yield "dmar-scope-header-past-its-unit", dmar(unit(1, b"\1\6\0"), unit(2))
    yield "dmar-scope-of-length-0-in-an-atsr", dmar(structure(2, bytes(4) + bytes(8)))
    yield "dmar-name-without-end", dmar(device(1, b"\\_SB.I2C0"))


# IVRS ---------------------------------------------------------------------------------------------

def short(kind, device_id, flags=0):
    return struct.pack("<BHB", kind, device_id, flags)


def alias(kind, device_id, other):
    return struct.pack("<BHBBHB", kind, device_id, 0, 0, other, 0)


def special(variety, handle, device_id):
    return struct.pack("<BHBBHB", 0x48, 0, 0, handle, device_id, variety)


def hid(device_id, name, uid, form=2, length=None):
    return struct.pack("<BHB8s8sBB", 0xf0, device_id, 0, name, b"", form,
                       len(uid) if length is None else length) + uid


def ivhd(kind, device_id, base, *entries, segment=0, length=None):
    header = struct.pack("<HQHHI", 0x40, base, segment, 0, 0) + (b"" if kind == 0x10 else bytes(16))
    body = header + b"".join(entries)
    return struct.pack("<BBHH", kind, 0xb0, 6 + len(body) if length is None else length,
                       device_id) + body


def ivmd(kind, flags, device_id, last, start, size, segment=0, length=32):
    return struct.pack("<BBHHHH6xQQ", kind, flags, length, device_id, last, segment, start, size)


def ivrs(*blocks, **rest):
    return table(b"IVRS", struct.pack("<I8x", 0x203041), b"".join(blocks), **rest)


def ivrs_good():
    yield "ivrs-template", template("IVRS")
    entries = [short(3, 8), short(4, 0xfffe), alias(0x43, 0xff00, 0xa5), short(4, 0xffff),
               special(2, 0, 0xa0), special(1, 0x80, 0xa0), special(1, 0x81, 1)]
    yield "ivrs-desktop", ivrs(
        ivhd(0x10, 2, 0xfeb80000, *entries), ivhd(0x11, 2, 0xfeb80000, *entries),
        ivhd(0x40, 2, 0xfeb80000, *entries, hid(0xa5, b"AMDI0020", b"ID00"),
             hid(0xa6, b"AMDI0095", struct.pack("<Q", 7), 1), hid(0xa7, b"AMDI0099", b"", 0)),
        ivmd(0x22, 8, 0, 0xff, 0xba000000, 0x1000), ivmd(0x21, 7, 0x300, 0, 0xbb000000, 0x2000),
        ivmd(0x20, 1, 0, 0, 0xbc000000, 0x1000))
    yield "ivrs-two-segments", ivrs(
        ivhd(0x11, 2, 0xfd000000, short(1, 0)), ivhd(0x11, 2, 0xfd100000, short(2, 0x100),
             alias(0x42, 0x208, 0x200), struct.pack("<BHBI", 0x47, 0x300, 0, 1 << 28),
             short(4, 0x3ff), struct.pack("<BHBI", 0x46, 0x480, 0, 0), segment=1))
    yield "ivrs-odd", ivrs(
        ivhd(0x40, 2, 0xfeb80000, short(4, 0x20), short(3, 0x40), short(3, 0x50), short(4, 0x48),
             alias(0x43, 0x60, 0x70), short(4, 0x5f), short(0x3f, 0), special(9, 1, 0x99),
             hid(0xa5, b"", b""), hid(0xa6, b"AMDI0020", struct.pack("<Q", 0x1234), 1),
             hid(0xa7, b"AMDI0021", b"x", 3), short(3, 0x80)),
        ivhd(0x40, 0xa02, 0xfeb90000), ivhd(0x40, 0xb02, 0xfeba0000, short(2, 5), b"\x42\0\0\0"),
        ivmd(0x22, 1, 9, 8, 2**64 - 1, 2), struct.pack("<BBHHH", 0x77, 0, 8, 0, 0))
    yield "ivrs-no-blocks", ivrs()
    # Types beyond those that Linux knows, and one that could be taken for "none".
    yield "ivrs-unknown-blocks", ivrs(ivhd(0x50, 2, 1, short(1, 0)), ivhd(0, 2, 1, short(1, 0)))


def ivrs_bad():
    yield "ivrs-with-a-wrong-checksum", ivrs(checksum=1)
    yield "ivrs-block-of-length-0", ivrs(ivhd(0x10, 2, 1, short(1, 0)), ivhd(0x10, 3, 1, length=0))
    yield "ivrs-block-past-the-end", ivrs(ivhd(0x10, 2, 1, short(1, 0), length=29))
    yield "ivrs-block-header-past-the-end", ivrs(ivhd(0x10, 2, 1, short(1, 0)), b"\x10\0\4\0")
    yield "ivrs-block-too-short-for-its-type", ivrs(ivhd(0x11, 2, 1, length=39)[:39])
    yield "ivrs-memory-too-short", ivrs(ivhd(0x10, 2, 1, short(1, 0)),
                                        ivmd(0x21, 1, 0, 0, 0, 0, length=31)[:31])
    yield "ivrs-entry-of-unknown-length", ivrs(ivhd(0x10, 2, 1, short(0x85, 0)))
    yield "ivrs-entry-past-the-end", ivrs(ivhd(0x10, 2, 1, b"\x42\0\0\0"))
    yield "ivrs-name-past-the-end", ivrs(ivhd(0x40, 2, 1, hid(1, b"AMDI0020", b"ID", length=200)))
    yield "ivrs-memory-in-the-place-of-the-iommu", ivrs(
        ivhd(0x10, 2, 1, short(1, 0)), ivmd(0x21, 1, 2, 0, 0, 0))


# VIOT ---------------------------------------------------------------------------------------------

def viot_node(kind, data, length=None):
    return struct.pack("<BBH", kind, 0, 4 + len(data) if length is None else length) + data


def virtio_pci(bdf, segment=0, **rest):
    return viot_node(3, struct.pack("<HH8x", segment, bdf), **rest)


def virtio_mmio(base):
    return viot_node(4, struct.pack("<4xQ", base))


def pci(first, last, endpoint, output, segments=(0, 0), **rest):
    return viot_node(1, struct.pack("<IHHHHH6x", endpoint, *segments, first, last, output), **rest)


def mmio(base, endpoint, output):
    return viot_node(2, struct.pack("<IQH6x", endpoint, base, output))


def viot(*nodes, count=None, offset=48, **rest):
    return table(b"VIOT", struct.pack("<HH8x", len(nodes) if count is None else count, offset),
                 b"".join(nodes), **rest)


def viot_good():
    yield "viot-q35", viot(virtio_pci(0x10), pci(0, 0xff, 0, 48), pci(0x1000, 0x10ff, 0x1000, 48))
    yield "viot-two-iommus", viot(
        pci(0, 0xffff, 0x10000, 0x78, (0, 1)), mmio(0x9000000, 0x20, 0x88),
        pci(0x100, 0x1ff, 0x500, 0x88), virtio_pci(8), virtio_mmio(0xa000000))
    yield "viot-odd", viot(
        virtio_pci(0x10), pci(9, 8, 0, 48), pci(0, 0xff, 0xffffff80, 48), pci(0, 1, 0, 52),
        mmio(1, 2, 72), viot_node(7, b"new!"), count=9)


def viot_bad():
    yield "viot-nodes-in-the-header", viot(virtio_pci(8), offset=40)
    yield "viot-nodes-past-the-end", viot(virtio_pci(8), offset=0x400)
    yield "viot-node-of-length-0", viot(virtio_pci(8, length=0))
    yield "viot-node-too-short-for-its-type", viot(pci(0, 1, 0, 48, length=20))
    yield "viot-node-past-the-end", viot(virtio_pci(8), pci(0, 1, 0, 48, length=25))
    yield "viot-node-header-past-the-end", viot(virtio_pci(8), b"\1\0", count=2)


# RIMT ---------------------------------------------------------------------------------------------

def rimt_node(kind, data, length=None):
    return struct.pack("<BBHHH", kind, 1, 8 + len(data) if length is None else length, 0, 0) + data


def riscv_iommu(base=0, bdf=None, segment=0, **rest):
    return rimt_node(0, struct.pack("<8sQIIHHHH", b"RSCV0004", base, bdf is not None, 0, segment, bdf or 0, 0, 0),
                     **rest)


def rimt_maps(mappings):
    return b"".join(struct.pack("<IIIII", *mapping, 0) for mapping in mappings)


def rimt_root(segment, *mappings, at=20, **rest):
    return rimt_node(1, struct.pack("<IHHHH", 0, 0, segment, at, len(mappings)) + rimt_maps(mappings), **rest)


def rimt_device(name, *mappings, **rest):
    return rimt_node(2, struct.pack("<HH", 12 + len(name), len(mappings)) + name + rimt_maps(mappings), **rest)


def rimt(*nodes, count=None, offset=48, **rest):
    return table(b"RIMT", struct.pack("<III", len(nodes) if count is None else count, offset, 0), b"".join(nodes),
                 **rest)


def rimt_good():
    yield "rimt-virt", rimt(riscv_iommu(0x3010000), rimt_root(0, (0, 0xffff, 0, 48)))
    yield "rimt-two-iommus", rimt(
        rimt_device(b"\\_SB_.DMA0\0", (0, 0, 0x20, 0x97), (0, 0, 0x21, 0x97)),
        riscv_iommu(bdf=8), riscv_iommu(0x4000000), count=3)
    yield "rimt-odd", rimt(riscv_iommu(bdf=8), rimt_root(1, (0, 7, 0, 0x30), (8, 7, 0, 0x34), (0xfffffff0, 0xff, 0, 0x30)),
                           rimt_node(9, b"new!"))


def rimt_bad():
    yield "rimt-nodes-in-the-header", rimt(riscv_iommu(1), offset=40)
    yield "rimt-nodes-past-the-end", rimt(riscv_iommu(1), offset=0x400)
    yield "rimt-node-of-length-0", rimt(riscv_iommu(1, length=0))
    yield "rimt-node-too-short-for-its-type", rimt(riscv_iommu(1, length=24))
    yield "rimt-node-past-the-end", rimt(riscv_iommu(1), count=2)
    yield "rimt-mappings-past-the-node", rimt(riscv_iommu(1), rimt_root(0, (0, 1, 0, 48), at=30))
    yield "rimt-name-without-end", rimt(rimt_node(2, struct.pack("<HH", 0, 0) + b"abc"))


def main():
    for folder, makers in (("good", (iort_good, dmar_good, ivrs_good, viot_good, rimt_good)),
                           ("bad", (iort_bad, dmar_bad, ivrs_bad, viot_bad, rimt_bad))):
        for make in makers:
            for name, data in make():
                write(folder, name, data)


main()
