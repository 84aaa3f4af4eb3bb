"""Asks a source to validate campaigns whose leads were never validated, within the route's budget. Waits for nothing.

Asking spends credits and has no idempotency key. So the reservation commits before the call. A lost answer is looked up
in the campaign itself, then in the transactions, before anything is asked again. What cannot be distinguished keeps its
credits reserved. When to look next is in the ledger: no process sleeps until a validation has ended.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import sqlalchemy as sa

from bridge import ledger
from bridge.errors import AnswerLost, Refused, StopRequested, Unavailable, VendorError
from bridge.lazy import dataclass
from bridge.ledger import intent as intents
from bridge.ledger.database import milliseconds
from bridge.ledger.intent import DROPPED, Answer, Intent, Kind, Stage, columns
from bridge.ledger.intents import validations
from bridge.ledger.intents.validations import Asked, PutOff, Reserving
from bridge.ledger.troubles import LEDGER
from bridge.model import Budget, SourceCampaign
from bridge.model.credits import as_credits
from bridge.rules import selects
from bridge.sources.validating import Progress, Quote, Validating
from bridge.sync.intents import ABSENT, Sight, call, settle
from bridge.sync.run import Run

TOLERANCE = timedelta(minutes=1)
"""How far two clocks of the vendor may be apart."""

_ABANDONED = timedelta(minutes=10)
_FIRST_LOOK = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=30)
_SHORT, _LONG, _VERY_LONG = timedelta(hours=1), timedelta(hours=6), timedelta(days=30)
CAPS: Mapping[str, str] = {
    "campaign": "max_credits.campaign leaves no room for it",
    "route": "max_credits.route leaves no room for it",
    "day": "max_credits.day leaves no room for it today (UTC)",
}


# -------------------------------------------------------------------------------------------------- what is under way


def follow(run: Run) -> None:
    """Look at every validation of the client that is due. Trouble with one is a warning and stops no other."""
    source = run.resources.validating
    if source is None:
        return
    now, own = run.now(), columns.route_no == run.route_no
    # The run holds its route's lease; a lease of another route that began a call so long ago has run out.
    over = sa.or_(own, columns.began_at < milliseconds(now - _ABANDONED))
    intents.abandoned(run.db, Kind.VALIDATION, now, over)
    for row in validations.open_validations(run.db, run.route.client):
        due = row.stage is Stage.ASKED and (row.not_before is None or row.not_before <= now)
        if due or row.stage is Stage.DOUBT:
            run.pause_for_stop()
            _try_to_follow(run, source, row)


def _try_to_follow(run: Run, source: Validating, row: Intent) -> None:
    try:
        if row.stage is Stage.ASKED:
            look(run.db, source, row, run.now())
        elif settle_doubt(run.db, source, row, run.resources.doubt_wait, run.resources.pause).stage is Stage.DOUBT:
            run.warn(f'"{row.title}": it is not known yet whether {source.title} accepted the request to validate it.')
    except VendorError as error:
        if _ends_the_run(error):
            raise
        run.warn(f'"{row.title}": the status of its validation could not be read: {error.message}')


def _ends_the_run(error: VendorError) -> bool:
    return error.vendor == LEDGER or isinstance(error, StopRequested)


def look(db: ledger.Database, source: Validating, row: Intent, now: datetime) -> None:
    """Ask how a validation stands, and record it."""
    try:
        seen = source.progress(row.campaign_id)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        validations.end_validation(db, row, Answer(result=Asked.FAILED, detail="the campaign was deleted"), now)
        return
    if seen.status not in ("completed", "failed") or not _is_of(row, seen):
        intents.look_again(db, row.id, now + min(_FIRST_LOOK * 2 ** min(row.polls + 1, 10), _LONGEST_PAUSE))
        return
    facts = {"valid": seen.valid or 0, "invalid": seen.invalid or 0}
    facts["returned"] = 0 if row.result == Asked.JOINED else seen.returned or 0
    answer = Answer(result=seen.status, used=_used(row, seen), detail=seen.error, facts=facts)
    validations.end_validation(db, row, answer, now)


def _used(row: Intent, seen: Progress) -> int | None:
    """What it cost, by the vendor's word; None where it says nothing, and then all that was reserved counts.

    Nor does a word without a date: it may be about an older validation, which cost less.
    """
    if seen.started_at is None and seen.completed_at is None:
        return None
    if seen.used is not None and (seen.used or seen.returned is not None):
        return seen.used
    return None if seen.returned is None else max(0, row.reserved - seen.returned)


def _is_of(row: Intent, seen: Progress) -> bool:
    """Whether this is the validation that was asked for, and not an older one. What has no date may be either."""
    known_at = seen.started_at or seen.completed_at
    if known_at is None or row.asked_at is None or row.result == Asked.JOINED:
        return True
    return known_at >= row.asked_at - TOLERANCE


def settle_doubt(
    db: ledger.Database,
    source: Validating,
    row: Intent,
    doubt_wait: float,
    pause: Callable[[float], None] | None = None,
) -> Intent:
    """Ask whether a request whose answer was lost took effect.

    Taken: the campaign says that a validation began since, or credits were deducted for it. Where the transactions may
    not be seen, the doubt ends as unclear: its credits stay reserved, and only an operator asks again.
    """

    def question(row: Intent) -> Answer | Sight:
        seen = source.progress(row.campaign_id)
        if seen.status in ("validating", "completed", "failed") and _is_of(row, seen):
            return _taken(seen.total, seen.reserved)
        since = (row.asked_at or datetime.fromtimestamp(0, UTC)) - TOLERANCE
        paid = source.paid_since(row.campaign_id, since)
        if paid:
            return _taken(None, paid)
        return Sight.HIDDEN if paid is None else Sight.ABSENT

    return settle(db, row, question, doubt_wait, pause)


def _taken(emails: int | None, cost: int | None, job_id: str = "", not_before: datetime | None = None) -> Answer:
    """The source works on it. Where it reserved more than was weighed, the greater sum counts from now on."""
    return Answer(Stage.ASKED, remote_id=job_id, emails=emails, reserved=cost or 0, not_before=not_before)


# -------------------------------------------------------------------------------------------------------------- asking


def ask(run: Run) -> None:
    """Ask for what the route's leads lack, as far as its budget allows. Trouble is a warning and stops nothing."""
    wanted, source = run.route.validation, run.resources.validating
    if wanted.when == "never" or source is None:
        return
    if not wanted.budget.allows_anything:
        run.warn(
            'validation_request = "when_missing" requests nothing: max_credits allows no credit '
            f"({_shown(wanted.budget)})."
        )
        return
    listed = [c for c in run.resources.catalogue.campaigns(run.route.source) if selects(run.route.source, c)]
    known = ledger.campaigns_by_id(run.db, [campaign.id for campaign in listed])
    missing = validations.never_validated(run.db, run.route_no, [entry.no for entry in known.values()])
    past: defaultdict[int, list[Intent]] = defaultdict(list)
    for row in validations.validations(run.db, missing):
        past[row.campaign_no].append(row)
    put_offs = validations.put_offs(run.db, run.route_no)
    for campaign in listed:
        entry = known.get(campaign.id)
        if entry is not None and missing.get(entry.no) and not campaign.validating:
            asking = _Asking(run, source, campaign, entry.no, missing[entry.no])
            asking.consider(past.get(entry.no, ()), put_offs.get(entry.no))


