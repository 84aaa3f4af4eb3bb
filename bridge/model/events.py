"""What a vendor says happened to a delivered lead. Knows no vendor's JSON and decides no consequence."""

from datetime import datetime
from enum import IntFlag, StrEnum

from bridge.lazy import dataclass
from bridge.model.deliveries import Place


class EventKind(StrEnum):
    """One kind of thing that happens to a lead; of each a lead has at most one event, however often it is reported."""

    CONTACTED = "contacted"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"  # by a person
    AUTO_REPLIED = "auto_replied"  # by a machine: no reply
    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    MEETING = "meeting"
    WON = "won"
    WRONG_PERSON = "wrong_person"
    OUT_OF_OFFICE = "out_of_office"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"


POSITIVE = frozenset({EventKind.INTERESTED, EventKind.MEETING, EventKind.WON})
"""What counts as a positive answer."""

ONCE = frozenset({EventKind.BOUNCED, EventKind.UNSUBSCRIBED})
"""What happens to a lead once: the earliest time that is reported counts."""

SENDER_SIDE = "sender-side"
"""How the `detail` of a bounce begins that the vendor puts down to the sender: no fault of the address."""


class Learnt(StrEnum):
    """How an event was first learnt."""

    POLL = "poll"
    WEBHOOK = "webhook"
    ROSTER = "roster"


class Witness(IntFlag):
    """The places where a vendor shows an event; what was seen in two of them was not a misread status."""

    LEADS = 1  # a listing of leads
    INBOX = 2  # a listing of mails or messages
    WEBHOOK = 4
    ROSTER = 8

    @property
    def learnt(self) -> Learnt:
        """What was learnt there was learnt in this way."""
        return {Witness.WEBHOOK: Learnt.WEBHOOK, Witness.ROSTER: Learnt.ROSTER}.get(self, Learnt.POLL)


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """One event as a vendor reports it. Holds no text of a message.

    `place` is the target where the lead stands now, `address` in lower case; `remote_id` and `delivery_id` are "" and 0
    where they are not known. `at` is the vendor's time, None where it gives none. `detail` is a short code.
    """

    kind: EventKind
    place: Place
    address: str
    witness: Witness
    at: datetime | None = None
    remote_id: str = ""
    delivery_id: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivered lead to ask a vendor about. `known` are the kinds of events that it has already."""

    delivery_id: int
    remote_id: str
    address: str
    place: Place
    known: frozenset[EventKind] = frozenset()
