"""The venues that speak their own protocols, as kinds: what a venue's day is built of.

TSE       arrowhead-style orders      FLEX market by order, TCP recovery
JNX, ODX  their OUCH                  their ITCH over MoldUDP64, snapshot over SoupBinTCP
NASDAQ    OUCH 5.0                    ITCH 5.0, as above
OSE       OUCH 5.0 (J-GATE)           ITCH 5.0.6, as above
"""

from collections.abc import Mapping

from msgspec import Struct

from hts.model.instruments import Instrument
from hts.model.units import Px
from hts.rules.calendar import Calendar
from hts.rules.foreign_rules import ForeignRules
from hts.rules.sessions import DaySchedule
from hts.rules.venue_days import TOKYO_OFFSET_S, local_ns, new_york_offset_s
from hts.sim.exchange import Exchange
from hts.sim.nasdaq.nasdaq_profile import nasdaq_profile
from hts.sim.native.arrowhead_orders import ArrowheadOrders
from hts.sim.native.flex_feed import FlexFeed
from hts.sim.native.flex_recovery import FlexRecovery
from hts.sim.native.glimpse import Glimpse
from hts.sim.native.itch_nasdaq import NasdaqItch
from hts.sim.native.itch_ose import OseItch, book_ids
from hts.sim.native.itch_pts import PtsItch, orderbook_id
from hts.sim.native.mold_feed import ItchEncoder, MoldFeed
from hts.sim.native.ouch_nasdaq import NasdaqOuch
from hts.sim.native.ouch_ose import OseOuch
from hts.sim.native.ouch_pts import PtsOuch
from hts.sim.native.ouch_service import Dialect, OuchLogin, OuchService
from hts.sim.osaka.osaka_profile import osaka_profile
from hts.sim.profile import VenueProfile
from hts.sim.pts.pts_profile import pts_profile
from hts.sim.tse.tse_profile import tse_profile
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import BinaryLayout
from hts.wire.moldudp.packets import MoldCodec

Feed = MoldFeed | FlexFeed
Recovery = Glimpse | FlexRecovery

ORDER_TABLES = {
    "TSE": "arrowhead_ours",
    "JNX": "jnx_ouch_2_01",
    "ODX": "odx_ouch_2_0",
    "NASDAQ": "ouch50",
    "OSE": "ose_ouch_5_0",
}
FEED_TABLES = {
    "TSE": "jpx_flex_mbo_1_1",
    "JNX": "jnx_itch_2_0",
    "ODX": "odx_itch_2_2",
    "NASDAQ": "itch50",
    "OSE": "ose_itch_5_0_6",
}
SESSION_TABLES = ("soupbintcp", "moldudp64")
STARTS_PER_DAY = 16


class NativeKind(Struct, frozen=True, kw_only=True):
    """One of these venues, under the dated rules. The layouts are those of the tables above."""

    venue: str
    rules: ForeignRules
    orders: BinaryLayout
    feed: BinaryLayout
    soup: BinaryLayout
    mold: BinaryLayout
    logins: tuple[OuchLogin, ...]

    # -- the day --

    @property
    def calendar(self) -> Calendar:
        """The venue's trading days."""
        return self.rules.calendar(self.venue)

    def schedule(self, trading_date: int) -> DaySchedule:
        """The day's phases."""
        return self.rules.schedule(self.venue, trading_date)

    def instruments(self, trading_date: int, closes: Mapping[str, Px] | None = None) -> tuple[Instrument, ...]:
        """The day's issues."""
        return self.rules.instruments(self.venue, trading_date, closes)

    def profile(self, trading_date: int) -> VenueProfile:
        """What the engine plays."""
        if self.venue == "TSE":
            return tse_profile(self.rules, trading_date)
        if self.venue == "NASDAQ":
            return nasdaq_profile(self.rules, trading_date)
        if self.venue == "OSE":
            return osaka_profile(self.rules, trading_date)
        return pts_profile(self.rules, self.venue, trading_date)

    def midnight_ns(self, trading_date: int) -> int:
        """The trading day's midnight at the venue, from which its protocols count."""
        offset_s = new_york_offset_s(trading_date) if self.venue == "NASDAQ" else TOKYO_OFFSET_S
        return local_ns(trading_date, 0, offset_s)

    # -- the ports --

    def order_entry(
        self, instruments: tuple[Instrument, ...], trading_date: int, epoch: int, first_ns: int
    ) -> OuchService:
        """The order sessions of a day."""
        dialect = self.dialect(instruments, trading_date)
        name = session_name(trading_date, epoch)
        return OuchService(dialect, self.soup, self.logins, session_name=name, first_ns=first_ns)

    def dialect(self, instruments: tuple[Instrument, ...], trading_date: int) -> Dialect:
        """The day's translation of order entry."""
        if self.venue == "TSE":
            return ArrowheadOrders(self.orders)
        if self.venue == "NASDAQ":
            return NasdaqOuch(self.orders, self.midnight_ns(trading_date))
        if self.venue == "OSE":
            return OseOuch(self.orders, {number: symbol for symbol, number in book_ids(instruments).items()})
        symbols = {orderbook_id(self.feed, instrument.symbol): instrument.symbol for instrument in instruments}
        return PtsOuch(self.orders, self.midnight_ns(trading_date), symbols)

    def market_data(
        self, instruments: tuple[Instrument, ...], exchange: Exchange, trading_date: int, epoch: int, run: int
    ) -> Feed:
        """The feed of a run of the venue's process."""
        if self.venue == "TSE":
            # Days are told apart by it too: the wire has nothing else that says so.
            reboots = (epoch * STARTS_PER_DAY + run - 1) % 256
            return FlexFeed(FlexCodec(self.feed), instruments, exchange, reboots=reboots)
        encoder = self._encoder(exchange, trading_date)
        return MoldFeed(MoldCodec(self.mold), encoder, instruments, exchange, session_name(trading_date, run))

    def recovery(self, feed: Feed) -> Recovery:
        """What answers who has missed something."""
        if isinstance(feed, FlexFeed):
            return FlexRecovery(self.feed, feed)
        return Glimpse(self.soup, {login.username: login.password for login in self.logins}, feed.snapshot)

    def _encoder(self, exchange: Exchange, trading_date: int) -> ItchEncoder:
        midnight_ns = self.midnight_ns(trading_date)
        if self.venue == "NASDAQ":
            issues = self.rules.us_issues()
            return NasdaqItch(self.feed, midnight_ns, issues, lambda px: self.rules.us_round_lot(px, trading_date))
        if self.venue == "OSE":
            return OseItch(self.feed, self.rules.contracts(self.venue, trading_date), exchange)
        return PtsItch(self.feed, midnight_ns)


def session_name(trading_date: int, number: int) -> str:
    """A session's name of ten characters: the trading date, and two that tell the day's sessions apart."""
    return f"{trading_date:08d}{_base36(number // 36 % 36)}{_base36(number % 36)}"


def _base36(digit: int) -> str:
    return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit]
