"""Who replied, and whether a person or a machine did: read from the inbox, within its own limit. Hands no text on."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.api import Client
from bridge.api.scalars import count, mapping, moment, text
from bridge.destinations.base import News
from bridge.destinations.instantly import inbox, parsing
from bridge.destinations.instantly.lookups import PAGE
from bridge.destinations.instantly.rounds import WIDE, Counts, Round
from bridge.errors import Denied, Refused
from bridge.model import EventKind, ReportedEvent, Sent, Witness

COUNTS = ("reply_count", "reply_count_automatic")


def mails(this: Round, moved: Mapping[str, Counts]) -> Iterator[News]:
    """The mails of campaigns with new replies: of each alone, or of all where these are many."""
    if not moved:
        return
    try:
        if len(moved) < WIDE:
            for campaign in moved:
                yield from _listed(this, campaign, [campaign])
        else:
            yield from _listed(this, "", list(moved))
    except (Denied, Refused) as error:
        if error.status not in {401, 402, 403}:
            raise
        this.notes.append(
            f"The key may not read e-mails, so replies are not known: {error.message} Give it the scope emails:read."
        )
        return
    for campaign, counts in () if this.unread else moved.items():
        for name in (name for name in COUNTS if name in counts):
            if this.replies.get(f"{campaign} {name}", 0) >= counts[name] - this.of("seen", campaign).get(name, 0):
                this.explained(campaign, name, counts[name])
            else:
                this.unexplained(campaign, name, counts[name])


def _listed(this: Round, campaign: str, campaigns: Sequence[str]) -> Iterator[News]:
    """One listing, the oldest first: it goes on where the round before had to end, or some time before the latest mail.

    What was read is remembered page by page, as long as it really comes in order.
    """
    rest = this.of("rest", campaign)
    starts = [at for one in campaigns if (at := _read_until(this, one))]
    latest = since = moment(rest.get("since")) or min(starts, default=None)
    this.replies |= mapping(rest.get("counted"))
    listing = inbox.received(this.client, {"campaign_id": campaign} if campaign else {}, since, text(rest.get("after")))
    while inbox.has_room(this.client):
        rows = next(listing, None)
        if rows is None:
            rest.clear()
            return
        this.pages += 1
        times = [at for row in rows if (at := inbox.stored_at(row)) is not None]
        if times == sorted(times) and times and (latest is None or times[-1] > latest):
            latest = times[-1]
            this.memory["mails"] |= dict.fromkeys(campaigns, latest.isoformat())
        _count(this, rows, since)
        rest.update(since=since and since.isoformat(), after=text(rows[-1].get("id")) if rows else "")
        rest["counted"] = {key: number for key, number in this.replies.items() if key.split()[0] in campaigns}
        if len(rows) < PAGE:
            rest.clear()
        yield this.news([one for row in rows for one in (*parsing.of_mail(row, this.workspace), *_report(this, row))])
        if not rest:
            return
    this.unread = True
    this.notes.append("More mails wait than Instantly lets be read in a minute; the next round goes on with them.")


def _read_until(this: Round, campaign: str) -> datetime | None:
    return moment(this.memory.setdefault("mails", {}).get(campaign)) or this.inquiry.since


def _count(this: Round, rows: Sequence[Mapping[str, Any]], since: datetime | None) -> None:
    """How many mails are new, by campaign: what the counts of the analytics are compared with."""
    for row in rows:
        at, campaign = inbox.stored_at(row), text(row.get("campaign_id")).lower()
        if at is None or since is None or at >= since:
            key = f"{campaign} {COUNTS[1] if count(row.get('is_auto_reply')) else COUNTS[0]}"
            this.replies[key] = this.replies.get(key, 0) + 1


def _report(this: Round, row: Mapping[str, Any]) -> Iterator[ReportedEvent]:
    """The code in a mail server's report about a lead that is known to have bounced: alone it is no bounce."""
    code, place = parsing.code_of_report(row), parsing.place_of(this.workspace, text(row.get("campaign_id")))
    lead_id = text(row.get("lead_id"))
    if code and place in this.inquiry.places and lead_id in this.inquiry.known(place, EventKind.BOUNCED):
        address = text(row.get("lead")).strip().lower()
        yield ReportedEvent(EventKind.BOUNCED, place, address, Witness.INBOX, None, lead_id, detail=code)


def of_leads(client: Client, some: Sequence[Sent]) -> Iterator[News]:
    """Whether a person or a machine replied: one request for each lead, as far as the inbox's limit goes."""
    for one in some:
        if not inbox.has_room(client):
            return
        rows = next(inbox.received(client, {"lead": one.address}), [])
        mine = [row for row in rows if text(row.get("lead")).strip().lower() == one.address.lower()]
        yield News([event for row in mine for event in parsing.of_mail(row, one.place.workspace, one.delivery_id)])
