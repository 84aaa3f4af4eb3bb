"""Two versions on one ledger: the later waits for the earlier, and no process works on after a migration."""

import pytest
import sqlalchemy as sa

from bridge.errors import ConfigProblem
from bridge.ledger.core.holders import myself
from bridge.ledger.hosts import heartbeats
from bridge.ledger.revision import HEAD
from tests.harness import Operator, good_world, route
from tests.reliability.processes import ledger_of

BEAT = "INSERT INTO host (host, pid, process, started_at, seen_at) VALUES ('db2.example/b/p', 4711, '1', {0}, {0})"
WORK = (
    "UPDATE lease SET host = 'db2.example/b/p', pid = 4711, process = '1', expires_at = {0} + 20000 WHERE route_no = 1"
)


@pytest.fixture
def name(request):
    return request.param


def now(operator):
    """The database's clock in milliseconds."""
    with ledger_of(operator.url) as ledger:
        return int(ledger.now().timestamp() * 1000)


@pytest.mark.parametrize(("name", "sign"), [("0007", BEAT), ("0002", WORK)], indirect=["name"])
def test_nothing_is_migrated_while_an_earlier_version_works(operator, sign):
    """One sentence names the process and what to do; once its signs have ended, the migration goes on."""
    before = operator.execute("SELECT version_num FROM alembic_version")
    operator.execute(sign.format(now(operator)))
    for verb in ["sync --yes", "db upgrade"][operator.kind == "postgres" :]:
        said = " ".join(operator(*verb.split(), expected=(1,)).split())
        assert "process 4711 on db2.example, of an earlier version, is working with it. Stop it." in said
    assert operator.execute("SELECT version_num FROM alembic_version") == before
    past = str(now(operator) - 3_600_000)
    operator.execute("UPDATE lease SET expires_at = " + past)
    if sign is BEAT:
        operator.execute("UPDATE host SET seen_at = " + past)
    operator("db", "upgrade")


@pytest.mark.parametrize("name", ["0001"], indirect=True)
def test_a_frozen_process_of_an_earlier_version_records_nothing_afterwards(operator):
    """Every version looks at the epoch of its lease before it writes: the migration moves it on, and away."""
    before = dict(map(tuple, operator.execute("SELECT route_no, epoch FROM lease")))
    operator("db", "upgrade")
    after = dict(map(tuple, operator.execute("SELECT route_no, epoch FROM route_lease")))
    assert after == {number: epoch + 1 for number, epoch in before.items()}


@pytest.mark.parametrize("name", ["0006-early"], indirect=True)
def test_a_stamp_ahead_of_its_tables_is_corrected(operator):
    """Programs that stamped 0006 before its tables existed, also where 0007 was added by a later program."""
    operator.execute("CREATE TABLE returned (route_no BIGINT, campaign_no BIGINT, q TEXT)")
    operator.execute("UPDATE alembic_version SET version_num = '0007'")
    operator("db", "upgrade")
    assert operator.routes() != {}


@pytest.fixture
def migrated_under_it(database_url):
    """Stamps the ledger with a revision that this program does not know, as a later version would."""

    def stamp(revision):
        with ledger_of(database_url) as ledger, ledger.write() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{revision}'"))

    yield stamp
    stamp(HEAD)


def test_a_running_process_stops_where_a_later_version_has_migrated(database_url, migrated_under_it):
    """The next run and the next heartbeat refuse, in a sentence; nothing is sent and nothing is recorded."""
    operator = Operator(database_url, good_world("Fitness creators"))
    with operator.app(route()) as app:
        host = heartbeats.register(app.db, myself(), [])
        migrated_under_it("9999")
        with pytest.raises(
            ConfigProblem, match="Another version of leadbridge has moved the database to revision 9999"
        ):
            app.sync(app.configuration.routes)
        with pytest.raises(ConfigProblem, match="Nothing more is sent or recorded"):
            heartbeats.beat(app.db, host)
    assert operator.people() == []
