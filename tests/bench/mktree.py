#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mktree.py [--no-reset-method] [--one-group] OUT COUNT [SEED [DEFERRED]]
writes the tree of a machine with COUNT devices behind IOMMUs.

OUT/sys and OUT/dev are what /sys and /dev would show, as far as iommuctl and lspci -k look; they
are meant to be bound over the real ones. OUT/truth.tsv has what must be printed of each device:
group, type, name, driver, vendor, device, class. The same seed gives the same tree.

Shape: root complexes of 64 devices (a host bridge, 7 root ports, 8 functions behind each), each
with an IOMMU of its own, four to a PCI domain, on two NUMA nodes in turn; 2 % platform devices
behind an SMMU. A DMAR and an IORT describe the IOMMUs, and keep no memory. Most endpoints have a group of their own, some share one with up to 7 others; a
quarter of their groups is on vfio-pci, one endpoint in twenty has no driver. Beside them, the 1500
devices that real machines have on buses without groups.

--no-reset-method: a kernel before 5.15, which does not tell how devices can be reset
--one-group: all endpoints are in one group, as without Access Control Services, and none is on vfio-pci

The last DEFERRED of the COUNT devices are a devicetree's and wait: every other one for an IOMMU
that no driver knows, and the rest for clocks of a controller that waits for that IOMMU itself.
"""
import os
import random
import re
import stat
import struct
import sys

IDS = "/usr/share/misc/pci.ids"

# class, what the names of the devices say, their vendors ("" any), driver
KINDS = {
    "host": (0x060000, "Host [Bb]ridge|Root Complex", "8086 1022", None),
    "port": (0x060400, "PCI Express Root Port|PCIe.*Root Port|GPP Bridge", "8086 1022", "pcieport"),
    "nic": (0x020000, "Ethernet|ConnectX|NetXtreme", "", "igb"),
    "vf": (0x020000, "Virtual Function", "", "ixgbevf"),
    "nvme": (0x010802, "NVMe", "", "nvme"),
    "vga": (0x030000, "GeForce|Quadro|Tesla|Radeon", "10de 1002", "nouveau"),
    "audio": (0x040300, "Audio", "10de 1002 8086", "snd_hda_intel"),
    "usb": (0x0c0330, "xHCI|USB 3", "", "xhci_hcd"),
    "sata": (0x010601, "AHCI", "", "ahci"),
    "dma": (0x088000, "I/OAT|IOAT|DSA|DMA", "8086", "ioatdma"),
}
# The devices behind a root port, and how often such a port comes.
CARDS = [
    (30, ["nic"] + ["vf"] * 7), (25, ["nvme"] * 8), (15, ["vga", "audio", "usb", "dma"] * 2),
    (5, ["sata"] * 8), (10, ["dma"] * 8), (15, ["nic", "nic", "usb", "audio", "sata", "nvme"] + ["nic"] * 2),
]
# Buses whose devices have no groups: how many devices, and the path of each.
FOREIGN = [
    ("acpi", 1000, "LNXSYSTM:00/LNXSYBUS:00/PNP0A08:%02x/device:%02x"),
    ("pnp", 40, "pnp%d/00:%02x"),
    ("usb", 60, "pci0000:00/0000:00:01.0/usb%d/%d-0:1.0"),
    ("scsi", 200, "pci0000:00/0000:00:01.0/ata%d/target%d:0:0"),
    ("workqueue", 200, "virtual/workqueue/wq%d-%d"),
]
PLATFORM = [("ethernet", "synth,xgmac", "xgmac"), ("gpu", "arm,mali-valhall", "panthor"),
            ("dma-controller", "arm,dma-350", "dma350"), ("usb", "snps,dwc3", "dwc3")]


def acpi_table(signature, body):
    """an ACPI table: a header with a right checksum, and the body"""
    header = struct.pack("<4sIBx6s8sI4sI", signature.encode(), 36 + len(body), 1, b"SYNTH", b"SYNTH", 1, b"SYNT", 1)
    return header[:9] + bytes([-sum(header + body) & 255]) + header[10:] + body


def read_ids():
    """all devices of pci.ids: (vendor, device, name, [(subsystem vendor, subsystem device)])"""
    devices, vendor = [], None
    with open(IDS, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("C "):
                break
            if re.match("\t\t[0-9a-f]{4} [0-9a-f]{4} ", line):
                devices[-1][3].append((int(line[2:6], 16), int(line[7:11], 16)))
            elif re.match("\t[0-9a-f]{4}  ", line):
                devices.append((vendor, int(line[1:5], 16), line[7:].strip(), []))
            elif re.match("[0-9a-f]{4}  ", line):
                vendor = int(line[:4], 16)
    return devices


class Tree:
    def __init__(self, count, seed, deferred, options):
        self.options = options
        self.shared = None  # the group of all endpoints
        self.random = random.Random(seed)
        self.groups = 0
        self.units = []  # of the DMAR
        self.numbers = {}  # of interfaces, by class
        self.truth = []
        ids = read_ids()
        self.ids = {kind: [i for i in ids if re.search(names, i[2]) and (not vendors or "%04x" % i[0] in vendors)]
                    for kind, (_, names, vendors, _) in KINDS.items()}
        self.start()
        self.foreign_devices()
        if deferred:
            self.waiting_devices(deferred)
        count -= deferred
        platform = max(1, count * 2 // 100)
        for complex_ in range((count - platform + 63) // 64):
            self.root_complex(complex_, min(64, count - platform - complex_ * 64))
        self.platform_devices(platform)
        self.acpi_tables()

    def start(self):
        for folder in ("bus/pci/devices", "bus/pci/drivers", "bus/platform/devices", "bus/platform/drivers",
                       "class/net", "class/nvme", "class/block", "class/iommu", "class/vfio-dev",
                       "kernel/iommu_groups", "firmware/acpi/tables"):
            os.makedirs("sys/" + folder)
        self.put("sys/kernel/uevent_seqnum", "4242\n")
        for module in ("vfio", "vfio_pci", "vfio_pci_core", "vfio_iommu_type1"):
            os.makedirs("sys/module/" + module)
            self.put("sys/module/%s/initstate" % module, "live\n")
        for bus in ("pci", "platform"):
            self.put("sys/bus/%s/drivers_probe" % bus, "")
        os.makedirs("dev/vfio")
        self.node("dev/null", 1, 3, 0o666)
        self.node("dev/vfio/vfio", 10, 196, 0o666)

    def foreign_devices(self):
        for bus, count, path in FOREIGN:
            os.makedirs("sys/bus/%s/devices" % bus)
            for index in range(count):
                device = "sys/devices/" + path % (index // 100, index)
                os.makedirs(device)
                self.put(device + "/uevent", "MODALIAS=%s:%d\n" % (bus, index))
                self.link("sys/bus/%s/devices/%s" % (bus, os.path.basename(device)), device)

    def put(self, path, data):
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    def link(self, path, target):
        os.symlink(os.path.relpath(target, os.path.dirname(path)), path)

    def node(self, path, major, minor, mode, kind=stat.S_IFCHR):
        os.mknod(path, mode | kind, os.makedev(major, minor))

    def new_group(self, kind):
        path = "sys/kernel/iommu_groups/%d" % self.groups
        self.groups += 1
        os.makedirs(path + "/devices")
        self.put(path + "/type", kind + "\n")
        self.put(path + "/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n")
        return path, kind

    def endpoint_group(self):
        """the next group of endpoints, and whether it is on vfio-pci"""
        if "--one-group" in self.options:
            self.shared = self.shared or self.new_group("DMA")
            return self.shared, False
        group = self.new_group(self.random.choices(("DMA-FQ", "DMA", "identity"), (60, 30, 10))[0])
        vfio = self.random.random() < 0.25
        if vfio:
            number = self.groups - 1
            self.node("dev/vfio/%d" % number, 243, number, 0o600)
        return group, vfio

    def new_iommu(self, name, parent):
        path = "%s/%s" % (parent, name)
        os.makedirs(path + "/devices")
        self.link("sys/class/iommu/" + name, path)
        return path

    def child(self, device, name, parent=None):
        """an interface of a device, such as net/eth0"""
        number = self.numbers[name] = self.numbers.get(name, -1) + 1
        class_ = {"eth%d": "net", "nvme%d": "nvme", "nvme%dn1": "block", "vfio%d": "vfio-dev"}[name]
        name %= number
        path = "%s/%s" % (parent or "%s/%s" % (device, class_), name)
        os.makedirs(path)
        self.link(path + "/device", device)
        self.link("sys/class/%s/%s" % (class_, name), path)
        if class_ in ("nvme", "block"):
            self.child_node(path, class_ == "block", number)
        return path

    def child_node(self, path, is_block, minor):
        """its device node"""
        name, major = os.path.basename(path), 259 if is_block else 240
        self.put(path + "/uevent", "MAJOR=%d\nMINOR=%d\nDEVNAME=%s\n" % (major, minor, name))
        self.put(path + "/dev", "%d:%d\n" % (major, minor))
        self.link(path + "/subsystem", "sys/class/" + ("block" if is_block else "nvme"))
        self.node("dev/" + name, major, minor, 0o600, stat.S_IFBLK if is_block else stat.S_IFCHR)

    def driver(self, bus, name):
        path = "sys/bus/%s/drivers/%s" % (bus, name)
        if not os.path.isdir(path):
            os.mkdir(path)
            for file in ("bind", "unbind"):
                self.put(path + "/" + file, "")
        return path

    def device(self, bus, path, driver, group, iommu, files):
        """what devices of all buses have"""
        name = os.path.basename(path)
        os.makedirs(path, exist_ok=True)
        for file, data in files.items():
            self.put("%s/%s" % (path, file), data)
        self.put(path + "/driver_override", driver + "\n" if driver == "vfio-pci" else "(null)\n")
        self.link("sys/bus/%s/devices/%s" % (bus, name), path)
        self.link(path + "/subsystem", "sys/bus/" + bus)
        self.link(path + "/iommu", iommu)
        self.link("%s/devices/%s" % (iommu, name), path)
        self.link(path + "/iommu_group", group[0])
        self.link("%s/devices/%s" % (group[0], name), path)
        if driver:
            self.link(path + "/driver", self.driver(bus, driver))
        known = (files["vendor"][2:6], files["device"][2:6], files["class"][2:8]) \
            if bus == "pci" else ("-",) * 3
        group_number = os.path.basename(group[0])
        self.truth.append("\t".join((group_number, group[1], name, driver or "-") + known))

    def pci_device(self, path, kind, ids, group, driver, iommu, node):
        vendor, device, _, subsystems = ids
        class_ = KINDS[kind][0]
        sub = self.random.choice(subsystems or [(vendor, 0)])
        modalias = "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X\n" % (
            vendor, device, *sub, class_ >> 16, class_ >> 8 & 255, class_ & 255)
        bridge = kind == "port"
        config = struct.pack("<HHHHB3sBBBB28xHH16x", vendor, device, 6, 0, 1, class_.to_bytes(3, "little"),
                             16, 0, bridge, 0, *(sub if not bridge else (0, 0)))
        resets = {} if "--no-reset-method" in self.options else {"reset_method": "flr bus\n"}
        self.device("pci", path, driver, group, iommu, {
            **resets, "uevent": ("DRIVER=%s\n" % driver if driver else "") +
                      "PCI_CLASS=%X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\nMODALIAS=%s" % (
                          class_, vendor, device, *sub, os.path.basename(path), modalias),
            "modalias": modalias, "vendor": "0x%04x\n" % vendor, "device": "0x%04x\n" % device,
            "class": "0x%06x\n" % class_, "revision": "0x01\n", "subsystem_vendor": "0x%04x\n" % sub[0],
            "subsystem_device": "0x%04x\n" % sub[1], "numa_node": "%d\n" % node,
            "max_link_speed": "8.0 GT/s PCIe\n", "power_state": "D0\n",
            "irq": "%d\n" % self.random.randrange(16, 255), "enable": "%d\n" % bool(driver),
            "resource": ("0x%016x " * 2 % (0, 0) + "0x%016x\n" % 0) * (17 if bridge else 13),
            "config": config + bytes(4096 - len(config)),
        })
        if driver == "vfio-pci":
            self.child(path, "vfio%d")
        elif driver and kind in ("nic", "vf"):
            self.child(path, "eth%d")
        elif driver and kind == "nvme":
            self.child(path, "nvme%dn1", self.child(path, "nvme%d"))

    def root_complex(self, index, count):
        domain, bus, node = index // 4, index % 4 * 0x40, index % 2
        root = "sys/devices/pci%04x:%02x" % (domain, bus)
        iommu = self.new_iommu("dmar%d" % index, "sys/devices/virtual/iommu")
        os.mkdir(iommu + "/intel-iommu")
        self.put(iommu + "/intel-iommu/address", "%x\n" % (0xfed90000 + index * 0x1000))
        self.put(iommu + "/intel-iommu/domains_supported", "65536\n")

        def add(kind, parent, bus, slot, function, ids, group, driver):
            path = "%s/%04x:%02x:%02x.%x" % (parent, domain, bus, slot, function)
            self.pci_device(path, kind, ids, group, driver, iommu, node)
            return path

        def own_group(kind, slot):
            return add(kind, root, bus, slot, 0, self.random.choice(self.ids[kind]), self.new_group("DMA"),
                       KINDS[kind][3])

        own_group("host", 0)
        ports = (count - 1 + 8) // 9
        self.unit(index, domain, bus, ports)
        for slot in range(1, ports + 1):
            port = own_group("port", slot)
            weights, cards = zip(*CARDS)
            card = self.random.choices(cards, weights)[0][:count - 1 - (slot - 1) * 9 - 1]
            ids = {kind: self.random.choice(self.ids[kind]) for kind in sorted(set(card))}
            left = 0  # room in the group
            for function, kind in enumerate(card):
                if not left:
                    left = self.random.choices((1, 2, 4, 8), (70, 15, 10, 5))[0]
                    group, vfio = self.endpoint_group()
                left -= 1
                driver = None if self.random.random() < 0.05 else KINDS[kind][3]
                add(kind, port, bus + slot, 0, function, ids[kind], group, "vfio-pci" if vfio else driver)

    def unit(self, index, domain, bus, ports):
        """the remapping unit of a root complex: a scope for its host bridge, and one for each port"""
        scopes = b"".join(struct.pack("<BB2xBBBB", 2 if slot else 1, 8, 0, bus, slot, 0) for slot in range(ports + 1))
        self.units.append(struct.pack("<HHBBHQ", 0, 16 + len(scopes), 0, 0, domain, 0xfed90000 + index * 0x1000) + scopes)

    def acpi_tables(self):
        smmu = struct.pack("<BHBIIIQ44x", 4, 68, 0, 0, 0, 0, 0xfe000000)
        self.put("sys/firmware/acpi/tables/DMAR", acpi_table("DMAR", struct.pack("<BB10x", 47, 0) + b"".join(self.units)))
        self.put("sys/firmware/acpi/tables/IORT", acpi_table("IORT", struct.pack("<II4x", 1, 48) + smmu))

    def platform_devices(self, count):
        """each behind the machine's SMMU and in a group of its own"""
        smmu = "sys/devices/platform/arm-smmu-v3.0.auto"
        iommu = self.new_iommu("smmu3.0x00000000fe000000", smmu + "/iommu")
        self.put(smmu + "/uevent", "DRIVER=arm-smmu-v3\nMODALIAS=platform:arm-smmu-v3\n")
        self.link(iommu + "/device", smmu)
        self.link("sys/bus/platform/devices/arm-smmu-v3.0.auto", smmu)
        for index in range(count):
            kind, compatible, driver = PLATFORM[index % len(PLATFORM)]
            address = 0x20000000 + index * 0x10000
            modalias = "of:N%sT(null)C%s\n" % (kind, compatible)
            self.device("platform", "sys/devices/platform/soc/%x.%s" % (address, kind), driver,
                        self.new_group("DMA"), iommu, {
                            "uevent": "DRIVER=%s\nOF_NAME=%s\nOF_FULLNAME=/soc/%s@%x\nOF_COMPATIBLE_0=%s\n"
                                      "OF_COMPATIBLE_N=1\nMODALIAS=%s" % (
                                          driver, kind, kind, address, compatible, modalias),
                            "modalias": modalias})

    # ---- what waits: none of it has a driver, a group or an IOMMU, so the truth has nothing of it

    def firmware_node(self, path, compatible, **properties):
        """a node with texts as they are, numbers as cells; returns its folder"""
        folder = "sys/firmware/devicetree/base" + path
        os.makedirs(folder)
        properties = {"name": path.rpartition("/")[2].partition("@")[0] + "\0", "compatible": compatible + "\0",
                      **properties}
        for name, value in properties.items():
            self.put("%s/%s" % (folder, name.replace("_", "-").replace("N-", "#")), value if isinstance(value, str) else
                     struct.pack(">%dI" % len(value), *value))
        return folder

    def waiting_device(self, node, compatible):
        """the platform device of a node"""
        kind, _, address = os.path.basename(node).partition("@")
        name = "%s.%s" % (address, kind)
        path = "sys/devices/platform/soc/" + name
        os.makedirs(path)
        modalias = "of:N%sT(null)C%s\n" % (kind, compatible)
        self.put(path + "/uevent", "OF_NAME=%s\nOF_FULLNAME=%s\nMODALIAS=%s" % (
            kind, node.removeprefix("sys/firmware/devicetree/base"), modalias))
        self.put(path + "/modalias", modalias)
        self.put(path + "/driver_override", "(null)\n")
        self.put(path + "/waiting_for_supplier", "0\n")
        self.link(path + "/of_node", node)
        self.link(path + "/subsystem", "sys/bus/platform")
        self.link("sys/bus/platform/devices/" + name, path)
        return name

    def device_link(self, supplier, consumer):
        pair = "platform:%s--platform:%s" % (supplier, consumer)
        path = "sys/devices/virtual/devlink/" + pair
        os.makedirs(path)
        self.put(path + "/status", "dormant\n")
        self.put(path + "/sync_state_only", "0\n")
        self.link("sys/class/devlink/" + pair, path)
        self.link("sys/devices/platform/soc/%s/supplier:platform:%s" % (consumer, supplier), path)
        self.link("sys/devices/platform/soc/%s/consumer:platform:%s" % (supplier, consumer), path)

    def waiting_devices(self, count):
        iommu_phandle, clock_phandle, intc_phandle = 1, 2, 3
        listed = []
        for folder in ("class/devlink", "kernel/debug"):
            os.makedirs("sys/" + folder)
        self.firmware_node("/soc", "simple-bus", N_address_cells=[1], N_size_cells=[1], ranges="",
                           interrupt_parent=[intc_phandle])
        self.firmware_node("/soc/intc@fd000000", "synth,intc", phandle=[intc_phandle], N_interrupt_cells=[3],
                           interrupt_controller="")
        smmu = self.firmware_node("/soc/smmu@fd100000", "synth,smmu", phandle=[iommu_phandle], N_iommu_cells=[1])
        self.waiting_device(smmu, "synth,smmu")
        clock = self.firmware_node("/soc/clock@fd200000", "synth,clock", phandle=[clock_phandle], N_clock_cells=[1],
                                   iommus=[iommu_phandle, 0xffff])
        clock = self.waiting_device(clock, "synth,clock")
        listed.append(clock + "\t\n")
        for index in range(count - 1):
            properties = {"reg": [0x30000000 + index * 0x10000, 0x10000], "interrupts": [0, index, 4],
                          "iommus": [iommu_phandle, index + 1]}
            if index % 2:
                properties = {**properties, "clocks": [clock_phandle, 2 * index, clock_phandle, 2 * index + 1]}
                del properties["iommus"]
            node = self.firmware_node("/soc/gpu@%x" % properties["reg"][0], "synth,gpu", **properties)
            name = self.waiting_device(node, "synth,gpu")
            listed.append("%s\t%s\n" % (name, "platform: supplier %s not ready" % clock if index % 2 else ""))
            if index % 2:
                self.device_link(clock, name)
        self.put("sys/kernel/debug/devices_deferred", "".join(listed))


def main():
    os.umask(0o022)
    options = {word for word in sys.argv[1:] if word.startswith("--")}
    if options - {"--no-reset-method", "--one-group"} or len(sys.argv) - len(options) < 3:
        sys.exit(__doc__)
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    os.makedirs(words[0])
    os.chdir(words[0])
    seed, deferred = (words[2:] + ["1", "0"][len(words) - 2:])[:2]
    tree = Tree(int(words[1]), int(seed), int(deferred), options)
    with open("truth.tsv", "w", encoding="ascii") as file:
        file.writelines(line + "\n" for line in tree.truth)


if __name__ == "__main__":
    main()
