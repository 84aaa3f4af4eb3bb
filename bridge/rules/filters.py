"""The filters: each either lets a lead pass or holds it for its reason. Makes no field, and reads nothing but the lead.

What is always asked stands here as functions of the lead; what a route may ask for is made once for its rules, by
`kind_of_address` and `audience`, into the few checks that are switched on.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final

from bridge.hygiene import countries, domains, email, identities, languages, variables
from bridge.model import PROBLEM_ERASED, PROBLEM_PRUNED, Hold, Kind, Lead, Reason, Rules, SourceCampaign
from bridge.rules.selecting import is_type

Validity = Callable[[Lead, datetime], datetime | Hold | None]
KindCheck = Callable[[email.Address], Hold | str]
Check = Callable[[Lead, SourceCampaign], Hold | None]

# The source's words; any other holds as unknown.
_UNVALIDATED: Final = {
    "": Reason.NOT_VALIDATED,
    "pending": Reason.VALIDATION_PENDING,
    "invalid": Reason.VALIDATION_INVALID,
    "valid": Reason.VALIDATION_INVALID,  # with isValid false: the two contradict each other
}

_WITHOUT_FACTS: Final = {PROBLEM_ERASED: Reason.ERASED, PROBLEM_PRUNED: Reason.FACTS_PRUNED}


def unreachable(lead: Lead, kind: Kind, found: email.Address | email.Malformed | None) -> Hold:
    """Why a lead without a usable identity of this kind is held; `found` is what its e-mail address was read as."""
    if lead.problem in _WITHOUT_FACTS:
        return Hold(_WITHOUT_FACTS[lead.problem])
    if lead.problem:
        return Hold(Reason.UNREADABLE, lead.problem)
    if kind != "email":
        return _without_profile(lead, kind)
    if lead.email_masked or (lead.email and email.looks_masked(lead.email)):
        return Hold(Reason.EMAIL_MASKED)
    if isinstance(found, email.Malformed):
        return Hold(Reason.EMAIL_MALFORMED, found.why)
    return Hold(Reason.NO_EMAIL)


def _without_profile(lead: Lead, kind: Kind) -> Hold:
    if identities.of_kind(lead, kind) is not None:
        return Hold(Reason.NO_IDENTITY, f"{kind}: only a user name is known, no link")
    malformed = kind == "x" == identities.platform(lead) and lead.username
    return _held(Reason.HANDLE_MALFORMED, lead.username) if malformed else Hold(Reason.NO_IDENTITY, kind)


def validity(rules: Rules) -> Validity:
    """The check of a lead's validation: when it will be too old (None = never), or why it is no good now."""
    longest = rules.max_validation_age

    def until(lead: Lead, now: datetime) -> datetime | Hold | None:
        if lead.validation != "valid" or lead.is_valid is False:
            # Only "valid" goes out; which other words there are is not documented, so any other holds.
            reason = _UNVALIDATED.get(lead.validation)
            return Hold(reason) if reason else _held(Reason.VALIDATION_UNKNOWN, lead.validation)
        if longest is None:
            return None
        checked = lead.checked_at or lead.scraped_at
        if checked is None:
            return Hold(Reason.VALIDATION_UNDATED)
        try:
            expires_at = checked + longest
        except OverflowError:  # a date at the end of time
            return Hold(Reason.VALIDATION_UNDATED)
        return expires_at if expires_at > now else Hold(Reason.VALIDATION_TOO_OLD, f"checked {checked:%Y-%m-%d}")

    return until


# ----------------------------------------------------------------------------------------------- the kind of address


def kind_of_address(rules: Rules) -> KindCheck:
    """The check of what kind of mailbox an address is, as these rules have it. No-reply mailboxes always hold.

    Where it does not object it gives the domain that counts towards the route's cap, "" where none does.
    """
    person, free, other = domains.Mailbox.PERSON, domains.Domain.FREE_MAIL, domains.Domain.OTHER
    objection, usual = _objection(rules), None if rules.free_mail == "hold" else free
    capped = bool(rules.per_domain)

    def check(address: email.Address) -> Hold | str:
        local, _, home = address.value.partition("@")
        mailbox, domain = domains.mailbox(local), domains.domain(home)
        if mailbox is not person or (domain is not other and domain is not usual):
            held = objection(address, mailbox, domain)
            if held is not None:
                return held
        return home if capped and domain is not free else ""

    return check


