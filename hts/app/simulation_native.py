"""Venues with protocols of their own for the whole-system simulation, in place of UMS and MDCS.

TSE       arrowhead orders, FLEX market by order
JNX, ODX  their OUCH, their ITCH over MoldUDP64
NASDAQ    OUCH 5.0, ITCH 5.0
OSE       OUCH 5.0 (J-GATE), ITCH 5.0.6; index futures

Each with its drop copy over FIX 5.0 SP2, to which the core listens. The venues of one world share account and currency.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from hts.app import tables
from hts.app.core_feeds import FLEX_TABLE, KOREAN, TOKYO, book_ids_of, itch_reader, order_feed
from hts.app.core_gateways import ORDER_TABLES, order_talk
from hts.app.foreign_tables import foreign_rules
from hts.app.simulation_fix import NATIVE, Lines
from hts.app.simulation_parts import LIMITS, SimulationParts
from hts.app.venue_time import trading_date, venue_date
from hts.base.storage import Storage
from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.gateway.flex_md import FlexMdConfig, FlexMdGateway
from hts.gateway.mold_md import MoldMdConfig, MoldMdGateway
from hts.gateway.ouch import OuchConfig, OuchOrderGateway
from hts.gateway.ouch_talk import OrderTalk
from hts.gateway.tokyo_reader import TokyoReader
from hts.lab.conditions import Conditions
from hts.lab.ports import Left, Tap
from hts.lab.setting import ACCOUNT, MEMBER, PASSWORD
from hts.model.enums import DisconnectPolicy, Side
from hts.model.instruments import Instrument
from hts.model.requests import AnyRequest, OrderCancelRequest
from hts.model.units import ClOrdID, Notional
from hts.model.venues import VENUE_PLACE
from hts.rules.foreign_rules import ForeignRules
from hts.sim.native.native_kind import FEED_TABLES, SESSION_TABLES, NativeKind
from hts.sim.native.ouch_service import OuchLogin
from hts.sim.venue_day import VenueConfig
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import BinaryLayout, Decoded
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.soupbin.packets import UNSEQUENCED

AFTER_DATE: Final = 20261124  # the day simulated is the next trading day
CURRENCIES: Final = {"NASDAQ": "USD", **dict.fromkeys(KOREAN, "KRW")}  # of the account, by its first venue
OSAKA: Final = "OSE"
NEW_YORK: Final = "NASDAQ"
OPENS_LATER_S: Final = {NEW_YORK: 52_200, OSAKA: -900}  # than Tokyo: at half past nine in New York, a quarter to nine
DAY_S: Final = 86_400
NAMES: Final = {  # of a request: the field that has it
    "enter_order": ("client_reference", "order_token", "user_ref_num"),
    "replace_order": ("client_reference", "replacement_order_token", "user_ref_num"),
}
HEAD_BYTES: Final = 3  # of a packet of SoupBinTCP: length and type


class TappedOrders(OuchOrderGateway):
    """The order gateway, with somebody who hears of each request that leaves."""

    def __init__(self, venue: str, talk: OrderTalk, layout: BinaryLayout, soup: BinaryLayout, tap: Tap) -> None:
        config = OuchConfig(venue=venue, username=MEMBER, password=PASSWORD, account=ACCOUNT)
        super().__init__(config, talk, soup, lambda trade_ns: trading_date(venue, trade_ns))
        self._requests = layout
        self._tap = tap
        self._cancels: deque[ClOrdID] = deque()

    def send(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None:
        """Carry out a request. OUCH's cancels have no names of their own on the wire: ours is remembered."""
        if isinstance(request, OrderCancelRequest) and self.is_up:
            self._cancels.append(request.cl_ord_id)
        super().send(request, trade_ns, mono_ns)

    def data_to_send(self) -> bytes:
        """Bytes for the venue; whole packets."""
        data, at = super().data_to_send(), 0
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            if data[at + 2 : at + HEAD_BYTES] == UNSEQUENCED.encode():
                self._tell(self._requests.decode(data[at + HEAD_BYTES : end], "client"))
            at = end
        self._cancels.clear()
        return data

    def _tell(self, found: Decoded) -> None:
        is_cancel = found.name == "cancel_order"
        if is_cancel:
            cl_ord_id = self._cancels.popleft() if self._cancels else ClOrdID(0)
        elif found.name in NAMES:
            (name, *_) = (name for name in NAMES[found.name] if name in found.fields and self._is_ours(name))
            cl_ord_id = ClOrdID(int(found.fields[name]))
        else:
            return
        self._tap("out", Left(name=found.name, cl_ord_id=cl_ord_id, account=ACCOUNT, is_cancel=is_cancel))

    def _is_ours(self, field: str) -> bool:
        """At the PTS the client's reference is the request id, not its number."""
        return field != "client_reference" or self.venue == TOKYO


