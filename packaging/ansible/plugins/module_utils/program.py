# SPDX-License-Identifier: GPL-2.0-or-later
"""Run iommuctl, read its JSON document, and decide what a task answers.

A module makes a request: the words of one iommuctl command. The functions here ask the program for its dry run, carry the
request out, and turn a document into the keys of a task's result. All but Program are pure functions of documents.
"""

from __future__ import annotations

import json

SCHEMA = 1
# The key of a device's state that a step changes, by the step's action.
STATE_OF_ACTION = {
    "override": "driver_override",
    "unbind": "driver",
    "bind": "driver",
    "probe": "driver",
    "vf_count": "virtual_functions",
    "vf_autoprobe": "virtual_functions_autoprobe",
    "domain": "domain_type",
}
# The state that such a step leaves is a driver, not the text that is written.
DRIVER_ACTIONS = ("unbind", "bind", "probe")

OPTIONS_OF_CHANGES = {
    "waive": {"type": "list", "elements": "str", "default": []},
    "timeout": {"type": "str"},
    "program": {"type": "str", "default": "iommuctl"},
}


class Failure(Exception):
    """A task that fails, with its message and the other keys of its result."""

    def __init__(self, message, **keys):
        super().__init__(message)
        self.message = message
        self.keys = keys


class Answer:
    """The exit status and the document of one run of iommuctl."""

    def __init__(self, status, document):
        self.status = status
        self.document = document

    @property
    def error(self):
        return self.document.get("error")

    @property
    def steps(self):
        return (self.document.get("plan") or {}).get("steps", [])

    @property
    def result(self):
        return self.document.get("result")


class Program:
    """iommuctl on the host of the task; @run takes a list of words and returns status, output and errors."""

    def __init__(self, run, path):
        self.run = run
        self.path = path

    def ask(self, *words):
        """The answer of a run, whatever it is; a Failure only where there is no document."""
        command = [self.path, "-J", *words]
        status, output, errors = self.run(command)
        document = read_document(output)
        if document is None:
            raise Failure(explain_no_document(status, errors), rc=status, cmd=command)
        return Answer(status, document)

    def demand(self, *words):
        """The answer of a run that succeeds."""
        answer = self.ask(*words)
        if answer.status != 0:
            raise failure_of(answer)
        return answer


def read_document(output):
    """The document in the program's output; None where that is none, as after a crash."""
    try:
        document = json.loads(output)
    except ValueError:
        return None
    if not isinstance(document, dict) or "schema" not in document:
        return None
    if document["schema"] != SCHEMA:
        raise Failure("this collection reads documents of schema %d, and iommuctl wrote schema %s" % (SCHEMA, document["schema"]))
    return document


def explain_no_document(status, errors):
    errors = errors.strip()
    if status < 0:
        return ("iommuctl was ended by signal %d; the next run of this task recovers what it left half-way" % -status
                + (": " + errors if errors else ""))
    return "iommuctl printed no document (exit status %d)%s" % (status, ": " + errors if errors else "")


def refusals(document):
    """The checks that refuse, each with what a playbook needs to go on."""
    keys = ("id", "subject", "message", "evidence", "remedy", "waivable", "unknown")
    return [{key: check.get(key) for key in keys} for check in document.get("checks") or []
            if check["level"] == "refuse" and not check["waived"]]


def warnings_of(document):
    return ["%s%s" % (check["subject"] + ": " if check["subject"] else "", check["message"])
            for check in document.get("checks") or [] if check["level"] == "warning"]


def failure_of(answer):
    """The Failure for an answer with an error: ids and remedies for a refusal."""
    error = answer.error or {"code": "io", "message": "iommuctl failed without an error", "remedy": None}
    checks = refusals(answer.document)
    remedies = [check["remedy"] for check in checks if check["remedy"]]
    if error["remedy"] and error["remedy"] not in remedies:
        remedies.append(error["remedy"])
    result = answer.result or {}
    # An unfinished change has no answer to "changed": a part of it was made.
    changed = result.get("outcome") == "unfinished" if result.get("changed") is None else result["changed"]
    return Failure(error["message"], rc=answer.status, error=error, checks=checks, ids=[check["id"] for check in checks],
                   remedies=remedies, outcome=result.get("outcome"), changed=changed)


