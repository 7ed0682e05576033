#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""unit.py CHANGES IOMMUCTL UNPACK TREES_DIR - the modules of the Ansible collection, without Ansible and without root

The documents are those that the program prints: CHANGES prints them for changes to a machine with a fake kernel, and
IOMMUCTL for a tree. A fake iommuctl on PATH writes down its words and answers with the next of them.
"""
import importlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

changes, tool, unpack, trees = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
collection = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "ansible"
work = pathlib.Path(tempfile.mkdtemp())


class Ended(Exception):
    """The end of a module, with the keys of its result."""

    def __init__(self, failed, keys):
        super().__init__(keys.get("msg"))
        self.failed = failed
        self.keys = keys


class FakeModule:
    """The part of AnsibleModule that the modules use."""

    params, check_mode = {}, False

    def __init__(self, argument_spec, supports_check_mode=False):
        assert supports_check_mode
        unknown = set(FakeModule.params) - set(argument_spec)
        assert not unknown, unknown
        self.params = {}
        for name, option in argument_spec.items():
            assert name in FakeModule.params or not option.get("required"), name
            self.params[name] = FakeModule.params.get(name, option.get("default"))
        self.check_mode = FakeModule.check_mode

    def get_bin_path(self, name, required):
        assert required
        return name

    def run_command(self, words, environ_update):
        done = subprocess.run(words, env={**os.environ, **environ_update}, capture_output=True, text=True, timeout=60,
                              check=False)
        return done.returncode, done.stdout, done.stderr

    def exit_json(self, **keys):
        raise Ended(False, keys)

    def fail_json(self, msg, **keys):
        raise Ended(True, {"msg": msg, **keys})


def prepare():
    """Ansible's own names, and the collection where Ansible has collections."""
    for name in "ansible", "ansible.module_utils":
        sys.modules[name] = types.ModuleType(name)
    sys.modules["ansible.module_utils.basic"] = types.ModuleType("ansible.module_utils.basic")
    sys.modules["ansible.module_utils.basic"].AnsibleModule = FakeModule
    home = work / "python" / "ansible_collections" / "iommuctl"
    home.mkdir(parents=True)
    (home / "iommuctl").symlink_to(collection)
    sys.path.insert(0, str(work / "python"))
    sys.dont_write_bytecode = True
    fake = work / "bin" / "iommuctl"
    fake.parent.mkdir()
    fake.write_text(f"#!{sys.executable}\n" + FAKE.replace("WORK", repr(str(work))))
    fake.chmod(0o755)
    os.environ["PATH"] = f"{fake.parent}:{os.environ['PATH']}"


FAKE = """
import json, os, pathlib, signal, subprocess, sys
work = pathlib.Path(WORK)
answers = json.loads((work / "answers").read_text())
with open(work / "said", "a", encoding="utf-8") as said:
    said.write(json.dumps(sys.argv[1:]) + "\\n")
if not answers:
    sys.exit("fake iommuctl: no answer is left")
answer = answers.pop(0)
(work / "answers").write_text(json.dumps(answers))
if answer == ["killed"]:
    os.kill(os.getpid(), signal.SIGKILL)
os.execv(answer[0], answer)
"""


def case(name):
    """An answer: the document of that change."""
    return [str(changes), name]


def shown(tree, *words):
    """An answer: the document of a reading command for a tree."""
    root = work / tree
    if not root.exists():
        subprocess.run([unpack, trees / tree, root], check=True)
    return [str(tool), "--root", str(root), "-J", *words]


def play(name, params, *answers, check_mode=False, left="unfinished-none"):
    """
    The end of the module, and the words of each run of iommuctl, but for the first question of a module that changes; left:
    the answer to that, None where it is not asked.
    """
    asks = name != "facts" and left
    if asks:
        answers = [case(left), *answers]
    (work / "answers").write_text(json.dumps(answers))
    (work / "said").write_text("")
    FakeModule.params, FakeModule.check_mode = params, check_mode
    module = importlib.import_module(f"ansible_collections.iommuctl.iommuctl.plugins.modules.{name}")
    try:
        module.main()
    except Ended as ended:
        said = [json.loads(line) for line in (work / "said").read_text().splitlines()]
        if asks:
            assert said.pop(0) == ["-J", "recover", "--dry-run"]
        left = json.loads((work / "answers").read_text())
        assert not left, f"{left} was never asked for; said: {said}"
        return ended, [shlex.join(words) for words in said]
    raise AssertionError("the module did not end")


NIC = {"device": ["0000:02:00.0"], "driver": "vfio-pci"}


