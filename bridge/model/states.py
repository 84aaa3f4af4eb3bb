"""Where a delivery stands, why, and which moves are legal. Does no I/O."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a delivery stands. The eight of them add up to the leads a route knows."""

    HELD = "held"  # not to be sent as things stand; asked again when they change
    READY = "ready"  # may go with the next batch
    SENDING = "sending"  # claimed by a batch that is under way, or that was abandoned
    DELIVERED = "delivered"  # created in the target by us
    DUPLICATE = "duplicate"  # was there before us
    REFUSED = "refused"  # the destination will not have it, for a cause of its own; or it may be one of those
    IN_DOUBT = "in_doubt"  # asked, and the answer was lost
    FAILED = "failed"  # attempts spent


# Every legal move; the store refuses any other. A state may always be written again over itself.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.HELD: frozenset({State.READY}),
        # In doubt: an earlier call may have created it, and its claim is to be given up, or its target changed.
        State.READY: frozenset({State.SENDING, State.HELD, State.IN_DOUBT}),
        State.SENDING: frozenset(
            {
                State.DELIVERED,
                State.DUPLICATE,
                State.REFUSED,
                State.IN_DOUBT,
                State.FAILED,
                State.READY,  # nothing happened (Unavailable, Denied), or unexplained
                State.HELD,  # the same, and the rules changed their mind meanwhile
            }
        ),
        # An absent row goes through decide() again, so to ready or held; never straight back to sending.
        State.IN_DOUBT: frozenset(
            {State.DELIVERED, State.DUPLICATE, State.REFUSED, State.FAILED, State.READY, State.HELD}
        ),
        State.FAILED: frozenset({State.READY, State.HELD}),  # `leadbridge retry`
        State.REFUSED: frozenset({State.READY, State.HELD}),  # `leadbridge retry`
        State.DELIVERED: frozenset(),
        State.DUPLICATE: frozenset(),
    }
)


class IllegalMove(RuntimeError):
    """A move that the table does not have was about to be written. Nothing was: the transaction is undone."""


def check_move(before: State, after: State) -> None:
    """Raises IllegalMove unless the table has this move."""
    if after not in MOVES[before]:
        raise IllegalMove(f"{before} -> {after} is not a legal transition")


# States in which a delivery keeps its claim on the person (DESIGN: freed when it becomes held or refused).
CLAIMING = frozenset({State.SENDING, State.DELIVERED, State.DUPLICATE, State.IN_DOUBT, State.FAILED})


class Reason(StrEnum):
    """Why a delivery is where it is: one word for machines, explained by `reports/words.py` for people."""

    # held: the lead
    UNREADABLE = "unreadable"
    NO_EMAIL = "no_email"
    NO_IDENTITY = "no_identity"
    EMAIL_MASKED = "email_masked"
    EMAIL_MALFORMED = "email_malformed"
    HANDLE_MALFORMED = "handle_malformed"
    # held: the validation
    NOT_VALIDATED = "not_validated"
    VALIDATION_PENDING = "validation_pending"
    VALIDATION_INVALID = "validation_invalid"
    VALIDATION_UNKNOWN = "validation_unknown"
    VALIDATION_UNDATED = "validation_undated"
    VALIDATION_TOO_OLD = "validation_too_old"
    # held: the address
    SUPPRESSED = "suppressed"
    RECENTLY_CONTACTED = "recently_contacted"
    NO_REPLY = "no_reply"
    DISPOSABLE = "disposable"
    TYPO_DOMAIN = "typo_domain"
    ROLE_ADDRESS = "role_address"
    FREE_MAIL = "free_mail"
    # held: the audience
    PLATFORM = "platform"
    SOURCE_TYPE = "type"
    COUNTRY = "country"
    TOO_FEW_FOLLOWERS = "too_few_followers"
    TOO_MANY_FOLLOWERS = "too_many_followers"
    VERIFIED = "verified"
    BUSINESS = "business"
    PRIVATE = "private"
    KEYWORD = "keyword"
    LANGUAGE = "language"
    # held: others on the route
    DUPLICATE_OF = "duplicate_of"
    DOMAIN_CAP = "domain_cap"
    SOURCE_BRAKED = "source_braked"
    ERASED = "erased"
    FACTS_PRUNED = "facts_pruned"
    # held: the route
    NOT_SELECTED = "not_selected"
    ROUTE_RETIRED = "route_retired"
    # ready
    OK = "ok"
    UNEXPLAINED = "unexplained"
    UNAVAILABLE = "unavailable"
    DENIED = "denied"
    ABSENT = "absent"
    PACED = "paced"
    # settled by a destination
    CREATED = "created"
    IN_TARGET = "in_target"
    IN_CAMPAIGN = "in_campaign"
    IN_LIST = "in_list"
    IN_WORKSPACE = "in_workspace"
    BLOCKLIST = "blocklist"
    INVALID_EMAIL = "invalid_email"
    INCOMPLETE = "incomplete"
    REJECTED = "rejected"
    PRESENT = "present"
    UNRESOLVABLE = "unresolvable"
    UNRESOLVABLE_AMONG = "unresolvable_among"
    # what became of it later (history only)
    UPDATED = "updated"
    EDITED_THERE = "edited_there"
    NOT_UPDATED = "not_updated"
    MOVED = "moved"
    NOT_MOVED = "not_moved"
    # unknown for now
    ANSWER_LOST = "answer_lost"
    ABANDONED = "abandoned"
    ASKED_BEFORE = "asked_before"
    LOOKUP_FAILED = "lookup_failed"
    # given up
    ATTEMPTS_SPENT = "attempts_spent"
    TARGET_GONE = "target_gone"
    GIVEN_UP = "given_up"


# What stands as `Lead.problem` in place of facts that the ledger does not have any more.
PROBLEM_ERASED = "erased on request"
PROBLEM_PRUNED = "facts pruned"


class Origin(StrEnum):
    """Where a reason came from."""

    LOCAL = "local"  # we decided it
    API = "api"  # the destination said it of this very lead
    LOOKUP = "lookup"  # we asked the destination afterwards
    INFERRED = "inferred"  # the counters leave no other reading
