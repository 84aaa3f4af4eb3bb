"""Makes the measured sets `names/first_measure.csv`, `second_measure.csv` and `third_measure.csv` out of `measure/*.txt`.

    python -m benchmarks.compose

The parts were written before the code was run on any of them. The sets share the formats in which people write display
names on the six platforms, but no name, no noun and no line: parts at even places make the first, those at odd places
the second; the third has parts of its own (`*_third.txt`). The same parts make the same sets.
"""

import csv
import random
import unicodedata
from pathlib import Path
from typing import NamedTuple

from benchmarks import names

PARTS = Path(__file__).parent / "measure"
PEOPLE, SHOPS = 1_650, 360
EMOJI = "✨ 🌸 💪 🎨 📸 🌿 🦋 🔥 🎮 ☕ 🌊 ⚡️ 🍓 🐾 💄 🎧".split()
FLAGS = "🇺🇸 🇩🇪 🇧🇷 🇮🇳 🇳🇬 🇫🇷 🇲🇽 🇯🇵".split()
CITIES = "London Berlin NYC Paris Lagos Mumbai Toronto Dubai Lisbon Jakarta".split()
NICKS = "Gigi Bubba Coco Tico Lulu Momo Pipo Zuzu".split()
JOBS = {
    "": "Fitness Coach|Photographer|UGC Creator|Travel & Food|Makeup Artist|Realtor|Nutritionist|Author|Yoga Teacher|"
    "Interior Design|Mom of 3|Digital Creator|Dog Trainer|Illustrator|Marketing Strategist|Vegan Recipes",
    "de": "Fotografin|Ernährungsberatung|Reiseblog|Personal Trainer|Heilpraktikerin|Bücherliebe",
    "es": "Nutrióloga|Fotógrafo|Viajes y comida|Maquillista profesional|Psicóloga|Recetas fáciles",
    "pt": "Nutricionista|Fotografia|Viagens|Maquiadora|Psicóloga|Receitas",
    "fr": "Photographe|Coach sportif|Voyages|Maquilleuse|Naturopathe|Recettes faciles",
    "it": "Fotografa|Viaggi e cibo|Personal trainer|Nutrizionista|Ricette|Make-up artist",
    "tr": "Diyetisyen|Fotoğrafçı|Gezi ve yemek|Makyaj|Psikolog|Tarifler",
    "pl": "Fotograf|Dietetyk|Podróże|Makijaż|Trener personalny|Przepisy",
    "ru": "фотограф|визажист|психолог|рецепты|путешествия|стилист",
    "id": "Fotografer|Kuliner|Jalan-jalan|MUA Jakarta|Resep|Guru yoga",
}
# How often a format is met on each platform, from the platforms' own help pages and everyday use.
FORMATS = {
    "instagram": "{n}*9|{n} {e}*3|{e} {n} {e}*2|{g}*3|{g} {e}*2|{n} | {job}*5|{g} | {job}*3|{n} • {job}*2|{g} • {city}|"
    "{n:up}*2|{n:low}*3|{n:bold}*2|{n:script}|{g} {i}.*2|{n} ({pron})*2|{n} - {job}*2|{g}, {job}|{n:spaced}|{n}®",
    "tiktok": "{g}*5|{g:low}*4|{g} {e}*3|{n}*5|{n:low}*3|{e}{g}{e}*2|{n} {flag}|{g:low} <3|{g} | {job}|{g:script}|"
    "{g} {i}|{n} ꨄ|{g:low} :)",
    "youtube": "{n}*9|{n} Vlogs~2|{n} Official*2|{n} - {job}*2|{n:up}*2|{n} TV~|{g} {e}|{n} Music~|{n} | {job}*2|with {g}~",
    "x": "{n}*7|{n} {flag}*3|{n} {e}*2|{g}*2|{n:low}*2|{n} ({pron})*2|{n}, {degree}*2|{g} {i}.*2|{n} | {job}|"
    "{n} #FBPE|{n} @ {city}|Dr. {n}|{n} 💙",
    "facebook": "{n}*12|{g} {g2} {s}*3|{n} ({nick})*2|{n} {s2}*2|{n:up}|{n:low}|{n:turned}*2|{g} {i}. {s}|{n} - {job}|"
    "{g} '{nick}' {s}",
    "linkedin": "{n}*10|{n}, {degree}*4|Dr. {n}*2|{g} {i}. {s}*3|{n:up}|{s:up} {g}*2|{n} ✅|{n} | {job}*2|{n}, {degree}, PMP|"
    "{job}: {n}~|{n} ({pron})|Prof. {n}",
}
DEGREES = "MBA|PhD|CPA|MD|RN|M.Sc.|SHRM-CP|CFA".split("|")
PRONOUNS = "she/her|he/him|they/them|ella|sie/ihr|she/they".split("|")
# Not one person's: {a} a given name, {b} another, {s} and {t} surnames, {shop} a noun of the country's.
NOBODY = {
    "": "{a}'s {shop}|{a}’s {shop}|{shop} by {a}|{a} {shop}|{a} & {b}|{a} and {b}|{a} + {b}|The {a} {shop}|House of {a}|"
    "Team {a}|The {s} Family|{s} & {t}|{s} {shop}|{a} {s} Fan Page|{a} & {b} {s}|{a} Loves {shop}|{a} / {b}",
    "de": "{a}s {shop}|{shop} {a}|{a} und {b}|{a} & {b}|Familie {s}|{shop} {s}|{a} u. {b} {s}|{a}'s {shop}",
    "es": "{shop} {a}|{a} {shop}|{a} y {b}|Familia {s}|{shop} de {a}|Casa {s}|{shop} Doña {a}|{a} & {b}",
    "pt": "{shop} {a}|{a} {shop}|{a} e {b}|Família {s}|{shop} da {a}|Casa {s}|{shop} Dona {a}|{a} & {b}",
    "fr": "{shop} {a}|{a} {shop}|{a} et {b}|Famille {s}|{shop} de {a}|Maison {s}|Chez {a}|{a} & {b}",
    "it": "{shop} {a}|{a} {shop}|{a} e {b}|Famiglia {s}|{shop} di {a}|Casa {s}|Da {a}|{a} & {b}",
    "tr": "{shop} {a}|{a} {shop}|{a} ve {b}|{a} & {b}|{s} {shop}|{a}'nin {shop}",
    "pl": "{shop} {a}|{a} {shop}|{a} i {b}|{a} & {b}|{shop} u {a}|{shop} {s}",
    "nl": "{shop} {a}|{a}'s {shop}|{a} en {b}|Familie {s}|{shop} van {a}|{a} & {b}",
    "id": "{shop} {a}|{a} {shop}|{a} & {b}|{shop} Bu {a}|{a} dan {b}",
}
NOUNS = {
    "": "Kitchen Studio Bakery Boutique Closet Jewelry Nails Garden Crafts Candles Fitness Cakes Beauty Designs Vintage "
    "Workshop Interiors Aesthetics Creations Catering Florals Pottery Lashes Brows",
    "de": "Backstube Nähzimmer Friseursalon Kosmetik Blumenladen Werkstatt Kreativecke Hundesalon Buchladen Gartenwelt "
    "Nageldesign Teestube",
    "es": "Pastelería Boutique Peluquería Joyería Manualidades Uñas Floristería Accesorios Repostería Zapatería Belleza "
    "Bisutería",
    "pt": "Confeitaria Ateliê Salão Bijuterias Modas Doces Cabelos Festas Artesanato Papelaria Lingerie Cosméticos",
    "fr": "Pâtisserie Atelier Coiffure Bijoux Créations Fleuriste Esthétique Couture Ongles Librairie Traiteur Savonnerie",
    "it": "Pasticceria Gioielli Parrucchiera Sartoria Fioreria Estetica Ceramiche Creazioni Unghie Merceria Trattoria Bomboniere",
    "tr": "Pastanesi Kuaför Butik Takı Tasarım Mutfağı Örgü Güzellik Çiçekçilik Terzi Kozmetik Tekstil",
    "pl": "Cukiernia Pracownia Fryzjer Biżuteria Kwiaciarnia Paznokcie Rękodzieło Kosmetyka Butik Moda Ceramika Księgarnia",
    "nl": "Bakkerij Kapsalon Bloemen Sieraden Atelier Nagelstudio Keramiek Schoonheidssalon Taarten Wol Kaarsen Hoeden",
    "id": "Toko Kue Butik Salon Kerudung Dapur Katering Batik Warung Florist Konveksi Bakery",
}
LATER_NOUNS = {
    "": "Pantry Loft Patisserie Wardrobe Silver Manicures Orchard Yarns Soaps Wellness Pies Skincare Prints Thrift Pottery "
    "Woodworks Tattoos Quilts Stationery Weddings Cookies Embroidery",
    "de": "Kuchenwerkstatt Strickstube Barbershop Wellnessoase Blütenzauber Goldschmiede Bastelecke Pferdehof Antiquariat",
    "es": "Panes Estilistas Spa Orfebrería Tejidos Pestañas Plantas Regalos Galletas Sandalias",
    "pt": "Bombons Costura Barbearia Acessórios Vestidos Tortas Cílios Eventos Tapetes Presentes",
    "fr": "Chocolaterie Barbier Maroquinerie Tricot Jardinerie Institut Broderie Cils Galerie Crêperie",
    "it": "Forno Argenti Barbiere Ricami Piante Benessere Maioliche Bijoux Ciglia Tessuti Osteria",
    "tr": "Börekçisi Saç Giyim Gümüş Davetiye Sofrası Nakış Bakım Organizasyon Terzihane",
    "pl": "Wypieki Krawiectwo Barber Srebro Ogrody Rzęsy Makramy Uroda Obuwie Wnętrza",
    "nl": "Koekjes Haarstudio Planten Zilver Ateljee Huidverzorging Breigoed Bruidsmode Servies",
    "id": "Roti Busana Spa Hijab Warung Kue Souvenir Tanaman Jahit Sambal",
}
OF = {"at-ch": "de", "es-mx": "es", "es-ar": "es", "es-co": "es", "pt-br": "pt", "pt-pt": "pt", "nl-be": "nl", "ms": "id",
      "uk": "ru", "bg": "ru", "fr-af": "fr"}  # fmt: skip
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
    nouns: dict[str, str] = NOUNS


