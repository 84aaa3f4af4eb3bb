"""What happens to a lead after it was added: mails, openings, replies, bounces. The sandbox sends nothing.

`happen` is for tests and for the controls of a served sandbox. It keeps all views in step: the lead, the inbox, the
events that the analytics count, and the webhooks.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridge.sandbox.instantly import emails, webhooks
from bridge.sandbox.instantly.records import Campaign, Document, Event, LeadList, Person
from bridge.sandbox.instantly.workspace import Workspace

# Kind of event -> the lead's interest afterwards (instantly.md §1.3).
INTERESTS: Mapping[str, int | None] = {
    "lead_neutral": None, "lead_interested": 1, "lead_meeting_booked": 2, "lead_meeting_completed": 3,
    "lead_closed": 4, "lead_out_of_office": 0, "lead_not_interested": -1, "lead_wrong_person": -2, "lead_lost": -3,
    "lead_no_show": -4,
}  # fmt: skip
_STATUSES = {"email_bounced": -1, "lead_unsubscribed": -2}
_COUNTS = {
    "email_sent": ("sent", "contacted_at"), "email_opened": ("opens", "opened_at"),
    "email_link_clicked": ("clicks", "clicked_at"), "reply_received": ("replies", "replied_at"),
}  # fmt: skip
KINDS = (*_COUNTS, *_STATUSES, *INTERESTS)


def happen(workspace: Workspace, person: Person, kind: str, at: datetime, **facts: Any) -> Person:
    """Let an event happen, seen at once in all views; returns the lead as it is afterwards. Terms as `publish`."""
    return show(workspace, person, publish(workspace, person, kind, at, **facts))


def publish(
    workspace: Workspace, person: Person, kind: str, at: datetime, *, step: int = 0, variant: int = 0,
    automatic: bool = False, text: str = "",
) -> Event:  # fmt: skip
    """An event of one of `KINDS` for the analytics, the inbox and the webhooks. Raises ValueError for other kinds.

    `automatic`: the reply is one of a machine, which is no reply in the lead's own count.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    first = (person.id, kind) not in workspace.seen
    # The account that writes to this lead: the first of its campaign, or of the workspace.
    campaign = workspace.campaign(person.place)
    listed = campaign.settings.get("email_list") if campaign else None
    account = str(listed[0]) if listed else next((one.email for one in workspace.mailboxes), "")
    event = Event(kind, at, person.id, person.email, person.place, account, step, variant, first, automatic)
    workspace.record(event)
    mail = _mail(workspace, event, person, text) if kind in {"email_sent", "reply_received"} else None
    for one in workspace.threads.get(person.id, ()) if kind in INTERESTS else ():
        one["i_status"] = INTERESTS[kind]
    webhooks.announce(workspace, event, person, mail)
    return event


def show(workspace: Workspace, person: Person, event: Event) -> Person:
    """The lead with what the event made of it."""
    activity, status = person.activity, _STATUSES.get(event.kind, person.status)
    if event.kind in INTERESTS:
        activity = replace(activity, interest=INTERESTS[event.kind], interest_at=event.at)
    elif event.kind in _STATUSES:
        activity = replace(activity, status_at=event.at)
    else:
        count, when = _COUNTS[event.kind]
        more = 0 if event.automatic else 1
        activity = replace(activity, **{count: getattr(activity, count) + more, when: event.at})
    return workspace.change_person(person, activity=activity, updated=event.at, status=status)


def mutate(workspace: Workspace, at: datetime, email: str, kind: str, campaign: str = "", **further: Any) -> None:
    """The control `event`: `happen` to the lead with this address, in the place of this id or name."""
    every: list[Campaign | LeadList] = [*workspace.campaigns, *workspace.lists]
    places = [one.id for one in every if campaign in {"", one.id, one.name}]
    person = next((one for one in workspace.of_email(email) if one.place in places), None)
    if person is None:
        raise LookupError(f"no Instantly lead {email!r}")
    happen(workspace, person, kind, at, **further)


def _mail(workspace: Workspace, event: Event, person: Person, text: str) -> Document:
    received, at = event.kind == "reply_received", event.at
    thread = workspace.threads.setdefault(person.id, [])
    campaign = workspace.campaign(event.place)
    steps = campaign.steps if campaign else ()
    subject, body = steps[event.step] if event.step < len(steps) else ("Hello", "Hello")
    mail = emails.put(
        workspace, at, emails.RECEIVED if received else emails.SENT,
        text or ("Thank you for your mail." if received else body),
        subject=f"Re: {subject}" if received else subject, eaccount=event.account, lead=person.email,
        lead_id=person.id, campaign_id=person.place if person.kind == "campaign" else None,
        list_id=person.place if person.kind == "list" else None,
        thread_id=thread[0]["thread_id"] if thread else workspace.ids.at(at),
        step=f"0_{event.step}_{event.variant}", is_auto_reply=int(event.automatic),
        is_focused=int(not event.automatic),
    )  # fmt: skip
    thread.append(mail)
    return mail
