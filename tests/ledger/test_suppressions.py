"""Who must not be contacted is known by address and by domain, plain or hashed, and the claim sees it at once."""

from contextlib import suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import ledger
from bridge.errors import ConfigProblem
from bridge.ledger import Database
from bridge.ledger.people import erased, looking, secrecy, suppressions
from bridge.ledger.people.suppressions import ERASED, Suppression, block_list, keys_of
from tests.ledger.conftest import NOW

JANE, JOE = "jane@shop.example.com", "joe@other.example"
KEY = "a key of the operator's own, long enough"


def add(db, *values, storage="plain", **more):
    entries = [Suppression("", value, **more) for value in values]
    return suppressions.add(db, entries, now=NOW, storage=storage)


@pytest.mark.parametrize("storage", ["plain", "hashed"])
@pytest.mark.parametrize("value", [JANE, "shop.example.com", "example.com"])
def test_an_address_and_every_domain_above_it_suppress(db, storage, value):
    """The person is held for their address, its domain and parent domains; others are not."""
    assert ledger.suppressed(db, [JANE, JOE], "default") == frozenset()
    add(db, value, storage=storage)
    assert ledger.suppressed(db, [JANE, JOE, "", "jane@notexample.com"], "default") == {JANE}
    assert suppressions.remove(db, value).value == value
    assert ledger.suppressed(db, [JANE], "default") == frozenset()


def test_what_a_process_remembers_follows_other_processes(db, database_url):
    """A process that found someone clean sees at once that another one has suppressed them."""
    assert ledger.suppressed(db, [JANE, JOE], "default") == frozenset()
    other = Database(database_url)
    add(other, JOE)
    assert ledger.suppressed(db, [JANE, JOE], "default") == {JOE}
    add(other, "example.com")
    assert ledger.suppressed(db, [JANE, JOE], "default") == {JANE, JOE}
    suppressions.remove(other, JOE)
    assert ledger.suppressed(db, [JANE, JOE], "default") == {JANE}
    other.close()


@pytest.mark.parametrize("storage", ["plain", "hashed"])
def test_more_than_fits_in_memory_is_found_all_the_same(db, monkeypatch, storage):
    """For a long list the database is asked instead: of domains, of addresses, of both."""
    monkeypatch.setattr(suppressions, "_MOST_IN_MEMORY", 3)
    add(db, *(f"site{number}.example" for number in range(10)), "example.com", storage=storage)
    assert ledger.suppressed(db, [JANE, JOE, "x@a.site7.example"], "default") == {JANE, "x@a.site7.example"}
    add(db, *(f"p{number}@x.example" for number in range(10)), storage=storage)
    assert ledger.suppressed(db, [JANE, JOE, "p7@x.example"], "default") == {JANE, "p7@x.example"}


@settings(max_examples=25)
@given(st.lists(st.sampled_from([JANE, "example.com", JOE, "other.example", "shop.example.com"]), max_size=6))
def test_remembering_never_changes_the_answer(sqlite_template, tmp_path_factory, steps):
    """After any history of adding and removing, a process that remembers answers as one that has just begun."""
    path = tmp_path_factory.mktemp("list") / "bridge.db"
    path.write_bytes(sqlite_template.read_bytes())
    db = Database(f"sqlite:///{path}")
    on_list = set()
    for value in steps:
        if value in on_list:
            suppressions.remove(db, value)
        else:
            add(db, value)
        on_list ^= {value}
        expected = {person for person in (JANE, JOE) if not on_list.isdisjoint(keys_of(person))}
        assert ledger.suppressed(db, [JANE, JOE], "default") == expected
    db.close()


def test_hashed_storage_keeps_no_plain_value(db):
    """Nothing in any table shows who it is, and going over to hashes takes the plain ones out."""
    add(db, JANE)
    add(db, JOE, storage="hashed")
    assert suppressions.hide_values(db) == 1
    with db.read() as connection:
        rows = connection.execute(sa.text("SELECT * FROM suppression")).all()
    assert len(rows) == 2
    assert not any(word in str(rows) for word in ("jane", "joe", "example"))
    assert ledger.suppressed(db, [JANE, JOE], "default") == {JANE, JOE}
    assert suppressions.hide_values(db) == 0


