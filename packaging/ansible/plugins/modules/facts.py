#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later

DOCUMENTATION = r"""
---
module: facts
short_description: Facts about IOMMU groups, devices and drivers from iommuctl
version_added: "0.2.0"
description:
  - Reads the document of C(iommuctl show), and those of other reading commands, and makes a fact C(iommuctl) of them.
  - A list that was not asked for is null, an empty list means that there is nothing. A source that could not be read is in
    C(iommuctl.unread), and facts that come from it are null.
options:
  device:
    description:
      - Selectors of devices, as iommuctl(8) has them. Without any all devices.
      - C(pins) and C(vfs) always list the whole machine.
    type: list
    elements: str
    default: []
  include:
    description:
      - More documents to read.
    type: list
    elements: str
    choices: [deferred, doctor, faults, pins, streams, vfs]
    default: []
  verbose:
    description:
      - Read everything, also what is expensive, such as the processes that have VFIO nodes open.
    type: bool
    default: false
  program:
    description:
      - The program, by its name or path.
    type: str
    default: iommuctl
attributes:
  check_mode:
    support: full
    description: It changes nothing.
  facts:
    support: full
    description: It returns ansible_facts.
author:
  - The iommuctl authors (@iommuctl)
"""

EXAMPLES = r"""
- name: Devices, findings and pins
  iommuctl.iommuctl.facts:
    include: [doctor, pins]

- name: Network cards that can go to a virtual machine alone
  ansible.builtin.debug:
    msg: "{{ iommuctl.devices | selectattr('hand_over.verdict', 'equalto', 'alone') | map(attribute='name') | list }}"

- name: No host goes on with an alarm
  ansible.builtin.assert:
    that: iommuctl.findings | selectattr('severity', 'equalto', 'alarm') | list | length == 0
"""

RETURN = r"""
ansible_facts:
  description: The facts, with the keys of iommuctl's documents.
  returned: success
  type: dict
  contains:
    iommuctl:
      description: C(host), C(iommus), C(groups), C(devices), C(findings), and C(deferred), C(faults), C(pins), C(streams),
        C(physical_functions), which are null where I(include) does not ask for them. C(findings) are those of
        C(doctor) where that is included. C(unread) lists the sources that could not be read in full.
      type: dict
      returned: success
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.iommuctl.iommuctl.plugins.module_utils import program as iommuctl

OPTIONS = {
    "device": {"type": "list", "elements": "str", "default": []},
    "include": {"type": "list", "elements": "str", "default": [],
                "choices": ["deferred", "doctor", "faults", "pins", "streams", "vfs"]},
    "verbose": {"type": "bool", "default": False},
    "program": {"type": "str", "default": "iommuctl"},
}
# The list of facts that each document of "include" has.
LISTS = {
    "deferred": "deferred",
    "doctor": "findings",
    "faults": "faults",
    "pins": "pins",
    "streams": "streams",
    "vfs": "physical_functions",
}
# Commands without selectors here.
WHOLE = ("pins", "vfs")
READ = ("read", "absent", "skipped")


def unread_sources(documents):
    """The sources that could not be read in full, each once, with the first detail."""
    unread = {}
    for document in documents:
        for source in document["sources"]:
            if source["state"] not in READ:
                unread.setdefault(source["name"], source)
    return list(unread.values())


def facts_of(documents):
    """The fact of the documents by command; "show" is always there."""
    facts = {key: documents["show"][key] for key in ("host", "iommus", "groups", "devices", "findings")}
    for command, key in LISTS.items():
        if command in documents:
            facts[key] = documents[command][key]
        else:
            facts.setdefault(key, None)
    facts["unread"] = unread_sources(documents.values())
    return facts


def read_facts(program, params, check_mode):
    documents = {}
    for command in ["show", *params["include"]]:
        words = [command, *(["-v"] if params["verbose"] else []), "--", *([] if command in WHOLE else params["device"])]
        documents[command] = program.demand(*words).document
    return {"changed": False, "ansible_facts": {"iommuctl": facts_of(documents)}}


def main():
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    iommuctl.run_task(module, read_facts)


if __name__ == "__main__":
    main()
