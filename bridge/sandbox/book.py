"""Counts what the vendors saw, as evidence for the promises: never twice, and no needless call. Changes nothing.

The counts know nothing of the bridge's own idea of a person: `folded` folds case, `person_of` also Gmail's dots, plus
tags and googlemail.com.
"""

from collections import Counter

from bridge.sandbox.wire import Row


def folded(email: str) -> str:
    """The address in lower case without blanks around it."""
    return email.strip().lower()


def person_of(email: str) -> str:
    """The person that an address reaches: plus tags and, at Gmail, dots make no difference."""
    local, _, domain = folded(email).rpartition("@")
    plain = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{plain.replace('.', '')}@gmail.com"
    return f"{plain}@{domain}"


class Book:
    """What was asked, created and asked again. Keys of the per-target counts are `target id` and `address`."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.credits: Counter[str] = Counter()
        self.posts = 0
        self._created: Counter[tuple[str, str]] = Counter()
        self._created_person: Counter[tuple[str, str]] = Counter()
        self._created_anywhere: Counter[str] = Counter()
        self._reposted: Counter[tuple[str, str]] = Counter()
        self._reposted_person: Counter[str] = Counter()

    def asked(self, vendor: str, endpoint: str) -> None:
        """One request arrived."""
        self.requests[f"{vendor} {endpoint}"] += 1

    def posted(self, target: str, emails: list[str]) -> None:
        """A POST carried these addresses for `target`; called before any of them is created by it."""
        self.posts += 1
        for email in emails:
            if self._created[target, folded(email)]:
                self._reposted[target, folded(email)] += 1
            if self._created_anywhere[person_of(email)]:
                self._reposted_person[person_of(email)] += 1

    def created(self, target: str, email: str, *, moved: bool = False) -> None:
        """A lead came into being in `target`; `moved`: out of another place, where it no longer is."""
        if email:
            self._created[target, folded(email)] += 1
            self._created_person[target, person_of(email)] += 1
            self._created_anywhere[person_of(email)] += not moved

    def report(self, *vendors: str) -> Row:
        """The counts, credits by vendor. Of the promises only breaches are listed: none on a good day."""
        by_target: Counter[str] = Counter()
        for (target, _), count in self._created.items():
            by_target[target] += count
        return {
            "requests": dict(sorted(self.requests.items())),
            "posts": self.posts,
            "created": sum(self._created.values()),
            "created_by_target": dict(by_target),
            "created_twice": _listed(self._created),
            "created_twice_person": _listed(self._created_person),
            "created_twice_in_workspace": {person: n for person, n in self._created_anywhere.items() if n > 1},
            "reposted": _listed(self._reposted, least=1),
            "reposted_person": dict(self._reposted_person),
            "credits": {vendor: self.credits[vendor] for vendor in vendors},
        }


def _listed(counts: Counter[tuple[str, str]], least: int = 2) -> dict[str, int]:
    return {f"{target} {address}": n for (target, address), n in counts.items() if n >= least}
