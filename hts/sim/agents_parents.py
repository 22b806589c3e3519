"""Large orders of institutions, cut into slices: for some minutes one side of an issue is taken again and again.

A day's parents are drawn from (seed, symbol), so they are the same after a restart. While one works, a share of all
takes in the issue are its slices: order flow has a memory far longer than any single order.
"""

from bisect import bisect_right

from msgspec import Struct

from hts.sim.agents_profile import CLOSE_S, OPEN_S, seeded

_GAP_S = 900.0  # mean time from one parent's beginning to the next
_LENGTH_S = (90.0, 900.0)
_SHARE = (0.25, 0.75)  # of the takes while it works
SLICE_TAKES = 0.9  # a slice's size, in usual takes


class Parent(Struct, frozen=True, kw_only=True):
    """One large order. `share`: of the takes of the issue in [from_s, to_s) of the local day."""

    from_s: float
    to_s: float
    is_buy: bool
    share: float


class Parents:
    """All large orders of one issue's day."""

    def __init__(self, seed: int, symbol: str) -> None:
        dice = seeded(seed, "parents", symbol)
        found: list[Parent] = []
        second = OPEN_S + dice.expovariate(1 / _GAP_S)
        while second < CLOSE_S:
            length = dice.uniform(*_LENGTH_S)
            found.append(
                Parent(from_s=second, to_s=second + length, is_buy=dice.random() < 0.5, share=dice.uniform(*_SHARE))
            )
            second += length + dice.expovariate(1 / _GAP_S)
        self.all = tuple(found)
        self._starts = [parent.from_s for parent in found]

    def at(self, second: float) -> Parent | None:
        """The one that works now."""
        place = bisect_right(self._starts, second) - 1
        if place < 0 or second >= self.all[place].to_s:
            return None
        return self.all[place]
