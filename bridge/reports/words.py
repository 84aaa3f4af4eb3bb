"""Every state, reason and origin in plain words for operators, and what would fix it. Prints nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bridge.model import Origin, Reason, State
from bridge.reports.text import count

if TYPE_CHECKING:
    from bridge.ledger.views.standing import Wait

# The keys are the model's words, which are equal to their codes in the ledger.
STATES: Mapping[str, str] = MappingProxyType(
    {
        State.HELD: "not sent for now; decided again when something changes",
        State.READY: "queued for the target; duplicates and full domains are still sorted out before it is sent",
        State.SENDING: "in a request that is in progress or was interrupted",
        State.DELIVERED: "sent by leadbridge, and in the target",
        State.DUPLICATE: "was already there: in the target, or elsewhere where dedupe looks",
        State.REFUSED: "the target rejected it",
        State.IN_DOUBT: "sent, but no answer came; the next sync finds out what happened",
        State.FAILED: "given up after several attempts",
    }
)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        Reason.UNREADABLE: "its row could not be read",
        Reason.NO_EMAIL: "no e-mail address",
        Reason.NO_IDENTITY: "no e-mail address, handle or profile of the kind that the target needs",
        Reason.EMAIL_MASKED: "Scravio shows the address masked",
        Reason.EMAIL_MALFORMED: "not a usable e-mail address",
        Reason.HANDLE_MALFORMED: "no X account can have its user name",
        Reason.NOT_VALIDATED: "the address was never validated",
        Reason.VALIDATION_PENDING: "the validation has not finished",
        Reason.VALIDATION_INVALID: "the address was validated as bad",
        Reason.VALIDATION_UNKNOWN: "the validation result is neither good nor bad",
        Reason.VALIDATION_UNDATED: "the validation has no date",
        Reason.VALIDATION_TOO_OLD: "the validation is too old",
        Reason.SUPPRESSED: "on the do-not-contact list",
        Reason.RECENTLY_CONTACTED: "another route of the client contacted the person lately (rules.recontact)",
        Reason.NO_REPLY: "a no-reply or service mailbox",
        Reason.DISPOSABLE: "a disposable or relay address",
        Reason.TYPO_DOMAIN: "its domain is probably misspelled; leadbridge does not correct addresses",
        Reason.ROLE_ADDRESS: "a shared mailbox such as info@ or sales@",
        Reason.FREE_MAIL: "a free-mail address, which this route holds",
        Reason.PLATFORM: "another platform than the route takes",
        Reason.SOURCE_TYPE: "another type than the route takes",
        Reason.COUNTRY: "another country than the route takes, or none known",
        Reason.TOO_FEW_FOLLOWERS: "fewer followers than the route asks for",
        Reason.TOO_MANY_FOLLOWERS: "more followers than the route takes",
        Reason.VERIFIED: "verified or not, unlike the route asks for",
        Reason.BUSINESS: "a business or not, unlike the route asks for",
        Reason.PRIVATE: "a private profile or not, unlike the route asks for",
        Reason.KEYWORD: "found by another keyword than the route takes",
        Reason.LANGUAGE: "another language than the route takes, or none that can be detected",
        Reason.DUPLICATE_OF: "the same person is sent, or was sent, by another delivery",
        Reason.DOMAIN_CAP: "the route already has the most people allowed for this domain",
        Reason.SOURCE_BRAKED: "too many addresses of its source campaign bounced",
        Reason.ERASED: "erased on request",
        Reason.FACTS_PRUNED: "its facts were pruned; it is decided when its campaign has been read again",
        Reason.NOT_SELECTED: "its route's source does not take its campaign",
        Reason.ROUTE_RETIRED: "its route is no longer in bridge.toml",
        Reason.OK: "passed every rule",
        Reason.UNEXPLAINED: "the target accepted the request but did not say what happened to this lead",
        Reason.UNAVAILABLE: "the target could not be reached; nothing was sent",
        Reason.DENIED: "the target accepts no leads at the moment; nothing was sent",
        Reason.ABSENT: "looked up twice: it had not arrived",
        Reason.PACED: "waits for its turn: the pace of the route lets no more go now",
        Reason.CREATED: "the target created it",
        Reason.IN_TARGET: "was already in this target",
        Reason.IN_CAMPAIGN: "was already in another campaign of the workspace",
        Reason.IN_LIST: "was already in a lead list of the workspace",
        Reason.IN_WORKSPACE: "was already somewhere in the workspace",
        Reason.BLOCKLIST: "on the target's block list",
        Reason.INVALID_EMAIL: "the target says that the address is invalid",
        Reason.INCOMPLETE: "the target says that the lead is incomplete",
        Reason.REJECTED: "the target rejected this lead",
        Reason.PRESENT: "is in the target; whether leadbridge put it there is not known",
        Reason.UPDATED: "what had changed was changed in the target too",
        Reason.EDITED_THERE: "it had changed, but the target no longer holds the value that was sent: left as it is",
        Reason.NOT_UPDATED: "it had changed, and the target did not take the change",
        Reason.MOVED: "moved from the lead list into the campaign",
        Reason.NOT_MOVED: "was to be moved into a campaign, and stayed in the lead list",
        Reason.UNRESOLVABLE: "the target finds no such account: invalid, suspended or deleted",
        Reason.UNRESOLVABLE_AMONG: "one of several leads, some of which the target cannot find; it may be there: its "
        "claim is kept",
        Reason.ANSWER_LOST: "the request was sent and its answer was lost",
        Reason.ABANDONED: "the process ended during the request",
        Reason.ASKED_BEFORE: "an earlier request may have reached the target, which is asked before the claim is freed",
        Reason.LOOKUP_FAILED: "the target could not be asked afterwards",
        Reason.ATTEMPTS_SPENT: "sent several times, and the target never explained the result",
        Reason.TARGET_GONE: "the target was deleted before it could be asked",
        Reason.GIVEN_UP: "given up without an answer; it may have been delivered, so its claim is kept",
    }
)

_DOUBT = "Run `leadbridge sync`: it asks the target, or sends the same again where no lead is added twice."

FIXES: Mapping[str, str] = MappingProxyType(
    {
        Reason.UNREADABLE: "Fix the line of a CSV file. Else nothing to do: a changed campaign is read again.",
        Reason.EMAIL_MASKED: "Unlock the account in Scravio's dashboard; the next syncs read the address.",
        Reason.NOT_VALIDATED: "Validate it in Scravio, by rules.validation_request or by `leadbridge validate`.",
        Reason.VALIDATION_PENDING: "Nothing to do: the next syncs look again.",
        Reason.VALIDATION_UNDATED: "Validate it again in Scravio, or set rules.max_validation_age on the route.",
        Reason.VALIDATION_TOO_OLD: "Validate it again in Scravio, or raise rules.max_validation_age on the route.",
        Reason.DISPOSABLE: 'To send to such addresses: rules.disposable = "allow" on the route.',
        Reason.TYPO_DOMAIN: 'To send to such addresses: rules.typo_domains = "allow" on the route.',
        Reason.ROLE_ADDRESS: 'To send to such addresses: rules.role_addresses = "allow" on the route.',
        Reason.FREE_MAIL: 'To send to such addresses: rules.free_mail = "allow" on the route.',
        Reason.DUPLICATE_OF: "Nothing to do: it is sent instead if the other one is not.",
        Reason.DOMAIN_CAP: "To take more people of one domain, raise rules.per_domain on the route.",
        Reason.SOURCE_BRAKED: "It goes once it is validated again, or with `leadbridge brake release`.",
        Reason.SUPPRESSED: "`leadbridge suppress remove` removes the address, profile or domain from the list.",
        Reason.RECENTLY_CONTACTED: "It goes once the time of rules.recontact is over; a shorter one lets it go sooner.",
        Reason.FACTS_PRUNED: "Nothing to do: the next syncs read it again.",
        Reason.UNEXPLAINED: "Nothing to do: the next syncs offer it again.",
        Reason.UNAVAILABLE: "Run `leadbridge sync` again.",
        Reason.DENIED: "`leadbridge status` says what the target needs; then run `leadbridge sync` again.",
        Reason.ABSENT: "Nothing to do: the next sync sends it.",
        Reason.PACED: "Nothing to do: later syncs send it. `leadbridge status` says when; `pace` on the route sets it.",
        Reason.BLOCKLIST: "If it should go, remove it from the vendor's block list, then `leadbridge retry --refused`.",
        Reason.REJECTED: "Fix what the target says about it, then `leadbridge retry --refused`.",
        Reason.UNRESOLVABLE: "If the account exists again: `leadbridge retry --refused`.",
        Reason.UNRESOLVABLE_AMONG: "`leadbridge retry --refused` goes on finding out which of them it is.",
        Reason.ATTEMPTS_SPENT: "`leadbridge retry` queues it again.",
        Reason.TARGET_GONE: "`leadbridge retry` queues it again, for the target that the route names now.",
        Reason.ROUTE_RETIRED: "Another route may take the person. Put the route back, and its next sync decides again.",
        Reason.GIVEN_UP: "If you know that it was not delivered: `leadbridge retry --reason given_up`.",
        Reason.ANSWER_LOST: _DOUBT,
        Reason.ASKED_BEFORE: "Run `leadbridge sync`: it finds out whether it arrived, then decides the lead again.",
        Reason.ABANDONED: _DOUBT,
        Reason.LOOKUP_FAILED: "Run `leadbridge sync`: it asks the target again.",
    }
)

ORIGINS: Mapping[str, str] = MappingProxyType(
    {
        Origin.LOCAL: "leadbridge decided it",
        Origin.API: "the target's answer said so",
        Origin.LOOKUP: "the target was asked afterwards",
        Origin.INFERRED: "the target's counts leave no other reading",
    }
)

LABELS: Mapping[str, str] = MappingProxyType(
    {
        State.DELIVERED: "delivered",
        State.DUPLICATE: "duplicate",
        State.HELD: "held",
        State.REFUSED: "refused",
        State.READY: "ready",
        State.SENDING: "sending",
        State.IN_DOUBT: "in doubt",
        State.FAILED: "failed",
    }
)
"""The states as sums and table heads name them, in that order."""

# `preview` counts what the ledger already knows to be settled under a word of its own.
_MORE = {"already_known": "went through this route before"}


def state(code: str) -> str:
    """The state in plain words; a code that this version does not know as it is."""
    return STATES.get(code) or code.replace("_", " ")


def reason(code: str) -> str:
    """The reason in plain words; a code that this version does not know as it is."""
    return REASONS.get(code) or _MORE.get(code) or code.replace("_", " ")


def fix(code: str) -> str:
    """What the operator can do about it; "" where nothing would help, or nothing needs to."""
    return FIXES.get(code, "")


def origin(code: str) -> str:
    """Where a reason came from, in plain words."""
    return ORIGINS.get(code, code)


def event(code: str) -> str:
    """What happened to a lead, in plain words."""
    return {"auto_replied": "automatic reply", "meeting": "meeting booked"}.get(code, code.replace("_", " "))


def wait(one: "Wait") -> str:
    """Who is ready and waits, why, and until when."""
    first, last = (f"{at:%Y-%m-%d %H:%M} UTC" if at else "" for at in (one.first, one.last))
    until = f" until {first}" if first == last else f" the first of them until {first}, the last until {last}"
    verb = "waits" if one.leads == 1 else "wait"
    return f"{leads(one.leads)} ready, and {verb}{until if first else ''}: {reason(one.reason)} ({one.reason})"


def queue(pace: Mapping[str, Any]) -> str:
    """How long those last who wait for the pace of the route, and why, by the document of its run; "" for none."""
    if not pace.get("queue"):
        return ""
    days = pace.get("days")
    spans = f"about {count(days, 'day')}, until {pace['last_on']}" if days else "an unknown time"
    return f"queue: {leads(pace['queue'])}, for {spans}; {pace['why']}"


def leads(number: int) -> str:
    """`1 lead`, `1,200 leads`."""
    return count(number, "lead")


def typed(name: str) -> str:
    """A route's name as it is typed after a verb."""
    return name if name.isalnum() else f'"{name}"'
