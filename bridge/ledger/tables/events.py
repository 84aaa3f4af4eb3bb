"""What vendors say of delivered leads, and what their webhooks posted. Holds no statement.

The table `event` is about moves of a delivery in this ledger; `vendor_event` is about what became of the lead.
"""

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint

from bridge.ledger.tables.columns import Table, instant, key, partial, ref, words


class VendorEventRow(Table, sqlite_with_rowid=False):
    """One kind of event of one lead. The primary key keeps it once, however often and wherever it is reported.

    `delivery_id` is 0 where it belongs to no delivery of ours; `subject` is then a keyed hash of target and address,
    else "". `first_at` and `latest_at` are by the vendor's clock (0 = no credible time was given), all other times by
    the ledger's: `noted_at` when it was first reported, `seen_at` the latest round that saw it, `sightings` how many
    rounds did. `witnesses` adds up the places that showed it (`model.Witness`). `acted_at` is when it had its
    consequence, named in `consequence`.
    """

    __tablename__ = "vendor_event"
    __table_args__ = (
        Index("ix_vendor_event_route_no", "route_no", "kind", "noted_at"),
        partial(
            "ix_vendor_event_pending",
            "acted_at = 0 AND kind IN ('bounced', 'unsubscribed', 'not_interested', 'replied')",
            "route_no",
        ),
        partial("ix_vendor_event_hint", "witnesses = 4", "route_no"),
    )
    delivery_id = Column(BigInteger, primary_key=True, autoincrement=False)
    subject = Column(Text, primary_key=True, nullable=False, server_default="")
    kind = Column(Text, primary_key=True, nullable=False)
    route_no = ref()
    place_no = ref()
    first_at = instant()
    latest_at = instant()
    noted_at = instant()
    seen_at = instant()
    sightings = ref()
    witnesses = ref()
    learnt = words()
    looks = ref()
    acted_at = instant()
    consequence = words()
    detail = words()


class WebhookPostRow(Table):
    """One body that was posted to a webhook of ours, as it came, until it is worked off; then without the body.

    `digest` is that of the raw body: the same post is kept once. `verdict` says what became of it.
    """

    __tablename__ = "webhook_post"
    __table_args__ = (
        UniqueConstraint("client", "vendor", "digest"),
        partial("ix_webhook_post_waiting", "worked_at = 0", "id"),
        Index("ix_webhook_post_received_at", "received_at"),
    )
    id = key()
    client = words()
    vendor = words()
    digest = words()
    received_at = instant()
    body = words()
    worked_at = instant()
    verdict = words()


class BrakeRow(Table):
    """A source campaign that is or was stopped on a route by these figures; `stopped_at` is 0 where it is released.

    After a stop or a release only leads that are sent later count.
    """

    __tablename__ = "brake"
    route_no = Column(BigInteger, primary_key=True, autoincrement=False)
    campaign_no = Column(BigInteger, primary_key=True, autoincrement=False)
    bounced = ref()
    reached = ref()
    stopped_at = instant()
    released_at = instant()
