"""Bars of minutes for conditions: against bars made one by one and an independent library, and what is asked for."""

import random

import msgspec
import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.desk.chart_feed import ChartFeed
from hts.desk.chart_settings import ChartSettings
from hts.desk.market import MarketState
from hts.desk.screener import ScreenRun
from hts.desk.screener_eval import Columns, matches, undecided
from hts.desk.screener_expr import Call, parse
from hts.desk.screener_minutes import (
    ANSWER_TURNS,
    BARS,
    ISSUES_MAX,
    MINUTE_NS,
    WANTED_TURNS,
    Minutes,
    needs_of,
)
from hts.model.queries import RequestBars
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NAVER_ISSUE, NINE, SAMSUNG, SAMSUNG_ISSUE, a_trade
from tests.desk.test_screener_universe import Desk

OWNER = "mine"


def path_of(count, seed, gaps=0.1):
    """Minute bars of a walk; some minutes had no trade."""
    dice, px, made = random.Random(seed), 200_000, []
    for n in range(count):
        px += dice.choice((-500, 0, 500))
        if dice.random() < gaps:
            continue
        qty = dice.randrange(3, 99)
        made.append(
            Bar(NINE + n * MINUTE_NS, px, px + dice.randrange(3) * 500, px - dice.randrange(3) * 500, px, qty, 1)
        )
    return made


def grouped(bars, minutes):
    """close, high, low, qty of coarser bars, one bar at a time."""
    made = {}
    for bar in bars:
        begin = bar.start_ns // (minutes * MINUTE_NS)
        have = made.get(begin)
        if have is None:
            made[begin] = [bar.close_px, bar.high_px, bar.low_px, bar.qty]
        else:
            made[begin] = [bar.close_px, max(have[1], bar.high_px), min(have[2], bar.low_px), have[3] + bar.qty]
    return np.array(list(made.values()), float).T


def wanting(condition, symbol=NAVER):
    minutes = Minutes()
    minutes.want(OWNER, needs_of(parse(condition)), [symbol])
    minutes.turn()
    return minutes


