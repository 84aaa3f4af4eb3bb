"""Makes the measured sets `names/first_measure.csv`, `second_measure.csv`, `third_measure.csv` out of `measure/*`.

    python -m benchmarks.compose

The parts were written before the code was run on any of them. The sets share the formats in which people write display
names on the six platforms, but no name, no noun and no line: parts at even places make the first, those at odd places
the second; the third has parts of its own (`*_third.txt`). The same parts make the same sets.
"""

import csv
import random
import tomllib
import unicodedata
from pathlib import Path
from typing import NamedTuple

from benchmarks import names

PARTS = Path(__file__).parent / "measure"
PEOPLE, SHOPS = 1_650, 360
WRITTEN = tomllib.loads((PARTS / "formats.toml").read_text("utf-8"))
NOT_LATIN = {"bg", "el", "ru", "uk", "hy", "ka", "ar", "fa", "he", "hi-deva", "th-thai", "zh", "ja", "ko"}
MIDDLES = ["Thị", "Văn", "Minh", "Ngọc", "Thanh", "Đức"]
BOLD = {"bold": (0x1D5D4, 0x1D5EE), "script": (0x1D4D0, 0x1D4EA)}


class Parts(NamedTuple):
    """Which of the written parts make a set: files with a suffix, from a place on, in steps."""

    name: str
    seed: int
    place: int = 0
    step: int = 2
    suffix: str = ""
    nouns: str = "nouns"


SETS = (
    Parts("first_measure", 20261128),
    Parts("second_measure", 20261129, place=1),
    Parts("third_measure", 20261130, step=1, suffix="_third", nouns="later_nouns"),
)


def people(parts):
    """Language, order, given names and surnames of one set."""
    for line in read(f"people{parts.suffix}"):
        head, rest = line.split(": ", 1)
        language, order = head.split()
        given, family = (part.replace("_", "\0").split()[parts.place :: parts.step] for part in rest.split(" / "))
        yield language, order, [g.replace("\0", " ") for g in given], [f.replace("\0", " ") for f in family]


def in_language(table, language):
    """What a table holds for the language, or else for all others."""
    return WRITTEN[table].get(WRITTEN["of"].get(language, language), WRITTEN[table]["other"])


def read(name):
    return [line for line in (PARTS / f"{name}.txt").read_text("utf-8").splitlines() if not line.startswith("#")]


def plain(text):
    whole = unicodedata.normalize("NFKD", text.translate(str.maketrans("łŁøØđĐıßğ", "lLoOdDisg")))
    return "".join(char for char in whole if not unicodedata.combining(char))


def drawn(text, style):
    upper, lower = BOLD[style]
    return "".join(
        chr(upper + ord(c) - 65) if "A" <= c <= "Z" else chr(lower + ord(c) - 97) if "a" <= c <= "z" else c
        for c in plain(text)
    )


def spread(formats):
    """Each format as often as its weight; a tilde says that greeting and not greeting are both right."""
    for form in formats:
        text, _, times = form.partition("*")
        text, tilde, more = text.partition("~")
        yield from [(text, bool(tilde))] * int(times or more or 1)


