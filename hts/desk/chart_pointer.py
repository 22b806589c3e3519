"""The crosshair's time that charts of one link group share."""

from collections.abc import Callable
from weakref import WeakMethod

Follower = Callable[[int, int, object], None]


class Pointer:
    """Tells every watching chart where one of its group points; 0 is nowhere."""

    def __init__(self) -> None:
        self._followers: list[WeakMethod[Follower]] = []

    def watch(self, follower: Follower) -> None:
        """Tell a bound method (group, trade_ns, who points) as long as its owner lives."""
        self._followers.append(WeakMethod(follower))

    def point(self, group: int, trade_ns: int, owner: object) -> None:
        """A chart points at a time, or no more."""
        self._followers = [one for one in self._followers if one() is not None]
        for one in self._followers:
            follower = one()
            if follower is not None:
                follower(group, trade_ns, owner)
