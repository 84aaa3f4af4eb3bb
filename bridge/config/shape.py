"""The shape of bridge.toml: one pydantic model for each of its tables, key by key. Reads no file.

The descriptions are the configuration reference: `reference` lists them, and `problems` finds by them what to say of
a wrong value. A key that only a later version carries out accepts nothing but what this version does anyway.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from bridge.config import readers, timetable
from bridge.config.readers import UnfitError
from bridge.model import Budget


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a key takes, in words that complete "it must be ..."."""

    words: str


@dataclass(frozen=True, slots=True)
class Later:
    """Values that only a later version carries out."""

    values: tuple[str, ...]


Text = Annotated[str, BeforeValidator(readers.read_text), Accepts("a text")]
Name = Annotated[str, BeforeValidator(readers.read_name), Accepts("a text of at most 64 characters")]
Host = Annotated[str, BeforeValidator(readers.read_host), Accepts("a host name or an address")]
Hosts = Annotated[tuple[str, ...], BeforeValidator(readers.read_hosts), Accepts("a host name or a list of them")]
Cron = Annotated[str, BeforeValidator(timetable.read_cron), Accepts("five cron fields")]
Timezone = Annotated[str, BeforeValidator(timetable.read_timezone), Accepts('a time zone, such as "Europe/Berlin"')]
Template = Annotated[str, BeforeValidator(readers.read_template), Accepts("a template")]
Templates = Annotated[
    dict[str, Template], BeforeValidator(readers.read_variables), Accepts('a table { name = "template", … }')
]
Duration = Annotated[timedelta, BeforeValidator(readers.read_duration), Accepts('a duration, such as "15m" or "1h30m"')]
ReadTimeout = Annotated[timedelta, BeforeValidator(readers.read_read_timeout), Accepts('a duration from "5s" to "5m"')]
Age = Annotated[timedelta | None, BeforeValidator(readers.read_age), Accepts('a duration, such as "90d", or "none"')]
From = Annotated[datetime, BeforeValidator(readers.read_from), Accepts("a date, such as 2026-01-31")]
To = Annotated[datetime, BeforeValidator(readers.read_to), Accepts("a date, such as 2026-01-31")]
Texts = Annotated[tuple[str, ...], BeforeValidator(readers.read_list), Accepts("a text or a list of texts")]
Ids = Annotated[tuple[str, ...], BeforeValidator(readers.read_source_ids), Accepts("an id or a list of ids")]
Statuses = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_statuses), Accepts('a list of "fully_completed" and "stopped"')
]
CampaignTypes = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_campaign_types),
    Accepts('a list of campaign types ("INSTAGRAM_HASHTAG") or platforms ("INSTAGRAM")'),
]
Platforms = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_platforms),
    Accepts("a list of instagram, tiktok, youtube, x, linkedin, facebook"),
]
Types = Annotated[
    tuple[str, ...],
    BeforeValidator(readers.read_types),
    Accepts('a list of "profile", "keyword", campaign types or platforms ("INSTAGRAM")'),
]
Countries = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_countries), Accepts("a list of two-letter country codes")
]
Languages = Annotated[
    tuple[str, ...], BeforeValidator(readers.read_languages), Accepts("a list of two-letter language codes")
]
Credits = Annotated[
    Budget, BeforeValidator(readers.read_credits), Accepts("a table { campaign = n, route = n, day = n }")
]
Policy = Literal["hold", "allow"]
# Bounded, so that no number is too large for a column of the ledger.
AtLeastNothing = Annotated[int, Field(ge=0, le=10**15), Accepts("a whole number, 0 or more")]
AtOnce = Annotated[int, Field(ge=1, le=16), Accepts("a whole number from 1 to 16")]


class Table(BaseModel):
    """A table of the file: unknown keys are errors, and no value is bent into another type.

    `LATER_KEYS` names keys that only a later version carries out.
    """

    LATER_KEYS: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceTable(Table):
    """`source`: which Scravio campaigns the route takes."""

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


