"""The statements that every lead passes, in both databases' words. Most others go through SQLAlchemy.

SQLAlchemy costs several microseconds for each row and value (docs/performance.md): these go to the driver, in the
caller's transaction. SQLite gets several rows to an INSERT, and a list as one JSON text. PostgreSQL gets everything as
one JSON text: its driver takes long over each row and over each element of a list.
Rows are tuples in the order of the columns named here, with plain values only: drivers are slow with a StrEnum.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import starmap
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.tables import metadata

Row = tuple[Any, ...]
Found = TypeVar("Found")

_ROWS = "FROM jsonb_array_elements(%s::jsonb) AS v"
_MOST_VALUES = 999
"""So many parameters any build of SQLite takes."""

_SPELLING = {
    "sqlite": {
        "?": "?",
        "numbers": "(SELECT value FROM json_each(?))",
        "texts": "(SELECT value FROM json_each(?))",
        "pairs": "json_each(?)",
        "for update": "",
        "for update of d": "",
        "alone": "",
        "shared": "",
        "skip locked": "",
    },
    "postgresql": {
        "?": "%s",
        "numbers": "(SELECT v::bigint AS value FROM jsonb_array_elements_text(%s::jsonb) AS v)",
        "texts": "(SELECT v FROM jsonb_array_elements_text(%s::jsonb) AS v)",
        "pairs": "jsonb_each_text(%s::jsonb)",
        "for update": "FOR UPDATE",
        "for update of d": "FOR UPDATE OF d",
        "alone": "FOR NO KEY UPDATE",
        "shared": "FOR KEY SHARE",
        "skip locked": "FOR UPDATE OF d SKIP LOCKED",
    },
}


class _Text:
    """One statement, spelled for each database.

    `[?]` is one value, `[numbers]` and `[texts]` a whole list, `[pairs]` a dictionary: a table of `key` and `value`.
    """

    def __init__(self, text: str) -> None:
        self._texts: dict[str, str] = {}
        for dialect, words in _SPELLING.items():
            text = text.replace("%", "%%") if dialect == "postgresql" else text  # its driver counts each of them
            # mypy infers no default of a lambda.
            self._texts[dialect] = re.sub(r"\[([^]]+)\]", lambda found, words=words: words[found[1]], text)  # type: ignore[misc]

    def _execute(self, connection: Connection, given: Sequence[Any]) -> sa.CursorResult[Any]:
        values = tuple(_json(one) if isinstance(one, list | dict) else one for one in given)
        return connection.exec_driver_sql(self._texts[connection.dialect.name], values)


class Question(_Text, Generic[Found]):
    """A SELECT, and what each of its rows is made into."""

    def __init__(self, make: Callable[..., Found], text: str) -> None:
        super().__init__(text)
        # The class of a NamedTuple takes five times as long as a tuple that is given this class.
        self._made: Callable[[list[Row]], Iterable[Found]] = partial(starmap, make)
        if isinstance(make, type) and issubclass(make, tuple):
            self._made = partial(map, partial(tuple.__new__, make))

    def ask(self, connection: Connection, *given: Any) -> list[Found]:
        """The rows. Lists and values are given in the order in which they stand in the text."""
        with self._execute(connection, given) as found:
            # The driver's own cursor: SQLAlchemy's rows take 0.2 µs for each value that is looked at.
            return list(self._made(_all(connection, found.cursor)))


class Step(_Text):
    """A statement that does the same with each of a list."""

    def take(self, connection: Connection, *given: Any) -> int:
        """How many rows it touched. What is given stands in the order of the text."""
        return self._execute(connection, given).rowcount


class Change:
    """An INSERT or UPDATE of many rows: on SQLite once for each, on PostgreSQL once for all of them."""

    def __init__(self, sqlite: str, postgresql: str) -> None:
        self._sqlite, self._postgresql = sqlite, postgresql

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Execute it for these rows; how many it touched."""
        if not rows:
            return 0
        if connection.dialect.name == "sqlite":
            return self._on_sqlite(connection, rows)
        return connection.exec_driver_sql(self._postgresql, (orjson.dumps(rows).decode(),)).rowcount

    def _on_sqlite(self, connection: Connection, rows: Sequence[Row]) -> int:
        return connection.exec_driver_sql(self._sqlite, list(rows)).rowcount


