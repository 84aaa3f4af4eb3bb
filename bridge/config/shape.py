"""The shape of bridge.toml: one pydantic model for each of its tables, key by key. Reads no file.

The descriptions are the configuration reference: `reference` lists them, and `problems` makes its messages from them.
"""

from datetime import timedelta
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, create_model, field_validator, model_validator

from bridge.config.readers import UnfitError
from bridge.config.table import (
    Accepts,
    Age,
    AtLeastNothing,
    ClientName,
    Consequence,
    Countries,
    Credits,
    Cron,
    Days,
    Duration,
    Globs,
    Host,
    Hosts,
    Languages,
    Name,
    Platforms,
    Policy,
    Prefix,
    Share,
    Table,
    Template,
    Templates,
    Text,
    Texts,
    Timezone,
    Types,
)
from bridge.config.vendor import Vendor
from bridge.config.vendor_tables import SourceTable, TargetTable, read_target, table_of_all, target_table
from bridge.config.vendors import VENDORS
from bridge.model import Budget


class RulesTable(Table):
    """`rules`: who may go out."""

    validation: Literal["valid"] = Field("valid", description="Only addresses that Scravio found valid are sent.")
    max_validation_age: Age = Field(
        timedelta(days=90), description="Oldest validation that still counts; lists decay by about a fifth a year."
    )
    recontact: Age = Field(
        None, description="Hold people contacted by any route of the client within this time; unset: never."
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
    """`fields`: what goes out with a lead, each a template; "" sends nothing. Vendors have their own names."""

    first_name: Template | None = Field(
        None, description="First name, {{firstName}} in Instantly; unset: only if the name is certain."
    )
    last_name: Template | None = Field(
        None, description="Last name, {{lastName}} in Instantly; unset: only if the name is certain."
    )
    company_name: Template | None = Field(None, description="Company, {{companyName}} in Instantly; unset: not sent.")
    job_title: Template | None = Field(None, description="Job title, {{jobTitle}} in Instantly; unset: not sent.")
    phone: Template | None = Field(None, description="Phone, {{phone}} in Instantly; unset: the lead's phone.")
    website: Template | None = Field(None, description="Website, {{website}} in Instantly; unset: the lead's website.")
    personalization: Template | None = Field(
        None, description="Personalization, {{personalization}} in Instantly; unset: not sent."
    )
    variables: Templates | None = Field(
        None,
        description="The custom variables, at most 20, in place of the usual ones: platform, username, profile link, "
        "followers, keyword, source campaign.",
    )


class FeedbackTable(Table):
    """`feedback`: what became of the leads, and what follows from it."""

    every: Age = Field(
        timedelta(minutes=15), description='How often `leadbridge run` asks the vendor; "none" = only by hand.'
    )
    full: Duration = Field(
        timedelta(days=1), description="How often every delivered lead is looked at, in pieces, whatever was announced."
    )
    on_bounce: Consequence = Field(
        "suppress", description="When the address bounced; suppress: no client contacts it again."
    )
    on_unsubscribe: Consequence = Field("suppress", description="When the person opted out.")
    on_not_interested: Consequence = Field("suppress", description="When the person is not interested.")
    on_reply: Consequence = Field("note", description="When the person replied; an automatic reply is no reply.")


class BrakeTable(Table):
    """`brake`: stops a source campaign on this route when its addresses bounce."""

    warn: Share = Field(0.02, description="Bounce rate from which a run warns.")
    stop: Share = Field(0.03, description="Bounce rate from which nothing more of the campaign is sent; 1 = never.")
    least: AtLeastNothing = Field(50, description="Number of contacted or bounced leads (30 days) before it can act.")

    @model_validator(mode="after")
    def _warns_first(self) -> Self:
        if self.stop < self.warn:
            raise UnfitError(f"stop = {self.stop} is less than warn = {self.warn}; swap the two")
        return self


class PaceTable(Table):
    """`pace`: how fast the route delivers; unset: as fast as the target takes its leads."""

    per_day: Annotated[int, Field(ge=1, le=10**9), Accepts("a whole number, 1 or more")] | None = Field(
        None, description="Maximum number of leads delivered in one day of timezone; unset: no limit."
    )
    ahead: Days | None = Field(
        None, description="Only as many leads as the target's senders can start within this time; unset: no limit."
    )
    order: Literal["oldest", "newest", "best"] = Field(
        "oldest", description="Which lead goes next; best: of the source campaigns whose leads reply most."
    )


class UpdateTable(Table):
    """`update`: whether delivered leads follow what changes later."""

    fields: Literal["never", "until_contacted"] = Field(
        "never",
        description="until_contacted: a changed field of a lead that was not contacted yet is changed in the target, "
        "unless it was changed there by hand; never the identity.",
    )


class RouteTable(Table):
    """`[[routes]]`: one for each target."""

    name: Name = Field(description="Your name for the route; must be unique among those of its client.")
    client: ClientName | None = Field(None, description="Whose keys it uses; unset: the only client.")
    every: Duration | None = Field(None, description="How often `leadbridge run` syncs the route.")
    cron: Cron | None = Field(None, description="When `leadbridge run` syncs it, in place of every; see Schedules.")
    pace: PaceTable = Field(PaceTable(), description="How fast it delivers.")
    timezone: Timezone | None = Field(
        None, description="Time zone of cron, and of the day of pace.per_day; unset: UTC."
    )
    jitter: Duration | None = Field(None, description="Random delay of up to this long before each run; unset: none.")
    source: SourceTable = Field(SourceTable(), description="Which campaigns; without it, Scravio's finished ones.")
    rules: RulesTable = Field(RulesTable(), description="Which leads may be sent.")
    fields: FieldsTable = Field(FieldsTable(), description="What is sent with a lead.")
    target: TargetTable = Field(description="Where to.")
    feedback: FeedbackTable = Field(FeedbackTable(), description="What became of the leads.")
    brake: BrakeTable = Field(BrakeTable(), description="When bounces stop a source campaign.")
    update: UpdateTable = Field(UpdateTable(), description="What changes after the delivery.")

    @model_validator(mode="after")
    def _can_be_validated(self) -> Self:
        own = self.source.own()
        if not own.VALIDATES and self.rules.validation_request != "never":
            raise UnfitError(
                f"has source.{own.KEY}, whose addresses are not validated by campaign; remove "
                "rules.validation_request, and run `leadbridge validate FILE.csv` instead"
            )
        return self

    @model_validator(mode="after")
    def _needs_validations(self) -> Self:
        if self.rules.validation_request != "never" and not read_target(self.target, VENDORS).demands_validation:
            raise UnfitError("pays for validations that its target does not need; remove rules.validation_request")
        return self

    @model_validator(mode="after")
    def _is_one_person(self) -> Self:
        if (self.target.dedupe, self.rules.same_person) == ("everywhere", "exact"):
            raise UnfitError('sets rules.same_person = "exact" beside dedupe = "everywhere"; remove one of the two')
        return self

    @model_validator(mode="after")
    def _has_senders(self) -> Self:
        if self.pace.ahead is not None and read_target(self.target, VENDORS).kind == "list":
            raise UnfitError("has pace.ahead, and a lead list has no senders; use pace.per_day instead")
        return self

    @field_validator("cron")
    @classmethod
    def _only_one(cls, cron: str, info: ValidationInfo) -> str:
        if info.data.get("every") is not None:
            raise UnfitError("is set beside every; keep one of the two")
        return cron

    @field_validator("timezone")
    @classmethod
    def _is_used(cls, timezone: str, info: ValidationInfo) -> str:
        pace = info.data.get("pace")
        if "cron" in info.data and info.data["cron"] is None and pace is not None and pace.per_day is None:
            raise UnfitError("is set without cron or pace.per_day; remove it, or write the times as cron")
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
    """`[guard]`: when to stop because the source shows implausible data."""

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


class ClientTable(Table):
    """`[[clients]]`: whose keys routes use; without it there is one, "default", with the usual variables."""

    name: ClientName = Field(description="The client's name, as routes and `--client` give it.")
    env: Prefix = Field(description="What the names of its variables begin with: ACME_ for ACME_SCRAVIO_API_KEY.")
    shared: bool = Field(default=False, description="Share a workspace with other clients that have this too.")


class IncludeTable(Table):
    """`[[include]]`: more files of [[clients]] and [[routes]]."""

    files: Globs = Field(description="Paths from the folder of bridge.toml, with * and **.")


class FileTable(Table):
    """The whole file, but for what a vendor adds: see `file_table`."""

    routes: list[RouteTable] = Field([], description="The routes, at least one.")
    clients: list[ClientTable] = Field([], description="The clients.")
    include: list[IncludeTable] = Field([], description="More files.")
    http: HttpTable = HttpTable()
    daemon: DaemonTable = DaemonTable()
    privacy: PrivacyTable = PrivacyTable()
    names: NamesTable = NamesTable()
    guard: GuardTable = GuardTable()


def file_table() -> type[FileTable]:
    """The whole file, with a table for each vendor of the registry and their kinds of targets."""
    return _file_table(tuple(VENDORS.values()))


def part_table() -> type[Table]:
    """A file that [[include]] names: clients and routes, nothing that holds for the whole program."""
    fields = file_table().model_fields
    kept: dict[str, Any] = {name: (fields[name].annotation, fields[name]) for name in ("routes", "clients")}
    return create_model("PartTable", __base__=Table, **kept)


@cache
def _file_table(vendors: tuple[Vendor, ...]) -> type[FileTable]:
    selection = table_of_all(SourceTable, (vendor.sources for vendor in vendors))
    target = (target_table(vendors), RouteTable.model_fields["target"])
    source = (selection, Field(selection(), description=RouteTable.model_fields["source"].description))
    route = create_model("RouteTable", __base__=RouteTable, __doc__=RouteTable.__doc__, source=source, target=target)
    paces: dict[str, Any] = {
        vendor.name: (vendor.pace, vendor.pace())
        for vendor in sorted(vendors, key=attrgetter("name"))
        if vendor.variables
    }
    routes = (list[route], FileTable.model_fields["routes"])
    return create_model("FileTable", __base__=FileTable, routes=routes, **paces)
