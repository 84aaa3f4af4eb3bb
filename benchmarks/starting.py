"""CPU that the command takes before it does anything, beside an empty Python: `python -m benchmarks.starting [ROUNDS]`.

`--help`, `status`, and a `sync` that finds nothing new in 100 campaigns of ten leads, each in a process of its own
against simulated vendors in another. A round is one run of each, one after the other; medians and quartiles are told.
The first run of each, which compiles, is not counted.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.__main__ import CONFIG, interpreter, timed, vendors

CAMPAIGNS = 100
COMMAND = [sys.executable, "-c", "from bridge.__main__ import main; main()"]
RUNS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "leadbridge --help": [*COMMAND, "--help"],
    "leadbridge status": [*COMMAND, "status"],
    "sync, nothing new": [*COMMAND, "sync", "--json"],
}


def environment(url):
    return {
        "SCRAVIO_API_KEY": "sk_live_sandbox",
        "SCRAVIO_BASE_URL": f"{url}/api",
        "INSTANTLY_API_KEY": "sandbox-key",
        "INSTANTLY_BASE_URL": url,
        "BRIDGE_LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(interpreter())
    with tempfile.TemporaryDirectory() as folder, vendors(CAMPAIGNS * 1_000, 0) as url:
        os.environ["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        Path(folder, "bridge.toml").write_text(CONFIG.format(at_once=8, roles="hold"))
        subprocess.run([*COMMAND, "sync", "--json", "--yes"], cwd=folder, env=os.environ | environment(url),
                       stdout=subprocess.DEVNULL, check=True)  # fmt: skip
        for command in RUNS.values():
            timed(command, folder, environment(url))
        found = {name: [] for name in RUNS}
        for _ in range(rounds):
            for name, command in RUNS.items():
                found[name].append(timed(command, folder, environment(url))[1])
    empty = statistics.median(found["python -c pass"])
    print(f"{'CPU, ' + str(rounds) + ' rounds':<20} {'median':>8} {'quartiles':>17} {'beside empty':>13}")
    for name, each in found.items():
        low, middle, high = statistics.quantiles(each, n=4)
        print(
            f"{name:<20} {middle * 1e3:>5.0f} ms {low * 1e3:>7.0f} to {high * 1e3:>4.0f} ms {middle / empty:>11.1f} x"
        )


if __name__ == "__main__":
    main()
