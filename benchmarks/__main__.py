"""Prints leads a second, CPU a lead, peak memory and calls of a whole sync, and of a second one with nothing new.

Each size runs against a sandbox served by another process on this machine, through the real command line. Times on a
shared machine mean little; ratios within one run mean something.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

LEADS_EACH = 1_000
CONFIG = """
[instantly]
requests_per_second = 100
requests_per_minute = 6000

[[routes]]
name = "bench"
rules = { per_domain = 0 }
target = { instantly_campaign = "Bench" }
"""


@dataclass(frozen=True)
class Figures:
    document: dict
    seconds: float
    cpu: float
    peak_mb: float

    @property
    def route(self):
        return self.document["routes"][0]

    @property
    def calls(self):
        return sum(self.route["requests"].values())


def sync(folder, url):
    """One `leadbridge sync --json` in a process of its own."""
    environment = os.environ | {
        "SCRAVIO_API_KEY": "sk_live_sandbox",
        "SCRAVIO_BASE_URL": f"{url}/api",
        "INSTANTLY_API_KEY": "sandbox-key",
        "INSTANTLY_BASE_URL": url,
        "BRIDGE_LOG_LEVEL": "WARNING",
    }
    output = folder / "sync.json"
    begun = time.perf_counter()
    with output.open("w") as out:
        command = [sys.executable, "-m", "bridge", "sync", "--json", "--yes"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"sync ended with {process.returncode}: {output.read_text()}")
    return Figures(json.loads(output.read_text()), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measure(leads, latency):
    campaigns = max(1, leads // LEADS_EACH)
    command = [sys.executable, "-m", "benchmarks.vendors", str(campaigns), str(leads // campaigns), str(latency)]
    vendors = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = vendors.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "bridge.toml").write_text(CONFIG)
            first, second = sync(folder, url), sync(folder, url)
            bytes_each = (folder / "data" / "bridge.db").stat().st_size / first.route["leads_known"]
        return campaigns, first, second, bytes_each
    finally:
        vendors.terminate()
        vendors.wait()


def report(leads, latency):
    campaigns, first, second, bytes_each = measure(leads, latency)
    delivered = first.route["states"]["delivered"]
    pages = campaigns * math.ceil(leads / campaigns / 100)
    fewest = pages + campaigns + math.ceil(campaigns / 100) + 1 + math.ceil(delivered / 1000) + 3
    print(
        f"{leads:>9,} {latency:>5.0f} {delivered:>9,} {leads / first.seconds:>9,.0f} "
        f"{first.cpu / leads * 1e6:>8.0f} {first.peak_mb:>7.0f} {first.calls:>7,} {fewest:>7,} "
        f"{second.seconds:>7.2f} {second.calls:>6} {bytes_each:>8,.0f}"
    )
    return first.peak_mb


def main():
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000], help="how many leads")
    parser.add_argument("--latency", type=float, nargs="*", default=[0.0], help="milliseconds before each answer")
    chosen = parser.parse_args()
    print("    leads    ms delivered   leads/s  CPU µs/l peak MB   calls  fewest  2nd s  calls bytes/l")
    for latency in chosen.latency:
        peaks = [report(leads, latency) for leads in chosen.sizes]
        if len(peaks) > 1:
            print(f"peak memory, largest beside smallest: {peaks[-1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