def ask_again(campaign_id: str) -> str:
    """What to type to have a campaign validated again."""
    return f"leadbridge validate --campaign {campaign_id}"


def standing(title: str, campaign: SourceCampaign, past: Sequence[Intent]) -> str | None:
    """Why a campaign is not to be validated automatically: a sentence, "" where there is nothing to say; None = ask."""
    rows = [row for row in past if row.result != DROPPED]
    if any(row.held for row in rows):
        return ""
    last = validations.asked(rows[-1]) if rows else campaign.fingerprint.get("postValidation.status")
    again = f"To request it again: {ask_again(campaign.id)}"
    if last == Asked.FAILED:
        why = f" ({rows[-1].detail})" if rows and rows[-1].detail else ""
        return f'"{campaign.title}": its validation failed{why}; it is not requested again automatically. {again}'
    if last == Asked.UNCLEAR:
        return f'"{campaign.title}": it is unknown whether {title} accepted the request to validate it. {again}'
    if last == Asked.COMPLETED:
        return f'"{campaign.title}": its validation has ended, and some leads are still without one. {again}'
    return None


def put_off(run: Run, campaign_no: int) -> str:
    """Why the route does not ask for the campaign yet, as an earlier run noted it; "" where it may."""
    return _why_put_off(run, validations.put_offs(run.db, run.route_no).get(campaign_no))


def _why_put_off(run: Run, waiting: PutOff | None) -> str:
    now = run.now()
    if waiting is None or waiting.caps != _shown(run.route.validation.budget) or now >= (waiting.not_before or now):
        return ""
    return waiting.why


def reserving(run: Run, campaign_no: int, quote: Quote, source: Validating) -> Reserving:
    """What the run would reserve for the campaign."""
    budget, asked_at = run.route.validation.budget, source.clock()
    return Reserving(campaign_no, run.route_no, run.epoch, quote.emails, quote.cost, budget, run.now(), asked_at)


