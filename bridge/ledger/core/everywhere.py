"""Statements behind `dedupe = "everywhere"`: who else went to this person, by any identity, on any channel.

No claim is kept for it. Every delivery that went, or may have gone, holds a claim in its own target, and its lead names
the identities. So routes with narrower scopes are seen too, and ledgers of earlier versions need no migration.
What is looked up here holds until the transaction ends: `freeing.hold_workspaces(everywhere=True)` keeps others out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.hygiene import domains
from bridge.ledger.statements import chunks, tables

_claim, _delivery, _lead, _route = tables("claim", "delivery", "lead", "route")
_TIES = sa.text("lead.person <> '' AND lead.profile <> ''")


def is_shared(key: str) -> bool:
    """Whether this is the key of a mailbox such as info@: it names an office, and ties no two leads together."""
    return "@" in key and domains.mailbox(key.partition("@")[0]) is not domains.Mailbox.PERSON


def linked(connection: Connection, keys: Iterable[str]) -> dict[str, frozenset[str]]:
    """By key all keys of that person: those that leads of the ledger tie to it, directly or through another lead."""
    groups = {key: frozenset({key}) for key in keys}
    new = {key for key in groups if key and not is_shared(key)}
    while new:
        found: set[str] = set()
        for person, profile in _ties(connection, new):
            if not is_shared(person):
                one = groups.get(person, frozenset({person})) | groups.get(profile, frozenset({profile}))
                found |= one - groups.keys()
                groups |= dict.fromkeys(one, one)
        new = found
    return groups


def _ties(connection: Connection, keys: Collection[str]) -> list[tuple[str, str]]:
    """Address and profile of every lead that has both, one of them among these."""
    found: set[tuple[str, str]] = set()
    for some in chunks(sorted(keys)):
        for column in (_lead.c.person, _lead.c.profile):
            query = sa.select(_lead.c.person, _lead.c.profile).where(column.in_(some), _TIES).distinct()
            found |= {(row.person, row.profile) for row in connection.execute(query)}
    return sorted(found)


def owners(connection: Connection, keys: Collection[str], route_no: int) -> dict[str, set[int]]:
    """By key the deliveries of the route's client that hold a claim on it, or any claim for a lead with this profile.

    `linked` names all other keys they may have gone to, but for a shared mailbox.
    """
    client = sa.select(_route.c.client).where(_route.c.no == route_no).scalar_subquery()
    ids = sa.select(_delivery.c.id).join(_claim, _claim.c.delivery_id == _delivery.c.id)
    ids = ids.join(_route, _route.c.no == _delivery.c.route_no).where(_route.c.client == client)
    of_lead = ids.join(_lead, _lead.c.id == _delivery.c.lead_id).where(sa.text("lead.profile <> ''"))
    found: dict[str, set[int]] = defaultdict(set)
    for query, column in ((ids, _claim.c.person), (of_lead, _lead.c.profile)):
        named = query.add_columns(column.label("key")).distinct()
        for some in chunks(sorted(keys)):
            for row in connection.execute(named.where(column.in_(some))):
                found[row.key].add(row.id)
    return found
