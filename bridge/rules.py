"""Decides whether a lead may go out on a route, and with which fields. Pure: no clock, no HTTP, no database.

The filters are asked in the order of HYGIENE.md section 4: address, validation, suppression, kind of address,
audience. The first that objects is the reason; where none does, the route's templates make the fields. What depends on
other leads (duplicates, the cap of a domain) is decided where they are seen together: at the claim, in the store.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from hashlib import blake2b

from bridge.hygiene import domains, email, names, phone, profiles, variables
from bridge.model import (
    Decision,
    Deliver,
    Fields,
    Hold,
    Lead,
    Reason,
    Route,
    Rules,
    Source,
    SourceCampaign,
)
from bridge.templates import Template, parse

VERSION = 1
"""Moves whenever this program decides or maps otherwise than before: stored leads are then decided again."""

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
"""A fixed small set: every new name widens the variables of the whole Instantly campaign (instantly.md pitfall 24)."""

# Scravio's shorthands are platforms; X campaigns carry two spellings (scravio.md §5).
_SHORTHANDS = {"X": ("X_", "TWITTER_"), "TWITTER": ("X_", "TWITTER_")}


def selects(source: Source, campaign: SourceCampaign) -> bool:
    """Whether a route with this source takes the campaign. `q` is Scravio's to judge: its answer is taken as given."""
    return (
        campaign.status in source.status
        and (not source.id or campaign.id in source.id)
        and (not source.type or any(_is_type(wanted, campaign.type) for wanted in source.type))
        and (not source.title or any(_is_title(glob, campaign.title) for glob in source.title))
        and _is_within(source, campaign.created_at)
    )


def _is_type(wanted: str, actual: str) -> bool:
    wanted, actual = wanted.upper(), actual.upper()
    return wanted == actual or actual.startswith(_SHORTHANDS.get(wanted, (f"{wanted}_",)))


def _is_title(glob: str, title: str) -> bool:
    return fnmatchcase(title.casefold(), glob.casefold())


def _is_within(source: Source, created: datetime | None) -> bool:
    if source.created_from is None and source.created_to is None:
        return True
    if created is None:
        return False
    after = source.created_from is None or created >= source.created_from
    return after and (source.created_to is None or created <= source.created_to)


@dataclass(frozen=True, slots=True)
class Decider:
    """A route's rules and templates, read once. `key` changes exactly when its decisions may."""

    rules: Rules
    core: Mapping[str, Template]
    variables: Mapping[str, Template]
    used: tuple[str, ...]
    key: str

    def decide(
        self, lead: Lead, campaign: SourceCampaign, now: datetime, suppressed: frozenset[str] = frozenset()
    ) -> Decision:
        """Deliver with these fields, or hold for this reason. `suppressed` holds canonical addresses."""
        found = email.read(lead.email) if lead.email else None
        if not isinstance(found, email.Address) or lead.email_masked or lead.problem:
            return _unaddressed(lead, found)
        if lead.validation != "valid" or lead.is_valid is False:
            return _unvalidated(lead)
        expires_at, aged = _age(self.rules, lead, now)
        if aged is not None:
            return aged
        if found.person in suppressed:
            return Hold(Reason.SUPPRESSED)
        objection = _kind_of_address(self.rules, found) or _audience(self.rules, lead, campaign)
        if objection is not None:
            return objection
        return Deliver(found.value, self._fields(lead, campaign, found), _capped_domain(self.rules, found), expires_at)

    def _fields(self, lead: Lead, campaign: SourceCampaign, address: email.Address) -> Fields:
        values = _values(lead, campaign, address, self.used)
        core = {name: _render(template, values) for name, template in self.core.items()}
        custom = {name: text for name, template in self.variables.items() if (text := _render(template, values))}
        return Fields(**core, variables=custom)


def decider(route: Route) -> Decider:
    """Read the route's rules and templates. Raises templates.TemplateProblem, which the configuration rules out."""
    core = {name: parse(text) for name, text in {**DEFAULT_CORE, **route.fields.core}.items() if text}
    chosen = DEFAULT_VARIABLES if route.fields.variables is None else route.fields.variables
    custom = {name: parse(text) for name, text in chosen.items() if text}
    used = sorted({name for template in (*core.values(), *custom.values()) for name in template.fields})
    return Decider(route.rules, core, custom, tuple(used), _key(route))


