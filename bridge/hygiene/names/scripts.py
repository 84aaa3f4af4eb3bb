"""Judges names in letters other than Latin: kept as written where the given name is known. Never transliterates.

Every piece must keep to one script; a word that mixes two is a disguise. Chinese, Japanese and Korean names, which are
written without a space and family first, are `eastern`'s.
"""

import re
from typing import Final

from bridge.hygiene.names import eastern
from bridge.hygiene.names.casing import cased
from bridge.hygiene.names.keys import key
from bridge.hygiene.names.persons import Verdict
from bridge.hygiene.names.reading import without_end
from bridge.hygiene.wordlists import scripts, words

_SCRIPT = re.compile("|".join(f"(?P<{name}>[{each}]+(?:[-' ]+[{each}]+)*)" for name, each in scripts().items()))
_ANY = re.compile("[" + "".join(scripts().values()) + "]")
_MOST_WORDS: Final = 4
_SLAVIC: Final = re.compile(
    r".{2,}(?:ов|ова|ев|ева|єв|єва|ин|ина|ін|іна|ын|ына|ский|ская|ський|ська|цкий|цкая|цький|цька|ской|ко|ук|юк|ик|ець|ич|ић|ян|дзе|швили|ски|ска|ых|их|чак|ой|ая|шин|швілі|оглы|баев|иди)"
)
_ADJECTIVE = re.compile(".*(?<![сц]к)(?:ая|ой|ых|их)")  # "Белая Лилия"
_OF_A_MAN = re.compile("(?:ов|ев|єв|ин|ын|ін|ский|цкий|ський|цький)$")
_WITH_CAPITALS: Final = frozenset({"cyrillic", "greek", "armenian"})
_PAIR: Final = 2
_PATRONYMIC = re.compile(r".{2,}(?:ович|евич|ич|овна|евна|ична|інична|івна|ївна|йович)")
_LIKE_A_SURNAME: Final = {
    "cyrillic": _SLAVIC,
    "greek": re.compile(
        ".{2,}(?:ακησ|ακη|ιδησ|ιδου|αδησ|αδου|οπουλοσ|οπουλου|ελησ|ογλου|ιου|ατοσ|ατου|αιοσ|ιτησ|ινοσ|[α-ω]{3}ου)"
    ),
    "arabic": re.compile("ال.{3,}|بن|بنت|.{2,}(?:زاده|پور|نژاد|یان|وند|لو)"),
    "armenian": re.compile(".{2,}(?:յան|եան|յանց|ունի)"),
    "georgian": re.compile(".{2,}(?:ძე|შვილი|ია|უა|ავა|ური|ული|იანი|ანი)"),
    "thai": re.compile(".{2,}"),
    "hebrew": re.compile("(?:בן|בר)|.{2,}(?:סקי|ביץ|שטיין|ברג|מן)"),
}
# A dash, and the Arabic letters that stand for doctor, engineer and professor.
_MARKS: Final = frozenset({"-", "د", "م", "أ"})
_ABD: Final = "عبد"
_ALIF_MAQSURA: Final = "\u0649"


def script(text: str) -> str:
    """The one script of the text's letters, "" where it mixes scripts or holds other things than names do."""
    found = _SCRIPT.fullmatch(text)
    return found.lastgroup or "" if found else ""


def has_letters(text: str) -> bool:
    """Whether the text holds letters of any script that is read here."""
    return _ANY.search(text) is not None


def judged(text: str, kind: str) -> Verdict:
    """The verdict on a piece whose `script` is `kind`, which is not Latin."""
    if kind == "eastern":
        return eastern.judged(text)
    written = text.replace("-", " - ").split() if kind != "cyrillic" else text.split()
    written = without_end([word for word in written if word not in _MARKS], _is_work)
    written = without_end(written[::-1], _is_work)[::-1]
    if not written or len(written) > _MOST_WORDS:
        return Verdict("word_count")
    if any(key(word) in words("joiners_other") for word in written):
        return Verdict("two_people")
    return _person(written, [key(word) for word in written], kind)


def _is_work(word: str) -> bool:
    """Whether the word is an occupation; Arabic has it with an article too: `المهندس خالد العمري`."""
    name = key(word)
    return name in words("occupations") or name.removeprefix("ال") in words("occupations")


