"""What a source keeps between runs is a mark: exports need no table. One that was asked for is asked for again.

Asking twice does no harm: Scravio hands out the export that is under way, or a finished one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("export")


def downgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    names = ("campaign_no", "asked_at", "not_before", "polls", "records")
    op.create_table(
        "export",
        sa.Column("id", number, primary_key=True, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in names),
        *(
            sa.Column(name, sa.Text(), server_default="", nullable=False)
            for name in ("export_id", "fingerprint", "state", "detail")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
    )
    op.create_index("ix_export_campaign_no", "export", ["campaign_no"])
    op.create_index("ix_export_asked_at", "export", ["asked_at"])
