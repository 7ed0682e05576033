#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema.py SCHEMA IOMMUCTL UNPACK TREES_DIR CHANGES - every document follows the schema, and all of the schema occurs.

All documents of a verb have the same keys, those of failures too.

Documents: what the tool prints of each machine in TREES_DIR, errors, the expected ones in TREES_DIR/../golden, and
what CHANGES prints of changes to a machine with a fake kernel.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema

schema_file, tool, unpack, trees, changes = (pathlib.Path(argument).resolve() for argument in sys.argv[1:6])
schema = json.loads(schema_file.read_text())
wrong = []
# This machine is asked for all that is the same for each: which columns a document has, how commands are refused.
ONE_MACHINE = "server.tree"


def run(*arguments):
    """The output of a command, and its exit status."""
    done = subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, timeout=60, check=False)
    return done.stdout, done.returncode


# The schema: every object is closed, and every key of it is required.

def parts(node, name):
    """(name, subschema) for all that a document of this schema may consist of, references resolved."""
    while "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        node = schema["$defs"][name]
    yield name, node
    for key, part in node.get("properties", {}).items():
        yield from parts(part, f"{name}.{key}" if name else key)
    if "items" in node:
        yield from parts(node["items"], name + "[]")
    for part in node.get("anyOf", []):
        yield from parts(part, name)


def check_schema():
    jsonschema.Draft202012Validator.check_schema(schema)
    for root in [schema, *schema["$defs"].values()]:
        for name, node in parts(root, ""):
            if "properties" not in node:
                continue
            if node.get("additionalProperties") is not False:
                wrong.append(f"schema: {name or root.get('title')} lets any key through")
            if root is not schema or name:
                if node["required"] != list(node["properties"]):
                    wrong.append(f"schema: {name} does not require all of its keys")


# Documents: (where it comes from, text, exit status).

def machine_documents(root, verbs):
    def document(*arguments):
        text, status = run(tool, "--root", root, "-J", *arguments)
        return " ".join([f"{root.name}:", *map(str, arguments)]), text, status

    for verb, help_text in verbs.items():
        if "SELECTOR" in help_text.splitlines()[0]:
            yield document(verb)
            yield document(verb, "-v")
            yield document(verb, "group:0")
            yield document(verb, "no-such-device")
            columns = [line.split()[0] for line in run(tool, verb, "-o", "help")[0].splitlines()]
            yield document(verb, "-o", ",".join(columns))
            for column in [*columns, "no-such-column"] if root.name == ONE_MACHINE else []:
                yield document(verb, "-o", column)
        if root.name == ONE_MACHINE:
            yield document(verb, "--no-such-option")
    yield document("capture", root / "capture.tar")
    yield document("capture", root / "nowhere" / "capture.tar")
    (root / "proc" / "cmdline").unlink(missing_ok=True)
    (root / "iommuctl").mkdir(exist_ok=True)
    with open(root / "iommuctl" / "unreadable", "a", encoding="ascii") as unreadable:
        unreadable.write("/proc/cmdline\tdenied\n")
    yield document("capture", root / "less.tar")
    yield document("no-such-verb")


def firmware_documents(work):
    """Files of another machine: the devicetree of one test, whose entries of iommu-map no device hides."""
    blob = work / "map.dtb"
    for source in sorted((trees.parent / "tables" / "good").glob("*.dts")):
        if "iommu-map" in source.read_text():
            run("dtc", "-q", "-O", "dtb", "-o", blob, source)
            yield source.name, *run(tool, "streams", "-J", "--dtb", blob)
    yield "no blob", *run(tool, "streams", "-J", "--dtb", work / "nowhere")


def compared_documents(work):
    """Two machines that differ in most, and one of which a part could not be read."""
    pairs = [("intel-6.1.tar.gz", "virtio-6.12.tar.gz"), ("virtio-6.12.tar.gz", "virtio-7.3.tar.gz"),
             ("hostile.tree", "server.tree")]
    for old, new in pairs:
        if (work / old).exists() and (work / new).exists():
            yield f"{old}: diff {new}", *run(tool, "diff", "-J", work / old, work / new)
            yield f"{new}: diff {old}", *run(tool, "diff", "-J", work / new, work / old)


