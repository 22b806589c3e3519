"""Limit up, limit down: price bands around a moving reference, the limit state, the trading pause.

    NORMAL  --best offer at the lower band, or best bid at the upper--> LIMIT --15 s--> PAUSED --5 min--> NORMAL
    LIMIT   --executed or cancelled away--> NORMAL

The reference is the mean price of the last five minutes' trades; a new mean replaces it only when it is one percent
away, and at most every thirty seconds. The first reference of the day is the opening price.
"""

from collections import deque
from enum import Enum
from fractions import Fraction

from hts.rules.dates import NS
from hts.rules.us_prices import LuldRule


class LuldState(Enum):
    """Where an issue stands."""

    OFF = "off"  # outside of the plan's hours, or without a reference
    NORMAL = "normal"
    LIMIT = "limit"
    PAUSED = "paused"


class Luld:
    """The plan for one issue. Every call returns whether bands or state have changed."""

    def __init__(self, rule: LuldRule, tier: int, midnight_ns: int) -> None:
        self.state = LuldState.OFF
        self.reference_px = 0
        self.lower_px = 0
        self.upper_px = 0
        self.until_ns = 0  # of the limit state or the pause
        self._rule = rule
        self._tier = tier
        self._midnight_ns = midnight_ns
        self._trades: deque[tuple[int, int]] = deque()
        self._total = 0
        self._set_ns = 0

    def open(self, px: int, now_ns: int) -> bool:
        """The opening price, or the one after a pause, is the reference."""
        self._trades.clear()
        self._total = 0
        self.state = LuldState.NORMAL
        self.until_ns = 0
        self._set_reference(px, now_ns)
        return True

    def close(self) -> bool:
        """The plan's hours are over."""
        changed = self.state is not LuldState.OFF
        self.state = LuldState.OFF
        self.lower_px = self.upper_px = self.until_ns = 0
        return changed

    def on_trade(self, px: int, now_ns: int) -> bool:
        """An eligible trade; the reference may follow."""
        if self.state is LuldState.OFF:
            return False
        self._trades.append((now_ns, px))
        self._total += px
        return self._follow(now_ns)

    def on_quote(self, best_bid: int, best_ask: int, now_ns: int) -> bool:
        """The best prices moved; 0 where a side is empty."""
        if self.state not in (LuldState.NORMAL, LuldState.LIMIT):
            return False
        at_limit = (best_bid >= self.upper_px > 0) or (0 < best_ask <= self.lower_px)
        if at_limit == (self.state is LuldState.LIMIT):
            return False
        self.state = LuldState.LIMIT if at_limit else LuldState.NORMAL
        self.until_ns = now_ns + self._rule.limit_state_s * NS if at_limit else 0
        return True

    def on_timer(self, now_ns: int) -> bool:
        """The limit state or the pause may be over, the reference may follow the passing of time."""
        if self.state is LuldState.LIMIT and now_ns >= self.until_ns:
            self.state = LuldState.PAUSED
            self.until_ns += self._rule.pause_s * NS
            return True
        return self._follow(now_ns) if self.state is LuldState.NORMAL else False

    def next_timer_ns(self) -> int:
        """When `on_timer` is due; 0 when nothing is waited for."""
        return self.until_ns

    def collared(self, px: int, *, is_buy: bool) -> int:
        """The price of an order as far as the bands let it reach; market orders (0) reach the band."""
        if self.state in (LuldState.OFF, LuldState.PAUSED):
            return px
        if is_buy:
            return min(px, self.upper_px) if px else self.upper_px
        return max(px, self.lower_px)

    def _follow(self, now_ns: int) -> bool:
        horizon = now_ns - self._rule.window_s * NS
        while self._trades and self._trades[0][0] <= horizon:
            self._total -= self._trades.popleft()[1]
        if not self._trades or now_ns - self._set_ns < self._rule.between_s * NS:
            return False
        mean = Fraction(self._total, len(self._trades))
        if not self._rule.changes(self.reference_px, mean):
            return False
        self._set_reference(round(mean), now_ns)
        return True

    def _set_reference(self, px: int, now_ns: int) -> None:
        self.reference_px = px
        self._set_ns = now_ns
        second = (now_ns - self._midnight_ns) // NS
        self.lower_px, self.upper_px = self._rule.bands_around(px, self._tier, second)
