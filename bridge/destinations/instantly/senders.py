"""Reads what a campaign may send: its own terms, its senders, who waits in it. Never writes; counts nothing."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from bridge.api import Client
from bridge.api.scalars import count, mapping, text
from bridge.destinations.instantly.lookups import leads_in, listing
from bridge.destinations.instantly.pacing import Ramp, Senders, Terms, read_days
from bridge.destinations.instantly.rendering import Step
from bridge.destinations.instantly.target import ACTIVE, SENDING
from bridge.errors import Unavailable
from bridge.lazy import dataclass

MOST_PAGES = 20
"""Of a listing of accounts: two thousand of them."""

MOST_COUNTED = 10
"""Pages of leads that are counted where no analytics say how many wait."""

_ABLE = frozenset({1, 3})  # OpenAPI Account.status: active; in maintenance, resumed automatically
_STEPS_COUNTED = 20


def terms_of(campaign: Mapping[str, Any], steps: Sequence[Step]) -> Terms:
    """What the campaign says of its pace. A limit that is null or missing is taken as none (UNKNOWN what it means)."""
    schedule = mapping(campaign.get("campaign_schedule"))
    listed = schedule.get("schedules")
    hours = [mapping(one) for one in (listed if isinstance(listed, list) else ())]
    days = frozenset[int]().union(*(read_days(mapping(one.get("days"))) for one in hours))
    return Terms(
        daily=count(campaign.get("daily_limit")),
        daily_new=count(campaign.get("daily_max_leads")),
        delays=tuple(step.delay for step in steps[:_STEPS_COUNTED][:-1]),
        follow_ups_first=campaign.get("prioritize_new_leads") is not True,
        days=days if hours else frozenset(range(7)),
        start=day_of(schedule.get("start_date")),
        end=day_of(schedule.get("end_date")),
        runs=campaign.get("status") == ACTIVE,
    )


def senders_of(client: Client, campaign: Mapping[str, Any], *, shared: bool = False) -> Senders | None:
    """The accounts the campaign names, by address or by tag; None where it names none. Raises VendorError.

    With `shared`, an account that other campaigns use that send now counts with its part of its limit alone.
    """
    named = {one.strip().lower() for one in _strings(campaign.get("email_list"))}
    tags = _strings(campaign.get("email_tag_list"))
    if not named and not tags:
        return None
    found: dict[str, Mapping[str, Any]] = {}
    if named:
        found.update(_named(client, named))
    if tags:
        found.update(_by_tags(client, tags))
    able = [row for row in found.values() if row.get("status") in _ABLE and row.get("setup_pending") is not True]
    users = _users(client, campaign, found) if shared else Counter[str]()
    parts = {_address(row): 1 + users[_address(row)] for row in able}
    ramps = [ramp for row in able if (ramp := _ramp(row, client.clock().date(), parts)) is not None]
    limits = [_part(row, parts) for row in able]
    known = [limit for limit in limits if limit is not None]
    return Senders(
        named=len(named | found.keys()),
        able=len(able),
        daily=sum(known) if len(known) == len(limits) else None,
        ramping=sum(row.get("enable_slow_ramp") is True for row in able),
        ramps=tuple(ramps),
        shared=sum(number > 1 for number in parts.values()),
    )


def _users(client: Client, campaign: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """How many other campaigns that send use each of these accounts, by its address or by any tag that it has.

    A part for each is what none of them exceeds, whatever the others do. Raises VendorError where not all are listed.
    """
    found = Counter[str]()
    for status in SENDING:
        for other in chain.from_iterable(listing(client, "/campaigns", {"status": status})):
            if other.get("status") in SENDING and text(other.get("id")).lower() != text(campaign.get("id")).lower():
                tags = frozenset(_strings(other.get("email_tag_list")))
                named = {one.strip().lower() for one in _strings(other.get("email_list"))}
                found.update((named & accounts.keys()) | (_bearers(client, tags, accounts) if tags else set()))
    return found


def _bearers(client: Client, tags: frozenset[str], accounts: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Those of the accounts that have one of these tags; where some do not show their tags, the listing by tag says."""
    known = {address: row["tags"] for address, row in accounts.items() if isinstance(row.get("tags"), list)}
    if len(known) < len(accounts):
        return _by_tags(client, tags).keys() & accounts.keys()
    return {address for address, some in known.items() if any(mapping(tag).get("id") in tags for tag in some)}


