"""Makes docs/reasons.md from the model's words and the command line's plain ones.

Run it with `.venv/bin/python -m docs` after a state, a reason or its words have changed.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bridge.model import Origin, Reason, State
from bridge.reports import words
from docs.markdown import table, write

_HEAD = """# States and reasons

<!-- Made by docs/make_reasons.py: change the words, then run `.venv/bin/python -m docs`. -->

Every lead that a route knows has one state and one reason, and the states add up to the leads. `leadbridge explain`
shows them for one lead, `leadbridge rejects` for every lead that was not sent, and `--json` has the codes below.

## States

"""

NEXT: Mapping[State, str] = MappingProxyType(
    {
        State.HELD: "Look at its reason below. Nothing that is held is lost: it is sent as soon as the reason is gone.",
        State.READY: "`leadbridge sync`. If it stays ready, `leadbridge status` says what the route waits for.",
        State.SENDING: "Wait while a sync is running; otherwise `leadbridge sync`, which finds out first.",
        State.DELIVERED: "Nothing.",
        State.DUPLICATE: "Nothing: the person is where the route wants them, or where `dedupe` says is enough.",
        State.REFUSED: "Fix the reason; then `leadbridge retry --refused` and `leadbridge sync`.",
        State.IN_DOUBT: "`leadbridge settle` or the next `leadbridge sync`: either finds out, and adds no lead twice.",
        State.FAILED: "`leadbridge explain` shows the attempts; then `leadbridge retry` and `leadbridge sync`.",
    }
)
"""What the operator does about a lead in a state."""

# Each section begins with this reason, in the order of the model, and holds those up to the next one.
_SECTIONS: Mapping[Reason, tuple[str, str]] = MappingProxyType(
    {
        Reason.UNREADABLE: (
            "Held: the lead",
            "Scravio has too little data. When it has more, the next sync uses it.",
        ),
        Reason.NOT_VALIDATED: (
            "Held: the validation",
            "Only addresses that were recently validated as good are sent. Later validations are noticed.",
        ),
        Reason.SUPPRESSED: (
            "Held: the address",
            "Addresses that harm a sender's reputation, or whose owner must not be contacted.",
        ),
        Reason.PLATFORM: (
            "Held: the audience",
            "The route's `rules` exclude these leads. Change them, and the next sync decides the stored leads again.",
        ),
        Reason.DUPLICATE_OF: ("Held: others", "`leadbridge explain` names the other lead."),
        Reason.NOT_SELECTED: ("Held: the route", "The route's `source` decides which campaigns it takes."),
        Reason.OK: ("Ready", "These are sent with the next sync, or as soon as the route is no longer blocked."),
        Reason.CREATED: (
            "Settled by the target",
            "`created` is a delivery; those that were already there are duplicates; the others are refused.",
        ),
        Reason.ANSWER_LOST: (
            "In doubt",
            "It is unknown whether the request took effect: the target is asked first, and nothing is sent before.",
        ),
        Reason.ATTEMPTS_SPENT: ("Failed", "`leadbridge retry` queues these again, by the current rules."),
    }
)


def page() -> str:
    """The whole page."""
    return _HEAD + states() + "\n" + "".join(_reasons()) + _origins() + "\n"


def states() -> str:
    """Every state with its plain words and the next step."""
    rows = [(f"**{label}**", words.STATES[state], NEXT[State(state)]) for state, label in words.LABELS.items()]
    return table(("state", "means", "what to do"), rows)


def _reasons() -> Iterator[str]:
    starts = [number for number, reason in enumerate(Reason) if reason in _SECTIONS]
    every = list(Reason)
    for start, end in zip(starts, [*starts[1:], len(every)], strict=True):
        title, said = _SECTIONS[every[start]]
        rows = [(f"`{reason}`", words.reason(reason), words.fix(reason)) for reason in every[start:end]]
        yield f"\n## {title}\n\n{said}\n\n{table(('code', 'means', 'what to do'), rows)}\n"


def _origins() -> str:
    rows = [(f"`{origin}`", words.origin(origin)) for origin in Origin]
    return f"\n## Where a reason came from\n\n{table(('code', 'means'), rows)}"


if __name__ == "__main__":
    write("reasons.md", page())
