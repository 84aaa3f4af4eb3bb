"""Who goes first, and how a target's capacity is divided: pure values."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bridge.model.turns import IN_TURN, Score, Turns
from bridge.sync.pace import fair_shares

counts = st.integers(0, 500)
scores = st.lists(
    st.builds(lambda contacted, replied: (contacted, min(contacted, replied)), counts, counts), min_size=1, max_size=6
).map(lambda some: [Score(no, contacted, contacted, replied, "a", "b") for no, (contacted, replied) in enumerate(some)])


@given(scores, st.integers(0, 10_000), st.text(max_size=5))
def test_no_source_starves(found, begin, seed):
    """Among any IN_TURN leads for each source in a row, every source has one, whatever the others' replies."""
    turns, among = Turns(seed, found, begin), [one.campaign_no for one in found]
    assert set(turns.portions(0, IN_TURN * len(found), among)) == set(among)


@given(scores, st.integers(1, 40), st.integers(1, 39))
def test_turns_are_repeatable_and_do_not_depend_on_how_they_are_cut(found, leads, cut):
    """The same seed gives the same turns, in one portion or in two."""
    turns, among = Turns("run", found, 7), [one.campaign_no for one in found]
    whole = Counter(turns.portions(0, leads, among))
    first = min(cut, leads)
    assert Counter(turns.portions(0, first, among)) + Counter(turns.portions(first, leads - first, among)) == whole


def test_an_unknown_source_is_tried_beside_a_good_one():
    """Beside a source with 8 % replies an unknown one gets a fair part; beside one of 90 %, little but its turns."""
    for replies, least, most in ((8, 20, 60), (90, 8, 14)):
        known, new = Score(1, 100, 100, replies, "a", "b"), Score(2, 0, 0, 0, "a", "b")
        turns = Turns("seed", [known, new], 0).portions(0, 200, [1, 2])
        assert least <= turns[2] <= most


@given(
    st.integers(0, 300),
    st.dictionaries(st.integers(1, 5), st.integers(0, 100), min_size=1),
    st.dictionaries(st.integers(1, 5), st.integers(0, 100)),
)
def test_shares_are_fair(room, ready, had):
    """All room is used, none gets more than it needs, and one that wants more has as much as any other, but for one."""
    shares = fair_shares(room, ready, had)
    assert sum(shares.values()) == min(room, sum(ready.values()))
    assert all(0 <= shares[one] <= leads for one, leads in ready.items())
    levels = {one: shares[one] + had.get(one, 0) for one in ready}
    wanting = [one for one, leads in ready.items() if shares[one] < leads]
    for one in wanting:
        assert all(levels[one] + 1 >= levels[other] for other in ready if shares[other])
