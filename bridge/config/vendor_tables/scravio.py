"""Scravio in bridge.toml: `[scravio]` and the `source` of its campaigns."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from bridge.config.readers import UnfitError
from bridge.config.table import AtOnce, CampaignTypes, From, Ids, Statuses, Text, Texts, To
from bridge.config.vendor_tables import PaceTable, SourceTable


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


PACE, SOURCES = ScravioTable, ScravioSelection
