"""What the market did before the simulated day: daily and minute bars drawn from the seed.

A date's dice depend on (seed, symbol, date) alone, so tomorrow's history is today's and one day more, up to the level:
the closes are built backwards, from the base price of the day on. Each of the last days is a walk of ten-second
points from its opening to its close, cut into minutes; its daily bar is the sum of its minutes. Volumes are U-shaped
in the day and rise with the day's move. Prices lie on the tick grid of their own time's level.

A normal day has 380 minutes of continuous trading from 09:00 (the opening auction counts to the first) and the
closing auction at 15:30.
"""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hts.model.enums import Market
from hts.model.instruments import Instrument, TickTable
from hts.model.quotes import Bar
from hts.rules.dates import krx_local_ns, to_date
from hts.sim.agents_profile import CLOSE_S, MARKET_SIGMA, OPEN_S, SECOND_NS, IssueProfile, activity, profile_of

DAY_S = 86_400
MINUTE_S = 60
MINUTE_DAYS = 30
_MINUTES = 380
_POINTS = 6  # points of the walk per minute
_BLOCK = 256  # dates are drawn in blocks of this many calendar days
_COLUMNS = 6  # dice of one date: own return, gap, volume, upper and lower shadow, clustering of volatility
_GAP_SHARE = 0.3  # of a day's variance that falls into the night
_RETURN_MAX = 0.2  # keeps every bar inside the day's 30% limits
_CLOSING_SHARE = 0.06  # of the day's volume, in the closing auction

_SHAPE = np.array([activity(OPEN_S + MINUTE_S * m) for m in range(_MINUTES)])
_VOLUME_SHAPE = np.append(_SHAPE / _SHAPE.sum() * (1 - _CLOSING_SHARE), _CLOSING_SHARE)
_SPEED = np.sqrt(np.repeat(_SHAPE, _POINTS))

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


class History(Struct, frozen=True, kw_only=True):
    """Bars of one issue, oldest first; both end at the base price of the day that follows."""

    daily: tuple[Bar, ...] = ()
    minutes: tuple[Bar, ...] = ()


class HistoryBook:
    """Bars of all issues, drawn when first asked for.

    `dates` are the trading days before the simulated one, oldest first; about 490 of them are two years.
    """

    def __init__(self, instruments: Sequence[Instrument], dates: Sequence[int], seed: int) -> None:
        self._instruments: Mapping[str, Instrument] = {i.symbol: i for i in instruments}
        self._dates = tuple(dates)
        self._seed = seed
        self._drawn: dict[str, History] = {}

    def bars(self, symbol: str, timeframe_s: int, count: int) -> tuple[Bar, ...]:
        """The last `count` daily (86400) or minute (60) bars; empty for other time frames and unknown issues."""
        history = self.history(symbol)
        bars = {DAY_S: history.daily, MINUTE_S: history.minutes}.get(timeframe_s, ())
        return bars[max(0, len(bars) - max(0, count)) :]

    def history(self, symbol: str) -> History:
        """All bars of an issue; empty for one that is unknown or listed for replay."""
        drawn = self._drawn.get(symbol)
        if drawn is None:
            instrument = self._instruments.get(symbol)
            drawn = History() if instrument is None else history_of(instrument, self._dates, self._seed)
            self._drawn[symbol] = drawn
        return drawn


def history_of(instrument: Instrument, dates: Sequence[int], seed: int, *, minute_days: int = MINUTE_DAYS) -> History:
    """Draw the bars of one issue. `dates`: trading days YYYYMMDD, oldest first, all before the day of `instrument`."""
    if instrument.market is Market.REPLAY or not dates:
        return History()
    profile = profile_of(instrument, seed)
    dice = _dice(seed, instrument.symbol, dates)
    market = _dice(seed, "", dates)[:, 0]
    returns = _daily_returns(profile, dice, market)
    closes = instrument.base_px * np.exp(-np.append(np.cumsum(returns[::-1])[::-1], 0.0))
    closes_px = _on_grid(closes, instrument.ticks)
    before_px, closes_px = closes_px[:-1], closes_px[1:]
    opens_px = _on_grid(before_px * np.exp(returns * _GAP_SHARE + dice[:, 1] * profile.sigma * 0.3), instrument.ticks)
    volumes = profile.turnover / closes_px * np.exp(0.3 * dice[:, 2] + 9.0 * np.abs(returns) - 0.15)
    whole = len(dates) - min(minute_days, len(dates))
    daily = _daily_bars(
        instrument,
        dates[:whole],
        opens_px=opens_px[:whole],
        closes_px=closes_px[:whole],
        volumes=volumes[:whole],
        shadows=np.abs(dice[:whole, 3:5]) * profile.sigma * 0.4,
    )
    minutes: list[Bar] = []
    for i in range(whole, len(dates)):
        bars = _minute_bars(
            instrument, dates[i], profile, seed=seed, open_px=opens_px[i], close_px=closes_px[i], volume=volumes[i]
        )
        minutes.extend(bars)
        daily.append(sum_of(bars))
    return History(daily=tuple(daily), minutes=tuple(minutes))


