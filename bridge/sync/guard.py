"""Stops a sweep that looks absurd, before what it read is acted upon. Reads no vendor, stores nothing.

A campaign may suddenly be empty, or its delivered people may suddenly have no valid address. That is more often a
fault of the source than the truth. A person decides: `[guard] allow_empty_sweep = true` lets it through.
"""

from collections.abc import Sequence

from bridge import ledger
from bridge.errors import Denied
from bridge.model import Decision, Hold, Lead, Reason, SourceCampaign, State
from bridge.sync.run import Run

PLENTY = 20
"""From so many leads on, nothing at all is suspicious."""

_OVERRIDE = (
    "Look at the campaign in {}. If this is right, set `allow_empty_sweep = true` under [guard] in bridge.toml "
    "for one run of `leadbridge sync`."
)

# Reasons that the facts give, whatever the rules are: a stricter rule may well hold people who went before.
_FACTS = frozenset(
    {
        Reason.UNREADABLE,
        Reason.NO_EMAIL,
        Reason.NO_IDENTITY,
        Reason.EMAIL_MASKED,
        Reason.EMAIL_MALFORMED,
        Reason.HANDLE_MALFORMED,
        Reason.NOT_VALIDATED,
        Reason.VALIDATION_PENDING,
        Reason.VALIDATION_INVALID,
        Reason.VALIDATION_UNKNOWN,
    }
)


class Guard:
    """Watches one pass over one campaign. Does nothing for a campaign never read before: no lead can have gone."""

    def __init__(self, run: Run, campaign: SourceCampaign, known: ledger.KnownCampaign) -> None:
        self._run = run
        self._campaign = campaign
        self._awake = known.revision > 0 and not run.resources.allow_empty_sweep
        self._delivered = 0
        self._spoiled = 0

    def look(self, decided: Sequence[tuple[Lead, Decision]]) -> None:
        """Look at a page before it is stored. Raises Denied where most of the people who went are held now."""
        if not self._awake:
            return
        ids = [lead.id for lead, _ in decided]
        states = ledger.states_of(self._run.db, self._run.route_no, self._campaign.id, ids)
        went = [decision for lead, decision in decided if states.get(lead.id) is State.DELIVERED]
        self._delivered += len(went)
        self._spoiled += sum(isinstance(decision, Hold) and decision.reason in _FACTS for decision in went)
        if self._delivered >= PLENTY and self._spoiled * 2 > self._delivered:
            raise self._stop(
                f'"{self._campaign.title}": {self._spoiled} of {self._delivered} people who were delivered before come '
                "back without a valid address now. The rest of the campaign was not read."
            )

    def end(self, seen: int, campaign_no: int) -> None:
        """Look at the pass as a whole. Raises Denied where no lead came although plenty were known."""
        if self._awake and seen == 0 and (known := ledger.leads_in(self._run.db, campaign_no)) >= PLENTY:
            raise self._stop(
                f'"{self._campaign.title}" came back empty, and {known} leads of it are known. Nothing was changed.'
            )

    def _stop(self, words: str) -> Denied:
        source = self._run.source
        return Denied(words, hint=_OVERRIDE.format(source.title), vendor=source.name)