class Insert(Change):
    """An INSERT. SQLite takes several rows at once: a row of its own each takes a quarter longer."""

    def __init__(self, into: str, given: Sequence[str], fixed: Sequence[str], conflict: str) -> None:
        marks = f"({', '.join(['?'] * len(given) + [*fixed])})"
        selected = ", ".join((*given, *fixed))
        super().__init__(f"{into} VALUES {marks} {conflict}", f"{into} SELECT {selected} {_ROWS} {conflict}")
        self._size = _MOST_VALUES // len(given)
        self._several = f"{into} VALUES {', '.join([marks] * self._size)} {conflict}"

    def _on_sqlite(self, connection: Connection, rows: Sequence[Row]) -> int:
        count, whole = 0, len(rows) - len(rows) % self._size
        for start in range(0, whole, self._size):
            values: list[Any] = []
            for row in rows[start : start + self._size]:
                values += row
            count += connection.exec_driver_sql(self._several, tuple(values)).rowcount
        return count + (super()._on_sqlite(connection, rows[whole:]) if rows[whole:] else 0)


def _json(values: list[Any] | dict[Any, Any]) -> str:
    return orjson.dumps(values, option=orjson.OPT_NON_STR_KEYS).decode()


def _all(connection: Connection, cursor: Any) -> list[Row]:
    try:
        return cursor.fetchall()  # type: ignore[no-any-return]  # a DBAPI cursor has no type
    except connection.dialect.dbapi.Error as error:  # type: ignore[union-attr]  # every dialect of ours has a driver
        raise sa.exc.DBAPIError(None, None, error) from error


def _values(table: str, names: Sequence[str]) -> list[str]:
    """The values of a row of JSON, with their types, which PostgreSQL asks for."""
    numeric = {column.name for column in metadata.tables[table].columns if isinstance(column.type, sa.BigInteger)}
    return [f"(v->>{n})::bigint" if name in numeric else f"v->>{n}" for n, name in enumerate(names)]


def _row(*values: Any) -> Row:
    return values


def _insert(table: str, *names: str, conflict: str = "", **fixed: str) -> Insert:
    into = f"INSERT INTO {table} ({', '.join((*names, *fixed))})"
    return Insert(into, _values(table, names), [f"'{text}'" for text in fixed.values()], conflict)


def _update(table: str, *names: str, only: str = "", same: Sequence[str] = ()) -> Change:
    """By id, which is the first value of each row; then those that must be the `same` as given, then the new ones."""
    keys = ("id", *same)
    texts = []
    for values in ([f"?{n}" for n in range(1, len(keys) + len(names) + 1)], _values(table, (*keys, *names))):
        equal = [f"{name} = {value}" for name, value in zip((*keys, *names), values, strict=True)]
        new = ", ".join(equal[len(keys) :])
        where = " AND ".join(equal[: len(keys)])
        rows = "" if values[0] == "?1" else _ROWS
        texts.append(f"UPDATE {table} SET {new} {rows} WHERE {where} {only}")  # noqa: S608 - names of ours
    return Change(*texts)


# ------------------------------------------------------------------------------------------- asked in each transaction

# PostgreSQL lets these two pass each other; who takes the lease over (FOR UPDATE) waits for both.
lease_epoch = Question(int, "SELECT epoch FROM route_lease WHERE route_no = [?] [alone]")
lease_epoch_shared = Question(int, "SELECT epoch FROM route_lease WHERE route_no = [?] [shared]")
renew_lease = Step("UPDATE route_lease SET expires_at = [?] WHERE route_no = [?] AND epoch = [?] AND expires_at > [?]")
place = Question(int, "SELECT no FROM place WHERE vendor = [?] AND workspace = [?] AND kind = [?] AND id = [?]")
scopes = Question(_row, "SELECT name, no FROM scope WHERE name IN [texts]")
lock_scope = Question(int, "SELECT no FROM scope WHERE name = [?] [for update]")
# Of the places that a route sent to; by place, for a route has few, and many pushes.
workspaces = Question(
    _row,
    """
    SELECT DISTINCT vendor, workspace FROM place
    WHERE EXISTS (SELECT 1 FROM intent WHERE kind = 'push' AND route_no = [?] AND place_no = place.no)
    """,
)


# ------------------------------------------------------------------------------------------- a page of leads is stored

FACTS = ("person", "profile", "username", "validation", "facts")
READY = ("rank", "address", "fields", "domain", "expires_at")
DECIDED = (
    *("state", "reason", "origin", "detail", "decided_by", "decided_at", "lead_revision", "stale", "waits_for"),
    *READY,
)
EVENT = ("delivery_id", "at", "state", "reason", "origin", "detail", "batch_id")

