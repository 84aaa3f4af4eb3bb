"""One table for every write whose answer may be lost: campaigns that were created and test leads move into it.

What each column means is said once, in `ledger/tables/`.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_HELD = sa.text("held = 1")
_CREATING = sa.text("state IN ('asking', 'created')")
_OF_TEST_LEAD = {"sending": "open", "in_doubt": "doubt"}


def upgrade() -> None:
    _create(
        "intent",
        *_texts("kind", "subject"),
        *_numbers("held"),
        *_texts("state", "result"),
        *_numbers("route_no", "place_no", "campaign_no", "reserved", "used", "cost_known"),
        *_numbers("began_at", "asked_at", "absent_at", "not_before", "polls", "ended_at"),
        *_texts("remote_id", "detail"),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
    )
    _unique("ix_intent_held", "intent", ["kind", "subject"], _HELD)
    op.create_index("ix_intent_kind_route_no", "intent", ["kind", "route_no"])
    op.create_table(
        "posted_test_lead",
        sa.Column("intent_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_texts("address", "person", "sample"),
        sa.PrimaryKeyConstraint("intent_id", name="pk_posted_test_lead"),
    )
    for row in _rows("creation"):
        _insert("intent", _from_creation(row))
    for row in _rows("test_lead"):
        number = _insert("intent", _from_test_lead(row))
        _insert("posted_test_lead", {"intent_id": number, **_some(row, "address", "person", "sample")})
    op.drop_table("creation")
    op.drop_table("test_lead")


def downgrade() -> None:
    _create(
        "creation",
        *_texts("title", "type", "route", "state"),
        *_numbers("reserved", "asked_at", "absent_at"),
        *_texts("campaign_id"),
    )
    _unique("ix_creation_open", "creation", ["title"], _CREATING)
    _create(
        "test_lead",
        *_numbers("route_no", "place_no"),
        *_texts("address", "person", "sample", "state", "reason", "detail", "remote_id"),
        *_numbers("asked_at", "ended_at"),
    )
    op.create_index("ix_test_lead_place_no", "test_lead", ["place_no"])
    posted = {row["intent_id"]: row for row in _rows("posted_test_lead")}
    for row in _rows("intent"):
        row["facts"] = json.loads(row["facts"])
        if row["kind"] == "create_campaign":
            _insert("creation", _to_creation(row))
        else:
            _insert("test_lead", _to_test_lead(row) | _some(posted[row["id"]], "address", "person", "sample"))
    op.drop_table("posted_test_lead")
    op.drop_table("intent")


def _from_creation(row: dict[str, Any]) -> dict[str, Any]:
    """A title that was asked for, or created, stays taken."""
    asking, dropped = row["state"] == "asking", row["state"] == "dropped"
    return {
        **_some(row, "reserved", "asked_at", "absent_at"),
        "kind": "create_campaign",
        "subject": row["title"],
        "remote_id": row["campaign_id"],
        "began_at": row["asked_at"],
        "state": "open" if asking else "settled",
        "result": "" if asking else row["state"],
        "held": int(not dropped),
        "cost_known": int(dropped),
        "facts": json.dumps(_some(row, "route", "type")),
    }


def _to_creation(row: dict[str, Any]) -> dict[str, Any]:
    state = row["result"] or ("asking" if row["held"] else "dropped")
    named = {"title": row["subject"], "campaign_id": row["remote_id"], "state": state}
    return {**_some(row, "reserved", "asked_at", "absent_at"), **row["facts"], **named}


_SAME = ("route_no", "place_no", "remote_id", "asked_at", "ended_at", "detail")


def _from_test_lead(row: dict[str, Any]) -> dict[str, Any]:
    unsure = _OF_TEST_LEAD.get(row["state"])
    facts = json.dumps({} if unsure else {"reason": row["reason"]})
    ended = {"state": unsure or "settled", "result": "" if unsure else row["state"]}
    return {"kind": "test_lead", "began_at": row["asked_at"], "facts": facts, **_some(row, *_SAME), **ended}


def _to_test_lead(row: dict[str, Any]) -> dict[str, Any]:
    unsure = {stage: state for state, stage in _OF_TEST_LEAD.items()}.get(row["state"])
    ended = "failed" if row["result"] in ("", "dropped") else row["result"]
    return {"state": unsure or ended, "reason": row["facts"].get("reason", ""), **_some(row, *_SAME)}


# ------------------------------------------------------------------------------------------------------ any two tables


def _create(name: str, *columns: sa.Column[Any]) -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    key = sa.Column("id", number, primary_key=True, autoincrement=True, nullable=False)
    op.create_table(name, key, *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), server_default="", nullable=False) for name in names]


def _unique(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _rows(name: str) -> list[dict[str, Any]]:
    table = _table(name)
    key = next(iter(table.primary_key.columns))
    return [dict(row) for row in op.get_bind().execute(sa.select(table).order_by(key)).mappings()]


def _insert(name: str, values: dict[str, Any]) -> int:
    table = _table(name)
    key = next(iter(table.primary_key.columns))
    return int(op.get_bind().execute(sa.insert(table).values(values).returning(key)).scalar_one())


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _some(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
