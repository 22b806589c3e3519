"""Own fills of days before on a chart's bars, against adding them up one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.desk.chart import Series
from hts.desk.chart_marks import FillMark, fill_marks
from hts.desk.chart_past import NONE, PastMarks, merge
from hts.desk.chart_styles import Renko
from hts.desk.past_trades import PastTrades
from hts.desk.venue_tabs import HOME
from hts.model.enums import Side
from hts.model.past_fills import FillsPage, PastFill
from hts.model.quotes import Bar
from tests.desk.scene import NAVER, NINE, SAMSUNG, SECOND, a_fill

MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def past_of(*fills, date=20260101, is_last=True, undoes=0):
    """Past trades of one page."""
    past = PastTrades()
    past.ask("a", lambda _query: None)
    give(past, *fills, date=date, is_last=is_last, undoes=undoes)
    return past


def give(past, *fills, date=20260101, is_last=True, undoes=0):
    pages = tuple(PastFill(fill=fill, currency="KRW", value=0, trade_date=date, undoes=undoes) for fill in fills)
    after = past._question.after
    behind = (after[0], after[1] + len(fills))
    past.take(FillsPage(account="a", first_date=0, last_date=0, after=after, fills=pages, next=behind, is_last=is_last))


def series_of(*starts, timeframe_s=60):
    series = Series(timeframe_s)
    px = np.full(len(starts), 100.0)
    series.take(np.array(starts, np.int64), np.array([px, px, px, px, px, px]))
    return series


def at(number, side, qty, px, trade_ns, symbol=NAVER, **more):  # noqa: PLR0917
    return a_fill(number, side, px, qty, symbol, trade_ns=trade_ns, **more)


def marks(shown):
    return [
        (number, "buy" if is_buy else "sell", qty, round(px))
        for number, is_buy, qty, px in zip(
            shown.numbers.tolist(), shown.is_buy.tolist(), shown.qty.tolist(), shown.px.tolist(), strict=True
        )
    ]


def test_fills_stand_in_their_bars_with_their_mean_price():
    series = series_of(NINE, NINE + MINUTE, NINE + 9 * MINUTE)
    past = past_of(
        at(1, Side.BUY, 10, 200, NINE + 61 * SECOND),
        at(2, Side.BUY, 30, 100, NINE + 119 * SECOND),
        at(3, Side.SELL, 5, 300, NINE + 62 * SECOND),
        at(4, Side.BUY, 7, 300, NINE - 1),  # before the first bar
        at(5, Side.BUY, 7, 300, NINE + 130 * SECOND),  # in a minute that has no bar
        at(6, Side.BUY, 7, 300, NINE + 9 * MINUTE),
        at(7, Side.BUY, 9, 300, NINE, SAMSUNG),
    )
    made = PastMarks()
    assert made.follow(past, [], (NAVER, HOME), series)
    assert marks(made.shown) == [(1, "sell", 5, 300), (1, "buy", 40, 125), (2, "buy", 7, 300)]
    assert made.shown.of_bar(1) == (
        FillMark(index=1, side=Side.SELL, px=300, qty=5),
        FillMark(index=1, side=Side.BUY, px=125, qty=40),
    )
    assert not made.follow(past, [], (NAVER, HOME), series)
    assert made.follow(past, [], (SAMSUNG, HOME), series)
    assert marks(made.shown) == [(0, "buy", 9, 300)]
    assert (made.hide(), made.shown, made.hide()) == (True, NONE, False)


def test_bars_of_days_take_the_whole_day_and_the_last_one_no_later_day():
    series = series_of(NINE, NINE + DAY, timeframe_s=86_400)
    past = past_of(at(1, Side.BUY, 1, 9, NINE + 11 * 3_600 * SECOND), at(2, Side.BUY, 1, 9, NINE + 3 * DAY))
    made = PastMarks()
    made.follow(past, [], (NAVER, HOME), series)
    assert marks(made.shown) == [(0, "buy", 1, 9)]


def test_the_running_day_is_told_by_the_core_itself_by_venue():
    series = series_of(*(NINE + n * MINUTE for n in range(5)))
    past = past_of(
        at(1, Side.BUY, 1, 9, NINE),
        at(2, Side.BUY, 2, 9, NINE + 2 * MINUTE),
        at(3, Side.BUY, 4, 9, NINE + 2 * MINUTE, venue="NXT"),
    )
    today = [at(2, Side.BUY, 2, 9, NINE + 2 * MINUTE)]
    made = PastMarks()
    made.follow(past, today, (NAVER, HOME), series)
    assert marks(made.shown) == [(0, "buy", 1, 9), (2, "buy", 4, 9)]
    made.follow(past, [], (NAVER, HOME), series_of(*(NINE + n * MINUTE for n in range(6))))  # another day begins
    assert marks(made.shown) == [(0, "buy", 1, 9), (2, "buy", 6, 9)]
    made.follow(past, [], (NAVER, "NXT"), series)
    assert marks(made.shown) == [(2, "buy", 4, 9)]


def test_what_the_venue_took_back_is_not_marked():
    past = past_of(at(1, Side.BUY, 10, 200, NINE), at(2, Side.BUY, 10, 200, NINE), is_last=False)
    give(past, at(9, Side.BUY, 0, 0, NINE), undoes=1)
    made = PastMarks()
    made.follow(past, [], (NAVER, HOME), series_of(NINE))
    assert marks(made.shown) == [(0, "buy", 10, 200)]


def test_while_pages_are_on_their_way_the_marks_stay():
    series, made = series_of(NINE), PastMarks()
    past = past_of(at(1, Side.BUY, 10, 200, NINE), is_last=False)
    made.follow(past, [], (NAVER, HOME), series)
    give(past, at(2, Side.BUY, 10, 200, NINE), is_last=False)
    assert (made.follow(past, [], (NAVER, HOME), series), made.lags(past, NAVER)) == (False, False)
    give(past, at(3, Side.BUY, 10, 200, NINE))
    assert made.lags(past, NAVER)
    assert made.follow(past, [], (NAVER, HOME), series)
    assert (marks(made.shown), made.lags(past, NAVER)) == ([(0, "buy", 30, 200)], False)


def test_bricks_hold_what_was_traded_until_the_next_one():
    source = Series(60)
    source.replace([Bar(NINE + n * MINUTE, px, px, px, px, 1, px) for n, px in enumerate((100, 100, 130, 130, 190))])
    bricks = Renko(source, 10)
    bricks.follow()
    assert not bricks.has_even_bars
    made = PastMarks()
    made.follow(past_of(at(1, Side.BUY, 1, 130, NINE + 3 * MINUTE)), [], (NAVER, HOME), bricks)
    assert made.shown.qty.sum() == 1


ENTRIES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 1), st.integers(1, 99), st.integers(1, 9_999)), max_size=40
)


@given(ENTRIES, st.integers(1, 9), st.integers(-3, 45), st.integers(-3, 45))
def test_merged_entries_are_the_sums_of_what_they_hold(entries, step, first, last):
    columns = np.array(entries, np.int64).reshape(-1, 4).T
    whole = merge(columns[0], columns[1], columns[2], (columns[2] * columns[3]).astype(float))
    seen = whole.within(first, last).merged(step)
    sums = {}
    for number, is_buy, qty, px in entries:
        if first <= number <= last:
            have = sums.setdefault((number // step * step, is_buy), [0, 0])
            have[0] += qty
            have[1] += qty * px
    found = list(zip(seen.numbers.tolist(), seen.is_buy.tolist(), seen.qty.tolist(), seen.value.tolist(), strict=True))
    assert found == [(*key, *have) for key, have in sorted(sums.items())]
    assert seen.px.tolist() == pytest.approx([have[1] / have[0] for _, have in sorted(sums.items())])


@pytest.mark.parametrize(
    ("begin_s", "hours"),
    [(12 * 3_600, (22.5, 26.0, 29.0)), (-27_000, (-7.0, 5.0, 15.0)), (0, (0.0, 9.0, 23.0))],
)
@pytest.mark.parametrize("timeframe_s", [86_400, 604_800])
def test_a_night_belongs_to_its_trading_day(begin_s, hours, timeframe_s):
    """New York's day goes on over our midnight, Osaka's begins the evening before."""
    midnight, step = NINE - 9 * 3_600 * SECOND, timeframe_s * SECOND
    series = Series(timeframe_s, begin_s)
    px = np.full(3, 100.0)
    series.take(midnight + step * np.arange(3), np.array([px] * 6))
    last = timeframe_s // 86_400 - 1  # the day of the bar that ends with it
    begins = midnight + step + (last if begin_s > 0 else 0) * DAY
    times = [begins + round(hour * 3_600) * SECOND for hour in hours]
    fills = [at(n, Side.BUY, 10, 100, time_ns) for n, time_ns in enumerate(times, 1)]
    found = PastMarks()
    found.follow(past_of(*fills), [], (NAVER, HOME), series)
    assert marks(found.shown) == [(1, "buy", 30, 100)]
    assert [(mark.index, mark.qty) for mark in fill_marks(fills, series)] == [(1, 30)]
