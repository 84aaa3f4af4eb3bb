"""`leadbridge sandbox`: serves the simulated vendors on a port and says how to point leadbridge at them."""

from datetime import UTC, datetime
from enum import StrEnum
from threading import Event
from typing import Annotated

import typer

from bridge.cli.terminal import show
from bridge.errors import ConfigProblem
from bridge.sandbox import Sandbox, bench_world, demo_world
from bridge.sandbox.growing import grow as start_growing
from bridge.sandbox.server import serve
from bridge.sandbox.worlds import enliven

_PER_CAMPAIGN = 1_000


class WorldName(StrEnum):
    """Which made-up world is served."""

    DEMO = "demo"
    BENCH = "bench"


_TARGETS = {WorldName.DEMO: "Fitness Q4", WorldName.BENCH: "Bench"}


def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = 8788,
    latency: Annotated[float, typer.Option(min=0, metavar="MS", help="Wait before each answer.")] = 0,
    world: Annotated[WorldName, typer.Option(help="demo: realistic; bench: large and uniform.")] = WorldName.DEMO,
    leads: Annotated[int, typer.Option(min=1, metavar="N", help="Leads of the bench world.")] = 10_000,
    grow: Annotated[float, typer.Option(min=0, metavar="S", help="A new lead every S seconds; 0: none.")] = 0,
    life: Annotated[
        float,
        typer.Option(min=0, metavar="S", help="Leads get mails and react, a day in S seconds; 0: none."),
    ] = 0,
) -> None:
    """Serve the simulated vendors, to try a configuration without keys.

    Example: `leadbridge sandbox --port 8788`
    """

    def ready(url: str) -> None:
        show.say(show.out(), f"The sandbox answers at {url}. Stop it with Ctrl-C. In another terminal:")
        show.say(show.out(), "")
        for line in instructions(url, _TARGETS[world]):
            show.paste(show.out(), line)

    now, campaigns = datetime.now(UTC), max(1, leads // _PER_CAMPAIGN)
    bench = world is WorldName.BENCH
    vendors = Sandbox(bench_world(campaigns, leads // campaigns, now=now) if bench else demo_world(now))
    over = Event()
    if life:
        enliven(vendors.world, now, speed=86_400 / life)
    if grow:
        start_growing(vendors, grow, over)
    try:
        serve(vendors, host, port, latency, ready)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigProblem(
            f"The sandbox cannot listen on {host}:{port}: {why}.", hint="Choose another one with --host and --port."
        ) from None
    finally:
        over.set()


def instructions(url: str, target: str) -> list[str]:
    """What to paste into another terminal. The database is one of its own: made-up people must not mix with yours."""
    keys = Sandbox.keys
    route = f"""'[[routes]]' 'name = "trial"' 'target = {{ instantly_campaign = "{target}" }}'"""
    return [
        f"export SCRAVIO_BASE_URL={url}/api SCRAVIO_API_KEY={keys.scravio}",
        f"export INSTANTLY_BASE_URL={url} INSTANTLY_API_KEY={keys.instantly}",
        f"export INBOX_BASE_URL={url} INBOX_API_KEY={keys.inbox}",
        f"export PUFFLE_BASE_URL={url}/puffle PUFFLE_API_KEY={keys.puffle}",
        "export BRIDGE_DATABASE_URL=sqlite:///sandbox.db BRIDGE_CONFIG=sandbox.toml",
        f"printf '%s\\n' {route} > sandbox.toml",
        "leadbridge check && leadbridge sync",
    ]
