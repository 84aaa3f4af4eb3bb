"""`dedupe = "everywhere"`: one person over all channels, by any identity, no matter who else went and however."""

import os
import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bridge import ledger
from bridge.ledger.core import everywhere
from bridge.ledger.core.counting import count_older
from bridge.model import CLAIMING, Deliver, Fields, Hold, Lead, Origin, Outcome, Place, Reason, State
from tests.ledger.conftest import NOW, PLACE, Bench
from tests.ledger.counted import assert_counted

LONG = "BRIDGE_TEST_LONG" in os.environ

MESSAGES = Place("inbox", "team", "campaign", "m1")
ANYWHERE = {"dedupe": "everywhere", "demands_validation": False, "per_domain": 0}
NARROW = {**ANYWHERE, "dedupe": "target"}
MAIL, OTHER_MAIL = {"place": PLACE}, {"place": Place("instantly", "ws2", "campaign", "c9")}
TALK = {"place": MESSAGES}


def on_x(number, handle="", email=""):
    return Lead(f"{number:024x}", "k1", email=email, platform="x", username=handle, validation="valid", scraped_at=NOW)


def decision_on(lead, *, by_mail):
    address = lead.email.lower() if by_mail else lead.username.lower()
    return Deliver(address, Fields()) if address else Hold(Reason.NO_IDENTITY)


def record(bench, lead, route, *, by_mail):
    bench.record([lead], route=route, decision=decision_on(lead, by_mail=by_mail))


def goes(bench, lead, route, **options):
    """Whether the lead goes on a further route, which has it alone."""
    record(bench, lead, route, by_mail=options["place"].vendor == "instantly")
    return bench.claim(route=route, **options) is not None


@pytest.mark.parametrize("narrow", [True, False])
def test_who_got_an_email_gets_no_message_and_the_other_way_round(bench, narrow):
    """A delivery counts for every identity of its lead, also where its own route minds its target alone."""
    first = NARROW if narrow else ANYWHERE
    assert goes(bench, on_x(1, "jane", "jane@x.example"), "mail", **MAIL, **first)
    assert goes(bench, on_x(2, "joe", "joe@x.example"), "talk", **TALK, **first)
    assert not goes(bench, on_x(3, "Jane"), "talk2", **TALK, **ANYWHERE)
    assert not goes(bench, on_x(4, email="joe@x.example"), "mail2", **OTHER_MAIL, **ANYWHERE)
    assert bench.reasons("talk2") == bench.reasons("mail2") == {Reason.DUPLICATE_OF: 1}
    assert goes(bench, on_x(5, "jane"), "talk3", **TALK, **NARROW)


def test_two_identities_that_a_third_lead_ties_together_are_one_person(bench):
    """Who was sent a message by a handle is known by the address that another lead shows beside that handle."""
    assert goes(bench, on_x(1, "jane"), "talk", **TALK, **ANYWHERE)
    assert not goes(bench, on_x(2, "jane", "jane@x.example"), "mail", **MAIL, **ANYWHERE)
    assert not goes(bench, on_x(3, email="jane@x.example"), "mail2", **MAIL, **ANYWHERE)


def test_a_shared_mailbox_makes_no_two_people_one(bench):
    """Two creators with the agency's info@ each get their message; the mailbox itself gets one mail."""
    for number, handle in enumerate(("ann", "bob"), start=1):
        assert goes(bench, on_x(number, handle, "info@agency.example"), f"talk{number}", **TALK, **ANYWHERE)
    assert goes(bench, on_x(3, email="info@agency.example"), "mail", **MAIL, **ANYWHERE)
    assert not goes(bench, on_x(4, "eve", "info@agency.example"), "mail2", **OTHER_MAIL, **ANYWHERE)
    assert goes(bench, on_x(5, "kim", "office@agency.example"), "mail3", **OTHER_MAIL, **ANYWHERE)
    assert not goes(bench, on_x(6, "kim"), "talk3", **TALK, **ANYWHERE)


def test_one_batch_holds_a_person_once(bench):
    """Two leads that are ready together, tied by one handle, do not go in one call."""
    for number, email in enumerate(("jane@x.example", "jane@y.example"), start=1):
        record(bench, on_x(number, "jane", email), "mail", by_mail=True)
    assert len(bench.claim(route="mail", **MAIL, **ANYWHERE).deliveries) == 1


