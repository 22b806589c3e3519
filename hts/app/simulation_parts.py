"""Builds the real parts of core and venue for a simulation, from the same tables as the processes do.

A test that wants to see the checkers bite overrides one of these methods by one that builds a broken part.
"""

from collections.abc import Callable, Mapping

from hts.app import tables
from hts.app.runner import Runner
from hts.app.runner_ports import Venue
from hts.app.simulation_fix import NATIVE, FixParts, Lines
from hts.app.timers import Timers
from hts.app.trade_clock import TradeClock
from hts.base.storage import Storage
from hts.engine.config import AccountConfig, EngineConfig
from hts.engine.engine import Engine
from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.lab.conditions import Conditions
from hts.lab.ports import CorePorts, Tap
from hts.lab.setting import ACCOUNT, CASH, MEMBER, PASSWORD, Membership
from hts.model.enums import DisconnectPolicy, Market, Side
from hts.model.instruments import Instrument, TickTable
from hts.model.units import Notional
from hts.model.venues import VENUES
from hts.risk.eligibility import Eligibility
from hts.risk.limits import RiskLimits
from hts.rules.account_rules import AccountRules
from hts.rules.krx_ticks import tick_table
from hts.rules.market_rules import MarketRules
from hts.sim.order_entry import MemberLogin
from hts.sim.venue_day import VenueConfig
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.ums.layout import UmsLayout

AFTER_DATE = 20261120  # the day simulated is the next trading day

# Wide enough that the trader's wishes mostly pass, narrow enough that each rule is met now and then.
LIMITS = RiskLimits(orders_per_second=100, working_orders_max=80, duplicate_window_ms=5)


class SimulationParts:
    """Tables are read once; parts are built for each process that starts.

    `lines`: the protocol of the order sessions (hts.app.simulation_fix); `copies`: the core listens to drop copies.
    """

    limits = LIMITS
    cash = CASH
    currency = "KRW"
    after_date = AFTER_DATE
    fee_set = "passed_on"  # so that each venue, and who rests and who takes, is charged differently

    def __init__(
        self,
        *,
        policy: DisconnectPolicy = DisconnectPolicy.KEEP,
        symbols: int = 3,
        lines: Lines = NATIVE,
        copies: bool = False,
    ) -> None:
        market = tables.load_folder(tables.MARKET)
        listed = market["universe"]["issue"]
        market["universe"] = {**market["universe"], "issue": listed[:symbols]}
        self.rules = MarketRules.parse(market)
        self.account_rules = AccountRules.parse(market)
        self.ums = UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums"))
        self.mdcs = MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs"))
        self.eligibility = Eligibility.parse(tables.load(tables.RISK, "eligibility"))
        self.policy = policy
        cancels = policy is DisconnectPolicy.CANCEL
        by_fix = copies or lines != NATIVE
        self.fix = FixParts(lines, has_copies=copies, cancels=cancels) if by_fix else None
        self.has_copies = copies
        self.reader_inspector = self.fix.reader_inspector if self.fix is not None else None

    def membership(self, venue: str) -> Membership:
        """How the house is connected with a venue."""
        return self.fix.membership(venue) if self.fix is not None else Membership()

    def engine(self, market_data: Mapping[str, MarketDataGateway]) -> Engine:
        """A fresh engine, nothing recovered yet."""
        account = AccountConfig(
            account=ACCOUNT,
            currency=self.currency,
            cash=Notional(self.cash),
            disconnect_policy=self.policy,
            fee_set=self.fee_set,
        )
        config = EngineConfig(
            accounts=(account,),
            limits=self.limits,
            eligibility=self.eligibility,
            build="lab",
            id_block_size=200,
            venues=tuple(market_data),
        )
        return Engine(
            config, {name: gateway.decode for name, gateway in market_data.items()}, self.fee, self.account_rules
        )

    def fee(self, side: Side, value: Notional, issue: Instrument, trading_date: int) -> tuple[Notional, Notional]:
        """Costs of a fill."""
        rates = self.rules.costs(issue, trading_date)
        return rates.fee_of(value), rates.tax_of(value, side)

    def orders(self, venue: str, market_data: MarketDataGateway, storage: Storage, tap: Tap) -> OrderGateway:
        """The order gateway of a venue."""
        if self.fix is not None and self.fix.membership(venue).by_fix:
            return self.fix.orders(venue, self._px_decimals(venue), storage, tap)
        return self._native_orders(venue, market_data, tap)

    def _native_orders(self, venue: str, market_data: MarketDataGateway, tap: Tap) -> OrderGateway:  # noqa: ARG002
        config = UmsConfig(venue=venue, comp_id=MEMBER, password=PASSWORD)
        return KrxUmsGateway(self.ums, config, tap)

    def copies(self, venue: str, storage: Storage) -> OrderGateway | None:
        """The drop copy's gateway; None where the core listens to none."""
        if self.fix is None or not self.has_copies:
            return None
        return self.fix.copies(venue, self._px_decimals(venue), storage)

    def _px_decimals(self, venue: str) -> Callable[[str], int]:  # noqa: ARG002  a won has no cents
        return lambda _symbol: 0

    def market_data(self, venue: str) -> MarketDataGateway:
        """The market data gateway of a venue."""
        return KrxMdGateway(self.mdcs, MdConfig(venue=venue), self._ticks)

    def runner(self, ports: CorePorts) -> Runner:
        """Joins the parts of one core process."""
        venues = {
            name: Venue(
                orders=venue.orders,
                order_line=venue.order_line,
                market_data=venue.market_data,
                recovery_line=venue.recovery_line,
                requests=venue.requests,
                copies=venue.copies,
                copy_line=venue.copy_line,
            )
            for name, venue in ports.venues.items()
        }
        return Runner(
            engine=ports.engine,
            journal=ports.journal,
            venues=venues,
            link_server=ports.link,
            timers=Timers(),
            syncer=ports.syncer,
            clock=TradeClock(ports.start_ns),
            now_ns=ports.now_ns,
        )

    def venue(self, name: str, seed: int, conditions: Conditions, storage: Storage) -> VenueConfig:
        """The venue's settings."""
        return VenueConfig(
            name=name,
            rules=self.rules.at(name),
            ums=self.ums,
            mdcs=self.mdcs,
            members=(MemberLogin(comp_id=MEMBER, password=PASSWORD),),
            after_date=self.after_date,
            seed=seed + VENUES.index(name),
            start_s=conditions.start_s,
            intensity=conditions.intensity,
            checkpoint_commands=conditions.checkpoint_commands,
            fix=self.fix.serving(name, storage) if self.fix is not None else None,
        )

    def _ticks(self, market: Market, is_etf: bool, trading_date: int) -> TickTable:
        if market is Market.REPLAY:
            return TickTable(starts=(0,), steps=(1,))
        return tick_table(self.rules.ticks_limits, is_etf=is_etf, trading_date=trading_date)
