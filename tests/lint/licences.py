#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""licences.py SOURCE_DIR - every file has a licence and a copyright, as the REUSE specification (3.3) wants it

Sources name their licence in a line of their own; REUSE.toml covers the files that cannot. LICENSES/ has the text of
each licence that is named, and no other.
"""

import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path

OWN_LINE = (".c", ".h", ".py", ".sh", ".cmake", ".dts", ".8", ".schema.json", "CMakeLists.txt")
LINE = re.compile(r"SPDX-License-Identifier: *([\w+-]+(?:[.][\w+-]+)*)")


def tracked(top):
    listed = subprocess.run(["git", "-C", top, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True,
                            check=True)
    return [path for path in listed.stdout.split("\n") if (top / path).is_file()]


def needs_line(top, path):
    return path.endswith(OWN_LINE) or path.startswith("completions/") or (top / path).stat().st_mode & 0o111


def own_licence(file):
    match = LINE.search("\n".join(file.read_text(errors="replace").split("\n")[:8]))
    return match and match[1]


def covering(annotations, path):
    """The last annotation that matches, as the specification has it; "**" crosses folders."""
    for annotation in reversed(annotations):
        patterns = annotation["path"] if isinstance(annotation["path"], list) else [annotation["path"]]
        if any(fnmatch.fnmatchcase(path, pattern.replace("**", "*")) for pattern in patterns):
            return annotation
    return {}


def main():
    top = Path(sys.argv[1])
    annotations = tomllib.loads((top / "REUSE.toml").read_text())["annotations"]
    texts = {file.stem for file in (top / "LICENSES").glob("*.txt")}
    used, wrong, count = set(), [], 0
    for path in tracked(top):
        if path.startswith(("LICENSES/", "LICENSE")) or path == "REUSE.toml":
            continue
        count += 1
        cover, own = covering(annotations, path), own_licence(top / path)
        if needs_line(top, path) and not own:
            wrong.append(f"{path}: no SPDX line")
        if not own and "SPDX-License-Identifier" not in cover:
            wrong.append(f"{path}: no licence in REUSE.toml")
        if "SPDX-FileCopyrightText" not in cover and "SPDX-FileCopyrightText" not in (top / path).read_text(errors="replace"):
            wrong.append(f"{path}: no copyright")
        used |= {own or cover.get("SPDX-License-Identifier")} - {None}
    wrong += [f"LICENSES/{name}.txt: missing" for name in used - texts]
    wrong += [f"LICENSES/{name}.txt: of no file" for name in texts - used]
    print("\n".join(wrong + [f"{count} files, {len(wrong)} without"]))
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
