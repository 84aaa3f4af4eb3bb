"""What one round of questions to Instantly knows, and what the next one starts from. Asks nothing."""

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from bridge.api import Client
from bridge.destinations.base import Inquiry, News
from bridge.lazy import dataclass
from bridge.model import ReportedEvent

PATIENCE = 3
"""Rounds in which a count that no listing explains is looked at again."""

WIDE = 3
"""From so many campaigns on in which the same moved, one listing of the whole workspace takes the place of theirs."""

Counts = dict[str, int]


@dataclass(slots=True)
class Round:
    """One round of questions. `memory` is what the next one starts from: JSON values only.

    `crowded`: the leads of other senders make listings of the whole workspace longer than those of its campaigns.
    By campaign: `seen` holds the counts that are explained, `tries` the attempts at those that are not. `mails` is when
    the latest mail that was read was stored, `rest` where a listing of mails continues and what it counted so far.
    `contacted` is the latest contacted lead that was listed, `missing` how often the campaign was not reported.
    """

    client: Client
    inquiry: Inquiry
    memory: dict[str, Any]
    pages: int = 0
    others: int = 0
    notes: list[str] = field(default_factory=list)
    replies: dict[str, int] = field(default_factory=dict)
    judged: bool = False
    unread: bool = False

    @property
    def workspace(self) -> str:
        """The id of the workspace that is asked about."""
        return self.inquiry.places[0].workspace

    def of(self, what: str, campaign: str) -> dict[str, Any]:
        """The remembered counts of a campaign, to be changed in place."""
        kept: dict[str, Any] = self.memory.setdefault(what, {}).setdefault(campaign, {})
        return kept

    def news(self, events: Sequence[ReportedEvent] = ()) -> News:
        """A page, with everything that is to be remembered once it is recorded."""
        notes, self.notes = tuple(self.notes), []
        return News(events, self.memory, notes, self.judged)

    def unexplained(self, campaign: str, name: str, total: int) -> None:
        """Look again in the next rounds; after a few the count is taken as it is."""
        tries = self.of("tries", campaign)
        tries[name] = tries.get(name, 0) + 1
        if tries[name] >= PATIENCE:
            self.explained(campaign, name, total)

    def explained(self, campaign: str, name: str, total: int) -> None:
        """Every lead of this count is known by now."""
        self.of("seen", campaign)[name] = total
        self.of("tries", campaign).pop(name, None)
