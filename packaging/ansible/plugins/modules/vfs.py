#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later

DOCUMENTATION = r"""
---
module: vfs
short_description: Make or remove virtual functions with iommuctl
version_added: "0.2.0"
description:
  - Gives a PCI device with SR-IOV a number of virtual functions, as one transaction that iommuctl checks first, journals,
    verifies, and undoes if anything fails.
  - The task is changed exactly when the plan of iommuctl has steps.
  - A refusal fails the task, and changes nothing. The result has the identifiers of the checks, which I(waive) takes,
    and the remedies.
  - Where an earlier run was killed half-way, the next run of the task recovers what was left, and then goes on.
options:
  device:
    description:
      - A selector of the physical function, as iommuctl(8) has them, such as C(0000:01:00.0) or C(eth0).
    type: str
    required: true
  count:
    description:
      - How many virtual functions it is to have. C(0) removes all.
    type: int
    required: true
  driver:
    description:
      - The driver of each virtual function. C(none) leaves them without one. Without this option the kernel decides.
    type: str
extends_documentation_fragment:
  - iommuctl.iommuctl.changes
"""

EXAMPLES = r"""
- name: Eight virtual functions for virtual machines
  iommuctl.iommuctl.vfs:
    device: 0000:01:00.0
    count: 8
    driver: vfio-pci

- name: None any more
  iommuctl.iommuctl.vfs:
    device: 0000:01:00.0
    count: 0
"""

RETURN = r"""
plan:
  description: The steps that were carried out, or would be, as in the plan of iommuctl's document.
  returned: success
  type: list
  elements: dict
devices:
  description: Each device of the change, with its driver and group before and after.
  returned: success
  type: list
  elements: dict
physical_functions:
  description: The device with its virtual functions, after the change; in check mode as it is.
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
remedies:
  description: What to do, a command or a sentence each.
  returned: failure
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.iommuctl.iommuctl.plugins.module_utils import program as iommuctl

OPTIONS = {
    "device": {"type": "str", "required": True},
    "count": {"type": "int", "required": True},
    "driver": {"type": "str"},
}


def vfs_words(params):
    words = ["vfs", *iommuctl.change_options(params)]
    if params["driver"]:
        words.append("--driver=" + params["driver"])
    return [*words, "--", params["device"], str(params["count"])]


def make_functions(program, params, check_mode):
    change = iommuctl.Change(program, check_mode)
    change.keys["physical_functions"] = []
    if not change.heal():
        return change.keys
    words = vfs_words(params)
    answer = change.carry_out(*words) if change.plan(*words) else None
    answer = answer or program.demand("vfs", "--", params["device"])
    change.keys["physical_functions"] = answer.document["physical_functions"]
    return change.keys


def main():
    module = AnsibleModule(argument_spec={**OPTIONS, **iommuctl.OPTIONS_OF_CHANGES}, supports_check_mode=True)
    iommuctl.run_task(module, make_functions)


if __name__ == "__main__":
    main()
