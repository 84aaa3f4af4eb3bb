"""Claims, suppression and erasure by every identity of a lead, whichever of them a delivery uses."""

import sqlalchemy as sa
from alembic import command

from bridge import ledger
from bridge.ledger.people import looking, suppressions
from bridge.ledger.people.suppressions import Suppression
from bridge.ledger.tables import metadata
from bridge.ledger.upkeep import erasing
from bridge.ledger.upkeep.migrate import upgrade
from bridge.ledger.views import stories
from bridge.model import Deliver, Fields, Lead, Place, Reason, State
from tests.ledger.conftest import NOW
from tests.ledger.test_people_migration import alembic

INBOX = Place("inbox", "team", "campaign", "m1")


def by_profile(bench, leads, *, route="messages", campaign=None):
    """Record them as ready for a target that reaches people on X."""
    for lead in leads:
        handle = lead.username.strip("@").lower()
        bench.record([lead], route=route, campaign=campaign, decision=Deliver(handle, Fields()))


def claim_profiles(bench, *, route="messages", **options):
    batch = bench.claim(route=route, place=INBOX, demands_validation=False, **options)
    return [(one.person, one.address, one.other) for one in batch.deliveries] if batch else []


def suppress(bench, value):
    suppressions.add(bench.db, [Suppression("", value)], now=NOW)


def on_x(bench, number, handle, email="", **facts):
    return Lead(f"{number:024x}", "k1", email=email, platform="x", username=handle, scraped_at=NOW, **facts)


def test_a_profile_is_claimed_once_whatever_its_spelling(bench):
    """Without an address and without a validation a lead goes by its handle; the same handle goes no second time."""
    by_profile(bench, [on_x(bench, 1, "@Jane"), on_x(bench, 2, "joe", "joe@x.example")])
    assert claim_profiles(bench) == [("x:jane", "jane", ""), ("x:joe", "joe", "joe@x.example")]
    by_profile(bench, [on_x(bench, 3, "JANE")], route="more", campaign=bench.campaign("k2"))
    assert claim_profiles(bench, route="more") == []
    assert bench.reasons("more") == {Reason.DUPLICATE_OF: 1}


def test_a_doubtful_delivery_is_asked_for_by_the_identity_it_went_to(bench):
    """After a lost answer the destination is given the profile again, not the address of the same lead."""
    by_profile(bench, [on_x(bench, 1, "Jane", "jane@x.example")])
    batch = bench.claim(route="messages", place=INBOX, demands_validation=False)
    bench.settle(batch, State.IN_DOUBT, Reason.ANSWER_LOST, route="messages")
    (doubt,) = ledger.doubts(bench.db, bench.route("messages")[0])
    assert (doubt.delivery.person, doubt.delivery.address) == ("x:jane", "jane")


def test_any_identity_suppresses_the_lead_on_every_channel(bench):
    """A suppressed handle holds the e-mail, a suppressed domain the message; others still go."""
    jane, joe = on_x(bench, 1, "jane", "jane@x.example", validation="valid"), on_x(bench, 2, "joe", "joe@y.example")
    anna = on_x(bench, 3, "anna", "anna@z.example", validation="valid")
    bench.record([jane, anna])
    by_profile(bench, [joe, anna])
    suppress(bench, "x:jane")
    suppress(bench, "y.example")
    assert ledger.ask_again(bench.db) == 2
    bench.record([jane])
    by_profile(bench, [joe])
    (mail,) = bench.claim().deliveries
    assert (mail.person, mail.other) == ("anna@z.example", "x:anna")
    assert claim_profiles(bench) == [("x:anna", "anna", "anna@z.example")]
    assert bench.reasons() == bench.reasons("messages") == {Reason.SUPPRESSED: 1, Reason.OK: 1}


def test_a_list_too_long_for_memory_is_asked_by_every_kind(bench, monkeypatch):
    """Where the database is asked instead of the memory, profiles are found as addresses and domains are."""
    for value in ("x:jane", "x:joe", "linkedin:anna.b.com", "jane@x.example", "rival.example"):
        suppress(bench, value)
    asked = ["x:jane", "x:jan", "linkedin:anna.b.com", "linkedin:bob.b.com", "jane@x.example", "a@rival.example"]
    expected = {"x:jane", "linkedin:anna.b.com", "jane@x.example", "a@rival.example"}
    for most in (50_000, 1, 0):
        monkeypatch.setattr(suppressions, "_MOST_IN_MEMORY", most)
        suppressions._remembered.clear()
        assert ledger.suppressed(bench.db, asked, "default") == expected
    suppressions.hide_values(bench.db)
    assert ledger.suppressed(bench.db, asked, "default") == expected
    kinds = {kind for kind, _ in looking.counts(bench.db)}
    assert kinds == {"x", "linkedin", "address", "domain"}