insert_leads = _insert("lead", "id", "campaign_no", "revision", "first_seen_at", "source_id", *FACTS)
update_leads = _update("lead", "revision", *FACTS)
stored_facts = Question(_row, "SELECT id, facts FROM lead WHERE id IN [numbers] ORDER BY id")
prune_leads = _update("lead", "digest", "facts", "username")
# A delivery is new: whatever it does not have is left to the columns' defaults.
_NEW = ("route_no", "lead_id", "decided_by", "decided_at", "lead_revision")
insert_held = _insert("delivery", *_NEW, "reason", "detail", state="held", origin="local")
insert_ready = _insert("delivery", *_NEW, *READY, state="ready", reason="ok", origin="local")
# Only from held and ready: the state machine's word.
update_deliveries = _update("delivery", *DECIDED, only="AND state IN ('held', 'ready')")
note_deliveries = _update("delivery", "decided_by", "lead_revision", "stale", "address_changed")
insert_events = _insert("event", *EVENT)


class Known(NamedTuple):
    """A lead as the ledger has it already."""

    id: int
    source_id: str
    facts: str
    digest: int
    revision: int
    is_decided: bool


# Whether the route has decided it by these rules, as it stands.
known_leads = Question(
    Known,
    """
    SELECT l.id, l.source_id, l.facts, l.digest, l.revision,
        d.decided_by IS NOT NULL AND d.decided_by = [?] AND d.lead_revision = l.revision AND d.stale = 0
    FROM lead l LEFT JOIN delivery d ON d.lead_id = l.id AND d.route_no = [?]
    WHERE l.campaign_no = [?] AND l.source_id IN [texts]
    """,
)
campaign_revision = Question(int, "SELECT revision FROM campaign WHERE no = [?] [for update]")
next_revision = Question(int, "UPDATE campaign SET revision = revision + 1 WHERE no = [?] RETURNING revision")
last_lead = Question(int, "SELECT COALESCE(max(id), 0) FROM lead")
lead_numbers: Question[list[int]] = Question(
    list,
    "SELECT array_agg(nextval(name)) FROM generate_series(1, CAST([?] AS bigint)), "
    "(SELECT CAST(pg_get_serial_sequence('lead', 'id') AS regclass) AS name OFFSET 0) AS looked_up_once",
)
meet_campaigns = _insert("route_campaign", "route_no", "campaign_no", conflict="ON CONFLICT DO NOTHING")


# ---------------------------------------------------------------------------------- a call is written down, and its end

INTENT = (
    *("kind", "subject", "held", "state", "route_no", "place_no", "campaign_no", "run_id", "emails", "reserved"),
    *("began_at", "asked_at", "facts"),
)
begin_intent = Question(
    int,
    f"""
    INSERT INTO intent (client, {", ".join(INTENT)})
    VALUES (coalesce((SELECT client FROM route WHERE no = [?]), [?]), {", ".join(["[?]"] * len(INTENT))})
    ON CONFLICT DO NOTHING RETURNING id
    """,  # noqa: S608 - names of ours
)
intent_facts = Question(str, "SELECT facts FROM intent WHERE id = [?] AND state IN [texts] [for update]")
# What is None stays as it is, and a cost that is known too.
record_intent = Step(
    """
    UPDATE intent SET state = [?], result = [?], held = held * [?], not_before = [?], detail = [?], ended_at = [?],
        facts = [?], emails = coalesce([?], emails), remote_id = coalesce([?], remote_id),
        reserved = CASE WHEN reserved < [?] THEN [?] ELSE reserved END,
        used = CASE WHEN cost_known = 1 THEN used ELSE coalesce([?], used) END,
        cost_known = CASE WHEN [?] = 1 THEN 1 ELSE cost_known END
    WHERE id = [?]
    """
)

# --------------------------------------------------------------------------------------------------- a batch is claimed

# In the workspace alone, where the person is free in these narrower scopes too: it stands for them (`scopes`).
claim_workspace = Step(
    """
    INSERT INTO claim (person, scope_no, delivery_id)
    SELECT their.key, CAST([?] AS BIGINT), CAST(their.value AS BIGINT) FROM [pairs] AS their
    WHERE NOT EXISTS (SELECT 1 FROM claim c WHERE c.person = their.key AND c.scope_no IN ([?], [?]))
    ON CONFLICT DO NOTHING
    """
)
drop_claims = Step("DELETE FROM claim WHERE delivery_id IN [numbers]")


