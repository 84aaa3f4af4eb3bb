"""The tables of the ledger itself: leads, deliveries, claims and who works on what. Holds no statement."""

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words
from bridge.model import DEFAULT_CLIENT


class RouteRow(Table, table=True):
    """A route that has run at least once. It stays when the configuration forgets it (`retired`)."""

    __tablename__ = "route"
    no: int = Field(sa_column=key())
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    client: str = Field(default=DEFAULT_CLIENT, sa_column=Column(Text, nullable=False, server_default=DEFAULT_CLIENT))


class CampaignRow(Table, table=True):
    """A source campaign, and how far it has been swept.

    `revision` moves whenever the facts of one of its leads change. `fingerprint` is what the campaign looked like when
    it was last swept whole ("" = never). `unread` is how many of its rows no route could use.
    """

    __tablename__ = "campaign"
    no: int = Field(sa_column=key())
    id: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    title: str = Field(default="", sa_column=words())
    type: str = Field(default="", sa_column=words())
    status: str = Field(default="", sa_column=words())
    created_at: int = Field(default=0, sa_column=instant())
    revision: int = Field(default=0, sa_column=ref())
    fingerprint: str = Field(default="", sa_column=words())
    swept_at: int = Field(default=0, sa_column=instant())
    resweep_at: int = Field(default=0, sa_column=instant())
    resweeps: int = Field(default=0, sa_column=ref())
    unread: int = Field(default=0, sa_column=ref())


class LeadRow(Table, table=True):
    """A lead with its latest facts, and the keys of its identities.

    `person` is the canonical address, `profile` the typed key of the profile on X or LinkedIn ("" where it has none),
    `username` in small letters: all three are searched for.

    `digest` shows whether a row read again differs, also after its facts were pruned. `validation` is Scravio's word,
    repeated outside the facts for the last look at the claim.
    """

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("campaign_no", "source_id"),
        partial("ix_lead_person", "person <> ''", "person"),
        partial("ix_lead_profile", "profile <> ''", "profile"),
        partial("ix_lead_username", "username <> ''", "username"),
        partial("ix_lead_without_address", "person = ''", "id"),
        partial("ix_lead_with_facts", "facts <> ''", "first_seen_at"),
    )
    id: int = Field(sa_column=key())
    campaign_no: int = Field(sa_column=ref())
    source_id: str = Field(sa_column=words())
    person: str = Field(default="", sa_column=words())
    profile: str = Field(default="", sa_column=words())
    username: str = Field(default="", sa_column=words())
    validation: str = Field(default="", sa_column=words())
    revision: int = Field(default=0, sa_column=ref())
    digest: int = Field(default=0, sa_column=ref())
    first_seen_at: int = Field(default=0, sa_column=instant())
    facts: str = Field(default="", sa_column=words())


class RouteCampaignRow(Table, table=True):
    """Up to which revision, and by which rules, a route has decided the leads of a campaign."""

    __tablename__ = "route_campaign"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    campaign_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    decided_by: str = Field(default="", sa_column=words())
    decided_revision: int = Field(default=0, sa_column=ref())


class ReturnedRow(Table, table=True):
    """A source campaign that Scravio returned when the route last asked for those that match its free text `q`."""

    __tablename__ = "returned"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    campaign_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    q: str = Field(default="", sa_column=words())


