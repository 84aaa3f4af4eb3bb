"""A write whose answer is lost is looked up until it is certain, and never repeated before that."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridge import ledger
from bridge.config.settings import read_settings
from bridge.sandbox.book import person_of
from tests.harness import START, route

ADD = "*/leads/add"
LIST = "*/leads/list"

# Every way to lose the answer of a write: as faults of the sandbox, done or not.
LOST = {
    "the connection is cut": {"kind": "cut"},
    "no answer is ever sent": {"kind": "hang"},
    "a page with status 200": {"kind": "html"},
    "an empty 200": {"kind": "empty"},
    "bytes that are no text": {"kind": "garbage"},
    "nested a hundred thousand deep": {"kind": "nested"},
    "more than 32 MB": {"kind": "oversized", "size": 33 * 1024 * 1024},
    "a 500": {"kind": "status", "code": 500},
    "a gateway's 502": {"kind": "status", "code": 502, "html": True},
    "a 504": {"kind": "status", "code": 504},
    "a redirect": {"kind": "status", "code": 303},
}
DONE = {**LOST, "the body breaks off": {"kind": "truncated"}}

pytestmark = pytest.mark.usefixtures("quick_retries")


def deliveries(operator):
    """Address, state, reason and remote id of every delivery in the ledger."""
    db = ledger.Database(operator.database_url)
    with db.read() as connection:
        query = sa.text("SELECT address, state, reason, origin, remote_id FROM delivery ORDER BY address")
        found = [tuple(row) for row in connection.execute(query)]
    db.close()
    return found


def ids_there(operator, target="Fitness Q4"):
    return {person.email: person.id for person in operator.sandbox.world.instantly.people(operator.target(target).id)}


def posts(operator):
    return operator.calls("POST", "leads/add")


def lose(operator, fault, *routes, commit, kind="cut", **terms):
    """One run whose post is answered by no one."""
    with fault(operator, kind, ADD, commit=commit, **terms) as rule:
        report = operator.sync_one(*routes)
        assert operator.sandbox.faults.fired(rule) == 1
    assert report.status == "partial"
    return report


@pytest.mark.parametrize("way", DONE)
def test_a_lost_call_that_was_done_is_ours(operator, fault, states, way):
    """Delivered with the vendor's id by looking it up, though `skip_if_in_workspace` would now report it skipped."""
    operator.sandbox.world.instantly.habits.skips_before_duplicates = True
    assert states(lose(operator, fault, **DONE[way], commit=True)) == {"in_doubt": 10}
    assert states(operator.sync_one()) == {"delivered": 10}
    there = ids_there(operator)
    assert {(address, there[address]) for address in there} == {(row[0], row[4]) for row in deliveries(operator)}
    assert {row[1:4] for row in deliveries(operator)} == {("delivered", "created", "lookup")}
    assert posts(operator) == 1
    operator.assert_promises()


@pytest.mark.parametrize("way", LOST)
def test_a_lost_call_that_was_not_done_is_repeated_once_that_is_certain(operator, fault, states, way):
    """In doubt until the wait is over and two lookups found no one; then, and only then, it is posted again."""
    lose(operator, fault, **LOST[way], commit=False)
    assert states(operator.sync_one()) == {"in_doubt": 10}
    assert posts(operator) == 1
    operator.clock.forward(seconds=31)
    assert states(operator.sync_one()) == {"delivered": 10}
    assert posts(operator) == 2
    operator.assert_promises()


def test_a_connection_that_never_came_about_is_no_doubt(operator, fault, states):
    """Not a byte left this host: the rows stay ready, and the next run sends them without a wait."""
    with fault(operator, "connect", ADD):
        assert states(operator.sync_one()) == {"ready": 10}
    assert states(operator.sync_one()) == {"delivered": 10}


def test_an_answer_of_the_wrong_content_type_is_read_all_the_same(operator, fault, states):
    """The body says what was done; what it is called does not matter."""
    with fault(operator, "wrong_type", ADD):
        assert states(operator.sync_one()) == {"delivered": 10}


@pytest.mark.parametrize("commit", [True, False], ids=["done", "not done"])
def test_who_stood_there_before_is_a_duplicate(operator, fault, states, commit):
    """Older than the call: in the target or elsewhere, they were there before us, and are not taken for ours."""
    source = operator.sandbox.world.scravio.campaign("Fitness creators")
    earlier, instantly = START - timedelta(minutes=10), operator.sandbox.world.instantly
    instantly.add_person(operator.target(), source.lead(0).row["email"], earlier)
    instantly.add_person(operator.target("Scravio inbox"), source.lead(1).row["email"], earlier)
    lose(operator, fault, commit=commit)
    operator.clock.forward(seconds=31)
    report = operator.sync_one()
    assert states(report) == {"delivered": 8, "duplicate": 2}
    assert report.tally.reasons == {"created": 8, "in_target": 1, "in_list": 1}
    operator.assert_promises()


