"""What operators did by hand: routes that are paused, and the record of the dashboard's actions. Holds no statement."""

from sqlalchemy import BigInteger, Column

from bridge.ledger.tables.columns import Table, instant, key, words


class PauseRow(Table):
    """A route that an operator has paused: no run of it begins until the row is gone."""

    __tablename__ = "route_pause"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    paused_at = instant()
    paused_by = words()


class ActionRow(Table):
    """One action on the dashboard: who did what when, and what came of it ("" until it has ended).

    `route` is a name, `subject` what it was about; an address in it is masked.
    """

    __tablename__ = "operator_action"
    id = key()
    at = instant()
    who = words()
    action = words()
    route = words()
    subject = words()
    outcome = words()
