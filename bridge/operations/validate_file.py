"""Validates addresses of a file on their own, one portion at a time, and joins what is found to the ledger.

Every call takes the next possible step and comes back: Scravio runs one job at a time and takes three an hour, so a
large file is many calls of the same command. Submitting spends credits and has no idempotency key: a portion is written
down before its call, and a lost answer is looked up among the jobs before anything is submitted again.
"""

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bridge import ledger
from bridge.errors import AnswerLost, Busy, Refused, StopRequested, Unavailable, VendorError
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.intent import Answer, Intent, Kind, Stage
from bridge.ledger.intents import checks, portions
from bridge.ledger.intents.checks import Check
from bridge.ledger.people.erased import erased_among
from bridge.ledger.troubles import LEDGER
from bridge.sources.scravio.ordering import Ordering
from bridge.sources.scravio.ordering.jobs import ENDED, MOST_ADDRESSES, MOST_AN_HOUR, Job
from bridge.sources.scravio.table import CsvFile, UnreadableError
from bridge.sync.intents import Sight, call, settle

TOLERANCE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
_SOON = timedelta(minutes=1)
_WORDS = ("valid", "invalid")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's addresses, each once, in their plain form. `key` names the file by what it holds."""

    key: str
    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """How a call ended. `again_at` is when the next one can do something; None where all is done or nothing may go."""

    said: tuple[str, ...]
    again_at: datetime | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What a portion would cost, in thousandths of a credit, and where that is known from ("" = it is a guess)."""

    emails: int
    cost: int
    known_from: str = ""


Agree = Callable[[Price], bool]


def advance(
    db: ledger.Database, ordering: Ordering, client: str, sheet: Sheet, doubt_wait: float, agree: Agree
) -> Step:
    """Take the client's next step: settle a doubt, fetch what has ended, submit what may go.

    `agree` is asked before it costs. Raises the VendorErrors of `Jobs`, Busy where another process took this work over.
    """
    intents.abandoned(db, Kind.PORTION, db.now(), intents.columns.client == client)
    said: list[str] = []
    under_way = portions.open_portion(db, client)
    if under_way is not None:
        step = _follow(db, ordering, under_way, doubt_wait)
        said += step.said
        if step.open:
            return Step(tuple(said), step.again_at, open=True)
    portions.free_addresses(db)
    waiting = pending(db, sheet)
    if not waiting:
        return Step(tuple(said))
    step = _submit(db, ordering, client, sheet, waiting[:MOST_ADDRESSES], said, agree)
    portions.free_addresses(db)
    return step


def pending(db: ledger.Database, sheet: Sheet) -> list[str]:
    """The file's addresses of which nothing was ever asked, without erased people: nothing of them is stored again."""
    known = checks.checks_of(db, sheet.addresses)
    erased = erased_among(db, sheet.addresses)
    return [address for address in sheet.addresses if address not in known and address not in erased]


# ---------------------------------------------------------------------------------------------------------- submitting


