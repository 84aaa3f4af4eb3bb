"""The cells of what a run does after a push or beside it: of every act, every fault at every request and commit."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from tests.chaos.matrix import _PIECE, _UUID, HIDDEN, LOST, TURNED_AWAY, Cell, Endpoint, at
from tests.chaos.moves import Moves
from tests.chaos.paces import Ahead, InboxAhead, PerDay, PuffleAhead
from tests.chaos.updates import InboxUpdates, InstantlyUpdates, PuffleUpdates

ACTS = {
    "instantly updates": InstantlyUpdates,
    "puffle updates": PuffleUpdates,
    "inbox updates": InboxUpdates,
    "instantly moves": Moves,
    "instantly pace.per_day": PerDay,
    "instantly pace.ahead": Ahead,
    "puffle pace.ahead": PuffleAhead,
    "inbox pace.ahead": InboxAhead,
}

INSTANTLY, PUFFLE, INBOX = "/api/v2/", "/puffle/api/campaigns", "/api/v1/campaigns/v2"
SOURCE = ("GET /api/auth/me", "GET /api/campaigns")
SWEEP = (*SOURCE, f"GET /api/campaigns/{_PIECE}", f"GET /api/campaigns/{_PIECE}/leads")
LISTS = ("leads/list", "/leads", "background-jobs", "accounts", "analytics/daily")
# By act: the requests that it alone makes, or for which it has an answer of its own. A write gets every fault.
OWN = {
    "instantly updates": (f"GET {INSTANTLY}leads/{_UUID}", f"PATCH {INSTANTLY}leads/{_UUID}"),
    "puffle updates": (f"GET {PUFFLE}/{_UUID}", f"GET {PUFFLE}/{_UUID}/leads", f"PATCH {PUFFLE}/{_UUID}/leads"),
    "inbox updates": (
        f"GET {INBOX}/{_PIECE}/columns",
        f"GET {INBOX}/{_PIECE}/leads/*",
        "GET /api/v1/threads/lookup-by-username",
        f"PATCH {INBOX}/{_PIECE}/leads/*",
    ),
    "instantly moves": (
        f"POST {INSTANTLY}leads/list",
        f"POST {INSTANTLY}leads/move",
        f"GET {INSTANTLY}background-jobs/{_UUID}",
        f"GET {INSTANTLY}background-jobs",
    ),
    "instantly pace.per_day": (f"POST {INSTANTLY}leads/add",),
    "instantly pace.ahead": (
        f"GET {INSTANTLY}campaigns/{_UUID}",
        f"GET {INSTANTLY}accounts",
        f"GET {INSTANTLY}campaigns/analytics",
        f"GET {INSTANTLY}campaigns/{_UUID}/sending-status",
        f"GET {INSTANTLY}campaigns/analytics/daily",
        f"POST {INSTANTLY}leads/add",
    ),
    "puffle pace.ahead": (f"GET {PUFFLE}/{_UUID}", f"GET {PUFFLE}/{_UUID}/leads", f"POST {PUFFLE}/{_UUID}/leads"),
    "inbox pace.ahead": (
        f"GET {INBOX}/{_PIECE}",
        "GET /api/v1/account-links",
        f"POST {INBOX}/{_PIECE}/leads",
    ),
}
# Those that every sync makes: the matrix has them, and here a few faults.
SHARED = {
    "instantly updates": (*SOURCE, f"GET {INSTANTLY}workspaces/current", f"GET {INSTANTLY}campaigns"),
    "puffle updates": (*SOURCE, f"GET {PUFFLE}"),
    "inbox updates": (
        *SOURCE,
        f"GET {INBOX}",
        f"GET {INBOX}/{_PIECE}",
        "GET /api/v1/team",
        "GET /api/v1/account-links",
    ),
    "instantly moves": tuple(
        f"GET {INSTANTLY}{one}"
        for one in ("workspaces/current", f"lead-lists/{_UUID}", "campaigns", "workspace-billing/plan-details")
    ),
    "instantly pace.per_day": SWEEP
    + tuple(
        f"GET {INSTANTLY}{one}"
        for one in ("workspaces/current", "campaigns", "workspace-billing/plan-details", "block-lists-entries")
    ),
    "puffle pace.ahead": (*SWEEP, f"GET {PUFFLE}"),
    "inbox pace.ahead": (*SWEEP, f"GET {INBOX}", "GET /api/v1/team"),
}
SHARED["instantly pace.ahead"] = SHARED["instantly pace.per_day"]
FEW = ("cut", "never answered", "500", "429")
# Of the ways to spoil a read, one of each kind: that all of one kind mean the same is the matter of the other cells.
OF_A_READ = (*FEW, "200, empty", "no connection", "401", "403", "404", "400", "cut in the body", "40 s late", *HIDDEN)

BLOWS = (
    ("killed", "request", "before"),
    ("killed", "request", "after"),
    ("killed", "commit", "before"),
    ("killed", "commit", "after"),
    *product(("second process", "overtaken"), ("request",), ("before", "after")),
    ("second process", "commit", "after"),
    ("overtaken", "commit", "after"),
)
"""To a process: its end; another one beside it; another one after its lease has run out while it stood still.

A process that stands still within a transaction is a test of its own: `tests/reliability/test_frozen.py`.
"""


def later_cells(only: str = "") -> Iterator[Cell]:
    """Every cell of every act, or those whose name holds `only`."""
    made = (cell for act in ACTS for cell in _of_act(act))
    yield from (replace(cell, number=number) for number, cell in enumerate(made) if only in cell.name)


def _of_act(act: str) -> Iterator[Cell]:
    for one in (endpoint(act, request) for request in OWN[act]):
        yield from (cell for cell in at(one) if one.writes or cell.fault in OF_A_READ)
    few = {name: terms for name, terms in {**LOST, **TURNED_AWAY}.items() if name in FEW}
    for request, (name, terms) in product(SHARED[act], few.items()):
        yield Cell(name, terms, endpoint(act, request), "read")
    for fault, point, moment in BLOWS:
        every = Endpoint(ACTS[act].vendor, "", "", f"{act.partition(' ')[2]}: every {point}", act)
        yield Cell(fault, {}, every, moment, strikes=point)


def endpoint(act: str, request: str) -> Endpoint:
    """An endpoint of an act, by its method and path."""
    method, _, path = request.partition(" ")
    vendor = "scravio" if request in SWEEP else ACTS[act].vendor
    short = path.replace(_UUID, "{id}").replace(_PIECE, "{id}")
    for front in (INSTANTLY, "/puffle/api/", "/api/v1/", "/api/"):
        short = short.removeprefix(front)
    added = path.endswith(("/leads/add", "/leads/move")) or (vendor != "instantly" and path.endswith("/leads"))
    writes = method == "PATCH" or (method == "POST" and added)
    name = f"{act.partition(' ')[2]}: {method} {short}"
    return Endpoint(vendor, method, path, name, act, writes, path.endswith(LISTS) and not writes)