def test_an_erased_address_that_is_suppressed_again_stays_a_hash(db):
    """The operator's file may hold it; the ledger does not. After `--erased` it may be stored again."""
    with db.write() as connection:
        erased.note_erased(connection, [JANE], [], 1, NOW)
    assert add(db, JANE, JOE) == 2
    assert sorted(entry.value for page in suppressions.entries(db) for entry in page) == ["", JOE]
    assert ledger.suppressed(db, [JANE], "default") == {JANE}
    erased.lift(db, JANE)
    suppressions.remove(db, JANE)
    add(db, JANE)
    assert sorted(entry.value for page in suppressions.entries(db) for entry in page) == [JANE, JOE]


def test_an_entry_keeps_its_story_but_not_as_a_mirror(db):
    """What an operator says outlives the block list that said it first; an erasure outranks both, and hides it."""
    assert add(db, JANE, origin=block_list("instantly"), workspace="ws") == 1
    assert add(db, JANE, reason="asked") == 0
    assert suppressions.forget_unlisted(db, "ws", []) == 0
    assert add(db, JANE, origin=block_list("instantly"), workspace="ws") == 0
    (entry,) = suppressions.entries_about(db, JANE)
    assert (entry.origin, entry.reason, entry.value) == ("operator", "asked", JANE)
    add(db, JANE, origin=ERASED)
    (page,) = suppressions.entries(db)
    assert [(entry.origin, entry.value) for entry in page] == [(ERASED, "")]


def test_only_copies_of_this_block_list_vanish_with_it(db):
    """An entry that left the block list leaves the copy; another workspace's and our own stay."""
    add(db, "a@x.example", "b@x.example", origin=block_list("instantly"), workspace="one")
    add(db, "c@x.example", origin=block_list("other"), workspace="two")
    add(db, "d@x.example")
    assert suppressions.forget_unlisted(db, "one", [Suppression("address", "b@x.example")]) == 1
    left = {entry.value for page in suppressions.entries(db) for entry in page}
    assert left == {"b@x.example", "c@x.example", "d@x.example"}


def test_the_list_comes_in_pieces_and_whole(db):
    """Paging over kinds and keys loses no one and shows no one twice."""
    values = [f"p{n}@x.example" for n in range(25)] + [f"d{n}.example" for n in range(7)]
    add(db, *values)
    pages = list(suppressions.entries(db, size=10))
    assert sorted(entry.value for page in pages for entry in page) == sorted(values)
    assert looking.counts(db) == {("address", "operator"): 25, ("domain", "operator"): 7}


def test_looks_find_the_entries_that_writes_find(db):
    """Read as text or by SQLAlchemy: of a person, of each client, whole and by origin."""
    assert looking.entries_about(db, JANE) == []
    assert looking.erased_at(db, JANE) is None
    add(db, JANE, "b.example", reason="asked")
    add(db, "shop.example.com", "x:jane", storage="hashed")
    add(db, "example.com", JANE, origin="import:old.csv", client="acme")
    for person in (JANE, JOE, "x:jane", "example.com", ""):
        assert looking.entries_about(db, person) == suppressions.entries_about(db, person)
    assert len(looking.entries_about(db, JANE)) == 4
    assert list(looking.entries(db, size=4)) == list(suppressions.entries(db, size=4))
    mine = list(looking.entries(db, origin="import:old.csv"))
    assert mine == list(suppressions.entries(db, origin="import:old.csv"))
    assert [entry.client for entry in mine[0]] == ["acme", "acme"]


def test_leads_that_the_list_concerns_are_asked_again(bench):
    """Ready ones that are on it and held ones that are off it become stale, no one else; repeating changes nothing."""
    bench.record([bench.lead(number) for number in range(4)])
    add(bench.db, "p1@site1.example")
    assert ledger.ask_again(bench.db) == 1
    assert ledger.ask_again(bench.db) == 0
    (held,) = [lead for some in ledger.stale_leads(bench.db, bench.route()[0]) for lead in some]
    assert held.lead.email == "p1@site1.example"


def test_a_claim_never_takes_who_was_suppressed_a_moment_ago(bench):
    """Suppressed after the decision: held at the claim, with the right reason."""
    bench.record([bench.lead(number) for number in range(3)])
    add(bench.db, "site2.example", storage="hashed")
    batch = bench.claim()
    assert len(batch.deliveries) == 2
    assert bench.reasons() == {"ok": 2, "suppressed": 1}


