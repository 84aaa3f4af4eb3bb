"""What vendors say of delivered leads, and what their webhooks posted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBERS = ("route_no", "place_no", "first_at", "latest_at", "noted_at", "seen_at", "sightings", "witnesses")


def upgrade() -> None:
    op.create_table(
        "vendor_event",
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *map(_number, _NUMBERS),
        _words("learnt"),
        *map(_number, ("looks", "acted_at")),
        *map(_words, ("consequence", "detail")),
        sa.PrimaryKeyConstraint("delivery_id", "subject", "kind", name="pk_vendor_event"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_vendor_event_route_no", "vendor_event", ["route_no", "kind", "noted_at"])
    pending = sa.text("acted_at = 0 AND kind IN ('bounced', 'unsubscribed', 'not_interested', 'replied')")
    op.create_index(
        "ix_vendor_event_pending", "vendor_event", ["route_no"], sqlite_where=pending, postgresql_where=pending
    )
    hint = sa.text("witnesses = 4")
    op.create_index("ix_vendor_event_hint", "vendor_event", ["route_no"], sqlite_where=hint, postgresql_where=hint)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "webhook_post",
        sa.Column("id", number, autoincrement=True, nullable=False),
        *map(_words, ("client", "vendor", "digest")),
        _number("received_at"),
        _words("body"),
        _number("worked_at"),
        _words("verdict"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_post"),
        sa.UniqueConstraint("client", "vendor", "digest", name="uq_webhook_post_client_vendor_digest"),
    )
    waiting = sa.text("worked_at = 0")
    op.create_index("ix_webhook_post_waiting", "webhook_post", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_webhook_post_received_at", "webhook_post", ["received_at"])


def downgrade() -> None:
    op.drop_table("webhook_post")
    op.drop_table("vendor_event")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)
