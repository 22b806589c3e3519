"""What kind of issue it is: how busy, how deep, how volatile; and the shape of a trading day.

Everything is drawn from (seed, symbol), so that history and background flow of one seed speak of the same market.
"""

import math
from random import Random

from msgspec import Struct

from hts.model.instruments import Instrument

SECOND_NS = 1_000_000_000
OPEN_S = 9 * 3600  # continuous trading, seconds of the local day
CLOSE_S = 15 * 3600 + 30 * 60
MARKET_SIGMA = 0.011  # one day's standard deviation of the factor that all issues share

_TURNOVER_MIN = 4_000_000_000  # smallest unit of the currency per day
_ETF_TURNOVER = 600_000_000_000
_TAKES_PER_DAY = 24_000  # of an issue with an average share of the flow
_SQRT_DAY_S = 153.0  # square root of the seconds of continuous trading
_DEPTH_IN_TAKES = 16  # first level of the book, counted in average takes


class IssueProfile(Struct, frozen=True, kw_only=True):
    """Habits of one issue on a normal day."""

    turnover: int  # traded value of a day, in the smallest unit of the currency
    weight: float  # relative share of the background flow; only ratios between issues mean something
    sigma: float  # one day's standard deviation of the log price
    beta: float  # share of the market factor in it
    gap: float  # log return from the base price to the opening
    take_qty: int  # average quantity of an order that takes
    level_qty: int  # usual quantity at the touch


def seeded(seed: int, *names: str) -> Random:
    """Dice of their own for each use; the same names give the same dice."""
    return Random("/".join((str(seed), *names)))


def profile_of(instrument: Instrument, seed: int) -> IssueProfile:
    """Draw the issue's habits. Turnover follows yesterday's value when it is known, else the market capitalisation."""
    dice = seeded(seed, "profile", instrument.symbol)
    noise = math.exp(dice.gauss(0.0, 0.25))
    if instrument.prev_value > 0:
        turnover = int(instrument.prev_value)
    elif instrument.is_etf or instrument.listed_shares == 0:
        turnover = int(_ETF_TURNOVER * noise)
    else:
        cap = instrument.base_px * instrument.listed_shares
        turnover = int(0.13 * noise * float(cap) ** 0.9)  # 0.4% a day of a giant, 0.8% of a small issue
    turnover = max(turnover, _TURNOVER_MIN)
    sigma = 0.015 if instrument.is_etf else dice.uniform(0.016, 0.024)
    steps_per_s = sigma * instrument.base_px / instrument.ticks.step_at(instrument.base_px) / _SQRT_DAY_S
    weight = (turnover / 1e11) ** 0.32 * (1 + steps_per_s)  # a fine price grid has to be re-quoted more often
    take_qty = max(1, round(turnover / (_TAKES_PER_DAY * weight) / instrument.base_px))
    return IssueProfile(
        turnover=turnover,
        weight=weight,
        sigma=sigma,
        beta=1.0 if instrument.is_etf else dice.uniform(0.6, 1.2),
        gap=max(-0.02, min(0.02, dice.gauss(0.0, sigma * 0.35))),
        take_qty=take_qty,
        level_qty=max(4, take_qty * _DEPTH_IN_TAKES),
    )


def activity(second: float) -> float:
    """Relative intensity at a second of the local day: busy at both ends, mean about 1 over the session."""
    minute = (second - OPEN_S) / 60
    if minute < 0:
        return 1.2
    left = max(0.0, 390 - minute)
    return 0.62 + 0.95 * math.exp(-minute / 22) + 0.33 * math.exp(-minute / 110) + 0.75 * math.exp(-left / 35)
