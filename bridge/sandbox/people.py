"""Makes up people in the manner of scraped profiles, repeatably. Knows no endpoint, no store and no clock.

The shares follow HYGIENE.md §1: most addresses are free mail, a twelfth are role addresses, and half of the display
names give no usable greeting. Each awkward thing that was ever seen in scraped text appears now and then.

A person comes as the JSON object of a Scravio lead in which three marks stand for what differs from lead to lead:
NUMBER (unique in a world), IDENTITY (the lead's id) and SCRAPED (when it was seen). One draft serves for many leads.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bridge.sandbox import words
from bridge.sandbox.wire import Row, stamp

NUMBER, IDENTITY, SCRAPED = "\ue000", "\ue001", "\ue002"  # private use: made-up text never holds them
_GOLDEN, _SILVER = 0.6180339887, 0.4142135624


@dataclass(frozen=True, slots=True)
class Style:
    """How often what turns up, each as a share from 0 to 1; shares of addresses are of those who have one.

    `valid`, `invalid` and `pending` are shares of the validated addresses; what is left was never validated.
    """

    email: float = 0.6
    free_mail: float = 0.6
    role: float = 0.08
    agency: float = 0.1
    awkward: float = 0.08
    valid: float = 0.62
    invalid: float = 0.12
    pending: float = 0.08
    stale: float = 0.04


ORDINARY = Style()
TIDY = Style(email=1.0, role=0.0, agency=0.0, awkward=0.0, invalid=0.2, pending=0.1, stale=0.0)
"""Deliverable people in every validation state: for tests and figures whose subject is not the hygiene of a row."""


def draft(seed: str, slot: int, style: Style, platform: str, keyword: str | None, checked: datetime) -> Row:
    """The lead of `slot`, validated around `checked`. The same arguments give the same person."""
    rng = Random(f"{seed}:{slot}")
    given, family = rng.choice(words.GIVEN), rng.choice(words.FAMILY)
    handle = _handle(rng, given.lower(), family.lower(), on_x=platform == "x")
    email = _email(rng, style, given.lower(), family.lower()) if _even(slot, _SILVER) < style.email else None
    row: Row = {
        "_id": IDENTITY,
        "campaignId": "",
        "platform": platform,
        "sourceType": "keyword" if keyword else "profile",
        "email": email,
        "emailMasked": bool(email) and "***" in str(email),
        "emailRevealed": False,
        "canRevealEmail": False,
        "emailSource": "none" if email is None else rng.choice(("initial", "initial", "deep_search")),
        "phoneNumber": rng.choice(words.CALLING).format(n=slot % 100) if _once_in(rng, 10) else None,
        "username": handle,
        "fullName": _display_name(rng, style, given, family, handle),
        "biography": _biography(rng, style, handle),
    }
    row |= _figures(rng, handle)
    row["emailValidation"] = _validation(rng, style, _even(slot, _GOLDEN), checked) if email else None
    row |= {"keyword": keyword, "scrapedAt": SCRAPED}
    row |= _platform_fields(rng, platform, str(row["biography"] or ""))
    return _damaged(rng, row) if rng.random() < style.awkward / 2 else row


def respelled(email: str, way: int) -> str:
    """Another spelling of the same person's address: case, blanks, and where it is Gmail dots, tag and domain."""
    local, _, domain = email.partition("@")
    ways = [email.upper(), f"  {email} ", f"{local.capitalize()}@{domain}"]
    if domain.lower() == "gmail.com":
        plain = local.replace(".", "")
        ways += [f"{plain[:1]}.{plain[1:]}@gmail.com", f"{local}+insta@gmail.com", f"{plain}@googlemail.com"]
    return ways[way % len(ways)]


def masked(email: str) -> str:
    """An address as a masked account sees it, such as `j***@g***.com`."""
    local, _, domain = email.strip().partition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}***@{name[:1]}***.{ending}"


def _even(slot: int, step: float) -> float:
    # Evenly spread instead of random: a hundred slots hold the share that was asked for, to one or two.
    return (slot * step + step / 2) % 1.0


def _once_in(rng: Random, times: int) -> bool:
    return rng.randrange(times) == 0


def _handle(rng: Random, given: str, family: str, *, on_x: bool) -> str:
    shapes = (f"{given}.{family}", f"its{given}_", f"{family}.{given}", f"the{given}{family}", f"{given}moves")
    if on_x:  # at most 15 letters, digits and underscores
        shapes = (f"{given}_", f"its{given}", f"{given}x", f"x{given}", f"im{given}")
    at = "@" if _once_in(rng, 20) else ""
    return f"{at}{rng.choice(shapes)}{NUMBER}"


def _email(rng: Random, style: Style, given: str, family: str) -> str:
    if rng.random() < style.awkward:
        return _awkward_email(rng, given, family)
    company = f"{family}-{NUMBER}.example"
    draw = rng.random()
    if draw < style.role:
        return f"{rng.choice(words.ROLES)}@{company}"
    if draw < style.role + style.agency:
        return f"{given}{NUMBER}@{rng.choice(words.AGENCIES)}"
    if rng.random() < style.free_mail:
        return f"{given}.{family}{NUMBER}@{rng.choice(words.FREE_MAIL)}"
    return f"{given}@{company}"


