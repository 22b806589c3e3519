"""How much running totals grew within the last minute, looked at about once a second."""

from collections import deque
from typing import Final

MINUTE_NS: Final = 60_000_000_000


class Minute:
    """Totals as they were, one entry a look; what is older than the minute is forgotten but for the last such one."""

    def __init__(self, width: int) -> None:
        """`width`: how many totals are given at each look. All begin at 0."""
        self._seen: deque[tuple[int, tuple[int, ...]]] = deque([(0, (0,) * width)])

    def look(self, mono_ns: int, *totals: int) -> tuple[int, ...]:
        """The growth of each total within the minute before `mono_ns`."""
        seen = self._seen
        while len(seen) > 1 and seen[1][0] <= mono_ns - MINUTE_NS:
            seen.popleft()
        if seen[-1][0] < mono_ns:
            seen.append((mono_ns, totals))
        return tuple(now - then for now, then in zip(totals, seen[0][1], strict=True))