@pytest.mark.parametrize("seconds", [1, 10, 19])
def test_a_lookup_that_lags_by_twenty_seconds_fools_no_one(operator, fault, states, seconds):
    """Done but not yet shown: the lead stays in doubt, is not posted again, and is found in the end."""
    operator.sandbox.world.instantly.habits.lookup_lag = 20.0
    lose(operator, fault, commit=True)
    operator.clock.forward(seconds=seconds)
    assert states(operator.sync_one()) == {"in_doubt": 10}
    operator.clock.forward(seconds=31 - seconds)
    assert states(operator.sync_one()) == {"delivered": 10}
    assert posts(operator) == 1
    operator.assert_promises()


def test_a_slow_lookup_counts_by_the_time_of_its_question(operator, fault, states):
    """Asked after five seconds and answered after forty, it says what stood there after five: nothing is concluded."""
    operator.sandbox.world.instantly.habits.lookup_lag = 60.0
    lose(operator, fault, commit=True)
    operator.clock.forward(seconds=5)
    delays = [35]

    def takes_long(_request):
        operator.clock.forward(seconds=delays.pop() if delays else 0)
        return False

    with fault(operator, "status", LIST, when=takes_long):
        assert states(operator.sync_one()) == {"in_doubt": 10}
    operator.clock.forward(seconds=31)
    assert states(operator.sync_one()) == {"delivered": 10}
    assert posts(operator) == 1


@pytest.mark.parametrize("ahead", [40, -40])
def test_hosts_whose_clocks_disagree_post_no_one_again(operator, fault, states, ahead):
    """A second host, 40 s off, waits as long as the first would: the wait after a lost answer is the ledger's."""
    operator.sandbox.world.instantly.habits.lookup_lag = 20.0
    lose(operator, fault, commit=True)
    operator.clock_is_wrong_by = timedelta(seconds=ahead)
    assert states(operator.sync_one()) == {"in_doubt": 10}
    operator.clock.forward(seconds=31)
    assert states(operator.sync_one()) == {"delivered": 10}
    assert posts(operator) == 1
    operator.assert_promises()


def test_absence_needs_two_lookups_that_agree(operator, fault, states):
    """A lead that shows up between the first lookup and the second is delivered, not posted again."""
    operator.sandbox.world.instantly.habits.lookup_lag = 31.5
    lose(operator, fault, commit=True)
    operator.clock.forward(seconds=31)
    assert states(operator.sync_one()) == {"delivered": 10}
    assert operator.clock.slept == [1.0]
    assert posts(operator) == 1


def test_a_second_lookup_that_fails_decides_nothing(operator, fault, states):
    """The first lookup missed them, the second cannot be asked: in doubt, until a later one agrees."""
    lose(operator, fault, commit=False)
    operator.clock.forward(seconds=31)
    second = lambda _request: operator.clock.slept != []  # noqa: E731 - the rule wants a predicate
    with fault(operator, "status", LIST, when=second):
        report = operator.sync_one()
    assert (report.status, states(report)) == ("failed", {"in_doubt": 10})
    assert posts(operator) == 1
    assert states(operator.sync_one()) == {"delivered": 10}


@pytest.mark.parametrize("terms", [{"kind": "status", "code": 500}, {"kind": "html"}, {"kind": "status", "code": 404}])
def test_lookups_that_fail_keep_the_doubt(operator, fault, states, terms):
    """While the target cannot be asked no one is sent again, and nothing is sent past the doubt."""
    lose(operator, fault, commit=True)
    operator.sandbox.world.scravio.campaign("Fitness creators").add_lead(email="new@person.example")
    operator.sandbox.world.scravio.campaign("Fitness creators").touch(operator.clock.now())
    operator.clock.forward(hours=1)
    with fault(operator, path=LIST, **terms):
        report = operator.sync_one()
    assert states(report) == {"in_doubt": 10, "ready": 1}
    assert report.leads_read == 11
    assert posts(operator) == 1
    assert states(operator.sync_one()) == {"delivered": 11}


@pytest.mark.parametrize(("commit", "where"), [(True, "Fitness Q4"), (False, "Scravio inbox")])
def test_the_target_kept_with_the_delivery_is_asked(operator, fault, states, commit, where):
    """The configuration names another target by now: who arrived in the old one stays there, who did not goes again."""
    lose(operator, fault, commit=commit)
    operator.clock.forward(seconds=31)
    assert states(operator.sync_one(route(ref="Scravio inbox", kind="list"))) == {"delivered": 10}
    other = "Scravio inbox" if where == "Fitness Q4" else "Fitness Q4"
    assert (len(operator.people(where)), len(operator.people(other))) == (10, 0)
    assert operator.sandbox.report()["created_twice_in_workspace"] == {}