SETS = (
    Parts("first_measure", 20261128),
    Parts("second_measure", 20261129, place=1),
    Parts("third_measure", 20261130, step=1, suffix="_third", nouns=LATER_NOUNS),
)


def people(parts):
    """Language, order, given names and surnames of one set."""
    for line in read(f"people{parts.suffix}"):
        head, rest = line.split(": ", 1)
        language, order = head.split()
        given, family = (part.replace("_", "\0").split()[parts.place :: parts.step] for part in rest.split(" / "))
        yield language, order, [g.replace("\0", " ") for g in given], [f.replace("\0", " ") for f in family]


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
    for form in formats.replace("{n} | ", "{n} ¦ ").replace("{g} | ", "{g} ¦ ").split("|"):
        text, star, times = form.partition("*")
        text, tilde, more = text.partition("~")
        yield from [(text.replace("¦", "|"), bool(tilde))] * int(times or more or 1)


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
        dice, jobs = self.dice, JOBS.get(OF.get(self.language, self.language), JOBS[""]).split("|")
        styles = {"up": str.upper, "low": str.lower, "spaced": lambda text: " ".join(text.replace(" ", "  "))}
        values = {
            "g": self.given, "s": self.family, "n": self.whole, "g2": self.second, "s2": self.other, "i": self.family[0],
            "job": dice.choice(jobs), "city": dice.choice(CITIES), "e": dice.choice(EMOJI), "flag": dice.choice(FLAGS),
            "pron": dice.choice(PRONOUNS), "degree": dice.choice(DEGREES), "nick": dice.choice(NICKS),
        }  # fmt: skip
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
    kind = OF.get(language, language)
    kind = kind if kind in NOBODY else ""
    a, b = dice.sample([g.rstrip("*") for g in given], 2)
    s, t = dice.sample(family, 2)
    form = dice.choice(NOBODY[kind].split("|"))
    return (
        platform,
        "",
        form.format(a=a, b=b, s=s, t=t, shop=dice.choice(parts.nouns[kind].split()[parts.place :: parts.step])),
        "",
        language,
    )


def rows(parts):
    dice = random.Random(parts.seed)  # noqa: S311 - the same sets each time
    countries = list(people(parts))
    latin = [each for each in countries if each[0] not in NOT_LATIN and each[1] == "w"]
    platforms = list(FORMATS)
    forms = {platform: list(spread(FORMATS[platform])) for platform in platforms}
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