def _awkward_email(rng: Random, given: str, family: str) -> str:
    return rng.choice(
        (
            f"{rng.choice(words.NO_REPLY)}@{family}-{NUMBER}.example",
            f"{given}{NUMBER}@{rng.choice(words.DISPOSABLE)}",
            f"{given}.{family}{NUMBER}@gmail",
            f"{given}{NUMBER} at {family}.example",
            f"{given}{NUMBER}@@{family}.example",
            f"{given[0]}***@g***.com",
            f" {given.upper()}.{family.upper()}{NUMBER}@GMAIL.COM ",
            f"mailto:{given}{NUMBER}@{family}.example",
            f"✉️{given}{NUMBER}@gmail.com",
        )
    )


def _display_name(rng: Random, style: Style, given: str, family: str, handle: str) -> str | None:
    full = f"{given} {family}"
    niche = rng.choice(words.NICHES).title()
    if rng.random() < style.awkward:
        return rng.choice((None, "", "👑", f"{{{{firstName}}}} {family}", f"{given}\u200b\n{family}", "NULL"))
    usual = (
        [full] * 8 + [given] * 2 + [full.upper(), full.lower(), f"{full} {rng.choice(words.EMOJI)}", handle.lstrip("@")]
    )
    # Mathematical bold letters, as "font generators" make them.
    bold = {**{chr(65 + i): chr(0x1D400 + i) for i in range(26)}, **{chr(97 + i): chr(0x1D41A + i) for i in range(26)}}
    styled = "".join(bold.get(letter, letter) for letter in full)
    rare = [f"{given} | {niche} Coach", f"{family} {niche} Studio", styled, f"Dr. {full}, MSc"]
    return rng.choice([*usual, *rare, rng.choice(words.FOREIGN_NAMES)])


def _biography(rng: Random, style: Style, handle: str) -> str | None:
    if _once_in(rng, 16):
        return None
    shapes = words.HOSTILE_BIOGRAPHIES if rng.random() < style.awkward else words.BIOGRAPHIES
    niche = rng.choice(words.NICHES)
    return rng.choice(shapes).replace("{niche}", niche).replace("{handle}", handle.lstrip("@"))


def _figures(rng: Random, handle: str) -> Row:
    name = handle.lstrip("@")
    placed = _once_in(rng, 3)
    return {
        "followerCount": None if _once_in(rng, 30) else int(10 ** rng.uniform(2, 6)),
        "followingCount": rng.randrange(20, 4000),
        "mediaCount": rng.randrange(0, 2500),
        "externalUrl": rng.choice((None, None, f"https://{name}.example/", f"linktr.ee/{name}", "javascript:alert(1)")),
        "profilePicUrl": f"https://cdn.example/{name}.jpg",
        "isPrivate": _once_in(rng, 20),
        "isVerified": _once_in(rng, 12),
        "isBusiness": rng.choice((True, False, None)),
        "country": rng.choice((None, *words.COUNTRIES, *words.COUNTRIES)),
        "accountCreatedDate": None,
        "latitude": None,
        "longitude": None,
        "cityName": rng.choice(words.CITIES) if placed else None,
        "addressStreet": None,
    }


def _validation(rng: Random, style: Style, draw: float, checked: datetime) -> Row | None:
    at = checked - timedelta(minutes=rng.randrange(2_000))
    if rng.random() < style.stale:
        at -= timedelta(days=120)
    valid, invalid = style.valid, style.valid + style.invalid
    if draw < valid:
        return {"status": "valid", "isValid": True, "checkedAt": stamp(at)}
    if draw < invalid:
        return {"status": "invalid", "isValid": False, "checkedAt": stamp(at)}
    if draw < invalid + style.pending:
        return {"status": "pending", "isValid": False, "checkedAt": None}
    return None


def _platform_fields(rng: Random, platform: str, biography: str) -> Row:
    if platform == "linkedin":
        return {"linkedinHeadline": f"{rng.choice(words.NICHES).title()} consultant"}
    if platform == "x":
        return {"xPostText": biography[:120]}
    if platform == "tiktok":
        return {"tiktokVideoUrl": f"https://tiktok.example/v/{NUMBER}"}
    return {"facebookCategory": "Public figure"} if platform == "facebook" else {}


def _damaged(rng: Random, row: Row) -> Row:
    # Scraped rows are not always what the page promises: numbers as text, keys that are missing, nulls (scravio.md §4).
    gone = rng.choice(("biography", "country", "mediaCount"))
    return rng.choice(
        (
            row | {"followerCount": str(row["followerCount"]), "isVerified": str(row["isVerified"]).lower()},
            row | {"followerCount": "12,345", "somethingNew": {"nested": [1, 2]}},
            row | {"username": None, "profilePicUrl": None},
            {key: value for key, value in row.items() if key != gone},
        )
    )