class NativeParts(SimulationParts):
    """As SimulationParts, for a world of venues with protocols of their own; Korea's may be beside Japan's."""

    limits = replace(LIMITS, order_value_max=1_000_000_000)
    after_date = AFTER_DATE

    def __init__(
        self,
        venues: tuple[str, ...] = (TOKYO,),
        *,
        policy: DisconnectPolicy = DisconnectPolicy.KEEP,
        symbols: int = 3,
        lines: Lines = NATIVE,
    ) -> None:
        super().__init__(policy=policy, symbols=symbols, lines=lines, copies=True)
        self._opens_later_s = OPENS_LATER_S.get(venues[0], 0)  # beside others all begin at nine: Osaka is open by then
        self._is_night = NEW_YORK in venues and OSAKA in venues
        self.currency = CURRENCIES.get(venues[0], "JPY")
        self.foreign = _few_issues(symbols)
        native = tuple(venue for venue in venues if venue not in KOREAN)
        date = self.foreign.calendar(native[0]).next_trading_day(AFTER_DATE)
        listed = {venue: self.foreign.instruments(venue, date) for venue in native}
        self._decimals = {(venue, issue.symbol): issue.px_decimals for venue in native for issue in listed[venue]}
        self._layouts = {name: BinaryLayout.parse(tables.load(tables.PROTOCOLS, name)) for name in _tables(native)}

    def fee(self, side: Side, value: Notional, issue: Instrument, trading_date: int) -> tuple[Notional, Notional]:  # noqa: ARG002
        """Nothing: the zero course, and no tax on a sale."""
        return Notional(0), Notional(0)

    def _native_orders(self, venue: str, market_data: MarketDataGateway, tap: Tap) -> OrderGateway:
        if venue in KOREAN:
            return super()._native_orders(venue, market_data, tap)
        layout = self._layouts[ORDER_TABLES[venue]]
        talk = order_talk(venue, layout, book_ids_of(market_data))
        return TappedOrders(venue, talk, layout, self._layouts["soupbintcp"], tap)

    def market_data(self, venue: str) -> MarketDataGateway:
        """The market data gateway."""
        if venue in KOREAN:
            return super().market_data(venue)
        feed = order_feed(venue, self.foreign)
        if venue == TOKYO:
            flex = self._layouts[FLEX_TABLE]
            reader = TokyoReader(feed, FlexCodec(flex))
            return FlexMdGateway(FlexMdConfig(venue=venue), reader, flex, lambda trade_ns: venue_date(venue, trade_ns))
        return MoldMdGateway(
            MoldMdConfig(venue=venue, username=MEMBER, password=PASSWORD),
            itch_reader(venue, feed, self._layouts.__getitem__),
            MoldCodec(self._layouts["moldudp64"]),
            self._layouts["soupbintcp"],
            lambda trade_ns: venue_date(venue, trade_ns),
        )

    def venue(self, name: str, seed: int, conditions: Conditions, storage: Storage) -> VenueConfig:
        """The venue's settings."""
        if name in KOREAN:
            return super().venue(name, seed, conditions, storage)
        kind = NativeKind(
            venue=name,
            rules=self.foreign,
            orders=self._layouts[ORDER_TABLES[name]],
            feed=self._layouts[FEED_TABLES[name]],
            soup=self._layouts["soupbintcp"],
            mold=self._layouts["moldudp64"],
            logins=(OuchLogin(username=MEMBER, password=PASSWORD),),
        )
        return VenueConfig(
            name=name,
            rules=kind,
            after_date=self._after_date(name),
            seed=seed + VENUE_PLACE[name] - VENUE_PLACE[TOKYO],
            start_s=conditions.start_s + self._opens_later_s - DAY_S * (self._is_night and name == OSAKA),
            intensity=conditions.intensity,
            checkpoint_commands=conditions.checkpoint_commands,
            fix=self.fix.serving(name, storage) if self.fix is not None else None,
        )

    def _after_date(self, venue: str) -> int:
        """While New York trades one day, Osaka's night belongs to the next one."""
        is_before = self._is_night and venue == NEW_YORK
        return self.foreign.calendar(venue).previous_trading_day(AFTER_DATE) if is_before else AFTER_DATE

    def _px_decimals(self, venue: str) -> Callable[[str], int]:
        return (lambda symbol: self._decimals[venue, symbol]) if venue not in KOREAN else super()._px_decimals(venue)


def _few_issues(symbols: int) -> ForeignRules:
    """The shipped tables with the first issues of each list, and one product of Osaka's."""
    whole = foreign_rules()
    found = dict(whole.tables)
    for name in ("jp_universe", "us_universe"):
        found[name] = {**found[name], "issue": found[name]["issue"][:symbols]}
    products = found["index_derivatives"]
    found["index_derivatives"] = {**products, "product": [row for row in products["product"] if row["venue"] != "KRX"]}
    return ForeignRules(tables=found, jp_calendar=whole.jp_calendar, us_calendar=whole.us_calendar)


def _tables(venues: tuple[str, ...]) -> set[str]:
    return {*SESSION_TABLES, *(table[venue] for table in (ORDER_TABLES, FEED_TABLES) for venue in venues)}
