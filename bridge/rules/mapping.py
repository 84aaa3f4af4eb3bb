"""Makes the fields that go out with an address: the route's templates, filled from the lead. Holds no lead back.

Every value is neutral before it meets a template, and a sentence is neutralised as a whole once more: two harmless
halves may make code where they meet.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from bridge.hygiene import company, countries, email, languages, links, phone, profiles, variables
from bridge.model import Fields, Lead, Route, SourceCampaign
from bridge.templates import Template, parse

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

Values = Mapping[str, str]
Filler = Callable[[Values], str]
_Address = email.Address | None
Mapper = Callable[[Lead, SourceCampaign, _Address], Fields]
_Find = Callable[[Lead, SourceCampaign, _Address], str]


def templates(route: Route) -> tuple[dict[str, Template], dict[str, Template]]:
    """The templates of the core fields and of the custom variables. Raises templates.TemplateProblem."""
    core = {name: parse(text) for name, text in {**DEFAULT_CORE, **route.fields.core}.items() if text}
    chosen = DEFAULT_VARIABLES if route.fields.variables is None else route.fields.variables
    return core, {name: parse(text) for name, text in chosen.items() if text}


def mapper(
    core: Mapping[str, Template], custom: Mapping[str, Template], overrides: Mapping[str, tuple[str, str]]
) -> Mapper:
    """One function that makes the fields of a lead. It finds the value of each field that is named, once."""
    known = {**_VALUES, **_overriding(overrides)} if overrides else _VALUES
    used = {name: known[name] for template in (*core.values(), *custom.values()) for name in template.fields}
    finders = tuple(used.items())
    core_fillers = tuple(_filler(core[name]) if name in core else ("", None) for name in _CORE)
    fillers = tuple((name, *_filler(template)) for name, template in custom.items())

    def fields(lead: Lead, campaign: SourceCampaign, address: _Address) -> Fields:
        values = {name: find(lead, campaign, address) for name, find in finders}
        values[""] = ""
        sent = {name: text for name, lone, fill in fillers if (text := fill(values) if fill else values[lone])}
        return _new_fields(*[fill(values) if fill else values[lone] for lone, fill in core_fillers], variables=sent)

    return fields


def _filler(template: Template) -> tuple[str, Filler | None]:
    """The field that alone is the template, or how else it is filled.

    A lone field is neutral already, and may be a phone number or a long link.
    """
    first = template.pieces[0]
    if len(template.pieces) > 1 or first.text:
        return "", lambda values: variables.neutral(template.render(values))
    name, fallback = first.field, variables.neutral(first.fallback or "")
    return ("", lambda values: values[name] or fallback) if fallback else (name, None)


# ----------------------------------------------------------------------------------------------------------- the values

_neutral = variables.neutral
_repeated = lru_cache(maxsize=2_048)(variables.neutral)
"""For what many leads have in common: their campaign, their keyword, their town, their first name."""


def _overriding(overrides: Mapping[str, tuple[str, str]]) -> Mapping[str, _Find]:
    """First and last name where the operator wrote them down, else what the display name gives."""

    def written(lead: Lead) -> tuple[str, str] | None:
        profile = profiles.handle(lead.username).lower()
        own = overrides.get(f"{lead.platform}:{profile}")
        return overrides.get(f":{profile}") if own is None else own

    def either(place: int, otherwise: _Find) -> _Find:
        def value(lead: Lead, campaign: SourceCampaign, address: _Address) -> str:
            names_given = written(lead)
            return otherwise(lead, campaign, address) if names_given is None else variables.neutral(names_given[place])

        return value

    return {"first_name": either(0, _first_name), "last_name": either(1, _last_name)}


@lru_cache(maxsize=8)  # first and last name, and whether it is a company, are asked of the same lead in turn
def _named(full_name: str, username: str, business: bool | None) -> tuple[str, str] | None:  # noqa: FBT001 - a key
    """First and last name where they are sure, ready to go out."""
    from bridge.hygiene import names  # noqa: PLC0415 - 27 ms that a sync with nothing new does not need

    name = names.first_name(full_name, username, business=business)
    return (_repeated(name.first), _repeated(name.last)) if name.sure else None


def _first_name(lead: Lead, _campaign: SourceCampaign, _address: _Address) -> str:
    name = _named(lead.full_name, lead.username, lead.is_business)
    return name[0] if name else ""


def _last_name(lead: Lead, _campaign: SourceCampaign, _address: _Address) -> str:
    name = _named(lead.full_name, lead.username, lead.is_business)
    return name[1] if name else ""


def _company(lead: Lead, _campaign: SourceCampaign, _address: _Address) -> str:
    """The display name of a business; a person who opened a business account is no company."""
    person = _named(lead.full_name, lead.username, lead.is_business)
    return "" if not lead.is_business or person else _neutral(company.name(lead.full_name))


def _address_as_text(_lead: Lead, _campaign: SourceCampaign, address: _Address) -> str:
    """The address, unless it would act in a text: mailboxes may hold a leading = or an &."""
    return address.value if address and _neutral(address.value) == address.value else ""


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


_VALUES: Mapping[str, _Find] = {
    "first_name": _first_name,
    "last_name": _last_name,
    "full_name": lambda lead, _c, _a: _neutral(lead.full_name),
    "company": _company,
    "email": _address_as_text,
    "email_domain": lambda _l, _c, address: address.domain if address else "",
    "username": lambda lead, _c, _a: _neutral(profiles.handle(lead.username)),
    "platform": lambda lead, _c, _a: _repeated(lead.platform, 40),
    "profile_url": lambda lead, _c, _a: profiles.profile_url(lead.platform, lead.username),
    "website": lambda lead, _c, _a: links.website(lead.website),
    "link_in_bio": lambda lead, _c, _a: links.link_in_bio(lead.website),
    "phone": lambda lead, _c, _a: phone.e164(lead.phone, lead.country),
    "followers": lambda lead, _c, _a: _count(lead.followers),
    "following": lambda lead, _c, _a: _count(lead.following),
    "posts": lambda lead, _c, _a: _count(lead.posts),
    "country": lambda lead, _c, _a: _repeated(lead.country, 80),
    "country_code": lambda lead, _c, _a: countries.code(lead.country),
    "city": lambda lead, _c, _a: _repeated(lead.city, 80),
    "biography": lambda lead, _c, _a: _neutral(lead.biography),
    "language": lambda lead, _c, _a: languages.language(lead.biography),
    "keyword": lambda lead, _c, _a: _repeated(lead.keyword),
    "campaign": lambda _l, campaign, _a: _repeated(campaign.title),
    "campaign_type": lambda _l, campaign, _a: _repeated(campaign.type, 80),
    "source_type": lambda lead, _c, _a: _repeated(lead.source_type, 40),
    "email_source": lambda lead, _c, _a: _repeated(lead.email_source, 40),
    "scraped_on": lambda lead, _c, _a: _day(lead.scraped_at),
    "validated_on": lambda lead, _c, _a: _day(lead.checked_at),
    "lead_id": lambda lead, _c, _a: _neutral(lead.id, 80),
}
