"""The audit: what the ledger says and what the target holds, compared lead by lead, and noted only on request."""

from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from bridge import ledger
from bridge.ledger.views import stories
from bridge.model import Route, Target
from bridge.operations.compare import Kind
from tests.harness import route


@pytest.fixture
def audited(operator):
    """Ten leads delivered a while ago."""
    operator.sync()
    operator.clock.forward(hours=1)
    return operator


def reconcile(operator, *routes, repair=False, **options):
    """What the audit found at the route's only target."""
    (step,) = _steps(operator, *routes, repair=repair, **options)
    (place,) = step.found.places
    return place


def _steps(operator, *routes, repair=False, **options):
    with operator.app(*(routes or (route(),)), **options) as app:
        return app.reconcile(app.configuration.routes, repair=repair)


def kinds(place):
    return {str(kind): count for kind, count in place.counts.items()}


def someone(operator, number=0, name="Fitness Q4"):
    people = operator.sandbox.world.instantly.people(operator.target(name).id)
    return sorted(people, key=lambda person: person.id)[number]


@contextmanager
def ledger_of(operator):
    db = ledger.Database(operator.database_url)
    yield db
    db.close()


def entries(operator):
    with ledger_of(operator) as db:
        return {entry.address: entry for page in ledger.entries_of_place(db, 1) for entry in page}


def tally(operator, name="fitness"):
    with ledger_of(operator) as db:
        return ledger.tally(db, ledger.route_names(db)[name])


def test_what_was_delivered_and_is_there_is_no_difference(audited):
    """Ten delivered, ten there; three requests, and nothing was written to any vendor."""
    audited.forget_calls()
    place = reconcile(audited)
    assert (place.expected, place.present, place.differences, place.error) == (10, 10, (), "")
    assert audited.calls("") == audited.calls("GET") + audited.calls("POST", "leads/list") == 3


def test_every_kind_of_difference_is_distinguished(audited):
    """Gone, a stranger, one person twice, another status, another id: each once, each of the right person."""
    instantly, now = audited.sandbox.world.instantly, audited.clock.now()
    gone, bounced, doubled, renewed = (someone(audited, number) for number in range(4))
    instantly.remove_person(gone)
    instantly.change_person(bounced, status=-1)
    instantly.add_person(audited.target(), doubled.email.replace("@", "+again@"), now)
    instantly.remove_person(renewed)
    again = instantly.add_person(audited.target(), renewed.email, now)
    instantly.add_person(audited.target(), "stranger@example.com", now)
    place = reconcile(audited)
    reported = {one.kind: (one.address, one.known, one.found) for one in place.differences}
    assert reported == {
        Kind.GONE: (gone.email, "delivered", ""),
        Kind.STATUS: (bounced.email, "active", "bounced"),
        Kind.TWICE: (doubled.email, "delivered", f"2 leads, also as {doubled.email.replace('@', '+again@')}"),
        Kind.REMOTE_ID: (renewed.email, renewed.id, again.id),
        Kind.ONLY_IN_TARGET: ("stranger@example.com", "nothing", "active"),
    }
    assert len(place.differences) == len(reported)


def test_looking_writes_nothing(audited):
    """Without --repair the ledger stays as it is, and no lease is needed: a sync may run beside it."""
    audited.sandbox.world.instantly.remove_person(someone(audited))
    before = entries(audited)
    statuses = []

    def sync_meanwhile(_request):
        if not statuses:
            statuses.append("under way")
            statuses.append(audited.sync_one().status)
        return False

    audited.sandbox.faults.add("delay", path="*/leads/list", when=sync_meanwhile)
    assert kinds(reconcile(audited)) == {"gone_from_target": 1}
    assert statuses == ["under way", "ok"]
    assert entries(audited) == before


def test_a_repair_notes_what_is_there_and_makes_nothing_ready(audited):
    """Remote id, status and gone are noted in ledger and history; states stay, and no sync sends anybody again."""
    instantly = audited.sandbox.world.instantly
    gone, bounced, renewed = (someone(audited, number) for number in range(3))
    instantly.remove_person(gone)
    instantly.change_person(bounced, status=-1)
    instantly.remove_person(renewed)
    again = instantly.add_person(audited.target(), renewed.email, audited.clock.now())
    people = audited.people()
    place = reconcile(audited, repair=True)
    assert place.noted == 3
    noted = entries(audited)
    assert noted[gone.email].gone_at == audited.clock.now().replace(microsecond=0)
    assert noted[bounced.email].remote_status == "bounced"
    assert noted[renewed.email].remote_id == again.id
    assert reconcile(audited).differences == ()
    assert tally(audited).states["delivered"] == 10
    audited.clock.forward(days=2)
    assert audited.sync_one().sent == 0
    assert audited.people() == people
    audited.assert_promises()


