"""Prints how many display names of the labelled sets are greeted wrongly, and how many needlessly not at all.

Each row of `benchmarks/names/*.csv` is a made-up profile with the first name a careful person would use; several right
answers stand between slashes, an empty one means "greet nobody". No row is a real person's. The sets: `working.csv` was
worked on; `apart.csv` was written before the code and only counted; all others were each written later, with other
names and nastier ideas, and counted once before what they showed was fixed. The head of each says what that first
count gave: it is what a set that nobody has seen may be expected to give. `benchmarks/names/README.md` tells their
story.
"""

import argparse
import csv
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path

from bridge.hygiene import names

SETS = Path(__file__).parent / "names"
_FIRST = "# First count:"
MOST_WRONG, MOST_NEEDLESS = 0.01, 0.10


def rows(path):
    lines = path.read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def first_count(path):
    """What the set gave when it was counted for the first time, before anything it showed was fixed."""
    heads = [line for line in path.read_text("utf-8").splitlines() if line.startswith(_FIRST)]
    return heads[0].removeprefix(_FIRST).strip() if heads else ""


def ours(row):
    return names.first_name(row["full_name"], row["username"]).first


def first_token(row):
    return (row["full_name"].split() or [""])[0]


def nameparser(row):
    """What the library makes of the display name alone; it is no dependency of leadbridge."""
    return import_module("nameparser").HumanName(row["full_name"]).first


def judged(row, said):
    """`right`, `wrong` or `needless`. Case does not count: how a name is cased is tested elsewhere."""
    answers = [answer.strip().casefold() for answer in row["first_name"].split("/")]
    if said.casefold() in answers:
        return "right"
    return "wrong" if said else "needless"


def figures(table, method):
    counts = Counter(judged(row, method(row)) for row in table)
    total = len(table)
    persons = sum(1 for row in table if row["first_name"] and "" not in row["first_name"].split("/"))
    return counts["wrong"] / total, counts["needless"] / total, counts["right"] / total, counts["needless"] / persons


def interval(hits, total, z=1.96):
    """Between which shares the truth lies at 95 % certainty (Wilson's score interval)."""
    middle, spread = hits + z * z / 2, z * (hits * (total - hits) / total + z * z / 4) ** 0.5
    return (middle - spread) / (total + z * z), (middle + spread) / (total + z * z)


def in_full(table):
    """Wrong, none and right greetings of our own, each with its interval, and the wrong among those greeted."""
    counts = Counter(judged(row, ours(row)) for row in table)
    greeted = sum(1 for row in table if ours(row))
    parts = [("wrong", counts["wrong"], len(table)), ("needlessly none", counts["needless"], len(table)),
             ("right", counts["right"], len(table)), ("wrong of the greeted", counts["wrong"], greeted)]  # fmt: skip
    for name, hits, total in parts:
        low, high = interval(hits, total)
        yield f"{name} {hits} of {total}: {hits / total:.2%} ({low:.2%} to {high:.2%})"


def methods():
    yield "leadbridge", ours
    yield "first token", first_token
    try:
        import_module("nameparser")
    except ModuleNotFoundError:
        print("(nameparser is not installed: `uv pip install nameparser` shows its figures too)", file=sys.stderr)
    else:
        yield "nameparser", nameparser


def faults(table):
    for row in table:
        found = names.first_name(row["full_name"], row["username"])
        verdict = judged(row, found.first)
        if verdict != "right":
            print(
                f"  {verdict:9} {row['full_name']!r:45} said {found.first!r}, not {row['first_name']!r} ({found.rule})"
            )


def speed(table):
    """Microseconds a name: read for the first time, and read again."""
    names.first_name("Jane Doe", "")
    names._read.cache_clear()  # noqa: SLF001 - to read each name for the first time
    spans = []
    for _ in range(2):
        begun = time.perf_counter()
        for row in table:
            names.first_name(row["full_name"], row["username"])
        spans.append((time.perf_counter() - begun) / len(table) * 1e6)
    return spans


def main():
    parser = argparse.ArgumentParser(prog="benchmarks.names")
    parser.add_argument("--set", help="count this set alone")
    parser.add_argument(
        "--faults", metavar="SET", help="list what is wrong in this set; never of apart.csv while working"
    )
    chosen = parser.parse_args()
    known = dict(methods())
    failed = False
    for path in sorted(SETS.glob(f"{chosen.set or '*'}.csv")):
        table = rows(path)
        languages = len({row["language"] for row in table})
        print(f"{path.stem}: {len(table)} display names, {languages} languages and kinds")
        for name, method in known.items():
            wrong, needless, right, of_persons = figures(table, method)
            print(
                f"  {name:12} right {right:6.1%}   wrong greeting {wrong:6.1%}   "
                f"needless fallback {needless:6.1%} ({of_persons:.1%} of persons)"
            )
            failed |= name == "leadbridge" and (wrong > MOST_WRONG or needless > MOST_NEEDLESS)
        print(*(f"  {line}" for line in in_full(table)), sep="\n")
        print(f"  when it was counted for the first time: {first_count(path)}")
        if chosen.faults == path.stem:
            faults(table)
    first, again = speed([row for path in SETS.glob("*.csv") for row in rows(path)])
    print(f"microseconds a name: {first:.1f} read for the first time, {again:.1f} read again")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
