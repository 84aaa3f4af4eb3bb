"""What the validations that a route may ask for would cost, for `preview`. Spends and writes nothing."""

from dataclasses import replace

from bridge import ledger
from bridge.lazy import dataclass
from bridge.ledger.intents import validations
from bridge.model import SourceCampaign
from bridge.model.credits import as_credits
from bridge.reports.text import count
from bridge.sources.validating import Quote, Validating
from bridge.sync.run import Run
from bridge.sync.validating import CAPS, objection, put_off, reserving, standing


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
            f'"{self.campaign}": {count(self.missing, "lead")} never validated; checking the '
            f"{count(self.emails, 'address', 'addresses')} that Scravio counts would cost "
            f"{as_credits(self.cost)} credits"
        )
        return f"{head}. The next sync requests it." if self.asked else f"{head}. Not requested: {self.why}."


@dataclass(slots=True)
class Promised:
    """The credits of the account, in thousandths, that earlier campaigns of the same look would spend."""

    amount: int = 0


def validation_cost(
    run: Run, source: Validating, campaign: SourceCampaign, missing: int, promised: Promised
) -> Forecast | None:
    """What `ask` would do about a campaign with `missing` leads that were never validated. One GET; spends nothing.

    The run is one on a copy of the ledger: what would be asked for is reserved there, so that the next campaign finds
    what is left of the budgets. None where there is nothing to ask for. Raises the VendorErrors of `Validations.quote`.
    """
    entry = ledger.campaigns_by_id(run.db, [campaign.id]).get(campaign.id)
    if not missing or campaign.validating or entry is None:
        return None
    earlier = standing(source.title, campaign, validations.validations(run.db, [entry.no]))
    if earlier == "":
        return None
    quote = source.quote(campaign.id)
    why = _against(run, source.title, quote, earlier, promised) or put_off(run, entry.no)
    if not why:
        number, refusal = validations.reserve(run.db, reserving(run, entry.no, quote, source))
        why = "" if number else CAPS.get(refusal, refusal)
    promised.amount += 0 if why else quote.cost
    return Forecast(campaign.title, missing, quote.emails, quote.cost, not why, why)


def _against(run: Run, title: str, quote: Quote, earlier: str | None, promised: Promised) -> str:
    if earlier:
        return "it was validated before, or that failed"
    if run.route.validation.when == "never":
        return 'validation_request = "never"'
    balance = None if quote.balance is None else max(0, quote.balance - promised.amount)
    return objection(title, replace(quote, balance=balance))
