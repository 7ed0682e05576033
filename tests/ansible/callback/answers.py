# SPDX-License-Identifier: GPL-2.0-or-later
"""A callback of Ansible: each result is a line of the file ANSWERS, {host, task, state, result}."""
from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "answers"
    CALLBACK_NEEDS_ENABLED = True

    def add(self, state, result):
        with open(os.environ["ANSWERS"], "a", encoding="utf-8") as answers:
            # pylint: disable=protected-access # Ansible's own callbacks read these
            json.dump({"host": result._host.get_name(), "task": result._task.get_name(), "state": state, "result": result._result},
                      answers)
            answers.write("\n")

    def v2_runner_on_ok(self, result):
        self.add("changed" if result._result.get("changed") else "ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.add("failed", result)

    def v2_runner_on_unreachable(self, result):
        self.add("unreachable", result)