def _objection(rules: Rules) -> Callable[[email.Address, domains.Mailbox, domains.Domain], Hold | None]:
    objections: dict[domains.Domain, tuple[Reason, str]] = {}
    no_throw_away = rules.disposable == "hold"
    if no_throw_away:
        objections[domains.Domain.THROW_AWAY] = (Reason.DISPOSABLE, "throw-away")
        objections[domains.Domain.RELAY] = (Reason.DISPOSABLE, "relay")
    if rules.typo_domains == "hold":
        objections[domains.Domain.TYPO] = (Reason.TYPO_DOMAIN, "")
    no_roles, no_free_mail = rules.role_addresses == "hold", rules.free_mail == "hold"

    def objection(address: email.Address, mailbox: domains.Mailbox, domain: domains.Domain) -> Hold | None:
        if mailbox is domains.Mailbox.NO_REPLY:
            return Hold(Reason.NO_REPLY)
        if domain in objections:
            reason, detail = objections[domain]
            return Hold(reason, detail or address.domain)
        if domain is domains.Domain.TYPO and no_throw_away and domains.is_disposable(address.domain):
            return Hold(Reason.DISPOSABLE, "throw-away")
        if no_roles and mailbox is domains.Mailbox.ROLE:
            return Hold(Reason.ROLE_ADDRESS)
        return Hold(Reason.FREE_MAIL) if no_free_mail and domain is domains.Domain.FREE_MAIL else None

    return objection


# -------------------------------------------------------------------------------------------------------- the audience


def audience(rules: Rules) -> Iterator[Check]:
    """The checks of who the lead is, in their order: only those that these rules switch on."""
    if rules.platforms:
        yield (
            lambda lead, _campaign: None if lead.platform in rules.platforms else _held(Reason.PLATFORM, lead.platform)
        )
    if rules.types:
        yield _types(rules.types)
    if rules.countries or rules.exclude_countries:
        yield lambda lead, _campaign: _country(rules, lead)
    if rules.keywords:
        folded = frozenset(word.casefold() for word in rules.keywords)
        yield (lambda lead, _campaign: None if lead.keyword.strip().casefold() in folded else Hold(Reason.KEYWORD))
    if rules.min_followers is not None or rules.max_followers is not None:
        yield lambda lead, _campaign: _followers(rules, lead)
    if not (rules.verified is rules.business is rules.private is None):
        yield lambda lead, _campaign: _traits(rules, lead)
    if rules.languages:  # the dearest, so the last
        yield lambda lead, _campaign: _language(rules, lead)


def _held(reason: Reason, detail: str) -> Hold:
    return Hold(reason, variables.neutral(detail, 40))


def _types(wanted: tuple[str, ...]) -> Check:
    @lru_cache(maxsize=256)
    def takes(kind: str) -> bool:
        return any(is_type(each, kind) for each in wanted)

    def check(lead: Lead, campaign: SourceCampaign) -> Hold | None:
        known = lead.source_type in wanted or takes(campaign.type)
        return None if known else _held(Reason.SOURCE_TYPE, lead.source_type)

    return check


def _country(rules: Rules, lead: Lead) -> Hold | None:
    """What names no country for certain is held, not guessed.

    A lead without any country passes `exclude_countries`: most have none, and the list would hold nearly all.
    """
    if not lead.country.strip():
        return Hold(Reason.COUNTRY, "unknown") if rules.countries else None
    country = countries.code(lead.country)
    if not country:
        return _held(Reason.COUNTRY, lead.country)
    wanted = not rules.countries or country in rules.countries
    return None if wanted and country not in rules.exclude_countries else Hold(Reason.COUNTRY, country)


def _followers(rules: Rules, lead: Lead) -> Hold | None:
    followers = lead.followers
    if rules.min_followers is not None and (followers is None or followers < rules.min_followers):
        return Hold(Reason.TOO_FEW_FOLLOWERS, "unknown" if followers is None else str(followers))
    if rules.max_followers is not None and (followers is None or followers > rules.max_followers):
        return Hold(Reason.TOO_MANY_FOLLOWERS, "unknown" if followers is None else str(followers))
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


def _language(rules: Rules, lead: Lead) -> Hold | None:
    """A biography whose language is unknown is held: the route asked for people it can write to."""
    language = languages.language(lead.biography)
    return None if language in rules.languages else Hold(Reason.LANGUAGE, language or "unknown")
