"""Keeps the list of who must not be contacted and a vendor's block list together, before a push. Sends no lead.

The block list is read when the copy is older than six hours; an entry that left it leaves the copy, and nothing else.
All of it is advisory: what fails is a warning, and the push goes on with the list as it is; the vendor has its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bridge import ledger
from bridge.destinations.base import Workspace, workspace_of
from bridge.errors import AnswerLost, Unavailable, VendorError
from bridge.hygiene import blocking
from bridge.ledger.events.recontact import contacted_since
from bridge.ledger.people import suppressions
from bridge.ledger.people.entries import Suppression
from bridge.ledger.troubles import LEDGER
from bridge.model import DEFAULT_CLIENT, Delivery, Reason
from bridge.sync.run import Run

OLDEST_COPY = timedelta(hours=6)
"""The age at which the copy of a block list is read again."""

_AT_ONCE = 1_000
_LISTED = ("address", "domain")
"""The kinds of entries that a block list takes."""


def refresh(run: Run) -> None:
    """Read the block list of the target's workspace if it is time; put ours there if the route says so."""
    workspace = workspace_of(run.destination)
    if workspace is None:
        return
    try:
        listed = _pull(run, workspace)
        if run.route.target.push_suppressions:
            _push(run, workspace, listed)
    except VendorError as error:
        if isinstance(error, Unavailable) and error.vendor == LEDGER:
            raise
        run.warn(f"The block list could not be brought up to date: {error} The push uses the local copy of the list.")


def still_allowed(run: Run, batch: ledger.Batch) -> ledger.Batch:
    """The batch without those who must not go after all; they are held. Called before each call."""
    batch = _without(run, batch, suppressed_of(run, batch.deliveries), Reason.SUPPRESSED)
    lately = frozenset[int]()
    if run.route.rules.recontact is not None and batch.deliveries:  # any route of the client may have contacted them
        keys = [key for one in batch.deliveries for key in (one.person, one.other)]
        found = contacted_since(run.db, keys, run.now() - run.route.rules.recontact, run.route.client)
        lately = frozenset(one.id for one in batch.deliveries if not found.isdisjoint((one.person, one.other)))
    return _without(run, batch, lately, Reason.RECENTLY_CONTACTED)


def _without(run: Run, batch: ledger.Batch, barred: frozenset[int], reason: Reason) -> ledger.Batch:
    if not barred:
        return batch
    held = [one for one in batch.deliveries if one.id in barred]
    run.watch.delivering(-len(held))
    ledger.withhold(run.db, run.recording(), batch.id, held, reason)
    return replace(batch, deliveries=tuple(one for one in batch.deliveries if one.id not in barred))


def suppressed_of(run: Run, deliveries: Sequence[Delivery]) -> frozenset[int]:
    """The ids of the deliveries whose person is suppressed now, by whichever of their identities."""
    found = ledger.suppressed(run.db, [key for one in deliveries for key in (one.person, one.other)], run.route.client)
    return frozenset(one.id for one in deliveries if not found.isdisjoint((one.person, one.other)))


# ---------------------------------------------------------------------------------------------------- from the vendor


def _pull(run: Run, workspace: Workspace) -> frozenset[str] | None:
    """What the block list holds, canonical; None where the copy is young enough."""
    now = run.now()
    read_at = suppressions.block_list_at(run.db, workspace.id())
    if read_at is not None and timedelta() <= now - read_at < OLDEST_COPY:
        return None
    listed: set[Suppression] = set()
    for values in _portions(workspace.blocked()):
        entries = [entry for value in values if (entry := _mirrored(run, value, workspace)) is not None]
        suppressions.add(run.db, entries, now=now, storage=run.resources.suppression_storage)
        listed.update(entries)
    suppressions.forget_unlisted(run.db, workspace.id(), listed)
    suppressions.note_block_list(run.db, workspace.id(), now)
    suppressions.ask_again(run.db)
    return frozenset(entry.value for entry in listed)


def _mirrored(run: Run, value: str, workspace: Workspace) -> Suppression | None:
    read = blocking.read(value)
    if isinstance(read, blocking.Unreadable):
        return None
    origin = suppressions.block_list(workspace.vendor)
    # The default client's copies hold for every client, as before.
    client = "" if run.route.client == DEFAULT_CLIENT else run.route.client
    return Suppression(read.kind, read.value, "", origin, workspace.id(), client=client)


# ------------------------------------------------------------------------------------------------------ to the vendor


def _push(run: Run, workspace: Workspace, listed: frozenset[str] | None) -> None:
    """Add what the block list lacks: all of it after a reading, else what is new since the last time.

    After a lost answer nothing is repeated: the list is read again first, by the next push.
    """
    since = None if listed is not None else suppressions.block_list_at(run.db, workspace.id(), suppressions.PUSHED)
    began = run.now()
    try:
        for values in _portions(_ours(run, since, listed or frozenset())):
            workspace.block(values)
    except AnswerLost:
        suppressions.note_block_list(run.db, workspace.id(), None)
        raise
    suppressions.note_block_list(run.db, workspace.id(), began, suppressions.PUSHED)


def _ours(run: Run, since: datetime | None, listed: frozenset[str]) -> Iterator[str]:
    for entries in suppressions.entries(run.db, since=since):
        for entry in entries:
            if (
                entry.value
                and entry.kind in _LISTED
                and entry.client in {"", run.route.client}
                and not suppressions.is_copied(entry.origin)
                and entry.value not in listed
            ):
                yield entry.value


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in portions. What was read before something went wrong comes before the trouble."""
    portion: list[str] = []
    try:
        for value in values:
            portion.append(value)
            if len(portion) == _AT_ONCE:
                yield portion
                portion = []
    except VendorError:
        if portion:
            yield portion
        raise
    if portion:
        yield portion
