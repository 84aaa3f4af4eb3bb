"""Where replies come from: the attribution report as a table and plots. Computes values; prints nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from bridge.lazy import dataclass
from bridge.ledger import Database
from bridge.ledger.views.activity import DAY_MS, reached_by_day
from bridge.ledger.views.attribution import became
from bridge.model import Route
from bridge.model.credits import THOUSAND
from bridge.model.rates import rate
from bridge.reports import plots
from bridge.reports.attribution import COUNTS, DIMENSIONS, Attribution, Row, attribute, regrouped
from bridge.reports.attribution_page import per_credit
from bridge.reports.plots import Plot
from bridge.reports.text import percent

WINDOW = 30
"""Days that each point of the bounce rate looks back, as the brake does."""

_DAYS = 90
COLUMNS = (*COUNTS, "credits", "reply_rate", "bounce_rate", "credits_per_reply")


@dataclass(frozen=True, slots=True)
class AskedReport:
    """What the form asks for; `costs` has Scravio's transactions read."""

    by: str = "campaign"
    route: str = ""
    since: str = ""
    sort: str = ""
    costs: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "AskedReport":
        """From the address of a page; what is unknown is left out."""
        by, sort = query.get("by", ""), query.get("sort", "")
        return cls(
            by if by in DIMENSIONS else "campaign",
            query.get("route", "")[:200],
            since if _day(since := query.get("since", "")) else "",
            sort if sort in COLUMNS else "",
            "1" if query.get("costs") == "1" else "",
        )

    @property
    def query(self) -> dict[str, str]:
        """The fields, for a link to the same report in another order."""
        return {"by": self.by, "route": self.route, "since": self.since, "costs": self.costs}


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The report by the chosen dimension, best first or as sorted, and its plots by their names."""

    report: Attribution
    rows: Sequence[Row]
    plots: Mapping[str, Plot]


def sources_page(
    db: Database, asked: AskedReport, routes: Sequence[Route], costs: Mapping[str, int] | None
) -> SourcesPage:
    """Everything that the page shows. Reads every delivered lead once."""
    chosen = [asked.route] if asked.route else []
    names = list(dict.fromkeys((asked.by, "platform", "followers")))
    whole = attribute(became(db, chosen, _day(asked.since)), names, costs)
    report = regrouped(whole, [asked.by])
    drawn = {
        "platform": _replies("Reply rate by platform", regrouped(whole, ["platform"])),
        "followers": _replies("Reply rate by followers", regrouped(whole, ["followers"])),
        "bounces": _bounces(db, chosen, routes),
    }
    if costs is not None:
        drawn = {"credits": per_credit(report), **drawn}
    return SourcesPage(report, sorted_by(report, asked.sort), drawn)


def sorted_by(report: Attribution, column: str) -> list[Row]:
    """The rows with the highest value first; as the report has them where no column is named."""
    if not column:
        return report.rows
    return sorted(report.rows, key=lambda row: -(value if (value := figures(row)[column]) is not None else -1.0))


def figures(row: Row) -> dict[str, float | None]:
    """The values of a row by column."""
    return {
        **{name: float(row.counts[name]) for name in COUNTS},
        "credits": None if row.credits is None else row.credits / THOUSAND,
        "reply_rate": row.replies.value,
        "bounce_rate": row.bounces.value,
        "credits_per_reply": row.cost("replied"),
    }


def cells(row: Row) -> list[str]:
    """The same in words."""
    cost = row.cost("replied")
    return [
        *(f"{row.counts[name]:,}" for name in COUNTS),
        "-" if row.credits is None else f"{row.credits / THOUSAND:,.1f}",
        percent(row.replies),
        percent(row.bounces),
        "-" if cost is None else f"{cost:,.1f}",
    ]


def _replies(title: str, report: Attribution) -> Plot:
    return plots.rates(title, [(" / ".join(report.labels(row)), row.replies) for row in report.rows])


def _bounces(db: Database, chosen: Sequence[str], routes: Sequence[Route]) -> Plot:
    """The rate of the last days up to each day, with the lowest line at which a brake of these routes stops."""
    now = db.now().astimezone(UTC)
    found = {one.day: one for one in reached_by_day(db, chosen, now - timedelta(days=_DAYS + WINDOW))}
    today = int(now.timestamp() * 1000) // DAY_MS
    first = max(min(found, default=today), today - _DAYS)
    points = []
    for day in range(first, today + 1):
        some = [found[one] for one in range(day - WINDOW + 1, day + 1) if one in found]
        share = rate(sum(one.bounced for one in some), sum(one.leads for one in some))
        points.append((date(1970, 1, 1) + timedelta(days=day), share))
    brakes = [route.brake for route in routes if not chosen or route.name in chosen]
    limits = {
        name: min(getattr(one, key) for one in brakes)
        for name, key in (("The brake warns at", "warn"), ("The brake stops at", "stop"))
        if brakes
    }
    return plots.over_time(f"Bounce rate of the {WINDOW} days before", points, limits)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) if text else None
    except ValueError:
        return None