@pytest.mark.parametrize("minutes", [1, 3, 15])
@pytest.mark.parametrize("split", [0, 200, 299])
def test_functions_are_those_of_an_independent_library_wherever_the_history_ended(minutes, split):
    """The history up to one bar, trades from there on; a look after each, so that nothing is reckoned anew."""
    path = path_of(330, 5)
    names = ("ma", "ema", "rsi", "atr", "cci", "stochastic", "highest", "lowest", "avg_volume", "sum_volume", "close")
    followed = wanting(" and ".join(f"{name}(5, 1, {minutes}m) > {name}(5, {minutes}m)" for name in names))
    followed.next_question(lambda _: False)
    cum = 1_000
    followed.take(NAVER, path[:split], 1.0, cum)
    for bar in path[split:]:
        trades = [
            a_trade(px=bar.low_px, qty=1, trade_ns=bar.start_ns, cum_qty=cum + 1),
            a_trade(px=bar.high_px, qty=1, trade_ns=bar.start_ns + 1, cum_qty=cum + 2),
            a_trade(px=bar.close_px, qty=1, trade_ns=bar.start_ns + 2, cum_qty=cum + bar.qty),
        ]
        followed.on_trades(NAVER, trades[:2], 1.0)
        for name in ("ema", "rsi", "atr"):
            followed.values(Call(name, 5, 0, minutes))
        followed.on_trades(NAVER, trades[2:], 1.0)
        cum += bar.qty
    told = {(name, ago): float(followed.values(Call(name, 5, ago, minutes))[1][0]) for name in names for ago in (0, 1)}
    for ago in (0, 1):
        bars = grouped(path, minutes)
        close, high, low, qty = bars[:, : bars.shape[1] - ago][:, -(BARS - ago) :]
        past = grouped(path, minutes)[:, : bars.shape[1] - max(ago, 0) - 1]
        expected = {
            "ma": talib.SMA(close, 5)[-1],
            "ema": talib.EMA(close, 5)[-1],
            "rsi": talib.RSI(close, 5)[-1],
            "atr": talib.ATR(high, low, close, 5)[-1],
            "cci": talib.CCI(high, low, close, 5)[-1],
            "stochastic": talib.STOCHF(high, low, close, 5, 1)[0][-1],
            "highest": past[1][-5:].max(),
            "lowest": past[2][-5:].min(),
            "avg_volume": past[3][-5:].mean(),
            "sum_volume": qty[-5:].sum(),
            "close": close[-6],
        }
        # What remembers every bar begins where the bars begin that are kept: long ago.
        for name, value in expected.items():
            assert told[name, ago] == pytest.approx(value, rel=1e-6, abs=1e-6), (name, ago)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_live_bars_are_those_of_the_whole_history(data):
    """Trades in batches of any size, over the ends of bars, with prints that lack."""
    path = path_of(40, data.draw(st.integers(0, 99)))
    split = data.draw(st.integers(0, len(path) - 1))
    live, whole = wanting("ma(2, 5m) > 0 and ma(2, 1m) > 0"), wanting("ma(2, 5m) > 0 and ma(2, 1m) > 0")
    for one, bars in ((live, path[:split]), (whole, path)):
        one.next_question(lambda _: False)
        one.take(NAVER, bars, 1.0, 500)
    cum, waiting = 500, []
    for bar in path[split:]:
        for n, px in enumerate((bar.low_px, bar.high_px, bar.close_px)):
            cum += 1 if n < 2 else bar.qty - 2
            waiting.append(a_trade(px=px, qty=1, trade_ns=bar.start_ns + n, cum_qty=cum))
        if data.draw(st.booleans()):
            live.on_trades(NAVER, waiting, 1.0)
            waiting = []
    if waiting:
        live.on_trades(NAVER, waiting, 1.0)
    for minutes in (1, 5):
        mine, theirs = live._frames[minutes].bars, whole._frames[minutes].bars
        for table, other in ((mine.close, theirs.close), (mine.high, theirs.high), (mine.low, theirs.low)):
            assert np.array_equal(table[0], other[0], equal_nan=True)
        assert np.nansum(mine.qty[0]) == np.nansum(theirs.qty[0])  # a print that lacks counts in the bar that runs


def test_only_issues_that_minutes_decide_are_asked_for():
    desk = Desk(NAVER_ISSUE, msgspec.structs.replace(NAVER_ISSUE, symbol="069500", is_etf=True), SAMSUNG_ISSUE)
    desk.frame(a_trade(), a_trade(SAMSUNG, px=245_000))
    columns = Columns(desk.universe)

    def asked(text):
        found = undecided(parse(text), columns).tolist()
        return [symbol for symbol, is_open in zip(desk.universe.symbols, found, strict=True) if is_open]

    assert asked("etf and ma(5, 3m) > 1") == ["069500"]
    assert asked("etf or ma(5, 3m) > 1") == [NAVER, SAMSUNG]
    assert asked("not (etf or not ma(5, 3m) > 1)") == [NAVER, SAMSUNG]
    assert asked("not ma(5, 3m) > 1") == [NAVER, "069500", SAMSUNG]
    assert asked("etf and not (kosdaq or ma(5, 3m) > 1)") == ["069500"]
    assert asked("price > ma(5)") == []
    assert asked("ma(5, 3m) > ma(20)") == [NAVER, "069500", SAMSUNG]