class Candidate(NamedTuple):
    """A ready delivery with what the last look at it needs."""

    id: int
    rank: str
    address: str
    fields: str
    domain: str
    expires_at: int
    attempts: int
    asked_at: int
    batch_id: int
    place_no: int
    absent_at: int
    validation: str
    campaign_no: int
    person: str
    other: str


# The key of the identity that it goes to comes first: no handle and no name of a profile has an @.
# The state is a literal, so that both databases use the index in the order of the ranks.
_READY = """
    SELECT d.id, d.rank, d.address, {fields}, d.domain, d.expires_at, d.attempts, d.asked_at, d.batch_id, d.place_no,
        d.absent_at, lead.validation, lead.campaign_no,
        CASE WHEN d.address LIKE '%@%' THEN lead.person ELSE lead.profile END,
        CASE WHEN d.address LIKE '%@%' THEN lead.profile ELSE lead.person END
    FROM delivery d JOIN lead ON lead.id = d.lead_id
    WHERE d.route_no = [?] AND d.state = 'ready' AND d.decided_by = [?] AND d.not_before <= [?] AND {next}
        AND d.stale = 0 AND d.lead_revision = lead.revision
    ORDER BY {order} LIMIT [?] {lock}
"""


def _ready(following: str, order: str, fields: str = "d.fields", lock: str = "[skip locked]") -> Question[Candidate]:
    return Question(Candidate, _READY.format(next=following, order=order, fields=fields, lock=lock))


UNDATED = "9" * 13
"""What the ranks of leads begin with whose campaign has no date; all others are below it."""

next_ready = _ready("d.rank > [?]", "d.rank")
next_ready_unlocked = _ready("d.rank > [?]", "d.rank", fields="''", lock="")
next_newest = _ready("d.rank < [?] AND d.rank <> ''", "d.rank DESC")
next_of_source = _ready("d.rank > [?] AND d.rank <= [?] AND lead.campaign_no = [?]", "d.rank")
next_expiring = _ready("(d.expires_at, d.rank) > ([?], [?]) AND d.expires_at <= [?]", "d.expires_at, d.rank")


class Owner(NamedTuple):
    """A claim that is taken, with the address of the delivery that has it."""

    person: str
    delivery_id: int
    address: str


OWNERS = """
    SELECT c.person, c.delivery_id, d.address FROM claim c JOIN delivery d ON d.id = c.delivery_id
    WHERE c.person IN [texts] AND c.scope_no IN [numbers]
"""
owners = Question(Owner, OWNERS)

send = Step(
    """
    UPDATE delivery SET state = 'sending', reason = 'ok', origin = 'local', detail = '', attempts = attempts + 1,
        asked_at = CASE WHEN asked_at = 0 OR place_no <> [?] THEN [?] ELSE asked_at END, place_no = [?], batch_id = [?]
    WHERE id IN [numbers] AND state = 'ready'
    """
)

# --------------------------------------------------------------------------------------- what became of it is recorded

MOVED = (
    *("state", "reason", "origin", "detail", "remote_id", "sent_at", "ended_at", "attempts", "not_before"),
    "absent_at",
)
move_deliveries = _update("delivery", *MOVED, same=("state",))
# The ordinary end of a call: its id at the vendor by delivery. It is never in line again, so its rank goes.
deliver = Step(
    """
    UPDATE delivery SET remote_id = their.value, sent_at = [?], state = 'delivered', reason = 'created', origin = 'api',
        detail = '', rank = '', ended_at = 0, not_before = 0, absent_at = 0
    FROM [pairs] AS their WHERE delivery.id = CAST(their.key AS BIGINT) AND state = 'sending'
    """
)


class Standing(NamedTuple):
    """A delivery as it stands."""

    id: int
    state: str
    reason: str
    attempts: int
    batch_id: int
    address: str
    asked_at: int
    absent_at: int


lock_deliveries = Question(
    int, "SELECT count(*) FROM (SELECT id FROM delivery WHERE id IN [numbers] ORDER BY id [for update]) AS locked"
)
standing = Question(
    Standing,
    """
    SELECT id, state, reason, attempts, batch_id, address, asked_at, absent_at FROM delivery
    WHERE id IN [numbers] ORDER BY id [for update]
    """,
)