@pytest.mark.parametrize(("commit", "state", "reason"), [(False, "held", "suppressed"), (True, "delivered", "created")])
def test_a_person_suppressed_in_between_is_not_sent_again(operator, fault, commit, state, reason):
    """Absent: decided again, hence held. Present: it went before the suppression, and the ledger says so."""
    lose(operator, fault, commit=commit)
    victim = operator.sandbox.world.scravio.campaign("Fitness creators").lead(0).row["email"]
    db = ledger.Database(operator.database_url)
    ledger.suppress(db, person_of(victim), kind="address", reason="asked us", origin="test", now=START)
    db.close()
    operator.clock.forward(seconds=31)
    report = operator.sync_one()
    assert report.tally.reasons.get("suppressed", 0) == (reason == "suppressed")
    assert (victim in operator.people()) == commit
    found = [row[1:3] for row in deliveries(operator) if row[0] in {victim, ""}]
    assert (state, reason) in found


@pytest.mark.parametrize("commit", [True, False])
def test_rules_that_changed_in_between_decide_who_goes_again(operator, fault, states, commit):
    """Stricter rules: who did not arrive is held by them, who did stays delivered."""
    lose(operator, fault, commit=commit)
    operator.clock.forward(seconds=31)
    expected = {"delivered": 10} if commit else {"held": 10}
    assert states(operator.sync_one(route(min_followers=10**9))) == expected
    assert posts(operator) == 1


def test_the_wait_before_absence_counts_is_the_operators(operator, fault, states, monkeypatch, tmp_path):
    """BRIDGE_DOUBT_WAIT=120: no one is believed absent a minute after the call, two minutes after it they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIDGE_DOUBT_WAIT", "120")
    settings = replace(operator.settings, doubt_wait=read_settings().doubt_wait)
    lose(operator, fault, commit=False)
    for seconds, expected in ((60, {"in_doubt": 10}), (59, {"in_doubt": 10}), (2, {"delivered": 10})):
        operator.clock.forward(seconds=seconds)
        assert states(operator.sync_one(settings=settings)) == expected


@pytest.mark.parametrize("hours", [-5, 5])
def test_clocks_that_disagree_do_not_matter(operator, fault, states, hours):
    """Ours or theirs is known by the vendor's clock alone, whatever this host's says."""
    operator.sandbox.skew = timedelta(hours=hours)
    source, instantly = operator.sandbox.world.scravio.campaign("Fitness creators"), operator.sandbox.world.instantly
    before = operator.sandbox.now() - timedelta(minutes=10)
    instantly.add_person(operator.target(), source.lead(0).row["email"], before)
    lose(operator, fault, commit=True)
    assert states(operator.sync_one()) == {"delivered": 9, "duplicate": 1}
    assert posts(operator) == 1


def test_a_run_that_lost_an_answer_sends_no_further_batch(make_operator, fault, states):
    """The first half of a divided batch is lost: the other half stays ready and is not sent past the doubt."""
    operator = make_operator()
    with (
        fault(operator, "status", ADD, nth=1, code=400),
        fault(operator, "cut", ADD, nth=2, commit=True),
    ):
        report = operator.sync_one()
    assert states(report) == {"in_doubt": 5, "ready": 5}
    assert posts(operator) == 2
    assert states(operator.sync_one()) == {"delivered": 10}
    operator.assert_promises()


ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SHY = {
    "a page that is empty although more follows": {"kind": "hollow_page", "times": 1},
    "never a row, always a cursor": {"kind": "hollow_page"},
    "a cursor that comes again and again": {"kind": "same_cursor"},
    "rows without an address": {"kind": "blank", "fields": ("email",)},
    "rows that say of no place": {"kind": "blank", "fields": ("campaign", "list_id")},
}


@ONE_DATABASE
@pytest.mark.parametrize("way", SHY)
def test_a_listing_that_may_hold_more_never_makes_anybody_go_twice(operator, fault, states, way):
    """Who stands behind such a page is found or stays in doubt, however often it is asked; no one is posted again."""
    lose(operator, fault, commit=True)
    with fault(operator, path=LIST, **SHY[way]):
        for _ in range(3):
            operator.clock.forward(minutes=10)
            report = operator.sync_one()
            assert set(states(report)) <= {"delivered", "in_doubt"}
    assert posts(operator) == 1
    assert states(operator.sync_one()) == {"delivered": 10}
    assert posts(operator) == 1
    operator.assert_promises()


@ONE_DATABASE
def test_the_operator_hears_why_a_doubt_stays(operator, fault):
    """The run shows that the listing may be incomplete, in one sentence."""
    lose(operator, fault, commit=True)
    operator.clock.forward(minutes=10)
    with fault(operator, "same_cursor", LIST):
        report = operator.sync_one()
    assert [one for one in report.warnings if "its cursor came twice" in one]


@ONE_DATABASE
def test_a_list_that_was_only_not_shown_is_not_made_a_second_time(operator, fault):
    """`create = true`: the workspace's lists are read to their end, or nothing is created."""
    with fault(operator, "hollow_page", "*/lead-lists", times=1):
        report = operator.sync_one(
            replace(route(), target=replace(route(ref="Scravio inbox", kind="list").target, create=True))
        )
    assert report.status == "failed"
    assert operator.calls("POST", "lead-lists") == 0
