#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""machines.py - the machines of growth.py: functions of a folder and a size."""
import os
import pathlib
import struct
import tarfile
import zlib

TREES = pathlib.Path(__file__).parent.parent / "trees"


class Machine:
    """A tree for --root, or a devicetree for --dtb."""

    def __init__(self, folder):
        self.root = folder
        for path in ("proc/sys/kernel", "sys/bus/pci/devices", "sys/bus/pci/drivers/e1000e",
                     "sys/bus/pci/drivers/vfio-pci", "sys/kernel/iommu_groups", "sys/class/iommu", "iommuctl"):
            os.makedirs(folder / path)
        self.put("proc/sys/kernel/osrelease", "6.12.0\n")
        self.put("proc/cmdline", "quiet\n")
        self.put("iommuctl/log", "")

    def put(self, path, text):
        path = self.root / path
        os.makedirs(path.parent, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def link(self, path, target):
        path = self.root / path
        os.makedirs(path.parent, exist_ok=True)
        os.symlink(os.path.relpath(self.root / target, path.parent), path)

    def device(self, number, group=None, driver="e1000e"):
        name = "%04x:%02x:%02x.%x" % (number >> 16, number >> 8 & 0xff, number >> 3 & 0x1f, number & 7)
        path = f"sys/devices/pci{number >> 16:04x}:{number >> 8 & 0xff:02x}/{name}"
        for file, text in {"vendor": "0x8086\n", "device": "0x10d3\n", "class": "0x020000\n",
                           "uevent": (f"DRIVER={driver}\n" if driver else "") + f"PCI_SLOT_NAME={name}\n", "modalias": "pci:v8086\n"}.items():
            self.put(f"{path}/{file}", text)
        # A header of type 0 with an Express capability and no ACS.
        config = bytearray(256)
        config[0x06], config[0x34] = 0x10, 0x40
        struct.pack_into("<BBH", config, 0x40, 0x10, 0, 2)
        self.put(f"{path}/config", bytes(config))
        self.link(f"{path}/subsystem", "sys/bus/pci")
        self.link(f"sys/bus/pci/devices/{name}", path)
        if driver:
            self.link(f"{path}/driver", f"sys/bus/pci/drivers/{driver}")
        if group is not None:
            self.put(f"sys/kernel/iommu_groups/{group}/type", "DMA\n")
            self.link(f"{path}/iommu_group", f"sys/kernel/iommu_groups/{group}")
            self.link(f"sys/kernel/iommu_groups/{group}/devices/{name}", path)
        return path


def one_group(machine, size):
    for i in range(size):
        machine.device(i, group=0)


def many_groups(machine, size):
    for i in range(size):
        machine.device(i, group=i // 2)


def beside(machine, size, loaded=True):
    """Devices behind one IOMMU; VFIO, if it is loaded, has every fourth pair."""
    iommu = "sys/devices/virtual/iommu/dmar0"
    machine.put(f"{iommu}/intel-iommu/address", "fed90000\n")
    machine.link("sys/class/iommu/dmar0", iommu)
    if loaded:
        machine.put("sys/module/vfio_iommu_type1/refcnt", "0\n")
    for i in range(size):
        given = loaded and i // 2 % 4 == 3
        path = machine.device(i, group=i // 2, driver="vfio-pci" if given else "e1000e")
        machine.put(f"{path}/reset_method", "flr bus\n")
        machine.link(f"{path}/iommu", iommu)
        machine.link(f"{iommu}/devices/{os.path.basename(path)}", path)
        if given:
            machine.put(f"dev/vfio/{i // 2}", "")


def beside_unloaded(machine, size):
    """The same where the module of vfio-pci has to be loaded, and libkmod can tell what it is."""
    beside(machine, size, loaded=False)
    os.rmdir(machine.root / "sys/bus/pci/drivers/vfio-pci")
    with tarfile.open(TREES / "virtio-6.12.tar.gz") as tree:
        tree.extractall(machine.root, [member for member in tree if member.name.startswith("lib/modules/")])
    (release,) = os.listdir(machine.root / "lib/modules")
    machine.put("proc/sys/kernel/osrelease", release + "\n")


def changed(machine, size):
    """Devices in pairs; in "old", the machine before, they were in threes and every second one had another driver."""
    old = Machine(machine.root / "old")
    for i in range(size):
        machine.device(i, group=i // 2)
        old.device(i, group=i // 3, driver="vfio-pci" if i & 1 else "e1000e")


def moved(machine, size):
    """Devices that differ in their IDs; in "old", the machine before, all of them were on other buses."""
    old = Machine(machine.root / "old")
    for i in range(size):
        for side, number in (machine, i), (old, (1 << 16) + size - i):
            path = side.device(number, group=i)
            side.put(f"{path}/uevent", f"DRIVER=e1000e\nPCI_ID=8086:{i:04X}\nPCI_SLOT_NAME={os.path.basename(path)}\n")
            side.put(f"{path}/device", f"0x{i:04x}\n")


def waiting(machine, size):
    names = []
    for i in range(size):
        path = machine.device(i, driver=None)
        names.append(os.path.basename(path))
        machine.put(f"{path}/waiting_for_supplier", "1\n")
    machine.put("sys/kernel/debug/devices_deferred",
                "".join(f"{name}\tpci: supplier {names[0]} not ready\n" for name in names))


def rejected(machine, size):
    """A virtio-iommu on a kernel after 6.15 that took back the groups of all devices but the last, as the log says."""
    machine.put("proc/sys/kernel/osrelease", "7.3.4\n")
    iommu = machine.device(0, driver="virtio-pci")
    own = f"{iommu}/virtio0/iommu/{os.path.basename(iommu)}"
    machine.link(f"{own}/device", f"{iommu}/virtio0")
    machine.link(f"sys/class/iommu/{os.path.basename(iommu)}", own)
    table = struct.pack("<HH8x", 2, 48) + struct.pack("<BBHHH8x", 3, 0, 16, 0, 0)
    table += struct.pack("<BBHIHHHHH6x", 1, 0, 24, 0, 0, 0, 0, 0xffff, 48)
    machine.put("sys/firmware/acpi/tables/VIOT",
                b"VIOT" + struct.pack("<IBB", 36 + len(table), 1, 0) + bytes(26) + table)
    names = [os.path.basename(machine.device(i, driver=None)) for i in range(1, size + 1)]
    machine.put("iommuctl/log", "".join(f"<6>[    1.0] pci {name}: Adding to iommu group {i}\n"
                                        for i, name in enumerate(names[:-1])))
    machine.put("sys/kernel/debug/devices_deferred", "".join(f"{name}\t\n" for name in names))


def logged(machine, size):
    many_groups(machine, 64)
    machine.put("iommuctl/log", "".join(f"<4>[    {i}.0] e1000e 0000:{i >> 8 & 0xff:02x}:{i >> 3 & 0x1f:02x}.{i & 7}: "
                                        f"probe with driver x{i} failed with error -5\n" for i in range(size)))


def failed(machine, size):
    """Devices whose probe failed, 64 of them with IOMMU faults in the log."""
    names = [os.path.basename(machine.device(i, driver=None)) for i in range(size)]
    faults = [f"<3>[    {i}.5] DMAR: [DMA Read NO_PASID] Request device [{name[5:]}] fault addr 0x1000 "
              f"[fault reason 0x06] PTE Read access is not set\n" for i, name in enumerate(names[:64])]
    machine.put("iommuctl/log", "".join(f"<4>[    {i}.0] e1000e {name}: probe with driver e1000e failed with error -5\n"
                                        for i, name in enumerate(names)) + "".join(faults))


def faulty(machine, size):
    """Each device has a fault in the log, that names it."""
    numbers = range(8, 8 + size)
    names = [os.path.basename(machine.device(i, group=i)) for i in numbers]
    machine.put("iommuctl/log", "".join(f"<3>[    {i}.5] DMAR: [DMA Read NO_PASID] Request device [{name[5:]}] fault addr "
                                        f"0x1000 [fault reason 0x06] PTE Read access is not set\n"
                                        for i, name in enumerate(names)))


def disk(machine, path):
    block = f"{path}/nvme/nvme0/nvme0n1"
    machine.put(f"{block}/dev", "259:0\n")
    machine.put(f"{block}/uevent", "MAJOR=259\nMINOR=0\nDEVNAME=nvme0n1\nDEVTYPE=disk\n")
    os.makedirs(machine.root / "sys/class/block")
    machine.link(f"{block}/subsystem", "sys/class/block")
    machine.link("sys/class/block/nvme0n1", block)
    machine.link("sys/block/nvme0n1", block)
    machine.link("sys/dev/block/259:0", block)


def mounts(machine, size):
    disk(machine, machine.device(0, group=0))
    machine.put("proc/1/comm", "init\n")
    os.makedirs(machine.root / "proc/1/ns")
    os.symlink("mnt:[1]", machine.root / "proc/1/ns/mnt")
    machine.put("proc/1/mountinfo",
                "".join(f"{i + 30} 1 0:{i + 30} / /mnt/{i} rw - tmpfs tmpfs rw\n" for i in range(size)))


def processes(machine, size):
    disk(machine, machine.device(0, group=0))
    for i in range(1, size + 1):
        machine.put(f"proc/{i}/comm", f"p{i}\n")
        os.makedirs(machine.root / f"proc/{i}/fd")
        os.makedirs(machine.root / f"proc/{i}/ns")
        os.symlink("/dev/null", machine.root / f"proc/{i}/fd/0")
        os.symlink(f"mnt:[{i}]", machine.root / f"proc/{i}/ns/mnt")
        machine.put(f"proc/{i}/mountinfo", "30 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n")


def block_device(machine, folder, name, number):
    path = f"{folder}/{name}"
    machine.put(f"{path}/dev", f"{number >> 8}:{number & 255}\n")
    machine.put(f"{path}/uevent", f"MAJOR={number >> 8}\nMINOR={number & 255}\nDEVNAME={name}\nDEVTYPE=disk\n")
    machine.link(f"{path}/subsystem", "sys/class/block")
    machine.link(f"sys/block/{name}", path)


def disks(machine, size):
    """Disks of one controller, and on them: claims, swap areas, swap files, btrfs, exports."""
    controller = machine.device(0, group=0)
    os.makedirs(machine.root / "sys/class/block")
    os.makedirs(machine.root / "proc/1/ns")
    os.symlink("mnt:[1]", machine.root / "proc/1/ns/mnt")
    swaps, mounted = ["Filename Type Size Used Priority"], ["29 1 0:29 / / rw - tmpfs tmpfs rw"]
    for i in range(size):
        name, number = f"disk{i}", 259 << 8 | i
        block_device(machine, f"{controller}/host0/target0:0:{i}/0:0:{i}:0/block", name, number)
        if i % 5 == 0:
            swaps.append(f"/dev/{name} partition 100 0 -2")
        elif i % 5 == 1:
            mounted.append(f"{i + 30} 1 {number >> 8}:{number & 255} / /mnt/{i} rw - ext4 /dev/{name} rw")
            swaps.append(f"/mnt/{i}/swap file 100 0 -2")
        elif i % 5 == 2:
            mounted.append(f"{i + 30} 1 0:{i + 30} / /mnt/{i} rw - btrfs /dev/{name} rw")
            machine.link(f"sys/fs/btrfs/{i:08x}/devices/{name}", f"sys/block/{name}")
        elif i % 5 == 3:
            namespace = f"sys/kernel/config/nvmet/subsystems/s{i}/namespaces/1"
            machine.put(f"{namespace}/enable", "1\n")
            machine.put(f"{namespace}/device_path", f"/dev/{name}\n")
    machine.put("proc/swaps", "\n".join([*swaps, ""]))
    machine.put("proc/1/mountinfo", "\n".join([*mounted, ""]))
    machine.put("iommuctl/claimed", "".join(f"disk{i}\n" for i in range(4, size, 5)))


def remembered(machine, size):
    """Devices with 32 files of libvirt's hostdev manager each."""
    many_groups(machine, size)
    for name in os.listdir(machine.root / "sys/bus/pci/devices"):
        for function in range(32):
            machine.put(f"run/libvirt/hostdevmgr/{name}_vf{function}", "")


def platform_device(machine, name, node, driver):
    path = f"sys/devices/platform/{name}"
    machine.put(f"{path}/uevent", f"DRIVER={driver}\nOF_FULLNAME=/{node}\n")
    machine.link(f"{path}/of_node", f"sys/firmware/devicetree/base/{node}")
    machine.link(f"{path}/subsystem", "sys/bus/platform")
    machine.link(f"sys/bus/platform/devices/{name}", path)
    os.makedirs(machine.root / f"sys/bus/platform/drivers/{driver}", exist_ok=True)
    machine.link(f"{path}/driver", f"sys/bus/platform/drivers/{driver}")
    return path


def consumers(machine, size):
    """A clock and its consumers, which the devicetree and device links both name."""
    base = "sys/firmware/devicetree/base"
    machine.put(f"{base}/clock@1/compatible", "x,clock\0")
    machine.put(f"{base}/clock@1/phandle", struct.pack(">I", 1))
    machine.put(f"{base}/clock@1/#clock-cells", struct.pack(">I", 0))
    clock = platform_device(machine, "1.clock", "clock@1", "clock")
    machine.put("sys/kernel/iommu_groups/0/type", "DMA\n")
    machine.link(f"{clock}/iommu_group", "sys/kernel/iommu_groups/0")
    machine.link("sys/kernel/iommu_groups/0/devices/1.clock", clock)
    for i in range(size):
        machine.put(f"{base}/dev@{i:x}/compatible", "x,y\0")
        machine.put(f"{base}/dev@{i:x}/clocks", struct.pack(">I", 1))
        path = platform_device(machine, f"{i:x}.dev", f"dev@{i:x}", "x")
        link = f"sys/devices/virtual/devlink/platform:1.clock--platform:{i:x}.dev"
        machine.put(f"{link}/status", "active\n")
        machine.put(f"{link}/sync_state_only", "0\n")
        machine.link(f"{link}/supplier", clock)
        machine.link(f"{link}/consumer", path)
        machine.link(f"{clock}/consumer:platform:{i:x}.dev", link)


def parents(machine, size):
    """Each device has a mediated device and a DMA channel: two lists of the whole machine."""
    for i in range(size):
        path = machine.device(i, group=i // 2)
        child = f"{path}/{i:08x}-509f-382f-3c1e-e6bfe0fa1001"
        machine.put(f"{child}/remove", "")
        machine.link(f"sys/bus/mdev/devices/{os.path.basename(child)}", child)
        machine.put(f"{path}/dma/dma{i}chan0/in_use", "0\n")
        machine.link(f"sys/class/dma/dma{i}chan0", f"{path}/dma/dma{i}chan0")


def lost(machine, size):
    """Bound devices behind an SMMUv2 with entries left; every second one has no group."""
    base = "sys/firmware/devicetree/base"

    def node(name, **properties):
        for key, value in properties.items():
            machine.put(f"{base}/{name}/{key.replace('_', '-')}", value)

    node("iommu@9000000", compatible=b"arm,mmu-500\0", phandle=struct.pack(">I", 1))
    machine.put(f"{base}/iommu@9000000/#iommu-cells", struct.pack(">I", 2))
    smmu = platform_device(machine, "9000000.iommu", "iommu@9000000", "arm-smmu")
    machine.link(f"{smmu}/iommu/smmu.0x9000000/device", smmu)
    machine.link("sys/class/iommu/smmu.0x9000000", f"{smmu}/iommu/smmu.0x9000000")
    machine.put("iommuctl/log", "<6>[    0.8] arm-smmu 9000000.iommu: \tstream matching with 60000 register groups\n"
                "<6>[    0.8] arm-smmu 9000000.iommu: \t8 context banks (0 stage-2 only)\n")
    machine.put("sys/kernel/debug/devices_deferred", "")
    for i in range(size):
        node(f"dev@{i:x}", compatible=b"x,y\0", iommus=struct.pack(">III", 1, i, 0))
        path = platform_device(machine, f"{i:x}.dev", f"dev@{i:x}", "x")
        if i & 1:
            machine.put(f"sys/kernel/iommu_groups/{i}/type", "DMA\n")
            machine.link(f"{path}/iommu_group", f"sys/kernel/iommu_groups/{i}")
            machine.link(f"sys/kernel/iommu_groups/{i}/devices/{i:x}.dev", path)


def devicetree(machine, size, compatible, cells, specifier):
    """@size devices behind one SMMU; a flattened devicetree, version 17"""
    strings, offsets = b"", {}

    def prop(name, value):
        nonlocal strings
        if name not in offsets:
            offsets[name] = len(strings)
            strings += name.encode() + b"\0"
        return struct.pack(">III", 3, len(value), offsets[name]) + value + b"\0" * (-len(value) % 4)

    def begin(name):
        text = name.encode() + b"\0"
        return struct.pack(">I", 1) + text + b"\0" * (-len(text) % 4)

    end = struct.pack(">I", 2)
    body = [begin(""), begin("iommu@9000000"), prop("compatible", compatible.encode() + b"\0"),
            prop("phandle", struct.pack(">I", 1)), prop("#iommu-cells", struct.pack(">I", cells)), end]
    for i in range(size):
        body += [begin(f"dev@{i:x}"), prop("compatible", b"x,y\0"),
                 prop("iommus", struct.pack(f">I{cells}I", 1, *specifier(i))), end]
    tree = b"".join(body) + end + struct.pack(">I", 9)
    header = struct.pack(">10I", 0xd00dfeed, 56 + len(tree) + len(strings), 56, 56 + len(tree), 40, 17, 16, 0,
                         len(strings), len(tree))
    machine.put("tree.dtb", header + b"\0" * 16 + tree + strings)


def one_stream(machine, size):
    devicetree(machine, size, "arm,smmu-v3", 1, lambda i: [5])


def own_streams(machine, size):
    devicetree(machine, size, "arm,smmu-v3", 1, lambda i: [i])


def masked_streams(machine, size):
    devicetree(machine, size, "arm,mmu-500", 2, lambda i: [i * 4 & 0x7fff, i & 1 and 3])


def names_of(machine):
    return sorted(os.listdir(machine.root / "sys/bus/pci/devices"))


def interfaces(machine, size):
    """Each device has an interface with an address and a route, a VLAN on it, and an HSR interface on that."""
    lines = ["session 10.1.0.0 /proc/net/tcp sshd", "namespace own /proc/self/ns/net -"]
    for i in range(size):
        path = machine.device(i, group=i)
        machine.put(f"{path}/net/eth{i}/upper_eth{i}.5/ifindex", "0\n")
        machine.link(f"sys/class/net/eth{i}", f"{path}/net/eth{i}")
        machine.put(f"sys/class/net/eth{i}.5/upper_hsr{i}/ifindex", "0\n")
        lines += [f"interface {i + 1} eth{i} 1 0 0 -1 - pci {os.path.basename(path)}",
                  f"interface {i + 100001} eth{i}.5 1 0 {i + 1} -1 vlan - -",
                  f"interface {i + 200001} hsr{i} 1 0 0 -1 hsr - -",
                  f"address {i + 1} 10.1.{i >> 8}.{i & 255}/24", f"address {i + 200001} 10.2.{i >> 8}.{i & 255}/24",
                  f"way {i + 1} 10.3.{i >> 8}.{i & 255}/32", f"use {i + 1} /proc/net/pppoe one PPPoE session",
                  f"listener {i + 1} /proc/net/packet dhclient"]
    machine.put("iommuctl/network", "\n".join([*lines, "end", ""]))


def switched(machine, size):
    """Each device has an interface in one Open vSwitch, which has ten times as many internal ports, and one address.

    With fewer ports, the rest of the work hides what a walk over all ports for each device takes.
    """
    lines = ["namespace own /proc/self/ns/net -", "interface 300000 ovs-system 1 0 0 -1 openvswitch - -",
             "interface 300001 br-ex 1 0 0 -1 openvswitch - -", "address 300001 10.1.0.1/24"]
    for i in range(size):
        path = machine.device(i, group=i)
        machine.put(f"{path}/net/eth{i}/ifindex", f"{i + 1}\n")
        machine.link(f"sys/class/net/eth{i}", f"{path}/net/eth{i}")
        lines.append(f"interface {i + 1} eth{i} 1 300000 0 -1 - pci {os.path.basename(path)}")
    lines += [f"interface {i + 100001} tap{i} 1 0 0 -1 openvswitch - -" for i in range(10 * size)]
    machine.put("iommuctl/network", "\n".join([*lines, "end", ""]))


def cxl(machine, size):
    """Devices of CXL memory, each with a decoder of a region of its own, whose memory is a dax device."""
    for i in range(size):
        path = machine.device(i, group=i, driver="cxl_pci")
        decoder = f"{path}/endpoint{i}/decoder{i}.0"
        region = f"sys/devices/platform/ACPI0017:00/root0/decoder0.{i}/region{i}"
        dax = f"{region}/dax_region{i}/dax{i}.0"
        machine.put(f"{decoder}/region", f"region{i}\n")
        machine.put(f"{region}/commit", "1\n")
        machine.link(f"sys/bus/cxl/devices/decoder{i}.0", decoder)
        machine.link(f"sys/bus/cxl/devices/region{i}", region)
        machine.link(f"{dax}/driver", "sys/bus/dax/drivers/kmem")
        machine.link(f"sys/bus/dax/devices/dax{i}.0", dax)


def acpi_table(machine, signature, revision, body):
    machine.put(f"sys/firmware/acpi/tables/{signature}",
                signature.encode() + struct.pack("<IBB", 36 + len(body), revision, 0) + bytes(26) + body)


def registered_iommu(machine, name, attributes):
    """An IOMMU of /sys/class/iommu."""
    home = f"sys/devices/virtual/iommu/{name}"
    os.makedirs(machine.root / home / "devices")
    for file, text in attributes.items():
        machine.put(f"{home}/{file}", text)
    machine.link(f"sys/class/iommu/{name}", home)
    return home


def served_device(machine, number, home):
    path = machine.device(number, group=number)
    machine.link(f"{path}/iommu", home)
    machine.link(f"{home}/devices/{os.path.basename(path)}", path)
    return path


def scopes(machine, size):
    """Units of VT-d with 16 devices each, which the DMAR names by a scope each."""
    units = []
    for unit in range((size + 15) // 16):
        home = registered_iommu(machine, f"dmar{unit}", {"intel-iommu/address": f"{0xfed90000 + unit * 4096:x}\n",
                                                         "intel-iommu/version": "1:0\n"})
        mine = range(unit * 16, min(size, unit * 16 + 16))
        names = b""
        for i in mine:
            served_device(machine, i, home)
            names += struct.pack("<BBHBBBB", 1, 8, 0, 0, i >> 8 & 0xff, i >> 3 & 0x1f, i & 7)
        units.append(struct.pack("<HHBBHQ", 0, 16 + len(names), 0, 0, 0, 0xfed90000 + unit * 4096) + names)
    acpi_table(machine, "DMAR", 1, struct.pack("<BB10x", 45, 1) + b"".join(units))


def mappings(machine, size):
    """SMMUs with 16 devices each; the root complex has a mapping for each device."""
    smmus, records = (size + 15) // 16, b""
    nodes, offset = [], 48
    for unit in range(smmus):
        nodes.append(struct.pack("<BHBIII", 4, 68, 4, unit, 0, 0) + struct.pack("<Q", 0x9000000 + unit * 0x20000) +
                     bytes(44))
        registered_iommu(machine, f"smmu3.0x{0x9000000 + unit * 0x20000:016x}", {})
    for i in range(size):
        unit = i // 16
        served_device(machine, i, f"sys/devices/virtual/iommu/smmu3.0x{0x9000000 + unit * 0x20000:016x}")
        records += struct.pack("<IIIII", i, 0, i, offset + 68 * unit, 0)
    nodes.append(struct.pack("<BHBIII", 2, 36 + len(records), 3, smmus, size, 36) +
                 struct.pack("<QIIB3x", 0, 0, 0, 64) + records)
    acpi_table(machine, "IORT", 5, struct.pack("<III", smmus + 1, 48, 0) + b"".join(nodes))


def iommus(machine, size):
    """Each device has an IOMMU of its own."""
    for i in range(size):
        served_device(machine, i, registered_iommu(machine, f"dmar{i}", {"intel-iommu/address": f"{i * 4096:x}\n"}))


def one_stream_fault(machine, size):
    """Bound devices that share a stream, and faults of that stream."""
    lost(machine, 0)
    base = "sys/firmware/devicetree/base"
    for i in range(size):
        machine.put(f"{base}/dev@{i:x}/compatible", "x,y\0")
        machine.put(f"{base}/dev@{i:x}/iommus", struct.pack(">III", 1, 5, 0))
        platform_device(machine, f"{i:x}.dev", f"dev@{i:x}", "x")
    machine.put("iommuctl/log", "<3>[    1.5] arm-smmu 9000000.iommu: Unhandled context fault: fsr=0x402, iova=0x1000, "
                "fsynr=0x11, cbfrsynra=0x5, cb=0\n")


def record(number, *fields):
    text = f"{number} " + "\t".join(fields)
    return f"{zlib.crc32(text.encode()):08x} {text}\n"


def taken(machine, size):
    """Devices that iommuctl moved to vfio-pci."""
    for i in range(size):
        machine.device(i, group=i, driver="vfio-pci")
    machine.put("proc/sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555\n")
    lines = [record(1, "taken", "2", "11111111-2222-3333-4444-555555555555", str(size))]
    for i, name in enumerate(names_of(machine)):
        path = "/" + os.path.relpath(os.path.realpath(machine.root / "sys/bus/pci/devices" / name),
                                     os.path.realpath(machine.root))
        lines.append(record(i + 2, "device", name, "pci", name, path, str(0x8086), str(0x10d3), "e1000e", "\\N", "\\N",
                            "0", "0", "\\N", "\\N", "\\N"))
    machine.put("run/iommuctl/taken", "".join(lines))
