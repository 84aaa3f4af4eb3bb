"""Scravio's campaigns: what one would cost, creating it, stopping it. Never creates one twice.

Creating spends credits and has no idempotency key: after a lost answer the caller looks the campaign up by its title.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any
from urllib.parse import quote

from bridge.api import Client
from bridge.api.scalars import mapping, text, word
from bridge.errors import AnswerLost
from bridge.lazy import dataclass
from bridge.model import SourceCampaign
from bridge.sources.scravio.ordering.credits import thousandths
from bridge.sources.scravio.reading import read_campaign, unwrapped


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a campaign would cost, in thousandths of a credit; None where Scravio does not say."""

    reserved: int | None
    estimated: int | None
    recommended_cap: int | None
    warnings: tuple[str, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stop:
    """What came of stopping a campaign."""

    requested: bool
    status: str
    reason: str = ""


class Campaigns:
    """Campaigns under one key. Every call raises the VendorErrors of `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def reserve(self, body: Mapping[str, Any]) -> Reservation:
        """Ask what it would cost; spends nothing. `body` is what `create` would send."""
        # A title is no part of what a preview takes.
        asked = {name: value for name, value in body.items() if name != "title"}
        answer = unwrapped(self._client.ask("/campaigns/reserve-preview", asked).data, "data")
        warnings = answer.get("warnings")
        return Reservation(
            reserved=thousandths(answer.get("creditReserved")),
            estimated=thousandths(answer.get("estimatedCredits")),
            recommended_cap=thousandths(answer.get("recommendedMaxCreditCap")),
            warnings=tuple(map(_said, warnings)) if type(warnings) is list else (),
            summary=mapping(answer.get("summary")),
        )

    def create(self, body: Mapping[str, Any]) -> SourceCampaign:
        """Create it and reserve its credits. One attempt; AnswerLost where it is unknown whether it was created."""
        made = read_campaign(unwrapped(self._client.write("POST", "/campaigns", body, patient=False).data, "campaign"))
        if made is None:
            raise AnswerLost("Scravio accepted POST /campaigns but did not say what it created.", vendor="scravio")
        return made

    def detail(self, campaign_id: str) -> dict[str, Any]:
        """One campaign with all that Scravio says of it, as it says it."""
        return unwrapped(self._client.get(_path(campaign_id)).data, "campaign")

    def stop(self, campaign_id: str) -> Stop:
        """Ask it to stop; asking twice does no harm (scravio.md §5)."""
        answer = unwrapped(self._client.write("POST", f"{_path(campaign_id)}/stop", patient=False).data, "data")
        return Stop(answer.get("stopRequested") is True, word(answer.get("status")), text(answer.get("stoppedReason")))


def _path(campaign_id: str) -> str:
    return f"/campaigns/{quote(campaign_id, safe='')}"


def _said(warning: Any) -> str:
    fields = mapping(warning)
    return text(fields.get("message")) or text(fields.get("msg")) or text(fields.get("code")) or text(warning)
