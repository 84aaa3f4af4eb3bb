"""One client's month, in words, as rows and as a page that can be forwarded: nothing in it is of another client.

Addresses come masked. Scraped text is hostile.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bridge.lazy import dataclass
from bridge.ledger.views.monthly import Month, held
from bridge.model import DEFAULT_CLIENT, EventKind
from bridge.model.credits import THOUSAND
from bridge.reports import numbers, words
from bridge.reports.text import iso, plain

GENERATOR = '<meta name="generator" content="leadbridge month">'
COLUMNS = ("client", "month", "timezone", "measure", "of", "number")
CAMPAIGN_COLUMNS = ("found", "delivered", "contacted", "replied", "interested", "meeting", "bounced", "unsubscribed")
HEADS = (
    ("source campaign", "<"), ("found", ">"), ("sent", ">"), ("mailed", ">"), ("replied", ">"), ("inter.", ">"),
    ("meet.", ">"), ("boun.", ">"), ("unsub.", ">"),
)  # fmt: skip
NOTES = (
    "Found: read from the sources for the first time in this month; what became of these leads is as of now.",
    "Delivered: sent to the target in this month. An event counts in the month in which it first happened.",
    "A bounce that the vendor puts down to the sender is not counted. Addresses are masked.",
)


@dataclass(frozen=True, slots=True)
class Monthly:
    """The month `name` (2026-10) in `zone`. `credits` are thousandths, None where not known; `cost` says what of."""

    name: str
    zone: ZoneInfo
    month: Month
    credits: int | None
    cost: str

    @property
    def title(self) -> str:
        """`October 2026, acme`; a single client has no name."""
        day = f"{self.month.since.astimezone(self.zone):%B %Y}"
        return day if self.month.client == DEFAULT_CLIENT else f"{day}, {plain(self.month.client, 64)}"

    @property
    def bounds(self) -> str:
        """Which time the month is."""
        first, last = (f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" for at in (self.month.since, self.month.until))
        return f"From {first} on and before {last}, {self.zone.key}."


def reactions(found: Monthly) -> list[tuple[str, int]]:
    """What leads did, in the order in which it happens; "contacted" always, others where there were any."""
    counted = [(kind.value, found.month.total(kind.value)) for kind in EventKind]
    return [(kind, count) for kind, count in counted if count or kind == EventKind.CONTACTED]


def campaigns(found: Monthly) -> list[list[str]]:
    """A row for each source campaign, most replies first."""
    some = sorted(
        found.month.campaigns.values(), key=lambda one: (-one.counts["replied"], -one.counts["delivered"], one.title)
    )
    return [[plain(one.title), *(f"{one.counts[name]:,}" for name in CAMPAIGN_COLUMNS)] for one in some]


def spent(found: Monthly) -> str:
    """The credits in words."""
    amount = "not known" if found.credits is None else f"{found.credits / THOUSAND:,.1f}"
    return f"Credits: {amount}. {found.cost}"


def lines(found: Monthly) -> Iterator[str]:
    """What a terminal shows around the table of campaigns."""
    yield found.bounds
    yield numbers.sum_line(found.month.states.total(), found.month.states, "found")
    happened = ", ".join(f"{words.event(kind)} {count:,}" for kind, count in reactions(found))
    yield f"delivered {found.month.total('delivered'):,}, {happened}"
    yield spent(found)


def rows(found: Monthly) -> Iterator[list[str]]:
    """The CSV file: one figure a row."""
    month = found.month
    known = [month.client, found.name, found.zone.key]
    figures: list[tuple[str, str, Any]] = [("found", "", month.states.total())]
    figures += [("found, now", state, count) for state, count in month.states.items()]
    figures += [("not delivered", reason, count) for reason, count in held(month)]
    figures += [("delivered", "", month.total("delivered"))]
    figures += [("reaction", kind, count) for kind, count in reactions(found)]
    figures += [("credits", "", "" if found.credits is None else f"{found.credits / THOUSAND:.3f}")]
    figures += [("credits, of what", found.cost, "")]
    for one in month.campaigns.values():
        figures += [(f"campaign, {name}", plain(one.title), one.counts[name]) for name in CAMPAIGN_COLUMNS]
    yield from ([*known, measure, of, str(number)] for measure, of, number in figures)


def document(found: Monthly) -> dict[str, Any]:
    """One client of `report --month --json`."""
    month = found.month
    return {
        "client": month.client,
        "month": found.name,
        "timezone": found.zone.key,
        "from": iso(month.since),
        "until": iso(month.until),
        "found": month.states.total(),
        "states": dict(month.states),
        "not_delivered": dict(held(month)),
        "delivered": month.total("delivered"),
        "reactions": dict(reactions(found)),
        "credits": None if found.credits is None else found.credits / THOUSAND,
        "credits_of": found.cost,
        "campaigns": [
            {"title": one.title} | {name: one.counts[name] for name in CAMPAIGN_COLUMNS}
            for one in month.campaigns.values()
        ],
        "answers": [
            {"at": iso(one.at), "address": one.address, "event": one.kind, "campaign": one.title}
            for one in month.answers
        ],
    }


def funnel(found: Monthly) -> list[tuple[str, int]]:
    """From what was found to what came of it, all in the month."""
    month = found.month
    kinds = (EventKind.CONTACTED, EventKind.REPLIED, EventKind.INTERESTED, EventKind.MEETING)
    steps = [("found", month.states.total()), ("delivered", month.total("delivered"))]
    return [*steps, *((words.event(kind), month.total(kind)) for kind in kinds)]


def answered(found: Monthly) -> Sequence[tuple[str, str, str, str]]:
    """Who answered when: the address as it may be shown."""
    return [
        (
            f"{one.at.astimezone(found.zone):%Y-%m-%d %H:%M}" if one.at else "",
            plain(one.address, 80),
            words.event(one.kind),
            plain(one.title),
        )
        for one in found.month.answers
    ]
