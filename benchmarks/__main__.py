"""Figures of leadbridge beside a bare loop and a dlt pipeline that do the same job, from one run on one machine.

Each contender runs in a process of its own against sandboxes in another one, through the real command line where it is
ours; a round is one run of each, one after the other. Times on a shared machine mean little: the ratios within a round
do, so their medians over the rounds are told. `--quick` is one round of ten thousand leads.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from math import ceil
from pathlib import Path

LEADS_EACH = 1_000
LARGEST_FOR_ALL = 100_000  # beyond it only ours and the bare loop run
CONFIG = """
[scravio]
at_once = {at_once}

[instantly]
requests_per_second = 100
requests_per_minute = 6000
at_once = {at_once}

[[routes]]
name = "bench"
rules = {{ per_domain = 0, max_validation_age = "none", role_addresses = "{roles}" }}
target = {{ instantly_campaign = "Bench" }}
"""


@dataclass(frozen=True)
class Figures:
    """One run of one contender."""

    leads: int
    delivered: int
    seconds: float
    cpu: float
    peak_mb: float
    calls: int
    second_seconds: float = 0.0
    second_calls: int = 0
    bytes_each: float = 0.0
    redecided: float = 0.0

    @property
    def pace(self):
        return self.leads / self.seconds

    @property
    def cpu_each(self):
        return self.cpu / self.leads * 1e6


@contextmanager
def vendors(leads, latency):
    campaigns = max(1, leads // LEADS_EACH)
    command = [sys.executable, "-m", "benchmarks.vendors", str(campaigns), str(leads // campaigns), str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def timed(command, folder, environment=None):
    """Seconds, CPU seconds, peak memory in MB and what the command printed."""
    output, errors = Path(folder) / "out.txt", Path(folder) / "err.txt"
    begun = time.perf_counter()
    with output.open("w") as out, errors.open("w") as err:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | (environment or {}), stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}: {errors.read_text()[-2000:]}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output.read_text()


def ours(url, leads, at_once, _python):
    environment = {
        "SCRAVIO_API_KEY": "sk_live_sandbox",
        "SCRAVIO_BASE_URL": f"{url}/api",
        "INSTANTLY_API_KEY": "sandbox-key",
        "INSTANTLY_BASE_URL": url,
        "BRIDGE_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "bridge", "sync", "--json", "--yes"]
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "bridge.toml"
        configuration.write_text(CONFIG.format(at_once=at_once, roles="hold"))
        seconds, cpu, peak, said = timed(command, folder, environment)
        again, _, _, said_again = timed(command, folder, environment)
        configuration.write_text(CONFIG.format(at_once=at_once, roles="allow"))
        anew, *_ = timed(command, folder, environment)
        size = sum(file.stat().st_size for file in (Path(folder) / "data").glob("bridge.db"))
    first, second = (json.loads(text)["routes"][0] for text in (said, said_again))
    calls, calls_again = (sum(route["requests"].values()) for route in (first, second))
    delivered = first["states"]["delivered"]
    return Figures(leads, delivered, seconds, cpu, peak, calls, again, calls_again, size / leads, leads / anew)


def module(*words, python=sys.executable):
    def run(url, leads, at_once, chosen):
        where = chosen if python is None else python
        command = [where, "-m", words[0], url, *(str(at_once) if word == "AT_ONCE" else word for word in words[1:])]
        with tempfile.TemporaryDirectory() as folder:
            seconds, cpu, peak, said = timed(command, folder, {"PYTHONPATH": str(Path(__file__).parents[1])})
        told = json.loads(said.splitlines()[-1])
        return Figures(leads, told["delivered"], seconds, cpu, peak, told.get("calls", 0))

    return run


CONTENDERS = {
    "leadbridge": ours,
    "bare loop": module("benchmarks.bare", "AT_ONCE"),
    "dlt, default": module("benchmarks.dlt_pipeline", "default", python=None),
    "dlt, tuned": module("benchmarks.dlt_pipeline", "tuned", python=None),
}


def fewest(leads, delivered):
    """Account, list, pages and a detail for each campaign; workspace, target, room, block list, and the batches."""
    campaigns = max(1, leads // LEADS_EACH)
    pages = campaigns * ceil(leads / campaigns / 100)
    return 1 + ceil(campaigns / 100) + pages + campaigns + 4 + ceil(delivered / 1_000)


def measure(leads, latency, chosen):
    """By contender the figures of every round."""
    found = {}
    names = list(CONTENDERS) if chosen.dlt and leads <= LARGEST_FOR_ALL else list(CONTENDERS)[:2]
    for _ in range(1 if leads > LARGEST_FOR_ALL else chosen.rounds):
        for name in names:
            with vendors(leads, latency) as url:
                found.setdefault(name, []).append(CONTENDERS[name](url, leads, chosen.at_once, chosen.dlt))
    return found


def median(rounds, what):
    return statistics.median(getattr(one, what) for one in rounds)


def report(leads, latency, found):
    """Print one size; what it measured, for the plot."""
    mine, told = found["leadbridge"], {"leads": leads, "latency": latency, "contenders": {}}
    for name, rounds in found.items():
        ratio = statistics.median(a.pace / b.pace for a, b in zip(mine, rounds, strict=True))
        row = {what: median(rounds, what) for what in ("pace", "cpu_each", "peak_mb", "calls", "delivered")}
        told["contenders"][name] = row | {"ratio": ratio}
        print(
            f"{leads:>9,} {latency:>4.0f} {name:<13}{row['delivered']:>9,.0f} {row['pace']:>8,.0f} "
            f"{row['cpu_each']:>7.0f} {row['peak_mb']:>6.0f} {row['calls'] or '-':>7} {ratio:>7.2f}",
            flush=True,
        )
    again = {what: median(mine, what) for what in ("second_seconds", "second_calls", "bytes_each", "redecided")}
    told |= again | {"fewest": fewest(leads, median(mine, "delivered"))}
    print(
        f"{'':>15}fewest calls {told['fewest']:,.0f}; again with nothing new {again['second_seconds']:.2f} s, "
        f"{again['second_calls']:.0f} calls; ledger {again['bytes_each']:,.0f} bytes a lead; "
        f"a rule changed: {again['redecided']:,.0f} leads/s decided anew",
        flush=True,
    )
    return told


def machine():
    names = ("httpx", "orjson", "sqlalchemy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {versions}"


def main():
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000], help="how many leads")
    parser.add_argument("--latency", type=float, nargs="*", default=[0.0, 50.0], help="milliseconds before each answer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=8, help="requests under way at each vendor")
    parser.add_argument("--dlt", default=sys.executable, help="a Python that has dlt; '' leaves it out")
    parser.add_argument("--quick", action="store_true", help="ten thousand leads, one round, without latency")
    parser.add_argument("--save", type=Path, help="write the figures as JSON, for benchmarks.plot")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.sizes, chosen.latency, chosen.rounds = [10_000], [0.0], 1
    if chosen.dlt and subprocess.run([chosen.dlt, "-c", "import dlt"], capture_output=True, check=False).returncode:
        print("dlt is not installed (uv pip install --group bench): it is left out")
        chosen.dlt = ""
    print(machine(), f"; {chosen.at_once} requests at once, medians of {chosen.rounds} rounds")
    print("    leads   ms contender    delivered  leads/s  CPU µs peak MB   calls  ratio")
    told = [report(size, ms, measure(size, ms, chosen)) for ms in chosen.latency for size in chosen.sizes]
    if chosen.save:
        chosen.save.write_text(json.dumps({"machine": machine(), "at_once": chosen.at_once, "runs": told}, indent=1))


if __name__ == "__main__":
    main()
