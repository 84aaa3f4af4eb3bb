# /// script
# requires-python = ">=3.11"
# dependencies = ["babel>=2.18"]
# ///
"""Writes bridge/hygiene/lists/countries.txt from the Unicode CLDR as Babel has it: `uv run lists/make_countries.py`.

Babel is no dependency of leadbridge: 30 MB for one table of 250 rows. A name that means two countries in different
languages is left out, and so is a name that is also another country's code.
"""

import sys
from collections import defaultdict
from pathlib import Path

from babel import Locale
from babel.core import get_global

sys.path.insert(0, str(Path(__file__).parent.parent))
from bridge.hygiene.countries import key

TARGET = Path(__file__).parent.parent / "bridge" / "hygiene" / "lists" / "countries.txt"
LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "is",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "el",
    "ru",
    "uk",
    "sr",
    "hr",
    "sl",
    "et",
    "lv",
    "lt",
    "tr",
    "ar",
    "he",
    "fa",
    "ur",
    "hi",
    "bn",
    "ta",
    "te",
    "id",
    "ms",
    "fil",
    "vi",
    "th",
    "ja",
    "ko",
    "zh",
    "zh_Hant",
    "ca",
    "eu",
    "gl",
    "ga",
    "sq",
    "mk",
    "hy",
    "ka",
    "az",
    "kk",
    "sw",
    "af",
    "am",
]
# Codes of CLDR that are no countries of ISO 3166-1, but for Kosovo, whose code is in use everywhere.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
AMBIGUOUS = {"congo", "vs"}
BY_HAND = {
    "AE": "UAE; U.A.E.; Emirates",
    "AG": "Antigua",
    "BA": "Bosnia",
    "BN": "Brunei",
    "BO": "Bolivia",
    "CH": "Suisse; Svizzera",
    "CI": "Ivory Coast; Cote d'Ivoire",
    "CN": "PRC; Mainland China",
    "CV": "Cape Verde",
    "CZ": "Czech Republic; Czechia",
    "DE": "BRD",
    "GB": "UK; U.K.; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; Grande-Bretagne",
    "HK": "Hong Kong",
    "IE": "Republic of Ireland; Eire",
    "IR": "Persia",
    "KP": "North Korea",
    "KR": "South Korea; Republic of Korea; Korea",
    "LA": "Laos",
    "MD": "Moldova",
    "MK": "Macedonia; FYROM",
    "MM": "Burma",
    "MO": "Macau; Macao",
    "NL": "Holland; The Netherlands; Pays-Bas; Olanda; Holanda",
    "NZ": "Aotearoa",
    "PS": "Palestine",
    "RU": "Russian Federation",
    "SA": "KSA; Saudi",
    "SY": "Syria",
    "SZ": "Swaziland",
    "TR": "Türkiye; Turkey",
    "TT": "Trinidad",
    "TW": "Republic of China; ROC",
    "TZ": "Tanzania",
    "US": "U.S.; U.S.A.; USA; America; United States of America; The States; Etats-Unis d'Amérique; EE. UU.; EEUU; EUA",
    "VA": "Vatican",
    "VE": "Venezuela",
    "VN": "Viet Nam; Vietnam",
    "ZA": "RSA",
}
HEADER = """\
# Countries: an ISO 3166-1 code, then its other codes and its names in many languages, folded as countries.key does.
# Made by lists/make_countries.py from the Unicode CLDR (through Babel); Unicode License v3: unicode.org/license.txt.
# Common other names were added by hand."""


def named():
    """Each folded name with the codes it stands for."""
    found = defaultdict(set)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code not in NOT_ISO:
                found[key(name)].add(code)
                found[key(name.partition("(")[0])].add(code)
    for code, names in BY_HAND.items():
        for name in names.split(";"):
            found[key(name)] = {code}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1:
            found[key(alias)].add(codes[0])
    return found


def main():
    codes = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()} - NOT_ISO
    names = defaultdict(set)
    for name, meant in named().items():
        if (
            len(meant) == 1
            and len(name) > 1
            and name not in AMBIGUOUS
            and (name.upper() not in codes or name in {"uk", "us"})
        ):
            names[next(iter(meant))].add(name)
    lines = [f"{code}\t{';'.join(sorted(names[code]))}" for code in sorted(codes)]
    TARGET.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
