"""What a lead carries into the columns of a campaign. Sends nothing; a value is always a string."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.api import Client
from bridge.destinations.inbox import reading
from bridge.model import Delivery

_OWN = "custom_"  # how the id of a column begins (inbox.md §1)


@dataclass(frozen=True, slots=True)
class Columns:
    """Our fields by the id of the column that takes each. `missing` are sentences about those that no column takes."""

    fields: Mapping[str, str]
    missing: tuple[str, ...] = ()

    def values(self, delivery: Delivery) -> dict[str, str]:
        """What the delivery has for each column; what is empty is left out."""
        found = {column: value_of(delivery, name) for column, name in self.fields.items()}
        return {column: value for column, value in found.items() if value}


def read(client: Client, campaign_id: str, wanted: Sequence[tuple[str, str]]) -> Columns:
    """The columns of the campaign that bridge.toml names by id or name. Asks only where any is named."""
    if not wanted:
        return Columns({})
    known = reading.columns(client, campaign_id)
    if known is None:
        return as_written(wanted)
    ids = {name.casefold(): key for key, name in known.items()}
    found = {name: column if column in known else ids.get(column.casefold(), "") for name, column in wanted}
    return Columns(
        {column: name for name, column in found.items() if column},
        tuple(_missing(name, column, known) for name, column in wanted if not found[name]),
    )


def as_written(wanted: Sequence[tuple[str, str]]) -> Columns:
    """Where columns are not listed: ids are taken as they stand, names cannot be."""
    return Columns(
        {column: name for name, column in wanted if column.startswith(_OWN)},
        tuple(_unlisted(column) for _, column in wanted if not column.startswith(_OWN)),
    )


def value_of(delivery: Delivery, name: str) -> str:
    """A field of the delivery as text, "" where it has none."""
    value = delivery.fields.variables.get(name, getattr(delivery.fields, name, ""))
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str | int | float) else ""


def _missing(name: str, column: str, known: Mapping[str, str]) -> str:
    there = ", ".join(f'"{title}" ({key})' for key, title in known.items()) or "none"
    return f'The campaign has no column "{column}", so {name} is not sent. Its columns: {there}.'


def _unlisted(column: str) -> str:
    return f'Inbox lists no columns, so "{column}" cannot be found by name and is not sent: write its id ({_OWN}…).'


def strange(columns: Columns, said: str) -> Iterator[str]:
    """The columns that a refusal names."""
    return (column for column in columns.fields if column in said)
