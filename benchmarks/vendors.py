"""Serves a bench world in a process of its own: `python -m benchmarks.vendors CAMPAIGNS LEADS_EACH [LATENCY_MS]`."""

import sys
from datetime import UTC, datetime

from bridge.sandbox import Sandbox, bench_world
from bridge.sandbox.server import serve


def main():
    campaigns, leads = int(sys.argv[1]), int(sys.argv[2])
    latency = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    sandbox = Sandbox(bench_world(campaigns, leads, now=datetime.now(UTC)))
    serve(sandbox, "127.0.0.1", 0, latency, ready=lambda url: print(url, flush=True))


if __name__ == "__main__":
    main()
