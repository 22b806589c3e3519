"""The venues by name. Their order is a contract: a venue's place numbers its ports and its byte on the link."""

from typing import Final

VENUES: Final = ("KRX", "NXT", "TSE", "JNX", "ODX", "NASDAQ", "OSE")
HOME_VENUE: Final = "KRX"  # of values that name none, and of what was written down before there were others
PORTS_PER_VENUE: Final = 20  # a venue's first port is port_base + PORTS_PER_VENUE * its place

VENUE_PLACE: Final = {venue: place for place, venue in enumerate(VENUES)}
TOLD_BY_MATCH: Final = ("JNX", "ODX", "NASDAQ", "OSE")  # their order wire names a fill by its match
