"""Anyone who lost a lease writes nothing more, at a vendor or in the ledger, whichever of several leases it was."""

import pytest
import sqlalchemy as sa

from bridge import api, ledger
from bridge.errors import Busy
from bridge.ledger.upkeep import erasing
from bridge.sync.lease import holding
from tests.harness import route

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def take_over(db, route_no):
    """Another process is the holder from now on."""
    with db.write() as connection:
        connection.execute(sa.text(f"UPDATE route_lease SET epoch = epoch + 1 WHERE route_no = {route_no}"))


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_every_lease_that_is_held_guards_a_write(db, lost):
    """Three leases, one in another: whichever is lost, no write begins."""
    with holding(db, 1), holding(db, 2), holding(db, 3):
        guard = api.write_guard.get()
        guard()
        take_over(db, lost)
        with pytest.raises(Busy):
            guard()


def test_the_outer_lease_guards_again_when_the_inner_one_is_given_back(db):
    """After the inner lease has ended only the outer one counts."""
    with holding(db, 1):
        with holding(db, 2):
            pass
        take_over(db, 2)
        api.write_guard.get()()
        take_over(db, 1)
        with pytest.raises(Busy):
            api.write_guard.get()()
    assert api.write_guard.get() is None


def test_half_a_batch_that_was_turned_down_needs_the_lease(make_operator, ledger_of):
    """The route is lost while the whole batch is refused: no half of it becomes a batch of its own."""
    operator = make_operator("Fitness creators")
    db = ledger_of(operator)

    def steal(_request):
        take_over(db, 1)
        return True

    operator.sandbox.faults.add("status", code=400, path="*/leads/add", when=steal)
    assert operator.sync_one().status == "busy"
    with db.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM intent")).scalar() == 1


def test_an_erasure_that_lost_a_route_erases_nothing(make_operator, ledger_of):
    """Taken over while the targets were searched: the ledger keeps its side, and the same command does it all."""
    operator = make_operator("Fitness creators")
    operator.sync_one()
    address = operator.people()[0]
    db = ledger_of(operator)
    rule = operator.sandbox.faults.add("delay", path="*/leads/list", when=lambda _request: take_over(db, 1) or True)
    with operator.app(route()) as app:
        done = app.eraser(asked_by="test").forget(address)
        assert (done.status, len(erasing.traces(db, address).deliveries)) == ("busy", 1)
        operator.sandbox.faults.remove(rule)
        with db.write() as connection:
            connection.execute(sa.text("UPDATE route_lease SET expires_at = 0"))
        assert app.eraser(asked_by="test").forget(address).status == "done"
    assert erasing.traces(db, address).deliveries == ()
    assert ledger.tally(db, 1).states["held"] == 1


def test_an_erasure_takes_a_route_that_met_the_person_meanwhile(make_operator, ledger_of, monkeypatch):
    """Another route decided about them between the first look and the leases: it is held still as well."""
    operator = make_operator("Fitness creators")
    operator.sync_one()
    address, taken = operator.people()[0], []
    db = ledger_of(operator)
    second = route("second", ref="Scravio inbox", kind="list")

    def meet(_ledger, route_no):
        if not taken:
            operator.sync_one(second)
        taken.append(route_no)
        return holding(_ledger, route_no)

    monkeypatch.setattr("bridge.operations.forget.holding", meet)
    with operator.app(route()) as app:
        assert app.eraser(asked_by="test").forget(address).status == "done"
    assert sorted(taken) == sorted(ledger.route_names(db).values())
