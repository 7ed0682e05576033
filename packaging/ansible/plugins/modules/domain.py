#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later

DOCUMENTATION = r"""
---
module: domain
short_description: Give IOMMU groups a type of domain with iommuctl
version_added: "0.2.0"
description:
  - Gives groups another type of default domain, as one transaction that iommuctl checks first, journals, verifies, and
    undoes if anything fails. Devices of the groups have no driver meanwhile where the kernel asks for that.
  - The task is changed exactly when the plan of iommuctl has steps.
  - A refusal fails the task, and changes nothing. The result has the identifiers of the checks, which I(waive) takes,
    and the remedies.
  - Where an earlier run was killed half-way, the next run of the task recovers what was left, and then goes on.
options:
  group:
    description:
      - Groups, by their numbers or by selectors of devices, as iommuctl(8) has them. Numbers of groups may differ after a
        reboot, addresses of devices less often.
    type: list
    elements: str
    required: true
    aliases: [groups]
  type:
    description:
      - The type. C(auto) is the one that the kernel chose at boot.
    type: str
    choices: [DMA, DMA-FQ, identity, auto]
    required: true
extends_documentation_fragment:
  - iommuctl.iommuctl.changes
"""

EXAMPLES = r"""
- name: A fast disk reaches memory without translation
  iommuctl.iommuctl.domain:
    group: nvme0
    type: identity

- name: Back to the type of the boot
  iommuctl.iommuctl.domain:
    group: nvme0
    type: auto
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
types:
  description: Each group of the change, with its type before and after.
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
    "group": {"type": "list", "elements": "str", "required": True, "aliases": ["groups"]},
    "type": {"type": "str", "required": True, "choices": ["DMA", "DMA-FQ", "identity", "auto"]},
}


def set_type(program, params, check_mode):
    change = iommuctl.Change(program, check_mode)
    change.keys["types"] = []
    if not change.heal():
        return change.keys
    words = ["domain", *iommuctl.change_options(params), "--", *params["group"], params["type"]]
    answer = change.carry_out(*words) if change.plan(*words) else None
    if answer:
        change.keys["types"] = answer.result["types"]
    return change.keys


def main():
    module = AnsibleModule(argument_spec={**OPTIONS, **iommuctl.OPTIONS_OF_CHANGES}, supports_check_mode=True)
    iommuctl.run_task(module, set_type)


if __name__ == "__main__":
    main()