def test_who_is_suppressed_after_the_claim_is_taken_out_of_the_batch(bench):
    """Held without an attempt, the claim is free, the batch counts one less; an emptied batch is closed."""
    bench.record([bench.lead(number) for number in range(2)])
    batch = bench.claim()
    first, second = batch.deliveries
    ledger.withhold(bench.db, bench.recording(), batch.id, [first])
    assert bench.states() == {"sending": 1, "held": 1}
    assert bench.reasons() == {"ok": 1, "suppressed": 1}
    ledger.withhold(bench.db, bench.recording(), batch.id, [second])
    with bench.db.read() as connection:
        assert connection.execute(sa.text("SELECT emails, result FROM intent")).one() == (0, "not sent")
        assert connection.execute(sa.text("SELECT COUNT(*) FROM claim")).scalar() == 0
        assert connection.execute(sa.text("SELECT SUM(attempts) FROM delivery")).scalar() == 0


# ---------------------------------------------------------------------------------------------------------- the key


def test_the_ledgers_own_key_is_made_once(db, database_url):
    """Two processes hash with the same key, no matter who made it."""
    add(db, JANE)
    other = Database(database_url)
    assert ledger.suppressed(other, [JANE], "default") == {JANE}
    add(other, JOE)
    assert ledger.suppressed(db, [JANE, JOE], "default") == {JANE, JOE}
    other.close()


def test_a_lost_or_wrong_key_is_reported_loudly(db, database_url):
    """Without its key, or with another, no one of the list would be known: refused, never answered with "no one"."""
    secrecy.use_key(db, KEY)
    add(db, JANE, storage="hashed")
    for offered, said in (("", "is not set"), (KEY + "!", "is another one")):
        other = Database(database_url)
        with pytest.raises(ConfigProblem, match=said):
            secrecy.use_key(other, offered)
        if offered:
            secrecy.offer_key(other, offered)
        with pytest.raises(ConfigProblem, match=said):
            ledger.suppressed(other, [JANE], "default")
        looking.offer_key(other, offered)
        with pytest.raises(ConfigProblem, match=said):
            looking.entries_about(other, JANE)
        other.close()
    right = Database(database_url)
    secrecy.use_key(right, KEY)
    assert ledger.suppressed(right, [JANE], "default") == {JANE}
    assert looking.entries_about(right, JANE)
    right.close()
    reader = Database(database_url, to_read=True)
    looking.offer_key(reader, KEY)
    assert looking.entries_about(reader, JANE)
    assert "engine" not in vars(reader) or reader.dialect == "postgresql"
    reader.close()


def test_plain_entries_go_over_to_the_operators_key(db, database_url):
    """The ledger's own key is forgotten, and who was known stays known; hashes alone cannot follow."""
    add(db, JANE, "other.example")
    other = Database(database_url)
    secrecy.use_key(other, KEY)
    assert ledger.suppressed(other, [JANE, JOE], "default") == {JANE, JOE}
    with other.read() as connection:
        assert connection.execute(sa.text("SELECT said FROM mark WHERE name = 'hash key'")).scalar() == ""
    other.close()


def test_hashes_without_a_plain_value_stay_with_their_key(db, database_url):
    """An operator's key that would orphan hashes is refused, and nothing is changed."""
    add(db, JANE, storage="hashed")
    other = Database(database_url)
    with pytest.raises(ConfigProblem, match="no other key can replace"):
        secrecy.use_key(other, KEY)
    other.close()
    assert ledger.suppressed(db, [JANE], "default") == {JANE}


def test_a_key_in_a_transaction_that_fails_is_not_remembered(db):
    """The key that was made in it is gone with it; the next one made is the one that counts."""
    with suppress(ZeroDivisionError), db.write() as connection:
        suppressions.add_to(connection, [Suppression("", JANE)], now=NOW)
        _ = 1 / 0
    assert ledger.suppressed(db, [JANE], "default") == frozenset()
    add(db, JANE)
    assert ledger.suppressed(db, [JANE], "default") == {JANE}


def test_a_reason_of_any_text_is_stored(db):
    """A lone surrogate or a NUL in a reason breaks neither database."""
    suppressions.add(db, [replace(Suppression("", JANE), reason="a\x00b\udcff" * 100)], now=NOW)
    (entry,) = suppressions.entries_about(db, JANE)
    assert entry.reason.startswith("ab")