def test_who_waited_for_another_channel_is_asked_again_when_it_refuses(bench):
    """A refused mail leaves the person to the message that was held for it."""
    record(bench, on_x(1, "jane", "jane@x.example"), "mail", by_mail=True)
    batch = bench.claim(route="mail", **MAIL, **ANYWHERE)
    assert not goes(bench, on_x(1, "jane", "jane@x.example"), "talk", **TALK, **ANYWHERE)
    bench.settle(batch, State.REFUSED, Reason.BLOCKLIST, route="mail")
    assert [len(found) for found in ledger.stale_leads(bench.db, bench.route("talk")[0])] == [1]
    record(bench, on_x(1, "jane", "jane@x.example"), "talk", by_mail=False)
    assert bench.claim(route="talk", **TALK, **ANYWHERE) is not None


def test_ties_are_found_in_any_order(bench):
    """A chain of leads is one person from whichever end it is asked; the ends themselves have nothing in common."""
    chain = [("a", "p1@x.example"), ("b", "p1@x.example"), ("b", "p2@x.example"), ("c", "p2@x.example"), ("d", "")]
    for number, (handle, email) in enumerate(chain, start=1):
        record(bench, on_x(number, handle, email), "mail", by_mail=True)
    person = {"x:a", "x:b", "x:c", "p1@x.example", "p2@x.example"}
    with bench.db.read() as connection:
        for key in sorted(person):
            assert everywhere.linked(connection, [key, "x:d"]) | {} == everywhere.linked(connection, ["x:d", key])
            assert everywhere.linked(connection, [key, "x:d"])[key] == person
            assert everywhere.linked(connection, [key, "x:d"])["x:d"] == {"x:d"}


@pytest.mark.parametrize("end", ["unexplained", "denied", "put back"])
@pytest.mark.parametrize("by_mail", [True, False])
def test_who_lost_the_identity_while_a_call_was_out_is_decided_again(bench, by_mail, end):
    """What comes back ready after its lead was read without that identity goes nowhere before a new decision."""
    options = {**(OTHER_MAIL if by_mail else TALK), **NARROW}
    record(bench, on_x(1, "ann", "p1@x.example"), "narrow", by_mail=by_mail)
    batch = bench.claim(route="narrow", **options)
    record(bench, on_x(1, "ann") if by_mail else on_x(1, email="p1@x.example"), "narrow", by_mail=by_mail)
    if end == "put back":
        ledger.put_back(bench.db, bench.recording("narrow"), batch.id, batch.deliveries, Reason.DENIED, "denied")
    else:
        bench.settle(batch, State.READY, Reason[end.upper()], route="narrow")
    bench.now += timedelta(hours=7)
    assert bench.claim(route="narrow", **options) is None
    assert [len(found) for found in ledger.stale_leads(bench.db, bench.route("narrow")[0])] == [1]


# ------------------------------------------------------------------------------------------------------ any history

ROUTES = {
    "mail": {**MAIL, **ANYWHERE},
    "talk": {**TALK, **ANYWHERE},
    "narrow": {**OTHER_MAIL, **NARROW},
    "chat": {"place": Place("inbox", "second team", "campaign", "m9"), **NARROW},
}
HANDLES, EMAILS = ("", "ann", "bob"), ("", "p1@x.example", "p2@x.example")
ENDS = {
    "delivered": (State.DELIVERED, Reason.CREATED),
    "refused": (State.REFUSED, Reason.REJECTED),
    "lost": (State.IN_DOUBT, Reason.ANSWER_LOST),
    "unexplained": (State.READY, Reason.UNEXPLAINED),
}


