"""Scravio's validation of a whole campaign: what it would cost, starting it, how far it is. Never starts it twice."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.scalars import count, identity, mapping, moment, text, word
from bridge.errors import Unavailable, VendorError
from bridge.sources.scravio.ordering.credits import DEDUCTION, Credits, is_yes, thousandths
from bridge.sources.scravio.reading import unwrapped
from bridge.sources.validating import Progress, Quote, Started


class Validations:
    """The validations of campaigns under one key. See `Validating` for what each method promises."""

    title = "Scravio"

    def __init__(self, client: Client) -> None:
        self._client = client

    def clock(self) -> datetime:
        """Now by Scravio's clock."""
        return self._client.clock()

    def quote(self, campaign_id: str) -> Quote:
        """Its own preview of the cost."""
        path = f"{_campaign(campaign_id)}/validate/preview"
        answer = unwrapped(self._client.get(path).data, "data")
        emails, cost = count(answer.get("emailsToValidate")), thousandths(answer.get("creditCost"))
        if emails is None or cost is None or cost < 0:
            raise Unavailable(
                f"Scravio answered GET {path} without a cost that can be read; nothing was requested.",
                hint="Run the same command again later.",
                vendor="scravio",
            )
        return Quote(
            emails=emails,
            cost=cost,
            balance=thousandths(answer.get("currentBalance")),
            enough=is_yes(answer.get("hasSufficientCredits")),
            possible=is_yes(answer.get("canValidate")),
        )

    def start(self, campaign_id: str) -> Started:
        """One attempt, and no second one."""
        answer = unwrapped(self._client.write("POST", f"{_campaign(campaign_id)}/validate", patient=False).data, "data")
        return Started(
            text(answer.get("jobId")), count(answer.get("emailsToValidate")), thousandths(answer.get("creditCost"))
        )

    def progress(self, campaign_id: str) -> Progress:
        """By the campaign's detail."""
        path = _campaign(campaign_id)
        row = unwrapped(self._client.get(path).data, "campaign")
        if identity(row) != campaign_id:
            raise Unavailable(f"Scravio answered GET {path} with JSON of an unknown shape.", vendor="scravio")
        return read_progress(row.get("postValidation"))

    def paid_since(self, campaign_id: str, since: datetime) -> int | None:
        """By the account's transactions."""
        asked = Credits(self._client).transactions(campaign_id=campaign_id, types=(DEDUCTION,), since=since, whole=True)
        try:
            found = list(asked)
        except VendorError as error:
            if isinstance(error, Unavailable):
                raise
            return None
        # Filters that a server does not know are ignored by it: what it returned is looked at once more.
        ours = [one for one in found if one.campaign_id == campaign_id and one.type == DEDUCTION]
        return -sum(one.amount for one in ours if one.at is None or one.at >= since)


def read_progress(value: Any) -> Progress:
    """`postValidation` of a campaign; idle where there is none."""
    if value is None:
        return Progress("idle")
    answer = mapping(value)
    return Progress(
        status=word(answer.get("status")),
        total=count(answer.get("total")),
        valid=count(answer.get("valid")),
        invalid=count(answer.get("invalid")),
        reserved=thousandths(answer.get("creditReserved")),
        used=thousandths(answer.get("creditUsed")),
        returned=thousandths(answer.get("creditReturned")),
        started_at=moment(answer.get("startedAt")),
        completed_at=moment(answer.get("completedAt")),
        error=text(answer.get("error")),
    )


def _campaign(campaign_id: str) -> str:
    return f"/campaigns/{quote(campaign_id, safe='')}"