def test_a_screen_asks_follows_the_trades_and_finds():
    desk = Desk()
    desk.frame(a_trade(), a_trade(SAMSUNG, px=245_000))
    universe, run = desk.universe, ScreenRun(parse("change < 100 and price > ma(3, 1m) * 1.001"))
    run.update(universe, Columns(universe), NINE)
    universe.minutes.turn()
    questions = [universe.ask_minutes(), universe.ask_minutes(), universe.ask_minutes()]
    assert questions == [
        RequestBars(symbol=NAVER, timeframe_s=60, count=4, venue="KRX"),
        RequestBars(symbol=SAMSUNG, timeframe_s=60, count=4, venue="KRX"),
        None,
    ]
    assert run.waiting(universe) == (0, 2, 0)
    px = 237_500
    bars = tuple(Bar(NINE + n * MINUTE_NS, px, px, px, px, 5, 1) for n in range(4))
    desk.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars))
    desk.frame()
    assert (run.waiting(universe), matches(run.node, Columns(universe)).tolist()) == ((0, 1, 0), [False, False])
    universe.minutes.turn()
    desk.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=60, bars=bars))
    desk.frame()
    came, _ = run.update(universe, Columns(universe), NINE)
    assert (came, list(run.members)) == ([], [SAMSUNG]), "it met the condition all along"
    desk.frame(a_trade(px=239_000, trade_ns=NINE + 4 * MINUTE_NS))
    assert run.update(universe, Columns(universe), NINE)[0] == [NAVER]
    assert matches(run.node, Columns(universe)).tolist() == [True, True]
    assert (NAVER, 60) not in desk.market.bars, "nobody else looks at them"


def test_bars_that_a_chart_has_stay():
    desk = Desk()
    view = BarsView(symbol=NAVER, timeframe_s=60, bars=tuple(path_of(9, 1)))
    desk.market.on_bars(view)
    desk.frame()
    desk.universe.minutes.want(OWNER, {1: 5}, [NAVER])
    desk.universe.minutes.turn()
    desk.universe.ask_minutes()
    desk.market.on_bars(view)
    desk.frame()
    desk.frame()
    assert (NAVER, 60) in desk.market.bars


def test_there_is_an_end_to_issues_and_those_with_the_most_turnover_have_the_places():
    minutes, symbols = Minutes(), [f"{n:06d}" for n in range(ISSUES_MAX + 7)]
    minutes.want(OWNER, {5: 100}, symbols)
    minutes.turn()
    asked = []
    while (question := minutes.next_question(lambda _: False)) is not None:
        asked.append(question)
    assert asked == [(symbol, 100) for symbol in symbols[:ISSUES_MAX]]
    assert minutes.waiting(OWNER) == (ISSUES_MAX, 7)
    kept = symbols[100]
    minutes.take(kept, path_of(9, 2), 1.0, 0)
    minutes.want(OWNER, {5: 100}, symbols[-9:])
    minutes.turn()
    assert (minutes.waiting(OWNER), minutes.follows(symbols[0]), minutes.follows(symbols[-1])) == ((9, 0), False, True)
    minutes.want(OWNER, {5: 100}, [kept])  # its place was not needed meanwhile
    minutes.turn()
    assert minutes.waiting(OWNER) == (0, 0)


def test_several_conditions_share_the_places():
    minutes = Minutes()
    for owner in "ab":
        minutes.want(owner, {5: 100}, [f"{owner}{n}" for n in range(ISSUES_MAX)])
    minutes.turn()
    half = ISSUES_MAX // 2
    assert [minutes.waiting(owner) for owner in "ab"] == [(half, half), (half, half)]
    assert (minutes.follows(f"a{half - 1}"), minutes.follows(f"b{half}")) == (True, False)


