"""Erasing a person: in the targets, in the ledger, for every sweep to come; and no one else."""

import json
import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.config.settings import Secret
from bridge.hygiene import email
from bridge.ledger import Database
from bridge.ledger.core import holders, leases
from bridge.ledger.intents import checks
from bridge.ledger.people import erased, looking, suppressions
from bridge.ledger.sql import execute
from bridge.ledger.tables import metadata
from bridge.ledger.upkeep import erasing
from bridge.model import Fields
from bridge.operations.test_lead import Attempt
from tests.harness import START, Operator, good_world, route

JANE = "jane.doe@gmail.com"


def forget(operator, address=JANE, *routes, **options):
    with operator.app(*(routes or (route(),))) as app:
        return app.eraser(asked_by="test@host", **options).forget(address)


def jane(operator, title="Fitness creators", index=3, **facts):
    known = {"email": JANE, "fullName": "Jane Doe", "username": "janedoe_fit", "biography": "I am Jane Doe"}
    campaign = operator.sandbox.world.scravio.campaign(title)
    campaign.lead(index).update(**(known | facts))
    campaign.touch(operator.clock.now())


def everything_stored(operator):
    """Every text of every table, as one."""
    db = Database(operator.database_url)
    with db.read() as connection:
        reported = [str(row) for of in metadata.tables.values() for row in connection.execute(sa.select(of))]
    db.close()
    return "\n".join(reported).lower()


def assert_nothing_left(operator):
    """Neither the name nor any id that Scravio gave a lead of hers."""
    reported, ids = everything_stored(operator), []
    for campaign in operator.sandbox.world.scravio.campaigns:
        rows = [campaign.crowd.row(index) for index in campaign.crowd.select("all", lambda _row: True)]
        ids += [row["_id"] for row in rows if "doe" in str(row.get("email", "")).lower()]
    for word in ("jane", "doe", *ids):
        assert word not in reported, reported[reported.index(word) - 80 : reported.index(word) + 80]


@pytest.fixture
def delivered(operator):
    """Jane is delivered among others."""
    jane(operator)
    assert operator.sync_one().tally.states["delivered"] == 10
    assert JANE in operator.people()
    return operator


def states(operator, name="fitness"):
    db = Database(operator.database_url)
    tally = ledger.tally(db, ledger.route_names(db)[name])
    db.close()
    assert tally.known == sum(tally.states.values())
    return {state: count for state, count in tally.states.items() if count}, tally.reasons


def test_a_delivered_person_is_gone_everywhere(delivered):
    """Deleted in the target, scrubbed in every table; the delivery stays as held: erased, and the sum is right."""
    done = forget(delivered, "JaneDoe+x@googlemail.com")
    assert (done.status, len(done.deleted)) == ("done", 1)
    assert JANE not in delivered.people()
    assert len(delivered.people()) == 9
    assert_nothing_left(delivered)
    counted, reasons = states(delivered)
    assert counted == {"delivered": 9, "held": 1}
    assert reasons["erased"] == 1


def test_later_sweeps_store_nothing_of_them(delivered):
    """The same id, and the same address under another id: no fact is stored, no one is sent, whatever changes."""
    forget(delivered)
    account = delivered.sandbox.world.scravio
    delivered.clock.forward(hours=1)
    jane(delivered, biography="Jane Doe is back")
    account.campaign("Fitness creators").lead(5).update(email="janedoe@googlemail.com", fullName="Jane Doe")
    delivered.clock.forward(days=1)
    assert delivered.sync_one().leads_read == 10
    delivered.clock.forward(days=1)
    delivered.sync_one(route(min_followers=0))
    assert_nothing_left(delivered)
    assert not any("jane" in person for person in delivered.people())
    assert states(delivered)[1]["erased"] == 1
    delivered.assert_promises()


@pytest.mark.parametrize("hash_key", ["", "a key of the operator's"])
def test_ids_that_an_earlier_version_kept_are_hidden_when_the_ledger_is_opened(operator, hash_key):
    """Once, under whichever key; the lead is still known as erased, and the next sweep makes no second one of it."""
    jane(operator)
    settings = replace(operator.settings, hash_key=Secret(hash_key))
    operator.sync_one(settings=settings)
    with operator.app(route(), settings=settings) as app:
        app.eraser(asked_by="test@host").forget(JANE)
    source_id = operator.sandbox.world.scravio.campaign("Fitness creators").lead(3).row["_id"]
    db = Database(operator.database_url)
    with db.write() as connection:  # as an earlier version left it
        connection.execute(sa.text("UPDATE lead SET source_id = :id WHERE person = ''"), {"id": source_id})
        connection.execute(sa.text("DELETE FROM mark WHERE name = 'ids of erased people hidden'"))
    db.close()
    assert source_id in everything_stored(operator)
    operator.clock.forward(days=1)
    jane(operator, biography="Jane Doe is back")
    operator.sync_one(settings=settings)
    assert_nothing_left(operator)
    assert sum(states(operator)[0].values()) == 10


