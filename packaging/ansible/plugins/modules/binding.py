#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later

DOCUMENTATION = r"""
---
module: binding
short_description: Bind devices to a driver with iommuctl
version_added: "0.2.0"
description:
  - Moves devices to a driver, such as C(vfio-pci), as one transaction that iommuctl checks first, journals, verifies, and
    undoes if anything fails.
  - The task is changed exactly when the plan of iommuctl has steps, or the file of a pin differs.
  - A refusal fails the task, and changes nothing. The result has the identifiers of the checks, which I(waive) takes,
    and the remedies.
  - Where an earlier run was killed half-way, or the connection to the host was lost, the next run of the task recovers
    what was left, and then goes on.
options:
  device:
    description:
      - Selectors of devices, as iommuctl(8) has them, such as C(0000:01:00.0), C(eth1), C(group:12), C(id:8086:10d3).
    type: list
    elements: str
    required: true
    aliases: [devices]
  driver:
    description:
      - The driver. C(none) leaves the devices without a driver, and keeps them so.
    type: str
    required: true
  group:
    description:
      - Take the members of the devices' groups along that stand in the way of VFIO.
    type: bool
    default: false
  owner:
    description:
      - The user, or C(USER:GROUP), that owns the VFIO nodes of the devices until they are restored or the host
        reboots. It goes with a VFIO driver.
    type: str
  type:
    description:
      - The type that the pins keep for the groups of the devices. It goes with I(persistent=true); the module domain
        changes the type now.
    type: str
    choices: [DMA, DMA-FQ, identity]
  all_matching:
    description:
      - Let a selector mean any number of devices, also none.
    type: bool
    default: false
  persistent:
    description:
      - C(true) also keeps the binding over reboots, by a pin.
      - C(false) removes the pins of the devices.
      - Without it pins are left as they are.
    type: bool
  name:
    description:
      - The name of the pin, for one device.
    type: str
  initramfs:
    description:
      - Build the initramfs again where pins change. Without that the service of iommuctl alone applies them.
    type: bool
    default: true
extends_documentation_fragment:
  - iommuctl.iommuctl.changes
"""

EXAMPLES = r"""
- name: A network card for virtual machines, also after a reboot
  iommuctl.iommuctl.binding:
    device: 0000:01:00.0
    driver: vfio-pci
    persistent: true

- name: A graphics card with the other functions of its group
  iommuctl.iommuctl.binding:
    device: 0000:65:00.0
    driver: vfio-pci
    group: true
    persistent: true
    name: gpu

- name: All cards of one model, although their interfaces have addresses
  iommuctl.iommuctl.binding:
    device: id:8086:10d3
    driver: vfio-pci
    all_matching: true
    waive:
      - net-address

- name: A network card that a virtual machine of an ordinary user opens
  iommuctl.iommuctl.binding:
    device: 0000:01:00.0
    driver: vfio-pci
    owner: libvirt-qemu:kvm

- name: Back to the host
  iommuctl.iommuctl.binding:
    device: 0000:01:00.0
    driver: e1000e
    persistent: false
"""

RETURN = r"""
plan:
  description: The steps that were carried out, or would be, as in the plan of iommuctl's document.
  returned: success
  type: list
  elements: dict
devices:
  description: Each device that was moved, with its driver and group before and after.
  returned: success
  type: list
  elements: dict
pin_files:
  description: The files of pins that were written or removed, or would be.
  returned: success
  type: list
  elements: dict
recovered:
  description: The recovery of an earlier change that was left half-way; null where there was none.
  returned: always
  type: dict
error:
  description: The error of iommuctl, with its code, message, evidence and remedy.
  returned: failure
  type: dict
checks:
  description: The checks that refuse, each with its id, subject, message, evidence and remedy.
  returned: failure
  type: list
  elements: dict
ids:
  description: The identifiers of these checks.
  returned: failure
  type: list
  elements: str
  sample: [mounted]
remedies:
  description: What to do, a command or a sentence each.
  returned: failure
  type: list
  elements: str
  sample: [umount /srv]
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.iommuctl.iommuctl.plugins.module_utils import program as iommuctl

OPTIONS = {
    "device": {"type": "list", "elements": "str", "required": True, "aliases": ["devices"]},
    "driver": {"type": "str", "required": True},
    "group": {"type": "bool", "default": False},
    "owner": {"type": "str"},
    "type": {"type": "str", "choices": ["DMA", "DMA-FQ", "identity"]},
    "all_matching": {"type": "bool", "default": False},
    "persistent": {"type": "bool"},
    "name": {"type": "str"},
    "initramfs": {"type": "bool", "default": True},
}


def move_words(params, command):
    """The words of "rebind" or "pin" for the devices of the task."""
    words = [command, *iommuctl.change_options(params)]
    words += ["--" + option.replace("_", "-") for option in ("group", "all_matching") if params[option]]
    return [*words, "--", *params["device"], params["driver"]]


def rebind_words(params):
    words = move_words(params, "rebind")
    own = ["--owner=" + params["owner"]] if params["owner"] else []
    return [words[0], *own, *words[1:]]


def pin_words(params):
    """The words of "pin"; its own options stand before the "--" of the selectors."""
    words = move_words(params, "pin")
    own = ["--%s=%s" % (option, params[option]) for option in ("name", "type") if params[option]]
    return [words[0], *own, *boot_words(params), *words[1:]]


def boot_words(params):
    return [] if params["initramfs"] else ["--no-initramfs"]


def names_of(document, with_groups):
    """The names of the devices of a document of "show", and of the other members of their groups."""
    names = {device["name"] for device in document["devices"]}
    if with_groups:
        names.update(member for group in document["groups"] for member in group["devices"])
    return names


def pins_of(document, names):
    """The names of the pins that mean these devices."""
    return [pin["name"] for pin in document["pins"] if pin["device"] in names]


def unpin_words(program, params):
    """The words of "unpin" for the pins of the devices; None where they have none."""
    shown = program.demand("show", "--", *params["device"])
    pins = pins_of(program.demand("pins").document, names_of(shown.document, params["group"]))
    return ["unpin", *boot_words(params), "--", *pins] if pins else None


def plan_pins(change, words):
    """The files that a command about pins changes; they go into the result."""
    files = change.announced(*words).document["pin_files"]
    change.keys["pin_files"] += files
    change.keys["diff"] += iommuctl.diff_of_files(files)
    change.keys["changed"] |= bool(files)
    return files


def bind(program, params, check_mode):
    """Both dry runs come before the first write. Pins are written first: a serial is read while the native driver has a card."""
    if params["type"] and not params["persistent"]:
        raise iommuctl.Failure("type is kept by a pin: it goes with persistent=true", changed=False)
    change = iommuctl.Change(program, check_mode)
    change.keys["pin_files"] = []
    if not change.heal():
        return change.keys
    words, pins = rebind_words(params), None
    steps = change.plan(*words)
    if params["persistent"]:
        pins = pin_words(params)
    elif params["persistent"] is not None:
        pins = unpin_words(program, params)
    if pins and plan_pins(change, pins):
        change.carry_out(*pins)
    if steps:
        change.carry_out(*words)
    return change.keys


def main():
    module = AnsibleModule(argument_spec={**OPTIONS, **iommuctl.OPTIONS_OF_CHANGES}, supports_check_mode=True)
    iommuctl.run_task(module, bind)


if __name__ == "__main__":
    main()
