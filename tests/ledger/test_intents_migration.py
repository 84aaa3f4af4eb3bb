"""Writes whose answer may be lost, from the five tables they had to the one they have."""

from datetime import UTC, datetime

import sqlalchemy as sa

from bridge import ledger
from bridge.ledger import Database
from bridge.ledger import intent as intents
from bridge.ledger.intent import Answer, Kind, Planned, Stage
from bridge.ledger.intents import checks, portions, validations
from bridge.ledger.upkeep.migrate import upgrade
from bridge.ledger.views.stories import trials_of_sample
from bridge.model import State
from tests.ledger.test_migrations import migrate_to, older_url
from tests.ledger.test_validations import spent

__all__ = ["older_url"]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = 1_763_640_000_000
TABLES = ("creation", "test_lead", "validation", "portion", "checked")


def fill(database):
    """One row of every state, as the version before left them."""
    statements = [
        "INSERT INTO place (vendor, workspace, kind, id) VALUES ('instantly', 'w', 'campaign', 'p')",
        "INSERT INTO route (name) VALUES ('fitness')",
        *(f"INSERT INTO campaign (id, title) VALUES ('c{n}', 'C{n}')" for n in range(1, 8)),
        *(
            "INSERT INTO creation (title, type, route, state, reserved, asked_at, absent_at, campaign_id) VALUES "
            f"('{state}', 'T', 'fitness', '{state}', 5000, {AT}, 0, '{state if state == 'created' else ''}')"
            for state in ("asking", "created", "dropped")
        ),
        *(
            "INSERT INTO test_lead (route_no, place_no, address, person, sample, state, reason, remote_id, asked_at, "
            f"ended_at) VALUES (1, 1, 'me@x.example', 'me@x.example', 'lead', '{state}', '{reason}', '{state}', {AT}, "
            f"{0 if state == 'sending' else AT})"
            for state, reason in (
                *(("sending", ""), ("in_doubt", ""), ("delivered", "created")),
                *(("failed", "denied"), ("refused", "rejected")),
            )
        ),
        *(
            "INSERT INTO validation (campaign_no, route_no, day, state, emails, reserved, used, returned, settled, "
            f"job_id, asked_at) VALUES ({n}, {n % 2}, {AT // 86_400_000}, '{state}', 10, {reserved}, {used}, 0, "
            f"{int(state == 'completed')}, 'j{n}', {AT})"
            for n, (state, reserved, used) in enumerate(
                (
                    *(("asking", 10_000, 0), ("running", 10_000, 0), ("joined", 0, 0), ("completed", 10_000, 7_000)),
                    *(("failed", 10_000, 0), ("unclear", 10_000, 0), ("dropped", 0, 0)),
                ),
                1,
            )
        ),
        *(
            "INSERT INTO portion (file, name, number, emails, state, job_id, reserved, asked_at) VALUES "
            f"('f', 'f.csv', {n}, 2, '{state}', 'p{n}', 2000, {AT})"
            for n, state in enumerate(("completed", "failed", "unclear", "running"), 1)
        ),
        f"INSERT INTO checked VALUES ('a@x.example', 'valid', {AT}, 1), ('b@x.example', 'asked', 0, 4)",
    ]
    with database.write() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def states(database):
    """What each table says of each row, by what names it."""
    queries = (
        "SELECT title, state, reserved, campaign_id FROM creation ORDER BY 1",
        "SELECT remote_id, state, address, sample FROM test_lead ORDER BY 1",
        "SELECT job_id, state, reserved, used, settled, emails, day FROM validation ORDER BY 1",
        "SELECT job_id, state, reserved, emails, file FROM portion ORDER BY 1",
        "SELECT c.address, p.job_id FROM checked c JOIN portion p ON p.id = c.portion_id ORDER BY 1",
    )
    with database.read() as connection:
        return [list(map(tuple, connection.execute(sa.text(query)))) for query in queries]


def test_every_write_of_before_is_an_intent_and_goes_back(older_url):
    """What was open stays open and taken, what it costs stays counted, and a downgrade finds it as it was."""
    database = Database(older_url)
    migrate_to(database, "0009")
    fill(database)
    before = states(database)
    upgrade(database)

    created = {one.subject: one for one in intents.intents(database, Kind.CREATION)}
    assert {name: (one.held, one.stage) for name, one in created.items()} == {
        "asking": (True, Stage.OPEN),
        "created": (True, Stage.SETTLED),
        "dropped": (False, Stage.SETTLED),
    }
    assert created["created"].remote_id == "created"
    again = [intents.plan(database, Planned(Kind.CREATION, NOW, NOW, subject=name)) for name in ("asking", "created")]
    assert again == [0, 0]
    assert [trial.state for trial in trials_of_sample(database, "lead")] == list(
        map(State, ("sending", "in_doubt", "delivered", "failed", "refused"))
    )
    words = [(validations.asked(one), one.charge, one.held) for one in validations.validations(database)]
    assert words == [
        *(("asking", 10_000, True), ("running", 10_000, True), ("joined", 0, True), ("completed", 7_000, False)),
        *(("failed", 10_000, False), ("unclear", 10_000, False), ("dropped", 0, False)),
    ]
    day = datetime.fromtimestamp(AT / 1000, UTC)
    assert spent(database, 1, day) == (20_000, 20_000)
    portion = portions.open_portion(database)
    assert (portion.remote_id, portions.portion_addresses(database, portion.id)) == ("p4", {"b@x.example"})
    assert checks.checks_of(database, ["a@x.example"])["a@x.example"].status == "valid"
    assert portions.price_seen(database) == (2000, 2)
    intents.note(database, portion.id, Answer(result=portions.FAILED), NOW)
    portions.free_addresses(database)
    assert checks.checks_of(database, ["b@x.example"]) == {}
    assert portions.begin_portion(database, "f", "f.csv", ["b@x.example"], 1, NOW, NOW) > portion.id

    migrate_to(database, "0009")
    after = states(database)
    assert after[:3] == before[:3]
    assert [row for row in after[3] if row[0] in ("p1", "p2", "p3")] == before[3][:3]
    database.close()


