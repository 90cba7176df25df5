#!/usr/bin/python3
"""Every relative link of our Markdown pages leads to a file or folder that is there."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def main():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", "--", "*.md"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    broken = []
    for name in filter(None, listed.split("\0")):
        page = ROOT / name
        fenced = False
        for number, line in enumerate(page.read_text().splitlines(), 1):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            for target in [] if fenced else LINK.findall(line):
                path = target.split("#")[0]
                if path and "://" not in target and not (page.parent / path).exists():
                    broken.append(f"{name}:{number}: {target} is not there")
    print("\n".join(broken), end="\n" if broken else "")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