def fresh_documents(work):
    verbs = {line.split()[0]: None for line in
             re.search(r"\nCommands:\n(.*?)\n\n", run(tool, "--help")[0], re.S)[1].splitlines()}
    for verb in verbs:
        verbs[verb] = run(tool, verb, "--help")[0]
    for machine in sorted([*trees.glob("*.tree"), *trees.glob("*.tar.gz")]):
        root = work / machine.name
        if machine.suffix == ".tree":
            run(unpack, machine, root)
        else:
            root.mkdir()
            run("tar", "-C", root, "-xf", machine)
        yield from machine_documents(root, verbs)
    if "streams" in verbs:
        yield from firmware_documents(work)
    yield from compared_documents(work)
    (work / "empty").mkdir()
    for root in work / "nowhere", work / "empty":
        for verb in verbs:
            yield f"{verb} of {root.name}", *run(tool, "--root", root, "-J", verb, work / "x.tar")


def golden_documents():
    for file in sorted((trees.parent / "golden").glob("*/*.json")):
        lines = [line for line in file.read_text().splitlines() if not line.startswith("stderr: ")]
        status = re.fullmatch("exit status: ([0-9]+)", lines.pop())
        yield f"golden/{file.parent.name}/{file.name}", "\n".join(lines), int(status[1])


def change_documents():
    for case in run(changes)[0].split():
        yield f"change {case}", *run(changes, case)


def found(node, value, name):
    """Names of all keys in @value, as parts() has them, and of those that are not null."""
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        yield from found(schema["$defs"][name], value, name)
    for part in node.get("anyOf", []):
        yield from found(part, value, name)
    if isinstance(value, dict):
        for key in value.keys() & node.get("properties", {}).keys():
            whole = f"{name}.{key}" if name else key
            yield whole, value[key] is not None
            yield from found(node["properties"][key], value[key], whole)
    if isinstance(value, list) and "items" in node:
        for item in value:
            yield from found(node["items"], item, name + "[]")


def main():
    check_schema()
    validator = jsonschema.Draft202012Validator(schema)
    count, present, filled, keys_of = 0, set(), set(), {}
    with tempfile.TemporaryDirectory() as folder:
        for where, text, status in [*fresh_documents(pathlib.Path(folder)), *golden_documents(),
                                    *change_documents()]:
            count += 1
            try:
                document = json.loads(text)
            except ValueError as error:
                wrong.append(f"{where}: no document: {error}")
                continue
            for error in validator.iter_errors(document):
                error = jsonschema.exceptions.best_match([error])
                wrong.append(f"{where}: {error.json_path}: {error.message[:300]}")
            verb = re.search("^[^ ]*: ([a-z]+)", where)
            if verb and keys_of.setdefault(verb[1], list(document)) != list(document):
                wrong.append(f"{where}: keys {list(document)} where other documents have {keys_of[verb[1]]}")
            if (document.get("error") is None) != (status == 0):
                wrong.append(f"{where}: exit status {status} with error {document.get('error')}")
            if where == "change done":
                # That machine has all files that checks read: a fact is missing in actions/transaction_parts.h.
                wrong.extend(f"{where}: the check {check['id']} is unknown: {check['message']}"
                             for check in document["checks"] if check["unknown"])
            for name, has_value in found(schema, document, ""):
                present.add(name)
                if has_value:
                    filled.add(name)
    keys = {f"{name}.{key}" if name else key for name, node in parts(schema, "") for key in node.get("properties", {})}
    wrong.extend(f"schema: {key} occurs in no document" for key in sorted(keys - present))
    for sentence in wrong[:50]:
        print(sentence)
    print("null in all documents:", " ".join(sorted(present - filled)) or "nothing")
    print(f"{count} documents, {len(keys)} keys, {len(wrong)} wrong")
    return bool(wrong) or count == 0


if __name__ == "__main__":
    sys.exit(main())