class RulesTable(Table):
    """`rules`: who may go out."""

    validation: Literal["valid"] = Field("valid", description="Only addresses that Scravio found valid are sent.")
    max_validation_age: Age = Field(
        timedelta(days=90), description="Oldest validation that still counts; lists decay by about a fifth a year."
    )
    role_addresses: Policy = Field("hold", description="info@, sales@, booking@ and the like.")
    disposable: Policy = Field("hold", description="Disposable and relay addresses.")
    typo_domains: Policy = Field("hold", description="Domains that are probably misspelled, such as gmial.com.")
    free_mail: Policy = Field("allow", description="Addresses at gmail.com and the like.")
    per_domain: AtLeastNothing = Field(
        3, description="Maximum number of people of one domain on the route; 0 = no cap; free mail does not count."
    )
    same_person: Literal["canonical", "exact"] = Field(
        "canonical", description="canonical: gmail's dots and +tags are ignored; exact: they count."
    )
    platforms: Platforms = Field((), description="Platforms of leads; empty = all.")
    types: Types = Field((), description="How Scravio found the lead, or the campaign's type; empty = all.")
    countries: Countries = Field((), description="Only these countries; empty = all.")
    exclude_countries: Countries = Field((), description="None of these countries.")
    keywords: Texts = Field((), description="Only leads found by one of these keywords; empty = all.")
    languages: Languages = Field((), description="Only biographies in these languages; unknown is held; empty = all.")
    min_followers: AtLeastNothing | None = Field(None, description="Minimum number of followers.")
    max_followers: AtLeastNothing | None = Field(None, description="Maximum number of followers.")
    verified: bool | None = Field(None, description="Only verified profiles, or only others.")
    business: bool | None = Field(None, description="Only business profiles, or only others.")
    private: bool | None = Field(None, description="Only private profiles, or only others.")
    validation_request: Literal["never", "when_missing"] = Field(
        "never", description="Whether to ask Scravio to validate what was never validated, which costs credits."
    )
    max_credits: Credits = Field(
        Budget(),
        description="The most that validation_request may spend on one campaign, on the route, in a day (UTC); what is "
        "not named is 0, and 0 spends nothing.",
    )

    @field_validator("max_followers")
    @classmethod
    def _above_min(cls, most: int, info: ValidationInfo) -> int:
        fewest = info.data.get("min_followers")
        if fewest is not None and most < fewest:
            raise UnfitError(f"is less than min_followers = {fewest}; swap the two")
        return most


class FieldsTable(Table):
    """`fields`: what goes out with an address, each a template; "" sends nothing."""

    first_name: Template | None = Field(
        None, description="Instantly's {{firstName}}; unset: only if the name is certain."
    )
    last_name: Template | None = Field(
        None, description="Instantly's {{lastName}}; unset: only if the name is certain."
    )
    company_name: Template | None = Field(None, description="Instantly's {{companyName}}; unset: not sent.")
    job_title: Template | None = Field(None, description="Instantly's {{jobTitle}}; unset: not sent.")
    phone: Template | None = Field(None, description="Instantly's {{phone}}; unset: the lead's phone.")
    website: Template | None = Field(None, description="Instantly's {{website}}; unset: the lead's website.")
    personalization: Template | None = Field(None, description="Instantly's {{personalization}}; unset: not sent.")
    variables: Templates | None = Field(
        None,
        description="The custom variables, at most 20, in place of the usual ones: platform, username, profile link, "
        "followers, keyword, source campaign.",
    )


