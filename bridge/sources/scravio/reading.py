"""Scravio's JSON in, frozen values out: judged leniently, never an exception. Does no I/O.

Unknown keys and enum values, nulls, missing keys and wrong types are ordinary here (scravio.md §0: what version 1.1
changed in the lead and campaign cards is unknown). This runs for every lead of every sweep: `rows` decodes those that
are as documented, and what is not is made so here.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bridge.api.scalars import LARGEST_COUNT, amount, bare, count, flag, identity, mapping, moment, text, word
from bridge.model import Lead, Scalar, SourceCampaign, maker
from bridge.sources.base import Account, Totals
from bridge.sources.scravio import rows
from bridge.sources.scravio.rows import Row

MOST_EXTRAS = 20
LONGEST_EXTRA = 500
_LONGEST_NAME = 100

_PHASES = ("scraping", "deepsearch", "validation")
_FACTS = ("status", "updatedAt", "finishedAt", "emailScanCount", "profileScannedCount", "progressPercentage")
_POST_VALIDATION = ("status", "total", "validated", "valid", "invalid", "completedAt")


def read_account(body: Any) -> Account | None:
    """`GET /auth/me`, of version 1.0 or 1.1 of the API; None where the answer is no account."""
    me = unwrapped(body, "user")
    workspace = mapping(me.get("workspace"))
    if not me:
        return None
    number = amount(workspace.get("credits", me.get("credits")), LARGEST_COUNT)
    return Account(flag(me.get("shouldMaskEmail")) is True, None if number is None else float(number))


def unwrapped(body: Any, name: str) -> dict[str, Any]:
    """The object in `{"name": {...}}`, in `{"data": {...}}`, or the body itself: envelopes differ (scravio.md §2)."""
    body = mapping(body)
    return mapping(body.get(name)) or mapping(body.get("data")) or body


# --------------------------------------------------------------------------------------------------------- campaigns


def read_campaign(row: Any) -> SourceCampaign | None:
    """A campaign of the list or the detail; None where the row is no object or has no id."""
    row = mapping(row)
    campaign_id = identity(row)
    if not campaign_id:
        return None
    counts = mapping(row.get("normalizedCounts"))
    emails, profiles = count(counts.get("emails")), count(counts.get("profiles"))
    return SourceCampaign(
        id=campaign_id,
        title=text(row.get("title")),
        type=text(row.get("type")).strip().upper(),
        status=word(row.get("status")),
        created_at=moment(row.get("createdAt")),
        emails=count(row.get("emailScanCount")) if emails is None else emails,
        profiles=count(row.get("profileScannedCount")) if profiles is None else profiles,
        validating=_is_validating(row),
        fingerprint=_fingerprint(row),
    )


def _is_validating(row: dict[str, Any]) -> bool:
    """Whether a validation phase is under way, so that a sweep now would only read leads that must wait.

    What `pending` means on a campaign that has ended is unknown (scravio.md §5). It is waited for only where the
    campaign was set to validate and ran to its end: there the phase is sure to come. Elsewhere it may stay for ever,
    and reading too early does no harm: leads without a validation are held, and read again later.
    """
    if word(mapping(row.get("postValidation")).get("status")) == "validating":
        return True
    phase = word(_phase(row, "validation").get("status"))
    ordered = flag(row.get("enableEmailValidation")) is True and word(row.get("status")) == "fully_completed"
    return phase == "running" or (phase == "pending" and ordered)


def _phase(row: dict[str, Any], name: str) -> dict[str, Any]:
    return mapping(mapping(row.get("phaseState")).get(name))


def _fingerprint(row: dict[str, Any]) -> dict[str, Scalar]:
    """The facts that move when a campaign changes, under their own names; only those the answer carries."""
    found = {name: row[name] for name in _FACTS if name in row}
    for name in _PHASES:
        phase = _phase(row, name)
        if "status" in phase:
            found[f"phaseState.{name}.status"] = phase["status"]
    later = mapping(row.get("postValidation"))
    found.update({f"postValidation.{name}": later[name] for name in _POST_VALIDATION if name in later})
    kept = {name: _scalar(bare(value)) for name, value in found.items()}
    return {name: value for name, value in kept.items() if value is not None or found[name] is None}


# ------------------------------------------------------------------------------------------------------------- leads


def platform_of(kind: str) -> str:
    """The platform that a type of campaign scrapes: its first word."""
    return _platform(kind.partition("_")[0].lower())


def _platform(said: str) -> str:
    return "x" if said == "twitter" else said


def read_lead(row: Any, campaign_id: str, kind: str = "") -> Lead:
    """One row of a lead page. A row that is no object or has no usable id keeps a place of its own, with a problem.

    `kind` is the campaign's type: it decides the platform of a row that names none.
    """
    if type(row) is Row:
        return _lead_of(row, campaign_id, _platform_only(row), kind)
    if type(row) is not dict:
        return _unreadable(row, campaign_id, "the row is not an object")
    lead_id = identity(row)
    if not lead_id:
        return _unreadable(row, campaign_id, "the row has no usable _id")
    get = row.get
    ordinary = Row(
        id=lead_id,
        platform=text(get("platform")),
        source_type=text(get("sourceType")),
        email=text(get("email")),
        email_masked=flag(get("emailMasked")),
        email_source=text(get("emailSource")),
        phone_number=text(get("phoneNumber")),
        username=text(get("username")),
        full_name=text(get("fullName")),
        biography=text(get("biography")),
        follower_count=count(get("followerCount")),
        following_count=count(get("followingCount")),
        media_count=count(get("mediaCount")),
        external_url=text(get("externalUrl")),
        is_private=flag(get("isPrivate")),
        is_verified=flag(get("isVerified")),
        is_business=flag(get("isBusiness")),
        country=text(get("country")),
        city_name=text(get("cityName")),
        email_validation=_validation(get("emailValidation")),
        keyword=text(get("keyword")),
        scraped_at=get("scrapedAt"),
    )
    return _lead_of(ordinary, campaign_id, {} if row.keys() <= rows.READ else _extra(row), kind)


_lead = maker(Lead)
_NONE = rows.Validation()


def _lead_of(row: Row, campaign_id: str, extra: Mapping[str, Scalar], kind: str) -> Lead:
    """The lead of an ordinary row.

    Texts are as scraped; addresses count as masked where Scravio says so or where a `*` stands in them (the form of a
    masked address is unknown: scravio.md §4).
    """
    email, platform, validation = row.email or "", word(row.platform), row.email_validation or _NONE
    return _lead(
        row.id,
        campaign_id,
        _platform(platform) or platform_of(kind),
        word(row.source_type),
        email,
        row.email_masked is True or "*" in email,
        word(row.email_source),
        row.phone_number or "",
        row.username.strip().lstrip("@") if row.username else "",
        row.full_name or "",
        row.biography or "",
        row.follower_count,
        row.following_count,
        row.media_count,
        row.external_url or "",
        row.is_private,
        row.is_verified,
        row.is_business,
        row.country or "",
        row.city_name or "",
        word(validation.status),
        validation.is_valid,
        moment(validation.checked_at),
        row.keyword or "",
        moment(row.scraped_at),
        extra,
    )


def _validation(value: Any) -> rows.Validation | None:
    """Word, verdict and time. A shape that is not documented is a word of its own, and held."""
    if value is None:
        return None
    if type(value) is not dict:
        return rows.Validation("unreadable")
    return rows.Validation(text(value.get("status")), flag(value.get("isValid")), value.get("checkedAt"))


def _platform_only(row: Row) -> Mapping[str, Scalar]:
    """The extras of an ordinary row; for most there are none."""
    found = row.facebook_category, row.linkedin_headline, row.tiktok_video_url, row.x_post_text
    return {} if found == (None, None, None, None) else _extra(dict(zip(rows.PLATFORM_ONLY, found, strict=True)))


def _extra(row: Mapping[str, Any]) -> dict[str, Scalar]:
    """Platform-only fields: scalars only, short, in a fixed order, and not many."""
    kept: dict[str, Scalar] = {}
    for name in sorted(row.keys() - rows.READ):
        value = _scalar(bare(row[name]))
        if value is not None and len(str(value)) <= LONGEST_EXTRA and len(name) <= _LONGEST_NAME:
            kept[name] = value
            if len(kept) == MOST_EXTRAS:
                break
    return kept


def _scalar(value: Any) -> Scalar:
    """The value as it can be stored: a whole number above 2^53 as its digits. None where it cannot be."""
    if type(value) is int and abs(value) > LARGEST_COUNT:
        return str(value)
    if isinstance(value, str | int):
        return value
    return value if isinstance(value, float) and abs(value) <= LARGEST_COUNT else None


def _unreadable(row: Any, campaign_id: str, problem: str) -> Lead:
    """A lead named after what the row holds: the same broken row is the same lead in the next sweep."""
    try:
        canonical = json.dumps(row, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        canonical = f"nested too deep: {len(row)}"
    name = hashlib.sha256(canonical.encode()).hexdigest()[:16]
    return Lead(id=f"unreadable-{name}", campaign_id=campaign_id, problem=problem)


# ------------------------------------------------------------------------------------------------------------- pages


def read_rows(body: Any) -> list[Any] | None:
    """The rows of a list answer; None where it holds no list (an error inside a 200, say)."""
    for place in (mapping(body), mapping(mapping(body).get("data"))):
        rows = place.get("items")
        if type(rows) is list:
            return rows
        if "items" in place and rows is None:
            return []
    return body if type(body) is list else None


def read_totals(body: Any) -> Totals:
    """The paging of a list answer, from `pagination`."""
    body = mapping(body)
    inside = mapping(body.get("pagination")) or mapping(mapping(body.get("data")).get("pagination"))
    return Totals(count(inside.get("totalCount")), count(inside.get("totalPages")), count(inside.get("perPage")))
