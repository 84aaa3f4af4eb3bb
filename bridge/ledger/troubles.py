"""Says in our own words what a database's driver raised. Opens nothing.

Its text may hold parameters, so only the driver's own words are kept.
"""

import sqlite3

from bridge.errors import BridgeError, ConfigProblem, Unavailable
from bridge.ledger import limits

LEDGER = "ledger"
"""The `vendor` of an Unavailable that the database raises."""


class RolledBack(Unavailable):
    """PostgreSQL undid this transaction because two waited for each other (a deadlock). Nothing of it was kept."""


_AGAIN = "Nothing is lost; run the same command again."
# What the driver's words mean, and what to do; the first that fits.
_MEANT: tuple[tuple[tuple[str, ...], type[BridgeError], str, str], ...] = (
    (
        ("disk is full", "no space left on device", "disk quota exceeded"),
        Unavailable,
        "The disk of the database {name} is full: {words}.",
        "Nothing is lost. Free space on it (`leadbridge db prune` frees some), then run the same command again.",
    ),
    (
        ("disk i/o error",),
        Unavailable,
        "The disk of the database {name} cannot be read or written: {words}.",
        "Nothing is lost. Check the disk, then run the same command again.",
    ),
    (
        ("not a database", "malformed"),
        ConfigProblem,
        "The database {name} is damaged: {words}.",
        "Move it away and restore your last backup; `leadbridge db upgrade` checks it.",
    ),
    (
        ("readonly", "unable to open"),
        ConfigProblem,
        "The database {name} cannot be opened or written: {words}.",
        "Make the file and its folder writable, or set BRIDGE_DATABASE_URL to another place.",
    ),
)


def spoken(name: str, error: Exception) -> Exception | None:
    """What an error of the database `name` means; None where it is not one, or a mistake of ours."""
    if isinstance(error, sqlite3.Error):
        return _meaning(name, error)
    from sqlalchemy import exc  # noqa: PLC0415 - whatever raised it has loaded it

    if isinstance(error, exc.TimeoutError):
        text = f"The database {name} has no free connection left for this process."
        return Unavailable(text, hint=_AGAIN, vendor=LEDGER)
    ours = (exc.IntegrityError, exc.ProgrammingError, exc.DataError)
    return None if not isinstance(error, exc.DBAPIError) or isinstance(error, ours) else _meaning(name, error.orig)


def _meaning(name: str, error: BaseException | None) -> BridgeError:
    words = str(error).strip().splitlines()[0] if error and str(error) else type(error).__name__
    why = limits.ended(error, words)
    if why:
        kind = RolledBack if limits.is_deadlock(error) else Unavailable
        return kind(f"The database {name}: {why}", hint=_AGAIN, vendor=LEDGER)
    for needles, meaning, sentence, hint in _MEANT:
        if any(needle in words.casefold() for needle in needles):
            meant = meaning(sentence.format(name=name, words=words), hint=hint)
            if isinstance(meant, Unavailable):
                meant.vendor = LEDGER
            return meant
    return Unavailable(f"The database {name} does not answer: {words}.", hint=_AGAIN, vendor=LEDGER)
