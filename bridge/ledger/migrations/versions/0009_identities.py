"""The profile that a lead was scraped from: a second identity beside the e-mail address.

What each column means is said once, in `ledger/tables/`. Keys of e-mail addresses stay as they are, so no claim, no
suppression and no hash changes.
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from bridge.hygiene import identities
from bridge.model import Lead

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HAS_PROFILE = sa.text("profile <> ''")
_AT_ONCE = 1_000
_CANDIDATES = sa.text(
    "SELECT lead.id, lead.username, lead.facts, campaign.type "
    "FROM lead JOIN campaign ON campaign.no = lead.campaign_no "
    "WHERE lead.id > :after AND (lead.facts LIKE :x OR lead.facts LIKE :linkedin OR lead.facts = '') "
    "ORDER BY lead.id LIMIT :size"
)
_LIKE = {"x": '%"platform":"x"%', "linkedin": '%"platform":"linkedin"%'}


def upgrade() -> None:
    op.add_column("lead", sa.Column("profile", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_lead_profile", "lead", ["profile"], sqlite_where=_HAS_PROFILE, postgresql_where=_HAS_PROFILE)
    after = -1
    while rows := op.get_bind().execute(_CANDIDATES, {"after": after, "size": _AT_ONCE, **_LIKE}).all():
        after = rows[-1].id
        _store(rows)


def downgrade() -> None:
    op.drop_index("ix_lead_profile", "lead")
    op.drop_column("lead", "profile")


def _store(rows: Sequence[Any]) -> None:
    found = [(row.id, identities.profile(_lead(row))) for row in rows]
    known = [{"id": number, "profile": profile.key} for number, profile in found if profile is not None]
    if known:
        op.get_bind().execute(sa.text("UPDATE lead SET profile = :profile WHERE id = :id"), known)


def _lead(row: Any) -> Lead:
    """What names a profile. Of a lead whose facts are gone the user name is left, and the type of its campaign."""
    if row.facts:
        facts = {"platform": "", "username": "", "website": "", **json.loads(row.facts)}
        return Lead("", "", **{name: facts[name] for name in ("platform", "username", "website")})
    return Lead("", "", platform=row.type.partition("_")[0], username=row.username)
