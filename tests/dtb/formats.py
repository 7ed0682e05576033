#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""formats.py KERNEL_SOURCE... - are the forms of src/faults/forms.c what the kernels' drivers print?

KERNEL_SOURCE is called …-VERSION and has drivers/iommu and drivers/memory. Both ways: each form is the format of a message in
its file, in every kernel from .since to .until; and each message of these files that may be about a fault has a form, or is
listed below with the reason. 77 where no source is named: that is not a pass.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
LITERAL = r'"((?:[^"\\]|\\.)*)"'
LITERALS = re.compile(LITERAL + r'(?:\s*(?:PRI\w+\s*)?' + LITERAL + ")*")
CALL = re.compile(r"\b(?:(?:dev|pci|pr|netdev)_(?:emerg|alert|crit|err|warn|notice|info)(?:_ratelimited|_once)?|printk)\s*\(")
CONVERSION = re.compile(r"%%|%([#0-9.*+ -]*)(?:hh|h|ll|l|z|j)?[a-zA-Z](?:\w(?=\W|$))?")
HOLE = "\0"


def unescaped(text):
    return text.replace('\\"', '"').replace("\\n", "").replace("\\t", "\t")


def joined(text):
    """The string that the first adjacent literals in the text make."""
    found = LITERALS.search(text)
    return unescaped("".join(re.findall(LITERAL, found.group(0)))) if found else None


def holes(text):
    """A format of printf with each conversion as a hole; %#x prints 0x."""
    return CONVERSION.sub(lambda match: "%" if match.group(0) == "%%" else
                          ("0x" if "#" in match.group(1) else "") + HOLE, text).strip()


def messages(source):
    """The formats of all messages of a file."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    for call in CALL.finditer(source):
        depth, at = 1, call.end()
        while depth and at < len(source):
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            at += 1
        text = joined(source[call.end():at])
        if text is not None:
            yield holes(text)


def matcher(pattern):
    """The pattern of a form as an expression for formats with holes."""
    parts = re.split(r"(%[a-zA-Z_*])", pattern)
    return re.compile("".join(".*" if part in ("%*", "%_") else ".+" if part.startswith("%") and len(part) == 2 else
                              re.escape(part).replace("0x", "(?:0x)?") for part in parts) + "$")


def forms():
    text = (TOP / "src/faults/forms.c").read_text()
    names = dict(re.findall(r'#define (\w+) "(drivers/[^"]+)"', text))
    body = re.search(r"fault_form forms\[\] = \{(.*?)\n\};", text, re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    for row in re.findall(r"\{IN\(.*?\)\},?\s*(?=\{IN|$)", body, re.S):
        anchor, head, tail = re.match(r"\{IN\(\w+, (\w+)\),(.*?)((?:FROM|WAS)\(.*)", row, re.S).groups()
        pattern = joined(re.sub(r'^\s*(?:NULL|"[^"]*"),', "", head, count=1))
        pattern = "%m: " + pattern if anchor == "NAME" else pattern
        file, *versions = [word.strip(' "\n\t') for word in re.search(r"\(([^)]*)\)", tail).group(1).split(",")]
        yield pattern, names.get(file, file), [tuple(map(int, version.split("."))) for version in versions]


# Forms whose words the kernel puts into a hole, by the part that shows it, and the format with that hole.
CHOSEN = {
    "(unassigned sid)": ("(unassigned sid)", HOLE),
    "unpriv %w": ("unpriv", HOLE),
    "priv %w": ("priv", HOLE),
    "IOMMU Event log": ("Event", HOLE),
    "Page fault (SMMU translation error": ("%w: %w @0x%a: Page fault (SMMU translation error", "%w: %w%w @%w: %w (%w"),
    "pamu_av_isr: ": ("pamu_av_isr: ", ""),
}
MAY_BE_A_FAULT = re.compile(r"fault|time[d]?[- ]?out|overflow|abort|violation|blocked|unexpected|\berror\b.*(?:detect|report)|"
                            r"request without|canonical|Privilege|deadlock|Event logged|Multiple TLB|Unhandled", re.I)
# Messages without a form, by a part of each.
NO_FORM = {
    "ignoring ivrs_": "about the command line",
    "iova to phys timed out": "a look-up by the kernel, no transaction",
    "translation fault!": "the same",
    "DRHD: handling fault status": "the line before those of the faults",
    "failed to enable fault, interrupt": "about the set-up",
    "(ITE) cleared": "a line after the fault",
    "PRQ overflow cleared": "a line after the fault",
    "Fault occurred in context": "a further line of a fault",
    "falling back to full flush": "no transaction is lost",
    "when setting ddtp": "about the set-up",
    "not attached to": "a line after the fault",
    "Unexpected page request in Privilege Mode": "5.10 gives it no prefix, and it names nothing",
}


def chosen(pattern):
    for part, (words, hole) in CHOSEN.items():
        if part in pattern:
            return pattern.replace(words, hole)
    return pattern


def check(kernel):
    version = tuple(map(int, re.search(r"(\d+)\.(\d+)\D*$", kernel.name).groups()))
    rows = list(forms())
    formats = {}
    for file in sorted({row[1] for row in rows}):
        path = kernel / file
        formats[file] = list(messages(path.read_text(errors="replace"))) if path.is_file() else []
    used, count = set(), 0
    for pattern, file, versions in rows:
        expression = matcher(chosen(pattern))
        found = [text for text in formats[file] if expression.match(text)]
        used.update((file, text) for text in found)
        expected = versions[0] <= version and (len(versions) < 2 or version <= versions[1])
        count += expected
        if expected and not found:
            wrong.append(f"{kernel.name}: {file} has no message {pattern!r}")
    for file, texts in formats.items():
        for text in texts:
            if MAY_BE_A_FAULT.search(text) and (file, text) not in used and not any(part in text for part in NO_FORM):
                wrong.append(f"{kernel.name}: {file}: {text.replace(HOLE, '%')!r} has no form")
    print(f"{kernel.name}: {count} forms, {sum(map(len, formats.values()))} messages in {len(formats)} files")


kernels = [pathlib.Path(name) for name in sys.argv[1:]]
if not kernels:
    print("not run: name the source of a kernel")
    sys.exit(77)
wrong = []
for kernel in kernels:
    check(kernel)
print("\n".join(wrong))
sys.exit(bool(wrong))