def test_what_was_noted_as_gone_can_come_back(audited):
    """A lead that is there again is reported, and a repair takes the note away; a status that went back, too."""
    instantly = audited.sandbox.world.instantly
    person, paused = someone(audited), someone(audited, 1)
    instantly.remove_person(person)
    paused = instantly.change_person(paused, status=2)
    reconcile(audited, repair=True)
    instantly.add_person(audited.target(), person.email, audited.clock.now())
    instantly.change_person(paused, status=1)
    assert kinds(reconcile(audited, repair=True)) == {"back_in_target": 1, "other_remote_id": 1, "other_status": 1}
    assert entries(audited)[person.email].gone_at is None
    assert entries(audited)[paused.email].remote_status == "active"
    assert reconcile(audited).differences == ()


def test_the_history_shows_what_an_audit_saw(audited):
    """`explain` has the note with its time, and the delivery is still delivered."""
    person = someone(audited)
    audited.sandbox.world.instantly.remove_person(person)
    reconcile(audited, repair=True)
    with ledger_of(audited) as db:
        (story,) = stories.lead_stories(db, stories.leads_of_person(db, {person.email}))
    (delivery,) = story.deliveries
    assert (delivery.state, delivery.gone_at is not None) == ("delivered", True)
    assert delivery.events[-1].detail == "reconcile: no longer in the target"


@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.usefixtures("quick_retries")
def test_a_read_that_breaks_off_says_nothing_of_anybody(make_operator, page):
    """A failure on any page is an unread target: no one is gone, nothing is noted."""
    operator = make_operator("First", leads=150)
    operator.sync(route(per_domain=0))
    operator.clock.forward(hours=1)
    before = entries(operator)
    matching = iter(range(1000))
    operator.sandbox.faults.add("html", path="*/leads/list", when=lambda _: next(matching) >= page - 1)
    place = reconcile(operator, repair=True)
    assert place.error
    assert (place.differences, place.noted) == ((), 0)
    assert entries(operator) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fields", [("campaign", "list_id"), ("email", "campaign", "list_id"), ("id",)])
def test_rows_that_do_not_say_where_they_stand_make_no_one_gone(audited, fields):
    """The vendor's schema lets these be null: then no one is claimed to be there or gone, and nothing is noted."""
    audited.sandbox.faults.add("blank", path="*/leads/list", fields=fields)
    (step,) = _steps(audited, repair=True)
    (place,) = step.found.places
    assert (step.status, place.unreadable, place.noted) == ("partial", 10, 0)
    assert place.differences == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["hollow_page", "same_cursor"])
def test_a_listing_that_may_hold_more_says_nothing_of_anybody(audited, kind):
    """A cursor that repeats, or an empty page that has one: the target counts as unread, and nothing is noted."""
    audited.sandbox.faults.add(kind, path="*/leads/list")
    place = reconcile(audited, repair=True)
    assert "may be incomplete" in place.error
    assert (place.differences, place.noted) == ((), 0)


def test_an_empty_listing_is_not_believed_by_itself(audited):
    """instantly.md pitfalls 6 and 33: an empty 200 where ten are known; the lookup by address contradicts it."""
    transport = _Emptied(audited.sandbox.transport())
    place = reconcile(audited, repair=True, transport=transport)
    assert transport.emptied
    assert (place.differences, place.contradictory, place.noted) == ((), 10, 0)


def test_a_listing_that_ignores_its_filter_names_no_stranger(audited):
    """instantly.md pitfall 5: rows of other targets are not taken for this one's."""
    instantly = audited.sandbox.world.instantly
    other = instantly.add_campaign("Other", 1, audited.clock.now())
    instantly.add_person(other, "elsewhere@example.com", audited.clock.now())
    place = reconcile(audited, transport=_Unfiltered(audited.sandbox))
    assert (place.present, place.differences) == (10, ())


def test_who_was_just_sent_is_not_missing(operator):
    """Listings lag behind writes: within BRIDGE_DOUBT_WAIT no one counts as gone, and the audit says how many."""
    operator.sandbox.world.instantly.habits.lookup_lag = 20.0
    operator.sync()
    place = reconcile(operator, repair=True)
    assert (place.too_fresh, place.differences) == (10, ())
    operator.clock.forward(seconds=31)
    place = reconcile(operator)
    assert (place.too_fresh, place.differences) == (0, ())


def test_a_lead_that_moved_is_gone_and_where_it_is_now_is_reported(audited):
    """Gone from the target, but in another campaign of the workspace."""
    instantly = audited.sandbox.world.instantly
    person = someone(audited)
    instantly.remove_person(person)
    other = instantly.add_campaign("Other", 1, audited.clock.now())
    instantly.add_person(other, person.email, audited.clock.now())
    (gone,) = reconcile(audited).differences
    assert (gone.kind, gone.found) == (Kind.GONE, f"now in campaign {other.id}")


