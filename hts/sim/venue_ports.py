"""What serves a venue's own two ports, whichever protocol they speak: built, asked, and carried into a new day."""

from hts.base.errors import RemoteProtocolError
from hts.sim.log_records import DayStarted
from hts.sim.md_service import BarSource, MdService
from hts.sim.native.flex_feed import FlexFeed
from hts.sim.native.flex_recovery import FlexRecovery
from hts.sim.native.glimpse import Glimpse
from hts.sim.native.mold_feed import MoldFeed
from hts.sim.native.native_kind import Feed, NativeKind, Recovery, session_name
from hts.sim.native.ouch_service import OuchService
from hts.sim.order_entry import OrderEntry
from hts.sim.publisher import Publisher
from hts.sim.venue_day import VenueConfig, VenueDay


def recovery_of(config: VenueConfig, day: VenueDay, bars: BarSource) -> MdService | Recovery | None:
    """The service for who has missed something of the feed; None where there is no feed."""
    feed = day.publisher
    if feed is None:
        return None
    if isinstance(feed, Publisher):
        return MdService(feed, day.exchange.instruments, bars)
    assert isinstance(config.rules, NativeKind), config.name
    return config.rules.recovery(feed)


def answer_of(feed: Publisher | Feed | None, request: bytes) -> bytes | None:
    """The answer to a re-request by datagram; what cannot be read has none."""
    if not isinstance(feed, MoldFeed):
        return None
    try:
        return feed.answer(request)
    except RemoteProtocolError:
        return None


def roll_order_entry(service: OrderEntry | OuchService, day: DayStarted, trade_ns: int, mono_ns: int) -> None:
    """The old day's sessions end."""
    if isinstance(service, OuchService):
        service.roll((), day.epoch, mono_ns)
    else:
        service.roll(day.epoch, day.trading_date, trade_ns, mono_ns)


def start_order_entry(config: VenueConfig, new: VenueDay) -> None:
    """The new day's sessions begin."""
    if isinstance(new.order_entry, OuchService):
        assert isinstance(config.rules, NativeKind), config.name
        dialect = config.rules.dialect(new.exchange.instruments, new.day.trading_date)
        new.order_entry.start_day(dialect, session_name(new.day.trading_date, new.day.epoch), new.day.trade_ns)


def follow_feed(service: MdService | Recovery | None, new: VenueDay) -> None:
    """The recovery service answers from the new day's feed."""
    feed = new.publisher
    if isinstance(service, MdService) and isinstance(feed, Publisher):
        service.roll(feed, new.exchange.instruments)
    elif isinstance(service, FlexRecovery) and isinstance(feed, FlexFeed):
        service.follow(feed)
    elif isinstance(service, Glimpse) and isinstance(feed, MoldFeed):
        service.follow(feed.snapshot)
