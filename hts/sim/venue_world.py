"""Several venues on one clock.

Theory of operation. The first venue starts the clock, the others join it. A venue whose day is over begins its next
day at once and rests until that day's own beginning; when all of them rest, the clock jumps to the first beginning.
So the night is skipped where nobody trades in it, and Tokyo's evening, New York's day and Seoul's morning come in
their true order where they run together.
"""

from hts.sim.venue import Venue


class World:
    """The venues, in the order in which they joined."""

    def __init__(self) -> None:
        self.venues: list[Venue] = []

    def add(self, venue: Venue) -> None:
        """One more; all but the first were given the first one's clock."""
        assert not self.venues or venue.clock is self.venues[0].clock, venue.config.name
        self.venues.append(venue)

    def settle(self, mono_ns: int) -> bool:
        """What concerns several venues, after one of them has acted; whether all of them must look at the time now."""
        rests = [venue.rests_until_ns(mono_ns) for venue in self.venues]
        if not rests or not all(rests):
            return False
        self.venues[0].clock.jump(min(rests), mono_ns)
        return True
