"""The registry: every vendor with its variables, its table of bridge.toml, its sources, targets and code.

A new vendor is one entry here and one folder: docs/add-a-vendor.md shows it. Reads no file, sends nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bridge.config.readers import UnfitError
from bridge.config.table import (
    Accepts,
    AtOnce,
    CampaignTypes,
    Columns,
    From,
    Globs,
    Ids,
    SenderIds,
    Statuses,
    Text,
    Texts,
    Timezone,
    To,
)
from bridge.config.vendor import PaceTable, SourceTable, TargetKind, TargetTable, Variable, Vendor, folder


class ScravioTable(PaceTable):
    """`[scravio]`: how to read."""

    # Scravio publishes no limit for reading (scravio.md §1): as many at once as configured, slowed by each 429.
    at_once: AtOnce = Field(4, description="Pages read at the same time.")
    extract: Literal["pages", "export", "auto"] = Field(
        "pages", description="How leads are read: by pages, by Scravio's CSV exports, or by what takes fewer calls."
    )


class ScravioSelection(SourceTable):
    """`source`: which Scravio campaigns the route takes."""

    KEY: ClassVar = ""
    VALIDATES: ClassVar = True

    status: Statuses = Field(("fully_completed",), description="Statuses of campaigns.")
    type: CampaignTypes = Field((), description="Types of campaigns; empty = all.")
    title: Texts = Field((), description="Titles; * and ? stand for any text, case does not count; empty = all.")
    id: Ids = Field((), description="Ids of campaigns; empty = all.")
    q: Text = Field(
        "",
        description="Scravio's own search over title, hashtag, user and keyword: what it returns now.",
    )
    created_from: From | None = Field(None, alias="from", description="Campaigns created on this day or later.")
    created_to: To | None = Field(None, alias="to", description="Campaigns created on this day or before.")

    @field_validator("created_to")
    @classmethod
    def _after_from(cls, to: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("created_from")
        if start is not None and to < start:
            raise UnfitError('lies before "from"; swap the two')
        return to


SCRAVIO = Vendor(
    name="scravio",
    title="Scravio",
    variables=(
        Variable("SCRAVIO_API_KEY", "key of the Scravio API (dashboard, API Keys)", kind="secret", begins="sk_live_"),
        Variable("SCRAVIO_ACCESS_TOKEN", "access token of a Scravio user, in place of the key", kind="secret"),
        Variable("SCRAVIO_WORKSPACE_ID", "Scravio workspace, where the account has several"),
        Variable("SCRAVIO_BASE_URL", "where the Scravio API answers", "https://api.scravio.com/api", "url"),
    ),
    key_at="Scravio's dashboard under API Keys",
    pace=ScravioTable,
    sources=ScravioSelection,
    code=folder("bridge.sources.scravio.opening"),
)


class CsvSelection(SourceTable):
    """`source`: which CSV files the route takes."""

    KEY: ClassVar = "csv"

    csv: Globs = Field(
        (),
        description="CSV files of leads in place of Scravio's campaigns: paths from the folder of bridge.toml, with * "
        "and **. No other key of source goes with it.",
    )


CSV = Vendor(name="csv", title="the CSV files", sources=CsvSelection, code=folder("bridge.sources.csv_files"))


class InstantlyTable(PaceTable):
    """`[instantly]`: how fast to ask; the vendor's limits are 100 a second and 6,000 a minute for the workspace."""

    requests_per_second: Annotated[int, Field(ge=1, le=100), Accepts("a whole number from 1 to 100")] = Field(
        20, description="Maximum requests per second; leave room for your other tools."
    )
    requests_per_minute: Annotated[int, Field(ge=1, le=6000), Accepts("a whole number from 1 to 6000")] = Field(
        600, description="Maximum requests per minute."
    )

    def limits(self) -> tuple[float, int | None, int, int | None]:
        """As configured."""
        return self.requests_per_second, self.requests_per_minute, self.at_once, None


_CREATE = "Create what is missing: an Instantly list or an Inbox campaign, never an Instantly campaign."


