"""The restart command of a storm whose hub belongs to somebody else: asks for a restart, waits for it, and says what was
answered.  kill_and_start.py ASKED READY: creates the one file and prints the other as soon as it is there."""

import pathlib
import sys
import time

asked, ready = map(pathlib.Path, sys.argv[1:])
asked.touch()
while not ready.exists():
    time.sleep(0.005)
print(ready.read_text(), end="")
