"""The day's figures with broken trades are those of the day without them, and what is kept has a bound."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.marketdata import day_trades
from hts.marketdata.day_trades import DayTrades, MarketDay
from hts.marketdata.kept_prints import PRINT_BYTES, Print


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
    market = MarketDay()
    for match, (px, qty) in enumerate([(50, 1), (90, 2), (60, 3)], start=1):
        market.trade("A", match, px, qty, match)
    assert market.take_back(1) is None
    assert market.take_back(2) == ("A", Print(2, 90, 2))
    assert figures(market.of("A")) == (50, 90, 50, 60, 4, 50 + 180)


@pytest.mark.parametrize("match", [0, 1])
def test_only_what_is_named_is_kept(match):
    day = DayTrades()
    day.trade(1, 10, 5, match)
    assert len(day.kept.between(0, 2)) == match


class NaiveMarket:
    """Lists of rows, walked; what is kept of an issue is the end of all that it traded."""

    def __init__(self):
        self.missed = 0
        self.rows = {}  # symbol: [match, trade_ns, px, qty, stands], ever
        self.places = {}  # symbol: how many of the newest are kept
        self.frozen = {}  # prices of an issue of which not all is kept

    def trade(self, symbol, trade_ns, px, qty, match):
        self.rows.setdefault(symbol, []).append([match, trade_ns, px, qty, True])
        self.places[symbol] = self.places.get(symbol, 0) + 1
        if symbol in self.frozen:
            first, high, low, _ = self.frozen[symbol]
            standing = sum(row[3] for row in self.rows[symbol][:-1] if row[4])
            self.frozen[symbol] = (first, max(high, px), min(low, px), px) if standing else (px,) * 4
        if sum(self.places.values()) > day_trades.KEPT_MAX:
            busiest = max(self.places, key=self.places.get)
            lost = self.kept(busiest)[: (self.places[busiest] + 3) // 4]
            if any(row[4] for row in lost) and busiest not in self.frozen:
                self.frozen[busiest] = self.prices(busiest)
            self.places[busiest] -= len(lost)

    def kept(self, symbol):
        return self.rows[symbol][-self.places[symbol] :] if self.places[symbol] else []

    def prices(self, symbol):
        if symbol in self.frozen:
            return self.frozen[symbol]
        left = [row[2] for row in self.rows[symbol] if row[4]]
        return (left[0], max(left), min(left), left[-1]) if left else (0,) * 4

    def figures(self, symbol):
        left = [row for row in self.rows[symbol] if row[4]]
        return (*self.prices(symbol), sum(row[3] for row in left), sum(row[2] * row[3] for row in left))

    def take_back(self, match):
        for symbol in self.rows:
            for row in self.kept(symbol):
                if row[0] == match and row[4]:
                    row[4] = False
                    return symbol, Print(*row[1:4])
        gone = [[row[0] for row in rows[: len(rows) - self.places[symbol]]] for symbol, rows in self.rows.items()]
        self.missed += any(min(ones) <= match <= max(ones) for ones in gone if ones)
        return None


STEPS = st.lists(
    st.tuples(st.sampled_from("AABC"), st.integers(1, 9), st.integers(1, 5), st.integers(0, 30), st.booleans()),
    max_size=40,
)


@settings(max_examples=60)
@given(steps=STEPS, rising=st.booleans(), bound=st.integers(1, 12))
def test_against_a_naive_market(steps, rising, bound):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(day_trades, "KEPT_MAX", bound)
        market, naive = MarketDay(), NaiveMarket()
        for at, (symbol, px, qty, number, breaks) in enumerate(steps, start=1):
            trade_ns, match = (at, at) if rising else (100 - number, 1 + (at * 7) % 41)
            if breaks:
                assert market.take_back(number + 1) == naive.take_back(number + 1)
            market.trade(symbol, trade_ns, px, qty, match)
            naive.trade(symbol, trade_ns, px, qty, match)
            assert sum(len(market.of(one).kept) for one in naive.rows) <= bound
        for symbol in naive.rows:
            assert figures(market.of(symbol)) == naive.figures(symbol)
            spanned = [Print(*row[1:4]) for row in naive.kept(symbol) if row[4] and 5 <= row[1] < 90]
            assert market.of(symbol).kept.between(5, 90) == spanned
        assert market.missed == naive.missed


def test_a_market_of_many_trades_stays_within_its_bound(monkeypatch):
    monkeypatch.setattr(day_trades, "KEPT_MAX", 5_000)
    market = MarketDay()
    tracemalloc.start()
    try:
        for match in range(1, 15_001):
            market.trade(f"S{match % 7 * (match % 2)}", match * 1_000_000, 1_000_000 + match, 100_000 + match, match)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 5_000 * PRINT_BYTES * 1.3  # arrays have some room to grow
    quiet = market.of("S3").kept
    assert len(quiet) > len(market.of("S0").kept) / 8 > 0
    assert market.take_back(15_000) is not None
    assert (market.take_back(2), market.missed) == (None, 1)
    assert (market.take_back(70_000), market.missed) == (None, 1)
    market.begin()
    assert (market.of("S0"), market.take_back(14_998)) == (None, None)
