"""The efficient price: where informed people think the issue is worth, second by second.

It is a random walk with a shared market factor, fast at the open and the close and clustered in between, drawn for
the whole day at once from (seed, symbol), so that it is the same after a restart. It is kept as a position on the
issue's price grid: 12.25 lies a quarter of a tick above grid[12]. Before the open it stands at the base price moved
by the overnight gap.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from hts.model.instruments import Instrument
from hts.sim.agents_profile import CLOSE_S, MARKET_SIGMA, OPEN_S, SECOND_NS, IssueProfile, activity
from hts.sim.scenario import USUAL, Scenario

_SECONDS = CLOSE_S + 60 - OPEN_S  # the closing auction ends at random within half a minute
BAND_PCT = 31  # of the base price: a bit more than Korea's daily limits
GRID_MAX = 8_000  # prices of one issue: the crowd keeps a number for each
_EDGE_TICKS = 12  # the walk keeps this far from the day's limits
_OWN_SIGMA_MIN = 0.004
_SPELLS = ((300, 0.4), (1800, 0.4))  # seconds between knots, spread of the logarithm of the speed
_NEWS_PER_DAY = 24
_NEWS_SHARE = 0.3  # of the day's variance


def price_grid(instrument: Instrument) -> tuple[int, ...]:
    """All valid prices of the day on which the crowd acts, lowest first: the day's limits, or where those are far away
    or fine steps many, a window around the base price.
    """
    base, ticks = int(instrument.base_px), instrument.ticks
    low = max(int(instrument.lower_px), base - min(base * BAND_PCT // 100, GRID_MAX // 2 * ticks.step_at(base)))
    high = min(int(instrument.upper_px), base + min(base * BAND_PCT // 100, GRID_MAX // 2 * ticks.step_at(base)))
    px, grid = int(ticks.ceil(low)), []
    while px <= high:
        grid.append(px)
        px = int(ticks.up(px))
    return tuple(grid)


def market_walk(seed: int) -> NDArray[np.float64]:
    """Cumulated log return of the market factor for each second from the open on."""
    return _walk(np.random.default_rng([seed & 0xFFFFFFFF, 1]), MARKET_SIGMA)


class FairPath:
    """Position of the efficient price on `grid` at any time of the day."""

    def __init__(
        self,
        instrument: Instrument,
        profile: IssueProfile,
        grid: tuple[int, ...],
        market: NDArray[np.float64],
        *,
        seed: int,
        midnight_ns: int,
        scenario: Scenario = USUAL,
    ) -> None:
        own_variance = profile.sigma**2 - (profile.beta * MARKET_SIGMA) ** 2
        own_sigma = max(own_variance, _OWN_SIGMA_MIN**2) ** 0.5
        rng = np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(instrument.symbol.encode())])
        walk = profile.gap + profile.beta * market + _walk(rng, own_sigma)
        if scenario.drifts:
            walk += np.array([scenario.drift(instrument.symbol, OPEN_S + s) for s in range(_SECONDS)])
        prices = instrument.base_px * np.exp(walk)
        positions = np.interp(prices, grid, np.arange(len(grid)))
        edge = min(_EDGE_TICKS, (len(grid) - 1) // 2)
        self._positions: list[float] = np.clip(positions, edge, len(grid) - 1 - edge).tolist()
        self._open_ns = midnight_ns + OPEN_S * SECOND_NS

    def at(self, trade_ns: int) -> float:
        """Position at a time; constant before the first and after the last second."""
        second, rest = divmod(trade_ns - self._open_ns, SECOND_NS)
        if second < 0:
            return self._positions[0]
        if second >= _SECONDS - 1:
            return self._positions[-1]
        low = self._positions[second]
        return low + (self._positions[second + 1] - low) * (rest / SECOND_NS)


def _walk(rng: np.random.Generator, sigma: float) -> NDArray[np.float64]:
    """A random walk of one day's standard deviation `sigma`: U-shaped speed, spells of minutes and of half hours in
    which it is fast or slow, and now and then news that moves it within seconds.
    """
    seconds = np.arange(_SECONDS)
    shape = np.interp(seconds, np.arange(0, _SECONDS, 60), [activity(OPEN_S + s) for s in range(0, _SECONDS, 60)])
    heat = np.zeros(_SECONDS)
    for span, spread in _SPELLS:
        knots = np.arange(0, _SECONDS + span, span)
        heat += np.interp(seconds, knots, rng.normal(0.0, spread, len(knots)))
    speed = np.sqrt(shape) * np.exp(heat)
    speed *= sigma * (1 - _NEWS_SHARE) ** 0.5 / np.sqrt(np.sum(speed**2))
    walk: NDArray[np.float64] = np.cumsum(rng.standard_normal(_SECONDS) * speed + _news(rng, sigma))
    walk -= walk[0]
    return walk


def _news(rng: np.random.Generator, sigma: float) -> NDArray[np.float64]:
    """Steps per second: each piece of news is a jump of heavy-tailed size, taken in over some seconds."""
    steps = np.zeros(_SECONDS)
    sizes = rng.standard_t(3, _NEWS_PER_DAY) / 3**0.5  # of variance 1
    for at, size, length in zip(
        rng.integers(0, _SECONDS, _NEWS_PER_DAY), sizes, rng.integers(3, 20, _NEWS_PER_DAY), strict=True
    ):
        steps[at : at + length] += size * sigma * (_NEWS_SHARE / _NEWS_PER_DAY) ** 0.5 / length
    return steps
