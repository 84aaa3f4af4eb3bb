"""Writes to vendors whose answer may be lost, what belongs to them, and what they cost. Holds no statement.

Credits are whole thousandths, so that sums are exact. A row is written before its call goes out: a lost answer is
looked up, never asked for again blindly.
"""

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words
from bridge.model import DEFAULT_CLIENT


class IntentRow(Table, table=True):
    """One write to a vendor whose answer may be lost; `ledger/intent.py` has its states.

    While `held` is 1 no other intent of the kind and client has its `subject` (test leads and pushes have none): the
    partial index is the promise. `client` is whose key made the call. `result` is what the kind calls its end, `emails`
    how many addresses it is about. `reserved` is what the call may cost, `used` what it did cost once `cost_known` is
    1. `asked_at` is by the vendor's clock, all other times by ours. `ended_at` is when the call ended at the latest,
    and later when the matter did (of a push always when its call did). `facts` is a JSON object of what only this kind
    has: of a push what the answer counted, and its `detail` is how that contradicts the batch.
    """

    __tablename__ = "intent"
    __table_args__ = (
        partial("ix_intent_held", "held = 1", "kind", "client", "subject", unique=True),
        Index("ix_intent_kind_route_no", "kind", "route_no"),
        Index("ix_intent_kind_route_no_place_no", "kind", "route_no", "place_no"),
        Index("ix_intent_run_id", "run_id"),
    )
    id: int = Field(sa_column=key())
    kind: str = Field(sa_column=words())
    client: str = Field(default=DEFAULT_CLIENT, sa_column=Column(Text, nullable=False, server_default=DEFAULT_CLIENT))
    subject: str = Field(default="", sa_column=words())
    held: int = Field(default=0, sa_column=ref())
    state: str = Field(sa_column=words())
    result: str = Field(default="", sa_column=words())
    route_no: int = Field(default=0, sa_column=ref())
    place_no: int = Field(default=0, sa_column=ref())
    campaign_no: int = Field(default=0, sa_column=ref())
    run_id: int = Field(default=0, sa_column=ref())
    emails: int = Field(default=0, sa_column=ref())
    reserved: int = Field(default=0, sa_column=ref())
    used: int = Field(default=0, sa_column=ref())
    cost_known: int = Field(default=0, sa_column=ref())
    began_at: int = Field(default=0, sa_column=instant())
    asked_at: int = Field(default=0, sa_column=instant())
    absent_at: int = Field(default=0, sa_column=instant())
    not_before: int = Field(default=0, sa_column=instant())
    polls: int = Field(default=0, sa_column=ref())
    ended_at: int = Field(default=0, sa_column=instant())
    remote_id: str = Field(default="", sa_column=words())
    detail: str = Field(default="", sa_column=words())
    facts: str = Field(default="{}", sa_column=Column(Text, nullable=False, server_default="{}"))


class TestLeadRow(Table, table=True):
    """What an intent that posts a test lead has in addition: an operator's own address, and whose fields were posted.

    `person` is the canonical key of `address`, `sample` Scravio's id of the lead whose fields were posted: the fields
    themselves are not kept.
    """

    __tablename__ = "posted_test_lead"
    __test__ = False  # pytest takes every class of this name for one of its own
    intent_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    address: str = Field(sa_column=words())
    person: str = Field(sa_column=words())
    sample: str = Field(default="", sa_column=words())


class ValidationWaitRow(Table, table=True):
    """Why a route has not asked for a campaign's validation yet, and when to look again. `caps` are those it had."""

    __tablename__ = "validation_wait"
    route_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    campaign_no: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    not_before: int = Field(default=0, sa_column=instant())
    emails: int = Field(default=0, sa_column=ref())
    cost: int = Field(default=0, sa_column=ref())
    caps: str = Field(default="", sa_column=words())
    why: str = Field(default="", sa_column=words())


class CheckedRow(Table, table=True):
    """What a validation of its own said of an address (lower case), and when; the latest word only.

    `portion_id` is the intent whose portion it was in.
    """

    __tablename__ = "checked"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own spelling
    address: str = Field(sa_column=Column(Text, primary_key=True))
    status: str = Field(sa_column=words())
    checked_at: int = Field(default=0, sa_column=instant())
    portion_id: int = Field(default=0, sa_column=ref())
