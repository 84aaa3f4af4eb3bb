"""The tables about people who must not be contacted or remembered, and a few facts about the ledger itself.

No plain address of an erased person stands in any of them. A `key` is what `ledger.people.secrecy` makes of the
key of an identity, a domain or an id: the same under one key of the ledger, and it says nothing without it.
"""

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, ref, words


class SuppressionRow(Table, table=True):
    """An identity (its key) or a domain that must never be contacted.

    `value` is the plain key or domain, "" where only the hash is kept. `workspace` is whose block list it stands
    on, for those that were found there. `client` is for whose routes alone it holds, "" for every client.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        Index("ix_suppression_kind", "kind", "key"),
        Index("ix_suppression_origin", "origin", "workspace"),
    )
    key: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=words())
    value: str = Field(default="", sa_column=words())
    reason: str = Field(default="", sa_column=words())
    origin: str = Field(default="", sa_column=words())
    workspace: str = Field(default="", sa_column=words())
    added_at: int = Field(default=0, sa_column=instant())
    client: str = Field(default="", sa_column=words())


class RemovalRow(Table, table=True):
    """An entry that an operator took off the do-not-contact list: what it was, and why it was removed.

    `key`, `value`, `kind` and `client` are those of the entry, `origin` and `said` its origin and its reason.
    """

    __tablename__ = "removal"
    __table_args__ = (Index("ix_removal_key", "key"),)
    id: int = Field(sa_column=key())
    key: str = Field(sa_column=words())
    value: str = Field(default="", sa_column=words())
    kind: str = Field(default="", sa_column=words())
    client: str = Field(default="", sa_column=words())
    origin: str = Field(default="", sa_column=words())
    said: str = Field(default="", sa_column=words())
    reason: str = Field(default="", sa_column=words())
    removed_at: int = Field(default=0, sa_column=instant())


class ErasedRow(Table, table=True):
    """An identity or an id of Scravio's whose facts are never stored again. `erasure_no` is the request behind it."""

    __tablename__ = "erased"
    key: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=words())
    erasure_no: int = Field(default=0, sa_column=ref())
    erased_at: int = Field(default=0, sa_column=instant())


class ErasureRow(Table, table=True):
    """A request to erase a person: who asked this program when, what it did, and what it could not reach.

    `done` is JSON with counts and places, free of everything that says who it was.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_person", "person"),)
    no: int = Field(sa_column=key())
    person: str = Field(sa_column=words())
    asked_by: str = Field(default="", sa_column=words())
    status: str = Field(default="", sa_column=words())
    done: str = Field(default="", sa_column=words())
    began_at: int = Field(default=0, sa_column=instant())
    ended_at: int = Field(default=0, sa_column=instant())


class MarkRow(Table, table=True):
    """A fact about the ledger itself under a name: how often the suppressions changed, when a block list was read."""

    __tablename__ = "mark"
    name: str = Field(sa_column=Column(Text, primary_key=True))
    number: int = Field(default=0, sa_column=ref())
    said: str = Field(default="", sa_column=words())
