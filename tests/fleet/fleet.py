#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fleet.py IOMMUCTL UNPACK [SEED [COUNT]] - "diff" finds the changes of which each machine was made, and no others.

One machine is made; each of COUNT others is the same with some changes, of which this script writes down the
differences that they must make. Each is compared as a tree with a document of the first, and the other way round.
"""
import copy
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

tool, unpack = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261129
count = int(sys.argv[4]) if len(sys.argv) > 4 else 100
chance = random.Random(seed)
PORTS, GROUPED = 40, 10
CARDS = [("e1000e", "8086:10D3", "20000"), ("nvme", "144D:A808", "10802"), ("xhci_hcd", "1B36:000D", "C0330")]


def first_machine():
    """Ports with a card each; the last GROUPED cards share a group in pairs. Bus numbers have gaps."""
    devices, groups = {}, {}
    for i in range(PORTS):
        slot = f"{i // 8 + 1:02x}.{i % 8}"
        driver, ids, kind = CARDS[i % len(CARDS)]
        group = i if i < PORTS - GROUPED else PORTS - GROUPED + (i - PORTS + GROUPED) // 2
        devices[slot] = {"bus": 2 * i + 1, "group": group, "driver": driver, "ids": ids, "class": kind, "override": None,
                         "interface": f"eth{i}" if driver == "e1000e" else None}
        groups[group] = {"type": "DMA", "regions": "0x00000000fee00000 0x00000000feefffff msi"}
    return {"devices": devices, "groups": groups, "kernel": "6.12.1", "options": "", "iommus": ["fed90000"]}


def address(device):
    return f"0000:{device['bus']:02x}:00.0"


def path(slot, device):
    return f"/sys/devices/pci0000:00/0000:00:{slot}/{address(device)}"


def text_of(machine):
    """The machine as a .tree file."""
    lines = [f"/proc/sys/kernel/osrelease = {machine['kernel']}", "/proc/sys/kernel/arch = x86_64",
             f"/proc/cmdline = quiet{machine['options']}", "/sys/firmware/acpi/tables/",
             "/sys/kernel/debug/devices_deferred = ", "/iommuctl/names = "]
    lines += [f"group {number} type={group['type']} regions=\"{group['regions']}\""
              for number, group in machine["groups"].items()]
    for slot, device in machine["devices"].items():
        lines.append(f"pci 0000:00:{slot} in pci0000:00 driver=pcieport id=8086:1901 class=60400")
        word = f"pci {address(device)} in pci0000:00/0000:00:{slot} group={device['group']} id={device['ids']} " \
               f"class={device['class']}"
        word += f" driver={device['driver']}" if device["driver"] else ""
        word += f" override={device['override']}" if device["override"] else ""
        lines.append(word)
        if device["interface"] and device["driver"]:
            lines.append(f"interface net {device['interface']} of {path(slot, device)}")
    serves = ",".join(path(slot, device) for slot, device in machine["devices"].items())
    lines.append(f"iommu dmar0 address={machine['iommus'][0]} serves={serves}")
    lines += [f"iommu dmar{i} address={base}" for i, base in enumerate(machine["iommus"]) if i]
    return "\n".join(lines) + "\n"


def members(machine, number):
    return [device for device in machine["devices"].values() if device["group"] == number]


# Changes. Each takes a machine and a device or group of it that no other change has touched, changes the machine, and
# returns the differences as {(kind, subject)}; subjects are those of the changed machine.

def kernel(machine, _):
    machine["kernel"] = "7.3.0"
    return {("kernel", None)}


def option(machine, _):
    machine["options"] = " iommu.strict=1"
    return {("command_line", None)}


def second_iommu(machine, _):
    machine["iommus"].append("fed91000")
    return {("iommu_came", "dmar1 (dmar@fed91000)")}


def group_type(machine, slot):
    number = machine["devices"][slot]["group"]
    machine["groups"][number]["type"] = "identity"
    return {("type", f"group {number}")} | {("dma", address(d)) for d in members(machine, number)}


def lazy_type(machine, slot):
    number = machine["devices"][slot]["group"]
    machine["groups"][number]["type"] = "DMA-FQ"
    return {("type", f"group {number}")}


def regions(machine, slot):
    number = machine["devices"][slot]["group"]
    machine["groups"][number]["regions"] += "\\n0x0000000000000000 0x0000000000ffffff direct-relaxable"
    return {("reserved_regions", f"group {number}")}


def renumber(machine, slot):
    number, new = machine["devices"][slot]["group"], 100 + machine["devices"][slot]["group"]
    machine["groups"][new] = machine["groups"].pop(number)
    for device in members(machine, number):
        device["group"] = new
    return {("renumbered", f"group {new}")}


def unbind(machine, slot):
    machine["devices"][slot]["driver"] = None
    return {("driver", address(machine["devices"][slot]))}


def give(machine, slot):
    """A device that is alone in its group: VFIO gets it."""
    device = machine["devices"][slot]
    device["driver"] = device["override"] = "vfio-pci"
    device["interface"] = None
    return {("driver", address(device)), ("driver_override", address(device))}


def rename(machine, slot):
    device = machine["devices"][slot]
    if not device["interface"]:
        return unbind(machine, slot)
    device["interface"] = "lan" + device["interface"][3:]
    return {("interfaces", address(device))}


def replace(machine, slot):
    machine["devices"][slot].update(ids="15B3:1013", driver="mlx5_core", interface=None)
    return {("replaced", address(machine["devices"][slot]))}


def move_bus(machine, slot):
    machine["devices"][slot]["bus"] += 1
    return {("address", address(machine["devices"][slot]))}


def remove(machine, slot):
    """A device that is alone in its group: the group goes with it. Its port stays."""
    device = machine["devices"].pop(slot)
    machine["groups"].pop(device["group"])
    return {("device_gone", address(device)), ("device_gone", f"0000:00:{slot}")}


def join(machine, slot):
    """A device that is alone in its group joins the first pair."""
    device, pair = machine["devices"][slot], PORTS - GROUPED
    machine["groups"].pop(device["group"])
    device["group"] = pair
    return {("members", f"group {pair}"), ("hand_over", address(device))}


ANYWHERE = [kernel, option, second_iommu]
ALONE = [group_type, lazy_type, regions, renumber, unbind, give, rename, replace, move_bus, remove, join]
PAIRED = [lazy_type, regions, group_type, renumber]


def variant(machine):
    """A copy with up to eight changes, and the differences that these must make."""
    machine, wanted = copy.deepcopy(machine), set()
    slots = list(machine["devices"])
    alone = chance.sample(slots[:PORTS - GROUPED], 6)
    # The first pair is for "join"; of every other pair one member is enough, as its changes are about the group.
    paired = chance.sample(slots[PORTS - GROUPED + 2::2], 2)
    for change in chance.sample(ANYWHERE, chance.randrange(3)):
        wanted |= change(machine, None)
    for slot in alone[:chance.randrange(len(alone) + 1)]:
        wanted |= chance.choice(ALONE)(machine, slot)
    for slot in paired[:chance.randrange(len(paired) + 1)]:
        wanted |= chance.choice(PAIRED)(machine, slot)
    return machine, wanted


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))}: status {done.returncode}: {done.stderr}")
    return done.stdout


def found(old, new):
    document = json.loads(run(tool, "diff", "-J", old, new))
    if document["unknown"]:
        sys.exit(f"facts are unknown: {document['unknown']}")
    return {(difference["kind"], difference["subject"]) for difference in document["differences"]}


def unpacked(work, machine):
    (work / "text").write_text(text_of(machine))
    shutil.rmtree(work / "tree", ignore_errors=True)
    run(unpack, work / "text", work / "tree")
    return work / "tree"


def main():
    wrong = total = 0
    with tempfile.TemporaryDirectory() as folder:
        work, machine = pathlib.Path(folder), first_machine()
        base = work / "base.json"
        base.write_text(run(tool, "--root", unpacked(work, machine), "show", "-v", "-J"))
        for number in range(count):
            other, wanted = variant(machine)
            tree = unpacked(work, other)
            there = found(base, tree)
            # Seen from the other side there are as many: what came is gone.
            back = found(tree, base)
            total += len(wanted)
            if there != wanted or len(back) != len(wanted):
                wrong += 1
                print(f"machine {number} of seed {seed}: missed {sorted(map(str, wanted - there))}, "
                      f"invented {sorted(map(str, there - wanted))}, {len(back)} seen from the other side")
    print(f"{count} machines with {total} differences, {wrong} wrong")
    return bool(wrong) or not total


if __name__ == "__main__":
    sys.exit(main())
