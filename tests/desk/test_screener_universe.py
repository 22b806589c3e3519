import msgspec
import numpy as np

from hts.desk.market import MarketState
from hts.desk.screener_universe import DAY_S, DAYS, FIGURES, RECENT_MAX, Flow, Universe
from hts.model.quotes import Bar, InstrumentDef
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NAVER_ISSUE, NINE, SAMSUNG, SAMSUNG_ISSUE, SECOND, a_trade

DAY = DAY_S * SECOND


class Desk:
    def __init__(self, *issues, rates=None):
        self.market, self.universe = MarketState(), Universe()
        self.universe.rates = rates or {}
        for issue in issues or (NAVER_ISSUE, SAMSUNG_ISSUE):
            self.market.on_quote(InstrumentDef(instrument=issue))
        self.frame()

    def frame(self, *quotes):
        for quote in quotes:
            self.market.on_quote(quote)
        self.universe.on_changes(self.market, self.market.drain())


def row(universe, symbol):
    return dict(zip(FIGURES, universe.figures()[universe.row_of(symbol)].tolist(), strict=True))


def test_an_issue_that_has_not_traded_stands_at_its_base():
    universe = Desk().universe
    untraded = {"px": 218_000, "base_px": 218_000, **dict.fromkeys(FIGURES[2:], 0)}
    assert (row(universe, NAVER), universe.symbols) == (untraded, [NAVER, SAMSUNG])


def test_trades_of_a_frame_make_one_row():
    desk = Desk()
    desk.frame(a_trade(qty=5), a_trade(px=238_000, qty=7, side="2"), a_trade(px=238_500, qty=9, side=""))
    expected = (238_500, 218_000, 221_500, 239_000, 220_500, 4_218_905, 4_218_905 * 233_912, 5, 7)
    assert row(desk.universe, NAVER) == dict(zip(FIGURES, expected, strict=True))


def test_strength_is_bought_per_sold_and_unknown_while_nothing_was_sold():
    assert [Flow(150, 100).strength_bp, Flow(5, 0).strength_bp, Flow(0, 7).strength_bp] == [15_000, 0, 0]


def test_flows_of_venues_are_apart_and_add_up():
    desk = Desk(NAVER_ISSUE, msgspec.structs.replace(NAVER_ISSUE, venue="NXT"))
    desk.frame(a_trade(qty=5), a_trade(qty=11, venue="NXT"), a_trade(qty=2, side="2", venue="NXT"))
    universe = desk.universe
    assert universe.flow(("KRX",), NAVER) == Flow(5, 0)
    assert universe.flow(("KRX", "NXT"), NAVER) == Flow(16, 2)
    assert row(universe, NAVER)["buy_qty"] == 5


def test_only_the_newest_trades_are_kept():
    desk = Desk()
    desk.frame(*(a_trade(qty=i + 1) for i in range(RECENT_MAX + 3)))
    assert [trade.qty for trade in desk.universe.recent["KRX", NAVER]] == list(range(4, RECENT_MAX + 4))


def test_past_days_end_before_today():
    desk = Desk()
    desk.frame(a_trade())
    midnight = NINE - 9 * 3600 * SECOND
    bars = tuple(Bar(midnight - i * DAY, 1, 300 + i, 100 + i, 200 + i, 10 + i, 1) for i in range(3, -1, -1))
    desk.market.on_bars(BarsView(symbol=NAVER, timeframe_s=DAY_S, bars=bars))
    before = desk.universe.without_days()
    desk.frame()
    days = desk.universe.days
    assert days.close[0, -4:].tolist()[1:] == [203, 202, 201]
    assert np.isnan(days.close[0, : DAYS - 3]).all()
    assert np.isnan(days.close[1]).all()
    assert (days.high[0, -1], days.low[0, -1], days.qty[0, -1]) == (301, 101, 11)
    assert (before, desk.universe.without_days()) == ([NAVER, SAMSUNG], [SAMSUNG])


def test_the_table_grows_with_the_list():
    issues = [msgspec.structs.replace(NAVER_ISSUE, symbol=f"{i:06d}") for i in range(150)]
    desk = Desk(*issues)
    desk.frame(a_trade("000149", px=219_000))
    assert (len(desk.universe), row(desk.universe, "000149")["px"], desk.universe.figure("px")[:149].max()) == (
        150,
        219_000,
        218_000,
    )


def test_a_trade_of_an_issue_that_is_not_listed_writes_nothing():
    desk = Desk()
    version = desk.universe.version
    desk.frame(a_trade("999999"))
    assert (len(desk.universe.figures()), desk.universe.row_of("999999"), desk.universe.version) == (2, -1, version + 1)


def test_new_yorks_day_goes_on_over_our_midnight():
    """At one o'clock the day that began in the evening is today, not a day before it."""
    issue = msgspec.structs.replace(NAVER_ISSUE, venue="NASDAQ")
    desk, midnight = Desk(issue), NINE + 15 * 3_600 * SECOND
    starts = [midnight - 12 * 3_600 * SECOND - n * DAY for n in (2, 1, 0)]
    bars = tuple(Bar(start, px, px, px, px, 5, 1) for start, px in zip(starts, (100, 200, 300), strict=True))
    desk.frame(a_trade(px=300, venue="NASDAQ", trade_ns=midnight + 3_600 * SECOND))
    desk.market.on_bars(BarsView(symbol=NAVER, timeframe_s=DAY_S, bars=bars, venue="NASDAQ"))
    desk.frame()
    assert desk.universe.days.close[0, -3:].tolist()[1:] == [100, 200]
