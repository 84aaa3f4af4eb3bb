"""The reading statements behind status, rejects and explain, on both databases."""

from datetime import timedelta

from bridge import ledger
from bridge.ledger.views import reports, standing, stories
from bridge.ledger.views.delivered import delivered
from bridge.model import Hold, Origin, Outcome, Reason, State
from tests.ledger.conftest import NOW, PLACE


def test_a_route_that_never_ran_has_an_empty_record(bench):
    """A route known by name alone has no run, no place, no trouble; the lease that it holds is reported."""
    number, epoch = bench.route("fitness")
    (record,) = standing.route_records(bench.db)
    assert (record.name, record.place, record.last_run, record.troubles) == ("fitness", None, None, ())
    assert record.holder.startswith("process ")
    ledger.core.leases.release(bench.db, number, epoch)
    assert standing.route_records(bench.db)[0].holder == ""


def test_doubt_is_as_old_as_its_latest_move(bench):
    """Doubt that was settled and came back counts from when it came back."""
    bench.record([bench.lead(1)])
    for minutes in (0, 60):
        bench.now = NOW + timedelta(minutes=minutes)
        batch = bench.claim(limit=1)
        bench.settle(batch, State.IN_DOUBT, Reason.ANSWER_LOST, origin=Origin.LOCAL)
        since = bench.now
        (record,) = standing.route_records(bench.db)
        assert record.troubles == (standing.Trouble("in_doubt", "answer_lost", 1, since),)
        decided = [(batch.deliveries[0].id, bench.deliver(bench.lead(1)))]
        ledger.settle_absent(bench.db, bench.recording(), decided, bench.key)
    assert standing.route_records(bench.db)[0].troubles == ()


def test_the_place_is_where_the_latest_batch_went(bench):
    """A route whose target changed shows the newer one."""
    bench.record([bench.lead(1), bench.lead(2)])
    number = bench.route()[0]
    for place_id, title in (("c1", "Old"), ("c2", "New")):
        place = ledger.core.runs.Place("instantly", "ws", "campaign", place_id)
        ledger.bind(bench.db, number, f"key-{place_id}", place, title)
        bench.settle(bench.claim(place=place, limit=1), State.DELIVERED)
    assert standing.route_records(bench.db)[0].place == standing.KnownPlace("instantly", "campaign", "c2", "New", "ws")


def test_rejects_come_in_pieces_each_once(bench):
    """Paging by key shows every reject exactly once, of the routes asked for, and leaves the others out."""
    bench.record([bench.lead(number) for number in range(7)], decision=Hold(Reason.NO_REPLY))
    bench.record([bench.lead(number) for number in range(3)], route="founders", decision=Hold(Reason.NO_EMAIL))
    bench.record([bench.lead(20)])
    pages = list(reports.rejects(bench.db, ["fitness"], size=2))
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert {reject.lead_id for page in pages for reject in page} == {f"{number:024x}" for number in range(7)}
    everyone = [reject for page in reports.rejects(bench.db) for reject in page]
    assert len(everyone) == 10
    assert reports.reject_counts(bench.db) == {("held", "no_reply"): 7, ("held", "no_email"): 3}
    assert reports.reject_counts(bench.db, ["founders"]) == {("held", "no_email"): 3}


def test_rejects_of_some_reasons_are_those_among_all(bench):
    """However they are looked for, by the index or lead by lead: in the same order, each once, in pieces."""
    for number in range(12):
        reason = (Reason.NO_REPLY, Reason.NO_EMAIL, Reason.COUNTRY)[number % 3]
        bench.record([bench.lead(number)], route=("fitness", "founders")[number % 2], decision=Hold(reason))
    every = [one for page in reports.rejects(bench.db) for one in page]
    for routes in ([], ["founders"], ["fitness", "founders"], ["unknown"]):
        for reasons in (["no_email"], ["no_email", "country"], [reason.value for reason in Reason]):
            found = [one for page in reports.rejects(bench.db, routes, reasons, size=2) for one in page]
            assert found == [one for one in every if one.reason in reasons and (not routes or one.route in routes)]


