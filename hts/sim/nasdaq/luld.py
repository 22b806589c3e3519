"""Limit up, limit down: price bands around a moving reference, the limit state, the trading pause.

    OFF     --opening price--> NORMAL
    NORMAL  --best offer at the lower band, or best bid at the upper--> LIMIT --15 s--> PAUSED --5 min--> NORMAL
    LIMIT   --executed or cancelled away--> NORMAL

The reference is the mean price of the last five minutes' trades; a new mean replaces it only when it is one percent
away, and at most every thirty seconds. The first reference of the day is the opening price.

All state is whole numbers in `marks`, so that whoever owns them can save and restore it; trades are kept as sums of
each second.
"""

from enum import IntEnum
from fractions import Fraction

from hts.rules.dates import NS
from hts.rules.us_prices import LuldRule


class LuldState(IntEnum):
    """Where an issue stands."""

    OFF = 0  # outside of the plan's hours, or without a reference
    NORMAL = 1
    LIMIT = 2
    PAUSED = 3


_SUM, _COUNT = "luld_sum_", "luld_count_"


class Luld:
    """The plan for one issue. Calls that return bool say whether bands or state have changed."""

    def __init__(self, rule: LuldRule, tier: int, midnight_ns: int, marks: dict[str, int]) -> None:
        self._rule = rule
        self._tier = tier
        self._midnight_ns = midnight_ns
        self._marks = marks

    @property
    def state(self) -> LuldState:
        """Where the issue stands."""
        return LuldState(self._marks.get("luld_state", 0))

    @property
    def reference_px(self) -> int:
        """What the bands are around."""
        return self._marks.get("luld_reference", 0)

    @property
    def lower_px(self) -> int:
        """The lower band; 0 when there is none."""
        return self._marks.get("luld_lower", 0)

    @property
    def upper_px(self) -> int:
        """The upper band; 0 when there is none."""
        return self._marks.get("luld_upper", 0)

    @property
    def until_ns(self) -> int:
        """When `on_timer` is due; 0 when nothing is waited for."""
        return self._marks.get("luld_until", 0)

    def open(self, px: int, now_ns: int) -> bool:
        """The opening price, or the one after a pause, is the reference."""
        for key in self._seconds():
            del self._marks[_SUM + key], self._marks[_COUNT + key]
        self._marks["luld_state"] = LuldState.NORMAL
        self._marks["luld_until"] = 0
        self._set_reference(px, now_ns)
        return True

    def close(self) -> bool:
        """The plan's hours are over."""
        changed = self.state is not LuldState.OFF
        for key in ("luld_state", "luld_lower", "luld_upper", "luld_until"):
            self._marks[key] = 0
        return changed

    def on_trade(self, px: int, now_ns: int) -> bool:
        """An eligible trade; the reference may follow."""
        if self.state is LuldState.OFF:
            return False
        second = str(now_ns // NS)
        self._marks[_SUM + second] = self._marks.get(_SUM + second, 0) + px
        self._marks[_COUNT + second] = self._marks.get(_COUNT + second, 0) + 1
        return self._follow(now_ns)

    def on_quote(self, best_bid: int, best_ask: int, now_ns: int) -> bool:
        """The best prices moved; 0 where a side is empty."""
        state = self.state
        if state not in (LuldState.NORMAL, LuldState.LIMIT):
            return False
        at_limit = (best_bid >= self.upper_px > 0) or (0 < best_ask <= self.lower_px)
        if at_limit == (state is LuldState.LIMIT):
            return False
        self._marks["luld_state"] = LuldState.LIMIT if at_limit else LuldState.NORMAL
        self._marks["luld_until"] = now_ns + self._rule.limit_state_s * NS if at_limit else 0
        return True

    def on_timer(self, now_ns: int) -> bool:
        """The limit state may be over, the reference may follow the passing of time."""
        if self.state is LuldState.LIMIT and now_ns >= self.until_ns:
            self._marks["luld_state"] = LuldState.PAUSED
            self._marks["luld_until"] = self.until_ns + self._rule.pause_s * NS
            return True
        return self._follow(now_ns) if self.state is LuldState.NORMAL else False

    def collared(self, px: int, *, is_buy: bool) -> int:
        """The price of an order as far as the bands let it reach; market orders (0) reach the band."""
        if self.state in (LuldState.OFF, LuldState.PAUSED):
            return px
        if is_buy:
            return min(px, self.upper_px) if px else self.upper_px
        return max(px, self.lower_px)

    def _seconds(self) -> list[str]:
        return [key.removeprefix(_SUM) for key in self._marks if key.startswith(_SUM)]

    def _follow(self, now_ns: int) -> bool:
        if now_ns - self._marks.get("luld_set", 0) < self._rule.between_s * NS:
            return False
        oldest = now_ns // NS - self._rule.window_s
        for key in self._seconds():
            if int(key) < oldest:
                del self._marks[_SUM + key], self._marks[_COUNT + key]
        count = sum(self._marks[_COUNT + key] for key in self._seconds())
        if not count:
            return False
        mean = Fraction(sum(self._marks[_SUM + key] for key in self._seconds()), count)
        if not self._rule.changes(self.reference_px, mean):
            return False
        self._set_reference(round(mean), now_ns)
        return True

    def _set_reference(self, px: int, now_ns: int) -> None:
        second = (now_ns - self._midnight_ns) // NS
        lower, upper = self._rule.bands_around(px, self._tier, second)
        self._marks |= {"luld_reference": px, "luld_set": now_ns, "luld_lower": lower, "luld_upper": upper}
