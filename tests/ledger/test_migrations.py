"""The tables come from migrations only, and the migrations say what the models say."""

import threading

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bridge.errors import ConfigProblem
from bridge.ledger import Database
from bridge.ledger.tables import metadata
from bridge.ledger.upkeep import migrate, opening


def test_head_is_the_newest_migration():
    """The revision that a start compares with is that of the last script, without importing Alembic."""
    scripts = ScriptDirectory(str(migrate.SCRIPTS))
    assert scripts.get_current_head() == migrate.HEAD


def test_migrations_make_what_the_models_describe(db):
    """No one changed a model and forgot its migration."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_new_ledger_needs_no_migration(tmp_path):
    """On a new SQLite file the tables are made in one go (`test_catalogue.py`: the same ones), and that is the end."""
    made = Database(f"sqlite:///{tmp_path}/new.db")
    assert migrate.prepare(made) is True
    with made.read() as connection:
        assert migrate.current(connection) == migrate.HEAD
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    assert migrate.prepare(made) is False
    made.close()


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


def test_a_newer_database_is_left_alone(db):
    """A program that does not know the database's revision refuses and changes nothing."""
    with db.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(ConfigProblem, match="newer version"):
            migrate.prepare(db)
    finally:
        with db.write() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'"))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    """An unwritable database path is the operator's to fix, and says which."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigProblem, match="cannot be written"):
        Database(f"sqlite:///{tmp_path}/file/bridge.db")


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    """The ledger holds people's addresses."""
    Database(f"sqlite:///{tmp_path}/bridge.db").close()
    assert (tmp_path / "bridge.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["mysql://localhost/x", "not an address", ""])
def test_other_databases_are_refused_with_the_fix(url):
    """Only SQLite and PostgreSQL are spoken, and the error names the variable."""
    with pytest.raises(ConfigProblem, match="BRIDGE_DATABASE_URL"):
        Database(url)


def test_nothing_is_made_when_only_reading(tmp_path):
    """`status` and `preview` on a new machine leave no file behind."""
    assert opening.open_existing(f"sqlite:///{tmp_path}/bridge.db") is None
    assert list(tmp_path.iterdir()) == []


# ----------------------------------------------------------------------------------------------- from older revisions


@pytest.fixture(params=["sqlite", "postgres"])
def older_url(request, tmp_path):
    """A place for a database of an older program: a new file, or a schema of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bridge.db"
        return
    url = request.getfixturevalue("postgres_url")
    engine = Database(url).engine
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA older"))
    yield sa.make_url(url).update_query_dict({"options": "-csearch_path=older"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA older CASCADE"))
    engine.dispose()


def migrate_to(database, revision):
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        up = not migrate.current(connection) or migrate.current(connection) < revision
        (command.upgrade if up else command.downgrade)(config, revision)


def rows(database):
    with database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.text("SELECT * FROM delivery ORDER BY id"))]


def test_an_older_ledger_keeps_every_row(older_url):
    """0001 to the newest: each delivery stands as it did, with nothing noted of its target; and back again."""
    database = Database(older_url)
    migrate_to(database, "0001")
    with database.write() as connection:
        for number in (1, 2):
            connection.execute(
                sa.text(
                    "INSERT INTO delivery (route_no, lead_id, state, reason, origin, address, remote_id, sent_at) "
                    "VALUES (1, :n, 'delivered', 'created', 'api', 'p' || CAST(:m AS TEXT) || '@example.com', 'r', 5)"
                ),
                {"n": number, "m": str(number)},
            )
    before = rows(database)
    assert migrate.upgrade(database) is True
    assert rows(database) == [row | {"remote_status": "", "gone_from_target": 0} for row in before]
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    assert migrate.upgrade(database) is False
    migrate_to(database, "0001")
    assert rows(database) == before
    database.close()


def test_reading_an_older_ledger_names_the_command(tmp_path):
    """A reading verb changes nothing: it asks for `leadbridge db upgrade`, and a sync on SQLite does it on its own."""
    url = f"sqlite:///{tmp_path}/bridge.db"
    database = Database(url)
    migrate_to(database, "0001")
    with pytest.raises(ConfigProblem, match="revision 0001") as caught:
        opening.open_existing(url)
    assert caught.value.hint == "Run: leadbridge db upgrade"
    assert migrate.prepare(database) is True
    database.close()
