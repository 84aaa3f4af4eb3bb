"""Figures of the daemon: idle with many routes, from start to ready, from SIGTERM to its end under a batch.

    python -m benchmarks.daemon [--routes N] [--idle SECONDS] [--every 15m] [--postgres] [--repeat N]

The sandbox answers from this process, the daemon is one of its own; CPU and memory are the daemon's alone.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from bridge.sandbox import Sandbox, small_world
from bridge.sandbox.server import start
from tests.databases import emptied, postgres_server
from tests.harness import DELIVERABLE

PORT = 8970
ANSWER_SECONDS = 2.0
ROUTE = """
[[routes]]
name = "{number:02}"
every = "{every}"
source = {{ title = "Crowd {number:02}" }}
rules = {{ per_domain = 0 }}
target = {{ instantly_campaign = "Target {number:02}" }}
"""


class Slow(Sandbox):
    """Takes its time with a batch, and remembers when it came in and when it was answered."""

    def __init__(self, world):
        super().__init__(world)
        self.holding = threading.Event()
        self.answered = self.wait = 0.0

    def exchange(self, request):
        if request.path.endswith("/leads/add") and self.wait:
            self.holding.set()
            time.sleep(self.wait)
            self.answered = time.perf_counter()
        return super().exchange(request)


def world(routes, leads):
    made = small_world(
        datetime.now(UTC), *(f"Crowd {number:02}" for number in range(routes)), leads=leads, style=DELIVERABLE
    )
    for number in range(routes):
        made.instantly.add_campaign(f"Target {number:02}", 1, datetime.now(UTC), ("Hi", "Hello"))
    return made


@contextmanager
def daemon(folder, url, database, routes, every):
    """`leadbridge run`, ended at the end; its process and when it was started."""
    text = f"[http]\nport = {PORT}\n[instantly]\nrequests_per_second = 100\nrequests_per_minute = 6000\n"
    text += "".join(ROUTE.format(number=number, every=every) for number in range(routes))
    (folder / "bridge.toml").write_text(text)
    environment = os.environ | {
        "SCRAVIO_API_KEY": "sk_live_sandbox",
        "SCRAVIO_BASE_URL": f"{url}/api",
        "INSTANTLY_API_KEY": "sandbox-key",
        "INSTANTLY_BASE_URL": url,
        "BRIDGE_DATABASE_URL": database,
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    with (folder / "log.jsonl").open("w") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bridge", "run"], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield process, begun
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def status_of(path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def await_status(path, process, begun):
    while status_of(path) != 200:
        if process.poll() is not None:
            raise SystemExit(f"the daemon ended with {process.returncode}")
        time.sleep(0.01)
    return time.perf_counter() - begun


def await_runs(folder, count):
    while sum('"event": "run"' in line for line in (folder / "log.jsonl").read_text().splitlines()) < count:
        time.sleep(0.2)


def used(process):
    """CPU seconds so far, resident MB now, the most it ever was, and how many threads."""
    stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    facts = {name: rest.split()[0] for name, _, rest in (line.partition(":") for line in lines) if rest.split()}
    ticks = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return ticks, int(facts["VmRSS"]) / 1024, int(facts["VmHWM"]) / 1024, int(facts["Threads"])


def idle(folder, url, database, asked):
    with daemon(folder, url, database, asked.routes, asked.every) as (process, begun):
        healthy = await_status("/healthz", process, begun)
        ready = await_status("/readyz", process, begun)
        await_runs(folder, asked.routes)
        print(f"start to /healthz {healthy:.2f} s, to /readyz {ready:.2f} s, to every first run ended "
              f"{time.perf_counter() - begun:.2f} s")  # fmt: skip
        time.sleep(5)
        cpu, _, _, _ = used(process)
        since = time.perf_counter()
        time.sleep(asked.idle)
        after, now, most, threads = used(process)
        seconds = time.perf_counter() - since
    share = (after - cpu) / seconds
    print(f"idle {seconds:.0f} s with {asked.routes} routes every {asked.every}: CPU {after - cpu:.2f} s "
          f"({share:.2%} of one core, {share * 600:.1f} s in ten minutes), resident {now:.0f} MB "
          f"(most {most:.0f} MB), {threads} threads")  # fmt: skip


def stopping(folder, database, repeat):
    """From SIGTERM to the end, with a batch at the vendor that is answered two seconds later."""
    whole, after = [], []
    for number in range(repeat):
        sandbox = Slow(world(1, 1000))
        sandbox.wait = ANSWER_SECONDS
        place = folder / f"stop{number}"
        place.mkdir()
        with start(sandbox) as running, daemon(place, running.url, database(number), 1, "1h") as (process, _):
            if not sandbox.holding.wait(60):
                raise SystemExit("no batch came")
            time.sleep(0.1)
            told = time.perf_counter()
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
            ended = time.perf_counter()
        if code or sandbox.report()["created"] != 1000:
            raise SystemExit(f"ended with {code}: {sandbox.report()}")
        whole.append(ended - told)
        after.append(ended - sandbox.answered)
    print(f"SIGTERM to exit 0 under a batch of 1,000 that is answered after {ANSWER_SECONDS:g} s: median "
          f"{statistics.median(whole):.2f} s, of which after the answer {statistics.median(after):.2f} s "
          f"({repeat} times)")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.daemon", description=__doc__.partition("\n")[0])
    parser.add_argument("--routes", type=int, default=50)
    parser.add_argument("--idle", type=float, default=600, help="seconds to watch it being idle (600)")
    parser.add_argument("--every", default="15m", help="interval of each route (15m)")
    parser.add_argument("--repeat", type=int, default=3, help="how often to stop it (3)")
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        postgres_server(folder=None) if asked.postgres else nullcontext() as server,
    ):
        folder = Path(name)
        emptied_or_file = nullcontext(emptied(server)) if server else nullcontext(f"sqlite:///{folder}/bridge.db")
        with emptied_or_file as database, start(Sandbox(world(asked.routes, 20))) as running:
            idle(folder, running.url, database, asked)
        stopping(folder, lambda number: f"sqlite:///{folder}/stop{number}.db", asked.repeat)


if __name__ == "__main__":
    main()