class Binding(unittest.TestCase):
    def test_a_device_moves(self):
        ended, said = play("binding", NIC, case("dry-run"), case("done"))
        self.assertFalse(ended.failed)
        self.assertTrue(ended.keys["changed"])
        self.assertEqual(["-J rebind --dry-run -- 0000:02:00.0 vfio-pci", "-J rebind -- 0000:02:00.0 vfio-pci"], said)
        self.assertEqual([("e1000e", "vfio-pci")],
                         [(device["driver_before"], device["driver_after"]) for device in ended.keys["devices"]])
        self.assertEqual(["override", "unbind", "bind"], [step["action"] for step in ended.keys["plan"]])

    def test_a_device_that_is_there_is_not_changed(self):
        ended, said = play("binding", NIC, case("planned-again"))
        self.assertEqual((False, False), (ended.failed, ended.keys["changed"]))
        self.assertEqual([], ended.keys["diff"])
        self.assertEqual(1, len(said))

    def test_check_mode_is_a_dry_run_with_a_diff(self):
        ended, said = play("binding", NIC, case("dry-run"), check_mode=True)
        self.assertTrue(ended.keys["changed"])
        self.assertEqual(1, len(said))
        self.assertIn("--dry-run", said[0])
        self.assertEqual("0000:02:00.0 driver_override: none\n0000:02:00.0 driver: e1000e\n", ended.keys["diff"][0]["before"])
        self.assertEqual("0000:02:00.0 driver_override: vfio-pci\n0000:02:00.0 driver: vfio-pci\n",
                         ended.keys["diff"][0]["after"])

    def test_each_module_has_a_line_of_the_diff(self):
        ended, _ = play("binding", NIC, case("module"), check_mode=True)
        modules = [step["value"] for step in ended.keys["plan"] if step["action"] == "load_module"]
        self.assertTrue(modules)
        for module in modules:
            self.assertIn(f"module {module}: loaded\n", ended.keys["diff"][0]["after"])

    def test_a_refusal_fails_with_ids_and_remedies(self):
        for check_mode in False, True:
            ended, _ = play("binding", NIC, case("refused"), check_mode=check_mode)
            self.assertTrue(ended.failed)
            self.assertEqual((3, False), (ended.keys["rc"], ended.keys["changed"]))
            self.assertEqual(["driver", "driver-match"], ended.keys["ids"])
            self.assertEqual([False, True], [check["waivable"] for check in ended.keys["checks"]])
            self.assertIn("Modules that claim it: e1000e.", ended.keys["remedies"])

    def test_options_become_words(self):
        params = {**NIC, "device": ["id:8086:10d3", "eth1"], "group": True, "all_matching": True, "timeout": "5s",
                  "waive": ["mounted@0000:02:00.0", "net-address:unknown"]}
        _, said = play("binding", params, case("dry-run"), check_mode=True)
        self.assertEqual(["-J rebind --dry-run --waive=mounted@0000:02:00.0 --waive=net-address:unknown --timeout=5s --group "
                          "--all-matching -- id:8086:10d3 eth1 vfio-pci"], said)

    def test_a_change_that_was_killed_is_recovered_first(self):
        ended, said = play("binding", NIC, case("recovered"), case("planned-again"), left="unfinished-before")
        self.assertEqual((False, True), (ended.failed, ended.keys["changed"]))
        self.assertEqual("-J recover", said[0])
        self.assertIn("rebind --dry-run", said[1])
        self.assertEqual("rolled_back", ended.keys["recovered"]["outcome"])

    def test_check_mode_recovers_nothing(self):
        ended, said = play("binding", NIC, check_mode=True, left="unfinished-before")
        self.assertEqual((False, True), (ended.failed, ended.keys["changed"]))
        self.assertEqual([], said)
        self.assertIn("recover it first", ended.keys["warnings"][0])

    def test_a_recovery_that_fails_fails_the_task(self):
        ended, said = play("binding", NIC, case("unfinished"), left="unfinished-before")
        self.assertEqual((True, 5), (ended.failed, ended.keys["rc"]))
        self.assertEqual(1, len(said))

    def test_a_killed_iommuctl_is_said(self):
        ended, _ = play("binding", NIC, case("dry-run"), ["killed"])
        self.assertTrue(ended.failed)
        self.assertIn("signal 9", ended.keys["msg"])
        self.assertTrue(ended.keys["changed"])

    def test_a_rollback_is_a_failure_without_a_change(self):
        ended, _ = play("binding", NIC, case("dry-run"), case("rolled-back"))
        self.assertEqual((True, 4, "rolled_back"), (ended.failed, ended.keys["rc"], ended.keys["outcome"]))
        self.assertFalse(ended.keys["changed"])

    def test_what_is_left_of_an_unfinished_change_is_a_change(self):
        ended, _ = play("binding", NIC, case("dry-run"), case("unfinished"))
        self.assertEqual((True, 5), (ended.failed, ended.keys["rc"]))
        self.assertTrue(ended.keys["changed"])

    def test_a_program_without_a_document_fails(self):
        ended, _ = play("binding", NIC, ["/bin/echo", "iommuctl 9"])
        self.assertTrue(ended.failed)
        self.assertIn("no document", ended.keys["msg"])

    def test_another_schema_fails(self):
        ended, _ = play("binding", NIC, ["/bin/echo", '{"schema": 2}'])
        self.assertIn("schema 2", ended.keys["msg"])


