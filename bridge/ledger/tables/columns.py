"""What every table of the ledger shares: the metadata object, kinds of column and of index. Names no table."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, event, text
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

# Constraint names that both databases agree on, so that later migrations can name them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

# SQLite only counts up on its own in a column declared INTEGER; PostgreSQL needs BIGINT for a long life.
_KEY = BigInteger().with_variant(Integer, "sqlite")


class Table(SQLModel):
    """What all tables share: the metadata object with our naming."""

    metadata = metadata


def key() -> Column[int]:
    """The number of a row, counted up by the database."""
    return Column(_KEY, primary_key=True, autoincrement=True)


def ref() -> Column[int]:
    """A number, 0 for none."""
    return Column(BigInteger, nullable=False, server_default="0")


def instant() -> Column[int]:
    """Milliseconds since 1970 UTC, 0 for never."""
    return Column(BigInteger, nullable=False, server_default="0")


def words() -> Column[str]:
    """A text, "" for nothing."""
    return Column(Text, nullable=False, server_default="")


def partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows that meet a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


@event.listens_for(metadata, "before_create")
def _for_postgresql(made: MetaData, connection: Connection, **_more: Any) -> None:
    """The same condition on PostgreSQL. Said with the index, it would load that dialect at every start (20 ms)."""
    if connection.dialect.name == "postgresql":
        for index in (index for table in made.tables.values() for index in table.indexes if "where" in index.info):
            index.dialect_options["postgresql"]["where"] = text(index.info["where"])
