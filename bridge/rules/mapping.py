"""Makes the fields that go out with an address: the route's templates, filled from the lead. Holds no lead back.

Every value is neutral before it meets a template, and a sentence is neutralised as a whole once more: two harmless
halves may make code where they meet.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bridge.hygiene import company, countries, email, languages, links, ordinary, phone, profiles, variables
from bridge.model import Fields, Lead, Route, Scalar, SourceCampaign
from bridge.templates import Template, parse

if TYPE_CHECKING:
    from bridge.hygiene.names import Verdict

_new_fields: Callable[..., Fields] = Fields  # mypy cannot count the texts that are spread
_CORE = ("first_name", "last_name", "company_name", "job_title", "phone", "website", "personalization")

DEFAULT_CORE: Mapping[str, str] = {
    "first_name": "{first_name}",
    "last_name": "{last_name}",
    "phone": "{phone}",
    "website": "{website}",
}
DEFAULT_VARIABLES: Mapping[str, str] = {
    "platform": "{platform}",
    "username": "{username}",
    "profile_url": "{profile_url}",
    "followers": "{followers}",
    "keyword": "{keyword}",
    "source_campaign": "{campaign}",
}
"""A fixed small set: every new name widens the variables of the whole target campaign."""

_Address = email.Address | None
_Name = tuple[str, str]
Mapper = Callable[[Lead, SourceCampaign, _Address], Fields]
_Find = Callable[[Lead, SourceCampaign, _Address, _Name], str]
_NO_NAME = ("", "")


def templates(route: Route) -> tuple[dict[str, Template], dict[str, Template]]:
    """The templates of the core fields and of the custom variables. Raises templates.TemplateProblem."""
    core = {name: parse(text) for name, text in {**DEFAULT_CORE, **route.fields.core}.items() if text}
    chosen = DEFAULT_VARIABLES if route.fields.variables is None else route.fields.variables
    return core, {name: parse(text) for name, text in chosen.items() if text}


def mapper(
    core: Mapping[str, Template], custom: Mapping[str, Template], overrides: Mapping[str, tuple[str, str]]
) -> Mapper:
    """One function that makes the fields of a lead, of one function for each of them."""
    if not overrides and _written(core) == DEFAULT_CORE and _written(custom) == DEFAULT_VARIABLES:
        return _usual
    core_fillers = tuple((place, _filler(core[name])) for place, name in enumerate(_CORE) if name in core)
    fillers = tuple((name, _filler(template)) for name, template in custom.items())
    used = {name for template in (*core.values(), *custom.values()) for name in template.fields}
    named = _overridden(overrides) if overrides else _named
    named = named if used & {"first_name", "last_name"} else _not_named

    def fields(lead: Lead, campaign: SourceCampaign, address: _Address) -> Fields:
        # Plain loops: a comprehension would be one more function, with all four in cells.
        name, texts, sent = named(lead), [""] * len(_CORE), {}
        for place, fill in core_fillers:
            texts[place] = fill(lead, campaign, address, name)
        for variable, fill in fillers:
            if text := fill(lead, campaign, address, name):
                sent[variable] = text
        return _new_fields(*texts, variables=sent)

    return fields


def _written(chosen: Mapping[str, Template]) -> dict[str, str]:
    return {name: template.source for name, template in chosen.items()}


def _usual(lead: Lead, campaign: SourceCampaign, _address: _Address) -> Fields:
    """What DEFAULT_CORE and DEFAULT_VARIABLES make of a lead, written out: most routes send these."""
    first, last = _named(lead)
    sent: dict[str, Scalar] = {}
    if platform := _short(lead.platform):
        sent["platform"] = platform
    username = lead.username
    if ordinary.is_handle(username):  # one look for both
        name, url = variables.unless_nothing(username), profiles.link(lead.platform, username, plain=True)
    else:
        name, url = _username(username), profiles.profile_url(lead.platform, username)
    if name:
        sent["username"] = name
    if url:
        sent["profile_url"] = url
    if lead.followers is not None:
        sent["followers"] = str(lead.followers)
    if lead.keyword and (keyword := _repeated(lead.keyword)):
        sent["keyword"] = keyword
    if title := _repeated(campaign.title):
        sent["source_campaign"] = title
    called = phone.e164(lead.phone, lead.country) if lead.phone else ""
    website = links.website(lead.website) if lead.website else ""
    return Fields(first, last, phone=called, website=website, variables=sent)


def _filler(template: Template) -> _Find:
    """How the template is filled. A lone field is neutral already, and may be a phone number or a long link."""
    first, finders = template.pieces[0], {name: _VALUES[name] for name in template.fields}
    if len(template.pieces) > 1 or first.text:
        return lambda lead, campaign, address, name: variables.neutral(
            template.render({field: find(lead, campaign, address, name) for field, find in finders.items()})
        )
    find, fallback = _VALUES[first.field], variables.neutral(first.fallback or "")
    return (lambda *of: find(*of) or fallback) if fallback else find


# ----------------------------------------------------------------------------------------------------------- the values

_neutral = variables.neutral
_repeated = lru_cache(maxsize=2_048)(_neutral)
"""For what many leads have in common: their campaign, their keyword, their first name."""


@lru_cache(maxsize=2_048)
def _short(text: str, limit: int = 40) -> str:
    return variables.neutral(text, limit)


def _overridden(overrides: Mapping[str, tuple[str, str]]) -> Callable[[Lead], _Name]:
    """First and last name where the operator wrote them down, else what the display name gives."""

    def named(lead: Lead) -> _Name:
        profile = profiles.handle(lead.username).lower()
        own = overrides.get(f"{lead.platform}:{profile}")
        written = overrides.get(f":{profile}") if own is None else own
        return _named(lead) if written is None else (_repeated(written[0]), _repeated(written[1]))

    return named


def _named(lead: Lead) -> _Name:
    """First and last name where they are sure, ready to go out."""
    name = _reader()(lead.full_name, lead.username, business=lead.is_business)
    return (_repeated(name.first), _repeated(name.last)) if name.sure else _NO_NAME


def _not_named(_lead: Lead) -> _Name:
    return _NO_NAME


@cache
def _reader() -> "Callable[..., Verdict]":
    from bridge.hygiene import names  # noqa: PLC0415 - 27 ms that a sync with nothing new does not need

    return names.first_name


def _company(lead: Lead) -> str:
    """The display name of a business; a person who opened a business account is no company."""
    return _neutral(company.name(lead.full_name)) if lead.is_business and _named(lead) is _NO_NAME else ""


def _address_as_text(address: _Address) -> str:
    """The address, unless it would act in a text: mailboxes may hold a leading = or an &."""
    return address.value if address and _neutral(address.value) == address.value else ""


def _username(name: str) -> str:
    return variables.unless_nothing(name) if ordinary.is_handle(name) else _neutral(profiles.handle(name))


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.year}-{moment.month:02}-{moment.day:02}"


_VALUES: Mapping[str, _Find] = {
    "first_name": lambda _l, _c, _a, name: name[0],
    "last_name": lambda _l, _c, _a, name: name[1],
    "full_name": lambda lead, _c, _a, _n: _neutral(lead.full_name),
    "company": lambda lead, _c, _a, _n: _company(lead),
    "email": lambda _l, _c, address, _n: _address_as_text(address),
    "email_domain": lambda _l, _c, address, _n: address.domain if address else "",
    "username": lambda lead, _c, _a, _n: _username(lead.username),
    "platform": lambda lead, _c, _a, _n: _short(lead.platform),
    "profile_url": lambda lead, _c, _a, _n: profiles.profile_url(lead.platform, lead.username),
    "website": lambda lead, _c, _a, _n: links.website(lead.website) if lead.website else "",
    "link_in_bio": lambda lead, _c, _a, _n: links.link_in_bio(lead.website),
    "phone": lambda lead, _c, _a, _n: phone.e164(lead.phone, lead.country) if lead.phone else "",
    "followers": lambda lead, _c, _a, _n: _count(lead.followers),
    "following": lambda lead, _c, _a, _n: _count(lead.following),
    "posts": lambda lead, _c, _a, _n: _count(lead.posts),
    "country": lambda lead, _c, _a, _n: _short(lead.country, 80),
    "country_code": lambda lead, _c, _a, _n: countries.code(lead.country),
    "city": lambda lead, _c, _a, _n: _short(lead.city, 80),
    "biography": lambda lead, _c, _a, _n: _neutral(lead.biography),
    "language": lambda lead, _c, _a, _n: languages.language(lead.biography),
    "keyword": lambda lead, _c, _a, _n: _repeated(lead.keyword),
    "campaign": lambda _l, campaign, _a, _n: _repeated(campaign.title),
    "campaign_type": lambda _l, campaign, _a, _n: _short(campaign.type, 80),
    "source_type": lambda lead, _c, _a, _n: _short(lead.source_type),
    "email_source": lambda lead, _c, _a, _n: _short(lead.email_source),
    "scraped_on": lambda lead, _c, _a, _n: _day(lead.scraped_at),
    "validated_on": lambda lead, _c, _a, _n: _day(lead.checked_at),
    "lead_id": lambda lead, _c, _a, _n: _neutral(lead.id, 80),
}
