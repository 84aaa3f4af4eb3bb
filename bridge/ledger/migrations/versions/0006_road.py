"""What the hot road needs of the tables.

What each column means is said once, in `ledger/tables/`. A person's claims in several scopes lie side by side now:
three of them touch one page instead of three. An index that nothing asked is gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_lead_campaign_no_revision", "lead")
    _claims_by("person", "scope_no")


def downgrade() -> None:
    _claims_by("scope_no", "person")
    op.create_index("ix_lead_campaign_no_revision", "lead", ["campaign_no", "revision"], unique=False)


def _claims_by(first: str, second: str) -> None:
    """Give the claims another order of their primary key."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_claim", "claim")
        op.create_primary_key("pk_claim", "claim", [first, second])
        return
    # In SQLite the primary key is the table itself.
    op.drop_index("ix_claim_delivery_id", "claim")
    op.rename_table("claim", "claim_before")
    op.create_table(
        "claim",
        sa.Column("scope_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(first, second, name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO claim (scope_no, person, delivery_id) SELECT scope_no, person, delivery_id FROM claim_before"
    )
    op.drop_table("claim_before")
    op.create_index("ix_claim_delivery_id", "claim", ["delivery_id"], unique=False)
