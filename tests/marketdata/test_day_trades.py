"""The day's figures with broken trades are those of the day without them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.marketdata import day_trades
from hts.marketdata.day_trades import DayTrades, Print


def figures(day):
    return day.open, day.high, day.low, day.last, day.cum_qty, day.cum_value


def day_of(trades):
    day = DayTrades()
    for match, (px, qty) in trades:
        day.trade(match, px, qty, match)
    return day


TRADES = st.lists(st.tuples(st.integers(1, 99), st.integers(1, 9)), max_size=12)


@given(trades=TRADES, broken=st.sets(st.integers(1, 12)))
def test_a_day_with_broken_trades_is_the_day_without_them(trades, broken):
    numbered = list(enumerate(trades, start=1))
    day = day_of(numbered)
    for match in sorted(broken):
        known = match <= len(trades)
        assert day.take_back(match) == (Print(match, *trades[match - 1]) if known else None)
        assert day.take_back(match) is None
    assert figures(day) == figures(day_of([one for one in numbered if one[0] not in broken]))


def test_where_not_all_trades_are_kept_a_break_takes_volume_and_value(monkeypatch):
    monkeypatch.setattr(day_trades, "KEPT_MAX", 2)
    day = day_of([(1, (50, 1)), (2, (90, 2)), (3, (60, 3))])
    assert day.take_back(1) is None
    day.take_back(2)
    assert figures(day) == (50, 90, 50, 60, 4, 50 + 180)


@pytest.mark.parametrize("match", [0, 1])
def test_only_what_is_named_is_kept(match):
    day = DayTrades()
    day.trade(1, 10, 5, match)
    assert len(day.between(0, 2)) == match
