"""What is made only when it is used: the methods of a dataclass. For modules that every start loads.

Python makes the text of some six methods for each dataclass and compiles it: 0.3 ms. A `sync` loads two hundred of them
and makes values of a few.
"""

import dataclasses
import threading
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_origin

__all__ = ["dataclass"]

_LAST: Final = ("__dataclass_fields__", "__init__")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(**options: bool) -> Any:
        """As `dataclasses.dataclass` with `slots`: the same class, fields and methods."""
        return lambda described: _later(described, options)


_MAKING = threading.RLock()


class _Fields:
    """`__dataclass_fields__` of a class whose methods are not made yet; who asks for it gets both."""

    def __init__(self, described: type, options: dict[str, bool]) -> None:
        self._described, self._options = described, options
        self.kind: Any = None

    def __get__(self, _value: object, _kind: type) -> Any:
        """Give the class its methods. What makes values comes last: no thread makes one of half a class."""
        with _MAKING:
            if vars(self.kind)["__dataclass_fields__"] is self:
                before = dict(vars(self._described))
                made = vars(dataclasses.dataclass(**self._options)(self._described))
                names = [name for name, value in made.items() if name not in before or value is not before[name]]
                for name in [name for name in names if name not in {*made["__slots__"], *_LAST}] + list(_LAST):
                    setattr(self.kind, name, made[name])
        return self.kind.__dataclass_fields__


def _later(described: type, options: dict[str, bool]) -> Any:
    """The class with its slots, which cannot be given later; its first value does the rest."""
    fields, known = _Fields(described, options), {"__dict__", "__weakref__"}
    # Asked of the class: from Python 3.14 on its namespace does not hold them.
    named: dict[str, Any] = described.__annotations__
    own = [name for name, kind in named.items() if get_origin(kind) is not ClassVar]
    above = {slot for one in described.__mro__[1:] for slot in getattr(one, "__slots__", ())}
    space = {name: value for name, value in vars(described).items() if name not in known.union(own)}

    def first(value: Any, *args: Any, **more: Any) -> None:
        fields.__get__(None, made)
        made.__init__(value, *args, **more)

    space |= {"__slots__": tuple(name for name in own if name not in above)}
    space |= {"__init__": first, "__dataclass_fields__": fields, "__qualname__": described.__qualname__}
    made: Any = type(described)(described.__name__, described.__bases__, space)
    fields.kind = made
    return made
