"""Statements about files of addresses that are validated on their own, portion by portion. Calls no vendor.

Which addresses a portion holds stands in `checked` from before its call: what a lost answer, a crash or a new start of
the command left behind is known, and nothing is paid for twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.database import Database, milliseconds, transaction
from bridge.ledger.intent import DROPPED, Answer, Intent, Kind, Planned, begin, columns, intents, record
from bridge.ledger.intents.checks import ASKED, UNKNOWN, plain
from bridge.ledger.statements import chunks, insert_or_ignore, table
from bridge.ledger.texts import storable
from bridge.model import DEFAULT_CLIENT

_checked = table("checked")

COMPLETED, FAILED = "completed", "failed"
_ACCOUNT = "account"
"""The subject of every portion: Scravio runs one job at a time for an account."""


@transaction()
def begin_portion(
    connection: Connection,
    file: str,
    name: str,
    addresses: Sequence[str],
    cost: int,
    now: datetime,
    asked_at: datetime,
    client: str = DEFAULT_CLIENT,
) -> int:
    """A portion is about to be submitted: its number here, 0 where another is under way.

    It takes over what an earlier portion left unanswered.
    """
    facts = {"file": file, "name": storable(name)[:200]}
    planned = Planned(
        Kind.PORTION, now, asked_at, subject=_ACCOUNT, emails=len(addresses), cost=cost, facts=facts, client=client
    )
    number = begin(connection, planned)
    if not number:
        return 0
    for some in chunks(sorted({plain(address) for address in addresses}), 500):
        rows = [{"address": address, "status": ASKED, "portion_id": number} for address in some]
        connection.execute(insert_or_ignore(connection, _checked), rows)
        mine = sa.update(_checked).where(_checked.c.address.in_(some), _checked.c.checked_at == 0)
        connection.execute(mine.values(status=ASKED, portion_id=number))
    return number


@transaction()
def free_addresses(connection: Connection) -> None:
    """The addresses of portions that were not taken, or failed, may go with another one."""
    over = sa.select(columns.id).where(columns.kind == Kind.PORTION, columns.result.in_((DROPPED, FAILED)))
    connection.execute(sa.delete(_checked).where(_checked.c.status == ASKED, _checked.c.portion_id.in_(over)))


@transaction()
def end_portion(connection: Connection, number: int, now: datetime) -> None:
    """Its findings are stored: each address they had no word on is unknown, and asked for again only by an operator."""
    record(connection, number, Answer(result=COMPLETED), now)
    left = sa.update(_checked).where(_checked.c.portion_id == number, _checked.c.status == ASKED)
    connection.execute(left.values(status=UNKNOWN, checked_at=milliseconds(now)))


def open_portion(database: Database, client: str = DEFAULT_CLIENT) -> Intent | None:
    """The client's portion that is under way, of whichever file."""
    return next(iter(intents(database, Kind.PORTION, columns.held == 1, columns.client == client)), None)


def portion_addresses(database: Database, number: int) -> set[str]:
    """The addresses that the portion is still waited for, in their plain form."""
    query = sa.select(_checked.c.address).where(_checked.c.portion_id == number, _checked.c.status == ASKED)
    with database.read() as connection:
        return set(connection.execute(query).scalars())


def submitted_since(database: Database, client: str, now: datetime, span: timedelta) -> list[datetime]:
    """When the client's portions were submitted within the span before now, oldest first."""
    lately = (columns.client == client, columns.asked_at > milliseconds(now - span), columns.result != DROPPED)
    return sorted(one.asked_at for one in intents(database, Kind.PORTION, *lately) if one.asked_at is not None)


def known_jobs(database: Database) -> set[str]:
    """The jobs that belong to portions of ours."""
    return {one.remote_id for one in intents(database, Kind.PORTION, columns.remote_id != "")}


def price_seen(database: Database, client: str = DEFAULT_CLIENT) -> tuple[int, int] | None:
    """What the client's latest portion cost, in thousandths, and for how many addresses; None where none is known."""
    mine = intents(database, Kind.PORTION, columns.client == client)
    prices = [(one.facts["price"], one.emails) for one in mine if one.facts.get("price")]
    return prices[-1] if prices else None
