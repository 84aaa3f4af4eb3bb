"""What of a changed lead may be written over what its target holds. Depends on nothing but its arguments."""

from collections.abc import Mapping
from dataclasses import field

from bridge.lazy import dataclass
from bridge.model import Fields, Scalar


@dataclass(frozen=True, slots=True)
class Verdict:
    """The changed fields, each once, by what is to be done with it.

    `write` still has the value that was sent, `there` has the new one already, `edited` has another: it is a person's.
    `beyond` cannot be changed in this target.
    """

    write: Mapping[str, Scalar] = field(default_factory=dict)
    there: Mapping[str, Scalar] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def changes(sent: Fields, wanted: Fields) -> dict[str, Scalar]:
    """The fields that have another value now, "" for none any more."""
    before, after = sent.values(), wanted.values()
    return {name: after.get(name, "") for name in before | after if not same(before.get(name), after.get(name))}


def judge(sent: Fields, wanted: Mapping[str, Scalar], shown: Mapping[str, Scalar]) -> Verdict:
    """Compare what the target shows now of the fields that it can change with what was sent and what is wanted."""
    before = sent.values()
    here = {name: value for name, value in wanted.items() if name in shown}
    there = {name: value for name, value in here.items() if same(shown[name], value)}
    open_ones = {name: value for name, value in here.items() if name not in there}
    write = {name: value for name, value in open_ones.items() if same(shown[name], before.get(name))}
    edited = tuple(sorted(open_ones.keys() - write.keys()))
    return Verdict(write, there, edited, tuple(sorted(wanted.keys() - here.keys())))


def meanwhile(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> list[str]:
    """What another hand changed between two looks at a lead."""
    return sorted(name for name, value in after.items() if name in before and not same(before[name], value))


def same(one: Scalar, other: Scalar) -> bool:
    """Whether two values read the same: vendors give numbers back as text, and nothing as null, "" or not at all."""
    return _text(one) == _text(other)


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