class Pins(unittest.TestCase):
    def test_a_pin_is_written_before_the_device_moves(self):
        ended, said = play("binding", {**NIC, "persistent": True, "name": "nic", "initramfs": False}, case("dry-run"),
                           case("pinned"), case("pinned"), case("done"))
        self.assertTrue(ended.keys["changed"])
        self.assertEqual(["-J pin --dry-run --name=nic --no-initramfs -- 0000:02:00.0 vfio-pci",
                          "-J pin --name=nic --no-initramfs -- 0000:02:00.0 vfio-pci",
                          "-J rebind -- 0000:02:00.0 vfio-pci"], said[1:])
        self.assertEqual(2, len(ended.keys["pin_files"]))

    def test_a_pin_keeps_a_type_and_a_rebind_gives_an_owner(self):
        params = {**NIC, "persistent": True, "type": "DMA", "owner": "alice"}
        ended, said = play("binding", params, case("planned-again"), case("pinned"), check_mode=True)
        self.assertTrue(ended.keys["changed"])
        self.assertEqual(["-J rebind --dry-run --owner=alice -- 0000:02:00.0 vfio-pci",
                          "-J pin --dry-run --type=DMA -- 0000:02:00.0 vfio-pci"], said)
        ended, said = play("binding", {**NIC, "type": "DMA"}, left=None)
        self.assertEqual((True, []), (ended.failed, said))

    def test_check_mode_shows_the_file(self):
        ended, said = play("binding", {**NIC, "persistent": True}, case("planned-again"), case("pinned"), check_mode=True)
        self.assertEqual((True, 2), (ended.keys["changed"], len(said)))
        diff = ended.keys["diff"][0]
        self.assertEqual("", diff["before"])
        self.assertIn("driver = vfio-pci\n", diff["after"])
        self.assertTrue(diff["after_header"].startswith("/etc/iommuctl/pins.d/"))

    def test_a_pin_that_is_there_is_no_change(self):
        ended, said = play("binding", {**NIC, "persistent": True}, case("planned-again"), case("pinned-again"))
        self.assertEqual((False, 2), (ended.keys["changed"], len(said)))

    def test_pins_of_the_devices_are_removed(self):
        params = {"device": ["0000:02:10.0"], "driver": "iavf", "persistent": False}
        ended, said = play("binding", params, case("planned-again"), shown("handover.tree", "show", "0000:02:10.0"),
                           shown("handover.tree", "pins"), case("unpinned"), case("unpinned"))
        self.assertTrue(ended.keys["changed"])
        self.assertEqual(["-J show -- 0000:02:10.0", "-J pins", "-J unpin --dry-run -- guest", "-J unpin -- guest"], said[1:])
        self.assertIsNone(ended.keys["pin_files"][0]["after"])

    def test_a_device_without_a_pin_stays_so(self):
        params = {"device": ["0000:02:00.0"], "driver": "e1000e", "persistent": False}
        ended, said = play("binding", params, case("planned-again"), shown("server.tree", "show", "0000:02:00.0"),
                           shown("handover.tree", "pins"))
        self.assertEqual((False, 3), (ended.keys["changed"], len(said)))


