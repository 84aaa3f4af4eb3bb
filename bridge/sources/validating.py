"""What may be asked of a source that validates the leads of a campaign for credits: an ability that few have.

Starting spends credits and has no idempotency key: its answer may be lost. Then only looking shows it (`progress` and
`paid_since`). Amounts are thousandths of a credit, so that fractions add up exactly.
"""

from datetime import datetime
from typing import Protocol

from bridge.lazy import dataclass


@dataclass(frozen=True, slots=True)
class Quote:
    """What a validation would cost now. `balance` is None where the source names none."""

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

    Amounts are None where the source names none.
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


class Validating(Protocol):
    """A source that validates. Every call raises the VendorErrors of its client."""

    @property
    def title(self) -> str:
        """What messages call it."""

    def clock(self) -> datetime:
        """Now by its clock."""

    def quote(self, campaign_id: str) -> Quote:
        """Ask what it would cost; spends nothing. Raises Unavailable where the answer names no cost."""

    def start(self, campaign_id: str) -> Started:
        """Begin, and spend what it costs. One attempt; raises Refused with status 409 where one is under way."""

    def progress(self, campaign_id: str) -> Progress:
        """How far it is. Raises Refused with status 404 where the campaign is gone."""

    def paid_since(self, campaign_id: str, since: datetime) -> int | None:
        """The credits deducted for validating the campaign since then; None where the key may not see them.

        Raises Unavailable where that cannot be read now: an amount that is missing would mean that nothing was paid.
        """
