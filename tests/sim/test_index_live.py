"""Indices from constituents, and the special quotation from their opening prices."""

import pytest

from hts.app import tables
from hts.base.errors import ConfigError
from hts.model.enums import Market
from hts.sim.commands import VENUE, IndexPrint
from hts.sim.figures import NO_TRADES, DayFigures
from hts.sim.index_live import IndexBoard, IndexRule, LiveIndex
from tests.support.builders import an_instrument

A = an_instrument(symbol="A", base_px=1000, listed_shares=300)
B = an_instrument(symbol="B", base_px=500, listed_shares=200)
ETF = an_instrument(symbol="E", base_px=900, listed_shares=9, is_etf=True)
ORIGIN = {"A": 1000, "B": 500, "E": 900}


class Trades:
    def __init__(self, **last):
        self.figures = {symbol: NO_TRADES.after(px, 1) for symbol, px in last.items()}

    def day(self, symbol: str) -> DayFigures:
        return self.figures.get(symbol, NO_TRADES)


def a_rule(**changes) -> IndexRule:
    values = {"name": "X", "venue": "KRX", "market": Market.KOSPI, "weighting": "cap", "base": 100_000}
    return IndexRule(**(values | changes))


def test_capitalisation_weighs_by_shares():
    index = LiveIndex(a_rule(), (A, B, ETF), ORIGIN)
    assert (index.base, index.value(Trades())) == (100_000, 100_000)
    # 300 * 1100 + 200 * 500 = 430,000 over 400,000
    assert index.value(Trades(A=1100)) == 107_500
    assert [i.symbol for i in index.members] == ["A", "B"], "an ETF is no member"


def test_price_weighting_counts_one_share_of_each():
    index = LiveIndex(a_rule(weighting="price"), (A, B), ORIGIN)
    assert index.value(Trades(A=1100)) == 106_667, "1600 over 1500, to the nearest hundredth"


def test_only_the_largest_are_members():
    assert [i.symbol for i in LiveIndex(a_rule(largest=1), (B, A), ORIGIN).members] == ["A"]


def test_the_next_day_goes_on_from_the_close():
    today = an_instrument(symbol="A", base_px=1100, listed_shares=300)
    index = LiveIndex(a_rule(), (today, B), ORIGIN)
    assert (index.base, index.value(Trades())) == (107_500, 107_500)


def test_the_special_quotation_waits_for_every_opening_price():
    index = LiveIndex(a_rule(weighting="price"), (A, B), ORIGIN)
    trades = Trades(A=1200)
    trades.figures["A"] = trades.figures["A"].after(900, 1)
    assert index.special_quotation(trades) == 0
    assert index.special_quotation(trades, is_close=True) == 113_333, "1200 and the base price of 500"
    trades.figures["B"] = NO_TRADES.after(600, 1)
    assert index.special_quotation(trades) == 120_000
    assert index.value(trades) == 100_000, "an SQ may lie outside of the day's range"


def test_the_board_tells_what_moved_once():
    board = IndexBoard([a_rule(sq="X.SQ"), a_rule(venue="TSE", name="N")], "KRX", (A, B), ORIGIN)
    trades = Trades()
    first = IndexPrint(session=VENUE, name="X", value=100_000, base=100_000)
    assert board.prints(trades) == [first]
    assert board.prints(trades) == []
    trades.figures = {"A": NO_TRADES.after(1100, 1), "B": NO_TRADES.after(500, 1)}
    assert [(p.name, p.value) for p in board.prints(trades)] == [("X", 107_500), ("X.SQ", 107_500)]
    assert board.next_timer_ns(1_500_000_000) == 2_000_000_000
    again = IndexBoard([a_rule()], "KRX", (A, B), ORIGIN)
    again.learn(first)
    assert again.prints(Trades()) == []


def test_the_shipped_table():
    rules = IndexRule.parse_all(tables.load(tables.MARKET, "indices"))
    assert {rule.name for rule in rules} == {"KOSPI", "KOSDAQ", "KOSPI200", "NIKKEI225"}
    with pytest.raises(ConfigError, match="complete rows expected"):
        IndexRule.parse_all({"index": [{"name": "X"}]})
    row = {"name": "X", "venue": "KRX", "market": "KOSPI", "weighting": "magic", "base": 1}
    with pytest.raises(ConfigError, match="weighting cap or price"):
        IndexRule.parse_all({"index": [row]})