class InstantlyTarget(TargetTable):
    """`target`: the one Instantly campaign or lead list of the route."""

    KINDS: ClassVar = (TargetKind("instantly_campaign", "campaign"), TargetKind("instantly_list", "list"))

    instantly_campaign: Text | None = Field(None, description="Name or id of a campaign.")
    instantly_list: Text | None = Field(None, description="Name or id of a lead list, in place of a campaign.")
    create: bool = Field(default=False, description=_CREATE)
    verify_on_import: bool = Field(default=False, description="Let Instantly verify too, which costs its credits.")
    when_not_active: Literal["warn", "refuse"] = Field(
        "warn", description="What to do when the campaign is a draft, paused or completed."
    )
    push_suppressions: bool = Field(
        default=False, description="Put what is suppressed here on Instantly's block list too."
    )

    @field_validator("create")
    @classmethod
    def _only_lists(cls, create: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes the value so
        if create and info.data.get("instantly_campaign") is not None:
            raise UnfitError("cannot create a campaign, only a list; remove it and make the campaign in Instantly")
        return create


INSTANTLY = Vendor(
    name="instantly",
    title="Instantly",
    variables=(
        Variable("INSTANTLY_API_KEY", "key of the Instantly API v2 (Settings, Integrations, API Keys)", kind="secret"),
        Variable(
            "INSTANTLY_BASE_URL",
            "where the Instantly API answers, without /api/v2",
            "https://api.instantly.ai",
            "url",
        ),
    ),
    key_at="Instantly under Settings, Integrations, API Keys",
    untested="the key's scope leads:create, which every sync needs, and lead_lists:create for a list with "
    "`create = true`",
    path="/api/v2",
    pace=InstantlyTable,
    targets=InstantlyTarget,
    code=folder("bridge.destinations.instantly.opening"),
)


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
    create: bool = Field(default=False, description=_CREATE)
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


INBOX = Vendor(
    name="inbox",
    title="Inbox",
    variables=(
        Variable("INBOX_API_KEY", "token of the Inbox API (Settings, API)", kind="secret"),
        Variable("INBOX_BASE_URL", "where the Inbox API answers, without /api/v1", "https://inboxapp.com", "url"),
    ),
    key_at="Inbox under Settings, API",
    path="/api/v1",
    pace=InboxTable,
    targets=InboxTarget,
    code=folder("bridge.destinations.inbox.opening"),
)


class PuffleTable(PaceTable):
    """`[puffle]`: how fast to ask. The vendor publishes no figures."""

    at_once: AtOnce = Field(2, description="Requests in progress at the same time.")
    requests_per_second: Annotated[int, Field(ge=1, le=100), Accepts("a whole number from 1 to 100")] = Field(
        5, description="Maximum requests per second; its limits are not published, and each 429 slows this down."
    )

    def limits(self) -> tuple[float, int | None, int, int | None]:
        """As configured."""
        return self.requests_per_second, None, self.at_once, None


class PuffleTarget(TargetTable):
    """`target`: the one Puffle campaign of the route. Its type, which only Puffle knows, must be that of `channel`."""

    KINDS: ClassVar = (TargetKind("puffle_campaign", "campaign", along="linkedin"),)

    puffle_campaign: Text | None = Field(None, description="Name or id of a Puffle campaign.")
    channel: Literal["email", "linkedin"] | None = Field(
        None,
        description='How the campaign reaches people: its type in Puffle. "email", or "linkedin" where '
        "linkedin_from_username is set.",
    )
    linkedin_from_username: bool = Field(
        default=False,
        description="Make a LinkedIn link of the user name. It is a guess: Scravio documents no link, and a wrong one "
        "reaches another person.",
    )
    when_launched: Literal["hold", "new_draft"] = Field(
        "hold",
        description="A launched campaign takes no more leads. hold: the route waits for you. new_draft: a copy of the "
        'campaign is made as the next draft, "NAME 2", and takes them; nothing is ever launched.',
    )

    @classmethod
    def reached(cls, kind: TargetKind, options: Mapping[str, Any]) -> TargetKind:
        """By e-mail, or on LinkedIn without any e-mail. The other identity goes along."""
        guess = options["linkedin_from_username"]
        kind = replace(kind, creates=options["when_launched"] == "new_draft")
        if (options["channel"] or ("linkedin" if guess else "email")) == "email":
            return replace(kind, usernames=guess)
        return replace(kind, identity="linkedin", demands_validation=False, along="email", usernames=guess)


PUFFLE = Vendor(
    name="puffle",
    title="Puffle",
    variables=(
        Variable("PUFFLE_API_KEY", "key of the Puffle API (Settings, API)", kind="secret", begins="pk_live_"),
        Variable("PUFFLE_BASE_URL", "where the Puffle API answers, without /api", "https://app.puffle.ai", "url"),
    ),
    key_at="Puffle under Settings, API",
    path="/api",
    pace=PuffleTable,
    targets=PuffleTarget,
    code=folder("bridge.destinations.puffle.opening"),
)

VENDORS: dict[str, Vendor] = {vendor.name: vendor for vendor in (SCRAVIO, CSV, INSTANTLY, INBOX, PUFFLE)}
"""Every vendor by its name, as the ledger has it."""