def test_who_asked_to_be_contacted_again_is_one_lead_under_their_own_id(delivered):
    """Erased by address and met under a new id, then lifted: what was hidden goes by its own id again."""
    forget(delivered)
    delivered.clock.forward(days=1)
    campaign = delivered.sandbox.world.scravio.campaign("Fitness creators")
    like = {name: value for name, value in campaign.lead(5).row.items() if name != "_id"}
    again = campaign.add_lead(**like | {"email": JANE, "fullName": "Jane Doe"})
    campaign.touch(delivered.clock.now())
    delivered.sync_one()
    assert_nothing_left(delivered)
    assert states(delivered)[1]["erased"] == 2
    db = Database(delivered.database_url)
    erased.lift(db, "janedoe@gmail.com")
    suppressions.remove(db, "janedoe@gmail.com")
    db.close()
    delivered.clock.forward(days=1)
    again.update(biography="Jane Doe is back")
    campaign.touch(delivered.clock.now())
    delivered.sync_one()
    assert JANE in delivered.people()
    counted, reasons = states(delivered)
    assert (sum(counted.values()), reasons["erased"]) == (11, 1)


def test_the_same_id_with_another_address_is_still_them(delivered):
    """Their profile shows a new address since: Scravio's id is enough, and nothing of it is stored."""
    forget(delivered)
    delivered.clock.forward(days=1)
    jane(delivered, email="doe.jane@other.example")
    delivered.sync_one()
    assert_nothing_left(delivered)
    assert "doe.jane@other.example" not in delivered.people()


def test_a_second_route_holds_them_as_erased_too(delivered):
    """Another target, another scope: the decision comes from what is left, and that is no one."""
    forget(delivered)
    delivered.sync_one(route("list", ref="Scravio inbox", kind="list", dedupe="target"))
    assert not any("jane" in person for person in delivered.people("Scravio inbox"))
    assert states(delivered, "list")[1]["erased"] == 1


def test_only_leads_of_that_address_are_deleted(delivered):
    """A vendor that ignores the filter shows strangers: none of them is touched (pitfall 5)."""
    instantly = delivered.sandbox.world.instantly
    instantly.add_person(delivered.target(), "janet.doe@gmail.com", START)
    forget(delivered)
    assert "janet.doe@gmail.com" in delivered.people()
    assert len(delivered.people()) == 10


def test_targets_without_a_route_are_reported_and_left(delivered):
    """Another campaign of the workspace is named, and emptied of them only with `everywhere`."""
    instantly = delivered.sandbox.world.instantly
    other = instantly.add_campaign("By hand", 1, START)
    instantly.add_person(other, JANE, START)
    done = forget(delivered)
    assert [one.place.id for one in done.elsewhere] == [other.id]
    assert len(delivered.people("By hand")) == 1
    done = forget(delivered, everywhere=True)
    assert (len(done.deleted), delivered.people("By hand")) == (1, [])


def test_a_target_of_a_route_that_is_gone_counts(delivered):
    """What was sent once is found by where it was sent to, whatever the configuration says now."""
    done = forget(delivered, JANE, route("other", ref="Scravio inbox", kind="list"))
    assert (done.status, len(done.deleted)) == ("done", 1)


def test_out_of_reach_is_half_done_and_says_so(delivered):
    """The person is suppressed at once, the ledger keeps its side, and the same command finishes it."""
    rule = delivered.sandbox.faults.add("status", path="*/leads/list", code=403)
    done = forget(delivered)
    assert done.status == "partial"
    assert done.left
    db = Database(delivered.database_url)
    assert ledger.suppressed(db, ["janedoe@gmail.com"], "default")
    with db.read() as connection:
        assert connection.execute(sa.text("SELECT status FROM erasure")).scalar() == "partial"
    db.close()
    assert states(delivered)[0] == {"delivered": 10}
    delivered.sandbox.faults.remove(rule)
    assert forget(delivered).status == "done"
    assert_nothing_left(delivered)