def states_of(steps):
    """Two texts: the states that the steps change, before and after them; a line for each."""
    before, after = {}, {}
    for step in steps:
        action, undo = step["action"], step.get("undo") or {}
        if action == "load_module":
            after["", "module " + step["value"]] = "loaded"
            before["", "module " + step["value"]] = "not loaded"
            continue
        key = (step["device"] or "", STATE_OF_ACTION.get(action, action))
        is_driver = action in DRIVER_ACTIONS
        before.setdefault(key, undo.get("driver") if is_driver else undo.get("value"))
        after[key] = (step.get("expect") or {}).get("driver") if is_driver else step["value"]
    changed = [key for key in before if before[key] != after[key]]
    return lines_of(before, changed), lines_of(after, changed)


def lines_of(states, keys):
    return "".join("%s%s: %s\n" % (device + " " if device else "", name, states[device, name] or "none")
                   for device, name in keys)


def diff_of_steps(steps):
    """A diff as Ansible shows it; [] where the steps change nothing."""
    if not steps:
        return []
    before, after = states_of(steps)
    return [{"before_header": "devices", "after_header": "devices", "before": before, "after": after}]


def diff_of_files(files):
    """The same for the files of pins."""
    def text(lines):
        return "".join(line + "\n" for line in lines or [])

    return [{"before_header": file["file"], "after_header": file["file"], "before": text(file["before"]),
             "after": text(file["after"])} for file in files]


def change_options(params):
    """The options that all commands with checks take."""
    words = ["--waive=" + waiver for waiver in params["waive"]]
    if params["timeout"]:
        words.append("--timeout=" + params["timeout"])
    return words


def recover(program):
    """Finish or undo what a run that was killed has left; the result's keys."""
    answer = program.demand("recover")
    result = answer.result or {}
    return {"outcome": result.get("outcome"), "devices": result.get("devices", [])}


class Change:
    """A task that changes the machine: dry runs first, then the changes that they announce.

    @check_mode: the dry runs are all
    """

    def __init__(self, program, check_mode):
        self.program = program
        self.check_mode = check_mode
        self.done = False
        self.keys = {"changed": False, "diff": [], "plan": [], "devices": [], "warnings": [], "recovered": None}

    def heal(self):
        """Recover an earlier change that was left half-way. False where check mode finds one: what comes after the recovery
        cannot be planned before it."""
        left = self.program.demand("recover", "--dry-run").steps
        if left and self.check_mode:
            self.keys.update(changed=True, recovered={"outcome": None, "devices": []})
            self.keys["warnings"].append("an earlier change is unfinished: the task would recover it first, and plan afterwards")
            return False
        if left:
            self.keys["recovered"] = recover(self.program)
            self.keys["changed"] = self.done = True
        return True

    def announced(self, command, *words):
        """The answer of the dry run of a command."""
        answer = self.program.ask(command, "--dry-run", *words)
        if answer.status != 0:
            raise self.blame(failure_of(answer))
        self.keys["warnings"] += [text for text in warnings_of(answer.document) if text not in self.keys["warnings"]]
        return answer

    def plan(self, *words):
        """The steps of a command with a plan; they go into the result."""
        steps = self.announced(*words).steps
        self.keys["plan"] += steps
        self.keys["diff"] += diff_of_steps(steps)
        self.keys["changed"] |= bool(steps)
        return steps

    def carry_out(self, *words):
        """Run the command, unless this is check mode."""
        if self.check_mode:
            return None
        try:
            answer = self.program.demand(*words)
        except Failure as failure:
            raise self.blame(failure) from failure
        self.done = True
        self.keys["devices"] += (answer.result or {}).get("devices", [])
        return answer

    def blame(self, failure):
        """A failure after a part was done, or after a crash, is one of a task that has changed the machine."""
        failure.keys["changed"] = failure.keys.get("changed", True) or self.done
        failure.keys["recovered"] = self.keys["recovered"]
        return failure


def run_task(module, act):
    """Run @act with the program of the module's parameters, and end the module with what it returns or raises."""
    def run(command):
        return module.run_command(command, environ_update={"LC_ALL": "C.UTF-8"})

    try:
        program = Program(run, module.get_bin_path(module.params["program"], required=True))
        result = act(program, module.params, module.check_mode)
    except Failure as failure:
        module.fail_json(msg=failure.message, **failure.keys)
    module.exit_json(**result)
