"""Scravio's validation of a whole campaign: what it would cost, starting it, how far it is. Never starts it twice.

Starting spends credits and has no idempotency key: its answer may be lost, and then only looking tells (`progress`,
and the transactions of `credits`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.scalars import count, identity, mapping, moment, text, word
from bridge.errors import Unavailable
from bridge.sources.scravio.ordering.credits import is_yes, thousandths
from bridge.sources.scravio.reading import unwrapped


@dataclass(frozen=True, slots=True)
class Quote:
    """What a validation would cost now, in thousandths of a credit. `balance` is None where none was told."""

    emails: int
    cost: int
    balance: int | None
    enough: bool
    possible: bool


@dataclass(frozen=True, slots=True)
class Started:
    """A validation that has begun. `cost` is what was reserved, None where the answer does not say."""

    job_id: str
    emails: int | None
    cost: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What a campaign says of its later validation. `status` is idle, validating, completed, failed or unknown ("").

    Amounts are thousandths, None where they are not told.
    """

    status: str
    total: int | None = None
    valid: int | None = None
    invalid: int | None = None
    reserved: int | None = None
    used: int | None = None
    returned: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: str = ""


class Validations:
    """The validations of campaigns under one key. Every call raises the VendorErrors of `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def quote(self, campaign_id: str) -> Quote:
        """Ask what it would cost; spends nothing. Raises Unavailable where the answer names no cost."""
        path = f"{_campaign(campaign_id)}/validate/preview"
        told = unwrapped(self._client.get(path).data, "data")
        emails, cost = count(told.get("emailsToValidate")), thousandths(told.get("creditCost"))
        if emails is None or cost is None or cost < 0:
            raise Unavailable(
                f"Scravio answered GET {path} without a cost that can be read; nothing was requested.",
                hint="Run the same command again later.",
                vendor="scravio",
            )
        return Quote(
            emails=emails,
            cost=cost,
            balance=thousandths(told.get("currentBalance")),
            enough=is_yes(told.get("hasSufficientCredits")),
            possible=is_yes(told.get("canValidate")),
        )

    def start(self, campaign_id: str) -> Started:
        """Begin, and spend what it costs. One attempt; raises Refused with status 409 where one is under way."""
        told = unwrapped(self._client.write("POST", f"{_campaign(campaign_id)}/validate", patient=False).data, "data")
        return Started(
            text(told.get("jobId")), count(told.get("emailsToValidate")), thousandths(told.get("creditCost"))
        )

    def progress(self, campaign_id: str) -> Progress:
        """How far it is, by the campaign's detail. Raises Refused with status 404 where the campaign is gone."""
        path = _campaign(campaign_id)
        row = unwrapped(self._client.get(path).data, "campaign")
        if identity(row) != campaign_id:
            raise Unavailable(f"Scravio answered GET {path} with JSON of an unknown shape.", vendor="scravio")
        return read_progress(row.get("postValidation"))


def read_progress(value: Any) -> Progress:
    """`postValidation` of a campaign; idle where there is none."""
    if value is None:
        return Progress("idle")
    told = mapping(value)
    return Progress(
        status=word(told.get("status")),
        total=count(told.get("total")),
        valid=count(told.get("valid")),
        invalid=count(told.get("invalid")),
        reserved=thousandths(told.get("creditReserved")),
        used=thousandths(told.get("creditUsed")),
        returned=thousandths(told.get("creditReturned")),
        started_at=moment(told.get("startedAt")),
        completed_at=moment(told.get("completedAt")),
        error=text(told.get("error")),
    )


def _campaign(campaign_id: str) -> str:
    return f"/campaigns/{quote(campaign_id, safe='')}"
