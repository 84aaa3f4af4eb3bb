"""Prints how often the language of a biography is told right, wrong or not at all: `python -m benchmarks.languages`.

`biographies.csv` is made up: short texts in the manner of profiles, in thirty languages, and some that are in none. The
set `work` was looked at while the threshold was chosen; `apart` was written afterwards and measured once.
"""

import csv
import time
from pathlib import Path

from bridge.hygiene import languages


def main():
    with (Path(__file__).parent / "biographies.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    languages.language("Load what there is to load, please")
    print(f"{'set':<6} {'right':>7} {'unknown':>8} {'wrong':>7}   of none: told   µs each")
    for name in ("work", "apart"):
        report(name, [row for row in rows if row["set"] == name])


def report(name, rows):
    begun = time.process_time()
    told = [(row["language"], languages.language(row["biography"]), row["biography"]) for row in rows]
    spent = (time.process_time() - begun) / len(rows) * 1e6
    spoken, none = [entry for entry in told if entry[0]], [entry for entry in told if not entry[0]]
    right = sum(meant == said for meant, said, _ in spoken)
    unknown = sum(not said for _, said, _ in spoken)
    wrong = [entry for entry in spoken if entry[1] not in {"", entry[0]}]
    false = [entry for entry in none if entry[1]]
    shares = f"{right / len(spoken):>7.0%} {unknown / len(spoken):>8.0%} {len(wrong) / len(spoken):>7.1%}"
    print(f"{name:<6} {shares}   {len(false):>2} of {len(none):<2}        {spent:>6.0f}")
    for meant, said, biography in wrong + false:
        print(f"       {meant or '-'} read as {said}: {biography}")


if __name__ == "__main__":
    main()
