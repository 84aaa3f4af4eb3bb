"""Prints what hygiene and decision cost a lead, in µs of CPU on one core, over the sandbox's mix, part by part.

    python -m benchmarks.deciding [LEADS] [--passes N]

The mixes: `ordinary`, people of all six platforms in the shares of HYGIENE.md, every one made anew; `bench`, the tidy
crowd of `benchmarks`, whose 256 drafts repeat within a campaign. Only leads with an address: a sweep reads no others.
Cold is the first pass of this process, imports and word lists included; best is the best of the later passes, with what
the caches kept; fresh is a pass over people not met before, everything loaded. Reading the JSON is split up: by the
types of an ordinary row, and value by value, beside orjson alone. What a part costs is measured alone, over the fresh
people, so the parts add up to less than the whole. Times on a shared machine mean little: ratios do.
"""

import argparse
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import orjson

from bridge.api import bodies
from bridge.hygiene import domains, email, languages, links, names, phone, profiles, variables
from bridge.model import Deliver, Mapped, Route, Rules, SourceCampaign, Target
from bridge.rules import decider
from bridge.sandbox import bench_world
from bridge.sandbox.people import IDENTITY, NUMBER, SCRAPED, Style, draft
from bridge.sources.scravio import rows
from bridge.sources.scravio.reading import read_lead

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CAMPAIGN = SourceCampaign("c1", "Fitness creators", "INSTAGRAM_HASHTAG", "fully_completed", NOW - timedelta(days=9))
PLATFORMS = ("instagram", "tiktok", "youtube", "x", "linkedin", "facebook")
TARGET = Target("instantly", "campaign", "Fitness Q4")
USUAL = Route("usual", TARGET)
BUSY = Route(
    "busy",
    TARGET,
    rules=Rules(platforms=PLATFORMS, exclude_countries=("CN",), min_followers=200, max_followers=10**7),
    fields=Mapped(
        {"personalization": "Loved your {platform} page @{username}"},
        {"bio": "{biography}", "city": "{city|your town}", "link": "{profile_url}", "seen": "{scraped_on}"},
    ),
)


def ordinary(leads, first):
    """Distinct people of all platforms in the sandbox's ordinary manner; `first` numbers them."""
    style, checked, made = Style(email=1.0), NOW - timedelta(days=5), []
    for slot in range(first, first + leads):
        platform = PLATFORMS[slot % len(PLATFORMS)]
        row = draft("deciding", slot, style, platform, "yoga" if slot % 2 else None, checked)
        text = json.dumps(row | {"campaignId": "c1"})
        marks = {NUMBER: str(slot), IDENTITY: f"{slot:024x}", SCRAPED: "2026-11-15T08:00:00.000Z"}
        for mark, value in marks.items():
            text = text.replace(json.dumps(mark)[1:-1], value)
        made.append(read_lead(json.loads(text), "c1"))
    return [lead for lead in made if lead.email]


def bench(leads, first):
    """The tidy crowd of the other benchmarks."""
    world = bench_world(max(1, leads // 1_000), 1_000, now=NOW, seed=first + 1)
    crowds = [campaign.crowd for campaign in world.scravio.campaigns]
    return [read_lead(json.loads(crowd.text(index)), "c1") for crowd in crowds for index in range(crowd.size)]


def passed(decide, leads):
    """CPU µs a lead of one pass."""
    begun = time.process_time_ns()
    for lead in leads:
        decide(lead, CAMPAIGN, NOW)
    return (time.process_time_ns() - begun) / len(leads) / 1_000


def measured(route, mix, leads, passes):
    judge, people = decider(route), mix(leads, 0)
    cold = passed(judge.decide, people)
    best = min(passed(judge.decide, people) for _ in range(passes))
    fresh = min(passed(judge.decide, mix(leads, (n + 1) * leads)) for n in range(passes))
    outcomes = Counter(
        "deliver" if isinstance(told, Deliver) else told.reason
        for told in (judge.decide(lead, CAMPAIGN, NOW) for lead in people)
    )
    print(f"{route.name:<8} {mix.__name__:<10} {cold:>8.1f} {fresh:>8.1f} {best:>8.1f}   {shares(outcomes)}")


def shares(outcomes):
    whole = outcomes.total()
    return ", ".join(f"{name} {count / whole:.0%}" for name, count in outcomes.most_common(4))


def reading(passes):
    """Pages of a hundred rows into leads."""
    crowds = [one.crowd for one in bench_world(10, 1_000, now=NOW, seed=9).scravio.campaigns]
    pages = [
        f'{{"items":[{",".join(map(crowd.text, range(first, first + 100)))}],"pagination":{{"perPage":100}}}}'.encode()
        for crowd in crowds
        for first in range(0, 1_000, 100)
    ]

    def leads(decode):
        return lambda body, _campaign, _now: [read_lead(row, "c1") for row in decode(body)["items"]]

    ways = {
        "orjson alone": lambda body, _campaign, _now: orjson.loads(body),
        "value by value": leads(bodies.decoded),
        "by the row's types": leads(rows.decoded),
    }
    for name, way in ways.items():
        print(f"  {name:<24} {min(passed(way, pages) for _ in range(passes + 1)) / 100:>6.1f}")


# ------------------------------------------------------------------------------------------------------------- parts


def parts(leads, passes):
    """What each part costs alone, over people not met before."""

    def address(lead):
        return email.read(lead.email)

    def kinds(lead):
        found = email.read(lead.email)
        if isinstance(found, email.Address):
            domains.mailbox(found.local)
            domains.domain(found.domain)

    work = {
        "address": address,
        "address and its kind": kinds,
        "name": lambda lead: names.first_name(lead.full_name, lead.username),
        "phone": lambda lead: phone.e164(lead.phone, lead.country),
        "website": lambda lead: links.website(lead.website),
        "profile link": lambda lead: profiles.profile_url(lead.platform, lead.username),
        "biography, neutral": lambda lead: variables.neutral(lead.biography),
        "language, only if asked": lambda lead: languages.language(lead.biography),
        "display name, neutral": lambda lead: variables.neutral(lead.full_name),
    }
    for number, (name, ask) in enumerate(work.items(), 100):
        spent = [
            passed(lambda lead, _campaign, _now, ask=ask: ask(lead), ordinary(leads, (number * passes + n) * leads))
            for n in range(passes)
        ]
        print(f"  {name:<24} {min(spent):>6.1f}")


def main():
    parser = argparse.ArgumentParser(prog="benchmarks.deciding")
    parser.add_argument("leads", nargs="?", type=int, default=20_000)
    parser.add_argument("--passes", type=int, default=3)
    chosen = parser.parse_args()
    print("CPU µs a lead")
    print(f"{'route':<8} {'mix':<10} {'cold':>8} {'fresh':>8} {'best':>8}   outcomes")
    for route, mix in ((USUAL, ordinary), (USUAL, bench), (BUSY, ordinary)):
        measured(route, mix, chosen.leads, chosen.passes)
    print("a page into leads")
    reading(chosen.passes)
    print("parts alone, over fresh people (ordinary)")
    parts(chosen.leads // 2, chosen.passes)


if __name__ == "__main__":
    main()