class Channels(RuleBasedStateMachine):
    """Four routes, two of which look everywhere; four leads whose changing identities tie them together."""

    template = folder = None
    count = 0

    @initialize()
    def begin(self):
        Channels.count += 1
        path = self.folder / f"{Channels.count}.db"
        shutil.copy(self.template, path)
        self.bench = Bench(ledger.Database(f"sqlite:///{path}"))
        self.leads, self.open, self.sent = {}, [], {}

    def teardown(self):
        if hasattr(self, "bench"):
            self.bench.db.close()

    @rule(number=st.integers(1, 4), handle=st.sampled_from(HANDLES), email=st.sampled_from(EMAILS))
    def a_lead_is_read(self, number, handle, email):
        lead = self.leads[number] = on_x(number, handle, email)
        for route, options in ROUTES.items():
            record(self.bench, lead, route, by_mail=options["place"].vendor == "instantly")

    @rule(route=st.sampled_from(sorted(ROUTES)), limit=st.sampled_from([1, 9]))
    def a_batch_goes(self, route, limit):
        self.bench.now += timedelta(hours=7)
        for found in list(ledger.stale_leads(self.bench.db, self.bench.route(route)[0])):
            for stored in found:
                by_mail = ROUTES[route]["place"].vendor == "instantly"
                record(self.bench, self.leads[int(stored.lead.id, 16)], route, by_mail=by_mail)
        went = self._went()
        batch = self.bench.claim(route=route, limit=limit, **ROUTES[route])
        for one in batch.deliveries if batch else ():
            others = {key for number, keys in went.items() if number != one.id for key in keys}
            if ROUTES[route]["dedupe"] == "everywhere":
                assert others.isdisjoint(self._person(one.person)), f"{one.person} went by {others} already"
            went[one.id] = went.get(one.id, set()) | {one.person}
            self.sent.setdefault(one.id, set()).add(one.person)
        if batch:
            self.open.append((route, batch))

    @rule(first=st.sampled_from(sorted(ROUTES)), second=st.sampled_from(sorted(ROUTES)), turned=st.booleans())
    def two_leads_are_tied_by_a_third(self, first, second, turned):
        ends = [("ann", ""), ("", "p1@x.example")]
        for number, (handle, email) in enumerate(reversed(ends) if turned else ends, start=1):
            self.a_lead_is_read(number=number, handle=handle, email=email)
            self.a_batch_goes(route=first if number == 1 else second, limit=9)
            self.a_lead_is_read(number=3, handle="ann", email="p1@x.example")

    def _went(self):
        """By delivery that went, or may have gone: every identity that it went to."""
        query = (
            "SELECT id FROM delivery WHERE state = 'ready' AND asked_at <> 0 AND absent_at = 0 OR state IN "
            f"({', '.join(repr(str(state)) for state in CLAIMING)})"
        )
        with self.bench.db.read() as connection:
            alive = connection.exec_driver_sql(query).scalars().all()
        # What was put back, refused or found absent never arrived: its next call may go to another identity.
        self.sent = {number: self.sent.get(number, set()) for number in alive}
        return {number: set(keys) for number, keys in self.sent.items()}

    def _person(self, key):
        ties = [{lead.email, f"x:{lead.username}"} for lead in self.leads.values() if lead.email and lead.username]
        person = {key}
        while any(person & tie and tie - person for tie in ties):
            person |= {one for tie in ties if person & tie for one in tie}
        return person

    @rule(data=st.data(), end=st.sampled_from([*ENDS, "put back"]))
    def an_answer_comes(self, data, end):
        if not self.open:
            return
        route, batch = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        recording = self.bench.recording(route)
        if end == "put back":
            ledger.put_back(self.bench.db, recording, batch.id, batch.deliveries, Reason.DENIED, "denied")
            return
        self.bench.settle(batch, *ENDS[end], route=route)

    @rule(route=st.sampled_from(sorted(ROUTES)), delivered=st.booleans())
    def doubts_end(self, route, delivered):
        doubts = [one.delivery for one in ledger.doubts(self.bench.db, self.bench.route(route)[0])]
        recording = self.bench.recording(route)
        if delivered:
            found = [Outcome(one.id, State.DELIVERED, Reason.CREATED, Origin.LOOKUP) for one in doubts]
            ledger.record_outcomes(self.bench.db, recording, found)
            return
        ledger.note_absent(self.bench.db, recording, [one.id for one in doubts])
        by_mail = ROUTES[route]["place"].vendor == "instantly"
        stored = ledger.leads_of(self.bench.db, [one.id for one in doubts])
        decided = [(number, decision_on(one.lead, by_mail=by_mail)) for number, one in stored.items()]
        ledger.settle_absent(self.bench.db, recording, decided, self.bench.key)

    @invariant()
    def no_one_waits_for_one_that_left(self):
        """Who is held for another delivery is asked again once that one holds no claim."""
        query = """
            SELECT count(*) FROM delivery WHERE state = 'held' AND reason = 'duplicate_of' AND stale = 0
                AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.delivery_id = delivery.waits_for)
        """
        if hasattr(self, "bench"):
            count_older(self.bench.db)
            assert_counted(self.bench.db)
            with self.bench.db.read() as connection:
                assert connection.exec_driver_sql(query).scalar_one() == 0


def test_no_history_lets_a_person_go_on_two_channels(sqlite_template, tmp_path):
    """Whatever is answered, lost, refused, read again or tied together: no second goes where everywhere counts."""
    Channels.template, Channels.folder = sqlite_template, tmp_path
    machine = Channels.TestCase
    machine.settings = settings(
        max_examples=60 if LONG else 8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine().runTest()
