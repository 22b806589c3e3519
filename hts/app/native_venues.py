"""The venues with protocols of their own: what they are built of, and what a client needs to know of their ports."""

from typing import Any, Final

from hts.app import tables
from hts.app.config import VenueSettings
from hts.app.fast_feed import FAST_VENUES
from hts.app.foreign_tables import foreign_rules
from hts.app.venue_ports import VenuePorts
from hts.sim.native.native_kind import FEED_TABLES, ORDER_TABLES, SESSION_TABLES, NativeKind
from hts.sim.native.ouch_service import OuchLogin
from hts.wire.layout.codec import BinaryLayout

Row = tuple[str, str, int, dict[str, str]]
USERS: Final = 4  # beside the core's own: for programs from outside


def is_native(venue: str) -> bool:
    """Whether a venue is one of these."""
    return venue in ORDER_TABLES


def native_kind(venue: str, settings: VenueSettings) -> NativeKind:
    """The venue under these settings. Raises ConfigError for a damaged table."""
    soup, mold = (BinaryLayout.parse(tables.load(tables.PROTOCOLS, name)) for name in SESSION_TABLES)
    return NativeKind(
        venue=venue,
        rules=foreign_rules(),
        orders=BinaryLayout.parse(tables.load(tables.PROTOCOLS, ORDER_TABLES[venue])),
        feed=BinaryLayout.parse(tables.load(tables.PROTOCOLS, FEED_TABLES[venue])),
        soup=soup,
        mold=mold,
        logins=tuple(
            OuchLogin(username=user, password=settings.password) for user in (settings.member, *outside_users())
        ),
    )


def outside_users() -> list[str]:
    """User names for programs from outside; six characters, as SoupBinTCP has them."""
    return [f"OUT{number:03d}" for number in range(1, USERS + 1)]


def native_rows(kind: NativeKind, ports: VenuePorts, settings: VenueSettings) -> list[Row]:
    """(protocol, transport, port, credentials) of every port."""
    orders, feed = (f"{layout.table.name} {layout.table.version}" for layout in (kind.orders, kind.feed))
    member: dict[str, Any] = {"username": settings.member, "password": settings.password}
    rows: list[Row] = [(orders, "tcp", ports.order_entry, member)]
    rows += [
        (orders, "tcp", ports.order_entry, {"username": user, "password": settings.password})
        for user in outside_users()
    ]
    if kind.venue == "TSE":
        recovery: list[Row] = [(f"{feed} recovery", "tcp", ports.recovery, {"username": "FLEX01"})]
    else:
        recovery = [
            (f"{feed} snapshot (SoupBinTCP)", "tcp", ports.recovery, member),
            ("MoldUDP64 re-request", "udp", ports.recovery, {}),
        ]
    fast: list[Row] = [("FIX/FAST feed", "udp", ports.fix_fast, {})] if kind.venue in FAST_VENUES else []
    return [
        *rows,
        *recovery,
        *fast,
        (f"{feed} line A", "udp", ports.line("A"), {}),
        (f"{feed} line B", "udp", ports.line("B"), {}),
    ]
