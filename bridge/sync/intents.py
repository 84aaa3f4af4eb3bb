"""Drives a write whose answer may be lost: call, record, and ask until it is certain. Knows no vendor and no kind.

A write is never repeated blindly. Absence counts only after two questions that agree, the first long enough after the
call had ended to be believed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from bridge.errors import AnswerLost, Busy, VendorError
from bridge.ledger import intent as intents
from bridge.ledger.database import Database
from bridge.ledger.intent import Answer, Intent, Stage
from bridge.ledger.troubles import LEDGER

A = TypeVar("A")

BETWEEN_QUESTIONS = 1.0
"""Most seconds between the two questions that must agree."""


class Sight(Enum):
    """What a question saw where it did not find the write."""

    ABSENT = "absent"
    HIDDEN = "hidden"  # nothing was found where not everything could be read: it will never be known
    UNREAD = "unread"  # no word about it: to be asked again


Question = Callable[[Intent], Answer | Sight]


def call(
    db: Database, number: int, ask: Callable[[], A], concluded: Callable[[VendorError], Answer | None] = lambda _: None
) -> A:
    """Make the call that an open intent stands for. Raises what it raised, after the intent says what that means.

    `concluded` says which errors mean more than that nothing was done.
    """
    try:
        return ask()
    except AnswerLost:
        intents.doubt(db, number, db.now())
        raise
    except Busy as error:
        intents.drop(db, number, error.message)
        raise
    except VendorError as error:
        answer = concluded(error)
        if answer is not None:
            intents.note(db, number, answer, db.now())
        elif error.vendor != LEDGER:  # else the lease could not be renewed: the intent stays open, and is asked about
            intents.drop(db, number, error.message)
        raise


def settle(
    db: Database,
    doubtful: Intent,
    question: Question,
    doubt_wait: float,
    pause: Callable[[float], None] | None = None,
    note: Callable[[Database, int, Answer, datetime], object] = intents.note,
) -> Intent:
    """Ask what became of a write in doubt, and record it; how it stands then. Raises what `question` raises.

    With `pause` a first absence is confirmed by a second question at once; without it by the next call. `note` records
    an answer.
    """
    # By the time before the question: an answer that takes long says how things stood when it was asked.
    now = db.now()
    found = question(doubtful)
    if isinstance(found, Answer):
        note(db, doubtful.id, found, now)
    elif found is not Sight.UNREAD and doubtful.stage is Stage.DOUBT and is_ripe(doubtful.ended_at, now, doubt_wait):
        if doubtful.absent_at is None:
            intents.missed(db, doubtful.id, now)
            if pause is not None:
                pause(min(BETWEEN_QUESTIONS, doubt_wait))
                return settle(db, intents.intent(db, doubtful.id), question, doubt_wait, note=note)
        elif found is Sight.HIDDEN:
            intents.give_up(db, doubtful.id, "this key cannot read whether it arrived")
        else:
            intents.drop(db, doubtful.id, ABSENT)
    return intents.intent(db, doubtful.id)


ABSENT = "the request had not arrived"
"""The detail of what was dropped because two questions did not find it."""


def is_ripe(ended_at: datetime | None, now: datetime, doubt_wait: float) -> bool:
    """Whether the vendor has had time to show what a call did that ended then (lookups may lag behind writes)."""
    return ended_at is None or now - ended_at >= timedelta(seconds=doubt_wait)
