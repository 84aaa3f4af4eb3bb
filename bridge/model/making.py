"""Makes values of the frozen classes quickly, for the road of every lead. Checks nothing."""

from collections.abc import Callable
from dataclasses import field, fields, make_dataclass
from typing import Any, TypeVar, cast

Value = TypeVar("Value")


def maker(kind: type[Value]) -> Callable[..., Value]:
    """Makes values of a frozen dataclass as the class itself does, in a third of the time; for the road of every lead.

    A frozen class checks each field while the value is made (four microseconds for a Lead). So it is made as a value of
    an open twin that keeps its fields in the same places, and then becomes what it is to be.
    """
    described: Any = kind
    told = [(f.name, f.type, field(default=f.default, default_factory=f.default_factory)) for f in fields(described)]
    twin: Any = make_dataclass(f"_{kind.__name__}", told, slots=True)

    def make(*values: Any, **named: Any) -> Value:
        made = twin(*values, **named)
        made.__class__ = kind
        return cast("Value", made)

    return make
