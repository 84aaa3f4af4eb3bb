"""The life of every lead after it was added: mails on sending days, openings, replies, bounces, opt-outs. No HTTP here.

Off until `begin`. Decided by the seed, the address and the step alone, whenever and however often it is looked at.
Only campaigns send. An opt-out does not change the block list: the document does not say that it does.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from bridge.sandbox.book import person_of
from bridge.sandbox.instantly import webhooks
from bridge.sandbox.instantly.happening import publish, show
from bridge.sandbox.instantly.records import Campaign, Event, Person
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.wire import Row

_ACTIVE, _COMPLETED, _RUNNING, _PROTECTED, _SENDING_ERROR = 1, 3, 4, -2, -3
_OPENS, _CLOSES, _WEEKEND = 9, 17, (5, 6)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SEND, _SHOW, _COMPLETE = "send", "show", "complete"
_LEAST = 50  # leads that were written to before a campaign is protected
_LIMIT = {
    "code": "EENVELOPE", "command": "DATA", "response": "550-5.4.5 Daily user sending limit exceeded.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manners:
    """How the people of one source react: chances for each mail, but `bounces` for the first one only.

    `interested` and `declines` are shares of the replies, `meets` a share of the interested.
    """

    bounces: float = 0.012
    opens: float = 0.45
    clicks: float = 0.03
    automatic: float = 0.03
    replies: float = 0.04
    interested: float = 0.3
    declines: float = 0.4
    meets: float = 0.5
    unsubscribes: float = 0.006


USUAL = Manners()


@dataclass(frozen=True, slots=True)
class Lags:
    """Seconds by which a view is behind what happened (instantly.md pitfall 33). Webhooks are never behind.

    With `flickers` every second answer of the analytics is as far behind again, so that its counts may shrink.
    """

    leads: float = 0
    emails: float = 0
    analytics: float = 0
    flickers: bool = False


Reaction = tuple[timedelta, str, Mapping[str, Any]]
_Task = tuple[datetime, int, str, str, Any]  # when, a number against ties, what, of which lead, its step or event


def reactions(manners: Manners, step: int, dice: Random) -> Iterator[Reaction]:
    """What one mail leads to: after how long, the kind of event, further facts of it."""
    if step == 0 and dice.random() < manners.bounces:
        yield dice.uniform(1, 30) * _MINUTE, "email_bounced", {}
        return
    if dice.random() < manners.automatic:
        yield 2 * _MINUTE, "reply_received", {"automatic": True, "text": "I am out of the office."}
        if dice.random() < 0.5:  # noqa: PLR2004 - an even chance
            yield 3 * _MINUTE, "lead_out_of_office", {}
    opened = dice.expovariate(1 / 8) * _HOUR
    if dice.random() < manners.opens:
        yield opened, "email_opened", {}
        if dice.random() < manners.clicks:
            yield opened + _MINUTE, "email_link_clicked", {}
    if dice.random() < manners.replies:
        yield from _reply(manners, opened + dice.expovariate(1 / 6) * _HOUR, dice)
    elif dice.random() < manners.unsubscribes:
        yield opened + 2 * _MINUTE, "lead_unsubscribed", {}


def _reply(manners: Manners, after: timedelta, dice: Random) -> Iterator[Reaction]:
    yield after, "reply_received", {}
    mood, after = dice.random(), after + 5 * _MINUTE
    if mood < manners.interested:
        yield after, "lead_interested", {}
        if dice.random() < manners.meets:
            yield after + _DAY, "lead_meeting_booked", {}
            yield after + 4 * _DAY, dice.choice(("lead_meeting_completed", "lead_no_show")), {}
            yield after + 9 * _DAY, dice.choice(("lead_closed", "lead_lost")), {}
    elif mood < manners.interested + manners.declines:
        yield after, dice.choice(("lead_not_interested", "lead_not_interested", "lead_wrong_person")), {}


def _slot(after: datetime, dice: Random) -> datetime:
    """A moment of sending hours, at `after` or later."""
    opens = after.replace(hour=_OPENS, minute=0, second=0, microsecond=0)
    start, end = max(after, opens), opens.replace(hour=_CLOSES)
    if start >= end or opens.weekday() in _WEEKEND:
        return _slot(opens + _DAY, dice)
    return start + (end - start) * dice.random()


@dataclass(slots=True)
class Life:
    """What is still to happen in a workspace. `speed`: how many seconds of a life pass in one of the sandbox's clock.

    `manners` is by person (`book.person_of`). `sender_fails`: the chance for a campaign and day that its account has
    a sending error: then nothing goes out that day, and no lead is touched (pitfall 29). `protects_at`: the rate of
    bounces above which the vendor pauses a campaign (§1.8). `counts_emails`: what `contacted_count` counts (33).
    """

    began: datetime
    seed: int = 7
    speed: float = 1.0
    ordinary: Manners = USUAL
    manners: Mapping[str, Manners] = field(default_factory=dict)
    sender_fails: float = 0.0
    protects_at: float | None = None
    lags: Lags = field(default_factory=Lags)
    counts_emails: bool = False
    _agenda: list[_Task] = field(default_factory=list)
    _number: int = 0
    _met: set[tuple[str, str]] = field(default_factory=set)
    _sent: Counter[tuple[str, date]] = field(default_factory=Counter)
    _asked: int = 0

    def analytics_until(self, now: datetime) -> datetime:
        """Until when the next answer of the analytics knows what happened."""
        self._asked += 1
        behind = 2 if self.lags.flickers and self._asked % 2 == 0 else 1
        return now - behind * timedelta(seconds=self.lags.analytics)

    def meet(self, person: Person) -> None:
        """A lead was put somewhere: the first time in a campaign its first mail is planned."""
        if person.kind == "campaign" and (person.place, person.email) not in self._met:
            self._met.add((person.place, person.email))
            at = self._inner(max(person.updated or person.created, self.began))
            self._plan(_slot(at, self._dice(person.email, "first")), _SEND, person.id, 0)

    def advance(self, workspace: Workspace, now: datetime) -> None:
        """Let everything happen whose time has come, in its order."""
        until = self._inner(now)
        while self._agenda and self._agenda[0][0] <= until:
            at, _, what, identity, further = heappop(self._agenda)
            person = workspace.person(identity)
            if person is None:
                continue  # deleted, or merged into another
            if what == _SEND:
                self._send(workspace, person, at, further)
            elif what == _SHOW:
                self._shown(workspace, person, further)
            elif what != _COMPLETE:
                self._happen(workspace, person, at, what, further)
            elif person.status == _ACTIVE:
                workspace.change_person(person, status=_COMPLETED, updated=self._outer(at))

    def _inner(self, moment: datetime) -> datetime:
        return self.began + (moment - self.began) * self.speed

    def _outer(self, moment: datetime) -> datetime:
        return self.began + (moment - self.began) / self.speed

    def _dice(self, *marks: object) -> Random:
        return Random(":".join(map(str, (self.seed, *marks))))

    def _plan(self, at: datetime, what: str, identity: str, further: Any) -> None:
        self._number += 1
        heappush(self._agenda, (at, self._number, what, identity, further))

    def _send(self, workspace: Workspace, person: Person, at: datetime, step: int) -> None:
        campaign = workspace.campaign(person.place)
        if campaign is None or person.status != _ACTIVE:
            return
        if not self._may_send(workspace, campaign, at):
            tomorrow = at.replace(hour=0) + _DAY
            self._plan(_slot(tomorrow, self._dice(person.email, tomorrow.date())), _SEND, person.id, step)
            return
        self._sent[campaign.id, at.date()] += 1
        self._happen(workspace, person, at, "email_sent", {"step": step})
        manners = self.manners.get(person_of(person.email), self.ordinary)
        for after, kind, facts in reactions(manners, step, self._dice(person.email, step)):
            self._plan(at + after, kind, person.id, {"step": step, **facts})
        wait = (campaign.delays[step] if step < len(campaign.delays) else 2) * _DAY
        if step + 1 < len(campaign.steps):
            self._plan(_slot(at + wait, self._dice(person.email, "next", step)), _SEND, person.id, step + 1)
        else:
            self._plan(at + wait, _COMPLETE, person.id, None)

    def _may_send(self, workspace: Workspace, campaign: Campaign, at: datetime) -> bool:
        if campaign.status not in {_ACTIVE, _RUNNING}:
            return False
        return not self._sender_failed(workspace, campaign, at) and (
            self._sent[campaign.id, at.date()] < (campaign.settings.get("daily_limit") or 50)
        )

    def _sender_failed(self, workspace: Workspace, campaign: Campaign, at: datetime) -> bool:
        """Whether the account has a sending error on this day; the account shows it, and is well again on the next."""
        fails = self._dice(campaign.id, at.date()).random() < self.sender_fails
        listed = campaign.settings.get("email_list") or [one.email for one in workspace.mailboxes[:1]]
        mailbox = next((one for one in workspace.mailboxes if one.email in listed), None)
        if mailbox is not None and fails and mailbox.status == _ACTIVE:
            mailbox.status = _SENDING_ERROR
            mailbox.settings["status_message"] = _LIMIT
            webhooks.announce_failure(workspace, campaign, mailbox.email, self._outer(at))
        elif mailbox is not None and not fails and mailbox.settings.pop("status_message", None):
            mailbox.status = _ACTIVE
        return fails

    def _happen(self, workspace: Workspace, person: Person, at: datetime, kind: str, facts: Mapping[str, Any]) -> None:
        event = publish(workspace, person, kind, self._outer(at), **facts)
        if self.lags.leads:
            self._plan(self._inner(self._outer(at) + timedelta(seconds=self.lags.leads)), _SHOW, person.id, event)
        else:
            self._shown(workspace, person, event)
        campaign = workspace.campaign(person.place) if kind == "email_bounced" else None
        if campaign is not None and self.protects_at is not None:
            bounced, sent = (workspace.counted[person.place, one] for one in ("email_bounced", "email_sent"))
            if sent >= _LEAST and bounced > self.protects_at * sent:
                campaign.status = _PROTECTED

    def _shown(self, workspace: Workspace, person: Person, event: Event) -> None:
        person = show(workspace, person, event)
        if event.kind == "reply_received" and not event.automatic and person.status == _ACTIVE:
            workspace.change_person(person, status=_COMPLETED)  # stop_on_reply


def begin(workspace: Workspace, now: datetime, **terms: Any) -> Life:
    """Let the leads of a workspace live from now on, those that are there too; returns their life."""
    workspace.life = life = Life(now, **terms)
    for person in list(workspace.people()):
        life.meet(person)
    return life


def mutate(
    workspace: Workspace, now: datetime, *, ordinary: Row | None = None, lags: Row | None = None, **terms: Any
) -> None:
    """The control `life`: `begin` with the manners of all and the lags as JSON objects."""
    begin(workspace, now, ordinary=Manners(**ordinary or {}), lags=Lags(**lags or {}), **terms)