def test_a_key_that_may_not_delete_is_named(delivered):
    """403 for the scope: no one is scrubbed while they still stand in the target."""
    delivered.sandbox.world.instantly.keys["sandbox-key"] = frozenset({"all:read", "leads:create"})
    done = forget(delivered)
    assert done.status == "partial"
    assert "leads:delete" in done.left[0].why
    assert states(delivered)[0] == {"delivered": 10}


@pytest.mark.parametrize("commit", [True, False])
def test_a_lost_answer_to_a_deletion_is_looked_at(delivered, commit):
    """Whether the lost call took effect or not, in the end they are gone, and were asked to go at most twice."""
    delivered.sandbox.faults.add("cut", path="*/leads/*", method="DELETE", commit=commit, times=1)
    done = forget(delivered)
    assert done.status == "done"
    assert JANE not in delivered.people()
    assert delivered.calls("DELETE") <= 2


@pytest.mark.parametrize("lag", [0.0, 20.0])
def test_a_lead_in_doubt_is_waited_for(operator, lag):
    """A lost call that created them shows late: erasing waits until it must show, and deletes it then."""
    jane(operator)
    operator.sandbox.world.instantly.habits.lookup_lag = lag
    operator.sandbox.faults.add("cut", path="*/leads/add", commit=True, times=1)
    assert operator.sync_one().tally.states["in_doubt"] == 10
    done = forget(operator)
    assert (done.status, len(done.deleted)) == ("done", 1)
    assert JANE not in operator.people()
    assert_nothing_left(operator)
    operator.clock.forward(minutes=5)
    operator.sync_one()
    assert states(operator)[0] == {"delivered": 9, "held": 1}
    operator.assert_promises()


def test_someone_who_waited_is_held_too(make_operator, states):
    """All leads of the person go, on every route: the duplicate that waited for the other is no heir."""
    operator = make_operator("First", "Second", leads=2)
    jane(operator, "First", 0)
    jane(operator, "Second", 0, email="janedoe@googlemail.com")
    assert states(operator.sync_one()) == {"delivered": 3, "held": 1}
    done = forget(operator)
    assert len(done.traces.deliveries) == 2
    operator.clock.forward(days=1)
    report = operator.sync_one()
    assert states(report) == {"delivered": 2, "held": 2}
    assert report.tally.reasons["erased"] == 2
    assert_nothing_left(operator)


def test_a_freed_place_under_a_cap_is_given_on(make_operator, states):
    """The erased person's place in the domain's cap is free for the next."""
    operator = make_operator("First", leads=3)
    for index in range(3):
        operator.sandbox.world.scravio.campaign("First").lead(index).update(email=f"p{index}@shop.example")
    capped = route(per_domain=2)
    assert states(operator.sync_one(capped)) == {"delivered": 2, "held": 1}
    forget(operator, "p0@shop.example", capped)
    assert states(operator.sync_one(capped)) == {"delivered": 2, "held": 1}
    assert operator.people() == ["p1@shop.example", "p2@shop.example"]


def test_a_route_at_work_is_waited_for_then_reported(delivered):
    """A living process holds the route: nothing is scrubbed behind its back, but the person is suppressed."""
    db = Database(delivered.database_url)
    number = ledger.route_names(db)["fitness"]
    leases.acquire(db, number, replace(holders.myself(), host="elsewhere"))
    done = forget(delivered)
    assert done.status == "busy"
    assert sum(delivered.clock.slept) >= 60
    assert ledger.suppressed(db, ["janedoe@gmail.com"], "default")
    db.close()
    assert states(delivered)[0] == {"delivered": 10}


def test_someone_unknown_is_suppressed_all_the_same(operator):
    """A request about a stranger leaves a hash: should a campaign ever find them, they are not stored."""
    operator.sync_one()
    done = forget(operator)
    assert (done.status, done.traces.lead_ids) == ("done", ())
    db = Database(operator.database_url)
    assert looking.erased_at(db, "janedoe@gmail.com")
    db.close()
    jane(operator)
    operator.clock.forward(days=1)
    operator.sync_one()
    assert_nothing_left(operator)


def test_the_audit_says_who_when_and_what_but_not_which_lead(delivered):
    """One row a request, free of the person."""
    forget(delivered)
    db = Database(delivered.database_url)
    with db.read() as connection:
        (row,) = connection.execute(sa.text("SELECT * FROM erasure"))
    db.close()
    assert (row.asked_by, row.status) == ("test@host", "done")
    assert json.loads(row.done)["deleted_from"] == ['campaign "Fitness Q4"']
    assert row.began_at <= row.ended_at