class Person:
    """One made-up person: given name, surname, and how they are written together at home."""

    def __init__(self, dice, language, order, given, family):
        self.dice, self.language, self.latin = dice, language, language not in NOT_LATIN
        chosen = dice.choice(given)
        self.word, self.given, self.family = chosen.endswith("*"), chosen.rstrip("*"), dice.choice(family)
        self.second, self.other = dice.choice(given).rstrip("*"), dice.choice(family)
        if self.latin and not self.given.isascii() and dice.random() < 0.25:
            self.given, self.family, self.second, self.other = map(
                plain, (self.given, self.family, self.second, self.other)
            )
        self.turned = order == "e" or (order == "b" and dice.random() < 0.5)
        self.whole, self.answers = self._whole()

    def _whole(self):
        if self.language in {"zh", "ko", "ja"}:
            return self.family + self.given, [self.given, self.family + self.given]
        if self.language == "vi" and self.dice.random() < 0.6:
            middle = self.dice.choice(MIDDLES)
            with_middle = [] if middle in MIDDLES[:2] else [f"{middle} {self.given}"]
            return f"{self.family} {middle} {self.given}", [self.given, *with_middle]
        pair = (self.family, self.given) if self.turned else (self.given, self.family)
        return " ".join(pair), [self.given]

    def written(self, form):
        dice, jobs = self.dice, in_language("jobs", self.language)
        styles = {"up": str.upper, "low": str.lower, "spaced": lambda text: " ".join(text.replace(" ", "  "))}
        values = {"g": self.given, "s": self.family, "n": self.whole, "g2": self.second, "s2": self.other}
        values |= {"i": self.family[0], "job": dice.choice(jobs)}
        tables = ("city", "cities"), ("e", "emoji"), ("flag", "flags"), ("pron", "pronouns"), ("degree", "degrees")
        values |= {name: dice.choice(WRITTEN[table]) for name, table in (*tables, ("nick", "nicks"))}
        for key, value in values.items():
            form = form.replace(f"{{{key}}}", value)
            for style in (*styles, *BOLD, "turned"):
                field = f"{{{key}:{style}}}"
                if field in form:
                    form = form.replace(field, self._styled(value, style, styles))
        return form

    def _styled(self, value, style, styles):
        if style == "turned":
            return f"{self.family} {self.given}" if self.turned else value
        if style in BOLD:
            return drawn(value, style) if self.latin else value
        return styles[style](value) if self.latin or style != "spaced" else value


def person_row(dice, platform, form, either, country):
    person = Person(dice, *country)
    if "{s" in form and (person.turned or not person.latin):
        form = "{n}"
    full_name = person.written(form)
    answers = list(person.answers)
    if ":bold" in form or ":script" in form:  # as it is drawn: without its accents
        answers = list(map(plain, answers)) if person.latin else answers
    if "{g2}" in form:
        answers.append(f"{person.given} {person.second}")
    alone = "{n" not in form and "{s" not in form
    if either or (alone and (person.word or not person.latin or len(person.given) < 4)):
        answers.append("")
    user = plain(f"{person.given}{dice.choice(['.', '_', ''])}{person.family}").replace(" ", "").lower()
    username = user if person.latin and user.replace(".", "").replace("_", "").isalpha() and dice.random() < 0.6 else ""
    return platform, username, full_name, "/".join(answers), country[0]


def shop_row(dice, platform, parts, country):
    language, _, given, family = country
    a, b = dice.sample([g.rstrip("*") for g in given], 2)
    s, t = dice.sample(family, 2)
    form = dice.choice(in_language("no_name", language))
    return (
        platform,
        "",
        form.format(
            a=a, b=b, s=s, t=t, shop=dice.choice(in_language(parts.nouns, language)[parts.place :: parts.step])
        ),
        "",
        language,
    )


def rows(parts):
    dice = random.Random(parts.seed)
    countries = list(people(parts))
    latin = [each for each in countries if each[0] not in NOT_LATIN and each[1] == "w"]
    platforms = list(WRITTEN["formats"])
    forms = {platform: list(spread(WRITTEN["formats"][platform])) for platform in platforms}
    for number in range(PEOPLE):
        platform = platforms[number % len(platforms)]
        yield person_row(dice, platform, *dice.choice(forms[platform]), countries[number % len(countries)])
    for number in range(SHOPS):
        yield shop_row(dice, platforms[number % len(platforms)], parts, latin[number % len(latin)])
    for number, line in enumerate(read(f"others{parts.suffix}")[parts.place :: parts.step]):
        full_name, _, said = line.partition("=>")
        yield platforms[number % len(platforms)], "", full_name.strip(), said.strip(), "other"


def main():
    known = {(row["full_name"], row["username"]) for path in names.SETS.glob("*.csv") if "measure" not in path.stem
             for row in names.rows(path)}  # fmt: skip
    for parts in SETS:
        path = names.SETS / f"{parts.name}.csv"
        heads = path.read_text("utf-8").splitlines() if path.exists() else []
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(f"{line}\n" for line in heads if line.startswith("#"))
            out = csv.writer(file, lineterminator="\n")
            out.writerow(("platform", "username", "full_name", "first_name", "language"))
            for row in rows(parts):
                if (row[2], row[1]) not in known:
                    known.add((row[2], row[1]))
                    out.writerow(row)
        print(f"{path.name}: {len(names.rows(path))} rows")


if __name__ == "__main__":
    main()
