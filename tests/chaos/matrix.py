"""What goes wrong and where: every kind of fault at every endpoint that a sync asks. Plays nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

_PIECE = "?" * 24  # a Scravio id
_UUID = "?" * 36


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint as the sandbox counts it. `path` is a pattern; `scene` the kind of route that surely asks it."""

    vendor: str
    method: str
    path: str
    name: str
    scene: str = "campaign"
    writes: bool = False
    lists: bool = False


ENDPOINTS = (
    Endpoint("scravio", "GET", "/api/auth/me", "auth/me"),
    Endpoint("scravio", "GET", "/api/campaigns", "campaigns", lists=True),
    Endpoint("scravio", "GET", f"/api/campaigns/{_PIECE}", "campaigns/{id}"),
    Endpoint("scravio", "GET", f"/api/campaigns/{_PIECE}/leads", "campaigns/{id}/leads", lists=True),
    Endpoint("instantly", "GET", "/api/v2/workspaces/current", "workspaces/current"),
    Endpoint("instantly", "GET", "/api/v2/workspace-billing/plan-details", "plan-details"),
    Endpoint("instantly", "GET", "/api/v2/campaigns", "campaigns", lists=True),
    Endpoint("instantly", "GET", f"/api/v2/campaigns/{_UUID}", "campaigns/{id}", "campaign by id"),
    Endpoint("instantly", "GET", "/api/v2/lead-lists", "lead-lists", "list", lists=True),
    Endpoint("instantly", "GET", f"/api/v2/lead-lists/{_UUID}", "lead-lists/{id}", "list by id"),
    Endpoint("instantly", "GET", "/api/v2/block-lists-entries", "block-lists-entries", lists=True),
    Endpoint("instantly", "POST", "/api/v2/leads/list", "leads/list", lists=True),
    Endpoint("instantly", "POST", "/api/v2/leads/add", "leads/add", writes=True),
    Endpoint("instantly", "POST", "/api/v2/leads/add", "leads/add (a list)", "list", writes=True),
    Endpoint("instantly", "POST", "/api/v2/lead-lists", "lead-lists", "new list", writes=True),
    Endpoint("puffle", "GET", "/puffle/api/campaigns", "campaigns", "puffle"),
    Endpoint("puffle", "GET", f"/puffle/api/campaigns/{_UUID}", "campaigns/{id}", "puffle by id"),
    Endpoint("puffle", "GET", f"/puffle/api/campaigns/{_UUID}/leads", "campaigns/{id}/leads", "puffle", lists=True),
    Endpoint("puffle", "POST", f"/puffle/api/campaigns/{_UUID}/leads", "campaigns/{id}/leads", "puffle", writes=True),
    Endpoint("puffle", "POST", "/puffle/api/campaigns", "campaigns", "next draft", writes=True),
    Endpoint("puffle", "PATCH", f"/puffle/api/campaigns/{_UUID}", "campaigns/{id}", "next draft", writes=True),
    Endpoint("inbox", "GET", "/api/v1/team", "team", "inbox"),
    Endpoint("inbox", "GET", "/api/v1/account-links", "account-links", "inbox"),
    Endpoint("inbox", "GET", "/api/v1/campaigns/v2", "campaigns", "inbox", lists=True),
    Endpoint("inbox", "GET", f"/api/v1/campaigns/v2/{_PIECE}", "campaigns/{id}", "inbox by id"),
    Endpoint("inbox", "POST", f"/api/v1/campaigns/v2/{_PIECE}/leads", "campaigns/{id}/leads", "inbox", writes=True),
    Endpoint("inbox", "POST", "/api/v1/campaigns/v2", "campaigns", "new inbox", writes=True),
)
VENDOR_OF = {one.scene: one.vendor for one in ENDPOINTS} | {"campaign": "instantly"}
"""Where the route of a scene delivers."""

Terms = Mapping[str, object]