def test_lists_of_many_kinds_are_those_of_few(bench, monkeypatch):
    """Beyond the kinds that an index is asked for, rejects and delivered leads are the same ones in the same order."""
    for number in range(12):
        bench.record([bench.lead(number)], route=("fitness", "founders")[number % 2], decision=Hold(Reason.COUNTRY))
        bench.record([bench.lead(number + 20)], route=("fitness", "founders")[number % 2])
    for route in ("fitness", "founders"):
        bench.settle(bench.claim(route=route), State.DELIVERED)

    def listed(routes):
        held = [one for page in reports.rejects(bench.db, routes, size=2) for one in page]
        return held, list(delivered(bench.db, routes)), list(delivered(bench.db, routes, NOW + timedelta(days=1)))

    choices = ([], ["founders"], ["fitness", "founders"], ["unknown"])
    few = [listed(routes) for routes in choices]
    assert [[len(found) for found in lists] for lists in few] == [[12, 12, 0], [6, 6, 0], [12, 12, 0], [0, 0, 0]]
    monkeypatch.setattr(reports, "_MOST_KINDS", -1)
    assert [listed(routes) for routes in choices] == few


def test_leads_are_found_by_every_key(bench):
    """By canonical address, by the address that went out, by source id, by handle in any case, by what was scraped."""
    bench.record([bench.lead(1, "old@site1.example", username="Jane"), bench.lead(2, "j***@x", username="jane")])
    bench.settle(bench.claim(), State.DELIVERED)
    bench.key = "rules-2"
    bench.record([bench.lead(1, "new@site1.example", username="Jane")])
    db = bench.db
    (first,) = stories.leads_with_source_id(db, f"{1:024x}")
    (second,) = stories.leads_with_source_id(db, f"{2:024x}")
    assert stories.leads_of_person(db, {"old@site1.example"}) == [first]
    assert stories.leads_of_person(db, {"new@site1.example"}) == [first]
    assert stories.leads_of_person(db, {""}) == []
    assert stories.leads_with_username(db, "JANE") == [first, second]
    assert stories.leads_with_username(db, "") == []
    assert stories.leads_as_scraped(db, "j***@x") == [second]
    assert stories.leads_as_scraped(db, "%") == []


def test_a_story_holds_every_move_and_its_batch(bench):
    """Place, batch with its counters, events in order, and the rival of a duplicate."""
    bench.record([bench.lead(1)])
    ledger.bind(bench.db, bench.route()[0], "key", PLACE, "Fitness Q4")
    batch = bench.claim()
    (delivery,) = batch.deliveries
    outcome = Outcome(delivery.id, State.DELIVERED, Reason.CREATED, Origin.API, remote_id="r1")
    ledger.record_outcomes(
        bench.db, bench.recording(), [outcome], batch_id=batch.id, counted={"created": 1}, mismatch="off by one"
    )
    bench.record([bench.lead(2, "P1@site1.example")], route="second")
    bench.claim(route="second")
    first, second = stories.lead_stories(bench.db, stories.leads_of_person(bench.db, {"p1@site1.example"}))
    (reported,) = first.deliveries
    assert (reported.route, reported.state, reported.remote_id, reported.address) == (
        "fitness",
        "delivered",
        "r1",
        "p1@site1.example",
    )
    assert reported.place == standing.KnownPlace("instantly", "campaign", "c1", "Fitness Q4", "ws")
    assert [(event.state, event.batch_id) for event in reported.events] == [("delivered", batch.id)]
    (carried,) = reported.batches
    assert (carried.sent, carried.counted, carried.mismatch) == (1, {"created": 1}, "off by one")
    assert second.deliveries[0].rival == stories.Rival("fitness", "default", "k1", first.lead.id, "delivered")


def test_a_full_name_finds_the_lead_on_every_database(bench):
    """Case does not count, also of letters beyond ASCII; the whole name comes before a part; signs of SQL are text."""
    names = ["Jané Ünal", "Jané Ünal-Roe", "100% Jo_e", "100 Joxe"]
    bench.record([bench.lead(number, full_name=name) for number, name in enumerate(names)])
    ids = [stories.leads_with_source_id(bench.db, f"{number:024x}")[0] for number in range(4)]
    for query, wanted in (("jané ÜNAL", [0]), ("JANÉ", [0, 1]), ("100% jo_E", [2]), ("%", []), ("", []), ("ane", [])):
        assert stories.leads_with_name(bench.db, query) == [ids[number] for number in wanted], query


def test_rejects_may_be_of_one_reason(bench):
    """Rows and counts are those of the reasons that were named, on every database."""
    bench.record([bench.lead(1)], decision=Hold(Reason.ROLE_ADDRESS))
    bench.record([bench.lead(2)], decision=Hold(Reason.NO_EMAIL))
    (page,) = reports.rejects(bench.db, [], [Reason.NO_EMAIL.value])
    assert [one.reason for one in page] == ["no_email"]
    assert list(reports.reject_counts(bench.db, [], [Reason.NO_EMAIL.value])) == [("held", "no_email")]
