"""Instantly in bridge.toml: `[instantly]` and the `target` of a route."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from bridge.config.readers import UnfitError
from bridge.config.table import Accepts, Text
from bridge.config.vendor import TargetKind
from bridge.config.vendor_tables import CREATE, PaceTable, TargetTable


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


class InstantlyTarget(TargetTable):
    """`target`: the one Instantly campaign or lead list of the route."""

    KINDS: ClassVar = (TargetKind("instantly_campaign", "campaign"), TargetKind("instantly_list", "list"))

    instantly_campaign: Text | None = Field(None, description="Name or id of a campaign.")
    instantly_list: Text | None = Field(None, description="Name or id of a lead list, in place of a campaign.")
    create: bool = Field(default=False, description=CREATE)
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


PACE, TARGETS = InstantlyTable, InstantlyTarget
