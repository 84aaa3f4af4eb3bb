"""Suppressions, erased people and leads posted to try a route.

What each column means is said once, in `ledger/tables/`. Suppressions of before were plain; each gets its hash beside
it, under a key that this migration makes where there are any.
"""

import hmac
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("name", sa.Text(), nullable=False),
        _number("number"),
        _text("said"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.create_table(
        "erased",
        sa.Column("key", sa.Text(), nullable=False),
        _text("kind"),
        _number("erasure_no"),
        _number("erased_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_erased")),
    )
    op.create_table(
        "erasure",
        sa.Column("no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _text("person"),
        _text("asked_by"),
        _text("status"),
        _text("done"),
        _number("began_at"),
        _number("ended_at"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_person", "erasure", ["person"], unique=False)
    _make_test_leads()
    _hash_suppressions()


def _make_test_leads() -> None:
    op.create_table(
        "test_lead",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        _number("route_no"),
        _number("place_no"),
        _text("address"),
        _text("person"),
        _text("sample"),
        _text("state"),
        _text("reason"),
        _text("detail"),
        _text("remote_id"),
        _number("asked_at"),
        _number("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_lead")),
    )
    op.create_index("ix_test_lead_place_no", "test_lead", ["place_no"], unique=False)


def _hash_suppressions() -> None:
    connection = op.get_bind()
    plain = connection.execute(sa.text("SELECT value, kind, reason, origin, added_at FROM suppression")).all()
    op.drop_table("suppression")
    suppression = op.create_table(
        "suppression",
        sa.Column("key", sa.Text(), nullable=False),
        _text("kind"),
        _text("value"),
        _text("reason"),
        _text("origin"),
        _text("workspace"),
        _number("added_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_suppression")),
    )
    op.create_index("ix_suppression_kind", "suppression", ["kind", "key"], unique=False)
    op.create_index("ix_suppression_origin", "suppression", ["origin", "workspace"], unique=False)
    if not plain:
        return
    key = secrets.token_hex(32)
    marks = sa.text("INSERT INTO mark (name, number, said) VALUES (:name, :number, :said)")
    connection.execute(marks, [{"name": "hash key", "number": 0, "said": key}])
    connection.execute(marks, [{"name": "suppressions", "number": 1, "said": ""}])
    # As `ledger.people.secrecy` does today; a migration must not follow its changes.
    hashed = []
    for row in plain:
        digest = hmac.digest(key.encode(), row.value.encode(), "sha256").hex()[:32]
        hashed.append({**row._mapping, "key": digest})  # noqa: SLF001 - sqlalchemy.Row names its public mapping so
    op.bulk_insert(suppression, [{**row, "workspace": ""} for row in hashed])


def downgrade() -> None:
    # Entries that are only hashes cannot be told any more, and what an erasure left behind is lost.
    connection = op.get_bind()
    plain = connection.execute(
        sa.text("SELECT value, kind, reason, origin, added_at FROM suppression WHERE value <> ''")
    ).all()
    for table in ("test_lead", "suppression", "erasure", "erased", "mark"):
        op.drop_table(table)
    suppression = op.create_table(
        "suppression",
        sa.Column("value", sa.Text(), nullable=False),
        _text("kind"),
        _text("reason"),
        _text("origin"),
        _number("added_at"),
        sa.PrimaryKeyConstraint("value", name=op.f("pk_suppression")),
    )
    if plain:
        op.bulk_insert(suppression, [dict(row._mapping) for row in plain])  # noqa: SLF001 - sqlalchemy.Row names it so
