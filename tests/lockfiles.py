"""Part of `make lint`: the lock files name packages and hashes, no index, no host and no path of a machine."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
FOREIGN = re.compile(r"https?:|file:|--(extra-)?index-url|--find-links| @ |(^|\s)/\w")


def main():
    faults = []
    for name in LOCKS:
        lines = (ROOT / name).read_text().splitlines()
        faults += [f"{name}:{n}: {line}" for n, line in enumerate(lines, 1) if FOREIGN.search(line)]
        if not any("--hash=sha256:" in line for line in lines):
            faults.append(f"{name}: holds no hashes")
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
