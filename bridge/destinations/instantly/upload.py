"""The request and the answer of `POST /leads/add`, read and written to the letter. Sends nothing, infers nothing.

OpenAPI: bulkAddLeads. The answer lists only the leads it created; all the others are counters (instantly.md pitfall 1).
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any

from bridge.api.scalars import count, mapping, text
from bridge.lazy import dataclass
from bridge.model import Delivery, Target

MOST_LEADS = 1000
COUNTERS = (
    "in_blocklist",
    "duplicated_leads",
    "skipped_count",
    "invalid_email_count",
    "incomplete_count",
    "duplicate_email_count",
)
# "campaigns" is any campaign of the workspace, and the workspace's flag counts lists too (instantly.md pitfalls 2, 3).
_FLAGS = MappingProxyType(
    {
        "campaigns": "skip_if_in_campaign",
        "lists": "skip_if_in_list",
        "workspace": "skip_if_in_workspace",
        "everywhere": "skip_if_in_workspace",
    }
)


def lead_body(delivery: Delivery) -> dict[str, object]:
    """The lead object: known keys only, since others are refused or dropped; what is empty is left out.

    Custom variables are scalars: Instantly knows no lists or objects there (instantly.md pitfall 25).
    """
    fields = delivery.fields
    body: dict[str, object] = {"email": delivery.address}
    # Written out: a loop over the names takes twice as long, and every lead passes here.
    if fields.first_name:
        body["first_name"] = fields.first_name
    if fields.last_name:
        body["last_name"] = fields.last_name
    if fields.company_name:
        body["company_name"] = fields.company_name
    if fields.job_title:
        body["job_title"] = fields.job_title
    if fields.phone:
        body["phone"] = fields.phone
    if fields.website:
        body["website"] = fields.website
    if fields.personalization:
        body["personalization"] = fields.personalization
    sent = fields.variables.items()
    scalars = {name: value for name, value in sent if (value if type(value) is str else _is_number(value))}
    if scalars:
        body["custom_variables"] = scalars
    return body


def _is_number(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and isfinite(value))


def add_request(deliveries: Sequence[Delivery], target: Target) -> dict[str, object]:
    """The body of one call. The place is that of the deliveries, fixed at their claim, never the configuration's."""
    place = deliveries[0].place
    if any(delivery.place != place for delivery in deliveries):
        raise ValueError("a batch goes to one place")
    body: dict[str, object] = {f"{place.kind}_id": place.id, "leads": [lead_body(one) for one in deliveries]}
    if target.dedupe in _FLAGS:
        body[_FLAGS[target.dedupe]] = True
    if target.verify_on_import:
        body["verify_leads_on_import"] = True
    return body


@dataclass(frozen=True, slots=True)
class Upload:
    """What an answer says.

    `created` maps positions in the request to lead ids; `strays` counts created leads that fit no position or stand
    at another address's; `room` is the plan room left, None for lists and where it is not said.
    """

    created: Mapping[int, str]
    strays: int
    counters: Mapping[str, int]
    sent: int | None = None
    uploaded: int | None = None
    room: int | None = None

    @property
    def unlisted(self) -> int:
        """How many leads were created, by list or counter, and it is unknown which: the rest may hold them."""
        return max(self.strays, (self.uploaded or 0) - len(self.created))

    def counted(self) -> dict[str, int]:
        """Every number the answer gave."""
        counted = {"total_sent": self.sent, "leads_uploaded": self.uploaded, "remaining_in_plan": self.room}
        return {**self.counters, **{name: number for name, number in counted.items() if number is not None}}

    def mismatch(self, batch: int, contradiction: str = "") -> str:
        """One sentence where the numbers contradict each other or the batch; "" where they add up.

        `contradiction` is in what else they are wrong, by what was found out about the leads.
        """
        said = []
        listed = len(self.created) + self.strays
        if self.sent is not None and self.sent != batch:
            said.append(f"it counted {self.sent} sent")
        if self.uploaded is not None and self.uploaded != listed:
            said.append(f"it counted {self.uploaded} created and listed {listed}")
        if self.strays:
            said.append(f"{self.strays} of the created leads fit no row of the request")
        if contradiction:
            said.append(contradiction)
        explained = listed + sum(self.counters.values())
        if explained != batch:
            said.append(f"its counters explain {explained}")
        return f"Of {batch} leads sent, Instantly's answer does not add up: {'; '.join(said)}." if said else ""


def read_upload(data: Any, addresses: Sequence[str]) -> Upload | None:
    """The answer to a batch with these addresses; None where it does not list the created leads.

    Only a listed id at the position of its address counts as created (instantly.md pitfall 43); counters that are
    missing or no numbers are none.
    """
    body = mapping(data)
    rows = body.get("created_leads")
    if not isinstance(rows, list):
        return None
    room = body.get("remaining_in_plan")  # of a plan that was shrunk below what it holds: less than none
    created: dict[int, str] = {}
    for row in rows:
        position = _position(mapping(row), addresses)
        if position is not None and position not in created:
            created[position] = text(row.get("id"))
    return Upload(
        created=created,
        strays=len(rows) - len(created),
        counters={name: count(body.get(name)) or 0 for name in COUNTERS},
        sent=count(body.get("total_sent")),
        uploaded=count(body.get("leads_uploaded")),
        room=0 if type(room) is int and room < 0 else count(room),
    )


def _position(row: Mapping[str, Any], addresses: Sequence[str]) -> int | None:
    """Where in the request the created lead stood, if its address (which the answer may omit) does not deny it."""
    index, said = row.get("index"), row.get("email")
    if type(index) is not int or not 0 <= index < len(addresses) or not text(row.get("id")):
        return None
    if said == addresses[index]:
        return index
    email = text(said).strip().lower()
    return index if not email or email == addresses[index].lower() else None
