"""One table for writes whose answer may be lost: campaigns created, test leads, validations and portions of files.

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
_VALIDATING = sa.text("state IN ('asking', 'running', 'joined')")
_CREATING = sa.text("state IN ('asking', 'created')")
_OF_TEST_LEAD = {"sending": "open", "in_doubt": "doubt"}


def upgrade() -> None:
    _create(
        "intent",
        *_texts("kind", "subject"),
        *_numbers("held"),
        *_texts("state", "result"),
        *_numbers("route_no", "place_no", "campaign_no", "emails", "reserved", "used", "cost_known"),
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
    for row in _rows("validation"):
        _insert("intent", _from_validation(row))
    _portions()
    for name in ("creation", "test_lead", "validation", "portion"):
        op.drop_table(name)


def _portions() -> None:
    """Their numbers, which addresses refer to, move behind those of the other intents."""
    behind = op.get_bind().execute(sa.text("SELECT COALESCE(MAX(id), 0) FROM intent")).scalar_one()
    for row in _rows("portion"):
        _insert("intent", {"id": row["id"] + behind, **_from_portion(row)})
    op.execute(f"UPDATE checked SET portion_id = portion_id + {behind} WHERE portion_id <> 0")  # noqa: S608 - a number
    _count_on("intent")


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
    _create(
        "validation",
        *_numbers("campaign_no", "route_no", "day"),
        *_texts("state", "job_id", "detail"),
        *_numbers("emails", "reserved", "used", "returned", "settled"),
        *_numbers("asked_at", "absent_at", "not_before", "polls", "ended_at", "valid", "invalid"),
    )
    _unique("ix_validation_open", "validation", ["campaign_no"], _VALIDATING)
    op.create_index("ix_validation_campaign_no", "validation", ["campaign_no"])
    op.create_index("ix_validation_route_no_day", "validation", ["route_no", "day"])
    _create(
        "portion",
        *_texts("file", "name", "state", "job_id", "detail"),
        *_numbers("number", "emails", "reserved", "asked_at", "absent_at", "not_before", "polls", "ended_at"),
    )
    op.create_index("uq_portion_file_number", "portion", ["file", "number"], unique=True)
    posted = {row["intent_id"]: row for row in _rows("posted_test_lead")}
    for row in _rows("intent"):
        row["facts"] = json.loads(row["facts"])
        if row["kind"] == "create_campaign":
            _insert("creation", _to_creation(row))
        elif row["kind"] == "test_lead":
            _insert("test_lead", _to_test_lead(row) | _some(posted[row["id"]], "address", "person", "sample"))
        elif row["kind"] == "validation":
            _insert("validation", _to_validation(row))
        else:
            _insert("portion", _to_portion(row))
    _count_on("portion")
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


_COUNTED = ("emails", "reserved", "asked_at", "absent_at", "not_before", "polls", "ended_at", "detail")
_STAGES = {"asking": "open", "running": "asked", "joined": "asked", "unclear": "given_up"}
_DAY_MS = 86_400_000


def _from_validation(row: dict[str, Any]) -> dict[str, Any]:
    """What was dropped, or requested outside leadbridge, is known to have cost nothing."""
    word = row["state"]
    return {
        **_some(row, *_COUNTED, "route_no", "campaign_no", "used"),
        **_stage(word),
        "kind": "validation",
        "subject": str(row["campaign_no"]),
        "began_at": row["day"] * _DAY_MS,
        "remote_id": row["job_id"],
        "cost_known": int(row["settled"] or word in ("joined", "dropped")),
        "facts": json.dumps(_some(row, "returned", "valid", "invalid")),
    }


def _from_portion(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **_some(row, *_COUNTED),
        **_stage(row["state"]),
        "kind": "portion",
        "subject": "account",
        "began_at": row["asked_at"],
        "remote_id": row["job_id"],
        "cost_known": int(row["state"] == "dropped"),
        "facts": json.dumps({**_some(row, "file", "name"), "price": row["reserved"]}),
    }


def _stage(word: str) -> dict[str, Any]:
    stage = _STAGES.get(word, "settled")
    result = word if stage == "settled" or word == "joined" else ""
    return {"state": stage, "result": result, "held": int(stage in ("open", "asked"))}


def _word(row: dict[str, Any]) -> str:
    words = {"open": "asking", "doubt": "asking", "given_up": "unclear"}
    return str(words.get(row["state"]) or row["result"] or "running")


def _to_validation(row: dict[str, Any]) -> dict[str, Any]:
    facts = {name: row["facts"].get(name, 0) for name in ("returned", "valid", "invalid")}
    same = _some(row, *_COUNTED, "route_no", "campaign_no", "used")
    named = {"state": _word(row), "job_id": row["remote_id"], "day": row["began_at"] // _DAY_MS}
    if _word(row) in ("joined", "dropped"):
        return {**same, **facts, **named, "reserved": 0}
    return {**same, **facts, **named, "settled": row["cost_known"]}


def _to_portion(row: dict[str, Any]) -> dict[str, Any]:
    named = {"id": row["id"], "number": row["id"], "state": _word(row), "job_id": row["remote_id"]}
    return {**_some(row, *_COUNTED), **_some(row["facts"], "file", "name"), **named}


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


def _count_on(name: str) -> None:
    """After rows with numbers of their own, PostgreSQL counts on behind them; SQLite does by itself."""
    if op.get_bind().dialect.name == "postgresql":
        last = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {name})"  # noqa: S608 - a name of ours
        op.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}, false)")


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _some(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
