"""Makes values of the frozen classes quickly, for the path of every lead. Checks nothing."""

from collections.abc import Callable
from dataclasses import field, fields, make_dataclass
from typing import Any, TypeVar, cast

Value = TypeVar("Value")


def maker(kind: type[Value]) -> Callable[..., Value]:
    """Makes values of a frozen dataclass as the class itself does, in a fifth of the time; for the path of every lead.

    A frozen class checks each field while the value is made. So it is made as a value of an open twin with
    its fields in the same places, and then gets its own class.
    """

    def become(made: Any) -> None:
        made.__class__ = kind

    described: Any = kind
    same = [(f.name, f.type, field(default=f.default, default_factory=f.default_factory)) for f in fields(described)]
    twin = make_dataclass(f"_{kind.__name__}", same, slots=True, namespace={"__post_init__": become})
    return cast("Callable[..., Value]", twin)
