"""Which process holds something, and whether it still lives. Knows no table and opens no database.

Apart from `leases`, so that `leadbridge status` can recognize a dead holder without loading the tables.
"""

import os
import socket
from functools import cache
from pathlib import Path

from bridge.lazy import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: the host it can be seen from, its number, and when that number was given to it."""

    host: str
    pid: int
    process: str

    @property
    def label(self) -> str:
        """The process as messages name it."""
        return f"process {self.pid} on {self.host.split('/')[0]}"


@cache
def myself() -> Holder:
    """This process."""
    return Holder(_host(), os.getpid(), started(os.getpid()))


def started(pid: int) -> str:
    """When the process with this number started, in the system's own count; "" when there is none or it is unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # proc(5): the second field is the name in brackets and may hold anything; the start time is the 22nd.
    return stat.rpartition(")")[2].split()[19]


def is_gone(other: Holder, me: Holder) -> bool:
    """Whether the holder was a process of this host that no longer runs; a re-used number has another start time.

    Where the system gives no start times, no holder is taken for gone: the lease runs out with time.
    """
    if other.host != me.host:
        return False
    return bool(other.process) and started(other.pid) != other.process


def _host() -> str:
    """A name under which two processes share a host only if they see each other's numbers (containers do not)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        boot = space = ""
    return f"{socket.gethostname()}/{boot}/{space}"
