from hts.model.quotes import Bar
from hts.sim.today_bars import TodayBars
from tests.sim.feed_market import FeedMarket
from tests.wire.mdcs.samples import MIDNIGHT_NS, OPEN_NS, SECOND

MINUTE = 60 * SECOND


def test_minutes_and_what_is_made_of_them():
    market = FeedMarket(["005930"])
    today = TodayBars()
    for seconds, px, qty in ((0, 100, 1), (30, 104, 2), (59, 99, 3), (60, 101, 4), (600, 110, 5)):
        today.apply(market.trade("005930", px, qty, OPEN_NS + seconds * SECOND).trade)
    first = Bar(OPEN_NS, 100, 104, 99, 99, 6, 605)
    second = Bar(OPEN_NS + MINUTE, 101, 101, 101, 101, 4, 404)
    third = Bar(OPEN_NS + 10 * MINUTE, 110, 110, 110, 110, 5, 550)
    assert today.bars("005930", 60) == (first, second, third)
    assert today.bars("005930", 300) == (Bar(OPEN_NS, 100, 104, 99, 101, 10, 1009), third)
    assert today.bars("005930", 86_400) == (Bar(MIDNIGHT_NS, 100, 110, 99, 110, 15, 1559),)
    assert today.bars("005930", 90) == ()
    assert today.bars("000660", 60) == ()
