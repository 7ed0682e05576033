# SPDX-License-Identifier: GPL-2.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  waive:
    description:
      - Refusals to go on in spite of, each C(ID[@DEVICE][:unknown]), as iommuctl(8) has them. There is no way to waive all.
    type: list
    elements: str
    default: []
  timeout:
    description:
      - The longest time for one write, such as C(30s) or C(2min).
    type: str
  program:
    description:
      - The program, by its name or path.
    type: str
    default: iommuctl
attributes:
  check_mode:
    support: full
    description: Check mode is the dry run of iommuctl, with all its checks. It changes nothing.
  diff_mode:
    support: full
    description: The states of devices before and after the plan.
author:
  - The iommuctl authors (@iommuctl)
"""
