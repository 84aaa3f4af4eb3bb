"""The leads of one source campaign, made when they are asked for: a million of them cost no memory. No HTTP here.

A crowd holds a few hundred drafts (`people.draft`) and repeats them with other numbers, ids and times. Tests may
change, remove and add single leads; only those are stored. Indices never move: a removed lead leaves a gap.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.sandbox.people import IDENTITY, NUMBER, SCRAPED
from bridge.sandbox.wire import Row, dumps, stamp

Test = Callable[[Mapping[str, Any]], bool]
_SORTS = ("hasEmail", "followerCount", "scrapedAt")


Draft = tuple[Row, str]  # a draft, and its JSON made ready for filling in the marks


class Crowd:
    """Leads 0, 1, 2 … of one campaign in the order in which they were scraped, four of them at the same moment.

    `make` gives the draft of a slot, `variety` is how many slots there are; `first` is the number of lead 0.
    """

    def __init__(
        self, campaign_id: str, size: int, *, make: Callable[[int], Row], first: int, started: datetime,
        step: timedelta = timedelta(seconds=8), variety: int = 256,
    ) -> None:  # fmt: skip
        self.campaign_id = campaign_id
        self.size = size
        self._generated = size
        self._make = make
        self._first = first
        self._started = started
        self._step = step
        self._variety = max(1, min(variety, size))
        self._drafts: list[Draft] = []
        self._latest = (-1, "")  # the moment that was written last: four leads share it
        self._changed: dict[int, Row] = {}
        self._removed: set[int] = set()
        self._selections: dict[object, Sequence[int]] = {}

    def row(self, index: int) -> Row:
        """Lead `index` as a JSON object. Raises LookupError where there is none."""
        if not 0 <= index < self.size or index in self._removed:
            raise LookupError(f"campaign {self.campaign_id} has no lead {index}")
        if index in self._changed:
            return dict(self._changed[index])
        marks = self._marks(index)
        return {key: _filled(value, marks) for key, value in self._draft(index % self._variety)[0].items()}

    def text(self, index: int) -> str:
        """Lead `index` as JSON text, by the short way where it was not changed."""
        if index in self._changed:
            return dumps(self._changed[index])
        _, text = self._draft(index % self._variety)
        seen = self._scraped(index)
        return text % {"number": self._first + index, "identity": self._identity(index), "scraped": seen}

    def change(self, index: int, fields: Mapping[str, Any]) -> None:
        """Lay `fields` over lead `index`; everything else, `scrapedAt` too, stays as it was."""
        self._changed[index] = self.row(index) | dict(fields)
        self._selections.clear()

    def remove(self, index: int) -> None:
        """Take lead `index` out."""
        self._removed.add(index)
        self._selections.clear()

    def append(self, fields: Mapping[str, Any]) -> int:
        """Add a lead like lead 0, with a new id and `fields` laid over it; returns its index."""
        index = self.size
        self.size += 1
        like = self._draft(0)[0] if self._generated else {"campaignId": self.campaign_id}
        marks = self._marks(index)
        identity = {"_id": marks[IDENTITY], "scrapedAt": marks[SCRAPED]}
        self._changed[index] = {key: _filled(value, marks) for key, value in like.items()} | identity | dict(fields)
        self._selections.clear()
        return index

    def select(self, key: object, test: Test, sort: str = "scrapedAt", order: str = "asc") -> Sequence[int]:
        """The indices of the leads that pass `test`, sorted. `key` names the test, for the memory of selections."""
        known = self._selections.get((key, sort, order))
        if known is None:
            slots = [test(self._draft(slot)[0]) for slot in range(self._variety)] if self._generated else []
            variety, special = self._variety, self._changed.keys() | self._removed
            plain = [index for index in range(self._generated) if slots[index % variety] and index not in special]
            changed = [index for index, row in self._changed.items() if index not in self._removed and test(row)]
            passing = sorted(plain + changed) if changed else plain
            known = self._selections[key, sort, order] = array("I", self._sorted(passing, sort, order))
        return known

    def _sorted(self, indices: list[int], sort: str, order: str) -> Iterable[int]:
        changed, descending = self._changed, order == "desc"

        def weight(index: int) -> float:
            row = changed[index] if index in changed else self._draft(index % self._variety)[0]
            value = bool(row.get("email")) if sort == "hasEmail" else row.get("followerCount")
            return float(value) if isinstance(value, int) else -1.0

        def seen(index: int) -> str:
            return str(changed[index]["scrapedAt"]) if index in changed else self._scraped(index)

        if sort not in _SORTS:
            raise ValueError(sort)
        if sort != "scrapedAt":
            return sorted(indices, key=weight, reverse=descending)
        if any(row["scrapedAt"] != self._scraped(index) for index, row in changed.items()):
            return sorted(indices, key=seen, reverse=descending)
        return reversed(indices) if descending else indices

    def _draft(self, slot: int) -> Draft:
        while len(self._drafts) <= slot:
            row = self._make(len(self._drafts)) | {"campaignId": self.campaign_id}
            text = dumps(row).replace("%", "%%")
            for mark, name in ((NUMBER, "number"), (IDENTITY, "identity"), (SCRAPED, "scraped")):
                text = text.replace(mark, f"%({name})s")
            self._drafts.append((row, text))
        return self._drafts[slot]

    def _marks(self, index: int) -> Mapping[str, str]:
        return {NUMBER: str(self._first + index), IDENTITY: self._identity(index), SCRAPED: self._scraped(index)}

    def _identity(self, index: int) -> str:
        return f"{self.campaign_id[:16]}{index + 1:08x}"

    def _scraped(self, index: int) -> str:
        group = index // 4
        if self._latest[0] != group:
            self._latest = group, stamp(self._started + self._step * group)
        return self._latest[1]


def _filled(value: Any, marks: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return dict(value) if isinstance(value, dict) else value
    for mark, text in marks.items():
        value = value.replace(mark, text)
    return value
