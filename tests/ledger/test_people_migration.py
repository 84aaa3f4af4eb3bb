"""Suppressions of before the hashes are carried over, and no one on them is forgotten on the way."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bridge import ledger
from bridge.ledger import Database
from bridge.ledger.people import suppressions
from bridge.ledger.upkeep import migrate
from bridge.ledger.upkeep.migrate import upgrade
from tests.ledger.conftest import NOW


def alembic(database, act, revision):
    with database.write() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrate.SCRIPTS))
        config.attributes["connection"] = connection
        act(config, revision)


def test_plain_suppressions_get_their_hashes(tmp_path):
    """By address and by domain they suppress as before, with their story; and back again they are what they were."""
    database = Database(f"sqlite:///{tmp_path}/bridge.db")
    alembic(database, command.upgrade, "0003")
    insert = sa.text("INSERT INTO suppression (value, kind, reason, origin, added_at) VALUES (:v, :k, 'asked', 'x', 7)")
    with database.write() as connection:
        connection.execute(insert, [{"v": "jane@x.example", "k": "address"}, {"v": "rival.example", "k": "domain"}])
    upgrade(database)
    people = ["jane@x.example", "joe@x.example", "a@b.rival.example"]
    assert ledger.suppressed(database, people, "default") == {"jane@x.example", "a@b.rival.example"}
    (entry,) = suppressions.entries_about(database, "jane@x.example")
    assert (entry.reason, entry.origin, entry.value) == ("asked", "x", "jane@x.example")
    suppressions.hide_values(database)
    assert len(ledger.suppressed(database, people, "default")) == 2
    database.close()


def test_going_back_keeps_what_is_plain(tmp_path):
    """A downgrade cannot know hashes; the plain ones are what they were."""
    database = Database(f"sqlite:///{tmp_path}/bridge.db")
    upgrade(database)
    new = [suppressions.Suppression("", value) for value in ("jane@x.example", "rival.example")]
    suppressions.add(database, new, now=NOW)
    alembic(database, command.downgrade, "0003")
    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT value, kind FROM suppression ORDER BY value")).all()
    assert rows == [("jane@x.example", "address"), ("rival.example", "domain")]
    database.close()
