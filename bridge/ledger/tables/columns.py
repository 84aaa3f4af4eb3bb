"""What every table of the ledger shares: the metadata object, kinds of column and of index. Names no table."""

from functools import cache
from types import new_class
from typing import TYPE_CHECKING, Any, ClassVar, cast

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, event, text
from sqlalchemy.engine import Connection

if TYPE_CHECKING:
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


class Table:
    """A table, described in the form of sqlmodel: its columns, `__tablename__`, and constraints and indices."""

    __tablename__: ClassVar[str]
    __table_args__: ClassVar[tuple[Any, ...]] = ()
    __table__: ClassVar[sa.Table]

    def __init_subclass__(cls, **options: Any) -> None:
        """Make the Core table, which is all that a statement needs."""
        columns = {name: column for name, column in vars(cls).items() if isinstance(column, Column)}
        for name, column in columns.items():
            column.name = column.key = name
        cls.__table__ = sa.Table(cls.__tablename__, metadata, *columns.values(), *cls.__table_args__, **options)

    @classmethod
    @cache
    def model(cls) -> "type[SQLModel]":
        """The sqlmodel class of the rows, for scripts that read a ledger. No start makes the 33: that takes 100 ms."""
        from sqlmodel import Field, SQLModel  # noqa: PLC0415 - see above

        columns = cls.__table__.columns
        kinds = {column.name: column.type.python_type for column in columns}
        fields = {column.name: Field(primary_key=column.primary_key, sa_type=type(column.type)) for column in columns}
        body = {"__tablename__": cls.__tablename__, "__annotations__": kinds, "metadata": MetaData()}
        made = new_class(cls.__name__, (SQLModel,), {"table": True}, lambda space: space.update(body | fields))
        return cast("type[SQLModel]", made)


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
