"""Amounts of a source's credits, in whole thousandths: fractions must add up exactly."""

THOUSAND = 1000


def as_credits(amount: int) -> str:
    """Thousandths as an operator reads them: `1,200` or `0.5`."""
    if amount % THOUSAND == 0:
        return f"{amount // THOUSAND:,}"
    return f"{amount / THOUSAND:,.3f}".rstrip("0")