class _Asking:
    """One campaign whose validation a route may ask for."""

    def __init__(self, run: Run, source: Validating, campaign: SourceCampaign, campaign_no: int, missing: int) -> None:
        self._run = run
        self._source = source
        self._campaign = campaign
        self._no = campaign_no
        self._missing = missing
        self._budget = run.route.validation.budget

    def consider(self, past: Sequence[Intent], waiting: PutOff | None) -> None:
        """Ask, unless that was done, the budget has no room, or it is too early."""
        earlier = standing(self._source.title, self._campaign, past)
        if earlier is not None:
            if earlier:
                self._run.warn(earlier)
            return
        waits = _why_put_off(self._run, waiting)
        if waits:
            self._run.warn(f'"{self._campaign.title}" is not validated: {waits}.')
            return
        self._run.pause_for_stop()
        try:
            self._weigh(self._source.quote(self._campaign.id))
        except VendorError as error:
            if _ends_the_run(error):
                raise
            self._run.warn(f'"{self._campaign.title}": what its validation would cost is not known: {error.message}')

    def _weigh(self, quote: Quote) -> None:
        why = objection(self._source.title, quote)
        if why:
            self._put_off(quote, why, _SHORT if quote.emails else _LONG)
            return
        run = self._run
        number, why = validations.reserve(run.db, reserving(run, self._no, quote, self._source))
        if not number:
            words = CAPS.get(why, why)
            self._put_off(quote, words, _until_midnight(run.now()) if why == "day" else _VERY_LONG)
            return
        validations.forget_put_off(run.db, run.route_no, self._no)
        placed = place(run.db, self._source, number, self._campaign, quote, run.now())
        if placed.again_in is not None:
            self._put_off(quote, placed.words, placed.again_in)
        else:
            run.warn(placed.words)

    def _put_off(self, quote: Quote, why: str, span: timedelta) -> None:
        run = self._run
        cost = f"it would cost {as_credits(quote.cost)} credits for {quote.emails:,} addresses"
        put_off = PutOff(run.now() + span, quote.emails, quote.cost, _shown(self._budget), f"{why}; {cost}")
        validations.put_off(run.db, run.route_no, self._no, put_off)
        run.warn(f'"{self._campaign.title}" is not validated: {put_off.why}.')


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of a request. `again_in` is set where it was not taken and may be tried later."""

    words: str
    again_in: timedelta | None = None
    taken: bool = False


def place(
    db: ledger.Database, source: Validating, number: int, campaign: SourceCampaign, quote: Quote, now: datetime
) -> Placed:
    """Send the request that a reservation stands for; record what came of it. Raises Busy where the lease is lost."""
    name, later = f'"{campaign.title}"', now + _FIRST_LOOK

    def joined(error: VendorError) -> Answer | None:
        return _joined(db, campaign, later) if _is_conflict(error) else None

    try:
        started = call(db, number, lambda: source.start(campaign.id), joined)
    except AnswerLost as error:
        return Placed(f"{name}: {error.message} The next run checks before anything is requested again.")
    except VendorError as error:
        if _ends_the_run(error):
            raise
        if not _is_conflict(error):
            return _not_taken(source.title, error)
        ours = intents.intent(db, number).result != Asked.JOINED
        words = "an earlier request to validate it arrived later." if ours else _JOINED
        return Placed(f"{name}: {words}", taken=True)
    intents.note(db, number, _taken(started.emails, started.cost, started.job_id, later), now)
    cost = quote.cost if started.cost is None else started.cost
    words = (
        f"{name}: asked {source.title} to validate {quote.emails:,} addresses; {as_credits(cost)} credits are reserved."
    )
    if cost > quote.cost:
        words += f" Its preview had said only {as_credits(quote.cost)}."
    return Placed(words, taken=True)


_JOINED = "its validation was already requested outside leadbridge; leadbridge waits for it."


def _is_conflict(error: VendorError) -> bool:
    return isinstance(error, Refused) and error.status == HTTPStatus.CONFLICT


def _joined(db: ledger.Database, campaign: SourceCampaign, later: datetime) -> Answer:
    """One is under way. It costs us nothing, unless it may be an earlier request of ours that came late."""
    entry = ledger.campaigns_by_id(db, [campaign.id])[campaign.id]
    if any(row.detail == ABSENT for row in validations.validations(db, [entry.no])):
        return Answer(Stage.ASKED, not_before=later)
    return Answer(Stage.ASKED, result=Asked.JOINED, used=0, not_before=later)


def _not_taken(title: str, error: VendorError) -> Placed:
    if isinstance(error, Unavailable):
        seconds = max(60.0, error.retry_after or 0.0)
        return Placed(f"{title} does not accept it now: {error.message.removesuffix('.')}", timedelta(seconds=seconds))
    return Placed(error.message.removesuffix("."), _LONG if isinstance(error, Refused) else _SHORT)


def objection(title: str, quote: Quote) -> str:
    """Why this validation cannot be asked for, by its own preview; "" where it can."""
    if not quote.emails:
        return f"{title} finds no address to validate"
    if not quote.enough or (quote.balance is not None and quote.balance < quote.cost):
        balance = "" if quote.balance is None else f" ({as_credits(quote.balance)} left)"
        return f"the account has too few credits{balance}"
    return "" if quote.possible else f"{title} says that it cannot be validated now"


def _until_midnight(now: datetime) -> timedelta:
    tomorrow = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tomorrow - now


def _shown(budget: Budget) -> str:
    return f"campaign = {budget.campaign}, route = {budget.route}, day = {budget.day}"
