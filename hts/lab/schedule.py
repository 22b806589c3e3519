"""Virtual time: what happens next, in order, with no clock on the wall.

Calls are ordered by time, then by the order in which they were planned, so one seed gives one history.
"""

import heapq
from collections.abc import Callable


class Planned:
    """A planned call; `cancel` makes it nothing."""

    __slots__ = ("act", "mono_ns")

    def __init__(self, mono_ns: int, act: Callable[[], None]) -> None:
        self.mono_ns = mono_ns
        self.act: Callable[[], None] | None = act

    def cancel(self) -> None:
        """Forget it."""
        self.act = None


class Schedule:
    """The only source of time in a simulation."""

    def __init__(self, start_ns: int) -> None:
        self._now = start_ns
        self._order = 0
        self._heap: list[tuple[int, int, Planned]] = []
        self.steps = 0

    @property
    def mono_ns(self) -> int:
        """Virtual monotonic time."""
        return self._now

    def at(self, mono_ns: int, act: Callable[[], None]) -> Planned:
        """Plan a call; a time in the past means now, behind what is planned for now already."""
        mono_ns = max(mono_ns, self._now)
        planned = Planned(mono_ns, act)
        self._order += 1
        heapq.heappush(self._heap, (mono_ns, self._order, planned))
        return planned

    def after(self, delay_ns: int, act: Callable[[], None]) -> Planned:
        """Plan a call `delay_ns` from now."""
        return self.at(self._now + delay_ns, act)

    def step(self) -> bool:
        """Carry out the next call. False when nothing is planned."""
        while self._heap:
            mono_ns, _, planned = heapq.heappop(self._heap)
            act = planned.act
            if act is None:
                continue
            assert mono_ns >= self._now, (mono_ns, self._now)
            planned.act = None  # it is over: whoever planned it can tell
            self._now = mono_ns
            self.steps += 1
            act()
            return True
        return False