# Spoilt on the way: a write may have been done or not, and no one can know from the answer.
LOST: Mapping[str, Terms] = MappingProxyType(
    {
        "cut": {"kind": "cut"},
        "never answered": {"kind": "hang"},
        "200 as a page": {"kind": "html"},
        "200, empty": {"kind": "empty"},
        "200, broken text": {"kind": "garbage"},
        "200, 33 MB": {"kind": "oversized", "size": 33 * 1024 * 1024},
        "200, nested deep": {"kind": "nested"},
        "500": {"kind": "status", "code": 500},
        "502 as a page": {"kind": "status", "code": 502, "html": True},
        "503": {"kind": "status", "code": 503},
        "504": {"kind": "status", "code": 504},
        "408": {"kind": "status", "code": 408},
        "303": {"kind": "status", "code": 303},
    }
)
# The answer says, or the connection shows, that nothing was done.
TURNED_AWAY: Mapping[str, Terms] = MappingProxyType(
    {
        "no connection": {"kind": "connect"},
        "401": {"kind": "status", "code": 401},
        "402": {"kind": "status", "code": 402},
        "403": {"kind": "status", "code": 403},
        "403 as a page": {"kind": "status", "code": 403, "html": True},
        "404": {"kind": "status", "code": 404},
        "429": {"kind": "status", "code": 429},
        "429, wait 1 s": {"kind": "status", "code": 429, "retry_after": 1},
        "429, wait until": {"kind": "status", "code": 429, "retry_after": "date", "seconds": 1},
    }
)
# Judged: the request as a whole is at fault. Once in a run, since a lead that is refused alone is rightly refused.
REFUSED: Mapping[str, Terms] = MappingProxyType(
    {
        "400": {"kind": "status", "code": 400},
        "409": {"kind": "status", "code": 409},
        "422": {"kind": "status", "code": 422},
    }
)
# Done, and reported in an odd way.
ODD: Mapping[str, Terms] = MappingProxyType(
    {
        "cut in the body": {"kind": "truncated"},
        "called text/plain": {"kind": "wrong_type"},
        "40 s late": {"kind": "delay", "seconds": 40.0},
        "in drops": {"kind": "drip", "seconds": 5.0},
    }
)
# A listing that shows less than it holds, and says so only by its cursor or its totals.
HIDDEN: Mapping[str, Terms] = MappingProxyType(
    {
        "one empty page": {"kind": "hollow_page", "times": 1},
        "empty pages": {"kind": "hollow_page"},
        "the same cursor": {"kind": "same_cursor"},
    }
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one endpoint. `moment` says of a write whether it was done: "before", "after", of a read "read".

    Where it `strikes` the process at each of its requests or commits, there is no endpoint but a name for them all.
    """

    fault: str
    terms: Terms
    endpoint: Endpoint
    moment: str
    once: bool = False
    number: int = 0  # its place in the whole matrix
    strikes: str = ""

    @property
    def name(self) -> str:
        """The cell in one line."""
        return f"{self.fault} | {self.endpoint.vendor} {self.endpoint.name} | {self.moment}"

    def rule(self, dice: Random) -> dict[str, object]:
        """The terms of the sandbox's fault in one run."""
        one = self.endpoint
        nth = 1 if self.once else dice.choice((1, (1, 2), (1, 2, 3), None))
        return {"vendor": one.vendor, "method": one.method, "path": one.path, "nth": nth, **self.terms}


def cells(only: str = "") -> Iterator[Cell]:
    """The whole matrix, or those cells whose name holds `only`."""
    made = (cell for one in ENDPOINTS for cell in at(one))
    yield from (replace(cell, number=number) for number, cell in enumerate(made) if only in cell.name)


def at(endpoint: Endpoint) -> Iterator[Cell]:
    """Every fault at one endpoint."""
    return _of_a_write(endpoint) if endpoint.writes else _of_a_read(endpoint)


def _of_a_read(endpoint: Endpoint) -> Iterator[Cell]:
    hidden = HIDDEN if endpoint.lists else {}
    for name, terms in {**LOST, **TURNED_AWAY, **REFUSED, **ODD, **hidden}.items():
        yield Cell(name, terms, endpoint, "read")


def _of_a_write(endpoint: Endpoint) -> Iterator[Cell]:
    for name, terms in LOST.items():
        yield Cell(name, {**terms, "commit": False}, endpoint, "before")
        yield Cell(name, {**terms, "commit": True}, endpoint, "after")
    for name, terms in TURNED_AWAY.items():
        yield Cell(name, terms, endpoint, "before")
    for name, terms in REFUSED.items():
        yield Cell(name, terms, endpoint, "before", once=True)
    for name, terms in ODD.items():
        yield Cell(name, terms, endpoint, "after")
