"""The accounting of a route in words: the sum that must add up, the most frequent reasons. Prints nothing."""

from collections.abc import Iterable, Mapping

from bridge.reports import words

MOST_REASONS = 6


def adds_up(known: int, states: Mapping[str, int]) -> bool:
    """Whether every lead has one state."""
    return known == sum(states.values())


def states(counted: Mapping[str, int], between: str = ", ") -> str:
    """`240 delivered, 3 duplicate`, states without leads left out."""
    return between.join(f"{counted[state]:,} {label}" for state, label in words.LABELS.items() if counted.get(state))


def sum_line(known: int, counted: Mapping[str, int], what: str = "known") -> str:
    """`known 412 = 240 delivered + 3 duplicate + …`."""
    if not known and adds_up(known, counted):
        return f"no lead {what} yet" if what == "known" else f"no lead {what}"
    line = f"{what} {known:,} = {states(counted, ' + ') or '0'}"
    if adds_up(known, counted):
        return line
    return f"{line}: THIS DOES NOT ADD UP ({sum(counted.values()):,} are counted)"


def reason_lines(reasons: Mapping[str, int], skip: Iterable[str] = (), most: int = MOST_REASONS) -> list[str]:
    """The most frequent reasons in plain words, most first; the others are summed up."""
    counted = sorted(
        ((n, code) for code, n in reasons.items() if n and code not in set(skip)), key=lambda one: (-one[0], one[1])
    )
    cut = len(counted) if len(counted) == most + 1 else most  # a last reason alone is named instead of summed up
    shown, rest = counted[:cut], sum(n for n, _ in counted[cut:])
    width = max((len(f"{n:,}") for n in (*(n for n, _ in shown), rest)), default=0)
    lines = [f"{n:>{width},}  {words.reason(code)} ({code})" for n, code in shown]
    others = len(counted) - cut
    return lines + ([f"{rest:>{width},}  for {others} other reasons (`leadbridge rejects`)"] if rest else [])
