"""Builds the lists of given names and surnames in `bridge/hygiene/lists`. Run by `make name-lists`, when sources move.

The sources are permissively licensed or in the public domain (`bridge/hygiene/lists/NOTICE.md`): the locale data of
Faker and mimesis, the English dictionary of symspellpy, the names of the census of the United States of 1990 as the
package `names` carries them, and what was written by hand for leadbridge (`lists/by_hand`). Nothing is fetched: the
packages are installed for this one run.
"""

from collections import Counter
from pathlib import Path

from bridge.hygiene.names.keys import key
from lists import dictionary, sources

TARGET = Path(__file__).parent.parent / "bridge" / "hygiene" / "lists"
HEAD = "# Built by `make name-lists` from the sources that NOTICE.md names; do not edit.\n"
# Locales whose lists hold many words, or names that hardly anybody bears: one of them alone is no proof.
DOUBTFUL = {"faker:is_IS", "faker:tr_TR", "faker:en", "faker:sw", "faker:en_PK", "mimesis:is", "census"}
FEW = 2
"""Sources that know a given name: of one that is a word too and that no more know, it is no proof."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def main() -> None:
    given, surnames = sources.given_names(), sources.surnames()
    trusted, rare, doubles, other = _sorted_out(given)
    words = {key(word) for word in sources.english_words()}
    times = _times(given)
    exempt = _by_hand("personal_after_all")
    _write("given_names", "Given names in Latin letters.", trusted)
    _write("rare_given_names", "Given names that one doubtful source alone knows.", rare - trusted)
    _write("double_given_names", "Given names of two words.", doubles | _made_doubles())
    _write("other_given_names", "Given names in other letters.", other)
    family, other_family = _surnames(surnames, given)
    wordy = {name for name in trusted | rare if dictionary.is_word(name) and times[name] <= FEW}
    mostly_family = sources.mostly_surnames(0.03, times=8) & (trusted | rare)
    ambiguous = (
        _by_hand("ambiguous_names") | ((trusted | rare) & (words | _by_hand("foreign_words"))) | wordy | mostly_family
    ) - exempt
    inflected = set(filter(dictionary.is_word, family)) - sources.mostly_surnames(0.05) - _by_hand("surnames")
    worldly = (
        _by_hand("worldly_surnames") | ((words | (ambiguous - mostly_family)) - sources.mostly_surnames(0.05))
    ) & family
    seldom = (worldly & (words | _by_hand("worldly_surnames"))) - sources.mostly_surnames(0.01) - _by_hand("surnames")
    seldom |= set(filter(dictionary.is_common, inflected)) - sources.mostly_surnames(0.005)
    family -= seldom
    worldly |= set(filter(dictionary.is_common, inflected & family))
    _write("surnames", "Surnames in Latin letters.", family)
    everyday = _everyday(words, trusted | family) | seldom
    _write("rare_surnames", "Surnames that few bear.", sources.seldom_surnames() - family - everyday - trusted - rare)
    english = sources.mostly_surnames(0.01) - _by_hand("family_first")
    _write("english_surnames", "Surnames common in English, which puts them last.", english)
    _write("other_surnames", "Surnames in other letters.", other_family)
    _write("ambiguous_names", "Given names that are words, places or brands as well.", ambiguous)
    _write("everyday_words", "Words of several languages that are no names.", everyday)
    _write("worldly_surnames", "Surnames that are everyday words as well.", worldly - seldom)
    _write("family_first", "Surnames of languages that write the family's name first.", _by_hand("family_first"))


def _by_hand(name: str) -> set[str]:
    lines = (Path(__file__).parent / "by_hand" / f"{name}.txt").read_text("utf-8").splitlines()
    return {key(line.strip()) for line in lines if line.strip() and not line.startswith("#")}


def _is_latin(word: str) -> bool:
    return word[0] < "\u0370" or "\u1e00" <= word[0] <= "\u1eff"


def _sorted_out(given: dict[str, set[str]]) -> tuple[set[str], set[str], set[str], set[str]]:
    """Trusted and rare names in Latin letters, double names, and names in other letters."""
    times: Counter[str] = Counter()
    proven: set[str] = set()
    doubles: set[str] = set()
    for source, names in given.items():
        single, pairs = _spelled(names)
        doubles |= pairs
        times.update(single)
        if source not in DOUBTFUL:
            proven |= single
    proven |= _by_hand("given_names") | _by_hand("given_names_other_scripts")
    proven |= {name for name, count in times.items() if count > 1}
    latin = {name for name in proven if _is_latin(name)}
    return latin, {name for name in times if _is_latin(name)} - latin, doubles, {n for n in proven if not _is_latin(n)}


def _times(given: dict[str, set[str]]) -> Counter[str]:
    """How many sources know each given name; what was written by hand was looked at."""
    times: Counter[str] = Counter()
    for names in given.values():
        times.update(_spelled(names)[0])
    for name in _by_hand("given_names"):
        times[name] += FEW
    return times


def _spelled(names: set[str]) -> tuple[set[str], set[str]]:
    """The keys of single names, with umlauts written out too, and of names of two words."""
    single: set[str] = set()
    pairs: set[str] = set()
    for name in names:
        parts = name.replace("’", "'").replace("\u200c", " ").replace("\u200d", "").split()
        if len(parts) == 2 and min(map(len, parts)) > 1 and "." not in name:
            pairs.add(" ".join(map(key, parts)))
        elif len(parts) == 1 and len(name) > 1 and all(part.isalpha() or not part.isascii() for part in parts):
            single |= {key(name), key(name.lower().translate(UMLAUTS))}
        elif len(parts) == 1 and "-" in name:
            single.add(key(name))
    return single, pairs


def _made_doubles() -> set[str]:
    """Pairs that are one name where they are spoken: José Luis, Jean Pierre, Mary Jane, Anna Maria."""
    lines = (Path(__file__).parent / "by_hand" / "double_given_names.txt").read_text("utf-8").splitlines()
    made = set()
    for line in lines:
        first, _, second = line.partition(":")
        if second and not line.startswith("#"):
            made |= {f"{key(a)} {key(b)}" for a in first.split() for b in second.split() if a != b}
    return made


def _surnames(surnames: dict[str, set[str]], given: dict[str, set[str]]) -> tuple[set[str], set[str]]:
    """Surnames; one that is a given name as well must be a surname to as many sources, or to most of the census."""
    as_given: Counter[str] = Counter()
    for names in given.values():
        as_given.update(_spelled(names)[0])
    as_given.update(dict.fromkeys(_by_hand("given_names"), 1))
    times: Counter[str] = Counter()
    for names in surnames.values():
        times.update({key(name) for name in names if " " not in name and len(name) > 1})
    mostly = sources.mostly_surnames(0.01)
    by_hand = _by_hand("surnames") | _by_hand("family_first")
    latin = {name for name, count in times.items() if _is_latin(name) and (count >= as_given[name] or name in mostly)}
    latin |= by_hand
    other = {name for name in times if not _is_latin(name)} | _by_hand("surnames_other_scripts")
    return latin - _by_hand("no_surnames"), other


def _everyday(words: set[str], names: set[str]) -> set[str]:
    everyday = words | {key(word) for word in sources.other_words()} | _by_hand("foreign_words")
    # The dictionary has surnames too: what somebody bears must be a word by its forms as well.
    borne = sources.seldom_surnames()
    everyday |= {word for word in dictionary.ranks() if dictionary.is_common(word)} - borne
    everyday |= set(filter(dictionary.is_word, borne)) | (dictionary.ranks().keys() - borne)
    return {word for word in everyday if len(word) > 2 and word.isalpha() and _is_latin(word)} - names


def _write(name: str, title: str, entries: set[str]) -> None:
    lines = "\n".join(sorted(entries))
    (TARGET / f"{name}.txt").write_text(f"# {title}\n{HEAD}{lines}\n", "utf-8")
    print(f"{name:22} {len(entries):>7,}")


if __name__ == "__main__":
    main()
