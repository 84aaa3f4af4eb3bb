"""Validations and exports that were asked of Scravio, and what they cost.

What each column means is said once, in `ledger/tables/`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_VALIDATING = sa.text("state IN ('asking', 'running', 'joined')")
_CREATING = sa.text("state IN ('asking', 'created')")


def _key() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, primary_key=True, autoincrement=True, nullable=False)


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), server_default="", nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "validation",
        _key(),
        *_numbers("campaign_no", "route_no", "day"),
        *_texts("state"),
        *_numbers("emails", "reserved", "used", "returned", "settled"),
        *_texts("job_id"),
        *_numbers("asked_at", "absent_at", "not_before", "polls", "ended_at", "valid", "invalid"),
        *_texts("detail"),
        sa.PrimaryKeyConstraint("id", name="pk_validation"),
    )
    op.create_index(
        "ix_validation_open",
        "validation",
        ["campaign_no"],
        unique=True,
        sqlite_where=_VALIDATING,
        postgresql_where=_VALIDATING,
    )
    op.create_index("ix_validation_campaign_no", "validation", ["campaign_no"])
    op.create_index("ix_validation_route_no_day", "validation", ["route_no", "day"])
    op.create_table(
        "validation_wait",
        sa.Column("route_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_no", sa.BigInteger(), autoincrement=False, nullable=False),
        *_numbers("not_before", "emails", "cost"),
        *_texts("caps", "why"),
        sa.PrimaryKeyConstraint("route_no", "campaign_no", name="pk_validation_wait"),
    )
    op.create_table(
        "export",
        _key(),
        *_numbers("campaign_no"),
        *_texts("export_id", "fingerprint", "state"),
        *_numbers("asked_at", "not_before", "polls", "records"),
        *_texts("detail"),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
    )
    op.create_index("ix_export_campaign_no", "export", ["campaign_no"])
    op.create_index("ix_export_asked_at", "export", ["asked_at"])
    op.create_table(
        "portion",
        _key(),
        *_texts("file", "name"),
        *_numbers("number", "emails"),
        *_texts("state", "job_id"),
        *_numbers("reserved", "asked_at", "absent_at", "not_before", "polls", "ended_at"),
        *_texts("detail"),
        sa.PrimaryKeyConstraint("id", name="pk_portion"),
        sa.UniqueConstraint("file", "number", name="uq_portion_file_number"),
    )
    op.create_table(
        "checked",
        sa.Column("address", sa.Text(), nullable=False),
        *_texts("status"),
        *_numbers("checked_at", "portion_id"),
        sa.PrimaryKeyConstraint("address", name="pk_checked"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "creation",
        _key(),
        *_texts("title", "type", "route", "state"),
        *_numbers("reserved", "asked_at", "absent_at"),
        *_texts("campaign_id"),
        sa.PrimaryKeyConstraint("id", name="pk_creation"),
    )
    op.create_index(
        "ix_creation_open", "creation", ["title"], unique=True, sqlite_where=_CREATING, postgresql_where=_CREATING
    )


def downgrade() -> None:
    for name in ("creation", "checked", "portion", "export", "validation_wait", "validation"):
        op.drop_table(name)
