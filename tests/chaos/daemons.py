"""Two daemons with many routes on one PostgreSQL, one of them killed again and again; ends with 1 on any fault.

    python -m tests.chaos.daemons [--minutes N] [--kill-every S] [--routes N] [--every S] [--one-machine]

Source campaigns grow all the while. At the end every lead must have been created once. Every instant of every route's
schedule must have been a tick that one daemon ran to its end. Where the system lets it, each daemon lives in a
process namespace of its own: then no one can see that it is gone, as between two machines, and only time shows.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console

from bridge.ledger import Database
from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start
from tests.databases import emptied, postgres_server
from tests.harness import DELIVERABLE

FIRST_LEADS = 20
LATENCY_MS = 20
SETTLE_SECONDS = 240
OUT = Console(soft_wrap=True, highlight=False)
OWN_MACHINE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


@dataclass
class Arena:
    """The sandbox, its growing campaigns and the daemons' surroundings."""

    folder: Path
    url: str
    asked: argparse.Namespace
    sandbox: Sandbox
    served: str
    prefix: tuple = ()
    added: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def grow(self):
        """Some leads more in a campaign, as Scravio would add them."""
        with self.sandbox.lock:
            campaign = self.dice.choice(self.sandbox.world.scravio.campaigns)
            for _ in range(3):
                self.added += 1
                campaign.add_lead(email=f"new{self.added}@site{self.added}.example")
            campaign.touch(datetime.now(UTC))

    def daemon(self, number):
        """Start a daemon in a folder of its own."""
        folder = self.folder / f"host{number}"
        folder.mkdir(exist_ok=True)
        (folder / "bridge.toml").write_text(configuration(self.asked, port=8950 + number))
        environment = os.environ | {
            "SCRAVIO_API_KEY": "sk_live_sandbox",
            "SCRAVIO_BASE_URL": f"{self.served}/api",
            "INSTANTLY_API_KEY": "sandbox-key",
            "INSTANTLY_BASE_URL": self.served,
            "BRIDGE_DATABASE_URL": self.url,
            "BRIDGE_DOUBT_WAIT": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        with (folder / "log.jsonl").open("a") as log:
            command = [*self.prefix, sys.executable, "-m", "bridge", "run"]
            return subprocess.Popen(command, cwd=folder, env=environment, stderr=log, stdout=log)


def configuration(asked, port):
    route = '[[routes]]\nname = "{0:02}"\nevery = "{1}s"\nsource = {{ title = "Crowd {0:02}" }}\n'
    route += 'rules = {{ per_domain = 0 }}\ntarget = {{ instantly_campaign = "Target {0:02}" }}\n'
    head = f"[http]\nport = {port}\n[instantly]\nrequests_per_second = 100\nrequests_per_minute = 6000\nat_once = 16\n"
    return head + "".join(route.format(number, seconds(asked, number)) for number in range(asked.routes))


def seconds(asked, number):
    """The interval of a route: unlike its neighbours', so that a kill always meets someone at work."""
    return asked.every + number % 7


def main():
    asked = arguments()
    with postgres_server() as server, tempfile.TemporaryDirectory() as name:
        url = emptied(server)
        world = small_world(
            datetime.now(UTC),
            *(f"Crowd {number:02}" for number in range(asked.routes)),
            leads=FIRST_LEADS,
            style=DELIVERABLE,
        )
        for number in range(asked.routes):
            world.instantly.add_campaign(f"Target {number:02}", 1, datetime.now(UTC), ("Hi", "Hello"))
        sandbox = Sandbox(world)
        with start(sandbox, latency=LATENCY_MS) as running:
            prefix = () if asked.one_machine or not namespaces() else OWN_MACHINE
            arena = Arena(Path(name), url, asked, sandbox, running.url, prefix)
            kills, ended_at, codes = play(arena)
            return judge(arena, kills, ended_at, codes)


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.daemons", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="how long daemons are killed (10)")
    parser.add_argument("--kill-every", type=float, default=60, metavar="S", help="seconds between two kills (60)")
    parser.add_argument("--routes", type=int, default=50, help="routes of each daemon (50)")
    parser.add_argument(
        "--every", type=int, default=30, metavar="S", help="interval of the routes, up to six seconds more (30)"
    )
    parser.add_argument("--one-machine", action="store_true", help="daemons that see each other's processes")
    return parser.parse_args()


def namespaces():
    try:
        return subprocess.run([*OWN_MACHINE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def play(arena):
    """Kill one daemon after the other, then let both go on in peace until nothing is left to do."""
    asked = arena.asked
    hosts = [arena.daemon(0), arena.daemon(1)]
    kills, begun, next_kill = 0, time.monotonic(), time.monotonic() + asked.kill_every
    try:
        while time.monotonic() < begun + asked.minutes * 60:
            time.sleep(0.5)
            arena.grow()
            if time.monotonic() > next_kill:
                victim = kills % 2
                hosts[victim].kill()
                hosts[victim].wait()
                hosts[victim] = arena.daemon(victim)
                kills, next_kill = kills + 1, next_kill + arena.dice.uniform(0.7, 1.3) * asked.kill_every
                OUT.print(f"{time.monotonic() - begun:5.0f} s: kill {kills}, {lags(arena)}")
        await_peace(arena)
        ended_at = datetime.now(UTC)
        for host in hosts:
            host.send_signal(signal.SIGTERM)
            show_inner(host)
        return kills, ended_at, [host.wait(60) for host in hosts]
    finally:
        for host in hosts:
            if host.poll() is None:
                host.kill()
                host.wait()


def show_inner(host):
    """`unshare` passes no signal on: signal its child."""
    children = Path(f"/proc/{host.pid}/task/{host.pid}/children")
    for child in children.read_text().split() if children.exists() else ():
        os.kill(int(child), signal.SIGTERM)


def await_peace(arena):
    """Until every lead was created, and every route was served twice since the last kill."""
    end = time.monotonic() + SETTLE_SECONDS
    since = time.time() * 1000
    while time.monotonic() < end:
        time.sleep(2)
        rows = query(
            arena.url,
            "SELECT count(*) FROM (SELECT route_no FROM tick WHERE ended_at > 0 AND taken_at > :since "
            "GROUP BY route_no HAVING count(*) > 1) AS served",
            since=since,
        )
        if rows[0][0] == arena.asked.routes and missing(arena) == 0:
            return


def lags(arena):
    (row,) = query(
        arena.url,
        "SELECT count(*), max(taken_at - due_at), sum(CASE WHEN ended_at = 0 THEN 1 ELSE 0 END), max(tries) FROM tick",
    )
    return f"{row[0]} ticks, longest wait {(row[1] or 0) / 1000:.1f} s, open {row[2] or 0}, most takings {row[3] or 0}"


def query(url, text, **values):
    database = Database(url)
    try:
        with database.read() as connection:
            return connection.execute(sa.text(text), values).all()
    finally:
        database.close()


def missing(arena):
    report = arena.sandbox.report()
    return arena.asked.routes * FIRST_LEADS + arena.added - report["created"]


def lost_ticks(arena, ended_at):
    """Instants of the schedules that came and have no tick that was run to its end."""
    done = {(row[0], row[1]) for row in query(arena.url, "SELECT route_no, due_at FROM tick WHERE ended_at > 0")}
    lost = []
    anchors = "SELECT no, name, anchor_at FROM timetable JOIN route ON no = route_no"
    for route_no, name, anchor in query(arena.url, anchors):
        # The last instants may rightly be open: the daemons were asked to stop.
        latest = int(ended_at.timestamp() * 1000) - 2000
        every = seconds(arena.asked, int(name)) * 1000
        lost += [(route_no, due) for due in range(anchor, latest, every) if (route_no, due) not in done]
    return lost


def complaints(arena):
    """What the daemons logged as errors, and anything they said that is no log line."""
    said = Counter()
    for log in arena.folder.glob("*/log.jsonl"):
        for line in log.read_text().splitlines():
            # A killed process may leave half a line.
            reported = (
                json.loads(line) if line.startswith("{") and line.endswith("}") else {"level": "error", "event": line}
            )
            if reported["level"] == "error":
                said[f"{reported['event']} {reported.get('error', '')} {reported.get('exception', '')}"] += 1
    return said


def judge(arena, kills, ended_at, codes):
    report = arena.sandbox.report()
    twice = sum(len(report[name]) for name in ("created_twice", "created_twice_person", "created_twice_in_workspace"))
    lost = lost_ticks(arena, ended_at)
    (ticks,) = query(arena.url, "SELECT count(*), sum(CASE WHEN tries > 1 THEN 1 ELSE 0 END) FROM tick")
    # A route that ran in two places at once would have two runs whose times overlap and that both ended well.
    (overlaps,) = query(
        arena.url,
        "SELECT count(*) FROM run a JOIN run b ON a.route_no = b.route_no AND a.id < b.id AND b.started_at < a.ended_at"
        " AND a.ended_at > 0 AND b.ended_at > 0 AND a.status <> 'busy' AND b.status <> 'busy'",
    )
    leads = arena.asked.routes * FIRST_LEADS + arena.added
    machines = "two machines" if arena.prefix else "one machine"
    every = f"{arena.asked.every} to {arena.asked.every + 6} s"
    OUT.print(f"{arena.asked.routes} routes every {every} on {machines}, {arena.asked.minutes:g} minutes")
    OUT.print(
        f"kills {kills}; leads {leads}; missing {missing(arena)}; twice {twice}; reposted {len(report['reposted'])}"
    )
    OUT.print(f"ticks {ticks[0]}, taken more than once {ticks[1]}, lost {len(lost)}, overlapping runs {overlaps[0]}")
    OUT.print(f"{lags(arena)}; exit codes {codes}")
    if lost:
        OUT.print("lost:", lost[:10])
    for reported, times in complaints(arena).most_common(10):
        OUT.print(f"logged {times} times: {reported}")
    sound = kills and not (missing(arena) or twice or lost or overlaps[0] or any(codes))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