def price(db: ledger.Database, client: str, emails: int) -> Price:
    """What so many addresses would cost: Scravio names no price beforehand, so by what the last portion did."""
    seen = portions.price_seen(db, client)
    if seen is None:
        return Price(emails, emails * 1000)
    reserved, for_emails = seen
    return Price(emails, -(-reserved * emails // for_emails), "the last portion")


def _submit(
    db: ledger.Database,
    ordering: Ordering,
    client: str,
    sheet: Sheet,
    addresses: Sequence[str],
    said: list[str],
    agree: Agree,
) -> Step:
    now = ordering.client.clock()
    lately = portions.submitted_since(db, client, now, HOUR)
    if len(lately) >= MOST_AN_HOUR:
        again = lately[-MOST_AN_HOUR] + HOUR
        return Step(
            (*said, f"Scravio takes {MOST_AN_HOUR} portions per hour; the next one can be sent at {again:%H:%M} UTC."),
            again,
        )
    asked = price(db, client, len(addresses))
    if not agree(asked):
        return Step(tuple(said))
    times = db.now(), ordering.client.clock()
    number = portions.begin_portion(db, sheet.key, sheet.name, addresses, asked.cost, *times, client)
    if not number:
        raise Busy("Another process has just submitted a portion.")
    try:
        job = call(db, number, lambda: ordering.jobs.submit(addresses))
    except AnswerLost as error:
        said.append(f"{error.message} The next call checks before anything is requested again.")
        return Step(tuple(said), now + _SOON, open=True)
    except VendorError as error:
        return _not_taken(error, said, now)
    if not job.id:
        intents.doubt(db, number, db.now())
        return Step((*said, "Scravio accepted the portion but gave no job id."), now + _SOON, open=True)
    intents.note(db, number, _taken(job), db.now())
    cost = "" if job.reserved is None else f", {job.reserved / 1000:,g} credits"
    said.append(f"Submitted {len(addresses):,} addresses{cost}.")
    return Step(tuple(said), now + _SOON, open=True)


def _taken(job: Job) -> Answer:
    return Answer(Stage.ASKED, remote_id=job.id, reserved=job.reserved or 0, facts={"price": job.reserved})


def _not_taken(error: VendorError, said: list[str], now: datetime) -> Step:
    if isinstance(error, Unavailable) and not isinstance(error, StopRequested) and error.vendor != LEDGER:
        pause = timedelta(seconds=error.retry_after) if error.retry_after else HOUR if error.status else _SOON
        return Step((*said, error.message), now + pause)
    if isinstance(error, Refused) and error.status == 409:  # noqa: PLR2004 - HTTP's own number
        return Step(
            (*said, "Another validation job of this account is in progress; Scravio runs one at a time."), now + _SOON
        )
    raise error


# ----------------------------------------------------------------------------------------------------------- following


def _follow(db: ledger.Database, ordering: Ordering, portion: Intent, doubt_wait: float) -> Step:
    if portion.stage is Stage.DOUBT:
        portion = settle(db, portion, lambda doubtful: _question(db, ordering, doubtful), doubt_wait)
    if portion.stage is Stage.DOUBT:
        again_at = ordering.client.clock() + _SOON
        return Step(("It is not known yet whether Scravio took the last portion.",), again_at, open=True)
    if portion.stage is not Stage.ASKED:
        return Step(("The portion whose answer was lost had not arrived; it can be sent again.",))
    return _see(db, ordering, portion, ordering.jobs.job(portion.remote_id))


def _question(db: ledger.Database, ordering: Ordering, portion: Intent) -> Answer | Sight:
    """Whether a portion whose answer was lost was taken: a job since then, of its size, that is no other portion's."""
    since = (portion.asked_at or ordering.client.clock()) - TOLERANCE
    known = portions.known_jobs(db)
    for job in ordering.jobs.recent(since):
        young = job.created_at is None or job.created_at >= since
        if job.id not in known and young and job.total in (None, portion.emails):
            return _taken(job)
    return Sight.ABSENT


def _see(db: ledger.Database, ordering: Ordering, portion: Intent, job: Job) -> Step:
    now = ordering.client.clock()
    if job.status not in ENDED:
        return Step((f"Scravio is validating {portion.emails:,} addresses ({job.status}).",), now + _SOON, open=True)
    if job.status != "completed":
        why = f" ({job.why})" if job.why else ""
        intents.note(db, portion.id, Answer(result=portions.FAILED, detail=job.why or job.status), db.now())
        return Step((f"Scravio's validation of {portion.emails:,} addresses failed{why}.",))
    found = _findings(db, ordering, portion, job)
    checks.store_checks(db, found)
    portions.end_portion(db, portion.id, db.now())
    changed = checks.apply_checks(db, [one.address for one in found])
    good = sum(one.status == "valid" for one in found)
    said = f"{len(found):,} addresses came back: {good:,} valid, {len(found) - good:,} not."
    return Step((said, f"{changed:,} leads of the ledger had no validation and have one now.") if changed else (said,))


def _findings(db: ledger.Database, ordering: Ordering, portion: Intent, job: Job) -> list[Check]:
    """What the job's file says of the portion's own addresses.

    Raises Unavailable where it cannot be read, or counts other numbers of valid ones than the job does: nothing of it
    is then believed.
    """
    wanted = portions.portion_addresses(db, portion.id)
    checked_at = job.completed_at or ordering.client.clock()
    with tempfile.TemporaryDirectory(prefix="leadbridge-") as folder:
        path = Path(folder) / "results.csv"
        ordering.downloads.fetch(ordering.jobs.link(job.id), path)
        try:
            words = _words(CsvFile(path))
            good = sum(word == "valid" for word in words.values())
            if job.valid is not None and good != job.valid:
                raise UnreadableError(f"it names {good:,} valid addresses where the job counts {job.valid:,}")
        except UnreadableError as error:
            intents.give_up(db, portion.id, str(error))
            raise Unavailable(
                f"Scravio's results cannot be used: {error!s}.",
                hint="They are in Scravio's dashboard; none was imported, and nothing is requested again.",
                vendor="scravio",
            ) from None
    return [Check(one, words[one], checked_at, portion.id) for one in sorted(wanted & words.keys())]


def _words(file: CsvFile) -> dict[str, str]:
    if "email" not in file.columns or not {"validation.status", "validation.isValid"} & file.columns:
        raise UnreadableError("no column of it is known as the address, or none as the finding")
    found: dict[str, str] = {}
    for row in file:
        validated = row.get("emailValidation") or {}
        word = str(validated.get("status") or "")
        contradicts = word == "valid" and str(validated.get("isValid") or "true").lower() in ("false", "no", "0")
        address = checks.plain(str(row.get("email", "")))
        if address:
            said = "invalid" if contradicts else word if word in _WORDS else checks.UNKNOWN
            before = found.get(address, said)
            # Two rows on one address that do not agree: it is never the better word that counts.
            worse = "invalid" if "invalid" in (said, before) else checks.UNKNOWN
            found[address] = said if before == said else worse
    return found
