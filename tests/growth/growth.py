#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""growth.py IOMMUCTL - no command takes more than about n log n: four times the machine, about four times the work.

The measure is instructions where perf can count them, else processor time, the least of several runs: both are the
process's own, so other work on the machine changes little. Four times the size may take LIMIT times as much; a
quadratic command takes sixteen times.
"""
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

FACTOR = 4
LIMIT = 8
# A command about one device reads that one: the others cost nothing.
FLAT = 1.25
RUNS = 3


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


FIRST = "0000:00:00.0"
CASES = [
    # what, size, machine, arguments, and a limit of its own
    ("devices on one stream", 500, one_stream, ["streams", "--dtb"]),
    ("devices on one stream, as JSON", 500, one_stream, ["streams", "-J", "--dtb"]),
    ("streams", 2000, own_streams, ["streams", "-J", "--dtb"]),
    ("streams with masks", 1000, masked_streams, ["streams", "-J", "--dtb"]),
    ("members of one group", 250, one_group, ["show", "--root"]),
    ("members of one group, all of them", 250, one_group, ["show", "-v", "-J", "--root"]),
    ("members of one group, in a table for scripts", 250, one_group, ["show", "-v", "-r", "--root"]),
    ("members of one group, in the way of a change", 250, one_group, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("members of one group, moved with a device", 250, one_group,
     ["check", "-J", "--group", FIRST, "vfio-pci", "--root"]),
    ("devices", 250, many_groups, ["show", "--root"]),
    ("devices beside the one that is shown", 1000, many_groups, ["show", FIRST, "--root"], FLAT),
    ("devices, all of them", 250, many_groups, ["show", "-v", "-J", "--root"]),
    ("devices beside the one that is moved", 250, many_groups, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices that are chosen one by one", 250, many_groups,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("parents of mediated devices that are chosen one by one", 250, parents,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("devices without their SMMU", 1000, lost, ["deferred", "-J", "--root"]),
    ("devices whose IOMMU failed", 250, rejected, ["deferred", "-J", "-v", "--root"]),
    ("devices that wait", 250, waiting, ["deferred", "-J", "-v", "--root"]),
    ("devices whose probe failed, with faults", 500, failed, ["deferred", "-J", "--root"]),
    ("faults of as many devices", 250, faulty, ["faults", "-J", "--root"]),
    ("devices with all their findings", 250, many_groups, ["doctor", "-J", "--root"]),
    ("devices of a disabled or failed IOMMU, with all their findings", 250, rejected, ["doctor", "-J", "--root"]),
    ("devices without their SMMU, with all their findings", 500, lost, ["doctor", "-J", "--root"]),
    ("log lines", 4000, logged, ["deferred", "-J", "--root"]),
    ("IOMMUs' devices", 250, many_groups, ["iommus", "-J", "-v", "--root"]),
    ("devices, captured", 250, many_groups, ["capture", "--overwrite", "capture.tar", "--root"]),
    ("processes, captured", 200, processes, ["capture", "--overwrite", "capture.tar", "--root"]),
    ("disks of one controller, and what is on them", 400, disks, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("devices that libvirt remembers", 200, remembered,
     ["check", "-J", "--all-matching", "driver:e1000e", "none", "--root"]),
    ("consumers of one clock", 500, consumers, ["check", "-J", "1.clock", "none", "--root"]),
    ("mounts", 4000, mounts, ["check", "-J", FIRST, "vfio-pci", "--root"]),
    ("processes", 200, processes, ["check", "-J", FIRST, "vfio-pci", "--root"]),
]


def counts_instructions():
    if not shutil.which("perf"):
        return False
    done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True,
                          check=False)
    return re.match(r"^[0-9]+,", done.stderr.splitlines()[-1] if done.stderr else "") is not None


def cost(tool, arguments, with_perf):
    command = [tool, *arguments]
    if with_perf:
        done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", *command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        return int(done.stderr.splitlines()[-1].split(",")[0])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode not in (0, 3, 8, 13):
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr[:300]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def place_of(work, case, size):
    """The machine of a case; cases of the same machine share it."""
    root = work / f"{case[2].__name__}-{size}"
    if not root.exists():
        case[2](Machine(root), size)
    return root / "tree.dtb" if "--dtb" in case[3] else root


def measure(tool, work, case, size, with_perf):
    line = [*(str(work / word) if word.endswith(".tar") else word for word in case[3]), str(place_of(work, case, size))]
    return min(cost(tool, line, with_perf) for _ in range(1 if with_perf else RUNS))


def main():
    tool, wrong = sys.argv[1], 0
    with_perf = counts_instructions()
    work = pathlib.Path(tempfile.mkdtemp(prefix="iommuctl-growth-"))
    try:
        for case in CASES:
            what, size = case[:2]
            small, large = (measure(tool, work, case, n, with_perf) for n in (size, size * FACTOR))
            # Below five milliseconds a start of the program counts for more.
            ratio = large / max(small, 1 if with_perf else 0.005)
            good = ratio <= (case[4] if len(case) > 4 else LIMIT)
            wrong += not good
            print(f"{'ok' if good else 'not ok'} - {what}: {size} → {size * FACTOR} takes {ratio:.1f} times as much "
                  f"({small:g} → {large:g}{'' if with_perf else ' s'})", flush=True)
    finally:
        shutil.rmtree(work)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
