"""A migrated ledger is a new one to the last index: by the database's own catalogue, from every older revision."""

from collections import Counter
from itertools import pairwise
from unittest.mock import ANY

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlmodel import Session, select

from bridge.ledger import Database
from bridge.ledger.tables import LeadRow, metadata
from bridge.ledger.upkeep import migrate
from tests.ledger.catalogue import catalogue, counts
from tests.ledger.test_migrations import migrate_to

REVISIONS = sorted(script.revision for script in ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions())
ROWS = 3
MOVED = {"lease": "route_lease"} | dict.fromkeys(("creation", "test_lead", "validation", "portion", "batch"), "intent")
NOT_KEPT = {"export"}


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    """Makes empty databases of a kind: new files, or schemas of their own."""
    made, schemas = [], []

    def of(name):
        if request.param == "sqlite":
            made.append(Database(f"sqlite:///{tmp_path}/{name}.db"))
            return made[-1]
        url = sa.make_url(request.getfixturevalue("postgres_url"))
        server = Database(url.render_as_string(hide_password=False))
        with server.write() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {name}"))
        schemas.append((server, name))
        own = url.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)
        made.append(Database(own))
        return made[-1]

    yield of
    for database in made:
        database.close()
    for server, name in schemas:
        with server.write() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
        server.close()


def fill(database, first):
    """A few rows in every table, whatever its columns are."""
    with database.write() as connection:
        known = sa.MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(sa.insert(table), [made_row(table, first + more) for more in range(ROWS)])


def made_row(table, number):
    return {
        column.name: number if isinstance(column.type, sa.Integer | sa.Numeric) else f"{column.name} {number}"
        for column in table.columns
    }


def kept(before, after):
    """How many rows each table must have at least after a step, by what there was before it."""
    rows = Counter()
    for name, count in before.items():
        if name not in NOT_KEPT:
            rows[name if name in after else MOVED[name]] += count
    return rows


def test_a_ledger_that_goes_through_every_revision_becomes_a_new_one_and_keeps_its_rows(place):
    """Columns, types, keys, constraints, indices with expressions and directions, triggers: as the models make them.

    At every revision each table gets rows with a value in each column, and each step meets the rows of all before it.
    Alembic's batches copy a table and silently leave out what they cannot read; an index that is gone is only slow.
    """
    fresh, old = place("fresh"), place("old")
    with fresh.write() as connection:
        metadata.create_all(connection)
    before = {}
    for step, revision in enumerate(REVISIONS):
        migrate_to(old, revision)
        after = counts(old)
        expected = kept(before, after)
        assert {name: after[name] for name in expected} == expected, revision
        fill(old, 1 + step * 1000)
        before = counts(old)
        assert before == {name: count + ROWS for name, count in after.items()}
    ours = catalogue(old)
    for kind, entries in catalogue(fresh).items():
        assert {one for one in ours[kind] if "alembic_version" not in str(one)} == entries, kind


CHILD = (
    "CREATE TABLE child (no INTEGER PRIMARY KEY, word TEXT, parent INTEGER, "
    "CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parent (no), CONSTRAINT short CHECK (length(word) < 9))"
)
MAKES = (
    "ALTER TABLE child ADD COLUMN more TEXT DEFAULT 'x'",
    "CREATE INDEX ix_down ON child (word DESC)",
    "CREATE INDEX ix_lower ON child (lower(word))",
    "CREATE INDEX ix_some ON child (word) WHERE word <> ''",
    "CREATE UNIQUE INDEX ix_one ON child (word)",
)
TRIGGERS = {
    "sqlite": ["CREATE TRIGGER tr AFTER INSERT ON child BEGIN DELETE FROM child WHERE word = ''; END"],
    "postgresql": [
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER tr AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION nothing()",
    ],
}


def test_the_catalogue_shows_whatever_a_migration_could_lose(place):
    """Each kind of thing makes a difference, also one of the direction, the expression or the condition alone."""
    database = place("seen")
    steps = [
        "CREATE TABLE parent (no INTEGER PRIMARY KEY)",
        CHILD,
        *MAKES,
    ]
    seen = []
    for statement in [*steps, *TRIGGERS[database.dialect]]:
        with database.write() as connection:
            connection.exec_driver_sql(statement)
        seen.append(catalogue(database))
    differences = [later for earlier, later in pairwise(seen) if later != earlier]
    assert len(differences) == len(seen) - 1 - (database.dialect == "postgresql")  # a function is no part of a table
    constraints = str(seen[-1]["constraints"])
    assert "of_parent" in constraints
    assert "short" in constraints
    # The same index in the other direction is another.
    with database.write() as connection:
        connection.exec_driver_sql("DROP INDEX ix_down")
        connection.exec_driver_sql("CREATE INDEX ix_down ON child (word)")
    assert catalogue(database) != seen[-1]


def test_a_script_reads_the_ledger_by_the_classes_of_sqlmodel(bench):
    """`LeadRow.model()` is a table of sqlmodel with the columns of the ledger's own."""
    bench.record([bench.lead(1), bench.lead(2)])
    model = LeadRow.model()
    assert model is LeadRow.model()
    with Session(sa.create_engine(bench.db.url)) as session:
        found = session.exec(select(model)).all()
    assert [(row.id, row.person) for row in found] == [(1, ANY), (2, ANY)]
    assert sorted(model.model_fields) == sorted(LeadRow.__table__.columns.keys())