def sum_of(bars: Sequence[Bar]) -> Bar:
    """One bar that covers them all."""
    return Bar(
        bars[0].start_ns,
        bars[0].open_px,
        max(b.high_px for b in bars),
        min(b.low_px for b in bars),
        bars[-1].close_px,
        sum(b.qty for b in bars),
        sum(b.value for b in bars),
    )


def _dice(seed: int, symbol: str, dates: Sequence[int]) -> _Floats:
    """Standard normal dice, one row per date; a date's row does not depend on the other dates."""
    ordinals = np.array([to_date(d).toordinal() for d in dates])
    first, last = int(ordinals[0]) // _BLOCK, int(ordinals[-1]) // _BLOCK
    name = zlib.crc32(symbol.encode())
    blocks = [
        np.random.default_rng([seed & 0xFFFFFFFF, name, block]).standard_normal((_BLOCK, _COLUMNS))
        for block in range(first, last + 1)
    ]
    rows: _Floats = np.concatenate(blocks)[ordinals - first * _BLOCK]
    return rows


def _daily_returns(profile: IssueProfile, dice: _Floats, market: _Floats) -> _Floats:
    """Close to close: the market factor and the issue's own part, with volatility that comes in spells."""
    own_sigma = max(profile.sigma**2 - (profile.beta * MARKET_SIGMA) ** 2, 0.004**2) ** 0.5
    spells = np.convolve(dice[:, 5], np.ones(10) / 10**0.5)[: len(dice)]  # of the ten days up to each
    returns: _Floats = (profile.beta * MARKET_SIGMA * market + own_sigma * dice[:, 0]) * np.exp(0.3 * spells)
    return np.clip(returns, -_RETURN_MAX, _RETURN_MAX)


def _daily_bars(
    instrument: Instrument,
    dates: Sequence[int],
    *,
    opens_px: _Ints,
    closes_px: _Ints,
    volumes: _Floats,
    shadows: _Floats,
) -> list[Bar]:
    """Bars of the days without minutes; `shadows`: how far the day went beyond open and close, as log returns."""
    highs = _on_grid(np.maximum(opens_px, closes_px) * np.exp(shadows[:, 0]), instrument.ticks)
    lows = _on_grid(np.minimum(opens_px, closes_px) * np.exp(-shadows[:, 1]), instrument.ticks)
    starts = [krx_local_ns(d, OPEN_S) for d in dates]
    return _bars(starts, (opens_px, highs, lows, closes_px), _whole(volumes, instrument.lot))


def _minute_bars(
    instrument: Instrument,
    day: int,
    profile: IssueProfile,
    *,
    seed: int,
    open_px: int,
    close_px: int,
    volume: float,
) -> list[Bar]:
    """A walk bound to end at the close, on ten-second points, cut into minutes; then the closing auction."""
    rng = np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(instrument.symbol.encode()), day])
    steps = rng.standard_normal(_MINUTES * _POINTS) * _SPEED
    steps *= profile.sigma * (1 - _GAP_SHARE) ** 0.5 / np.sqrt(np.sum(_SPEED**2))
    walk = np.cumsum(steps)
    way = np.cumsum(_SPEED**2)
    way /= way[-1]
    walk += way * (np.log(close_px / open_px) - walk[-1])
    px = _on_grid(open_px * np.exp(np.clip(walk, -_RETURN_MAX, _RETURN_MAX)), instrument.ticks)
    px[0] = open_px
    points = px.reshape(_MINUTES, _POINTS)
    closing = np.array([close_px])
    weights = _VOLUME_SHAPE * rng.gamma(2.5, 1 / 2.5, _MINUTES + 1)
    midnight_ns = krx_local_ns(day, 0)
    minutes = [OPEN_S + MINUTE_S * m for m in range(_MINUTES)] + [CLOSE_S]
    ohlc = (points[:, 0], points.max(axis=1), points.min(axis=1), points[:, -1])
    return _bars(
        [midnight_ns + SECOND_NS * second for second in minutes],
        tuple(np.append(column, closing) for column in ohlc),
        _whole(weights * (volume / weights.sum()), instrument.lot),
    )


def _bars(starts: list[int], ohlc: tuple[_Ints, ...], qty: _Ints) -> list[Bar]:
    """The value of a bar is that of its quantity at the mean of its four prices."""
    columns = (*ohlc, qty, sum(ohlc) * qty // 4)
    return [Bar(*row) for row in zip(starts, *(c.tolist() for c in columns), strict=True)]


def _on_grid(prices: _Floats | _Ints, ticks: TickTable) -> _Ints:
    """Nearest valid price not above, at least the smallest one."""
    whole = np.maximum(prices, ticks.steps[0]).astype(np.int64)
    steps = np.array(ticks.steps)[np.searchsorted(ticks.starts, whole, side="right") - 1]
    return np.asarray(whole - whole % steps, dtype=np.int64)


def _whole(volumes: _Floats, lot: int) -> _Ints:
    """Whole lots, at least one: every bar has traded."""
    return np.asarray(np.maximum(volumes // lot, 1) * lot, dtype=np.int64)
