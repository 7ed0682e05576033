#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""words.py SOURCE_DIR [--update | FILE...] - comments, messages and manuals are in plain English

Looks for the words and forms of RULES in the comments and string literals of C, the comments of scripts, and the
text of manuals and Markdown; and for names that say too little among the private functions of C (NAMES).
words.baseline has the number of hits that a file may have: a file with more fails, and one without a line may have
none. --update lowers the numbers to the hits that are left, and never raises one. A file that is moved takes its line
along. With FILEs, prints their hits.
"""

import re
import subprocess
import sys
from pathlib import Path

PEOPLE = {
    "people", "user", "users", "administrator", "administrators", "reader", "readers", "somebody", "someone",
    "anybody", "anyone", "person", "developer", "developers", "stranger", "strangers", "those",
}

# A line of a rule: what it is called, its pattern (in any case, on prose whose lines are joined), what to write.
RULES = [
    ("who", r"(?:(?P<before>\w+),? )?\bwhom?\b(?! (?:am i|is it)\b)", "name the thing; of things: that, which"),
    ("whoever", r"\bwho(?:so)?ever\b", "any process that; if a"),
    ("he", r"\b(?:he|him|his|himself|she|her|hers)\b", "it, the process, the user"),
    ("nobody", r"\b(?:nobody|no one)\b", "no process, no driver, nothing"),
    ("what as a subject", r"(?:^|[.] )(?-i:What|Whose|One (?:that|who|is|has)) [^.?]*(?:[.]|$)", "subject first"),
    ("old word",
     r"\b(?:dear(?:er|est|ly)?|anew|mend(?:s|ed|ing)?|shall|lest|hitherto|thereof|whence|thence|hence|henceforth"
     r"|forthwith|amiss|naught|nought|upon|ere|thrice|wherein|therein|wherewith|oft|albeit|behold|asunder)\b",
     "expensive, again, repair, will"),
    ("idiom",
     r"\b(?:without a word|not a word|no word|by hand it was|in vain|for ever|as it were|so to speak|all the same"
     r"|of its own accord|none the less|come[s]? to nothing|is there all the same|what (?:is|are) dear)\b",
     "say it plainly"),
    ("inverted",
     r"(?:^|[.;:,] )(?:so (?:is|are|do|does|has|have) (?!that)|so it is with|nor (?:is|are|do|does|has|have|was|can|will)\b"
     r"|neither (?:is|are|do|does|has|have|can|will)\b|be (?:it|they)\b|of what\b|where all\b|not so\b)",
     "subject, verb, object"),
    ("retired noun", r"\b(?:vigils?|sightings?|rivals?|meetings?|remarks?|blindness)\b|\b(?:a|the|its) tellings?\b",
     "the glossary in HACKING.md"),
]
RULES = [(name, re.compile(pattern, re.IGNORECASE), advice) for name, pattern, advice in RULES]
NAMES = re.compile(r"^static [^=;(]*?\b((?:take|tell|ask|keep)(?:_\w+)?|run|look|describe)\(", re.M)

C_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
TESTED_STRINGS = re.compile(r"^tests/")  # a test quotes the log, and trees: only its comments count


def joined(text):
    return re.sub(r"\s+", " ", text).strip()


def c_prose(path, text):
    """Blocks of prose with the offset where each begins: comments by paragraph, string literals by the piece."""
    text = re.sub(r"(?m)^#include.*", lambda match: " " * len(match.group()), text)
    for match in C_TEXT.finditer(text):
        piece = match.group()
        if piece[0] == "/":
            body = re.sub(r"(?m)^[ \t]*\*", " ", piece.removeprefix("/*").removeprefix("//").removesuffix("*/"))
            for block in re.split(r"\n\s*\n|\n\s*(?=@\w+:)", body):
                yield match.start(), joined(block.lstrip("* "))
        elif piece[0] == '"' and not TESTED_STRINGS.match(path):
            yield match.start(), joined(piece[1:-1].replace("\\n", " "))


def script_prose(text):
    """The comments, those on successive lines as one; and what Python's docstrings say."""
    for match in re.finditer(r'(?:^[ \t]*#(?!!)[^\n]*\n)+|[ \t]#[ \t][^\n]*|""".*?"""', text, re.M | re.S):
        yield match.start(), joined(re.sub(r'(?m)^[ \t]*#|"""', " ", match.group()))


