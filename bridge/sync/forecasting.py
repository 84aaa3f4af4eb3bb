"""What the validations that a route may ask for would cost, for `preview`. Spends and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge import store
from bridge.model import Route, SourceCampaign
from bridge.scravio.credits import as_credits
from bridge.scravio.desk import Desk
from bridge.scravio.validation import Quote
from bridge.store import validations
from bridge.store.validations import Validation
from bridge.sync.validating import CAPS, objection, standing


@dataclass(frozen=True, slots=True)
class Forecast:
    """What validating a campaign would cost; `asked` says whether the next sync would ask for it.

    `missing` counts the route's leads that were never validated, `emails` all addresses that Scravio would check.
    """

    campaign: str
    missing: int
    emails: int
    cost: int
    asked: bool
    why: str = ""

    def document(self) -> dict[str, object]:
        """For JSON, in credits."""
        return {
            "campaign": self.campaign,
            "never_validated": self.missing,
            "emails": self.emails,
            "credits": self.cost / 1000,
            "would_ask": self.asked,
            "why": self.why or None,
        }

    def sentence(self) -> str:
        """For the terminal."""
        head = (
            f'"{self.campaign}": {self.missing:,} leads never validated; checking the {self.emails:,} addresses that '
            f"Scravio counts would cost {as_credits(self.cost)} credits"
        )
        return f"{head}. The next sync asks for it." if self.asked else f"{head}. Not asked for: {self.why}."


def validation_cost(
    desk: Desk, ledger: store.Database | None, route: Route, campaign: SourceCampaign, missing: int, now: datetime
) -> Forecast | None:
    """What `ask` would do about a campaign with `missing` leads that were never validated. One GET; spends nothing.

    None where there is nothing to ask for. Raises the VendorErrors of `Validations.quote`.
    """
    if not missing or campaign.validating:
        return None
    entry = store.campaigns_by_id(ledger, [campaign.id]).get(campaign.id) if ledger is not None else None
    past = validations.validations(ledger, [entry.no]) if ledger is not None and entry is not None else []
    told = standing(campaign, past)
    if told == "":
        return None
    quote = desk.validations.quote(campaign.id)
    why = _against(route, quote, told) or _no_room(ledger, route, past, quote, now)
    return Forecast(campaign.title, missing, quote.emails, quote.cost, not why, why)


def _against(route: Route, quote: Quote, told: str | None) -> str:
    if told:
        return "it was validated before, or that failed"
    if route.validation.when == "never":
        return 'validation_request = "never"'
    return objection(quote)


def _no_room(
    ledger: store.Database | None, route: Route, past: Sequence[Validation], quote: Quote, now: datetime
) -> str:
    budget = route.validation.budget
    route_no = store.route_names(ledger).get(route.name, 0) if ledger is not None else 0
    in_all, today = validations.spent_credits(ledger, route_no, now) if ledger is not None and route_no else (0, 0)
    spent = {"campaign": sum(row.charge for row in past), "route": in_all, "day": today}
    for name, cap in (("campaign", budget.campaign), ("route", budget.route), ("day", budget.day)):
        if spent[name] + quote.cost > cap * validations.THOUSAND:
            return CAPS[name]
    return ""