def decide(
    lead: Lead, route: Route, *, campaign: SourceCampaign, now: datetime, suppressed: frozenset[str] = frozenset()
) -> Decision:
    """One decision; for many leads of a route, keep its `decider`."""
    return decider(route).decide(lead, campaign, now, suppressed)


def _key(route: Route) -> str:
    """What decisions depend on. The target counts: who waits for another delivery may go elsewhere."""
    rules, fields, target = route.rules, route.fields, route.target
    custom = None if fields.variables is None else sorted(fields.variables.items())
    aim = (target.vendor, target.kind, target.ref, target.dedupe)
    told = repr((VERSION, aim, sorted(asdict(rules).items()), sorted(fields.core.items()), custom))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


# ---------------------------------------------------------------------------------------------------------- filters


def _unaddressed(lead: Lead, found: email.Address | email.Malformed | None) -> Hold:
    if lead.problem:
        return Hold(Reason.UNREADABLE, lead.problem)
    if lead.email_masked or (lead.email and email.looks_masked(lead.email)):
        return Hold(Reason.EMAIL_MASKED)
    if isinstance(found, email.Malformed):
        return Hold(Reason.EMAIL_MALFORMED, found.why)
    return Hold(Reason.NO_EMAIL)


def _unvalidated(lead: Lead) -> Hold:
    """Only "valid" goes out; what else Scravio may say is UNKNOWN (scravio.md §4), so any other word holds."""
    known = {
        "": Reason.NOT_VALIDATED,
        "pending": Reason.VALIDATION_PENDING,
        "invalid": Reason.VALIDATION_INVALID,
        "valid": Reason.VALIDATION_INVALID,  # with isValid false: the two contradict each other
    }
    reason = known.get(lead.validation, Reason.VALIDATION_UNKNOWN)
    return Hold(reason, variables.neutral(lead.validation, 40) if reason is Reason.VALIDATION_UNKNOWN else "")


def _age(rules: Rules, lead: Lead, now: datetime) -> tuple[datetime | None, Hold | None]:
    if rules.max_validation_age is None:
        return None, None
    checked = lead.checked_at or lead.scraped_at
    if checked is None:
        return None, Hold(Reason.VALIDATION_UNDATED)
    try:
        expires_at = checked + rules.max_validation_age
    except OverflowError:  # a date at the end of time
        return None, Hold(Reason.VALIDATION_UNDATED)
    if expires_at <= now:
        return None, Hold(Reason.VALIDATION_TOO_OLD, f"checked {checked:%Y-%m-%d}")
    return expires_at, None


def _kind_of_address(rules: Rules, address: email.Address) -> Hold | None:
    if domains.is_no_reply(address.local):
        return Hold(Reason.NO_REPLY)
    if rules.disposable == "hold" and domains.is_disposable(address.domain):
        return Hold(Reason.DISPOSABLE)
    if rules.role_addresses == "hold" and domains.is_role(address.local):
        return Hold(Reason.ROLE_ADDRESS)
    if rules.free_mail == "hold" and domains.is_free_mail(address.domain):
        return Hold(Reason.FREE_MAIL)
    return None


def _audience(rules: Rules, lead: Lead, campaign: SourceCampaign) -> Hold | None:
    if rules.platforms and lead.platform not in rules.platforms:
        return Hold(Reason.PLATFORM, lead.platform[:40])
    if rules.types and not any(w == lead.source_type or _is_type(w, campaign.type) for w in rules.types):
        return Hold(Reason.SOURCE_TYPE, variables.neutral(lead.source_type, 40))
    if rules.countries or rules.exclude_countries:
        objection = _country(rules, lead)
        if objection is not None:
            return objection
    if rules.keywords and lead.keyword.strip().casefold() not in {word.casefold() for word in rules.keywords}:
        return Hold(Reason.KEYWORD)
    return _followers(rules, lead) or _traits(rules, lead)


def _country(rules: Rules, lead: Lead) -> Hold | None:
    """Whether Scravio gives a code or a name is UNKNOWN (scravio.md §4): what is no code is held, not guessed.

    A lead without any country passes `exclude_countries`: most have none, and the list would hold nearly everyone.
    """
    country = lead.country.strip().upper()
    if not country:
        return Hold(Reason.COUNTRY, "unknown") if rules.countries else None
    if len(country) != 2:  # noqa: PLR2004 - ISO 3166-1 alpha-2
        return Hold(Reason.COUNTRY, variables.neutral(lead.country, 40))
    wanted = not rules.countries or country in rules.countries
    return None if wanted and country not in rules.exclude_countries else Hold(Reason.COUNTRY, country)