def page_prose(path, text):
    """Paragraphs, without code blocks and code words of Markdown, and the macros of mdoc(7)."""
    if path.endswith(".8"):
        text = re.sub(r"(?m)^\.(?:It|Bl|El|Pp|Sh|Ss|Bd|Ed|D1|Dl)\b.*$", "", text)
        text = re.sub(r"(?m)^\.(?:[A-Z][a-z] ?)+|\\[&f].?", "", text)
    else:
        code = re.compile(r"^```.*?^```|^(?: {4}|\t)[^\n]*|`[^`\n]*`", re.M | re.S)
        text = code.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for match in re.finditer(r"(?:^.*\S.*\n?)+", text, re.M):
        yield match.start(), joined(match.group())


def prose(path, text):
    if path.endswith((".c", ".h")):
        return c_prose(path, text)
    if path.endswith((".md", ".8")):
        return page_prose(path, text)
    return script_prose(text)


def hits(path, text):
    """(line, rule, what was found, what to write) for each."""
    for offset, block in prose(path, text):
        line = text.count("\n", 0, offset) + 1
        for name, pattern, advice in RULES:
            for match in pattern.finditer(block):
                if name == "who" and (match["before"] or "").lower() in PEOPLE:
                    continue
                yield line, name, block[max(0, match.start() - 20):match.start() + 60], advice
    if path.endswith((".c", ".h")):
        for match in NAMES.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, "private name", match[1], "a verb and its object"


def files(top):
    """All files of the project in which people write sentences, by their path below top."""
    listed = subprocess.run(["git", "-C", top, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    paths = listed.stdout.split("\n") if listed.returncode == 0 else [
        str(path.relative_to(top)) for path in top.rglob("*") if path.is_file() and "build" not in path.parts]
    for path in sorted(filter(None, paths)):
        file = top / path
        if not file.is_file() or path.startswith(("LICENSE", "tests/lint/words", "tests/golden/", "tests/tables/")):
            continue
        if path.endswith((".c", ".h", ".md", ".8", ".py", ".sh", ".cmake", "CMakeLists.txt")) or (
                "." not in file.name and file.read_bytes()[:2] == b"#!") or path.startswith("completions/"):
            yield path, file.read_text(errors="replace")


def read_baseline(file):
    lines = file.read_text().splitlines() if file.exists() else []
    return {path: int(count) for count, path in (line.split(" ", 1) for line in lines if line and line[0] != "#")}


def write_baseline(file, found, allowed):
    counts = {path: min(len(found.get(path, [])), count) for path, count in sorted(allowed.items())}
    lines = [f"{count} {path}" for path, count in counts.items() if count]
    file.write_text("# Hits that lint.words allows, by file. \"tests/lint/words.py . --update\" lowers them; none goes up.\n"
                    + "".join(line + "\n" for line in lines))


def show(path, found):
    for line, name, what, advice in found:
        print(f"{path}:{line}: {name}: \"{what.strip()}\" (write: {advice})")


def main():
    top = Path(sys.argv[1])
    baseline = top / "tests/lint/words.baseline"
    allowed = read_baseline(baseline)
    found = {path: list(hits(path, text)) for path, text in files(top)}
    if not found:
        sys.exit("words: no files to look at")
    if sys.argv[2:] == ["--update"]:
        write_baseline(baseline, found, allowed)
        return
    for path in sys.argv[2:]:
        show(path, found.get(path, []))
    worse = [path for path in found if len(found[path]) > allowed.get(path, 0)]
    for path in worse if len(sys.argv) == 2 else []:
        show(path, found.get(path, []))
        print(f"{path}: {len(found[path])} hits, and {allowed.get(path, 0)} are allowed")
    print(f"{sum(map(len, found.values()))} hits in {sum(map(bool, found.values()))} of {len(found)} files;",
          f"{sum(allowed.values())} allowed")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
