"""Ready-made worlds: a small lively one for the demo and the tests, and a large even one for figures. No HTTP here.

Both depend on nothing but their arguments: the same `now` and `seed` give the same people, ids and times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bridge.sandbox.book import person_of
from bridge.sandbox.crowd import Crowd
from bridge.sandbox.instantly import life
from bridge.sandbox.instantly.life import USUAL, Life, Manners
from bridge.sandbox.instantly.workspace import Workspace
from bridge.sandbox.people import ORDINARY, TIDY, Style, draft, respelled
from bridge.sandbox.scravio.account import IDLE, ScravioAccount, SourceCampaign, new_facts
from bridge.sandbox.wire import Row, stamp

DAY = timedelta(days=1)


@dataclass
class World:
    """The vendors' side of the wire. The states of further vendors are attributes too (`vendor.Vendor.fresh`)."""

    scravio: ScravioAccount
    instantly: Workspace


@dataclass(frozen=True, slots=True)
class Plan:
    """What a source campaign is to be. `age` is how many days ago it was created."""

    title: str
    type: str
    leads: int
    age: int
    status: str = "fully_completed"
    keyword: str | None = None
    validating: bool = False
    style: Style = ORDINARY
    manners: Manners = USUAL

    @property
    def platform(self) -> str:
        """The platform of its leads, in Scravio's words."""
        name = self.type.partition("_")[0].lower()
        return "x" if name == "twitter" else name


DEMO = (
    Plan("Fitness creators", "INSTAGRAM_HASHTAG", 120, 12, manners=Manners(replies=0.15, interested=0.4)),
    Plan("Yoga teachers", "TIKTOK_KEYWORD_SEARCH", 90, 9, keyword="yoga teacher", manners=Manners(bounces=0.3)),
    Plan("Home studios", "YOUTUBE_CHANNEL_SEARCH", 60, 6),
    Plan("Agency founders", "LINKEDIN_KEYWORD_SEARCH", 50, 4, keyword="agency founder"),
    Plan("Marathon fans", "X_FOLLOWERS", 40, 2, status="stopped", manners=Manners(replies=0.12, interested=0.5)),
    Plan("Local gyms", "FACEBOOK_KEYWORD_SEARCH", 30, 2, validating=True, keyword="gym"),
    Plan("Vegan kitchens", "INSTAGRAM_KEYWORD_SEARCH", 25, 0, status="scraping", keyword="vegan"),
)


def demo_world(now: datetime, *, seed: int = 7) -> World:
    """Some 400 leads in seven source campaigns, a few people in several of them; an Instantly workspace in use."""
    account = _account(DEMO, now, seed)
    campaigns = account.campaigns
    source = campaigns[0]
    others = campaigns[1:4]
    # The same person turns up in several campaigns, each time in another spelling.
    known = list(_good(source, ending="@gmail.com"))[4:]  # the first four serve the workspace
    for way, (index, other) in enumerate(zip(known, [*others, *others, *others], strict=False)):
        person = source.lead(index).row
        place = list(_good(other))[way]
        kept = {key: person.get(key) for key in ("fullName", "biography", "country", "emailValidation")}
        other.lead(place).update(email=respelled(person["email"], way), **kept)
    campaigns[1].lead(0).update(email="m***@g***.com", emailMasked=True)
    return World(account, _demo_workspace(now, campaigns[0]))


def enliven(world: World, now: datetime, **terms: Any) -> Life:
    """Let the leads of the workspace live from now on; those of a demo's campaign as its plan says (`life.begin`).

    Each campaign has cost a credit for each of its leads, so that a report has something to divide.
    """
    plans = {plan.title: plan.manners for plan in DEMO}
    manners: dict[str, Manners] = {}
    for campaign in world.scravio.campaigns:
        world.scravio.book("CAMPAIGN_RESERVATION", -float(campaign.crowd.size), now, campaign.id)
        planned = plans.get(str(campaign.facts["title"]))
        rows = map(campaign.crowd.row, range(campaign.crowd.size)) if planned else ()
        for row in rows:
            manners.setdefault(person_of(row["email"] or ""), planned or USUAL)
    return life.begin(world.instantly, now, manners=manners, **terms)


def bench_world(
    campaigns: int, leads_per_campaign: int, *, now: datetime, valid_share: float = 0.6, email_share: float = 1.0,
    seed: int = 1,
) -> World:  # fmt: skip
    """Equal finished campaigns of tidy, all different people, and an empty Instantly campaign ("Bench") with a list."""
    left = 1 - valid_share
    style = Style(email_share, 0.6, 0, 0, 0, valid_share, left * 0.4, left * 0.2, 0)
    plans = [
        Plan(f"Bench {number:03d}", "INSTAGRAM_USER_FOLLOWERS", leads_per_campaign, 1 + campaigns - number, style=style)
        for number in range(campaigns)
    ]
    world = _world(plans, now, seed, "Bench", "Bench list")
    world.instantly.lead_limit = campaigns * leads_per_campaign + 1_000
    return world


