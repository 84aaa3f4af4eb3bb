"""What became of delivered leads, added up by where they came from. Prints nothing and reads nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from bridge.lazy import dataclass
from bridge.ledger.database import milliseconds
from bridge.ledger.views.attribution import Became
from bridge.model import POSITIVE
from bridge.model.credits import THOUSAND
from bridge.model.rates import Rate, rate
from bridge.reports.text import percent

UNKNOWN = "unknown"
METHOD = (
    "Ranges: the true rate is inside with 95 % (Jeffreys' interval; Brown, Cai and DasGupta, 2001). Rows are sorted by "
    "the lower end of the range for replies. A person found by several campaigns counts for the first: by the "
    "campaign's createdAt, then the lead's scrapedAt, then its id."
)
_DAY = 86_400_000
_AGES = ((7, "0-7 days"), (30, "8-30 days"), (90, "31-90 days"))
_BANDS = ((1_000, "under 1,000"), (10_000, "1,000-9,999"), (100_000, "10,000-99,999"), (1_000_000, "100,000-999,999"))


def _followers(one: Became) -> str:
    count = one.facts.get("followers")
    if not isinstance(count, int):
        return UNKNOWN
    return next((name for limit, name in _BANDS if count < limit), "1,000,000 and more")


def _validation(one: Became) -> str:
    """How old the validation was when the lead was sent."""
    checked = one.facts.get("checked_at")
    if not checked or one.sent_at is None:
        return UNKNOWN
    days = (milliseconds(one.sent_at) - checked) / _DAY
    return next((name for limit, name in _AGES if days < limit + 1), "over 90 days")


DIMENSIONS: Mapping[str, Callable[[Became], str]] = {
    "campaign": lambda one: one.campaign,
    "platform": lambda one: one.found.get("platform") or UNKNOWN,
    "keyword": lambda one: one.found.get("keyword") or UNKNOWN,
    "followers": _followers,
    "validation": _validation,
    "country": lambda one: one.facts.get("country") or UNKNOWN,
    "route": lambda one: one.route,
    "client": lambda one: one.client,
}
"""What a report can be grouped by."""

COUNTS = ("delivered", "contacted", "replied", "positive", "meetings", "bounced", "unsubscribed")


@dataclass(slots=True)
class Row:
    """One group. `contacted`: a mail went out, as any event shows. `credits` in thousandths, None where not known.

    `paid` counts the leads of campaigns whose credits are known: costs are theirs alone.
    """

    key: tuple[str, ...]
    counts: Counter[str] = field(default_factory=Counter)
    credits: int | None = None
    paid: Counter[str] = field(default_factory=Counter)

    @property
    def replies(self) -> Rate:
        """People who replied, of those contacted."""
        return rate(self.counts["replied"], self.counts["contacted"])

    @property
    def positives(self) -> Rate:
        """People who were interested, met or bought, of those contacted."""
        return rate(self.counts["positive"], self.counts["contacted"])

    @property
    def bounces(self) -> Rate:
        """Addresses that bounced, of those contacted."""
        return rate(self.counts["bounced"], self.counts["contacted"])

    def cost(self, of: str) -> float | None:
        """Credits for each of what is counted; None where that is not known."""
        return None if self.credits is None or not self.paid[of] else self.credits / THOUSAND / self.paid[of]


@dataclass(slots=True)
class Attribution:
    """A report. `titles` are by the campaign's id, `unspread` the credits of campaigns without a delivered lead here.

    `shared` people were found by several campaigns. `clients` are whose the routes are.
    """

    by: Sequence[str]
    rows: list[Row]
    titles: dict[str, str]
    shared: int = 0
    unspread: int | None = None
    clients: dict[str, str] = field(default_factory=dict)

    def total(self) -> Row:
        """All rows together."""
        result = Row(())
        for row in self.rows:
            result.counts.update(row.counts)
            result.paid.update(row.paid)
            if row.credits is not None:
                result.credits = (result.credits or 0) + row.credits
        return result

    def labels(self, row: Row) -> list[str]:
        """The group as people name it; of the total "all"."""
        if not row.key:
            return ["all"]
        pairs = zip(self.by, row.key, strict=True)
        return [self.titles.get(key) or key if name == "campaign" else key for name, key in pairs]

    def owner(self, row: Row) -> dict[str, str]:
        """Whose route the row is of, where it names a route and no client."""
        named = row.key and names_owner(self.by)
        return {"client": self.clients[row.key[list(self.by).index("route")]]} if named else {}


def names_owner(by: Sequence[str]) -> bool:
    """Whether rows by these dimensions get the client of their route as well."""
    return "route" in by and "client" not in by


def _counted(one: Became) -> Iterator[str]:
    yield "delivered"
    if one.kinds:
        yield "contacted"
    if one.kinds & POSITIVE:
        yield "positive"
    if "meeting" in one.kinds:
        yield "meetings"
    yield from one.kinds & {"replied", "bounced", "unsubscribed"}


def attribute(leads: Iterable[Became], by: Sequence[str], spent: Mapping[str, int] | None) -> Attribution:
    """Add up by these dimensions; the best lower bound of the reply rate comes first.

    `spent` are thousandths of credits by campaign id, None where they are not known. A campaign's credits are shared
    equally by its leads here, to the thousandth.
    """
    rows: dict[tuple[str, ...], Row] = {}
    titles: dict[str, str] = {}
    places: dict[str, Counter[tuple[str, ...]]] = {}
    clients: dict[str, str] = {}
    shared = 0
    for one in leads:
        key = tuple(DIMENSIONS[name](one) for name in by)
        row = rows.setdefault(key, Row(key))
        row.counts.update(_counted(one))
        row.paid.update(_counted(one) if one.campaign in (spent or ()) else ())
        titles[one.campaign], clients[one.route] = one.title, one.client
        places.setdefault(one.campaign, Counter())[key] += 1
        shared += one.shared
    result = Attribution(by, list(rows.values()), titles, shared, clients=clients)
    if spent is not None:
        for campaign, keys in places.items():
            # A campaign without a transaction was not free: its cost is not known.
            for key, part in _shares(spent[campaign], keys) if campaign in spent else ():
                rows[key].credits = (rows[key].credits or 0) + part
        result.unspread = sum(spent.values()) - sum(row.credits or 0 for row in result.rows)
    result.rows.sort(key=_best_first)
    return result


def by_client(leads: Iterable[Became], spent: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Of each client, its part of what each campaign cost: a campaign is shared equally by all its delivered leads."""
    places: dict[str, Counter[tuple[str, ...]]] = {}
    for one in leads:
        if one.campaign in spent:
            places.setdefault(one.campaign, Counter())[(one.client,)] += 1
    found: dict[str, dict[str, int]] = {}
    for campaign, clients in places.items():
        for (client,), part in _shares(spent[campaign], clients):
            found.setdefault(client, {})[campaign] = part
    return found