def test_what_is_wanted_no_more_costs_nothing_and_what_is_lost_is_asked_again():
    minutes = wanting("ma(2, 5m) > 0")
    assert minutes.next_question(lambda _: False) == (NAVER, 15)
    assert minutes.next_question(lambda _: False) is None
    for _ in range(ANSWER_TURNS):
        minutes.turn()
    assert minutes.next_question(lambda _: False) == (NAVER, 15)  # no answer came
    minutes.take(NAVER, path_of(9, 1), 1.0, 0)
    minutes.turn()
    assert minutes.next_question(lambda _: False) is None
    minutes.forget_all()  # the link was away
    assert minutes.next_question(lambda _: False) == (NAVER, 15)
    minutes.take(NAVER, path_of(9, 1), 1.0, 0)
    minutes.want(OWNER, {5: 15, 3: 60}, [NAVER])  # another length
    minutes.turn()
    assert minutes.next_question(lambda _: False) == (NAVER, 60)
    minutes.take(NAVER, path_of(9, 1), 1.0, 0)
    for _ in range(WANTED_TURNS + 1):
        minutes.turn()
    assert (minutes.next_question(lambda _: False), minutes._frames) == (None, {})
    minutes.want(OWNER, {5: 15, 3: 60}, [NAVER])  # its bars went with the last wish
    minutes.turn()
    assert minutes.next_question(lambda _: False) == (NAVER, 60)


def test_an_empty_history_is_one_and_bars_begin_with_the_trades():
    minutes = wanting("close(1, 1m) > 0")
    minutes.next_question(lambda _: False)
    minutes.take(NAVER, (), 10.0, 0)
    assert minutes.waiting(OWNER) == (0, 0)
    assert np.isnan(minutes.values(Call("close", 1, 0, 1))[1]).all()
    for n, px in enumerate((500, 700, 600)):
        minutes.on_trades(NAVER, [a_trade(px=px, qty=1, trade_ns=NINE + n * MINUTE_NS, cum_qty=n + 1)], 10.0)
    assert minutes.values(Call("close", 1, 0, 1))[1].tolist() == [70.0]
    minutes.on_trades(NAVER, [a_trade(px=1, qty=1, trade_ns=NINE, cum_qty=4)], 10.0)  # of a bar that has ended
    assert minutes.values(Call("lowest", 2, 0, 1))[1].tolist() == [50.0]


def test_a_short_answer_is_none_for_who_looks_further_back():
    """Another condition comes while the question of the first is out: its bars are asked for, not taken as there."""
    minutes = wanting("ma(5, 1m) > 1")
    assert minutes.next_question(lambda _: False) == (NAVER, 6)
    minutes.want("other", needs_of(parse("ma(100, 1m) > 1")), [NAVER])
    minutes.turn()
    minutes.take(NAVER, path_of(6, 1, gaps=0), 1.0, 0)
    assert (minutes.waiting(OWNER), minutes.waiting("other")) == ((1, 0), (1, 0))
    assert minutes.next_question(lambda _: False) == (NAVER, 101)
    minutes.take(NAVER, path_of(101, 1, gaps=0), 1.0, 0)
    assert (minutes.waiting("other"), minutes.next_question(lambda _: False)) == ((0, 0), None)


def test_a_question_reaches_what_a_chart_has_already():
    """A shorter one would leave a hole in the history that charts share: their bars are made anew of every answer."""
    desk, chart = Desk(), ChartFeed(MarketState(), ChartSettings(timeframe_s=60), lambda: 600)
    chart._market = desk.market
    chart.choose(NAVER_ISSUE, ChartSettings(timeframe_s=60))
    chart.questions()
    path = path_of(100, 1, gaps=0)
    desk.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=tuple(path[:10]), venue="KRX"))
    chart.on_changes(desk.market.drain())
    told = [a_trade(px=bar.close_px, qty=1, trade_ns=bar.start_ns) for bar in path[10:]]
    for trade in told:
        desk.market.on_quote(trade)
        changes = desk.market.drain()
        desk.universe.on_changes(desk.market, changes)
        chart.on_changes(changes)
    assert len(chart.source) == 100
    desk.universe.minutes.want(OWNER, {1: 5}, [NAVER])
    desk.universe.minutes.turn()
    question = desk.universe.ask_minutes()
    assert question == RequestBars(symbol=NAVER, timeframe_s=60, count=92, venue="KRX")
    answer = tuple(path[-question.count :])
    desk.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=answer, venue="KRX"))
    chart.on_changes(desk.market.drain())
    assert chart.source.start_ns.tolist() == [bar.start_ns for bar in path]
