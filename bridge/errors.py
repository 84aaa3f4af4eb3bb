"""The errors leadbridge raises, each named for what the caller must do. Raises, logs and exits nothing.

::

    BridgeError                 one sentence for the operator, and a hint: the next command to type
      ├── ConfigProblem         fix your file, your environment or your command line; nothing was tried (exit 2)
      ├── Busy                  another process holds this route; it is not an error of the route (exit 0)
      └── VendorError           the outside world answered, or did not
            ├── Unavailable     nothing happened; wait `retry_after` seconds and ask again
            │     └── StopRequested  this process ends and sends nothing more; the next run carries on
            ├── Refused         this request, or one lead in it, is at fault; repeating it changes nothing
            ├── Denied          a person must act (key, scope, plan, target); block this route, go on with the others
            └── AnswerLost      unknown whether it happened; never repeat a write, look first

`api.py` holds the single table from (status or exception, safe to repeat?) to one of the last four.
"""

from collections.abc import Sequence


class BridgeError(Exception):
    """One clear sentence (`message`) and the next thing to do (`hint`, may be empty). Neither holds a secret."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigProblem(BridgeError):
    """The configuration, the environment or the command line is wrong: nothing was tried."""


def raise_if_all(found: Sequence[object]) -> None:
    """Raise the first ConfigProblem where there is nothing else: then no client can be worked for."""
    problems = [one for one in found if isinstance(one, ConfigProblem)]
    if problems and len(problems) == len(found):
        raise problems[0]


class Busy(BridgeError):
    """Another process holds the route's lease."""


class VendorError(BridgeError):
    """A vendor's answer, or its absence. `status` is the HTTP status, 0 where there was none."""

    def __init__(self, message: str, *, hint: str = "", vendor: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.vendor = vendor
        self.status = status


class Unavailable(VendorError):
    """Nothing happened. `retry_after` is the number of seconds the vendor asked for, None where it named none."""

    def __init__(
        self, message: str, *, hint: str = "", vendor: str = "", status: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, vendor=vendor, status=status)
        self.retry_after = retry_after


class StopRequested(Unavailable):
    """The process was asked to stop before this was sent. Nothing happened, and nothing is wrong."""

    def __init__(self, vendor: str = "") -> None:
        super().__init__("The process is stopping; this was not sent.", vendor=vendor)


class Refused(VendorError):
    """The request or a lead in it is at fault. `body` is the vendor's decoded answer where it gave one, else None."""

    def __init__(self, message: str, *, hint: str = "", vendor: str = "", status: int = 0, body: object = None) -> None:
        super().__init__(message, hint=hint, vendor=vendor, status=status)
        self.body = body


class Denied(VendorError):
    """A person must act: a key, a scope, a plan, or a target that takes no leads. Nothing happened."""


class AnswerLost(VendorError):
    """A request went out and its answer did not come back whole: unknown whether it took effect."""
