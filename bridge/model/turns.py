"""Which source campaign's lead goes next where the best go first: Thompson sampling, repeatable. Does no I/O."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from random import Random

from bridge.lazy import dataclass

PRIOR = (1, 19)
"""What is believed of a source of which nothing is known: as if one of twenty contacted people had replied."""

IN_TURN = 10
"""Of so many leads, one goes to the sources in turn, whatever their replies: no source starves."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a source campaign has done on a route: leads that were sent, were contacted, and replied.

    `first` and `last` are the ranks between which its ready leads are.
    """

    campaign_no: int
    sent: int
    contacted: int
    replied: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Turns:
    """In which order the sources of one run go. The same scores and the same seed give the same order.

    Each lead has a number: those that the route has sent are numbers below `begin`.
    """

    seed: str
    scores: Sequence[Score]
    begin: int

    def pick(self, number: int, among: Collection[int]) -> int:
        """The source campaign of which the lead of this number is.

        A reply rate is drawn for each source from the posterior of its replies (beta-binomial, from PRIOR); the source
        with the highest goes. Every tenth lead goes to the sources in turn instead, by their numbers.
        """
        found = [score for score in self.scores if score.campaign_no in among]
        if number % IN_TURN == IN_TURN - 1:
            return found[number // IN_TURN % len(found)].campaign_no
        dice, (yes, no) = Random(f"{self.seed}:{number}"), PRIOR  # noqa: S311 - no secret: to be repeated
        drawn = [
            (dice.betavariate(yes + one.replied, no + max(0, one.contacted - one.replied)), one.campaign_no)
            for one in found
        ]
        return max(drawn)[1]

    def portions(self, gone: int, leads: int, among: Collection[int]) -> Mapping[int, int]:
        """How many of the next leads are of which source, where `gone` of this run have gone already."""
        start = self.begin + gone
        return Counter(self.pick(number, among) for number in range(start, start + leads))
