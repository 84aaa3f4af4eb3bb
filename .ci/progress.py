"""Runs pip and shows one line of its progress; everything that pip said, where it fails. Standard library only.

Usage: python .ci/progress.py COMMAND…    The locks that it names with -r say how many packages there are.
"""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

command = sys.argv[1:]
locks = [lock for option, lock in pairwise(command) if option == "-r"]
total = sum(len(re.findall(r"^[\w.-]+==", Path(lock).read_text(encoding="utf-8"), re.MULTILINE)) for lock in locks)
live = sys.stderr.isatty()
log, found = list[str](), 0
environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as running:  # noqa: S603 - the Makefile names it
    for line in running.stdout or ():
        log.append(line)
        fetched = re.match(r"(?:Collecting|Processing) (?:\S*/)?([\w.]+(?:-[A-Za-z][\w.]*)*)", line)
        found += fetched is not None
        said = f"{found} of {total} packages: {fetched[1]}" if fetched else ""
        if line.startswith("Installing collected packages"):
            said = f"unpacking {found} packages"
        if said and live:
            sys.stderr.write(f"\r\033[K    {said[:70]}")
        elif said and (found % 20 == 0 or not fetched):
            sys.stderr.write(f"    {said}\n")
        sys.stderr.flush()
if live:
    sys.stderr.write("\r\033[K")
if running.returncode:
    sys.stderr.writelines(log)
sys.exit(running.returncode)
