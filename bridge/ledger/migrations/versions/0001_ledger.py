"""The ledger: campaigns, leads, routes, deliveries, claims, batches, history, leases.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.create_table(
        "batch",
        _key("id"),
        _number("run_id"),
        _number("route_no"),
        _number("place_no"),
        _number("epoch"),
        _number("sent"),
        _text("result"),
        _text("counted"),
        _text("mismatch"),
        _number("began_at"),
        _number("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index("ix_batch_run_id", "batch", ["run_id"], unique=False)
    op.create_table(
        "binding",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        _number("place_no"),
        sa.PrimaryKeyConstraint("route_no", "target", name=op.f("pk_binding")),
    )
    op.create_table(
        "campaign",
        _key("no"),
        sa.Column("id", sa.Text(), nullable=False),
        _text("title"),
        _text("type"),
        _text("status"),
        _number("created_at"),
        _number("revision"),
        _text("fingerprint"),
        _number("swept_at"),
        _number("resweep_at"),
        _number("resweeps"),
        _number("unread"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_campaign")),
        sa.UniqueConstraint("id", name=op.f("uq_campaign_id")),
    )
    op.create_table(
        "claim",
        sa.Column("scope_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        _number("delivery_id"),
        sa.PrimaryKeyConstraint("scope_no", "person", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_delivery_id", "claim", ["delivery_id"], unique=False)
    op.create_table(
        "delivery",
        _key("id"),
        _number("route_no"),
        _number("lead_id"),
        _text("state"),
        _text("reason"),
        _text("origin"),
        _text("detail"),
        _text("decided_by"),
        _number("decided_at"),
        _number("lead_revision"),
        _number("stale"),
        _text("rank"),
        _text("domain"),
        _number("waits_for"),
        _number("expires_at"),
        _number("attempts"),
        _number("not_before"),
        _number("place_no"),
        _number("batch_id"),
        _number("asked_at"),
        _number("ended_at"),
        _number("absent_at"),
        _number("sent_at"),
        _text("remote_id"),
        _text("address_changed"),
        _text("address"),
        _text("fields"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("route_no", "lead_id", name=op.f("uq_delivery_route_no_lead_id")),
    )
    op.create_index(
        "ix_delivery_domain",
        "delivery",
        ["route_no", "domain"],
        unique=False,
        sqlite_where=sa.text("domain <> ''"),
        postgresql_where=sa.text("domain <> ''"),
    )
    op.create_index("ix_delivery_lead_id", "delivery", ["lead_id"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["route_no", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('sending', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('sending', 'in_doubt')"),
    )
    op.create_index(
        "ix_delivery_ready",
        "delivery",
        ["route_no", "rank"],
        unique=False,
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index("ix_delivery_route_no_state_reason", "delivery", ["route_no", "state", "reason"], unique=False)
    op.create_index(
        "ix_delivery_stale",
        "delivery",
        ["route_no", "id"],
        unique=False,
        sqlite_where=sa.text("stale = 1"),
        postgresql_where=sa.text("stale = 1"),
    )
    op.create_index(
        "ix_delivery_waits_for",
        "delivery",
        ["waits_for"],
        unique=False,
        sqlite_where=sa.text("waits_for <> 0"),
        postgresql_where=sa.text("waits_for <> 0"),
    )
    op.create_table(
        "event",
        _key("id"),
        _number("delivery_id"),
        _number("at"),
        _text("state"),
        _text("reason"),
        _text("origin"),
        _number("batch_id"),
        _text("detail"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_delivery_id", "event", ["delivery_id"], unique=False)
    op.create_table(
        "lead",
        _key("id"),
        _number("campaign_no"),
        _text("source_id"),
        _text("person"),
        _text("username"),
        _text("validation"),
        _number("revision"),
        _number("digest"),
        _number("first_seen_at"),
        _text("facts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("campaign_no", "source_id", name=op.f("uq_lead_campaign_no_source_id")),
    )
    op.create_index("ix_lead_campaign_no_revision", "lead", ["campaign_no", "revision"], unique=False)
    op.create_index(
        "ix_lead_person",
        "lead",
        ["person"],
        unique=False,
        sqlite_where=sa.text("person <> ''"),
        postgresql_where=sa.text("person <> ''"),
    )
    op.create_table(
        "lease",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        _number("epoch"),
        _text("host"),
        _number("pid"),
        _text("process"),
        _number("acquired_at"),
        _number("expires_at"),
        sa.PrimaryKeyConstraint("route_no", name=op.f("pk_lease")),
    )
    op.create_table(
        "place",
        _key("no"),
        _text("vendor"),
        _text("workspace"),
        _text("kind"),
        _text("id"),
        _text("title"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_place")),
        sa.UniqueConstraint("vendor", "workspace", "kind", "id", name=op.f("uq_place_vendor_workspace_kind_id")),
    )
    op.create_table(
        "route",
        _key("no"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_route")),
        sa.UniqueConstraint("name", name=op.f("uq_route_name")),
    )
    op.create_table(
        "route_campaign",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_no", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("decided_by"),
        _number("decided_revision"),
        sa.PrimaryKeyConstraint("route_no", "campaign_no", name=op.f("pk_route_campaign")),
    )
    op.create_table(
        "run",
        _key("id"),
        _number("route_no"),
        _number("started_at"),
        _number("ended_at"),
        _text("status"),
        _text("document"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_route_no", "run", ["route_no", "id"], unique=False)
    op.create_table(
        "scope",
        _key("no"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_scope")),
        sa.UniqueConstraint("name", name=op.f("uq_scope_name")),
    )
    op.create_table(
        "suppression",
        sa.Column("value", sa.Text(), nullable=False),
        _text("kind"),
        _text("reason"),
        _text("origin"),
        _number("added_at"),
        sa.PrimaryKeyConstraint("value", name=op.f("pk_suppression")),
    )


def downgrade() -> None:
    for table in (
        "suppression",
        "scope",
        "run",
        "route_campaign",
        "route",
        "place",
        "lease",
        "lead",
        "event",
        "delivery",
        "claim",
        "campaign",
        "binding",
        "batch",
    ):
        op.drop_table(table)
