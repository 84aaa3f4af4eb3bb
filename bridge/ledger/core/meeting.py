"""Lets leads that are read meet those of their campaign that the ledger has, whichever way either came.

A lead without an id of its own is kept under one made of its address (`UNNAMED`). The exception: the ledger knows a
lead of that address in the campaign already. Once its own id turns up, the lead takes it on: one lead, one delivery,
however it was read. What a reading does not speak of stays as it is known.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.ledger.core.campaigns import KnownCampaign
from bridge.ledger.core.leads import person_of
from bridge.ledger.database import Database, transaction
from bridge.ledger.facts import load_lead
from bridge.ledger.people import secrecy
from bridge.ledger.sql import first
from bridge.ledger.statements import chunks, lock, tables
from bridge.model import Lead

_campaign, _lead = tables("campaign", "lead")

UNNAMED = "address-"
# Neither is a fact that a reading may leave out: without an address or a word on it there is nothing to decide.
_ALWAYS = frozenset({"id", "campaign_id", "email", "email_masked", "validation", "problem", "extra"})
_FACTS = frozenset(field.name for field in fields(Lead)) - _ALWAYS
_VERDICT = ("is_valid", "checked_at")


class Meeting:
    """One pass over one campaign. Where each lead has an id and all its facts, nothing is looked up."""

    def __init__(self, database: Database, campaign: KnownCampaign) -> None:
        self._db = database
        self._no, self._id = campaign.no, campaign.campaign.id
        self._has_unnamed = _has_unnamed(database, campaign.no)
        self._make_id: Callable[[str], str] | None = None

    def leads(self, leads: Sequence[Lead], facts: frozenset[str] | None) -> Sequence[Lead]:
        """The leads under the ids that the ledger has or is to have, each once. `facts` as in a page (None: all)."""
        unnamed = [lead for lead in leads if not lead.id]
        if unnamed:
            leads = self._named(leads, unnamed)
        if self._has_unnamed:
            named = [lead for lead in leads if lead.email and not lead.id.startswith(UNNAMED)]
            own = {self._made(lead.email): lead.id for lead in named}
            _adopt_ids(self._db, self._no, own)
        self._has_unnamed = self._has_unnamed or bool(unnamed)
        if facts is None:
            return leads
        rows = _stored(self._db, self._no, _lead.c.source_id, [lead.id for lead in leads])
        stored = {row.source_id: load_lead(row.source_id, self._id, row.facts) for row in rows if row.facts}
        return [_kept(lead, stored[lead.id], _FACTS - facts) if lead.id in stored else lead for lead in leads]

    def _named(self, leads: Sequence[Lead], unnamed: Sequence[Lead]) -> Sequence[Lead]:
        persons = {person_of(lead) for lead in unnamed} - {""}
        known: dict[str, list[Lead]] = {}
        pruned: dict[str, str] = {}
        for row in _stored(self._db, self._no, _lead.c.person, persons):
            lead = load_lead(row.source_id, self._id, row.facts)
            if row.facts:
                known.setdefault(plain(lead.email), []).append(lead)
            else:
                pruned.setdefault(row.person, row.source_id)
        named = [lead if lead.id else replace(lead, id=self._id_of(lead, known, pruned)) for lead in leads]
        return list({lead.id: lead for lead in named}.values())

    def _id_of(self, lead: Lead, known: Mapping[str, list[Lead]], pruned: Mapping[str, str]) -> str:
        """The id of the lead that has this address; where several have it, of the one with the same profile.

        A lead whose facts are gone is met by its person: a twin of one that was refused would go out.
        """
        same = known.get(plain(lead.email), [])
        twins = [one for one in same if one.username == lead.username and one.platform == lead.platform]
        return (twins or same)[0].id if same else pruned.get(person_of(lead)) or self._made(lead.email)

    def _made(self, address: str) -> str:
        """The id made of an address: keyed, so that addresses cannot be tried out."""
        if self._make_id is None:
            key = _made_key(self._db, make=True)
            self._make_id = lambda address: UNNAMED + secrecy.hashed(key, plain(address))
        return self._make_id(address)


def _kept(lead: Lead, stored: Lead, missing: Collection[str]) -> Lead:
    """The lead with the stored facts in place of the missing ones. A verdict belongs to the word it was given with."""
    forget = _VERDICT if lead.validation != stored.validation else ()
    known: dict[str, Any] = {name: None if name in forget else getattr(stored, name) for name in missing}
    return replace(lead, **known, extra={**stored.extra, **lead.extra})


def plain(address: str) -> str:
    """An address as far as its spelling alone makes it the same: without blanks, in lower case.

    Not folded: straße.de is another domain than strasse.de, and two people would become one lead.
    """
    return address.strip().lower()


_made_key = transaction()(secrecy.key_of)


def _has_unnamed(database: Database, campaign_no: int) -> bool:
    """Whether the campaign has leads under an id made of their address."""
    query = "SELECT id FROM lead WHERE campaign_no = :campaign AND source_id >= :from AND source_id < :to LIMIT 1"
    after = UNNAMED[:-1] + chr(ord(UNNAMED[-1]) + 1)
    return first(database, query, campaign=campaign_no, **{"from": UNNAMED, "to": after}) is not None


@transaction(durable=False)
def _adopt_ids(connection: Connection, campaign_no: int, named: Mapping[str, str]) -> None:
    """Give leads their own ids, by the ids made of their addresses; who has a lead of that id already keeps both."""
    where = _lead.c.campaign_no == campaign_no
    lock(connection, _campaign, [campaign_no])  # another route may sweep the campaign at the same time
    for some in chunks(sorted(named)):
        own = [named[unnamed] for unnamed in some]
        taken = set(connection.execute(sa.select(_lead.c.source_id).where(where, _lead.c.source_id.in_(own))).scalars())
        found = connection.execute(sa.select(_lead.c.id, _lead.c.source_id).where(where, _lead.c.source_id.in_(some)))
        for row in found.all():
            own_id = named[row.source_id]
            if own_id not in taken:
                taken.add(own_id)
                connection.execute(sa.update(_lead).where(_lead.c.id == row.id).values(source_id=own_id))


def _stored(database: Database, campaign_no: int, by: sa.Column[Any], values: Collection[str]) -> list[Any]:
    """The campaign's leads that have one of these values there, oldest first; `facts` is "" where they were pruned."""
    query = sa.select(_lead.c.source_id, _lead.c.person, _lead.c.facts).where(_lead.c.campaign_no == campaign_no)
    with database.read() as connection:
        return [
            row
            for some in chunks(sorted(values))
            for row in connection.execute(query.where(by.in_(some)).order_by(_lead.c.id))
        ]