class DeliveryRow(Table, table=True):
    """One lead on one route.

    `rank` orders the leads that are ready at the same time. `domain` is "" where the domain has no cap. `place_no`,
    `address` and `fields` are fixed from the claim on. `asked_at` (vendor's clock) is when the first call that may
    have taken effect began; `ended_at` (ours) when the latest one ended; `absent_at` when a lookup first missed it.
    `batch_id` is the intent of the latest call (kind "push"). `stale` asks for a new decision. `remote_status` is the
    vendor's word for the lead as an audit noted it ("" = active or never noted). `gone_from_target` is when an audit
    noted that the target holds it no more.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("lead_id", "route_no"),
        Index("ix_delivery_route_no_state_reason", "route_no", "state", "reason"),
        partial("ix_delivery_ready", "state = 'ready'", "route_no", "rank"),
        partial("ix_delivery_open", "state IN ('sending', 'in_doubt')", "route_no", "id"),
        partial("ix_delivery_stale", "stale = 1", "route_no", "id"),
        partial("ix_delivery_waits_for", "waits_for <> 0", "waits_for"),
        partial("ix_delivery_domain", "domain <> ''", "route_no", "domain"),
        partial("ix_delivery_gone_from_target", "gone_from_target <> 0", "route_no"),
        partial("ix_delivery_remote_status", "remote_status <> ''", "route_no", "remote_status"),
    )
    id: int = Field(sa_column=key())
    route_no: int = Field(sa_column=ref())
    lead_id: int = Field(sa_column=ref())
    state: str = Field(sa_column=words())
    reason: str = Field(sa_column=words())
    origin: str = Field(sa_column=words())
    detail: str = Field(default="", sa_column=words())
    decided_by: str = Field(default="", sa_column=words())
    decided_at: int = Field(default=0, sa_column=instant())
    lead_revision: int = Field(default=0, sa_column=ref())
    stale: int = Field(default=0, sa_column=ref())
    rank: str = Field(default="", sa_column=words())
    domain: str = Field(default="", sa_column=words())
    waits_for: int = Field(default=0, sa_column=ref())
    expires_at: int = Field(default=0, sa_column=instant())
    attempts: int = Field(default=0, sa_column=ref())
    not_before: int = Field(default=0, sa_column=instant())
    place_no: int = Field(default=0, sa_column=ref())
    batch_id: int = Field(default=0, sa_column=ref())
    asked_at: int = Field(default=0, sa_column=instant())
    ended_at: int = Field(default=0, sa_column=instant())
    absent_at: int = Field(default=0, sa_column=instant())
    sent_at: int = Field(default=0, sa_column=instant())
    remote_id: str = Field(default="", sa_column=words())
    address_changed: str = Field(default="", sa_column=words())
    address: str = Field(default="", sa_column=words())
    fields: str = Field(default="", sa_column=words())
    remote_status: str = Field(default="", sa_column=words())
    gone_from_target: int = Field(default=0, sa_column=instant())


class PendingChangeRow(Table, table=True):
    """What is still to be done to a lead after its delivery: an intent's `kind`, update or move.

    `intent_id` is the write that is under way, 0 before one. `fields` are those that the write of an update carries.
    """

    __tablename__ = "pending_change"
    __table_args__ = (
        Index("ix_pending_change_route_no", "route_no", "kind", "delivery_id"),
        {"sqlite_with_rowid": False},
    )
    delivery_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    route_no: int = Field(default=0, sa_column=ref())
    intent_id: int = Field(default=0, sa_column=ref())
    fields: str = Field(default="", sa_column=words())


class ScopeRow(Table, table=True):
    """A dedupe scope: a target, all campaigns or all lists of a workspace, or the workspace."""

    __tablename__ = "scope"
    no: int = Field(sa_column=key())
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))


class ClaimRow(Table, table=True):
    """In this scope, this person belongs to that delivery. The primary key is the promise "never twice"."""

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_delivery_id", "delivery_id"), {"sqlite_with_rowid": False})
    # In this order: the claims of one person in several scopes lie on one page.
    person: str = Field(sa_column=Column(Text, primary_key=True))
    scope_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    delivery_id: int = Field(sa_column=ref())


class PlaceRow(Table, table=True):
    """A target by the ids its vendor gave it."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("vendor", "workspace", "kind", "id"),)
    no: int = Field(sa_column=key())
    vendor: str = Field(sa_column=words())
    workspace: str = Field(sa_column=words())
    kind: str = Field(sa_column=words())
    id: str = Field(sa_column=words())
    title: str = Field(default="", sa_column=words())


class BindingRow(Table, table=True):
    """Which place a route's target meant when it was first resolved."""

    __tablename__ = "binding"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    target: str = Field(sa_column=Column(Text, primary_key=True))
    place_no: int = Field(sa_column=ref())


class EventRow(Table, table=True):
    """A move of a delivery, for `explain`. The first decision is in the delivery itself."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_delivery_id", "delivery_id"),)
    id: int = Field(sa_column=key())
    delivery_id: int = Field(sa_column=ref())
    at: int = Field(sa_column=instant())
    state: str = Field(sa_column=words())
    reason: str = Field(sa_column=words())
    origin: str = Field(sa_column=words())
    batch_id: int = Field(default=0, sa_column=ref())
    detail: str = Field(default="", sa_column=words())


class LeaseRow(Table, table=True):
    """Who may work on a route, until when by the database's clock. `epoch` counts the holders."""

    __tablename__ = "route_lease"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    epoch: int = Field(default=0, sa_column=ref())
    host: str = Field(default="", sa_column=words())
    pid: int = Field(default=0, sa_column=ref())
    process: str = Field(default="", sa_column=words())
    acquired_at: int = Field(default=0, sa_column=instant())
    expires_at: int = Field(default=0, sa_column=instant())


class RunRow(Table, table=True):
    """One execution of one route, with the document `sync --json` printed for it."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_route_no", "route_no", "id"),)
    id: int = Field(sa_column=key())
    route_no: int = Field(sa_column=ref())
    started_at: int = Field(sa_column=instant())
    ended_at: int = Field(default=0, sa_column=instant())
    status: str = Field(default="", sa_column=words())
    document: str = Field(default="", sa_column=words())
