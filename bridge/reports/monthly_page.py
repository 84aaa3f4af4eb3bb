"""One client's month as one HTML page: no script, nothing from elsewhere. Scraped text is hostile."""

from html import escape

from bridge.ledger.views.monthly import held
from bridge.reports import monthly, numbers, plots, words
from bridge.reports.attribution_page import figure, paragraphs, tabled, written
from bridge.reports.monthly import CAMPAIGN_COLUMNS, Monthly


def page(found: Monthly) -> str:
    """The whole page, as an agency can forward it."""
    month = found.month
    why = [(words.reason(reason), count) for reason, count in held(month)]
    heads = ("source campaign", "found", "delivered", *(words.event(name) for name in CAMPAIGN_COLUMNS[2:]))
    reactions = [(words.event(kind), f"{count:,}") for kind, count in monthly.reactions(found)]
    answers = monthly.answered(found)
    parts = [
        f"<p>{escape(found.bounds)}</p>",
        figure(plots.bars("From found to answered", monthly.funnel(found))),
        f"<p>{escape(numbers.sum_line(month.states.total(), month.states, 'found'))}</p>",
        figure(plots.bars("Not delivered, and why", why)),
        "<h2>Reactions</h2>",
        tabled(("event", "leads"), reactions),
        "<h2>By source campaign</h2>",
        tabled(heads, monthly.campaigns(found)),
        "<h2>Answers</h2>",
        tabled(("when", "who", "what", "source campaign"), answers, "text")
        if answers
        else "<p>None in this month.</p>",
        f"<p>{escape(monthly.spent(found))}</p>",
        *paragraphs(list(monthly.NOTES)),
    ]
    return written(found.title, parts, monthly.GENERATOR)
