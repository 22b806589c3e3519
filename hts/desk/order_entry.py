"""The order form's logic: what would be sent now, what it would cost, and what the send button says.

The price follows the market until the trader sets one: a buy starts at the best ask, a sell at the best bid. All
costs come from the venue's rates; the preview is an estimate by the same arithmetic as the account's.
"""

from collections.abc import Callable
from enum import Enum

from msgspec import Struct

from hts.desk.actions import Actions, Refusal, Wanted
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID, Notional
from hts.model.views import OrderView
from hts.rules.fees import CostRates

BREAK_EVEN_TICKS_MAX = 500


class Tab(Enum):
    """What the form does; the value is part of text keys ("order_entry.tab.buy")."""

    BUY = "buy"
    SELL = "sell"
    AMEND = "amend"


class PxChip(Enum):
    """Where a price chip takes its price from."""

    LOWER = "lower"
    BID = "bid"
    LAST = "last"
    ASK = "ask"
    UPPER = "upper"


TYPES = (
    (OrdType.LIMIT, TimeInForce.DAY),
    (OrdType.LIMIT, TimeInForce.IOC),
    (OrdType.LIMIT, TimeInForce.FOK),
    (OrdType.MARKET, TimeInForce.DAY),
    (OrdType.MARKET, TimeInForce.IOC),
    (OrdType.MARKET, TimeInForce.FOK),
)


class Preview(Struct, frozen=True, kw_only=True):
    """What the order would cost. Amounts in the currency's smallest unit; 0 where it does not apply."""

    px: int
    value: int
    fee: int
    tax: int  # of this sale, or of selling again what this buys at the same price
    total: int  # cash needed by a buy, cash gained by a sale
    cash_after: int
    break_even_px: int = 0  # a buy: lowest price whose sale pays all costs
    break_even_ticks: int = 0
    possible_qty: int = 0  # the most that cash or holdings allow