def part_of(client: str, leads: Iterable[Became], spent: Mapping[str, int], *, alone: bool) -> dict[str, int]:
    """What each campaign cost the client; `alone` with its account, it pays for campaigns without a delivered lead."""
    shares = by_client(leads, spent)
    delivered = {campaign for some in shares.values() for campaign in some}
    rest = {campaign: amount for campaign, amount in spent.items() if alone and campaign not in delivered}
    return shares.get(client, {}) | rest


def regrouped(report: Attribution, by: Sequence[str]) -> Attribution:
    """The same leads by some of the report's dimensions."""
    places = [list(report.by).index(name) for name in by]
    rows: dict[tuple[str, ...], Row] = {}
    for row in report.rows:
        key = tuple(row.key[place] for place in places)
        into = rows.setdefault(key, Row(key))
        into.counts.update(row.counts)
        into.paid.update(row.paid)
        if row.credits is not None:
            into.credits = (into.credits or 0) + row.credits
    return Attribution(
        by, sorted(rows.values(), key=_best_first), report.titles, report.shared, report.unspread, report.clients
    )


def _best_first(row: Row) -> tuple[float, float, int, tuple[str, ...]]:
    return -row.replies.low, row.bounces.high, -row.counts["delivered"], row.key


def _shares(amount: int, keys: Counter[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The amount divided by how many leads each key has; nothing is lost by rounding."""
    left, leads = amount, keys.total()
    for key, count in sorted(keys.items()):
        part = left * count // leads
        yield key, part
        left, leads = left - part, leads - count


def document(report: Attribution) -> dict[str, Any]:
    """`report --json`."""
    total = report.total()
    return {
        "by": list(report.by),
        "rows": [_row(report, row) for row in report.rows],
        "total": _figures(total),
        "found_by_several": report.shared,
        "credits_without_leads": None if report.unspread is None else report.unspread / THOUSAND,
        "method": METHOD,
    }


def _row(report: Attribution, row: Row) -> dict[str, Any]:
    named: dict[str, Any] = dict(zip(report.by, report.labels(row), strict=True))
    if "campaign" in report.by:
        named["campaign_id"] = row.key[list(report.by).index("campaign")]
    return named | report.owner(row) | _figures(row)


def _figures(row: Row) -> dict[str, Any]:
    rates = {"reply_rate": row.replies, "positive_rate": row.positives, "bounce_rate": row.bounces}
    return {
        **{name: row.counts[name] for name in COUNTS},
        "credits": None if row.credits is None else row.credits / THOUSAND,
        "cost_per_reply": row.cost("replied"),
        "cost_per_positive": row.cost("positive"),
        **{name: {"value": one.value, "low": one.low, "high": one.high} for name, one in rates.items()},
    }


REACTIONS = (
    ("from", "<"), ("sent", ">"), ("mailed", ">"), ("replied", ">"), ("positive", ">"), ("meet.", ">"),
)  # fmt: skip
COSTS = (
    ("from", "<"), ("bounced", ">"), ("unsub.", ">"), ("credits", ">"), ("cr./reply", ">"), ("cr./pos.", ">"),
)  # fmt: skip
"""The heads of the two tables in a terminal: what came back, and what it cost. They fit 80 columns."""


def reactions(report: Attribution, row: Row) -> list[str]:
    """What came back, as a row of the first table."""
    counts = row.counts
    sent = [f"{counts[name]:,}" for name in ("delivered", "contacted")]
    replied = f"{counts['replied']:,}: {percent(row.replies)}" if row.replies.cases else "-"
    return [" / ".join(report.labels(row)), *sent, replied, f"{counts['positive']:,}", f"{counts['meetings']:,}"]


def costs(report: Attribution, row: Row) -> list[str]:
    """What it cost, in credits and in addresses, as a row of the second table."""
    bounced = f"{row.counts['bounced']:,}: {percent(row.bounces)}" if row.bounces.cases else "-"
    spent = [None if row.credits is None else row.credits / THOUSAND, row.cost("replied"), row.cost("positive")]
    figures = ["-" if one is None else f"{one:,.1f}" for one in spent]
    return [" / ".join(report.labels(row)), bounced, f"{row.counts['unsubscribed']:,}", *figures]


COLUMNS = (
    *COUNTS, "credits", "cost_per_reply", "cost_per_positive",
    "reply_rate", "reply_low", "reply_high", "positive_rate", "positive_low", "positive_high",
    "bounce_rate", "bounce_low", "bounce_high",
)  # fmt: skip
"""What the CSV file has behind the dimensions."""


def values(report: Attribution, row: Row) -> list[str]:
    """A row of the CSV file; an empty cell is not known."""
    credit = None if row.credits is None else row.credits / THOUSAND
    spent = ["" if one is None else f"{one:.3f}" for one in (credit, row.cost("replied"), row.cost("positive"))]
    of = [(one.value, one.low, one.high) for one in (row.replies, row.positives, row.bounces)]
    rates = ["" if value is None else f"{one:.6f}" for value, low, high in of for one in (value, low, high)]
    owner = report.owner(row).values()
    return [*report.labels(row), *(str(row.counts[name]) for name in COUNTS), *spent, *rates, *owner]


def notes(report: Attribution) -> list[str]:
    """What the figures rest on."""
    lines, total = [METHOD], report.total()
    if report.shared:
        lines.append(f"{report.shared:,} of the delivered leads were found by several campaigns.")
    if report.unspread is None:
        lines.append("Costs are not shown: Scravio's transactions were not read.")
    elif unpaid := total.counts["delivered"] - total.paid["delivered"]:
        lines.append(
            f"Scravio shows no transaction for the campaigns of {unpaid:,} delivered leads: costs leave them out."
        )
    if report.unspread:
        lines.append(f"{report.unspread / THOUSAND:,.1f} credits went to campaigns without a delivered lead here.")
    return lines