def test_what_is_known_can_be_given_to_them(delivered):
    """The subject-access document holds facts, deliveries, history and what the target has; and changes nothing."""
    before = everything_stored(delivered)
    with delivered.app(route()) as app:
        reported = app.eraser(asked_by="x").everything_about(JANE)
    text = json.dumps(reported, default=str)
    assert all(word in text for word in ("I am Jane Doe", "janedoe_fit", "delivered", JANE))
    assert reported["targets"][0]["facts"]["email"] == JANE
    assert everything_stored(delivered) == before


def test_an_audit_finds_nothing_amiss(delivered):
    """Who was erased is not missing from the target, and anyone who is there without an address is no one's."""
    instantly = delivered.sandbox.world.instantly
    forget(delivered)
    delivered.clock.forward(days=1)
    with delivered.app(route()) as app:
        (step,) = app.reconcile(app.configuration.routes)
    assert (step.status, step.found.differences) == ("ok", 0)
    assert len(list(instantly.people())) == 9


def test_erasing_twice_is_erasing_once(delivered):
    """The second request finds no one, and changes no number."""
    forget(delivered)
    first = states(delivered)
    assert forget(delivered).traces.lead_ids == ()
    assert states(delivered) == first


def test_an_address_that_was_left_behind_is_found(delivered):
    """Sent under one address, scraped under another since: asking for either erases the lead and both addresses."""
    delivered.clock.forward(days=1)
    jane(delivered, email="jane@new.example")
    delivered.sync_one()
    done = forget(delivered, "jane@new.example")
    assert done.traces.persons == {"jane@new.example", "janedoe@gmail.com"}
    assert JANE not in delivered.people()
    assert_nothing_left(delivered)
    db = Database(delivered.database_url)
    assert erasing.traces(db, JANE).lead_ids == ()
    db.close()


def check_alone(operator, *addresses, word="valid"):
    """These addresses were validated by a file of their own."""
    db = Database(operator.database_url)
    checks.store_checks(db, [checks.Check(one, word, operator.clock.now(), 1) for one in addresses])
    db.close()


def test_spellings_that_only_a_file_had_are_erased_too(delivered):
    """Validated alone under spellings that no lead ever had: gone as well, and no one else's is."""
    others = ["jane.roe@gmail.com", "j@example.org", "janedoe@gmail.example", "xjanedoe@gmail.com"]
    check_alone(delivered, "j.anedo.e+x@googlemail.com", "jane.d.oe@gmail.com", *others)
    forget(delivered)
    db = Database(delivered.database_url)
    assert set(checks.checks_of(db, others)) == set(others)
    with db.write() as connection:
        execute(connection, "DELETE FROM checked WHERE address IN :others", others=others)
    db.close()
    assert_nothing_left(delivered)


def test_a_test_lead_to_another_spelling_is_theirs_too(delivered):
    """Someone who tried the bridge on themselves, then asks to be forgotten under another spelling."""
    with delivered.app(route()) as app:
        place = app.destination(route()).check().place
        attempt = Attempt(email.read("jane.roe+test@example.org"), "lead-1", Fields(first_name="Jane"), place)
        app.try_lead(route(), attempt)
    done = forget(delivered, "jane.roe@example.org")
    assert [one.address for one in done.deleted] == ["jane.roe+test@example.org"]
    assert "roe" not in everything_stored(delivered)


def test_a_finding_that_comes_while_they_are_erased_brings_nothing_back(operator, monkeypatch):
    """The facts were read before the erasure and would be written after it."""
    campaign = operator.sandbox.world.scravio.campaign("Fitness creators")
    jane(operator)
    campaign.lead(3).validate(None)
    operator.sync_one()
    check_alone(operator, JANE)
    write = checks._store_changed
    monkeypatch.setattr(checks, "_store_changed", lambda *late: (forget(operator), write(*late)))
    db = Database(operator.database_url)
    checks.apply_checks(db, [JANE])
    db.close()
    assert_nothing_left(operator)


def test_the_file_itself_keeps_nothing_either(make_here):
    """SQLite's pages and its log, while another process has the ledger open: not a byte of them."""
    operator, path = make_here()
    jane(operator)
    operator.sync_one()
    other = Database(operator.database_url)
    with other.read() as connection:
        connection.execute(sa.text("SELECT count(*) FROM lead"))
    forget(operator)
    files = [path, path.with_name(f"{path.name}-wal")]
    assert files[1].exists()
    held = b"".join(file.read_bytes() for file in files).lower()
    other.close()
    assert b"jane" not in held


