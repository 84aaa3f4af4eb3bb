"""User names are found campaign by campaign: new leads then change a few pages of the index, not one page each."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_NAMED = sa.text("username <> ''")


def _replace(old: str, new: str, *columns: str) -> None:
    op.drop_index(old, "lead")
    op.create_index(new, "lead", columns, sqlite_where=_NAMED, postgresql_where=_NAMED)


def upgrade() -> None:
    _replace("ix_lead_username", "ix_lead_campaign_no_username", "campaign_no", "username")


def downgrade() -> None:
    _replace("ix_lead_campaign_no_username", "ix_lead_username", "username")
