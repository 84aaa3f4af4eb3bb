"""The tables of the ledger itself: leads, deliveries, claims and who works on what. Holds no statement."""

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words
from bridge.model import DEFAULT_CLIENT


class RouteRow(Table):
    """A route that has run at least once. It stays when the configuration forgets it (`retired`)."""

    __tablename__ = "route"
    no = key()
    name = Column(Text, nullable=False, unique=True)
    client = Column(Text, nullable=False, server_default=DEFAULT_CLIENT)


class CampaignRow(Table):
    """A source campaign, and how far it has been swept.

    `revision` moves whenever the facts of one of its leads change. `fingerprint` is what the campaign looked like when
    it was last swept whole ("" = never). `unread` is how many of its rows no route could use.
    """

    __tablename__ = "campaign"
    no = key()
    id = Column(Text, nullable=False, unique=True)
    title = words()
    type = words()
    status = words()
    created_at = instant()
    revision = ref()
    fingerprint = words()
    swept_at = instant()
    resweep_at = instant()
    resweeps = ref()
    unread = ref()


class LeadRow(Table):
    """A lead with its latest facts, and the keys of its identities.

    `person` is the canonical address, `profile` the typed key of the profile on X or LinkedIn ("" where it has none),
    `username` in small letters: all three are searched for.

    `digest` is that of pruned facts: it shows whether a row that is read again differs. At 0 it is stored again.
    `validation` is Scravio's word, repeated outside the facts for the last look at the claim.
    """

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("campaign_no", "source_id"),
        partial("ix_lead_person", "person <> ''", "person"),
        partial("ix_lead_profile", "profile <> ''", "profile"),
        partial("ix_lead_campaign_no_username", "username <> ''", "campaign_no", "username"),
        partial("ix_lead_without_address", "person = ''", "id"),
        partial("ix_lead_with_facts", "facts <> ''", "first_seen_at"),
    )
    id = key()
    campaign_no = ref()
    source_id = words()
    person = words()
    profile = words()
    username = words()
    validation = words()
    revision = ref()
    digest = ref()
    first_seen_at = instant()
    facts = words()


class RouteCampaignRow(Table):
    """Up to which revision, and by which rules, a route has decided the leads of a campaign."""

    __tablename__ = "route_campaign"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    campaign_no = Column(BigInteger, primary_key=True, autoincrement=False)
    decided_by = words()
    decided_revision = ref()


class ReturnedRow(Table):
    """A source campaign that Scravio returned when the route last asked for those that match its free text `q`."""

    __tablename__ = "returned"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    campaign_no = Column(BigInteger, primary_key=True, autoincrement=False)
    q = words()


class DeliveryRow(Table):
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
        partial("ix_delivery_stale", "stale = 1", "route_no", "id"),
        partial("ix_delivery_waits_for", "waits_for <> 0", "waits_for"),
        partial("ix_delivery_domain", "domain <> ''", "route_no", "domain"),
        partial("ix_delivery_gone_from_target", "gone_from_target <> 0", "route_no"),
        partial("ix_delivery_remote_status", "remote_status <> ''", "route_no", "remote_status"),
    )
    id = key()
    route_no = ref()
    lead_id = ref()
    state = words()
    reason = words()
    origin = words()
    detail = words()
    decided_by = words()
    decided_at = instant()
    lead_revision = ref()
    stale = ref()
    rank = words()
    domain = words()
    waits_for = ref()
    expires_at = instant()
    attempts = ref()
    not_before = instant()
    place_no = ref()
    batch_id = ref()
    asked_at = instant()
    ended_at = instant()
    absent_at = instant()
    sent_at = instant()
    remote_id = words()
    address_changed = words()
    address = words()
    fields = words()
    remote_status = words()
    gone_from_target = instant()


class LeadCountRow(Table, sqlite_with_rowid=False):
    """So many of the older deliveries of a route are in this state for this reason (`core/counting.py`)."""

    __tablename__ = "lead_count"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    state = Column(Text, primary_key=True, server_default="")
    reason = Column(Text, primary_key=True, server_default="")
    leads = ref()


class PendingChangeRow(Table, sqlite_with_rowid=False):
    """What is still to be done to a lead after its delivery: an intent's `kind`, update or move.

    `intent_id` is the write that is under way, 0 before one. `fields` are those that the write of an update carries.
    """

    __tablename__ = "pending_change"
    __table_args__ = (Index("ix_pending_change_route_no", "route_no", "kind", "delivery_id"),)
    delivery_id = Column(BigInteger, primary_key=True, autoincrement=False)
    kind = Column(Text, primary_key=True)
    route_no = ref()
    intent_id = ref()
    fields = words()


class ScopeRow(Table):
    """A dedupe scope: a target, all campaigns or all lists of a workspace, or the workspace."""

    __tablename__ = "scope"
    no = key()
    name = Column(Text, nullable=False, unique=True)


class ClaimRow(Table, sqlite_with_rowid=False):
    """In this scope, this person belongs to that delivery. The primary key is the promise "never twice"."""

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_delivery_id", "delivery_id"),)
    # In this order: the claims of one person in several scopes lie on one page.
    person = Column(Text, primary_key=True)
    scope_no = Column(BigInteger, primary_key=True, autoincrement=False)
    delivery_id = ref()


class PlaceRow(Table):
    """A target by the ids its vendor gave it."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("vendor", "workspace", "kind", "id"),)
    no = key()
    vendor = words()
    workspace = words()
    kind = words()
    id = words()
    title = words()


class BindingRow(Table):
    """Which place a route's target meant when it was first resolved."""

    __tablename__ = "binding"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    target = Column(Text, primary_key=True)
    place_no = ref()


class EventRow(Table):
    """A move of a delivery, for `explain`. The first decision is in the delivery itself."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_delivery_id", "delivery_id"),)
    id = key()
    delivery_id = ref()
    at = instant()
    state = words()
    reason = words()
    origin = words()
    batch_id = ref()
    detail = words()


class LeaseRow(Table):
    """Who may work on a route, until when by the database's clock. `epoch` counts the holders."""

    __tablename__ = "route_lease"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    epoch = ref()
    host = words()
    pid = ref()
    process = words()
    acquired_at = instant()
    expires_at = instant()


class RunRow(Table):
    """One execution of one route, with the document `sync --json` printed for it."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_route_no", "route_no", "id"),)
    id = key()
    route_no = ref()
    started_at = instant()
    ended_at = instant()
    status = words()
    document = words()