@pytest.fixture
def make_here(tmp_path, sqlite_template):
    """For what concerns the file: SQLite alone."""

    def made():
        path = tmp_path / "here.db"
        shutil.copy(sqlite_template, path)
        return Operator(f"sqlite:///{path}", good_world("Fitness creators")), path

    return made


ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LEADS = "*/leads/list"


def hide(operator, **terms):
    return operator.sandbox.faults.add(path=LEADS, **terms)


@ONE_DATABASE
def test_who_no_listing_shows_is_deleted_by_the_id_that_is_remembered(delivered):
    """`leads/list` is blind or lags: `GET /leads/{id}` still answers, and so the lead is found and deleted."""
    delivered.sandbox.world.instantly.habits.lookup_lag = 10**6
    done = forget(delivered)
    assert (done.status, len(done.deleted)) == ("done", 1)
    assert JANE not in delivered.people()


@ONE_DATABASE
def test_absence_is_believed_after_two_looks_that_agree(delivered):
    """Deleted by hand already: asked by address and by id, twice, and only then is it so."""
    instantly = delivered.sandbox.world.instantly
    (lead,) = [one for one in instantly.people(delivered.target().id) if one.email == JANE]
    instantly.remove_person(lead)
    delivered.clock.forward(hours=1)
    delivered.forget_calls()
    done = forget(delivered)
    assert (done.status, done.deleted) == ("done", ())
    assert delivered.calls("GET", "leads/{id}") == 2
    assert delivered.clock.slept[-1] == 1.0


@ONE_DATABASE
def test_who_was_sent_just_now_is_waited_for(operator):
    """Not found right after the call: the first look that counts comes after BRIDGE_DOUBT_WAIT."""
    jane(operator)
    operator.sync_one()
    instantly = operator.sandbox.world.instantly
    (lead,) = [one for one in instantly.people(operator.target().id) if one.email == JANE]
    instantly.remove_person(lead)
    assert forget(operator).status == "done"
    assert operator.clock.slept[-2:] == [30.0, 1.0]


@ONE_DATABASE
@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "hollow_page"},
        {"kind": "same_cursor"},
        {"kind": "blank", "fields": ("email",)},
        {"kind": "blank", "fields": ("id",)},
    ],
)
def test_a_listing_that_may_hold_more_is_reported_and_nothing_is_scrubbed(delivered, terms):
    """What is remembered by id is deleted all the same; whether more is there is unknown, and so it is not done."""
    rule = hide(delivered, **terms)
    done = forget(delivered)
    assert (done.status, len(done.deleted)) == ("partial", 1)
    assert "POST /leads/list" in done.left[0].why
    assert states(delivered)[0] == {"delivered": 10}
    delivered.sandbox.faults.remove(rule)
    assert forget(delivered).status == "done"
    assert_nothing_left(delivered)


@ONE_DATABASE
def test_a_lead_that_does_not_say_whose_it_is_is_reported_and_left(delivered):
    """Its id is remembered, its address cannot be read: it is neither deleted on suspicion nor called gone."""
    delivered.sandbox.faults.add("blank", path="*/leads/*", fields=("email",))
    done = forget(delivered)
    assert (done.status, done.deleted) == ("partial", ())
    assert any("its address cannot be read" in left.why and "by" not in left.where for left in done.left)
    assert JANE in delivered.people()


@ONE_DATABASE
def test_a_lead_that_does_not_say_where_it_stands_is_ours_by_its_id_only(delivered):
    """Known by its id: deleted. Of an unknown one it is reported, and only `everywhere` deletes it."""
    instantly = delivered.sandbox.world.instantly
    instantly.add_person(instantly.add_campaign("By hand", 1, START), JANE, START)
    delivered.sandbox.faults.add("blank", path="*/leads/*", fields=("campaign", "list_id"))
    done = forget(delivered)
    assert (done.status, len(done.deleted)) == ("partial", 1)
    assert JANE not in delivered.people()
    assert "--everywhere" in done.left[0].hint
    done = forget(delivered, everywhere=True)
    assert (done.status, len(done.deleted), delivered.people("By hand")) == ("done", 1, [])


@ONE_DATABASE
def test_a_remembered_id_that_is_another_persons_by_now_is_left_alone(delivered):
    """Instantly's lead has another address since: it is no one's business of this erasure."""
    instantly = delivered.sandbox.world.instantly
    (lead,) = [one for one in instantly.people(delivered.target().id) if one.email == JANE]
    instantly.change_person(lead, email="somebody.else@example.com")
    assert forget(delivered).status == "done"
    assert "somebody.else@example.com" in delivered.people()
