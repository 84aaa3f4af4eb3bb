"""What the verbs that spend credits share: asking first, amounts in words, one at a time. Spends nothing itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from bridge.app import App
from bridge.cli.terminal import consent, show
from bridge.config.vendors import SCRAVIO
from bridge.errors import Busy, ConfigProblem
from bridge.ledger.events.state import lease_number
from bridge.model.credits import THOUSAND, as_credits
from bridge.reports.text import count
from bridge.sources.scravio import opening
from bridge.sources.scravio.client import Scravio
from bridge.sources.scravio.ordering import Ordering
from bridge.sync.lease import holding


def scravio(app: App) -> Scravio:
    """Scravio's API. Raises ConfigProblem where there is no key."""
    return Scravio(app.client(SCRAVIO))


def ordering(app: App) -> Ordering:
    """What may be asked of Scravio beyond reading. Raises ConfigProblem where there is no key."""
    return opening.ordering(app.access(SCRAVIO.name))


def accounts(app: App, client: str) -> list[list[App]]:
    """The parts of the clients with each Scravio account; with `client` those of its account alone, its own first.

    Raises ConfigProblem where a key of `client` cannot be read.
    """
    found: dict[str, list[App]] = {}
    for part in ([app.of(client)] if client else []) + [part for part in app.parts if part.client_name != client]:
        found.setdefault(part.budgets().get(SCRAVIO.name, part.client_name), []).append(part)
    return list(found.values())[: 1 if client else None]


@contextmanager
def one_at_a_time(app: App) -> Iterator[tuple[int, int]]:
    """Hold the leases of what the client and its account spend; the number and epoch of the client's.

    Two keys of one account cannot be known as such: they take turns by client alone. Raises Busy where another command
    is at it.
    """
    account = app.budgets().get(SCRAVIO.name, "")
    own, shared = (lease_number(app.db, f"spending {of}") for of in (f"client {app.client_name}", f"account {account}"))
    try:
        with holding(app.db, own) as epoch, holding(app.db, shared):
            yield own, epoch
    except Busy as error:
        words = error.message.replace("working on this route", "asking Scravio for something that costs credits")
        raise Busy(words, hint="Wait for it to end, then run the same command again.") from None


def balance(credits_left: float) -> str:
    """An account's balance as Scravio names it, in credits."""
    return as_credits(round(credits_left * THOUSAND))


def addresses(number: int) -> str:
    """`1 address`, `1,200 addresses`."""
    return count(number, "address", "addresses")


def refuse_above(max_credits: int | None, cost: int) -> None:
    """Raises ConfigProblem where the cost, in thousandths, is above the operator's maximum."""
    if max_credits is not None and cost > max_credits * THOUSAND:
        raise ConfigProblem(f"That is more than --max-credits {max_credits:,} allows; nothing was requested.")


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the operator wants it. Raises ConfigProblem where no person can be asked and `--yes` was not given."""
    if yes or consent.ask(consent.need("This spends credits or stops work", "Add --yes to do it."), question):
        return True
    show.say(show.err(), "Nothing was done.")
    return False
