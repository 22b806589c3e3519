"""Bars before the simulated day."""

import numpy as np
import pytest

from hts.model.enums import Market
from hts.model.instruments import Instrument, TickTable
from hts.model.units import Px, Qty
from hts.rules.dates import add_days, krx_local_ns, to_date
from hts.sim.history import DAY_S, MINUTE_DAYS, MINUTE_S, History, HistoryBook, history_of

TICKS = TickTable(starts=(0, 2000, 5000, 20000, 50000, 200000, 500000), steps=(1, 5, 10, 50, 100, 500, 1000))
DAY = 20261123


def an_issue(base_px: int, symbol: str = "005930", market: Market = Market.KOSPI) -> Instrument:
    return Instrument(
        symbol=symbol,
        isin="KR7005930003",
        market=market,
        name_ko="삼성전자",
        name_en="Samsung Electronics",
        listed_shares=Qty(5_800_000_000),
        ticks=TICKS,
        trading_date=DAY,
        base_px=Px(base_px),
        upper_px=TICKS.floor(base_px * 13 // 10),
        lower_px=TICKS.ceil(base_px * 7 // 10),
    )


def weekdays_before(day: int, count: int) -> list[int]:
    days: list[int] = []
    while len(days) < count:
        day = add_days(day, -1)
        if to_date(day).weekday() < 5:
            days.append(day)
    return days[::-1]


DATES = weekdays_before(DAY, 490)


@pytest.fixture(scope="module", params=[1990, 19_990, 272_000, 1_718_000])
def issue(request):
    return an_issue(request.param)


@pytest.fixture(scope="module")
def history(issue):
    return history_of(issue, DATES, seed=7)


def test_two_years_of_days_and_thirty_days_of_minutes_end_at_the_base_price(issue, history):
    assert [bar.start_ns for bar in history.daily] == [krx_local_ns(d, 9 * 3600) for d in DATES]
    assert len(history.minutes) == MINUTE_DAYS * 381
    assert history.daily[-1].close_px == issue.base_px
    assert history.minutes[-1].close_px == issue.base_px


def test_minutes_run_from_nine_to_the_closing_auction(history):
    midnight_ns = krx_local_ns(DATES[-1], 0)
    seconds = [(bar.start_ns - midnight_ns) // 10**9 for bar in history.minutes[-381:]]
    assert seconds == [*range(9 * 3600, 15 * 3600 + 20 * 60, 60), 15 * 3600 + 30 * 60]


def test_every_bar_is_possible(history):
    for bar in history.daily + history.minutes:
        prices = (bar.open_px, bar.high_px, bar.low_px, bar.close_px)
        assert all(TICKS.is_valid(px) for px in prices), bar
        assert bar.low_px <= min(bar.open_px, bar.close_px), bar
        assert bar.high_px >= max(bar.open_px, bar.close_px), bar
        assert bar.qty > 0, bar
        assert bar.low_px * bar.qty <= bar.value <= bar.high_px * bar.qty, bar


def test_no_day_leaves_the_limits_of_its_base_price(history):
    for before, bar in zip(history.daily, history.daily[1:], strict=False):
        assert before.close_px * 0.7 <= bar.low_px, bar
        assert bar.high_px <= before.close_px * 1.3, bar


def test_the_last_days_are_the_sums_of_their_minutes(history):
    for i in range(MINUTE_DAYS):
        day = history.daily[len(DATES) - MINUTE_DAYS + i]
        minutes = history.minutes[381 * i : 381 * (i + 1)]
        assert (day.open_px, day.close_px) == (minutes[0].open_px, minutes[-1].close_px)
        assert day.high_px == max(bar.high_px for bar in minutes)
        assert day.low_px == min(bar.low_px for bar in minutes)
        assert (day.qty, day.value) == (sum(b.qty for b in minutes), sum(b.value for b in minutes))


def test_volume_is_u_shaped_in_the_day(history):
    by_minute = np.array([bar.qty for bar in history.minutes]).reshape(MINUTE_DAYS, 381)[:, :380].mean(axis=0)
    first, noon, last = by_minute[:30].mean(), by_minute[150:240].mean(), by_minute[-30:].mean()
    assert first > 1.5 * noon
    assert last > 1.2 * noon


def test_daily_volatility_is_that_of_a_share(history):
    closes = np.array([bar.close_px for bar in history.daily])
    assert 0.012 < np.diff(np.log(closes)).std() < 0.032


def test_the_same_seed_draws_the_same_bars_and_another_seed_others():
    issue = an_issue(70_000)
    assert history_of(issue, DATES, seed=1) == history_of(issue, DATES, seed=1)
    assert history_of(issue, DATES, seed=1) != history_of(issue, DATES, seed=2)


def test_tomorrow_sees_the_same_days_and_one_more():
    today = _log_returns(history_of(an_issue(70_000), DATES[:-1], seed=3))
    tomorrow = _log_returns(history_of(an_issue(71_000), DATES[1:], seed=3))
    assert len(tomorrow) == len(today)
    # The tick grid rounds both, and the oldest days lack the days before them.
    assert np.abs(tomorrow[10:-1] - today[11:]).max() < 0.005


def test_the_book_of_histories_answers_counts_and_unknown_names():
    book = HistoryBook((an_issue(70_000), an_issue(58_000, "AAPL", Market.REPLAY)), DATES, seed=1)
    whole = book.history("005930")
    assert book.bars("005930", DAY_S, 5) == whole.daily[-5:]
    assert book.bars("005930", MINUTE_S, 10**6) == whole.minutes
    assert book.bars("005930", DAY_S, 0) == ()
    assert book.bars("005930", 7, 5) == ()
    assert book.bars("000000", DAY_S, 5) == ()
    assert book.history("AAPL") == History()


def _log_returns(history: History) -> np.ndarray:
    return np.diff(np.log([bar.close_px for bar in history.daily]))