def test_a_doubt_that_is_there_is_reported_and_left_to_settle(operator):
    """An answer that was lost after the commit: reported for all ten, and not one is noted."""
    operator.sandbox.faults.add("cut", path="*/leads/add", commit=True, times=1)
    assert operator.sync_one().status == "partial"
    operator.clock.forward(hours=1)
    place = reconcile(operator, repair=True)
    assert (kinds(place), place.noted) == ({"in_doubt_but_there": 10}, 0)
    assert tally(operator).states["in_doubt"] == 10


def test_a_deleted_target_is_unread_not_empty(audited):
    """Where the campaign is gone no one can say who was in it."""
    instantly = audited.sandbox.world.instantly
    instantly.campaigns.remove(audited.target())
    (step,) = _steps(audited, repair=True)
    assert (step.status, step.found.places[0].differences) == ("failed", ())
    assert "is gone" in step.error


def test_every_target_the_route_ever_used_is_read(operator):
    """A route that moved on is audited in both places; a target that cannot be read leaves the other's answer whole."""
    instantly = operator.sandbox.world.instantly
    second = instantly.add_campaign("Second", 1, operator.clock.now())
    operator.sync(limit=4)
    operator.sync(route(ref="Second"))
    operator.clock.forward(hours=1)
    (step,) = _steps(operator, route(ref="Second"))
    assert [(place.expected, place.present, place.used.place.id == second.id) for place in step.found.places] == [
        (4, 4, False), (6, 6, True),
    ]  # fmt: skip
    instantly.campaigns.remove(operator.target("Fitness Q4"))
    (step,) = _steps(operator, route(ref="Second"))
    assert (step.status, [bool(place.error) for place in step.found.places]) == ("partial", [True, False])


def test_routes_that_share_a_target_know_each_other(make_operator):
    """What another route put there is no stranger, and is that route's to audit."""
    operator = make_operator("First", "Second")
    one = route("one", source=replace(route().source, title=("First",)))
    two = route("two", source=replace(route().source, title=("Second",)))
    operator.sync(one, two)
    operator.clock.forward(hours=1)
    assert [(step.found.places[0].expected, step.found.differences) for step in _steps(operator, one, two)] == [
        (10, 0), (10, 0),
    ]  # fmt: skip
    operator.sandbox.world.instantly.remove_person(someone(operator))
    assert sorted(step.found.differences for step in _steps(operator, one, two)) == [0, 1]


def test_a_duplicate_is_expected_only_where_it_stands(make_operator):
    """Known in this very target: expected. Known elsewhere in the workspace: not."""
    operator = make_operator("First", leads=3)
    instantly = operator.sandbox.world.instantly
    here, there = (operator.sandbox.world.scravio.campaign("First").lead(index).row["email"] for index in (0, 1))
    before = operator.clock.now()
    operator.clock.forward(hours=1)
    person = instantly.add_person(operator.target(), here, before)
    instantly.add_person(operator.target("Scravio inbox"), there, before)
    operator.sync()
    operator.clock.forward(hours=1)
    assert (reconcile(operator).expected, kinds(reconcile(operator))) == (2, {})
    instantly.remove_person(person)
    assert kinds(reconcile(operator)) == {"gone_from_target": 1}


def test_a_repair_never_runs_beside_a_sync(audited):
    """While a sync holds the lease a repair is busy and says who holds it; nothing is compared."""
    steps = []

    def repair(_request):
        if not steps:
            steps.extend(_steps(audited, repair=True))
        return False

    audited.sandbox.faults.add("delay", path="*/auth/me", when=repair)
    audited.sync()
    assert (steps[0].status, steps[0].found) == ("busy", None)
    assert "has been working on this route since" in steps[0].error


def test_a_retired_route_can_be_audited(audited):
    """Its places are in the ledger: a route of that name aimed at one of them is enough."""
    audited.sandbox.world.instantly.remove_person(someone(audited))
    retired = Route("fitness", Target("instantly", "campaign", audited.target().id))
    place = reconcile(audited, retired, repair=True)
    assert (kinds(place), place.noted) == ({"gone_from_target": 1}, 1)


class _Emptied:
    """Answers a listing of a target (no `contacts`) with an empty page, as a limit too large does."""

    def __init__(self, inner):
        self.inner, self.emptied = inner, 0

    def handle_request(self, request):
        if request.url.path.endswith("/leads/list") and b'"contacts"' not in request.content:
            self.emptied += 1
            return self.inner.handle_request(_with_body(request, b'{"limit":101}'))
        return self.inner.handle_request(request)

    def close(self):
        self.inner.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Unfiltered(_Emptied):
    """Drops the filter by campaign, as a mistyped one would be."""

    def __init__(self, sandbox):
        super().__init__(sandbox.transport())

    def handle_request(self, request):
        if request.url.path.endswith("/leads/list"):
            return self.inner.handle_request(_with_body(request, b'{"limit":100}'))
        return self.inner.handle_request(request)


def _with_body(request, body):
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, content=body)
