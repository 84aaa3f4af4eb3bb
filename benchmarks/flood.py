"""The daemon under rubbish at its webhook door: is it well, on time, and does its memory stay flat?

    python -m benchmarks.flood [--seconds N] [--rate N] [--valid]

Every request is one of seven kinds in turn: a wrong secret, none, a wrong one with 2 MiB; with the right secret 2 MiB
by its length, 2 MiB in chunks, no JSON by its type, and none by its content. `--valid` sends events of strangers that
are valid and all different instead: these have to be stored. Meanwhile a route runs every 10 s.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from benchmarks.daemon import PORT, await_runs, await_status, daemon, status_of, used, world
from bridge.sandbox import Sandbox
from bridge.sandbox.server import start

SECRET = "0123456789abcdef" * 4
LARGE = 2 * 1024 * 1024
JSON = "Content-Type: application/json\r\n"
RIGHT, WRONG = f"X-Leadbridge-Secret: {SECRET}\r\n", f"X-Leadbridge-Secret: {'f' * 64}\r\n"
CHUNKS = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(LARGE // 65536)) + b"0\r\n\r\n"


def kinds():
    def whole(headers, body):
        return f"{headers}Content-Length: {len(body)}\r\n".encode(), body

    large = b" " * LARGE
    return [
        whole(WRONG + JSON, b"{}"),
        whole(JSON, b"{}"),
        whole(WRONG + JSON, large),
        whole(RIGHT + JSON, large),
        (f"{RIGHT}{JSON}Transfer-Encoding: chunked\r\n".encode(), CHUNKS),
        whole(RIGHT + "Content-Type: text/plain\r\n", b"{}"),
        whole(RIGHT + JSON, b'{"event_type": '),
    ]


def event(number):
    body = {
        "timestamp": datetime.now(UTC).isoformat(),
        "event_type": "email_opened",
        "workspace": "0198f000-0000-7000-8000-000000000001",
        "campaign_id": "0198f000-0000-7000-8000-000000000002",
        "lead_email": f"person{number}@strangers.example",
        "email_text": "words " * 300,
    }
    text = json.dumps(body).encode()
    return f"{RIGHT}{JSON}Content-Length: {len(text)}\r\n".encode(), text


async def send(head, body, answers, times):
    begun = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(b"POST /hooks/instantly/default HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + b"\r\n" + body)
        line = await asyncio.wait_for(reader.readline(), 20)
        answers[line.split()[1].decode() if line else "cut off"] += 1
        writer.close()
    except (OSError, TimeoutError):
        answers["cut off"] += 1  # the answer was given before the body was sent: some of it was still on the way
    times.append(time.perf_counter() - begun)


async def flood(asked, process, answers, times, health, memory):
    some, tasks, begun = kinds(), set(), time.perf_counter()
    for number in range(asked.rate * asked.seconds):
        await asyncio.sleep(max(0.0, begun + number / asked.rate - time.perf_counter()))
        head, body = event(number) if asked.valid else some[number % len(some)]
        tasks.add(task := asyncio.create_task(send(head, body, answers, times)))
        task.add_done_callback(tasks.discard)
        if number % asked.rate == 0:
            tasks.add(look := asyncio.create_task(asyncio.to_thread(healthy, health)))
            look.add_done_callback(tasks.discard)
        if number % (10 * asked.rate) == 0:
            memory.append(round(used(process)[1]))
    await asyncio.gather(*tasks)
    return time.perf_counter() - begun


def healthy(health):
    for path in ("/healthz", "/readyz"):
        begun = time.perf_counter()
        health.append((path, status_of(path), time.perf_counter() - begun))


def late(folder):
    """How late each run began, in seconds, as the log says when it was due every ten."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines() if line.startswith("{")]
    return [datetime.fromisoformat(line["timestamp"]) for line in lines if line.get("event") == "run"]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=200, help="requests a second (200)")
    parser.add_argument("--valid", action="store_true", help="valid events of strangers, all different")
    asked = parser.parse_args()
    os.environ |= {"BRIDGE_WEBHOOK_SECRET": SECRET, "BRIDGE_LOG_FORMAT": "json"}
    answers, times, health, quiet, memory = Counter(), [], [], [], []
    with tempfile.TemporaryDirectory() as name, start(Sandbox(world(1, 20))) as running:
        folder = Path(name)
        database = f"sqlite:///{folder}/bridge.db"
        with daemon(folder, running.url, database, 1, "10s") as (process, begun):
            await_status("/readyz", process, begun)
            await_runs(folder, 1)
            for _ in range(20):
                healthy(quiet)
            cpu, before, *_ = used(process)
            size = (folder / "bridge.db").stat().st_size
            seconds = asyncio.run(flood(asked, process, answers, times, health, memory))
            after, during, most, threads = used(process)
            time.sleep(5)
            _, calm, *_ = used(process)
            runs = late(folder)
            grown = (folder / "bridge.db").stat().st_size - size
            logged = (folder / "log.jsonl").stat().st_size
            alive = process.poll() is None
    print(f"{sum(answers.values()):,} requests in {seconds:.1f} s ({sum(answers.values()) / seconds:.0f} a second), "
          f"answered {dict(answers.most_common())}; median {statistics.median(times) * 1000:.1f} ms, "
          f"99 % within {sorted(times)[int(len(times) * 0.99)] * 1000:.0f} ms")  # fmt: skip
    for path in ("/healthz", "/readyz"):
        calm_ms, took = ([one[2] * 1000 for one in some if one[0] == path] for some in (quiet, health))
        good = sum(one[1] == 200 for one in health if one[0] == path)
        print(f"{path}: {good} of {len(took)} answered 200; median {statistics.median(took):.1f} ms, "
              f"most {max(took):.0f} ms (quiet: {statistics.median(calm_ms):.1f} ms)")  # fmt: skip
    gaps = [(b - a).total_seconds() for a, b in pairwise(runs)]
    print(f"runs every 10 s: {len(runs)}, furthest apart {max(gaps, default=0):.2f} s")
    print(f"CPU {(after - cpu) / seconds:.0%} of a core; resident {before:.0f} MB before, {during:.0f} MB at the end, "
          f"{calm:.0f} MB after 5 s (most {most:.0f} MB, every 10 s {memory}), {threads} threads; alive: {alive}; "
          f"the ledger grew by {grown / 1024:,.0f} kB, the log has {logged / 1024:,.0f} kB")  # fmt: skip


if __name__ == "__main__":
    main()
