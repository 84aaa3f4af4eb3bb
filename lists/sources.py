"""Reads names and words out of the installed packages Faker, mimesis and names. Judges none of them."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LEAST_SHARE = 0.002
"""Per cent of the people of the census: rarer surnames are left out."""


_SHORT = 5


def given_names() -> dict[str, set[str]]:
    """The given names of each source."""
    found = {f"faker:{locale}": names for locale, names in _faker_names("first_name", "given")}
    found |= {f"mimesis:{locale}": names for locale, names in _mimesis_names("names")}
    found["census"] = {name.capitalize() for sex in ("male", "female") for name in _census(f"dist.{sex}.first")}
    return found


def surnames() -> dict[str, set[str]]:
    """The surnames of each source."""
    found = {f"faker:{locale}": names for locale, names in _faker_names("last_name") if locale != "is_IS"}
    found |= {f"mimesis:{locale}": names for locale, names in _mimesis_names("surnames") if locale != "is"}
    found["census"] = {name for name, share in _census("dist.all.last").items() if share >= _LEAST_SHARE}
    return found


def seldom_surnames() -> set[str]:
    """Surnames that the census counted, however few bear them; the short ones are too often words."""
    return {name.lower() for name in _census("dist.all.last") if len(name) > _SHORT}


def mostly_surnames(least: float, times: int = 1) -> set[str]:
    """Names that `times` as many people of the census bear as a surname than as a given name, at least `least` %."""
    first = _census("dist.male.first")
    for name, share in _census("dist.female.first").items():
        first[name] = first.get(name, 0.0) + share
    # Shares are of the men, the women, and of all people.
    return {
        name.lower()
        for name, share in _census("dist.all.last").items()
        if share >= least and share > times * first.get(name, 0.0) / 2
    }


def english_words() -> set[str]:
    """A few thousand everyday words of English."""
    return _faker_words("en_US") | _mimesis_words("en")


def other_words() -> set[str]:
    """Everyday words of other languages that write Latin letters."""
    found = set()
    for locale in ("de_DE", "es_ES", "es_MX", "fr_FR", "it_IT", "nl_NL", "pl_PL", "da_DK", "cs_CZ"):
        found |= _faker_words(locale)
    for locale in ("de", "es", "fr", "it", "nl", "pl", "pt", "sv", "da", "no", "fi", "cs", "tr", "hu"):
        found |= _mimesis_words(locale)
    return found


def _faker_names(*kinds: str) -> Iterator[tuple[str, set[str]]]:
    person = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        lists = (getattr(provider, name) for name in vars(provider) if name.startswith(kinds))
        yield module.name, {word for each in lists for word in _words(each)}


def _faker_words(locale: str) -> set[str]:
    try:
        return set(importlib.import_module(f"faker.providers.lorem.{locale}").Provider.word_list)
    except ModuleNotFoundError:
        return set()


def _mimesis_names(kind: str) -> Iterator[tuple[str, set[str]]]:
    for path in sorted(_datasets().glob("*/person.json")):
        yield path.parent.name, set(_words(json.loads(path.read_text("utf-8")).get(kind) or ()))


def _mimesis_words(locale: str) -> set[str]:
    words = json.loads((_datasets() / locale / "text.json").read_text("utf-8")).get("words") or ()
    return set(_words(words))


def _datasets() -> Path:
    return Path(str(importlib.import_module("mimesis").__file__)).parent / "datasets"


def _words(found: Any) -> Iterator[str]:
    """The texts in lists, and in the keys or lists of tables."""
    if isinstance(found, str):
        yield found.strip()
    elif isinstance(found, dict):
        for name, value in found.items():
            yield from _words(value if isinstance(value, (list, tuple, dict)) else name)
    elif isinstance(found, (list, tuple, set)):
        for each in found:
            yield from _words(each)


def _census(name: str) -> dict[str, float]:
    folder = Path(str(importlib.import_module("names").__file__)).parent
    rows = (line.split() for line in (folder / name).read_text("ascii").splitlines())
    return {row[0]: float(row[1]) for row in rows if row}
