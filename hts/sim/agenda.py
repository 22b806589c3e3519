"""What is due at the exchange, and when: the day's timetable, and what rules have planned meanwhile."""

from heapq import heappop, heappush

from hts.sim.timetable import Change


class Agenda:
    """Changes in time order; at the same instant the timetable's come first, then the planned ones as planned."""

    def __init__(self, timetable: tuple[Change, ...]) -> None:
        self.timetable = timetable
        self.done = 0  # of the timetable
        self._planned: list[tuple[int, int, Change]] = []
        self._number = 0

    def plan(self, change: Change) -> None:
        """One more change, asked for by a rule."""
        self._number += 1
        heappush(self._planned, (change.at_ns, self._number, change))

    def next_ns(self) -> int | None:
        """When the next change is due; None after the last one."""
        dues = [self._planned[0][0]] if self._planned else []
        if self.done < len(self.timetable):
            dues.append(self.timetable[self.done].at_ns)
        return min(dues, default=None)

    def take(self, trade_ns: int) -> Change | None:
        """The next change that is due by `trade_ns`."""
        planned_ns = self._planned[0][0] if self._planned else None
        if self.done < len(self.timetable):
            change = self.timetable[self.done]
            if change.at_ns <= trade_ns and (planned_ns is None or change.at_ns <= planned_ns):
                self.done += 1
                return change
        if planned_ns is not None and planned_ns <= trade_ns:
            return heappop(self._planned)[2]
        return None

    def planned(self) -> tuple[Change, ...]:
        """The planned changes in the order of their times."""
        return tuple(change for _, _, change in sorted(self._planned, key=lambda planned: planned[:2]))

    def load(self, done: int, planned: tuple[Change, ...]) -> None:
        """Take over what was saved."""
        self.done = done
        for change in planned:
            self.plan(change)
