"""Tokyo for the whole-system simulation: arrowhead orders and FLEX market by order in place of UMS and MDCS."""

from typing import Final

from msgspec.structs import replace

from hts.app import tables
from hts.app.core_feeds import order_feed
from hts.app.foreign_tables import foreign_rules
from hts.app.simulation_parts import LIMITS, SimulationParts
from hts.app.venue_time import venue_date
from hts.gateway.arrowhead import ArrowheadTalk
from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.gateway.flex_md import FlexMdConfig, FlexMdGateway
from hts.gateway.ouch import OuchConfig, OuchOrderGateway
from hts.gateway.tokyo_reader import TokyoReader
from hts.lab.conditions import Conditions
from hts.lab.ports import Left, Tap
from hts.lab.setting import ACCOUNT, MEMBER, PASSWORD
from hts.model.enums import DisconnectPolicy, Side
from hts.model.instruments import Instrument
from hts.model.units import Notional
from hts.rules.foreign_rules import ForeignRules
from hts.sim.native.native_kind import NativeKind
from hts.sim.native.ouch_service import OuchLogin
from hts.sim.venue_day import VenueConfig
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import BinaryLayout
from hts.wire.soupbin.packets import UNSEQUENCED

TOKYO: Final = "TSE"
AFTER_DATE: Final = 20261124  # the day simulated is the next trading day
REQUESTS: Final = {"enter_order": False, "replace_order": False, "cancel_order": True}  # and whether it cancels
HEAD_BYTES: Final = 3  # of a packet of SoupBinTCP: length and type


class TappedOrders(OuchOrderGateway):
    """The order gateway, with somebody who hears of each request that leaves."""

    def __init__(self, layout: BinaryLayout, soup: BinaryLayout, tap: Tap) -> None:
        config = OuchConfig(venue=TOKYO, username=MEMBER, password=PASSWORD, account=ACCOUNT)
        super().__init__(config, ArrowheadTalk(layout), soup, lambda trade_ns: venue_date(TOKYO, trade_ns))
        self._requests = layout
        self._tap = tap

    def data_to_send(self) -> bytes:
        """Bytes for the venue; whole packets."""
        data, at = super().data_to_send(), 0
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            if data[at + 2 : at + HEAD_BYTES] == UNSEQUENCED.encode():
                self._tell(data[at + HEAD_BYTES : end])
            at = end
        return data

    def _tell(self, message: bytes) -> None:
        found = self._requests.decode(message, "client")
        if found.name not in REQUESTS:
            return
        cl_ord_id = int(found.fields["client_reference"])
        self._tap("out", Left(name=found.name, cl_ord_id=cl_ord_id, account=ACCOUNT, is_cancel=REQUESTS[found.name]))


class TokyoParts(SimulationParts):
    """As SimulationParts, for a world whose only venue is Tokyo."""

    limits = replace(LIMITS, order_value_max=1_000_000_000)
    currency = "JPY"

    def __init__(self, *, policy: DisconnectPolicy = DisconnectPolicy.KEEP, symbols: int = 3) -> None:
        super().__init__(policy=policy, symbols=symbols)
        whole = foreign_rules()
        universe = whole.tables["jp_universe"]
        few = {**universe, "issue": universe["issue"][:symbols]}
        self.foreign = ForeignRules(
            tables={**whole.tables, "jp_universe": few}, jp_calendar=whole.jp_calendar, us_calendar=whole.us_calendar
        )
        self._layouts = {name: BinaryLayout.parse(tables.load(tables.PROTOCOLS, name)) for name in _TABLES}

    def fee(self, side: Side, value: Notional, issue: Instrument, trading_date: int) -> tuple[Notional, Notional]:  # noqa: ARG002
        """Nothing: the zero course, and no tax on a sale."""
        return Notional(0), Notional(0)

    def orders(self, venue: str, tap: Tap) -> OrderGateway:
        """The order gateway."""
        assert venue == TOKYO, venue
        return TappedOrders(self._layouts["arrowhead_ours"], self._layouts["soupbintcp"], tap)

    def market_data(self, venue: str) -> MarketDataGateway:
        """The market data gateway."""
        flex = self._layouts["jpx_flex_mbo_1_1"]
        reader = TokyoReader(order_feed(venue, self.foreign), FlexCodec(flex))
        return FlexMdGateway(FlexMdConfig(venue=venue), reader, flex, lambda trade_ns: venue_date(venue, trade_ns))

    def venue(self, name: str, seed: int, conditions: Conditions) -> VenueConfig:
        """The venue's settings."""
        kind = NativeKind(
            venue=name,
            rules=self.foreign,
            orders=self._layouts["arrowhead_ours"],
            feed=self._layouts["jpx_flex_mbo_1_1"],
            soup=self._layouts["soupbintcp"],
            mold=self._layouts["moldudp64"],
            logins=(OuchLogin(username=MEMBER, password=PASSWORD),),
        )
        return VenueConfig(
            name=name,
            rules=kind,
            after_date=AFTER_DATE,
            seed=seed,
            start_s=conditions.start_s,
            intensity=conditions.intensity,
            checkpoint_commands=conditions.checkpoint_commands,
        )


_TABLES: Final = ("arrowhead_ours", "jpx_flex_mbo_1_1", "soupbintcp", "moldudp64")
