"""A dataclass whose methods are made with its first value is the dataclass that Python makes."""

import copy
import dataclasses
import pickle
import threading
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import ClassVar, Generic, TypeVar

import pytest

from bridge import lazy

T = TypeVar("T")


def family(dataclass):
    """A class with every kind of field, one below it, and an open one of a type."""

    @dataclass(frozen=True, slots=True)
    class Whole(Generic[T]):
        """What it is."""

        number: int
        word: str = "a"
        some: list[T] = field(default_factory=list, compare=False)
        KIND: ClassVar[str] = "whole"

        @property
        def twice(self):
            return self.number * 2

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Below(Whole[int]):
        more: int = 1

        def __post_init__(self):
            object.__setattr__(self, "more", self.more + 1)

    @dataclass(slots=True, eq=False)
    class Open:
        number: int
        hidden: int = field(default=3, init=False, repr=False)

    return Whole, Below, Open


@pytest.mark.parametrize("dataclass", [dataclasses.dataclass, lazy.dataclass])
@pytest.mark.parametrize("asked_first", [True, False])
def test_it_is_the_dataclass_that_python_makes(dataclass, asked_first):
    """Values, fields, equality, hashes, what is refused and what is copied; whether the fields are looked at first."""
    Whole, Below, Open = family(dataclass)  # noqa: N806 - classes
    if asked_first:
        assert [one.name for one in fields(Below)] == ["number", "word", "some", "more"]
        assert dataclasses.is_dataclass(Open)
    below = Below(2, some=[1], more=4)
    assert repr(below) == "family.<locals>.Below(number=2, word='a', some=[1], more=5)"
    assert (below.twice, Below.KIND, Below.__slots__, Whole.__slots__) == (
        4,
        "whole",
        ("more",),
        ("number", "word", "some"),
    )
    assert below == Below(2, more=4)
    assert below != Whole(2)
    assert hash(Whole(2)) == hash(Whole(2, some=[5]))
    assert replace(Whole(2), word="b") == Whole(2, "b")
    assert copy.deepcopy(below) == copy.copy(below) == below
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'word'"):
        below.word = "c"
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'number'"):
        Whole()
    one, other = Open(1), Open(1)
    one.number = 2
    assert (one.number, one.hidden, one == other) == (2, 3, False)
    with pytest.raises(TypeError, match="unhashable"):
        hash(dataclass(slots=True)(type("Equal", (), {"__annotations__": {"number": int}}))(1))
    with pytest.raises(AttributeError):
        one.unknown = 1
    assert Whole.__doc__ == "What it is."
    assert Whole.__match_args__ == ("number", "word", "some")


def test_the_fields_are_those_that_the_class_names_wherever_it_keeps_them():
    """From Python 3.14 on the annotations stand no longer in the namespace of the class."""
    later = type("Later", (type,), {"__annotations__": property(lambda _: {"number": int})})
    assert lazy.dataclass(slots=True)(later("Odd", (), {})).__slots__ == ("number",)


@lazy.dataclass(frozen=True, slots=True)
class Sent:
    """One that can be pickled."""

    number: int


def test_the_first_values_may_be_made_by_several_threads():
    """None of them sees half a class; a value survives pickling."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(hash(Sent(1)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {hash(Sent(1))}
    assert len(found) == len(threads)
    assert pickle.loads(pickle.dumps(Sent(3))) == Sent(3)
