"""The keys of bridge.toml, listed from its shape: for the documentation, and for fixing wrong ones. Reads no file."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from bridge.config.shape import file_table
from bridge.config.table import Accepts, Table
from bridge.config.vocabulary import either
from bridge.lazy import dataclass

Place = tuple[str | int, ...]
"""Where something stands in the file: keys, and positions in lists."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its dotted path without positions, what it takes, its default as TOML ("" = unset), its meaning."""

    path: str
    values: str
    default: str
    meaning: str

    @property
    def table(self) -> str:
        """The dotted path of the table it stands in, "" for the top."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """The key itself."""
        return self.path.rpartition(".")[2]


def schema_keys() -> tuple[Key, ...]:
    """Every key that holds a value, in the order of the shape; its tables are the first parts of its path."""
    return _keys(file_table())


@cache
def _keys(file: type[Table]) -> tuple[Key, ...]:
    return tuple(_keys_of(file, ""))


def fields_of(table: type[Table]) -> dict[str, FieldInfo]:
    """The fields of a table by the keys they have in the file."""
    return {field.alias or name: field for name, field in table.model_fields.items()}


def table_of(field: FieldInfo) -> type[Table] | None:
    """The table a field holds, alone or in a list; None where it holds a value."""
    inner = get_args(field.annotation)[0] if get_origin(field.annotation) is list else field.annotation
    return inner if isinstance(inner, type) and issubclass(inner, Table) else None


def field_at(place: Place) -> FieldInfo | None:
    """The field that a place in the file belongs to; None where the shape knows none."""
    table: type[Table] | None = file_table()
    field = None
    for step in place:
        if isinstance(step, str) and table is not None:
            field = fields_of(table).get(step)
            table = table_of(field) if field is not None else None
    return field


def accepts(field: FieldInfo) -> str:
    """What the field takes, in words that complete "it must be ..."."""
    notes = list(_notes(field))
    for note in notes:
        if isinstance(note, Accepts):
            return note.words
    return either(choices(field)) or ("true or false" if bool in notes else "a table")


def choices(field: FieldInfo) -> tuple[str, ...]:
    """The words a field chooses from; empty where it takes other values."""
    return tuple(word for note in _notes(field) if get_origin(note) is Literal for word in get_args(note))


def _keys_of(table: type[Table], prefix: str) -> Iterator[Key]:
    for name, field in fields_of(table).items():
        inner = table_of(field)
        if inner is not None:
            yield from _keys_of(inner, f"{prefix}{name}.")
        else:
            default = "" if field.is_required() else as_toml(field.default)
            yield Key(f"{prefix}{name}", accepts(field), default, field.description or "")


def _notes(field: FieldInfo) -> Iterator[object]:
    yield from field.metadata
    yield from _unwrapped(field.annotation)


def _unwrapped(annotation: object) -> Iterator[object]:
    """The annotation, its parts where it is a union, and what Annotated adds to them."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__  # type: ignore[attr-defined]  # typing gives Annotated no public type
    if get_origin(annotation) not in {list, dict, tuple, Literal}:
        for part in get_args(annotation):
            yield from _unwrapped(part)


def as_toml(value: object) -> str:
    """A default as it would be typed; "" where nothing is set."""
    match value:
        case None | "":
            return ""
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return "[" + ", ".join(f'"{item}"' for item in value) + "]"
        case timedelta():
            minutes, seconds = divmod(value.seconds, 60)
            return (
                f'"{value.days}d"'
                if value.days
                else f'"{value.seconds}s"'
                if seconds or minutes == 1
                else f'"{minutes}m"'
            )
    return str(value)
