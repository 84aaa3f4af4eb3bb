"""Finds the campaign or list that the operator named, and says how it stands. Writes nothing and pushes nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from bridge.api import Client
from bridge.api.scalars import mapping, text
from bridge.destinations.foreseen import Kind
from bridge.destinations.instantly.lookups import INSTANTLY, got, listing
from bridge.destinations.instantly.rendering import read_steps, tokens
from bridge.destinations.wording import so_named
from bridge.errors import Denied, VendorError
from bridge.lazy import dataclass
from bridge.model import Target

ACTIVE = 1
SENDING = (ACTIVE, 4)  # 4: its sequence is over, and its subsequences go on
STATUS: Mapping[int | None, str] = MappingProxyType(
    {
        ACTIVE: "active",
        0: "still a draft",
        2: "paused",
        3: "completed",
        4: "running its subsequences only",
        -1: "held up by unhealthy sending accounts",
        -2: "stopped by bounce protection",
        -99: "suspended with its account",
    }
)
"""A campaign's status, as it reads after "is"."""
_NEVER = frozenset({-99, -2})
# What becomes of leads added then: instantly.md §1.4; for a completed campaign no official text says (§3).
_MEANS: Mapping[int | None, str] = MappingProxyType(
    {
        0: "leads are stored, and no lead is contacted until you launch it",
        2: "leads are stored, and no lead is contacted until you resume it",
        3: "leads are stored, but it is not documented that it restarts automatically: check it after the sync",
        4: "only its subsequences run: check whether new leads are contacted",
        -1: "leads are stored, and no lead is contacted until its sending accounts are healthy",
    }
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SEARCHED_PAGES = 20
_LISTED_PAGES = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A campaign or list as found.

    `status` is a campaign's number, None for lists and where none was given; `state` is the same in words.
    """

    id: str
    name: str
    status: int | None
    state: str
    created: str
    variables: frozenset[str]


PATHS: Mapping[str, str] = MappingProxyType({"campaign": "/campaigns", "list": "/lead-lists"})


def find_spot(client: Client, target: Target) -> Spot | None:
    """The target by id or name; None for a missing list that may be created.

    Raises Denied for a missing or ambiguous one: it names the candidates, or the nearest names there are.
    """
    ref = target.ref.strip()
    if _UUID.fullmatch(ref):
        return _by_id(client, target, ref)
    # To its end: a list that was only not shown must not be made a second time.
    spots = [spot for rows in _listing(client, target, ref) for spot in rows]
    named = _named(spots, ref)
    if not named:
        # How the search treats special characters is not documented: look at the plain listing as well.
        spots = [spot for rows in islice(_listing(client, target, None), _LISTED_PAGES) for spot in rows]
        named = _named(spots, ref)
    if len(named) > 1:
        raise INSTANTLY.ambiguous(target, [f"{one.id} ({one.state}, created {one.created})" for one in named])
    if named and not named[0].id:
        raise INSTANTLY.unreadable(f"GET {PATHS[target.kind]}")
    if named:
        return named[0]
    if target.create and target.kind == "list":
        return None
    raise _misnamed(client, target) or _missing(target, spots)


def read_spot(row: Mapping[str, Any], kind: str) -> Spot:
    """A campaign or a list of an answer; its id may be "" where the answer is broken."""
    said = row.get("status")
    status = said if kind == "campaign" and type(said) is int else None
    texts = [words for step in read_steps(row) for _, subject, body in step.variants for words in (subject, body)]
    found = (token for words in texts for token in tokens(words))
    return Spot(
        id=text(row.get("id")),
        name=text(row.get("name")).strip(),
        status=status,
        state=STATUS.get(status, f"of unknown status {status}") if kind == "campaign" else "open",
        created=text(row.get("timestamp_created"))[: len("2026-12-31")],
        variables=frozenset(one.name for one in found if one.kind is Kind.FILLED and one.fallback is None),
    )


def judge_status(spot: Spot, target: Target) -> tuple[str, ...]:
    """Warnings about a campaign that takes leads but will not write to them soon; Denied where it must take none.

    A suspended one and one that bounce protection stopped are refused in any case (instantly.md §1.4).
    """
    if target.kind != "campaign" or spot.status == ACTIVE:
        return ()
    sentence = f"{INSTANTLY.called(target)} is {spot.state}"
    if spot.status in _NEVER:
        raise INSTANTLY.denied(
            f"{sentence}: it takes no leads now.", "Fix that in Instantly, then run `leadbridge check`."
        )
    if target.when_not_active == "refuse" and spot.status in _MEANS:
        raise INSTANTLY.denied(
            f'{sentence}, and this route refuses one that is not active (when_not_active = "refuse").',
            "Start it in Instantly, then run `leadbridge check`.",
        )
    return (f"{sentence}: {_MEANS.get(spot.status, 'what happens to new leads there is unknown')}.",)


# ---------------------------------------------------------------------------------------------------------- finding


def _by_id(client: Client, target: Target, ref: str) -> Spot:
    path = f"{PATHS[target.kind]}/{ref.lower()}"
    row = got(client, path)
    if row is None:
        raise _misnamed(client, target) or _missing(target, [])
    spot = read_spot(row, target.kind)
    if spot.id.lower() != ref.lower():
        raise INSTANTLY.unreadable(f"GET {path}")
    return spot


def _listing(client: Client, target: Target, search: str | None) -> Iterator[list[Spot]]:
    for rows in listing(client, PATHS[target.kind], {"search": search}, _SEARCHED_PAGES):
        yield [read_spot(row, target.kind) for row in rows]


def _named(spots: Iterable[Spot], ref: str) -> list[Spot]:
    """Those of this name; a page that was shown twice does not make two of one."""
    return so_named({spot.id: spot for spot in spots}.values(), ref)


def _missing(target: Target, spots: Iterable[Spot]) -> Denied:
    made = ", or add `create = true` to the target to create the list" if target.kind == "list" else ""
    return INSTANTLY.missing(target, (spot.name for spot in spots), made)


def _misnamed(client: Client, target: Target) -> Denied | None:
    """The same name or id as the other kind of target; None where there is none, or Instantly does not say."""
    other = replace(target, kind="list" if target.kind == "campaign" else "campaign", create=False)
    ref = target.ref.strip()
    try:
        if _UUID.fullmatch(ref):
            found = text(mapping(client.get(f"{PATHS[other.kind]}/{ref.lower()}").data).get("id")) == ref.lower()
        else:
            found = bool(_named(next(_listing(client, other, ref)), ref))
    except VendorError:
        return None
    if not found:
        return None
    return INSTANTLY.denied(
        f'"{ref}" is a {INSTANTLY.noun(other.kind)} in Instantly, not a {INSTANTLY.noun(target.kind)}.',
        f"Write instantly_{other.kind} instead of instantly_{target.kind} in bridge.toml, then run `leadbridge check`.",
    )
