"""The tables about people who must not be contacted or remembered, and a few facts about the ledger itself.

No plain address of an erased person stands in any of them. A `key` is what `ledger.people.secrecy` makes of the
key of an identity, a domain or an id: the same under one key of the ledger, and it says nothing without it.
"""

from sqlalchemy import Column, Index, Text

from bridge.ledger.tables.columns import Table, instant, key, ref, words


class SuppressionRow(Table):
    """An identity (its key) or a domain that must never be contacted.

    `value` is the plain key or domain, "" where only the hash is kept. `workspace` is whose block list it stands
    on, for those that were found there. `client` is for whose routes alone it holds, "" for every client.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        Index("ix_suppression_kind", "kind", "key"),
        Index("ix_suppression_origin", "origin", "workspace"),
    )
    key = Column(Text, primary_key=True)
    kind = words()
    value = words()
    reason = words()
    origin = words()
    workspace = words()
    added_at = instant()
    client = words()


class RemovalRow(Table):
    """An entry that an operator took off the do-not-contact list: what it was, and why it was removed.

    `key`, `value`, `kind` and `client` are those of the entry, `origin` and `said` its origin and its reason.
    """

    __tablename__ = "removal"
    __table_args__ = (Index("ix_removal_key", "key"),)
    id = key()
    key = words()
    value = words()
    kind = words()
    client = words()
    origin = words()
    said = words()
    reason = words()
    removed_at = instant()


class ErasedRow(Table):
    """An identity or an id of Scravio's whose facts are never stored again. `erasure_no` is the request behind it."""

    __tablename__ = "erased"
    key = Column(Text, primary_key=True)
    kind = words()
    erasure_no = ref()
    erased_at = instant()


class ErasureRow(Table):
    """A request to erase a person: who asked this program when, what it did, and what it could not reach.

    `done` is JSON with counts and places, free of everything that says who it was.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_person", "person"),)
    no = key()
    person = words()
    asked_by = words()
    status = words()
    done = words()
    began_at = instant()
    ended_at = instant()


class MarkRow(Table):
    """A fact about the ledger itself under a name: how often the suppressions changed, when a block list was read."""

    __tablename__ = "mark"
    name = Column(Text, primary_key=True)
    number = ref()
    said = words()
