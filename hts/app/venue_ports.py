"""Which ports the simulated venues use: one block of 20 for each, in a fixed order, from one base on.

    base + 0  native order entry (TCP)             base + 5  FIX order entry (TCP)
    base + 1  native market data recovery (TCP)    base + 6  FIX market data (TCP)
    base + 2  feed line A (UDP)                    base + 7  FIX/FAST feed (UDP)
    base + 3  feed line B (UDP)                    base + 8  drop copy (TCP)
    base + 4  of the first block: the core's link

The blocks are there whether their venues run or not, so that a venue's ports do not depend on its neighbours.
"""

from typing import Final

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.venues import PORTS_PER_VENUE, VENUE_PLACE, VENUES

PORTS: Final = PORTS_PER_VENUE * len(VENUES)  # in use from the base on
CORE_LINK: Final = 4


class VenuePorts(Struct, frozen=True, kw_only=True):
    """The block of one venue."""

    base: int

    @property
    def order_entry(self) -> int:
        """The venue's own order protocol."""
        return self.base

    @property
    def recovery(self) -> int:
        """Retransmission, snapshot or glimpse of the venue's own feed."""
        return self.base + 1

    def line(self, name: str) -> int:
        """UDP port of feed line A or B."""
        return self.base + 2 + "AB".index(name)

    @property
    def fix_orders(self) -> int:
        return self.base + 5

    @property
    def fix_market_data(self) -> int:
        return self.base + 6

    @property
    def fix_fast(self) -> int:
        """UDP port of the FIX/FAST feed."""
        return self.base + 7

    @property
    def drop_copy(self) -> int:
        return self.base + 8


def venue_ports(port_base: int, venue: str) -> VenuePorts:
    """The block of a venue. Raises ConfigError for a name that is none of VENUES."""
    if venue not in VENUES:
        raise ConfigError(f"venue: one of {', '.join(VENUES)} expected, found {venue}")
    return VenuePorts(base=port_base + PORTS_PER_VENUE * VENUE_PLACE[venue])


def parse_venues(text: str) -> tuple[str, ...]:
    """Names with commas between them, or "all"; in the fixed order, each once. Raises ConfigError."""
    names = VENUES if text.strip().lower() == "all" else [name.strip().upper() for name in text.split(",")]
    for name in names:
        venue_ports(0, name)
    return tuple(venue for venue in VENUES if venue in names)
