"""Figures of leadbridge beside a bare loop and a dlt pipeline that do the same job, from one run on one machine.

Each contender runs in a process of its own against sandboxes in another one, through the real command line where it is
ours; a round is one run of each, one after the other. Times on a shared machine mean little: the ratios within a round
does, so their medians and quartiles over the rounds are printed. `--quick` is one round of ten thousand leads.
`--postgres` runs ours a second time in each round, with its ledger on a PostgreSQL server; the server's own CPU is not
counted.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from math import ceil
from pathlib import Path

LEADS_EACH = 1_000
LARGEST_FOR_ALL = 100_000  # beyond it only ours and the bare loop run
OURS = ("leadbridge", "on PostgreSQL")
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
def server(wanted):
    """The URL of a PostgreSQL server where one is wanted, else None."""
    if not wanted:
        yield None
        return
    with databases().postgres_server(folder=None) as url:
        yield url


def databases():
    # The kernel counts the memory of this process in the peak of each that it starts.
    from tests import databases as loaded  # noqa: PLC0415 - only those who want a server pay for it

    return loaded


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
        said = errors.read_text()[-2000:] + output.read_text()[-2000:]
        raise SystemExit(f"{command} ended with {process.returncode}: {said}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output.read_text()


def ours(url, leads, at_once, database=None):
    environment = {
        "SCRAVIO_API_KEY": "sk_live_sandbox",
        "SCRAVIO_BASE_URL": f"{url}/api",
        "INSTANTLY_API_KEY": "sandbox-key",
        "INSTANTLY_BASE_URL": url,
        "BRIDGE_LOG_LEVEL": "WARNING",
    }
    if database:
        environment["BRIDGE_DATABASE_URL"] = database
    command = [sys.executable, "-m", "bridge", "sync", "--json", "--yes"]
    if database:
        databases().emptied(database)
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
    def run(url, leads, at_once):
        command = [python, "-m", words[0], url, *(str(at_once) if word == "AT_ONCE" else word for word in words[1:])]
        with tempfile.TemporaryDirectory() as folder:
            seconds, cpu, peak, said = timed(command, folder, {"PYTHONPATH": str(Path(__file__).parents[1])})
        answer = json.loads(said.splitlines()[-1])
        return Figures(leads, answer["delivered"], seconds, cpu, peak, answer.get("calls", 0))

    return run


def contenders(chosen, database):
    """Ours first, then those that it is compared with."""
    found = {"leadbridge": ours}
    if database:
        found["on PostgreSQL"] = partial(ours, database=database)
    found["bare loop"] = module("benchmarks.bare", "AT_ONCE")
    if chosen.dlt:
        found["dlt, default"] = module("benchmarks.dlt_pipeline", "default", python=chosen.dlt)
        found["dlt, tuned"] = module("benchmarks.dlt_pipeline", "tuned", python=chosen.dlt)
    return found


def fewest(leads, delivered):
    """Account, list, pages and a detail for each campaign; workspace, target, room, block list, and the batches."""
    campaigns = max(1, leads // LEADS_EACH)
    pages = campaigns * ceil(leads / campaigns / 100)
    return 1 + ceil(campaigns / 100) + pages + campaigns + 4 + ceil(delivered / 1_000)


def measure(leads, latency, chosen, database):
    """By contender the figures of every round. Beyond LARGEST_FOR_ALL leads: one round, without dlt."""
    large, found = leads > LARGEST_FOR_ALL, {}
    for _ in range(1 if large else chosen.rounds):
        for name, run in contenders(chosen, database).items():
            if not (large and name.startswith("dlt")):
                with vendors(leads, latency) as url:
                    found.setdefault(name, []).append(run(url, leads, chosen.at_once))
    return found


def spread(values, form):
    """The median of the rounds, and the quartiles where there are several."""
    values = list(values)
    middle = form.format(statistics.median(values))
    if len(values) < 2:
        return middle
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle} ({form.format(low)} to {form.format(high)})"


def report(leads, latency, found):
    """Print one size; what it measured, for the plot."""
    saved = {"leads": leads, "latency": latency, "contenders": {}}
    print(f"\n{leads:,} leads, {latency:.0f} ms")
    for name, rounds in found.items():
        row = {what: median(rounds, what) for what in ("pace", "cpu_each", "peak_mb", "calls", "delivered")}
        saved["contenders"][name] = row | {"rounds": [asdict(one) for one in rounds]}
        pace = spread((one.pace for one in rounds), "{:,.0f}")
        cpu = spread((one.cpu_each for one in rounds), "{:.0f}")
        print(f"  {name:<14} {row['delivered']:,.0f} delivered by {row['calls']:,.0f} calls, {row['peak_mb']:.0f} MB")
        print(f"{'':17}{pace} leads/s, {cpu} CPU µs a lead", flush=True)
    for name in [name for name in found if name in OURS]:
        beside(name, found)
        again(leads, name, found[name])
    return saved


def beside(name, found):
    """How one of ours compares with the others, within each round."""
    for other, rounds in found.items():
        if other not in OURS:
            pairs = list(zip(found[name], rounds, strict=True))
            pace = spread((mine.pace / its.pace for mine, its in pairs), "{:.2f}")
            cpu = spread((mine.cpu_each / its.cpu_each for mine, its in pairs), "{:.2f}")
            print(f"  {name} beside {other}: pace {pace}, CPU {cpu}")


def again(leads, name, mine):
    """What only ours has: a second sync, the ledger's size, a changed rule."""
    second, calls = median(mine, "second_seconds"), median(mine, "second_calls")
    print(
        f"  {name}: fewest calls {fewest(leads, median(mine, 'delivered')):,.0f}; "
        f"again with nothing new {second:.2f} s, {calls:.0f} calls"
    )
    size = f"ledger {median(mine, 'bytes_each'):,.0f} bytes a lead; " if name == "leadbridge" else ""
    print(f"{'':17}{size}a rule changed: {median(mine, 'redecided'):,.0f} leads/s decided anew", flush=True)


