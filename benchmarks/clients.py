"""Figures of many clients: one idle daemon's memory and CPU, `status`, and ticks beside clients whose vendor hangs.

    python -m benchmarks.clients [--clients 50] [--routes 4] [--idle SECONDS] [--postgres] [--only-waits]

Each client has keys, a Scravio account and an Instantly workspace of its own. The sandbox answers from this process.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks.daemon import used
from bridge import ledger
from bridge.ledger import Database
from bridge.ledger.hosts import ticks
from bridge.sandbox import Sandbox, World, small_world
from bridge.sandbox.instantly import Workspace
from bridge.sandbox.server import start
from tests.databases import emptied, postgres_server
from tests.harness import DELIVERABLE

CLIENT = """
[[clients]]
name = "c{number:02}"
env = "C{number:02}_"
"""
ROUTE = """
[[routes]]
name = "r{route}"
client = "c{number:02}"
every = "{every}"
target = {{ instantly_campaign = "Target {route}" }}
"""
HANGS = 45.0
PORT = 8971


class Agency(Sandbox):
    """One door for all clients: the key says whose account answers. The clients in `hanging` get no answer."""

    def __init__(self, clients, routes, leads):
        super().__init__(small_world(datetime.now(UTC)))
        self.parts = [Sandbox(_world(number, routes, leads)) for number in range(clients)]
        self.hanging = set()

    def exchange(self, request):
        shown = f"{request.headers.get('x-api-key', '')} {request.headers.get('authorization', '')}"
        number = int(shown.split("key-")[1][:2])
        if number in self.hanging:
            time.sleep(HANGS)
        return self.parts[number].exchange(request)


def _world(number, routes, leads):
    now = datetime.now(UTC)
    world = small_world(now, "Crowd", leads=leads, seed=100 + number, style=DELIVERABLE)
    workspace = Workspace(now - timedelta(days=100 + number), name=f"Client {number:02}")
    for route in range(routes):
        workspace.add_campaign(f"Target {route}", 1, now - timedelta(days=40), ("Hi", "Hello"))
    world.scravio.keys, workspace.keys = {f"sk_live_key-{number:02}"}, {f"key-{number:02}": frozenset({"all:all"})}
    return World(world.scravio, workspace)


def written(folder, url, database, clients, routes, every):
    """bridge.toml with a file for each client; the environment."""
    (folder / "clients").mkdir(parents=True)
    (folder / "bridge.toml").write_text(f'[http]\nport = {PORT}\n[[include]]\nfiles = "clients/*.toml"\n')
    keys = {}
    for number in range(clients):
        text = CLIENT.format(number=number)
        text += "".join(ROUTE.format(number=number, route=route, every=every) for route in range(routes))
        (folder / "clients" / f"c{number:02}.toml").write_text(text)
        keys[f"C{number:02}_SCRAVIO_API_KEY"] = f"sk_live_key-{number:02}"
        keys[f"C{number:02}_INSTANTLY_API_KEY"] = f"key-{number:02}"
    urls = {"SCRAVIO_BASE_URL": f"{url}/api", "INSTANTLY_BASE_URL": url, "BRIDGE_DATABASE_URL": database}
    return os.environ | urls | keys | {"PYTHONPATH": str(Path(__file__).parents[1])}


@contextmanager
def daemon(folder, environment):
    """`leadbridge run`, ended at the end."""
    with (folder / "log.jsonl").open("w") as log:
        command = [sys.executable, "-m", "bridge", "run"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def await_runs(process, folder, count):
    """Wait until so many runs have ended."""
    log = folder / "log.jsonl"
    while log.read_text().count('"event": "run"') < count:
        if process.poll() is not None:
            raise SystemExit(log.read_text()[-1000:])
        time.sleep(0.2)


def idle(folder, environment, runs, seconds):
    """Resident MB and the share of one core of an idle daemon, after every route has run once."""
    with daemon(folder, environment) as process:
        begun = time.perf_counter()
        await_runs(process, folder, runs)
        started = time.perf_counter() - begun
        time.sleep(5)
        cpu, _, _, _ = used(process)
        since = time.perf_counter()
        time.sleep(seconds)
        after, resident, most, threads = used(process)
        return resident, most, (after - cpu) / (time.perf_counter() - since), threads, started


def status_seconds(folder, environment):
    """The CPU of one `leadbridge status`, of one look at all clients."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bridge", "status"]
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def waits(folder, environment, database, agency, asked):
    """Seconds from a tick to its run, of clients that are answered, while a fifth of all clients hang; sorted."""
    hanging = asked.clients // 5
    with daemon(folder, environment) as process:
        await_runs(process, folder, asked.clients * asked.routes)
        db = Database(database)
        numbers = ledger.route_names(db)
        agency.hanging = set(range(hanging))
        for name in (name for name in numbers if int(name[1:3]) < hanging):
            ticks.wish(db, numbers[name])
        time.sleep(3)
        healthy = [numbers[f"c{client:02}/r0"] for client in range(hanging, asked.clients)]
        dues = [(no, ticks.wish(db, no), time.sleep(0.61)) for no in healthy]
        time.sleep(3)
        agency.hanging = set()
        query = sa.text("SELECT taken_at - due_at FROM tick WHERE route_no = :no AND due_at = :due")
        with db.read() as connection:
            found = [connection.execute(query, {"no": no, "due": due}).scalar_one() for no, due, _ in dues]
        db.close()
    return sorted(milliseconds / 1000 for milliseconds in found)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clients", description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--routes", type=int, default=4)
    parser.add_argument("--idle", type=float, default=60, help="seconds to watch it being idle (60)")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--only-waits", action="store_true", help="only the ticks beside clients that hang")
    asked = parser.parse_args()
    found = {}
    with (
        tempfile.TemporaryDirectory() as name,
        postgres_server(folder=None) if asked.postgres else nullcontext() as server,
    ):
        for clients in (1, asked.clients) if not asked.only_waits else ():
            folder, agency = Path(name) / f"{clients}", Agency(clients, asked.routes, 10)
            with (
                nullcontext(emptied(server)) if server else nullcontext("sqlite:///bridge.db") as database,
                start(agency) as there,
            ):
                environment = written(folder, there.url, database, clients, asked.routes, "15m")
                runs = clients * asked.routes
                found[clients] = idle(folder, environment, runs, asked.idle)
                resident, most, share, threads, started = found[clients]
                print(f"{clients} clients x {asked.routes} routes: resident {resident:.0f} MB (most {most:.0f}), idle "
                      f"{share:.2%} of a core over {asked.idle:.0f} s, {threads} threads; every first run ended after "
                      f"{started:.1f} s")  # fmt: skip
                cpu = sorted(status_seconds(folder, environment) for _ in range(5))
                print(f"  status: {cpu[2]:.2f} s of CPU (5 times: {cpu[0]:.2f} to {cpu[4]:.2f})")
        if found:
            print(f"memory: {found[asked.clients][0] / found[1][0]:.2f} x that of one client")
        folder, agency = Path(name) / "hanging", Agency(asked.clients, asked.routes, 10)
        with (
            nullcontext(emptied(server)) if server else nullcontext("sqlite:///bridge.db") as database,
            start(agency) as there,
        ):
            environment = written(folder, there.url, database, asked.clients, asked.routes, "15m")
            url = database.replace("///", f"///{folder}/", 1) if server is None else database
            found = waits(folder, environment, url, agency, asked)
            last = ", ".join(f"{one:.2f}" for one in found[-3:])
            print(f"{len(found)} ticks beside {asked.clients // 5} clients that hang: the median waited "
                  f"{found[len(found) // 2]:.2f} s, the longest {last} s")  # fmt: skip


if __name__ == "__main__":
    main()
