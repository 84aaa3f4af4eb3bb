"""Which place each target means, by the ids of its vendor. Imports no table (see `sql`)."""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from bridge.lazy import dataclass
from bridge.ledger.database import Database
from bridge.ledger.sql import rows, value
from bridge.model import DEFAULT_CLIENT

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A target by the ids its vendor gave it; `title` is "" where it was never resolved by name.

    `client` is whose route is bound to it; only bindings fill it, so comparisons leave it out.
    """

    vendor: str
    kind: str
    id: str
    title: str
    workspace: str = ""
    client: str = field(default=DEFAULT_CLIENT, compare=False)


Bindings = Mapping[int, Mapping[str, KnownPlace]]
"""The places that targets mean: by the route's number, then by `Target.key`."""


def bindings(database: Database) -> Bindings:
    """What the targets of every route were resolved to."""
    with database.read() as connection:
        return bindings_in(connection)


def bindings_in(connection: "Connection") -> Bindings:
    """The same, as a transaction sees it."""
    query = """
        SELECT place.*, binding.route_no, binding.target, route.client
        FROM place JOIN binding ON binding.place_no = place.no JOIN route ON route.no = binding.route_no
        ORDER BY place.no
    """
    found: dict[int, dict[str, KnownPlace]] = {}
    for row in rows(connection, query):
        found.setdefault(row["route_no"], {})[row["target"]] = value(KnownPlace, row)
    # What `check` saw behind a client's key, as of a route below zero, where no route is.
    noted = rows(connection, "SELECT name, said FROM mark WHERE name LIKE 'workspace:%' AND said <> '' ORDER BY name")
    for number, row in enumerate(noted, 1):
        one = json.loads(row["said"])
        found[-number] = {"": KnownPlace(one["vendor"], "", "", "", one["workspace"], one["client"])}
    return found
