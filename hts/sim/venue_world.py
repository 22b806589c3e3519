"""Several venues on one clock.

Theory of operation. The first venue starts the clock, the others join it. A venue whose day is over begins its next
day at once and rests until that day's own beginning; when all of them rest, the clock jumps to the first beginning.
So the night is skipped where nobody trades in it, and Tokyo's evening, New York's day and Seoul's morning come in
their true order where they run together.
"""

from hts.sim.venue import Venue
from hts.sim.venue_links import KRX, NXT, PAIRS, PTS, TSE, Arbitrage, JapaneseLink, KoreanLink


class World:
    """The venues, in the order in which they joined."""

    def __init__(self) -> None:
        self.venues: list[Venue] = []
        self._arbitrage: list[Arbitrage] = []

    def link(self, mono_ns: int) -> None:
        """All have joined: those that depend on each other are joined too."""
        by_name = {venue.config.name: venue for venue in self.venues}
        if KRX in by_name and NXT in by_name:
            KoreanLink(by_name[KRX], by_name[NXT]).start(mono_ns)
        others = [by_name[name] for name in PTS if name in by_name]
        if TSE in by_name and others:
            JapaneseLink(by_name[TSE], others)
        self._arbitrage = [Arbitrage(by_name[a], by_name[b]) for a, b in PAIRS if a in by_name and b in by_name]

    def add(self, venue: Venue) -> None:
        """One more; all but the first were given the first one's clock."""
        assert not self.venues or venue.clock is self.venues[0].clock, venue.config.name
        self.venues.append(venue)

    def settle(self, mono_ns: int) -> bool:
        """What concerns several venues, after one of them has acted; whether all of them must look at the time now."""
        has_traded = [arbitrage.act(mono_ns) for arbitrage in self._arbitrage]
        rests = [venue.rests_until_ns(mono_ns) for venue in self.venues]
        if not rests or not all(rests):
            return any(has_traded)
        self.venues[0].clock.jump(min(rests), mono_ns)
        return True
