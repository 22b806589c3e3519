"""Which gateway reads the feed of which venue, built from the settings and the published tables."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from hts.app import tables
from hts.app.config import VenueSettings
from hts.app.foreign_tables import foreign_rules
from hts.app.venue_time import venue_date, venue_midnight_ns
from hts.gateway.contract import MarketDataGateway
from hts.gateway.flex_md import FlexMdConfig, FlexMdGateway
from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.gateway.mold_md import MoldMdConfig, MoldMdGateway
from hts.gateway.nasdaq_reader import NasdaqReader
from hts.gateway.osaka_reader import OsakaReader
from hts.gateway.pts_reader import PtsReader
from hts.gateway.tokyo_reader import TokyoReader
from hts.io.clock import SystemClock
from hts.marketdata.order_feed import OrderFeed
from hts.model.instruments import Instrument
from hts.model.units import Px
from hts.rules.dates import krx_date
from hts.rules.foreign_rules import ForeignRules
from hts.rules.market_rules import MarketRules
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import BinaryLayout
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.records import TickSource
from hts.wire.moldudp.packets import MoldCodec

KOREAN = ("KRX", "NXT")
TOKYO = "TSE"
ITCH_TABLES = {"JNX": "jnx_itch_2_0", "ODX": "odx_itch_2_2", "OSE": "ose_itch_5_0_6"}
LISTED_AT = {"JNX": TOKYO, "ODX": TOKYO}
FLEX_TABLE = "jpx_flex_mbo_1_1"
BookIds = Callable[[], Mapping[str, int]]
"""The numbers that a venue's order protocol has for its issues, as the feed has told them so far."""


def market_data_gateway(
    venue: str, ticks: TickSource, rules: MarketRules, settings: VenueSettings
) -> MarketDataGateway:
    """The feed of a venue in its own protocol. Raises ConfigError for a damaged table."""
    if venue in KOREAN:
        layout = MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs"))
        return KrxMdGateway(layout, MdConfig(venue=venue), ticks, names_ja=rules.names_ja)
    feed = order_feed(venue)
    if venue == TOKYO:
        flex = _layout(FLEX_TABLE)
        reader = TokyoReader(feed, FlexCodec(flex))
        return FlexMdGateway(FlexMdConfig(venue=venue), reader, flex, lambda trade_ns: venue_date(venue, trade_ns))
    config = MoldMdConfig(venue=venue, username=settings.member, password=settings.password)
    mold = MoldCodec(_layout("moldudp64"))
    return MoldMdGateway(
        config, itch_reader(venue, feed), mold, _layout("soupbintcp"), lambda trade_ns: venue_date(venue, trade_ns)
    )


def book_ids_of(market_data: MarketDataGateway) -> BookIds:
    """Of Osaka; other venues have none."""
    reader = market_data.reader if isinstance(market_data, MoldMdGateway) else None
    return lambda: reader.book_ids if isinstance(reader, OsakaReader) else {}


def asks_by_datagram(venue: str) -> bool:
    """Whether what a feed has lost is asked for by datagrams."""
    return venue not in KOREAN and venue != TOKYO


def order_feed(venue: str, rules: ForeignRules | None = None) -> OrderFeed:
    """The venue's state as its feed by order tells it, under the dated rules; by default those that are shipped."""
    rules = foreign_rules() if rules is None else rules

    def issues(trading_date: int, closes: Mapping[str, Px]) -> tuple[Instrument, ...]:
        listed = rules.instruments(venue, trading_date, closes)
        return tuple(replace(issue, venue=venue, listing_venue=LISTED_AT.get(venue, venue)) for issue in listed)

    return OrderFeed(venue, issues, lambda trading_date: rules.schedule(venue, trading_date))


def px_decimals_of(venue: str) -> Callable[[str], int]:
    """Decimals of an issue's prices at a venue; an issue that is not on the newest list has those of the others."""
    if venue in KOREAN:
        return lambda _symbol: 0
    rules = foreign_rules()
    date = rules.calendar(venue).next_trading_day(krx_date(SystemClock().wall_ns()))
    found = {instrument.symbol: instrument.px_decimals for instrument in rules.instruments(venue, date)}
    usual = max(found.values())
    return lambda symbol: found.get(symbol, usual)


def itch_reader(
    venue: str, feed: OrderFeed, layout_of: Callable[[str], BinaryLayout] | None = None
) -> NasdaqReader | PtsReader | OsakaReader:
    """Who reads the venue's ITCH; `layout_of` gives a table by its name, by default out of the shipped ones."""
    if venue == "NASDAQ":
        return NasdaqReader(feed, lambda date: venue_midnight_ns(venue, date))
    layout = (layout_of or _layout)(ITCH_TABLES[venue])
    if venue == "OSE":
        return OsakaReader(feed, layout)
    return PtsReader(feed, layout, lambda date: venue_midnight_ns(venue, date))


def _layout(name: str) -> BinaryLayout:
    return BinaryLayout.parse(tables.load(tables.PROTOCOLS, name))
