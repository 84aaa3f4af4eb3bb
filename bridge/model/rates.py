"""Rates that are honest with few cases, by the beta distribution with Jeffreys' prior. Does no I/O.

Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion" (Statistical Science 16, 2001), recommend
Jeffreys' interval where there are few cases. The continued fraction is 8.17.22 of the NIST Digital Library of
Mathematical Functions, evaluated as Lentz did. SciPy 1.17.1 has it too, and takes 143 MB.
"""

from functools import cache
from math import exp, lgamma, log

from bridge.lazy import dataclass

LEVEL = 0.95
"""How sure an interval is to hold the true rate."""

_PRIOR = 0.5
_STEPS, _CLOSE, _TINY = 10_000, 1e-14, 1e-300


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `cases`; `value` is None without a case. Between `low` and `high` the true rate is with 95 %."""

    hits: int
    cases: int
    value: float | None
    low: float
    high: float


@cache
def rate(hits: int, cases: int) -> Rate:
    """The rate with Jeffreys' interval; without hits it begins at 0, without misses it ends at 1."""
    if not cases:
        return Rate(hits, cases, None, 0.0, 1.0)
    a, b, tail = hits + _PRIOR, cases - hits + _PRIOR, (1 - LEVEL) / 2
    low = _quantile(tail, a, b) if hits else 0.0
    high = _quantile(1 - tail, a, b) if hits < cases else 1.0
    return Rate(hits, cases, hits / cases, low, high)


def chance_above(limit: float, hits: int, cases: int) -> float:
    """The posterior probability that the true rate exceeds the limit, from Jeffreys' prior."""
    return 1 - below(limit, hits + _PRIOR, cases - hits + _PRIOR)


def below(x: float, a: float, b: float) -> float:
    """The distribution function of Beta(a, b): the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side only
        return 1 - below(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            change = c * d
            result *= change
        if abs(change - 1) < _CLOSE:
            break
    return result


def _not_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY


def _quantile(chance: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if below(middle, a, b) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2
