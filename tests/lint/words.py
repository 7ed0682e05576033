#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""words.py SOURCE_DIR [FILE...] - comments, messages and manuals are in plain English

Searches for the words and forms of RULES in the comments and string literals of C, the comments of scripts, and the
text of manuals and Markdown; and for names that tell too little among the private functions of C (NAMES). Any hit
fails; with FILEs only those in them are printed. words.examples has sentences that must be found, and sentences that
must not: a rule that finds nothing any more fails too.
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
    ("somebody", r"\b(?:some|any|every)(?:body|one)\b", "a user, another process, any program"),
    # "0.6 us" is a unit
    ("we", r"(?<![\w@])(?:we|our|ourselves)\b|(?<!\d )(?<![\w@])us\b|\b(?:of|than|not|are|is) ours\b",
     "this program, this process, this namespace"),
    ("what as a subject", r"(?:^|[.] )(?-i:What|Whose|One (?:that|who|is|has)) [^.?]*(?:[.]|$)", "subject first"),
    ("nominal what",
     r"(?:[,;:(] |\b(?:of|from|behind|beside|that|and|or|with|without|including|is|are|by|for|in|into|than) )"
     r"what (?:is|are|was|were|has|have|had) |\b(?:is|are|was|were) (?:not )?so[.;,:]|\bis so\b|\bwhat is so\b",
     "name the thing"),
    ("old word",
     r"\b(?:dear(?:er|est|ly)?|anew|mend(?:s|ed|ing)?|shall|lest|hitherto|thereof|whence|thence|hence|henceforth"
     r"|forthwith|amiss|naught|nought|upon|ere|thrice|wherein|therein|wherewith|oft|albeit|behold|asunder)\b",
     "expensive, again, repair, will"),
    ("idiom",
     r"\b(?:without a word|not a word|no word|by hand it was|in vain|for ever|as it were|so to speak|all the same"
     r"|of its own accord|none the less|come[s]? to nothing|is there all the same|what (?:is|are) dear"
     r"|c[oa]mes? true|t(?:old|ells?|elling) of|hang(?:s|ing)? off|not what (?:it|they) (?:is|are|was|were)"
     r"|is against the|of that one|break the circle|for eyes|passed off|take(?:s|n)? apart)\b",
     "say it plainly"),
    ("inverted",
     r"(?:^|[.;:,] )(?:so (?:is|are|do|does|has|have) (?!that)|so it is with|nor (?:is|are|do|does|has|have|was|can|will)\b"
     r"|neither (?:is|are|do|does|has|have|can|will)\b|be (?:it|they)\b|of what\b|where all\b|not so\b)",
     "subject, verb, object"),
    ("retired noun", r"\b(?:vigils?|sightings?|rivals?|meetings?|remarks?|blindness|loss(?:es)?)\b|\b(?:a|the|its) tellings?\b",
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


def found_by(name, pattern, block):
    """The matches of a rule, except "who" for people: "a user who may mount"."""
    for match in pattern.finditer(block):
        if name != "who" or (match["before"] or "").lower() not in PEOPLE:
            yield match


def hits(path, text):
    """(line, rule, what was found, what to write) for each."""
    for offset, block in prose(path, text):
        line = text.count("\n", 0, offset) + 1
        for name, pattern, advice in RULES:
            for match in found_by(name, pattern, block):
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


def misjudged(file):
    """Lines of words.examples that the rules judge wrong: "- TEXT" must be found, "+ TEXT" must not."""
    for line in filter(None, file.read_text().splitlines()):
        found = any(next(found_by(name, pattern, line[2:]), None) for name, pattern, _ in RULES)
        if line[0] in "-+" and found != (line[0] == "-"):
            yield line


def show(path, found):
    for line, name, what, advice in found:
        print(f"{path}:{line}: {name}: \"{what.strip()}\" (write: {advice})")


def main():
    top = Path(sys.argv[1])
    wrong = list(misjudged(top / "tests/lint/words.examples"))
    found = {path: list(hits(path, text)) for path, text in files(top) if not sys.argv[2:] or path in sys.argv[2:]}
    if not found:
        sys.exit("words: no files to search")
    for path in found:
        show(path, found[path])
    for line in wrong:
        print("tests/lint/words.examples: judged wrong:", line)
    count = sum(map(len, found.values()))
    print(f"{count} hits in {sum(map(bool, found.values()))} of {len(found)} files; {len(wrong)} examples judged wrong")
    sys.exit(1 if count or wrong else 0)


if __name__ == "__main__":
    main()