def _followers(rules: Rules, lead: Lead) -> Hold | None:
    if rules.min_followers is not None and (lead.followers is None or lead.followers < rules.min_followers):
        return Hold(Reason.TOO_FEW_FOLLOWERS, "unknown" if lead.followers is None else str(lead.followers))
    if rules.max_followers is not None and (lead.followers is None or lead.followers > rules.max_followers):
        return Hold(Reason.TOO_MANY_FOLLOWERS, "unknown" if lead.followers is None else str(lead.followers))
    return None


def _traits(rules: Rules, lead: Lead) -> Hold | None:
    traits = (
        (rules.verified, lead.is_verified, Reason.VERIFIED),
        (rules.business, lead.is_business, Reason.BUSINESS),
        (rules.private, lead.is_private, Reason.PRIVATE),
    )
    for wanted, actual, reason in traits:
        # Unknown counts as "no": asking for verified people takes only those known to be.
        if wanted is not None and bool(actual) is not wanted:
            return Hold(reason)
    return None


def _capped_domain(rules: Rules, address: email.Address) -> str:
    return address.domain if rules.per_domain and not domains.is_free_mail(address.domain) else ""


# ---------------------------------------------------------------------------------------------------------- mapping


def _render(template: Template, values: Mapping[str, str]) -> str:
    text = template.render(values)
    # A lone field is neutral already, and may be a phone number or a long link; a sentence is neutralised as a whole.
    bare = len(template.pieces) == 1 and not template.pieces[0].text
    return text if bare and template.pieces[0].fallback is None else variables.neutral(text)


def _values(lead: Lead, campaign: SourceCampaign, address: email.Address, used: Iterable[str]) -> dict[str, str]:
    """The value of every field that a template of the route names; "" where the lead has none."""
    return {name: _FIELD_VALUES[name](lead, campaign, address) for name in used}


def _sure_name(lead: Lead) -> names.Name | None:
    name = names.first_name(lead.full_name, lead.username)
    return name if name.sure else None


def _first_name(lead: Lead, _campaign: SourceCampaign, _address: email.Address) -> str:
    name = _sure_name(lead)
    return variables.neutral(name.first) if name else ""


def _last_name(lead: Lead, _campaign: SourceCampaign, _address: email.Address) -> str:
    name = _sure_name(lead)
    return variables.neutral(name.last) if name else ""


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


_Value = Callable[[Lead, SourceCampaign, email.Address], str]
_FIELD_VALUES: Mapping[str, _Value] = {
    "first_name": _first_name,
    "last_name": _last_name,
    "full_name": lambda lead, _c, _a: variables.neutral(lead.full_name),
    "email": lambda _l, _c, address: address.value,
    "email_domain": lambda _l, _c, address: address.domain,
    "username": lambda lead, _c, _a: variables.neutral(profiles.handle(lead.username)),
    "platform": lambda lead, _c, _a: variables.neutral(lead.platform, 40),
    "profile_url": lambda lead, _c, _a: variables.url(profiles.profile_url(lead.platform, lead.username)),
    "website": lambda lead, _c, _a: variables.url(lead.website),
    "phone": lambda lead, _c, _a: phone.e164(lead.phone, lead.country),
    "followers": lambda lead, _c, _a: _count(lead.followers),
    "following": lambda lead, _c, _a: _count(lead.following),
    "posts": lambda lead, _c, _a: _count(lead.posts),
    "country": lambda lead, _c, _a: variables.neutral(lead.country, 80),
    "city": lambda lead, _c, _a: variables.neutral(lead.city, 80),
    "biography": lambda lead, _c, _a: variables.neutral(lead.biography),
    "keyword": lambda lead, _c, _a: variables.neutral(lead.keyword),
    "campaign": lambda _l, campaign, _a: variables.neutral(campaign.title),
    "campaign_type": lambda _l, campaign, _a: variables.neutral(campaign.type, 80),
    "source_type": lambda lead, _c, _a: variables.neutral(lead.source_type, 40),
    "email_source": lambda lead, _c, _a: variables.neutral(lead.email_source, 40),
    "scraped_on": lambda lead, _c, _a: _day(lead.scraped_at),
    "validated_on": lambda lead, _c, _a: _day(lead.checked_at),
    "lead_id": lambda lead, _c, _a: variables.neutral(lead.id, 80),
}
