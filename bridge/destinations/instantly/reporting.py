"""What became of delivered leads, by as few requests as Instantly allows. Writes nothing.

One read of the analytics shows which campaigns moved. Only these are listed, by the filter of what moved, without the
leads that are known already. Reads contradict each other for a while (instantly.md pitfall 33): a count stays "moved"
until a listing explains it, for a few rounds; what stays unexplained is left to the daily look at every lead.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from bridge.api import Client
from bridge.api.client import Params
from bridge.api.scalars import count, text
from bridge.destinations.base import Inquiry, News
from bridge.destinations.instantly import lookups, parsing, replies
from bridge.destinations.instantly.lookups import INSTANTLY, PAGE, leads_in, within
from bridge.destinations.instantly.rounds import WIDE, Counts, Round
from bridge.model import EventKind, Place, ReportedEvent, Sent

MOST_IDS = 100
"""Campaigns named in one request, so that its address stays below 8 kB."""

MOST_EXCLUDED = 10_000
"""Known leads left out of a listing by their ids: a body of 390 kB, less than 1,000 leads may have in `leads/add`."""

PAGES_OF_CONTACTED = 20
"""Pages of contacted leads in a round that has nothing more urgent to list."""

_JUDGED = "total_opportunities"
_FILTERS: Mapping[str, Sequence[tuple[str, EventKind]]] = {
    "bounced_count": (("FILTER_VAL_BOUNCED", EventKind.BOUNCED),),
    "unsubscribed_count": (("FILTER_VAL_UNSUBSCRIBED", EventKind.UNSUBSCRIBED),),
    _JUDGED: (
        ("FILTER_LEAD_INTERESTED", EventKind.INTERESTED),
        ("FILTER_LEAD_MEETING_BOOKED", EventKind.MEETING),
        ("FILTER_LEAD_MEETING_COMPLETED", EventKind.MEETING),
        ("FILTER_LEAD_CLOSED", EventKind.WON),
    ),
}
_CONTACTED = "contacted_count"
_COUNTS = (*_FILTERS, *replies.COUNTS, _CONTACTED)


def events(client: Client, inquiry: Inquiry) -> Iterator[News]:
    """What is new in the campaigns; nothing happens to the leads of a list."""
    places = {place.id: place for place in inquiry.places if place.kind == "campaign"}
    if not places:
        return
    kept = {name: dict(kept) if isinstance(kept, dict) else kept for name, kept in inquiry.memory.items()}
    this = Round(client, inquiry, kept)
    counted = _analytics(this, list(places))
    moved = {campaign: changed for campaign in places if (changed := _moved(this, campaign, counted.get(campaign)))}
    for name in (name for name in _FILTERS if name != _JUDGED):
        yield from _listed(this, places, name, _of(moved, name))
    yield from replies.mails(
        this, {one: counts for one, counts in moved.items() if counts.keys() & set(replies.COUNTS)}
    )
    yield from _listed(this, places, _JUDGED, _unjudged(this, places, _of(moved, _JUDGED)))
    yield from _contacted(this, places, counted, fresh=any(_CONTACTED in counts for counts in moved.values()))
    yield this.news()


# ------------------------------------------------------------------------------------------------------ what moved


def _analytics(this: Round, campaigns: Sequence[str]) -> dict[str, Counts]:
    """The counts of the campaigns that Instantly reports; drafts are missing (instantly.md pitfall 33)."""
    found: dict[str, Counts] = {}
    for start in range(0, len(campaigns), MOST_IDS):
        asked: Params = {"ids": campaigns[start : start + MOST_IDS], "exclude_total_leads_count": True}
        rows = this.client.get("/campaigns/analytics", asked).data
        if not isinstance(rows, list):
            raise INSTANTLY.unreadable("GET /campaigns/analytics")
        for row in (row for row in rows if isinstance(row, dict)):
            counts = {name: number for name in _COUNTS if (number := count(row.get(name))) is not None}
            found[text(row.get("campaign_id")).lower()] = counts
    if not found.keys() & set(campaigns) and (current := lookups.workspace_id(this.client)) != this.workspace:
        raise INSTANTLY.foreign(f"workspace {current}", f"workspace {this.workspace}")
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
        this.unexplained(campaign, name, counts[name])
    return {name: number for name, number in counts.items() if number > seen.get(name, 0)}


# ---------------------------------------------------------------------------------------------------------- leads


def _of(moved: Mapping[str, Counts], name: str) -> Counts:
    return {campaign: counts[name] for campaign, counts in moved.items() if name in counts}


def _unjudged(this: Round, places: Mapping[str, Place], counts: Counts) -> Counts:
    """The counts of good answers that have to be listed: those that new replies and a look at them did not explain."""
    rest: Counts = {}
    if this.unread:
        return rest
    for campaign, total in counts.items():
        known = {one for _, kind in _FILTERS[_JUDGED] for one in this.inquiry.known(places[campaign], kind)}
        if len(known) >= total:
            this.explained(campaign, _JUDGED, total)
        elif this.of("tries", campaign).get(_JUDGED):
            rest[campaign] = total
        else:
            this.judged = True
            this.unexplained(campaign, _JUDGED, total)
    return rest


def _listed(this: Round, places: Mapping[str, Place], name: str, counts: Counts) -> Iterator[News]:
    """The leads of what moved, without those that are known to have done so: of all campaigns at once, or of each."""
    found: dict[str, set[str]] | None = None
    if len(counts) >= WIDE and not this.memory.get("crowded"):
        found = yield from _found(this, list(places.values()), name, PAGE * len(counts))
        this.memory["crowded"] = found is None
    for campaign, total in counts.items():
        mine = found or (yield from _found(this, [places[campaign]], name)) or {}
        if len(mine.get(campaign, ())) >= total:
            this.explained(campaign, name, total)
        else:
            this.unexplained(campaign, name, total)


def _found(
    this: Round, places: Sequence[Place], name: str, most: int = 0
) -> Generator[News, None, dict[str, set[str]] | None]:
    """Who did so, by campaign, known or not; None where more than `most` leads of other campaigns came instead."""
    found: dict[str, set[str]] = {place.id: set() for place in places}
    others = this.others
    for label, kind in _FILTERS[name]:
        known = {place.id: this.inquiry.known(place, kind) for place in places}
        for campaign, ids in known.items():
            found[campaign].update(ids)
        for rows in _by_filter(this, places, label, list(chain.from_iterable(known.values()))):
            for row in rows:
                found[text(row.get("campaign")).lower()].add(text(row.get("id")))
            yield this.news(_parsed(this, rows))
            if 0 < most < this.others - others:
                return None
    return found


def _by_filter(
    this: Round, places: Sequence[Place], label: str, known: Sequence[str], after: str = ""
) -> Iterator[list[dict[str, Any]]]:
    asked: dict[str, Any] = {"filter": label, **(within(places[0]) if len(places) == 1 else {})}
    if known:
        asked["excluded_ids"] = list(known[:MOST_EXCLUDED])
    if after:
        asked["starting_after"] = after
    campaigns = {place.id for place in places}
    for rows in leads_in(this.client, asked, 20_000):
        this.pages += 1
        # A filter that is not understood is ignored in silence (instantly.md pitfall 5).
        mine = [row for row in rows if text(row.get("campaign")).lower() in campaigns]
        this.others += len(rows) - len(mine)
        yield mine


def _parsed(this: Round, rows: Sequence[Mapping[str, Any]]) -> list[ReportedEvent]:
    return [one for row in rows for one in parsing.of_lead(row, this.workspace)]


def _contacted(
    this: Round, places: Mapping[str, Place], counted: Mapping[str, Counts], *, fresh: bool
) -> Iterator[News]:
    """Contacted leads, from the latest known on, by ascending id; a few pages in a round.

    Rates need them, but nothing urgent follows. Leads that were contacted out of order are found by the daily look.
    """
    left = PAGES_OF_CONTACTED if fresh and not this.pages else max(1, this.pages // 10)
    for campaign, place in places.items():
        number = counted.get(campaign, {}).get(_CONTACTED, 0)
        seen = this.of("seen", campaign)
        if number <= seen.get(_CONTACTED, 0):
            continue
        after = text(this.memory.setdefault("contacted", {}).get(campaign))
        listing = _by_filter(this, [place], "FILTER_VAL_CONTACTED", (), after)
        complete = False
        while left and not complete:
            left -= 1
            rows = next(listing, None)
            complete = rows is None or len(rows) < PAGE
            if rows:
                this.memory["contacted"][campaign] = text(rows[-1].get("id"))
                yield this.news(_parsed(this, rows))
        if complete:
            this.explained(campaign, _CONTACTED, number)
            yield this.news()


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
        shown = [one for number, row in found.items() for one in parsing.of_lead(row, workspace, number)]
        yield News(shown)
        unread = [one for one in some if parsing.replied(found.get(one.delivery_id, {})) and not one.known & _ANSWERS]
        yield from replies.of_leads(client, unread)


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
