"""Checks every history of the two models with SPIN, and that they find each fault that is built into them.

Needs `spin` and a C compiler; both come as Debian packages. Exits with 1 when a promise can be broken, or when a fault
goes unnoticed: then the model says nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DELIVERY, SCOPES = (Path(__file__).with_name(name) for name in ("delivery.pml", "scopes.pml"))
SAFE, LOST, STUCK = "", "never_lost", "never_stuck"


@dataclass(frozen=True)
class Case:
    """What is switched on, how many faults a history has, and which promise is asked: SAFE is every assertion.

    A fault of SCOPES is an edit of bridge.toml.
    """

    says: str
    flags: tuple[str, ...]
    faults: int = 2
    promise: str = SAFE
    model: Path = DELIVERY


HOLDS = (
    Case("never twice, claims kept", ()),
    Case("never twice, when a lookup misses what is there", ("MISSES",)),
    Case("never twice, when a page is read again while the route sends", ("REREADS",), faults=1),
    Case("never twice, when keys vanish and the operator gives up", ("KEYS",)),
    Case("never twice, when a host freezes inside a transaction", ("LOCKS",)),
    Case("never lost", (), faults=1, promise=LOST),
    Case("never lost, when a host freezes inside a transaction for good", ("LOCKS",), faults=1, promise=LOST),
    Case("never stuck", (), faults=1, promise=STUCK),
    Case("never stuck, when keys vanish and the operator gives up", ("KEYS",), faults=1, promise=STUCK),
    Case("never twice, with three routes, two targets and the workspace", (), model=SCOPES),
    Case("never twice, when doubt ends by sending the same again", ("REPEATS",), model=SCOPES),
    Case("never twice, with three routes, two workspaces and everywhere", ("EVERYWHERE",), model=SCOPES),
    Case("never twice, everywhere, when doubt ends by sending again", ("EVERYWHERE", "REPEATS"), model=SCOPES),
)
FOUND = (
    Case("a settle asks about its own route only", ("SETTLE_BY_ROUTE",), faults=1, promise=LOST),
    Case("claims are freed for a row that was not updated", ("REREADS", "FREE_UNLOCKED"), faults=1),
    Case("a lead that was asked before gives its claim up unasked", ("REREADS", "FREE_ASKED"), faults=1),
    Case("stamps are made by the hosts' clocks", ("HOST_CLOCKS",), faults=1),
    Case("a frozen transaction is never ended", ("LOCKS", "NO_TX_LIMIT"), faults=1, promise=LOST),
    Case("giving a doubt up frees its claim", ("KEYS", "GIVE_UP_FREES")),
    Case("a listing that did not end counts as absence", ("UNKNOWN_IS_ABSENT",)),
    Case("absence counts after one lookup", ("MISSES", "ONE_LOOKUP"), faults=1),
    Case("a lookup counts by the time of its answer", ("MISSES", "RIPE_AFTER_ANSWER")),
    Case("a write begins without a look at the lease", ("NO_GUARD",), faults=1),
    Case("a late holder records", ("NO_EPOCH",), faults=1),
    Case("a lead whose claim another inherits is held unasked", ("LOSER_UNASKED",), model=SCOPES),
    Case("a freed claim passes to no other", ("NO_HEIR",), model=SCOPES),
    Case("a freed claim passes to no lead whose call was not explained", ("HEIRS_WERE_EXPLAINED",), model=SCOPES),
    Case("a lead that was asked before gets another target unasked", ("OLD_TARGET_UNASKED",), model=SCOPES),
    Case("a refusal frees the claim of an earlier call that was not explained", ("REFUSED_UNASKED",), model=SCOPES),
    Case("everywhere looks at its own workspace only", ("EVERYWHERE", "OWN_WORKSPACE"), model=SCOPES),
    Case("a repeated call that is refused frees the claim", ("REPEATS", "REFUSED_REPEAT_FREES"), model=SCOPES),
)


def main() -> int:
    """Check every case; the exit code."""
    missing = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    if missing:
        print(f"{' and '.join(missing)} not found: on Debian, apt-get install spin gcc")
        return 1
    good = [_tell(case, expected=False) for case in HOLDS] + [_tell(case, expected=True) for case in FOUND]
    return 0 if all(good) else 1


def _tell(case: Case, *, expected: bool) -> bool:
    broken, states = check(case)
    verdict = {(False, False): "holds", (True, True): "found"}.get((expected, broken), "WRONG")
    print(f"{verdict}  {states:>11} states  {case.faults} faults  {case.says}", flush=True)
    return verdict != "WRONG"


def check(case: Case) -> tuple[bool, str]:
    """Whether some history breaks the promise, and how many states were seen. Raises RuntimeError if not all were."""
    with tempfile.TemporaryDirectory() as folder:
        flags = [f"-D{flag}" for flag in (f"FAULTS={case.faults}", *case.flags)]
        _run(folder, "spin", *flags, "-a", str(case.model))
        kind = ("-DNFAIR=3",) if case.promise else ("-DNOCLAIM",)
        _run(folder, "gcc", "-w", "-O2", "-DCOLLAPSE", "-DMEMLIM=8000", *kind, "-o", "pan", "pan.c")
        claim = ("-a", "-f", "-N", case.promise) if case.promise else ()
        said = _run(folder, "./pan", "-m1000000", "-w24", *claim)
    if ("Search not completed" in said and "errors: 1" not in said) or "max search depth too small" in said:
        raise RuntimeError(f"not every history was seen: {case.says}\n{said}")
    states = next(line.split()[0] for line in said.splitlines() if "states, stored" in line)
    return "errors: 0" not in said, f"{int(float(states)):,}"


def _run(folder: str, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
