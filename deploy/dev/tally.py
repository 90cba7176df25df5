#!/usr/bin/python3
"""Counts what the suites wrote down: tally.py DIRECTORY prints `N passed, N failed` as its last line.

ctest's own file counts programs, so the cases inside come from gtest/*.xml; a program that failed without saying in which
case (it crashed, or could not start) counts as one failure. No passed case at all is a failure too.
"""

import pathlib
import sys
import xml.etree.ElementTree as ET


def cases(path):
    """(passed, failed, skipped) of a JUnit-like file."""
    passed = failed = skipped = 0
    for case in ET.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main(directory):
    total = [0, 0, 0]

    def add(counts):
        for index, count in enumerate(counts):
            total[index] += count

    for path in sorted((directory / "gtest").glob("*.xml")):
        add(cases(path))
    # ctest says `fail` for a program; it is news only where no case inside was seen to fail.
    programs = directory / "ctest.xml"
    if programs.exists() and cases(programs)[1] > total[1]:
        total[1] = cases(programs)[1]
    for path in sorted(directory.glob("*.xml")):
        if path != programs:
            add(cases(path))
    if total[2]:
        print(f"{total[2]} skipped")
    print(f"{total[0]} passed, {total[1]} failed")
    return 0 if total[0] and not total[1] else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
