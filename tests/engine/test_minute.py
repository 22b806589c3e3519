from hypothesis import given, settings
from hypothesis import strategies as st

from hts.engine.feed_losses import LOST_MIN, FeedLosses
from hts.engine.minute import MINUTE_NS, Minute
from hts.marketdata.sequencer import SequencerStats

S = 1_000_000_000


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 40 * S), st.integers(0, 9)), min_size=1, max_size=30))
def test_growth_within_the_minute_is_what_a_list_of_all_looks_says(steps):
    minute, looks, at, total = Minute(1), [(0, 0)], 0, 0
    for wait_ns, more in steps:
        at, total = at + wait_ns, total + more
        before = [one for one in looks if one[0] <= at - MINUTE_NS] or looks[:1]
        looks.append((at, total))
        assert minute.look(at, total) == (total - before[-1][1],)


def test_a_feed_of_much_may_lose_more_and_one_without_room_nothing():
    busy, small, full = FeedLosses(), FeedLosses(), FeedLosses()
    assert busy.look(SequencerStats(missing=LOST_MIN, delivered=10_000), S) == 0
    assert busy.look(SequencerStats(missing=LOST_MIN + 1, delivered=10_000), 2 * S) == LOST_MIN + 1
    assert busy.look(SequencerStats(missing=LOST_MIN + 1, delivered=10_000), 3 * S) == 0  # nothing new
    assert small.look(SequencerStats(missing=LOST_MIN - 1), S) == 0
    assert full.look(SequencerStats(overflows=1, delivered=10**6), S) == 1
