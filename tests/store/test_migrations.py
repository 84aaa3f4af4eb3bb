"""The tables come from migrations only, and the migrations say what the models say."""

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bridge.errors import ConfigProblem
from bridge.store import Database, migrate
from bridge.store.tables import metadata


def test_head_is_the_newest_migration():
    """The revision that a start compares with is that of the last script, without importing Alembic."""
    scripts = ScriptDirectory(str(migrate._SCRIPTS))
    assert scripts.get_current_head() == migrate.HEAD


def test_migrations_make_what_the_models_describe(ledger):
    """Nobody changed a model and forgot its migration."""
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_two_first_starts_at_once_make_one_set_of_tables(tmp_path):
    """A daemon and a one-shot command may both be the first: one migrates, the other waits and finds it done."""
    url = f"sqlite:///{tmp_path}/new/bridge.db"
    results, barrier = [], threading.Barrier(4)

    def start():
        database = Database(url)
        barrier.wait()
        results.append(migrate.prepare(database))
        database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


def test_a_newer_database_is_left_alone(ledger):
    """A program that does not know the database's revision refuses and changes nothing."""
    with ledger.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(ConfigProblem, match="newer version"):
            migrate.prepare(ledger)
    finally:
        with ledger.write() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'"))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    """An unwritable database path is the operator's to mend, and says which."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigProblem, match="cannot be written"):
        Database(f"sqlite:///{tmp_path}/file/bridge.db")


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    """The ledger holds people's addresses."""
    Database(f"sqlite:///{tmp_path}/bridge.db").close()
    assert (tmp_path / "bridge.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["mysql://localhost/x", "not an address", ""])
def test_other_databases_are_refused_with_the_mend(url):
    """Only SQLite and PostgreSQL are spoken, and the error names the variable."""
    with pytest.raises(ConfigProblem, match="BRIDGE_DATABASE_URL"):
        Database(url)


def test_nothing_is_made_when_only_reading(tmp_path):
    """`status` and `preview` on a new machine leave no file behind."""
    assert migrate.open_existing(f"sqlite:///{tmp_path}/bridge.db") is None
    assert list(tmp_path.iterdir()) == []
