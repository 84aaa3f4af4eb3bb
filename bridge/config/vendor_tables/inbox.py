"""Inbox in bridge.toml: `[inbox]` and the `target` of a route."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from bridge.config.readers import UnfitError
from bridge.config.table import Accepts, AtOnce, Columns, SenderIds, Text, Timezone
from bridge.config.vendor import TargetKind
from bridge.config.vendor_tables import CREATE, PaceTable, TargetTable


class InboxTable(PaceTable):
    """`[inbox]`: how fast to ask; of two documents that contradict each other the stricter one (inbox.md §6)."""

    at_once: AtOnce = Field(1, description="Requests in progress at the same time; writes are spaced in any case.")
    reads_per_minute: Annotated[int, Field(ge=1, le=300), Accepts("a whole number from 1 to 300")] = Field(
        100, description="Maximum requests per minute. Inbox documents 100 reads in one place and 300 in another."
    )
    writes_per_minute: Annotated[int, Field(ge=1, le=300), Accepts("a whole number from 1 to 300")] = Field(
        30, description="Maximum writes per minute, evenly spaced. Inbox documents 30 in one place and 300 in another."
    )

    def limits(self) -> tuple[float, int | None, int, int | None]:
        """As configured; a second holds no more than its part of a burst."""
        return 10, self.reads_per_minute, self.at_once, self.writes_per_minute


class InboxTarget(TargetTable):
    """`target`: the one Inbox campaign of the route. People are known there by their handle on X alone."""

    KINDS: ClassVar = (TargetKind("inbox_campaign", "campaign", identity="x", demands_validation=False),)

    inbox_campaign: Text | None = Field(None, description="Name or id of an Inbox campaign of direct messages on X.")
    create: bool = Field(default=False, description=CREATE)
    senders: SenderIds = Field((), description="Ids of the linked X accounts that send for a created campaign.")
    timezone: Timezone | None = Field(None, description="Time zone of the schedule of a created campaign; unset: UTC.")
    exclude_contacted: bool = Field(default=False, description="A created campaign leaves out who was messaged before.")
    exclude_mutuals: bool = Field(default=False, description="A created campaign leaves out who has answered before.")
    columns: Columns | None = Field(
        None, description="Our fields and variables, each with the id or name of the campaign's column that takes it."
    )

    @model_validator(mode="after")
    def _has_senders(self) -> Self:
        if self.inbox_campaign is not None and self.create and not self.senders:
            raise UnfitError("creates a campaign without a sender; add senders = [ids of linked accounts]")
        return self


PACE, TARGETS = InboxTable, InboxTarget
