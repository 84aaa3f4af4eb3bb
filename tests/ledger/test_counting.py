"""Numbers of a large ledger are kept by the database itself, and are those of its rows whatever happens to them."""

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.ledger import Database
from bridge.ledger.core import counting
from bridge.ledger.upkeep import copying, migrate
from tests.ledger.counted import assert_counted
from tests.ledger.test_migrations import migrate_to

STATES = ("held", "ready", "sending", "in_doubt", "delivered")
MOVES = {
    "insert": "INSERT INTO delivery (route_no, lead_id, state, reason) VALUES (:route, :new, :state, :reason)",
    "move": "UPDATE delivery SET state = :state, reason = :reason WHERE id = :id",
    "move many": "UPDATE delivery SET state = :state WHERE reason = :reason AND state <> :state",
    "hand on": "UPDATE delivery SET route_no = :route, lead_id = :new WHERE id = :id",
    "renumber": "UPDATE OR IGNORE delivery SET id = :id - 10 WHERE id = :id",
    "delete": "DELETE FROM delivery WHERE id >= :id AND route_no = :route",
}
STEPS = st.tuples(
    st.sampled_from(["insert", "insert", "move", "count", *MOVES]),
    st.integers(1, 3),
    st.sampled_from(STATES),
    st.sampled_from(["ok", "created", "country"]),
    st.integers(1, 20),
)


def play(connection, move, number, values):
    given = dict(zip(("route", "state", "reason", "id"), values, strict=True)) | {"new": 1_000 + number}
    query = MOVES[move]
    connection.execute(sa.text(query), {name: one for name, one in given.items() if f":{name}" in query})


@pytest.fixture
def empty(sqlite_template, tmp_path):
    """Makes empty SQLite ledgers."""
    made = []

    def one():
        path = tmp_path / f"{len(made)}.db"
        path.write_bytes(sqlite_template.read_bytes())
        made.append(Database(f"sqlite:///{path}"))
        return made[-1]

    yield one
    for database in made:
        database.close()


def filled(database, leads=12):
    with database.write() as connection:
        for number in range(leads):
            play(connection, "insert", number, (1 + number % 2, STATES[number % 5], "ok", 0))
    return database


@pytest.mark.parametrize("kind", ["product", "by hand"])
def test_any_history_of_rows_is_counted(empty, kind):
    """Inserts, moves, another route, deletions and new numbers by hand: what is counted is there, after each."""
    borders = set()
    moves = [*MOVES] if kind == "by hand" else ["insert", "move", "move many"]

    @settings(max_examples=25)
    @given(st.lists(STEPS.filter(lambda step: step[0] in [*moves, "count"]), min_size=8, max_size=30))
    def hold(steps):
        db = filled(empty(), leads=6)
        for number, (move, *values) in enumerate(steps):
            if move == "count":
                counting.count_older(db)
            else:
                with db.write() as connection:
                    play(connection, move, 100 + number, values)
            borders.add(assert_counted(db))

    hold()
    assert len(borders) > 1


def test_what_is_rolled_back_is_not_counted(empty):
    """A move and its numbers are one: of a transaction that fails neither stays."""
    db = filled(empty())
    counting.count_older(db)
    with db.engine.connect() as connection:
        play(connection, "move many", 0, (1, "failed", "ok", 0))
        connection.rollback()
    assert assert_counted(db) == 8
    assert {row[2] for row in _counts(db)} == {"ok"}
    assert not [row for row in _counts(db) if row[1] == "failed"]


def _counts(db):
    with db.read() as connection:
        return list(counting.lead_counts(connection))


def test_the_older_leads_are_not_read_for_a_number(empty):
    """Behind the border the numbers are those of the table, without a look at its rows; the newest are counted."""
    db = filled(empty())
    counting.count_older(db)
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE lead_count SET leads = leads + 1000000")
    assert sum(row[3] for row in _counts(db)) == 12 + 1_000_000 * len({(n % 2, n % 5) for n in range(8) if n % 5 != 2})


def test_nothing_counts_as_counted_without_its_trigger(empty):
    """A later migration that makes a new table drops the trigger: then every row is counted, and kept again."""
    db = filled(empty())
    counting.count_older(db)
    with db.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER lead_count_up_to_8")
        play(connection, "move many", 0, (1, "failed", "ok", 0))
    assert assert_counted(db) == 0
    counting.count_older(db)
    assert assert_counted(db) == 8


def test_an_older_ledger_is_counted_when_it_is_migrated(tmp_path):
    """The migration itself keeps the numbers of the ledger that it finds; the way back leaves no trigger."""
    db = Database(f"sqlite:///{tmp_path}/old.db")
    migrate_to(db, "0023")
    filled(db)
    assert migrate.upgrade(db)
    assert assert_counted(db) == 8
    migrate_to(db, "0023")
    with db.write() as connection:
        play(connection, "move many", 0, (1, "failed", "ok", 0))
        assert not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE type = 'trigger'").all()
    db.close()


def test_copies_are_counted(empty, database_url):
    """`db copy` and a scratch copy have right numbers, whatever was kept where they come from."""
    db = filled(empty())
    counting.count_older(db)
    other, scratch = Database(database_url), empty()
    copying.copy(db, other)
    copying.scratch(db, scratch)
    for copy in (other, scratch):
        with copy.write() as connection:
            play(connection, "move many", 0, (1, "failed", "ok", 0))
        counting.count_older(copy)
        assert_counted(copy)
    other.close()
