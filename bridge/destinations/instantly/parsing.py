"""Turns Instantly's leads, mails and webhook bodies into events. Asks nothing; keeps no text of a mail.

A lead's own count of replies is no event: whether it holds automatic ones is not documented, so replies are read from
the inbox, which says which are. An interest counts only with the time of its change: what was posted with the lead is
no answer of the person.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bridge.api.scalars import amount, count, moment, text
from bridge.model import SENDER_SIDE, EventKind, Place, ReportedEvent, Witness

# OpenAPI: Lead.lt_interest_status. Lost (-3) and no show (-4) are steps of a sale, no answer.
INTERESTS: Mapping[object, EventKind] = MappingProxyType(
    {
        0: EventKind.OUT_OF_OFFICE,
        1: EventKind.INTERESTED,
        2: EventKind.MEETING,
        3: EventKind.MEETING,
        4: EventKind.WON,
        -1: EventKind.NOT_INTERESTED,
        -2: EventKind.WRONG_PERSON,
    }
)
_STATUS: Mapping[object, EventKind] = MappingProxyType({-1: EventKind.BOUNCED, -2: EventKind.UNSUBSCRIBED})
# Both spellings: names differ between subscription and payload (instantly.md pitfall 26).
HOOKS: Mapping[str, EventKind] = MappingProxyType(
    {
        "email_sent": EventKind.CONTACTED,
        "email_opened": EventKind.OPENED,
        "email_link_clicked": EventKind.CLICKED,
        "link_clicked": EventKind.CLICKED,
        "reply_received": EventKind.REPLIED,
        "auto_reply_received": EventKind.AUTO_REPLIED,
        "email_bounced": EventKind.BOUNCED,
        "lead_unsubscribed": EventKind.UNSUBSCRIBED,
        "lead_interested": EventKind.INTERESTED,
        "lead_not_interested": EventKind.NOT_INTERESTED,
        "lead_meeting_booked": EventKind.MEETING,
        "lead_meeting_completed": EventKind.MEETING,
        "lead_closed": EventKind.WON,
        "lead_out_of_office": EventKind.OUT_OF_OFFICE,
        "lead_wrong_person": EventKind.WRONG_PERSON,
    }
)
_RECEIVED = 2
_MACHINES = frozenset({"mailer-daemon", "postmaster"})
_DAY = timedelta(days=1)
# RFC 3463: class 4 is a delay, and subject 7 a policy of the receiver against the sender. Neither is a dead address.
_ENHANCED = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")


def place_of(workspace: str, campaign: str, list_id: str = "") -> Place:
    """The target that a row names; one without an id where it names none."""
    kind, number = ("list", list_id) if list_id and not campaign else ("campaign", campaign)
    return Place("instantly", workspace, kind, number.lower())


def of_lead(row: Mapping[str, Any], workspace: str, delivery_id: int = 0) -> Iterator[ReportedEvent]:
    """The events that a row of `leads/list` shows."""
    place = place_of(workspace, text(row.get("campaign")), text(row.get("list_id")))
    address, remote_id = text(row.get("email")).strip().lower(), text(row.get("id"))

    def reported(kind: EventKind, at: datetime | None) -> ReportedEvent:
        return ReportedEvent(kind, place, address, Witness.LEADS, at, remote_id, delivery_id)

    if (contacted := moment(row.get("timestamp_last_contact"))) is not None:
        yield reported(EventKind.CONTACTED, contacted)
    for kind, number, when in (
        (EventKind.OPENED, "email_open_count", "timestamp_last_open"),
        (EventKind.CLICKED, "email_click_count", "timestamp_last_click"),
    ):
        if count(row.get(number)):
            yield reported(kind, moment(row.get(when)))
    status = _STATUS.get(_number(row.get("status")))
    if status is not None:
        # It has no time of its own: the lead changed at the latest then.
        yield reported(status, moment(row.get("timestamp_updated")))
    interest = INTERESTS.get(_number(row.get("lt_interest_status")))
    changed = moment(row.get("timestamp_last_interest_change"))
    if interest is not None and changed is not None:
        yield reported(interest, changed)


def replied(row: Mapping[str, Any]) -> bool:
    """Whether the lead is said to have replied, by a machine or a person."""
    return bool(count(row.get("email_reply_count"))) or moment(row.get("timestamp_last_reply")) is not None


def of_mail(row: Mapping[str, Any], workspace: str, delivery_id: int = 0) -> Iterator[ReportedEvent]:
    """The events that a row of `GET /emails` shows; none where it is no mail from a lead of this workspace."""
    address, sender = text(row.get("lead")).strip().lower(), text(row.get("from_address_email")).lower()
    if (
        _number(row.get("ue_type")) not in {_RECEIVED, None}
        or not address
        or text(row.get("organization_id"))
        not in {
            workspace,
            "",
        }
    ):
        return
    if sender.partition("@")[0] in _MACHINES:
        return  # a report about delivery: the lead's status says what it means, `code_of_report` why
    place = place_of(workspace, text(row.get("campaign_id")), text(row.get("list_id")))
    machine = _number(row.get("is_auto_reply")) == 1 or row.get("is_auto_reply") is True
    kind = EventKind.AUTO_REPLIED if machine else EventKind.REPLIED
    known = (place, address, Witness.INBOX)
    yield ReportedEvent(kind, *known, _when(row), text(row.get("lead_id")), delivery_id)
    interest = INTERESTS.get(_number(row.get("i_status")) or None)  # 0 may as well mean that nothing was set
    if interest is not None:
        yield ReportedEvent(interest, *known, None, text(row.get("lead_id")), delivery_id)


def code_of_report(row: Mapping[str, Any]) -> str:
    """The code in the preview of a mail server's report about delivery, as `bounce_code`; "" for any other mail."""
    if text(row.get("from_address_email")).lower().partition("@")[0] not in _MACHINES:
        return ""
    return bounce_code({name: row.get(name) for name in ("subject", "content_preview")})


def _when(row: Mapping[str, Any]) -> datetime | None:
    """The mail's own time, unless its sender made it up: it is compared with when Instantly stored it."""
    said, stored = moment(row.get("timestamp_email")), moment(row.get("timestamp_created"))
    if said is None or stored is None:
        return said or stored
    return said if abs(stored - said) <= _DAY else stored


def of_hook(body: Mapping[str, Any]) -> ReportedEvent | None:
    """The event in a webhook's body; None for a type that is unknown or concerns no lead."""
    kind = HOOKS.get(text(body.get("event_type")).strip().lower())
    address = text(body.get("lead_email")).strip().lower()
    if kind is None or not address:
        return None
    place = place_of(text(body.get("workspace")), text(body.get("campaign_id")))
    detail = bounce_code(body) if kind is EventKind.BOUNCED else ""
    return ReportedEvent(kind, place, address, Witness.WEBHOOK, moment(body.get("timestamp")), detail=detail)


def bounce_code(body: Mapping[str, Any]) -> str:
    """The code of a bounce, marked where it is put down to the sender or to a delay; "" where there is none.

    Which field holds the server's words is not documented: the first code of any text counts. The words are not kept.
    """
    words = " ".join(value for value in body.values() if isinstance(value, str))
    found = _ENHANCED.search(words)
    if found is None:
        return ""
    return f"{SENDER_SIDE} {found[0]}" if found[1] == "4" or found[2] == "7" else found[0]


def _number(value: Any) -> int | None:
    found = amount(value, 1_000) if not isinstance(value, str) else None
    return None if found is None else int(found)