def test_erasure_by_a_handle_finds_every_identity_and_leaves_none(bench):
    """Leads of the handle, of their addresses and of their other handles go; only a shared mailbox leads no further."""
    bench.record([on_x(bench, 1, "quaint", "quaint@x.example", validation="valid")])
    bench.claim()
    bench.record([bench.lead(2, "Quaint+news@x.example"), bench.lead(3, "info@office.example")])
    bench.record([on_x(bench, 4, "quaintrelle", "quaint@x.example"), on_x(bench, 5, "quaint", "info@office.example")])
    bench.record([on_x(bench, 6, "other", "other@x.example")])
    found = erasing.traces(bench.db, "https://x.com/Quaint")
    assert len(found.lead_ids) == 4
    assert found.persons == {"x:quaint", "x:quaintrelle", "quaint@x.example", "info@office.example"}
    number = erasing.begin_erasure(bench.db, found.persons, "test", NOW)
    erasing.erase(bench.db, found, number, NOW, {})
    with bench.db.read() as connection:
        reported = "".join(str(row) for of in metadata.tables.values() for row in connection.execute(sa.select(of)))
    assert "quaint" not in reported.lower()
    assert ledger.suppressed(bench.db, ["x:quaint", "x:quaintrelle", "quaint@x.example", "x:other"], "default") == {
        "x:quaint", "x:quaintrelle", "quaint@x.example"
    }  # fmt: skip
    bench.record([on_x(bench, 7, "Quaint"), on_x(bench, 8, "new", "quaint@x.example")], campaign=bench.campaign("k2"))
    assert bench.reasons()[Reason.ERASED] == 6
    assert stories.leads_of_person(bench.db, {"x:quaint", "x:new"}) == []


def test_an_erased_person_who_comes_second_under_one_id_is_not_stored_as_the_first(bench):
    """A file that names one profile twice, or a lead whose address changes between two pages of a portion."""
    bench.record([on_x(bench, 1, "quaint", "quaint@x.example")])
    found = erasing.traces(bench.db, "quaint@x.example")
    erasing.erase(bench.db, found, erasing.begin_erasure(bench.db, found.persons, "test", NOW), NOW, {})
    first, again = on_x(bench, 2, "lucy", "lucy@x.example"), on_x(bench, 2, "lucy", "quaint@x.example", full_name="Q")
    bench.record([first, again])
    with bench.db.read() as connection:
        stored = connection.exec_driver_sql("SELECT source_id, person, facts FROM lead").all()
    assert "quaint" not in str(stored)
    assert bench.reasons() == {Reason.ERASED: 2}
    bench.record([again, first])
    assert bench.states() == {State.HELD: 1, State.READY: 1}


def test_the_asked_mailbox_leads_on_though_it_is_shared(bench):
    """Who asks for an office's mailbox by name means all leads that have it."""
    bench.record([on_x(bench, 1, "jane", "info@office.example"), on_x(bench, 2, "joe", "info@office.example")])
    assert len(erasing.traces(bench.db, "info@office.example").lead_ids) == 2
    assert len(erasing.traces(bench.db, "x:jane").lead_ids) == 1


def test_a_former_ledger_learns_its_profiles_and_forgets_no_one(db):
    """Profiles are read from facts, and from the type of the campaign where facts are gone; keys and hashes stay."""
    suppressions.add(db, [Suppression("", "jane@x.example")], now=NOW, storage="hashed")
    alembic(db, command.downgrade, "0008")
    leads = [
        (1, 1, "jane@x.example", "@Jane", '{"platform":"x","email":"jane@x.example","username":"@Jane"}'),
        (2, 1, "joe@x.example", "joe", ""),
        (3, 2, "anna@x.example", "anna", '{"platform":"instagram"}'),
        (4, 2, "", "Bob-B", '{"platform":"linkedin","username":"Bob-B"}'),
        (5, 2, "", "", '{"problem":"erased on request"}'),
        (6, 2, "", "odd", '{"biography":"\\ud800","followers":99999999999999999999,"platform":"x","username":"odd"}'),
        (7, 2, "", "far", '{"extra":{"platform":"x"}}'),
    ]
    with db.write() as connection:
        connection.execute(sa.text("INSERT INTO campaign (no, id, type) VALUES (1, 'a', 'X_FOLLOWERS'), (2, 'b', '')"))
        for row in leads:
            values = dict(zip(("id", "no", "person", "username", "facts"), row, strict=True))
            insert = "INSERT INTO lead (id, campaign_no, source_id, person, username, facts) VALUES"
            connection.execute(sa.text(f"{insert} (:id, :no, 's' || :id, :person, :username, :facts)"), values)
    upgrade(db)
    with db.read() as connection:
        profiles = connection.execute(sa.text("SELECT profile FROM lead ORDER BY id")).scalars().all()
    assert profiles == ["x:jane", "x:joe", "", "linkedin:bob-b", "", "x:odd", ""]
    assert ledger.suppressed(db, ["jane@x.example", "x:joe"], "default") == {"jane@x.example"}