class TargetTable(Table):
    """`target`: the one Instantly campaign or lead list of the route."""

    instantly_campaign: Text | None = Field(None, description="Name or id of a campaign.")
    instantly_list: Text | None = Field(None, description="Name or id of a lead list, in place of a campaign.")
    dedupe: Literal["target", "campaigns", "lists", "workspace"] = Field(
        "workspace", description="Where a person must not be already: this target, any campaign, any list, anywhere."
    )
    create: bool = Field(default=False, description="Create a missing list; never a campaign.")
    verify_on_import: bool = Field(default=False, description="Let Instantly verify too, which costs its credits.")
    when_not_active: Literal["warn", "refuse"] = Field(
        "warn", description="What to do when the campaign is a draft, paused or completed."
    )

    push_suppressions: bool = Field(
        default=False, description="Put what is suppressed here on Instantly's block list too."
    )

    # The order of the keys above matters here: `info.data` holds only what was read before.
    @field_validator("instantly_list")
    @classmethod
    def _only_one(cls, name: str, info: ValidationInfo) -> str:
        if info.data.get("instantly_campaign") is not None:
            raise UnfitError("is set beside instantly_campaign; a route has one target, so remove one of the two")
        return name

    @field_validator("create")
    @classmethod
    def _only_lists(cls, create: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes the value so
        if create and info.data.get("instantly_campaign") is not None:
            raise UnfitError("cannot create a campaign, only a list; remove it and make the campaign in Instantly")
        return create

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if self.instantly_campaign is None and self.instantly_list is None:
            raise UnfitError('names no target; add instantly_campaign = "…" or instantly_list = "…"')
        return self


class RouteTable(Table):
    """`[[routes]]`: one for each target."""

    name: Name = Field(description="Your name for the route; must be unique.")
    every: Duration | None = Field(None, description="How often `leadbridge run` syncs the route.")
    cron: Cron | None = Field(None, description="When `leadbridge run` syncs it, in place of every; see Schedules.")
    timezone: Timezone | None = Field(None, description="Time zone of cron; unset: UTC.")
    jitter: Duration | None = Field(None, description="Random delay of up to this long before each run; unset: none.")
    source: SourceTable = Field(SourceTable(), description="Which Scravio campaigns; without it, all finished ones.")
    rules: RulesTable = Field(RulesTable(), description="Which leads may be sent.")
    fields: FieldsTable = Field(FieldsTable(), description="What is sent with an address.")
    target: TargetTable = Field(description="Where to.")

    @field_validator("cron")
    @classmethod
    def _only_one(cls, cron: str, info: ValidationInfo) -> str:
        if info.data.get("every") is not None:
            raise UnfitError("is set beside every; keep one of the two")
        return cron

    @field_validator("timezone")
    @classmethod
    def _only_with_cron(cls, timezone: str, info: ValidationInfo) -> str:
        if "cron" in info.data and info.data["cron"] is None:
            raise UnfitError("is set without cron; remove it, or write the times as cron")
        return timezone

    @field_validator("jitter")
    @classmethod
    def _within_schedule(cls, jitter: timedelta | None, info: ValidationInfo) -> timedelta | None:
        every, cron = info.data.get("every"), info.data.get("cron")
        if jitter and every is None and cron is None and {"every", "cron"} <= info.data.keys():
            raise UnfitError("is set without every or cron; remove it, or say when the route runs")
        if jitter and every is not None and jitter > every:
            raise UnfitError("is longer than every; write a shorter one")
        return jitter


class HttpTable(Table):
    """`[http]`: where `leadbridge run` answers for its health."""

    host: Host = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 in a container.")
    port: Annotated[int, Field(ge=1, le=65535), Accepts("a whole number from 1 to 65535")] = Field(
        8787, description="Port to listen on."
    )
    names: Hosts = Field(
        (), description="Host names to answer under, beside localhost, this host's name and addresses."
    )


class DaemonTable(Table):
    """`[daemon]`: how `leadbridge run` ends."""

    stop_within: Duration = Field(
        timedelta(seconds=30), description="How long a stop may wait for work in progress; a write takes up to 25s."
    )


_READ_TIMEOUT = "How long one request that only reads may take; longer for a vendor that is slow. A write has 25s."


class InstantlyTable(Table):
    """`[instantly]`: how fast to ask; the vendor's limits are 100 a second and 6,000 a minute for the workspace."""

    requests_per_second: Annotated[int, Field(ge=1, le=100), Accepts("a whole number from 1 to 100")] = Field(
        20, description="Maximum requests per second; leave room for your other tools."
    )
    requests_per_minute: Annotated[int, Field(ge=1, le=6000), Accepts("a whole number from 1 to 6000")] = Field(
        600, description="Maximum requests per minute."
    )
    at_once: AtOnce = Field(4, description="Requests in progress at the same time.")
    read_timeout: ReadTimeout = Field(timedelta(seconds=60), description=_READ_TIMEOUT)


class ScravioTable(Table):
    """`[scravio]`: how to read."""

    at_once: AtOnce = Field(4, description="Pages read at the same time.")
    read_timeout: ReadTimeout = Field(timedelta(seconds=60), description=_READ_TIMEOUT)
    extract: Literal["pages", "export", "auto"] = Field(
        "pages", description="How leads are read: by pages, by Scravio's CSV exports, or by what takes fewer calls."
    )


class PrivacyTable(Table):
    """`[privacy]`: what is kept, and for how long."""

    keep_facts_days: Annotated[int, Field(ge=1, le=36500), Accepts("a whole number of days, 1 or more")] = Field(
        90,
        description="Days after which facts of leads that are not ready, sending, in doubt or failed may be pruned.",
    )
    suppression_storage: Literal["plain", "hashed"] = Field(
        "plain", description="How suppressed addresses are kept: plain with their hash beside them, or hashed only."
    )


class GuardTable(Table):
    """`[guard]`: when to stop because the world looks absurd."""

    allow_empty_sweep: bool = Field(
        default=False, description="Go on when a campaign that had leads suddenly shows none."
    )


class NamesTable(Table):
    """`[names]`: corrected names of single people."""

    overrides: Text = Field(
        "",
        description="A CSV beside this file with the names of single profiles: platform, username or profile_url, "
        "first_name, last_name; an empty first_name sends no first name.",
    )


class FileTable(Table):
    """The whole file."""

    routes: list[RouteTable] = Field(min_length=1, description="The routes, at least one.")
    http: HttpTable = HttpTable()
    daemon: DaemonTable = DaemonTable()
    instantly: InstantlyTable = InstantlyTable()
    scravio: ScravioTable = ScravioTable()
    privacy: PrivacyTable = PrivacyTable()
    names: NamesTable = NamesTable()
    guard: GuardTable = GuardTable()
