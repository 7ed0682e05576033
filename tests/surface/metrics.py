#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""metrics.py IOMMUCTL UNPACK TREES_DIR - Prometheus' own parsers read what "metrics" prints of each machine in TREES_DIR

Both read it: that of OpenMetrics, and that of the older text format, which node_exporter's textfile collector takes.
"""
import pathlib
import subprocess
import sys
import tempfile

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text_format

tool, unpack, trees = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
FAMILIES = {"source_up", "group_info", "device_info", "hand_over", "findings", "faults_total", "pin_satisfied",
            "transaction_unfinished"}
failed = 0


def expect(right, sentence):
    """Print and count a sentence that is false."""
    global failed
    if not right:
        print("not so:", sentence)
        failed += 1


def metrics(root):
    """The output of the tool on the machine."""
    return subprocess.run([tool, "--root", root, "metrics"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, check=True).stdout


def samples(text):
    """{(name, labels): value}, as both parsers read it."""
    found = {}
    for family in openmetrics.text_string_to_metric_families(text):
        expect(family.documentation, f"{family.name} says what it is")
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            expect(key not in found, f"{key} occurs once")
            found[key] = sample.value
    older = {(sample.name, frozenset(sample.labels.items())): sample.value
             for family in text_format.text_string_to_metric_families(text) for sample in family.samples}
    expect(found == older, "both parsers read the same samples")
    return found


def families(text):
    """The names of the families that stand in the text, with or without samples."""
    return {line.split()[2].removeprefix("iommuctl_") for line in text.splitlines() if line.startswith("# HELP ")}


def value(found, name, **labels):
    """The value of one sample, or None."""
    return found.get((f"iommuctl_{name}", frozenset(labels.items())))


def unpack_tree(tree, folder):
    """The machine as a folder."""
    if tree.suffix == ".tree":
        subprocess.run([unpack, tree, folder], check=True)
    else:
        folder.mkdir()
        subprocess.run(["tar", "-C", folder, "-xzf", tree], check=True)


def check_every_machine(work):
    seen = set()
    for tree in sorted([*trees.glob("*.tree"), *trees.glob("*.tar.gz")]):
        folder = work / tree.name
        unpack_tree(tree, folder)
        text = metrics(folder)
        expect(families(text) <= FAMILIES, f"{tree.name}: no family is unknown here")
        seen |= {name.removeprefix("iommuctl_") for name, _ in samples(text)}
    expect(seen == FAMILIES, f"each family occurs: {sorted(FAMILIES - seen)} does not")


def check_values(work):
    found = samples(metrics(work / "server.tree"))
    expect(value(found, "device_info", device="0000:02:00.0", driver="e1000e", group="1", id="8086:10d3") == 1,
           "a device has its driver, group and IDs")
    expect(value(found, "device_info", device="0000:02:00.1", group="1", id="8086:10d3") == 1,
           "a device without a driver has no such label")
    expect(value(found, "hand_over", device="0000:02:00.0") == 1, "a NIC with its group can be handed over")
    expect(value(found, "faults_total", device="0000:05:00.0") == 2, "faults are counted by device")
    expect(value(found, "findings", code="dma_identity", severity="warning") == 1, "findings are counted by code")
    pins = samples(metrics(work / "handover.tree"))
    expect(value(pins, "pin_satisfied", pin="guest") == 1, "a pin whose device has the driver is satisfied")
    expect(value(pins, "pin_satisfied", pin="second") == 0, "a pin that waits is not")
    expect(value(found, "source_up", source="log") == 1, "a source that was read is up")
    expect(value(found, "transaction_unfinished") == 0, "nothing waits for recover")


def check_unread(work):
    """A source that could not be read gives no samples: a zero would be a claim."""
    for path, source, missing in (("/sys/kernel/iommu_groups", "iommu_groups", {"group_info", "hand_over"}),
                                  ("/iommuctl/log", "log", {"faults_total"})):
        folder = work / source
        unpack_tree(trees / "server.tree", folder)
        (folder / "iommuctl").mkdir(exist_ok=True)
        (folder / "iommuctl/unreadable").write_text(f"{path}\tdenied EACCES\n")
        subprocess.run(["rm", "-r", folder / path[1:]], check=True)
        text = metrics(folder)
        expect(value(samples(text), "source_up", source=source) == 0, f"{source} is not up")
        expect(FAMILIES - families(text) == missing, f"without {source} just {missing} are left out")


def check_hostile(work):
    """Names that imitate the text stay in their label."""
    name = 'evil"} 1\\nfaults'
    tree = work / "hostile-name.tree"
    tree.write_text("/sys/kernel/uevent_seqnum = 1\ngroup 0\n"
                    "pci 0000:01:00.0 in pci0000:00 group=0 id=8086:10d3 class=20000\n")
    folder = work / "hostile-name"
    unpack_tree(tree, folder)
    driver = folder / "sys/bus/pci/drivers" / name
    driver.mkdir(parents=True)
    device = folder / "sys/devices/pci0000:00/0000:01:00.0"
    (device / "driver").symlink_to("../../../bus/pci/drivers/" + name)
    (device / "uevent").write_text(f"DRIVER={name}\n")
    found = samples(metrics(folder))
    drivers = {dict(labels).get("driver") for (sample, labels) in found if sample == "iommuctl_device_info"}
    expect(drivers == {name}, f"the driver's label is {drivers}")


def check_file(work):
    """--output replaces the file as a whole, for all to read, and nothing that is no regular file."""
    def put(path):
        return subprocess.run([tool, "--root", work / "server.tree", "metrics", "--output", path],
                              stderr=subprocess.DEVNULL, check=False).returncode
    path = work / "iommuctl.prom"
    path.write_text("old")
    expect(put(path) == 0 and path.read_text() == metrics(work / "server.tree"), "the file is that on standard output")
    expect(path.stat().st_mode & 0o777 == 0o644, "all can read it")
    link = work / "link.prom"
    link.symlink_to(path)
    expect(put(link) == 1 and link.is_symlink(), "a link is not followed, and stays")
    expect(put(work / "nowhere/x.prom") == 1, "a folder that is not there is a failure")
    expect(not list(work.glob("*.prom.*")), "no temporary file is left")


with tempfile.TemporaryDirectory() as name_of_work:
    folder_of_work = pathlib.Path(name_of_work)
    check_every_machine(folder_of_work)
    check_values(folder_of_work)
    check_unread(folder_of_work)
    check_hostile(folder_of_work)
    check_file(folder_of_work)
sys.exit(failed > 0)
