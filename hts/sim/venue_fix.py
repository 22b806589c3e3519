"""The FIX ports of one venue: order entry, market data, drop copy."""

from hts.model.instruments import Instrument
from hts.sim.fix_drop_copy import FixDropCopy
from hts.sim.fix_logins import FixServing
from hts.sim.fix_market_data import FixMarketData, MarketView
from hts.sim.fix_orders import FixOrders
from hts.sim.venue_service import Service

FIX_ORDERS, FIX_MARKET_DATA, DROP_COPY = "fix_orders", "fix_market_data", "drop_copy"


def fix_services(
    venue: str, serving: FixServing, instruments: tuple[Instrument, ...], epoch: int, market: MarketView
) -> dict[str, Service]:
    """Services by the name of their port."""
    return {
        FIX_ORDERS: FixOrders(venue, serving, instruments, epoch),
        FIX_MARKET_DATA: FixMarketData(venue, serving, instruments, market),
        DROP_COPY: FixDropCopy(venue, serving, instruments, epoch),
    }


def roll_services(
    services: dict[str, Service],
    instruments: tuple[Instrument, ...],
    epoch: int,
    market: MarketView,
    mono_ns: int,
) -> None:
    """A new day begins for everyone who is connected."""
    for service in services.values():
        service.roll(instruments, epoch, mono_ns)
        if isinstance(service, FixMarketData):
            service.rebase(instruments, market)