def test_a_request_of_before_belongs_to_the_client_of_its_route(older_url):
    """A title that one client asked for is free for another; what was asked for by hand is the default client's."""
    database = Database(older_url)
    migrate_to(database, "0018")
    with database.write() as connection:
        for statement in (
            "INSERT INTO route (name, client) VALUES ('acme/fitness', 'acme')",
            "INSERT INTO intent (kind, held, state, route_no) SELECT 'validation', 1, 'asked', no FROM route",
            "INSERT INTO intent (kind, subject, held, state) VALUES ('create_campaign', 'yoga', 1, 'settled')",
        ):
            connection.execute(sa.text(statement))
    upgrade(database)
    assert [one.client for one in validations.validations(database)] == ["acme"]
    planned = [Planned(Kind.CREATION, NOW, NOW, subject="yoga", client=client) for client in ("default", "acme")]
    assert [bool(intents.plan(database, one)) for one in planned] == [False, True]
    database.close()


def test_every_batch_of_before_is_a_push_and_goes_back(older_url):
    """Each keeps its number, so its deliveries and their events still name it; the other intents make room."""
    database = Database(older_url)
    migrate_to(database, "0011")
    results = {"answered": "delivered", "refused": "refused", "lost": "in_doubt", "": "sending", "not sent": "ready"}
    settled = [("lost", "delivered"), ("lost", "failed"), ("", "delivered")]
    statements = [
        "INSERT INTO place (vendor, workspace, kind, id) VALUES ('instantly', 'w', 'campaign', 'p')",
        "INSERT INTO route (name) VALUES ('fitness')",
        *(
            "INSERT INTO batch (run_id, route_no, place_no, sent, result, counted, mismatch, began_at, ended_at) "
            f"VALUES ({n}, 1, 1, 2, '{result}', '{counted}', '{mismatch}', {AT}, {AT if result else 0})"
            for n, (result, counted, mismatch) in enumerate(
                [(one, *(('{"created": 1}', "off by one") if one == "answered" else ("", ""))) for one in results]
                + [(one, "", "") for one, _ in settled],
                1,
            )
        ),
        *(
            "INSERT INTO delivery (route_no, lead_id, state, reason, origin, batch_id) "
            f"VALUES (1, {n}, '{state}', '{'given_up' if state == 'failed' else 'ok'}', 'api', {n})"
            for n, state in enumerate([*results.values(), *(state for _, state in settled)], 1)
        ),
        "INSERT INTO intent (kind, subject, held, state) VALUES ('portion', 'account', 1, 'asked')",
        "INSERT INTO checked VALUES ('b@x.example', 'asked', 0, 1)",
        "INSERT INTO intent (kind, state, place_no, result) VALUES ('test_lead', 'settled', 1, 'delivered')",
        "INSERT INTO posted_test_lead (intent_id, address, person, sample) VALUES (2, 'a', 'a', 'lead')",
    ]
    with database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    everything = sa.text("SELECT id, run_id, sent, result, counted, mismatch, ended_at FROM batch ORDER BY id")
    with database.read() as connection:
        before = connection.execute(everything).all()
    upgrade(database)

    pushes = intents.intents(database, Kind.PUSH)
    stages = [Stage.SETTLED, Stage.SETTLED, Stage.DOUBT, Stage.OPEN, *3 * [Stage.SETTLED], Stage.SETTLED]
    stages[6] = Stage.GIVEN_UP
    assert [(one.id, one.stage) for one in pushes] == list(enumerate(stages, 1))
    assert (pushes[0].facts, pushes[0].detail, pushes[0].emails) == ({"created": 1}, "off by one", 2)
    assert (ledger.answered_batches(database, 1), ledger.mismatches(database, 1)) == (1, ["Batch 1: off by one"])
    portion = portions.open_portion(database)
    assert portions.portion_addresses(database, portion.id) == {"b@x.example"}
    assert [trial.remote_id for trial in ledger.trials_of_place(database, 1)] == [""]
    assert intents.plan(database, Planned(Kind.CREATION, NOW, NOW, subject="new")) > max(portion.id, len(pushes))

    migrate_to(database, "0011")
    with database.read() as connection:
        assert connection.execute(everything).all() == before
    database.close()
