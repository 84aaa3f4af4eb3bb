"""What became of delivered leads, by as few requests as Instantly allows. Writes nothing.

One read of the analytics tells which campaigns moved. Only these are listed, by the filter of what moved, without the
leads that are known already. Reads contradict each other for a while (instantly.md pitfall 33): a count stays "moved"
until a listing explains it, for a few rounds; what stays unexplained is left to the daily look at every lead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from bridge.api import Client
from bridge.api.client import Params
from bridge.api.scalars import count, moment, text
from bridge.destinations.base import Inquiry, News
from bridge.destinations.instantly import inbox, lookups, telling
from bridge.destinations.instantly.lookups import PAGE, leads_in, nonsense, within
from bridge.errors import Denied, Refused
from bridge.model import EventKind, Place, Sent, Told

MOST_IDS = 100
"""Campaigns named in one request, so that its address stays below 8 kB."""

MOST_EXCLUDED = 2_000
"""Known leads left out of a listing by their ids; beyond that the whole is listed again."""

PATIENCE = 3
"""Rounds in which a count that no listing explains is looked at again."""

WIDE = 3
"""From so many campaigns with new replies on, one listing of the whole inbox takes their place."""

PAGES_OF_CONTACTED = 20
"""Pages of contacted leads in a round that has nothing more urgent to list."""

_FILTERS: Mapping[str, Sequence[tuple[str, EventKind]]] = {
    "bounced_count": (("FILTER_VAL_BOUNCED", EventKind.BOUNCED),),
    "unsubscribed_count": (("FILTER_VAL_UNSUBSCRIBED", EventKind.UNSUBSCRIBED),),
    "total_opportunities": (
        ("FILTER_LEAD_INTERESTED", EventKind.INTERESTED),
        ("FILTER_LEAD_MEETING_BOOKED", EventKind.MEETING),
        ("FILTER_LEAD_MEETING_COMPLETED", EventKind.MEETING),
        ("FILTER_LEAD_CLOSED", EventKind.WON),
    ),
}
_REPLIES = ("reply_count", "reply_count_automatic")
_CONTACTED = "contacted_count"
_COUNTS = (*_FILTERS, *_REPLIES, _CONTACTED)
_MANY_REPLIES = 50
"""From so many new replies of a campaign on, those who are not interested are listed at once; fewer are looked at."""

Counts = dict[str, int]


@dataclass(slots=True)
class Round:
    """One round of questions. `memory` is what the next one starts from: JSON values only.

    By campaign: `seen` counts that are explained, `tries` of those that are not, `mails` when the latest mail that was
    read was stored, `contacted` the latest contacted lead that was listed, `missing` how often it was not reported.
    """

    client: Client
    inquiry: Inquiry
    memory: dict[str, Any]
    pages: int = 0
    notes: list[str] = field(default_factory=list)
    replies: dict[str, int] = field(default_factory=dict)

    @property
    def workspace(self) -> str:
        """The id of the workspace that is asked about."""
        return self.inquiry.places[0].workspace

    def of(self, what: str, campaign: str) -> dict[str, Any]:
        """The remembered counts of a campaign, to be changed in place."""
        kept: dict[str, Any] = self.memory.setdefault(what, {}).setdefault(campaign, {})
        return kept

    def news(self, told: Sequence[Told] = (), caught_up: Sequence[Place] = ()) -> News:
        """A page, with everything that is to be remembered once it is recorded."""
        notes, self.notes = tuple(self.notes), []
        return News(told, self.memory, caught_up, notes)


def events(client: Client, inquiry: Inquiry) -> Iterator[News]:
    """What is new in the campaigns; nothing happens to the leads of a list."""
    places = {place.id: place for place in inquiry.places if place.kind == "campaign"}
    if not places:
        return
    this = Round(client, inquiry, {name: dict(kept) for name, kept in inquiry.memory.items() if isinstance(kept, dict)})
    told = _analytics(this, list(places))
    moved = {campaign: changed for campaign in places if (changed := _moved(this, campaign, told.get(campaign)))}
    for campaign, counts in moved.items():
        for name in (name for name in _FILTERS if name in counts):
            yield from _listed(this, places[campaign], name, counts[name])
    yield from _mails(this, {one: counts for one, counts in moved.items() if counts.keys() & set(_REPLIES)})
    yield from _not_interested(this, places)
    yield from _contacted(this, places, told, fresh=any(_CONTACTED in counts for counts in moved.values()))
    yield this.news()


# ------------------------------------------------------------------------------------------------------ what moved


def _analytics(this: Round, campaigns: Sequence[str]) -> dict[str, Counts]:
    """The counts of the campaigns that Instantly reports; drafts are missing (instantly.md pitfall 33)."""
    found: dict[str, Counts] = {}
    for start in range(0, len(campaigns), MOST_IDS):
        asked: Params = {"ids": campaigns[start : start + MOST_IDS], "exclude_total_leads_count": True}
        rows = this.client.get("/campaigns/analytics", asked).data
        if not isinstance(rows, list):
            raise nonsense("GET /campaigns/analytics")
        for row in (row for row in rows if isinstance(row, dict)):
            counts = {name: number for name in _COUNTS if (number := count(row.get(name))) is not None}
            found[text(row.get("campaign_id")).lower()] = counts
    if not found.keys() & set(campaigns) and (current := lookups.workspace_id(this.client)) != this.workspace:
        raise Denied(
            f"INSTANTLY_API_KEY opens workspace {current}, but the leads were sent to workspace {this.workspace}.",
            hint="Put the key of that workspace back, then run the same command again.",
            vendor="instantly",
        )
    return found


def _moved(this: Round, campaign: str, counts: Counts | None) -> Counts:
    """The counts that are not what was seen last. Fewer than before are believed only when they stay so."""
    missing = this.memory.setdefault("missing", {})
    if counts is None:
        missing[campaign] = missing.get(campaign, 0) + 1
        if missing[campaign] == 2 and this.memory.get("seen", {}).get(campaign):  # noqa: PLR2004 - once may be a misread
            this.notes.append(
                f"Instantly reports the campaign {campaign} no more: it was deleted, or is a draft again. "
                "Its leads are only looked at in the daily pass."
            )
        return {}
    missing.pop(campaign, None)
    seen, tries = this.of("seen", campaign), this.of("tries", campaign)
    shrunk = [name for name, number in counts.items() if number < seen.get(name, 0)]
    if shrunk and not any(tries.get(name) for name in shrunk):
        this.notes.append(
            f"Instantly's counts of the campaign {campaign} became smaller ({', '.join(shrunk)}). "
            "Nothing is taken back because of that."
        )
    for name in shrunk:
        _unexplained(this, campaign, name, counts[name])
    return {name: number for name, number in counts.items() if number > seen.get(name, 0)}


def _unexplained(this: Round, campaign: str, name: str, told: int) -> None:
    """Look again in the next rounds; after a few the count is taken as it is."""
    tries = this.of("tries", campaign)
    tries[name] = tries.get(name, 0) + 1
    if tries[name] >= PATIENCE:
        _explained(this, campaign, name, told)


def _explained(this: Round, campaign: str, name: str, told: int) -> None:
    this.of("seen", campaign)[name] = told
    this.of("tries", campaign).pop(name, None)


# ---------------------------------------------------------------------------------------------------------- leads


def _listed(this: Round, place: Place, name: str, told: int) -> Iterator[News]:
    """The leads of what moved, without those that are known to have done so."""
    found = 0
    for label, kind in _FILTERS[name]:
        known = this.inquiry.known(place, kind)
        found += len(known)
        for rows in _by_filter(this, place, label, known):
            found += sum(text(row.get("id")) not in known for row in rows)
            yield this.news(_told(this, rows))
    if found >= told:
        _explained(this, place.id, name, told)
    else:
        _unexplained(this, place.id, name, told)


def _by_filter(
    this: Round, place: Place, label: str, known: Sequence[str], after: str = ""
) -> Iterator[list[dict[str, Any]]]:
    asked: dict[str, Any] = {"filter": label, **within(place)}
    if known and len(known) <= MOST_EXCLUDED:
        asked["excluded_ids"] = list(known)
    if after:
        asked["starting_after"] = after
    for rows in leads_in(this.client, asked, 20_000):
        this.pages += 1
        # A filter that is not understood is ignored in silence (instantly.md pitfall 5).
        yield [row for row in rows if text(row.get("campaign")).lower() == place.id]


def _told(this: Round, rows: Sequence[Mapping[str, Any]]) -> list[Told]:
    return [one for row in rows for one in telling.of_lead(row, this.workspace)]


def _not_interested(this: Round, places: Mapping[str, Place]) -> Iterator[News]:
    """No count tells of them. They are among those who replied: of few, the next look at each of them shows it."""
    for campaign, number in this.replies.items():
        if number >= _MANY_REPLIES and campaign in places:
            known = this.inquiry.known(places[campaign], EventKind.NOT_INTERESTED)
            for rows in _by_filter(this, places[campaign], "FILTER_LEAD_NOT_INTERESTED", known):
                yield this.news(_told(this, rows))


def _contacted(this: Round, places: Mapping[str, Place], told: Mapping[str, Counts], *, fresh: bool) -> Iterator[News]:
    """Contacted leads, from the latest known on, by ascending id; a few pages in a round.

    Rates need them, but nothing urgent follows. Leads that were contacted out of order are found by the daily look.
    """
    left = PAGES_OF_CONTACTED if fresh and not this.pages else max(1, this.pages // 10)
    for campaign, place in places.items():
        number = told.get(campaign, {}).get(_CONTACTED, 0)
        seen = this.of("seen", campaign)
        if number <= seen.get(_CONTACTED, 0):
            continue
        after = text(this.memory.setdefault("contacted", {}).get(campaign))
        listing = _by_filter(this, place, "FILTER_VAL_CONTACTED", (), after)
        complete = False
        while left and not complete:
            left -= 1
            rows = next(listing, None)
            complete = rows is None or len(rows) < PAGE
            if rows:
                this.memory["contacted"][campaign] = text(rows[-1].get("id"))
                yield this.news(_told(this, rows))
        if complete:
            _explained(this, campaign, _CONTACTED, number)
            yield this.news(caught_up=[place])


# ---------------------------------------------------------------------------------------------------------- mails


def _mails(this: Round, moved: Mapping[str, Counts]) -> Iterator[News]:
    """The mails of campaigns with new replies: of each alone, or of all where these are many."""
    if not moved:
        return
    since = {campaign: _read_until(this, campaign) for campaign in moved}
    try:
        if len(moved) < WIDE:
            for campaign, start in since.items():
                yield from _inbox(this, {"campaign_id": campaign}, [campaign], start)
        else:
            yield from _inbox(this, {}, list(moved), min((at for at in since.values() if at), default=None))
    except (Denied, Refused) as error:
        if error.status not in {401, 402, 403}:
            raise
        this.notes.append(
            f"The key may not read e-mails, so replies are not known: {error.message} Give it the scope emails:read."
        )
        return
    for campaign, counts in moved.items():
        for name in (name for name in _REPLIES if name in counts):
            if this.replies.get(f"{campaign} {name}", 0) >= counts[name] - this.of("seen", campaign).get(name, 0):
                _explained(this, campaign, name, counts[name])
            else:
                _unexplained(this, campaign, name, counts[name])


def _read_until(this: Round, campaign: str) -> datetime | None:
    return moment(this.memory.setdefault("mails", {}).get(campaign)) or this.inquiry.since


def _inbox(this: Round, asked: Mapping[str, str], campaigns: Sequence[str], since: datetime | None) -> Iterator[News]:
    """One listing, the oldest first; what was read is remembered page by page, as long as it really comes in order."""
    listing, latest = inbox.received(this.client, asked, since), since
    while inbox.has_room(this.client):
        rows = next(listing, None)
        if rows is None:
            return
        this.pages += 1
        times = [at for row in rows if (at := inbox.stored_at(row)) is not None]
        if times == sorted(times) and times and (latest is None or times[-1] > latest):
            latest = times[-1]
            this.memory["mails"] |= dict.fromkeys(campaigns, latest.isoformat())
        _count_replies(this, rows, since)
        yield this.news([one for row in rows for one in telling.of_mail(row, this.workspace)])
        if len(rows) < PAGE:
            return
    this.notes.append("More mails wait than Instantly lets be read in a minute; the next round goes on with them.")


def _count_replies(this: Round, rows: Sequence[Mapping[str, Any]], since: datetime | None) -> None:
    """How many mails are new, by campaign: what the counts of the analytics are compared with."""
    for row in rows:
        at, campaign = inbox.stored_at(row), text(row.get("campaign_id")).lower()
        if at is None or since is None or at >= since:
            name = _REPLIES[1] if count(row.get("is_auto_reply")) else _REPLIES[0]
            for key in (f"{campaign} {name}", campaign):
                this.replies[key] = this.replies.get(key, 0) + 1


# ---------------------------------------------------------------------------------------------------- single leads


def look_at(client: Client, sent: Sequence[Sent]) -> Iterator[News]:
    """These leads by their ids, a hundred in a request, in whatever target they stand now.

    One that its id does not find is looked for by its address in its target: a vendor may give another id when it
    moves a lead. Nothing follows from a lead that is not found.
    """
    for start in range(0, len(sent), PAGE):
        some = sent[start : start + PAGE]
        found = dict(_by_id(client, some))
        lost = [one for one in some if one.delivery_id not in found]
        found |= dict(_by_address(client, lost))
        workspace = some[0].place.workspace
        told = [one for number, row in found.items() for one in telling.of_lead(row, workspace, number)]
        yield News(told)
        unread = [one for one in some if telling.replied(found.get(one.delivery_id, {})) and not one.known & _ANSWERS]
        yield from _replies_of(client, unread)


_ANSWERS = frozenset({EventKind.REPLIED, EventKind.AUTO_REPLIED})


def _by_id(client: Client, some: Sequence[Sent]) -> Iterator[tuple[int, dict[str, Any]]]:
    wanted = {one.remote_id: one.delivery_id for one in some if one.remote_id}
    if wanted:
        for row in chain.from_iterable(leads_in(client, {"ids": sorted(wanted)}, 2)):
            if text(row.get("id")) in wanted:
                yield wanted[text(row.get("id"))], row


def _by_address(client: Client, some: Sequence[Sent]) -> Iterator[tuple[int, dict[str, Any]]]:
    by_place: dict[Place, dict[str, int]] = {}
    for one in some:
        by_place.setdefault(one.place, {})[one.address.lower()] = one.delivery_id
    for place, wanted in by_place.items():
        asked = {"contacts": sorted(wanted), **within(place)}
        for row in chain.from_iterable(leads_in(client, asked)):
            address = text(row.get("email")).strip().lower()
            if address in wanted and lookups.sighting(row).is_in(place):
                yield wanted[address], row


def _replies_of(client: Client, some: Sequence[Sent]) -> Iterator[News]:
    """Whether a person or a machine replied: one request for each lead, as far as the inbox's limit goes."""
    for one in some:
        if not inbox.has_room(client):
            return
        rows = next(inbox.received(client, {"lead": one.address}), [])
        mine = [row for row in rows if text(row.get("lead")).strip().lower() == one.address.lower()]
        yield News([told for row in mine for told in telling.of_mail(row, one.place.workspace, one.delivery_id)])