class Functions(unittest.TestCase):
    PARAMS = {"device": "0000:02:00.0", "count": 2, "driver": "vfio-pci"}

    def test_functions_are_made(self):
        ended, said = play("vfs", self.PARAMS, case("functions-planned"), case("functions-made"))
        self.assertTrue(ended.keys["changed"])
        self.assertEqual(["-J vfs --dry-run --driver=vfio-pci -- 0000:02:00.0 2", "-J vfs --driver=vfio-pci -- 0000:02:00.0 2"],
                         said)
        self.assertEqual(2, ended.keys["physical_functions"][0]["count"])

    def test_check_mode_shows_them(self):
        ended, said = play("vfs", self.PARAMS, case("functions-planned"), case("functions-planned"), check_mode=True)
        self.assertEqual((True, "-J vfs -- 0000:02:00.0"), (ended.keys["changed"], said[1]))
        self.assertIn("0000:02:00.0 virtual_functions: 2\n", ended.keys["diff"][0]["after"])
        self.assertNotIn("autoprobe", ended.keys["diff"][0]["after"])
        self.assertIn("0000:02:00.0/vf1 driver: vfio-pci\n", ended.keys["diff"][0]["after"])

    def test_functions_that_are_there_are_no_change(self):
        ended, _ = play("vfs", self.PARAMS, case("functions-planned-again"), case("functions-nothing-to-do"))
        self.assertFalse(ended.keys["changed"])

    def test_a_refusal_fails(self):
        ended, _ = play("vfs", self.PARAMS, case("functions-refused"))
        self.assertTrue(ended.failed)
        self.assertIn("driver", ended.keys["ids"])


class Domain(unittest.TestCase):
    PARAMS = {"group": ["5", "eth1"], "type": "identity"}

    def test_a_group_gets_another_type(self):
        ended, said = play("domain", self.PARAMS, case("type-planned"), case("type-changed"))
        self.assertEqual((False, True), (ended.failed, ended.keys["changed"]))
        self.assertEqual(["-J domain --dry-run -- 5 eth1 identity", "-J domain -- 5 eth1 identity"], said)
        self.assertEqual([("DMA", "identity")], [(group["type_before"], group["type_after"]) for group in ended.keys["types"]])

    def test_check_mode_shows_the_type_and_no_driver(self):
        ended, said = play("domain", self.PARAMS, case("type-planned"), check_mode=True)
        self.assertEqual((True, 1), (ended.keys["changed"], len(said)))
        diff = ended.keys["diff"][0]
        self.assertIn("domain_type: DMA\n", diff["before"])
        self.assertIn("domain_type: identity\n", diff["after"])
        # The drivers are unbound meanwhile, and come back.
        self.assertNotIn("driver", diff["after"])

    def test_a_group_that_has_the_type_is_not_changed(self):
        ended, said = play("domain", self.PARAMS, case("type-planned-again"))
        self.assertEqual((False, 1), (ended.keys["changed"], len(said)))

    def test_a_rollback_fails(self):
        ended, _ = play("domain", self.PARAMS, case("type-planned"), case("type-rolled-back"))
        self.assertEqual((True, 4, False), (ended.failed, ended.keys["rc"], ended.keys["changed"]))


class Facts(unittest.TestCase):
    def test_lists_that_were_not_asked_for_are_null(self):
        ended, said = play("facts", {}, shown("handover.tree", "show"))
        facts = ended.keys["ansible_facts"]["iommuctl"]
        self.assertEqual((False, ["-J show --"]), (ended.keys["changed"], said))
        self.assertTrue(facts["devices"])
        self.assertEqual([None] * 5, [facts[key] for key in ("deferred", "faults", "pins", "streams", "physical_functions")])

    def test_more_documents_are_read(self):
        ended, said = play("facts", {"device": ["0000:02:00.0"], "include": ["doctor", "pins"], "verbose": True},
                           shown("handover.tree", "show", "0000:02:00.0"), shown("handover.tree", "doctor"),
                           shown("handover.tree", "pins"))
        self.assertEqual(["-J show -v -- 0000:02:00.0", "-J doctor -v -- 0000:02:00.0", "-J pins -v --"], said)
        self.assertIn("guest", [pin["name"] for pin in ended.keys["ansible_facts"]["iommuctl"]["pins"]])

    def test_sources_that_could_not_be_read_are_listed_once(self):
        module = importlib.import_module("ansible_collections.iommuctl.iommuctl.plugins.modules.facts")
        denied = {"name": "holders", "state": "denied", "detail": None}
        unread = module.unread_sources([{"sources": [denied, {"name": "hwdb", "state": "skipped", "detail": None}]},
                                        {"sources": [denied, {"name": "log", "state": "partial", "detail": "x"}]}])
        self.assertEqual(["holders", "log"], [source["name"] for source in unread])

    def test_a_device_that_is_not_there_fails(self):
        ended, _ = play("facts", {"device": ["eth77"]}, shown("server.tree", "show", "eth77"))
        self.assertEqual((True, 6, "no_match"), (ended.failed, ended.keys["rc"], ended.keys["error"]["code"]))


if __name__ == "__main__":
    prepare()
    try:
        unittest.main(argv=sys.argv[:1], verbosity=1)
    finally:
        shutil.rmtree(work)
