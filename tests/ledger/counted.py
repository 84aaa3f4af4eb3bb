"""What the ledger counts is what it holds."""

from bridge.ledger.core import counting

HELD = "SELECT route_no, state, reason, count(*) FROM delivery GROUP BY route_no, state, reason"


def assert_counted(db):
    """The numbers that verbs print are those of the rows, of all routes and of each; how far they are kept."""
    with db.read() as connection:
        held = sorted(map(tuple, connection.exec_driver_sql(HELD).fetchall()))
        assert sorted(counting.lead_counts(connection)) == held
        for number in {row[0] for row in held}:
            assert sorted(counting.lead_counts(connection, number)) == [row for row in held if row[0] == number]
        return counting.counted_up_to(connection)
