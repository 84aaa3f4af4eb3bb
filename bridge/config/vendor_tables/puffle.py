"""Puffle in bridge.toml: `[puffle]` and the `target` of a route."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from bridge.config.table import Accepts, AtOnce, Text
from bridge.config.vendor import TargetKind
from bridge.config.vendor_tables import PaceTable, TargetTable


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


PACE, TARGETS = PuffleTable, PuffleTarget
