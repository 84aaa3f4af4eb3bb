"""Writes to vendors whose answer may be lost, what belongs to them, and what they cost. Holds no statement.

Credits are whole thousandths, so that sums are exact. A row is written before its call goes out: a lost answer is
looked up, never asked for again blindly.
"""

from sqlalchemy import BigInteger, Column, Index, Text

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words
from bridge.model import DEFAULT_CLIENT


class IntentRow(Table):
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
    id = key()
    kind = words()
    client = Column(Text, nullable=False, server_default=DEFAULT_CLIENT)
    subject = words()
    held = ref()
    state = words()
    result = words()
    route_no = ref()
    place_no = ref()
    campaign_no = ref()
    run_id = ref()
    emails = ref()
    reserved = ref()
    used = ref()
    cost_known = ref()
    began_at = instant()
    asked_at = instant()
    absent_at = instant()
    not_before = instant()
    polls = ref()
    ended_at = instant()
    remote_id = words()
    detail = words()
    facts = Column(Text, nullable=False, server_default="{}")


class TestLeadRow(Table):
    """What an intent that posts a test lead has in addition: an operator's own address, and whose fields were posted.

    `person` is the canonical key of `address`, `sample` Scravio's id of the lead whose fields were posted: the fields
    themselves are not kept.
    """

    __tablename__ = "posted_test_lead"
    __test__ = False  # pytest takes every class of this name for one of its own
    intent_id = Column(BigInteger, primary_key=True, autoincrement=False)
    address = words()
    person = words()
    sample = words()


class ValidationWaitRow(Table):
    """Why a route has not asked for a campaign's validation yet, and when to look again. `caps` are those it had."""

    __tablename__ = "validation_wait"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    campaign_no = Column(BigInteger, primary_key=True, autoincrement=False)
    not_before = instant()
    emails = ref()
    cost = ref()
    caps = words()
    why = words()


class CheckedRow(Table, sqlite_with_rowid=False):
    """What a validation of its own said of an address (lower case), and when; the latest word only.

    `portion_id` is the intent whose portion it was in.
    """

    __tablename__ = "checked"
    address = Column(Text, primary_key=True)
    status = words()
    checked_at = instant()
    portion_id = ref()