def _person(written: list[str], keys: list[str], kind: str) -> Verdict:
    if any(each in words("stop_words_other") for each in keys):
        return Verdict("stop_word")
    # `Роза ветров`: the words behind the first are small, as names are only where everything is.
    if written[0][0].isupper() and any(word[0].islower() for word in written[1:]):
        return Verdict("everyday_word")
    if kind == "arabic" and keys[0] == _ABD and len(keys) > 1:
        written, keys = [" ".join(written[:2]), *written[2:]], ["".join(keys[:2]), *keys[2:]]
    elif not _is_given(keys[0]):
        return _surname_first(written, keys, kind)
    if len(keys[0]) < _PAIR or not _is_name(keys, written[-1], kind):
        return Verdict("ambiguous")
    return _in_order(written, keys, kind)


def _is_name(keys: list[str], last: str, kind: str) -> bool:
    """Whether the first is a name here: one that is an everyday word as well needs a surname that is none.

    `last` is the last word as written: keys do not separate the ya of a surname from the ending of `نور الهدى`.
    """
    if keys[0] not in words("other_words"):
        return True
    name = keys[-1]
    if len(keys) == 1 or last[-1] == _ALIF_MAQSURA or name in words("other_words") or not _is_surname(name, kind):
        return False
    if kind == "cyrillic" and keys[0][-1] in "ая" and _OF_A_MAN.search(name):  # "Роза Ветров": a rose of winds
        return False
    return name[-1] == "ی" or not (_is_given(name) or (kind == "arabic" and name.startswith("ال")))


def _in_order(written: list[str], keys: list[str], kind: str) -> Verdict:
    """A given name first, alone or with what follows it."""
    if len(keys) == 1:
        return Verdict("other_script", 0.85, cased(written[0]))
    if not all(_is_surname(each, kind) or _is_given(each) or _PATRONYMIC.fullmatch(each) for each in keys[1:]):
        return _with_unknown(written, kind)
    last = written[-1] if _is_surname(keys[-1], kind) and not _PATRONYMIC.fullmatch(keys[-1]) else ""
    if kind == "cyrillic" and not last and (doubt := _without_surname(written, keys)):
        return doubt
    return Verdict("other_script", 0.9, cased(written[0]), cased(last) if last else "")


def _with_unknown(written: list[str], kind: str) -> Verdict:
    """`Оксана Довгань`: where names are written large, a capital marks a surname that no list has."""
    likely = len(written) == _PAIR and kind in _WITH_CAPITALS and written[1][0].isupper() and len(written[1]) > _PAIR
    # "Лилия Долины": a genitive, and no surname.
    if not likely or key(written[1]) in words("other_words") or written[1].lower().endswith(("ы", "и")):
        return Verdict("everyday_word")
    return Verdict("given_name_and_other", 0.77, cased(written[0]), cased(written[1]))


def _without_surname(written: list[str], keys: list[str]) -> Verdict | None:
    """What speaks against Cyrillic given names that no surname follows: `Вера Надежда Любовь`, `Лука Анна`."""
    if not any(map(_PATRONYMIC.fullmatch, keys)):
        return Verdict("given_names", 0.6, cased(written[0]))
    return Verdict("surname_first") if _is_surname(keys[0], "cyrillic") and _is_given(keys[-1]) else None


def _surname_first(written: list[str], keys: list[str], kind: str) -> Verdict:
    """`Иванова Анна`, `Иванов Иван Петрович`: as forms and offices write it."""
    listed = keys[0] in words("other_surnames") or (_is_surname(keys[0], kind) and not _ADJECTIVE.fullmatch(keys[0]))
    turned = listed and len(keys) > 1 and _is_given(keys[1]) and all(map(_PATRONYMIC.fullmatch, keys[2:]))
    if turned and kind in {"cyrillic", "greek", "armenian", "georgian"}:
        return Verdict("family_name_first", 0.8, cased(written[1]), cased(written[0]))
    return Verdict("no_given_name")


def _is_given(name: str) -> bool:
    known = words("other_given_names")
    return name in known or ("-" in name and all(part in known for part in name.split("-")))


def _is_surname(name: str, kind: str) -> bool:
    like = _LIKE_A_SURNAME.get(kind)
    if name in words("other_surnames"):
        return True
    if kind == "arabic" and name.startswith("ال") and not name.endswith("ی"):
        return False  # "the ending", "the universe"; surnames of the kind say where from, and end in a ya
    return like is not None and like.fullmatch(name) is not None