def small_world(now: datetime, *titles: str, leads: int = 10, seed: int = 3, style: Style = TIDY) -> World:
    """One finished Instagram campaign for each title; one Instantly campaign and list, empty: for single tests."""
    plans = [Plan(title, "INSTAGRAM_HASHTAG", leads, 3, style=style) for title in titles]
    return _world(plans, now, seed, "Fitness Q4", "Scravio inbox")


def _world(plans: Sequence[Plan], now: datetime, seed: int, target: str, lead_list: str) -> World:
    workspace = Workspace(now - 100 * DAY)
    workspace.add_campaign(target, 1, now - 40 * DAY, ("Hi", "Hello {{firstName|there}}"))
    workspace.add_list(lead_list, now - 30 * DAY)
    return World(_account(plans, now, seed), workspace)


def _account(plans: Sequence[Plan], now: datetime, seed: int) -> ScravioAccount:
    built, first = [], 1
    for number, plan in enumerate(plans):
        created = now - plan.age * DAY - timedelta(hours=5, minutes=number)
        finished = created + timedelta(hours=4)
        identity = f"65f{seed:05x}{number:08x}00000000"
        make = partial(
            draft, f"{seed}:{number}", style=plan.style, platform=plan.platform, keyword=plan.keyword, checked=finished
        )
        crowd = Crowd(
            identity, plan.leads, make=make, first=first, started=created + timedelta(minutes=2),
            step=min(timedelta(seconds=8), timedelta(hours=3) / max(1, plan.leads // 4)),
        )  # fmt: skip
        built.append(SourceCampaign(identity, crowd, _facts(plan, created, finished)))
        first += plan.leads + 1_000  # room for the leads that tests add
    return ScravioAccount(built, created=now - 200 * DAY)


def _facts(plan: Plan, created: datetime, finished: datetime) -> Row:
    running = plan.status == "scraping"
    done: Row = {"status": "complete", "startedAt": stamp(created), "completedAt": stamp(finished), "lastError": None}
    underway = done | {"status": "running", "completedAt": None}
    inputs: Row = {"keyword": plan.keyword} if plan.keyword else {"hashtag": plan.title.split()[0].lower()}
    return new_facts(plan.title, plan.type, inputs, plan.leads, created) | {
        "status": plan.status,
        "limits": {},
        "enableDeepEmailSearch": True,
        "enableEmailValidation": True,
        "progressPercentage": 40 if running else 100,
        "maxItemsToProcess": plan.leads * 4,
        "creditSettlement": {"isSettled": not running, "creditReserved": plan.leads, "creditCharged": plan.leads},
        "phaseState": {
            "scraping": underway if running else done,
            "deepsearch": IDLE if running else done,
            "validation": IDLE if running else underway if plan.validating else done,
            "settlement": {"status": "not_ready" if running else "done", "attempts": 0},
        },
        "updatedAt": stamp(created + timedelta(hours=1) if running else finished),
        "finishedAt": None if running else stamp(finished),
    }


def _good(campaign: SourceCampaign, *, ending: str = "") -> Iterator[int]:
    # The leads with a valid, undamaged address.
    for index in range(campaign.crowd.size):
        row = campaign.crowd.row(index)
        email = str(row["email"] or "")
        plain = email.isascii() and email == email.strip().lower() and "*" not in email
        if plain and email.endswith(ending) and (row["emailValidation"] or {}).get("isValid"):
            yield index


def _demo_workspace(now: datetime, campaign: SourceCampaign) -> Workspace:
    workspace = Workspace(now - 100 * DAY)
    fitness = workspace.add_campaign(
        "Fitness Q4", 1, now - 40 * DAY,
        ("Loved your {{platform}} page", "Hi {{firstName|there}},<br/>I found @{{username}} on {{platform}} …"),
    )  # fmt: skip
    creators = workspace.add_campaign("Creators EU", 2, now - 60 * DAY, ("Quick question", "Hi {{firstName|there}}"))
    old = workspace.add_campaign("Old", 3, now - 90 * DAY, ("Hello", "Hello {{firstName|there}}"))
    inbox = workspace.add_list("Scravio inbox", now - 30 * DAY)
    workspace.add_list("Agency leads", now - 20 * DAY)
    good = list(_good(campaign, ending="@gmail.com"))
    for target, index in ((fitness, good[0]), (inbox, good[1]), (old, good[2])):
        workspace.add_person(target, campaign.lead(index).row["email"], now - 15 * DAY)
    workspace.add_person(creators, "already.there@example.com", now - 50 * DAY)
    workspace.block(campaign.lead(good[3]).row["email"], now - 10 * DAY)
    workspace.block("northlight-talent.example", now - 10 * DAY)
    return workspace