def _address(row: Mapping[str, Any]) -> str:
    return text(row.get("email")).strip().lower()


def _part(row: Mapping[str, Any], parts: Mapping[str, int]) -> int | None:
    """The account's limit, or this campaign's part of it."""
    limit = count(row.get("daily_limit"))
    return None if limit is None else limit // parts[_address(row)]


def _ramp(row: Mapping[str, Any], today: date, parts: Mapping[str, int]) -> Ramp | None:
    """How an account's limit grows: by `warmup.increment` a day from 0 on (OpenAPI Account); None where it does not."""
    limit, step = _part(row, parts), text(mapping(row.get("warmup")).get("increment"))
    if row.get("enable_slow_ramp") is not True or limit is None or not step.isdecimal():
        return None
    return Ramp(limit, int(step), day_of(row.get("timestamp_warmup_start")) or today)


def _named(client: Client, named: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Those of the workspace's accounts that are named; the listing is read no further than to the last of them."""
    missing = set(named)
    for row in _accounts(client, None):
        address = _address(row)
        if address in missing:
            missing.discard(address)
            yield address, row
        if not missing:
            return


def _by_tags(client: Client, tags: Collection[str]) -> dict[str, Mapping[str, Any]]:
    return {_address(row): row for row in _accounts(client, ",".join(sorted(tags)))}


def _accounts(client: Client, tags: str | None) -> Iterator[dict[str, Any]]:
    """Accounts with their own tags, of all or with any of these tags."""
    asked = {"tag_ids": tags, "include_tags": "true"}
    return chain.from_iterable(islice(listing(client, "/accounts", asked), MOST_PAGES))


@dataclass(frozen=True, slots=True)
class Crowd:
    """The leads of a campaign: all, those not written to yet, and those whose sequence goes on. None = unknown."""

    total: int | None
    waiting: int | None
    under_way: int | None = None


def crowd_of(client: Client, campaign_id: str) -> Crowd:
    """Who is in the campaign. Raises VendorError.

    `contacted_count` is documented as leads; an operator saw it count mails (instantly.md pitfall 33). Where it exceeds
    the leads, nothing is believed. Drafts are missing from the analytics: none of their leads was written to.
    """
    rows = client.get("/campaigns/analytics", {"id": campaign_id}).data
    for row in rows if isinstance(rows, list) else ():
        if text(mapping(row).get("campaign_id")).lower() == campaign_id.lower():
            leads, contacted = count(row.get("leads_count")), count(row.get("contacted_count"))
            if leads is None or contacted is None or contacted > leads:
                return Crowd(leads, None)
            begun = count(row.get("new_leads_contacted_count"))
            contacted = contacted if begun is None else min(contacted, begun)
            ended = [count(row.get(f"{name}_count")) or 0 for name in ("completed", "bounced", "unsubscribed")]
            return Crowd(leads, leads - contacted, max(0, contacted - sum(ended)))
    found = counted(client, campaign_id)
    return Crowd(found, found, 0)


def counted(client: Client, campaign_id: str, **kept: str) -> int | None:
    """The leads of a campaign, counted one by one; None where they are too many to count for a look.

    A draft has no analytics: none of its leads was written to.
    """
    rows = chain.from_iterable(leads_in(client, {"campaign": campaign_id, **kept}, MOST_COUNTED))
    try:
        return sum(text(row.get("campaign")).lower() == campaign_id.lower() for row in rows)
    except Unavailable as error:
        if error.status:
            raise
        return None  # the listing gave up after so many pages


@dataclass(frozen=True, slots=True)
class Today:
    """What a campaign has done today, and the follow-ups that wait (None: not said)."""

    follow_ups: int | None
    sent: int = 0
    begun: int = 0


def today_in(client: Client, campaign_id: str) -> Today:
    """What the sending status says. Outside of sending hours some of it is missing (OpenAPI). Raises VendorError."""
    diagnostics = mapping(mapping(client.get(f"/campaigns/{campaign_id}/sending-status").data).get("diagnostics"))
    waiting, mails, people = (
        count(mapping(diagnostics.get(part)).get(name))
        for part, name in (
            ("follow_ups_waiting", "count"),
            ("campaign_daily_limit", "sent"),
            ("new_lead_limit", "contacted"),
        )
    )
    return Today(waiting, mails or 0, people or 0)


def _strings(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []


def day_of(value: Any) -> date | None:
    """The day of a date or a time; None where it is none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