def median(rounds, what):
    return statistics.median(getattr(one, what) for one in rounds)


def machine():
    names = ("httpx", "orjson", "sqlalchemy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{os.cpu_count()} cores, {platform.machine()}, {interpreter()}, {versions}"


def interpreter():
    """Its version and whether it says that it was built with optimisations; Debian's does not say so."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    return (
        f"Python {platform.python_version()} (configured {'with' if optimised else 'without'} --enable-optimizations)"
    )


def main():
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a start would compile all that it imports
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000], help="how many leads")
    parser.add_argument("--latency", type=float, nargs="*", default=[0.0, 50.0], help="milliseconds before each answer")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=8, help="requests under way at each vendor")
    parser.add_argument("--dlt", default=sys.executable, help="a Python that has dlt; '' leaves it out")
    parser.add_argument("--postgres", action="store_true", help="ours also with its ledger on PostgreSQL")
    parser.add_argument("--quick", action="store_true", help="ten thousand leads, one round, without latency")
    parser.add_argument("--save", type=Path, help="write the figures as JSON, for benchmarks.plot")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.sizes, chosen.latency, chosen.rounds = [10_000], [0.0], 1
    if chosen.dlt and subprocess.run([chosen.dlt, "-c", "import dlt"], capture_output=True, check=False).returncode:
        print("dlt is not installed (uv pip install --group bench): it is left out")
        chosen.dlt = ""
    print(machine(), f"; {chosen.at_once} requests at once, medians (and quartiles) of {chosen.rounds} rounds")
    sizes = [(size, ms) for ms in chosen.latency for size in chosen.sizes]
    with server(chosen.postgres) as database:
        runs = [report(size, ms, measure(size, ms, chosen, database)) for size, ms in sizes]
    if chosen.save:
        chosen.save.write_text(json.dumps({"machine": machine(), "at_once": chosen.at_once, "runs": runs}, indent=1))


if __name__ == "__main__":
    main()