class OrderForm:
    """tab, ord_type, time_in_force are the form's own; symbol, quantity and price live in the selection."""

    def __init__(
        self,
        market: MarketState,
        orders: OrdersState,
        selection: Selection,
        actions: Actions,
        rates: Callable[[Instrument], CostRates],
    ) -> None:
        self._market = market
        self._orders = orders
        self._selection = selection
        self._actions = actions
        self._rates = rates
        self.tab = Tab.BUY
        self.ord_type = OrdType.LIMIT
        self.time_in_force = TimeInForce.DAY
        self.amend_id = ClOrdID(0)

    @property
    def instrument(self) -> Instrument | None:
        """The chosen issue."""
        return self._market.instruments.get(self._selection.symbol())

    @property
    def side(self) -> Side:
        """The side of what would be sent."""
        if self.tab is Tab.AMEND:
            order = self.amended
            return order.side if order is not None else Side.BUY
        return Side.BUY if self.tab is Tab.BUY else Side.SELL

    @property
    def amended(self) -> OrderView | None:
        """The order that the amend tab speaks of: the chosen one, else the newest working one of the issue."""
        instrument = self.instrument
        working = self._orders.working(instrument.symbol) if instrument is not None else ()
        chosen = [order for order in working if order.order_id == self.amend_id]
        return chosen[0] if chosen else (working[-1] if working else None)

    @property
    def newest(self) -> OrderView | None:
        """The newest working order of the issue."""
        instrument = self.instrument
        working = self._orders.working(instrument.symbol) if instrument is not None else ()
        return working[-1] if working else None

    @property
    def px(self) -> int:
        """The limit price that would be sent; 0 when there is no price to take."""
        if self._selection.px:
            return self._selection.px
        if self.tab is Tab.AMEND and self.amended is not None:
            return self.amended.px
        return self._chip_px(PxChip.ASK if self.side is Side.BUY else PxChip.BID)

    @property
    def qty(self) -> int:
        """The quantity that would be sent."""
        return self._selection.qty

    def choose_tab(self, tab: Tab) -> None:
        """Buy, sell or amend; the price follows the market again."""
        self.tab = tab
        self._selection.set_px(0)
        if tab is Tab.AMEND and self.amended is not None:
            self._selection.set_qty(self.amended.order_qty)

    def choose_type(self, ord_type: OrdType, time_in_force: TimeInForce) -> None:
        """Order type and how long it stands."""
        self.ord_type, self.time_in_force = ord_type, time_in_force
        self._selection.set_px(self._selection.px)

    def amend(self, order_id: ClOrdID) -> None:
        """Open the amend tab on one order."""
        self.amend_id = order_id
        self.choose_tab(Tab.AMEND)

    def chip_px(self, chip: PxChip) -> int:
        """The price behind a chip; 0 when there is none now."""
        return self._chip_px(chip)

    @property
    def held_chip(self) -> PxChip | None:
        """The chip whose price the form holds; the side's own first when two have the same price."""
        own = (PxChip.ASK, PxChip.BID) if self.side is Side.BUY else (PxChip.BID, PxChip.ASK)
        for chip in (*own, PxChip.LAST, PxChip.LOWER, PxChip.UPPER):
            if self.px and self.px == self._chip_px(chip):
                return chip
        return None

    def _chip_px(self, chip: PxChip) -> int:
        instrument = self.instrument
        if instrument is None:
            return 0
        symbol = instrument.symbol
        if chip is PxChip.LOWER:
            return instrument.lower_px
        if chip is PxChip.UPPER:
            return instrument.upper_px
        last = self._market.last_px(symbol)
        if chip is PxChip.ASK:
            return self._market.best_ask(symbol) or last
        return (self._market.best_bid(symbol) or last) if chip is PxChip.BID else last

    def step_px(self, ticks: int) -> None:
        """Move the price along the ticks, within the day's limits."""
        instrument = self.instrument
        if instrument is None or self.px <= 0:
            return
        moved = instrument.ticks.move(instrument.ticks.floor(self.px), ticks)
        self._selection.set_px(min(max(moved, instrument.lower_px), instrument.upper_px))

    def step_qty(self, lots: int) -> None:
        """Move the quantity by lots, at least one."""
        lot = self.instrument.lot if self.instrument is not None else 1
        self._selection.set_qty(max(self._selection.qty + lots * lot, lot))

    def choose_share(self, percent: int) -> None:
        """A share of what cash or holdings allow."""
        lot = self.instrument.lot if self.instrument is not None else 1
        qty = self.possible_qty() * percent // 100
        if qty >= lot:
            self._selection.set_qty(qty - qty % lot)

    def possible_qty(self) -> int:
        """The most that cash (buy) or sellable holdings (sell) allow at the form's price."""
        instrument = self.instrument
        if instrument is None:
            return 0
        if self.side is Side.SELL:
            position = self._orders.positions.get(instrument.symbol)
            return position.sellable_qty if position is not None else 0
        account, px = self._orders.account, self._costing_px()
        if account is None or px <= 0:
            return 0
        rates = self._rates(instrument)
        qty = max(account.buying_power, 0) // px
        while qty > 0 and qty * px + rates.fee_of(Notional(qty * px)) > account.buying_power:
            qty -= 1
        return qty

    def _costing_px(self) -> int:
        """A market buy may trade as high as the day's limit, and is held at it."""
        instrument = self.instrument
        if instrument is not None and self.ord_type is OrdType.MARKET:
            return instrument.upper_px if self.side is Side.BUY else self._market.last_px(instrument.symbol)
        return self.px

    def preview(self) -> Preview | None:
        """Costs of what would be sent; None without an issue or a price."""
        instrument, px, qty = self.instrument, self._costing_px(), self.qty
        if instrument is None or px <= 0:
            return None
        rates = self._rates(instrument)
        value = Notional(px * qty)
        fee, tax = rates.fee_of(value), rates.tax_of(value, Side.SELL)
        cash = self._orders.account.cash if self._orders.account is not None else 0
        is_buy = self.side is Side.BUY
        total = value + fee if is_buy else value - fee - tax
        even_px, even_ticks = self._break_even(instrument, rates, px, qty) if is_buy else (0, 0)
        return Preview(
            px=px,
            value=value,
            fee=fee,
            tax=tax,
            total=total,
            cash_after=cash - total if is_buy else cash + total,
            break_even_px=even_px,
            break_even_ticks=even_ticks,
            possible_qty=self.possible_qty(),
        )

    def _break_even(self, instrument: Instrument, rates: CostRates, px: int, qty: int) -> tuple[int, int]:
        cost = px * qty + rates.fee_of(Notional(px * qty))
        exit_px = instrument.ticks.floor(px)
        for ticks in range(BREAK_EVEN_TICKS_MAX):
            value = Notional(exit_px * qty)
            if value - rates.fee_of(value) - rates.tax_of(value, Side.SELL) >= cost:
                return exit_px, ticks
            exit_px = instrument.ticks.up(exit_px)
        return 0, 0

    def send(self) -> Refusal | None:
        """Send what the button says. None when it left."""
        instrument = self.instrument
        symbol = instrument.symbol if instrument is not None else ""
        if self.tab is Tab.AMEND:
            order = self.amended
            return self._actions.replace(order.order_id if order is not None else 0, self.px, self.qty)
        return self._actions.place(
            Wanted(
                symbol=symbol,
                side=self.side,
                px=self.px,
                qty=self.qty,
                ord_type=self.ord_type,
                time_in_force=self.time_in_force,
                venue=self._actions.venue,
            )
        )
