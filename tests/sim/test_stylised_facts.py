"""The simulated market has the habits of a real one, judged over a whole day in virtual time.

One issue whose tick is fine (0.06 % of its price), from the opening call to the closing one, at a modest intensity.
The figures of an established literature: returns without memory and with fat tails, volatility that comes in spells,
more volume at both ends, arrivals that excite each other, signs of trades with a long memory.
"""

import numpy as np
import pytest
from msgspec import Struct

from hts.sim.agents_parents import Parents
from hts.sim.agents_profile import CLOSE_S, OPEN_S
from hts.sim.events import OrderAccepted, Traded
from tests.sim.crowd import SECOND_NS, Crowd, at

SYMBOL = "000660"


class Day(Struct):
    """Once a minute: the middle of the book, its spread in ticks, what stands at the touch; all prints and arrivals."""

    middles: np.ndarray
    spreads: np.ndarray
    touches: np.ndarray
    prints: list
    arrivals_s: np.ndarray
    usual_qty: int


@pytest.fixture(scope="module")
def day() -> Day:
    crowd = Crowd(seed=1, intensity=0.03, symbol=SYMBOL)
    rows, now = [], at(9, 1)
    while now < at(15, 20):
        crowd.run(now)
        rows.append(crowd.exchange.depth(SYMBOL).levels[:4])
        now += 60 * SECOND_NS
    asks, bids, ask_qty, bid_qty = np.array(rows).T
    step = crowd.instruments[0].ticks.step_at(int(bids[0]))
    return Day(
        (asks + bids) / 2,
        (asks - bids) // step,
        (ask_qty + bid_qty) / 2,
        [event.trade for event in crowd.events if isinstance(event, Traded)],
        np.array([e.trade_ns / SECOND_NS for e in crowd.events if isinstance(e, OrderAccepted)]),
        crowd.agents.flow(SYMBOL).profile.level_qty,
    )


def returns(day: Day) -> np.ndarray:
    return np.diff(np.log(day.middles))


def memory(series: np.ndarray, lag: int) -> float:
    """Autocorrelation."""
    apart = series - series.mean()
    return float((apart[:-lag] * apart[lag:]).mean() / (apart**2).mean())


def excess_kurtosis(series: np.ndarray) -> float:
    apart = series - series.mean()
    return float((apart**4).mean() / (apart**2).mean() ** 2 - 3)


def test_spread_and_depth_are_near_the_issue_s_profile(day):
    assert np.median(day.spreads) == 1
    assert (day.spreads <= 2).mean() > 0.95
    assert 0.2 < np.median(day.touches) / day.usual_qty < 1.5


def test_returns_have_fat_tails_and_no_memory(day):
    assert excess_kurtosis(returns(day)) > 2
    assert abs(memory(returns(day), 1)) < 0.12, "two standard errors of 380 minutes are 0.10"


def test_volatility_comes_in_spells(day):
    sizes = np.abs(returns(day))
    assert np.mean([memory(sizes, lag) for lag in range(1, 6)]) > 0.06, "two standard errors of the mean: 0.045"
    shuffled = np.random.default_rng(1).permutation(sizes)
    assert np.mean([memory(shuffled, lag) for lag in range(1, 6)]) < 0.05


def test_a_day_moves_as_far_as_a_share_does(day):
    assert 0.008 < returns(day).std() * np.sqrt(380) < 0.045


def test_volume_is_u_shaped(day):
    def per_minute(begin: int, end: int) -> float:
        inside = [trade.qty for trade in day.prints if begin <= trade.trade_ns < end]
        return sum(inside) / ((end - begin) / SECOND_NS / 60)

    noon = per_minute(at(11, 30), at(13, 30))
    assert per_minute(at(9, 1), at(9, 31)) > 1.4 * noon
    assert per_minute(at(15, 0), at(15, 20)) > 1.05 * noon


@pytest.mark.parametrize("window_s", [1, 10, 60])
def test_arrivals_excite_each_other(day, window_s):
    """The variance of counts is above their mean; for a Hawkes process it is the mean over (1 - branching) squared."""
    hour = np.arange(at(11, 0), at(13, 0) + 1, window_s * SECOND_NS) / SECOND_NS
    counts = np.histogram(day.arrivals_s, bins=hour)[0]
    dispersion = counts.var() / counts.mean()
    branching = 1 - dispersion**-0.5
    assert dispersion > 1.25
    assert 0.1 < branching < 0.9


def test_signs_of_trades_remember_for_long(day):
    signs = np.array([1.0 if trade.side == "1" else -1.0 for trade in day.prints if trade.side])
    found = [memory(signs, lag) for lag in (1, 10, 50)]
    assert found[0] > 0.15
    assert found[1] > 0.05
    assert found[2] > 0.03, "slices of large orders"
    assert 3 / len(signs) ** 0.5 < 0.03, "three standard errors"


def test_large_orders_are_the_seed_s_and_lean_for_minutes():
    parents = Parents(1, SYMBOL).all
    assert parents == Parents(1, SYMBOL).all
    assert parents != Parents(2, SYMBOL).all
    assert 8 < len(parents) < 40
    assert all(OPEN_S < p.from_s < CLOSE_S and 60 < p.to_s - p.from_s < 1000 for p in parents)
    assert {p.is_buy for p in parents} == {True, False}
    first = parents[0]
    assert Parents(1, SYMBOL).at(first.from_s + 1) == first
    assert Parents(1, SYMBOL).at(OPEN_S - 1) is None
