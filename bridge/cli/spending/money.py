"""What the verbs that spend credits share: asking first, amounts in words, one at a time. Spends nothing itself."""

from bridge.cli.terminal import consent, show
from bridge.errors import Busy

BY_HAND = 0
"""The number of the lease that commands spending by hand take in turn; routes count from one."""


def told(amount: int) -> str:
    """Thousandths of a credit as credits."""
    from bridge.sources.validating import as_credits

    return as_credits(amount)


def balance(credits_left: float) -> str:
    """An account's balance as Scravio names it, in credits."""
    from bridge.sources.validating import THOUSAND

    return told(round(credits_left * THOUSAND))


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the operator wants it. Raises ConfigProblem where no person can be asked and `--yes` was not given."""
    if yes or consent.ask(consent.need("This spends credits or stops work", "Add --yes to do it."), question):
        return True
    show.say(show.err(), "Nothing was done.")
    return False


def busy(error: Busy) -> Busy:
    """Another command is spending just now."""
    words = error.message.replace("working on this route", "asking Scravio for something that costs credits")
    return Busy(words, hint="Wait for it to end, then run the same command again.")
