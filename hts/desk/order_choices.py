"""What the order form is set to: tab, type, payment, quantity, price, time; and the steps that change them.

The price follows the market until the trader sets one: a buy starts at the best ask, a sell at the best bid.
"""

from collections.abc import Callable
from enum import Enum

from hts.desk.actions import Actions, Refusal
from hts.desk.issue_day import day_limits
from hts.desk.market import MarketState
from hts.desk.order_terms import (
    GENERIC,
    PRICED,
    RESERVED,
    ROUTED,
    Deposits,
    Features,
    ReserveTime,
    Term,
    Terms,
    all_of_it,
    credits_of,
    generic_terms,
    no_features,
    ordered,
    reserve_times,
    unlocked,
)
from hts.desk.orders import OrdersState
from hts.desk.picked import lost_pick, picked_order, step, target
from hts.desk.selection import Selection
from hts.desk.venue_tabs import COMBINED, best_prices, last_px_of
from hts.model.enums import CashMargin, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.views import OrderView
from hts.rules.fee_sets import FeePlan
from hts.rules.fees import CostRates


class Tab(Enum):
    """What the form does; the value is part of text keys ("order_entry.tab.buy")."""

    BUY = "buy"
    SELL = "sell"
    AMEND = "amend"
    RESERVE = "reserve"


class QtyMode(Enum):
    """What the quantity field counts; the value is part of text keys."""

    SHARES = "shares"
    AMOUNT = "amount"  # money: as many shares as it buys


class PxChip(Enum):
    """Where a price chip takes its price from."""

    LOWER = "lower"
    BID = "bid"
    LAST = "last"
    ASK = "ask"
    UPPER = "upper"


class OrderChoices:
    """tab, ord_type, time_in_force are the form's own; symbol, quantity and price live in the selection."""

    def __init__(
        self,
        market: MarketState,
        orders: OrdersState,
        selection: Selection,
        actions: Actions,
        rates: Callable[[Instrument, FeePlan], CostRates],
        *,
        terms: Terms = generic_terms,
        deposits: Deposits = all_of_it,
        features: Features = no_features,
    ) -> None:
        """`rates`: what an account pays for an issue at its venue. `terms`: what a venue takes in a phase.

        `deposits`: the part of its value that an opening order ties up, as the core reckons it. `features`: what else a
        venue takes in a phase.
        """
        self._market = market
        self._orders = orders
        self._selection = selection
        self._actions = actions
        self._rates = rates
        self._terms = terms
        self._deposits = deposits
        self._features = features
        self._offered: dict[tuple[str, Phase], tuple[Term, ...]] = {}  # as a form lists them, by venue and phase
        self.qty_mode = QtyMode.SHARES
        self.amount = 0  # in the issue's smallest unit, while the quantity is counted in money
        self.credit = CashMargin.CASH
        self.reserve_side = Side.BUY
        self.expiry_key = ""  # "": the first of the days that are offered
        self.period_key = ""  # "": a timed order goes once
        self.chosen_loan = 0  # its date; 0: the oldest
        self.reserve_at = ("", 0)  # key and count of the time, which moves on with the clock; the first for none
        self.tab = Tab.BUY
        self.ord_type = OrdType.LIMIT
        self.time_in_force = TimeInForce.DAY

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
        if self.tab is Tab.RESERVE:
            return self.reserve_side
        return Side.BUY if self.tab is Tab.BUY else Side.SELL

    @property
    def venue(self) -> str:
        """Where it would go: the tab of the active group's ladder."""
        return self._actions.venue

    @property
    def types(self) -> tuple[Term, ...]:
        """Order types that the venue takes in its phase; those of continuous trading where it takes none now."""
        instrument = self.instrument
        if self.tab is Tab.RESERVE:
            return RESERVED
        if self.venue == COMBINED or instrument is None:
            return ROUTED
        return self._listed(*self.judged_by) or GENERIC

    @property
    def judged_by(self) -> tuple[str, Phase]:
        """The venue and the phase whose rules the form goes by: continuous trading where it takes nothing now."""
        issue = self.instrument
        venue = self.venue or (issue.venue if issue is not None else "")
        at_venue = self._market.venues.phase_of(venue, self._selection.symbol()) if self.venue else self._phase_at_home
        return venue, at_venue if self._listed(venue, at_venue) else Phase.CONTINUOUS

    def _listed(self, venue: str, phase: Phase) -> tuple[Term, ...]:
        """What a venue takes in a phase does not change while the terminal runs."""
        key = (venue, phase)
        if key not in self._offered:
            self._offered[key] = ordered(self._terms(venue, phase))
        return self._offered[key]

    @property
    def _phase_at_home(self) -> Phase:
        instrument = self.instrument
        return self._market.phase_of(instrument.symbol) if instrument is not None else Phase.CLOSED

    @property
    def term(self) -> Term:
        """The chosen type where the venue takes it now, else the first one that it takes."""
        chosen, types = (self.ord_type, self.time_in_force), self.types
        return chosen if chosen in types else types[0]

    @property
    def is_priced(self) -> bool:
        """Whether a price is sent."""
        return self.tab is Tab.AMEND or self.term[0] in PRICED

    @property
    def credit_kinds(self) -> tuple[CashMargin, ...]:
        """Kinds of payment that the account has the right to."""
        return credits_of(self._orders.account)

    @property
    def credits(self) -> tuple[CashMargin, ...]:
        """Those that can be taken now: credit is locked until the trader unlocks it in the settings."""
        held = self._orders.positions.get(self._selection.symbol())
        return unlocked(self.credit_kinds, held, is_open=self._actions.settings.flag("entry.credit"))

    @property
    def payment(self) -> CashMargin:
        """How a new order would be paid: cash wherever the chosen kind cannot be taken any more; a timed one always."""
        return self.credit if self.credit in self.credits and self.tab is not Tab.RESERVE else CashMargin.CASH

    @property
    def reserve_time(self) -> ReserveTime:
        """When a reserved order would be sent."""
        times = reserve_times(self._market.trade_ns)
        return next((time for time in times if (time.key, time.count) == self.reserve_at), times[0])

    @property
    def amended(self) -> OrderView | None:
        """The order that the amend tab speaks of: the picked one, else the newest working one of the issue."""
        working = self._orders.working(self._selection.symbol()) if self.instrument is not None else ()
        return picked_order(self._orders, self._selection) or (working[-1] if working else None)

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
        if self.qty_mode is QtyMode.SHARES or self.tab is Tab.AMEND:
            return self._selection.qty
        lot, px = (self.instrument.lot if self.instrument is not None else 1), self._costing_px()
        qty = self.amount // px if px > 0 else 0
        return qty - qty % lot

    def target(self) -> OrderView | Refusal:
        """The working order that keys amend, or why there is none."""
        return self._told(target(self._orders, self._selection))

    def picked(self) -> OrderView | Refusal:
        """The picked order alone."""
        order = picked_order(self._orders, self._selection)
        lost = lost_pick(self._orders, self._selection) or Refusal(key="refusal.none_picked")
        return order or self._told(lost)

    def step_pick(self, by: int, *, everywhere: bool = False) -> OrderView | Refusal:
        """Pick the next working order."""
        return self._told(step(self._orders, self._selection, by, everywhere=everywhere))

    def _told(self, found: OrderView | Refusal) -> OrderView | Refusal:
        return self._actions.note(found.key, **found.values) if isinstance(found, Refusal) else found

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
        self._selection.pick(order_id)
        self.choose_tab(Tab.AMEND)

    def choose_px(self, chip: PxChip) -> Refusal | None:
        """Take a chip's price: a limit of its own, that does not follow the market."""
        px = self._chip_px(chip)
        if not self.is_priced:
            return self._actions.note("refusal.type_without_price")
        if px <= 0:
            return self._actions.note("refusal.no_price")
        self._selection.set_px(px)
        return None

    def chip_px(self, chip: PxChip) -> int:
        """The price behind a chip; 0 when there is none now."""
        return self._chip_px(chip)

    @property
    def held_chip(self) -> PxChip | None:
        """The chip whose price the form holds; the side's own first when two have the same price."""
        px = self.px
        if not px:
            return None
        own = (PxChip.ASK, PxChip.BID) if self.side is Side.BUY else (PxChip.BID, PxChip.ASK)
        return next(
            (chip for chip in (*own, PxChip.LAST, PxChip.LOWER, PxChip.UPPER) if px == self._chip_px(chip)), None
        )

    def _chip_px(self, chip: PxChip) -> int:
        instrument = self.instrument
        if instrument is None:
            return 0
        symbol = instrument.symbol
        if chip is PxChip.LOWER:
            return day_limits(instrument)[0]
        if chip is PxChip.UPPER:
            return day_limits(instrument)[1]
        last = last_px_of(self._market, symbol, self.venue)
        ask, bid = best_prices(self._market, symbol, self.venue)
        if chip is PxChip.ASK:
            return ask or last
        return (bid or last) if chip is PxChip.BID else last

    def step_px(self, ticks: int) -> None:
        """Move the price along the ticks, within the day's limits."""
        instrument = self.instrument
        if instrument is None or self.px <= 0:
            return
        moved = instrument.ticks.move(instrument.ticks.floor(self.px), ticks)
        self._selection.set_px(min(max(moved, instrument.lower_px), instrument.upper_px))

    def next_type(self) -> None:
        """The next order type that the venue takes."""
        types = self.types
        self.choose_type(*types[(types.index(self.term) + 1) % len(types)])

    def next_qty_mode(self) -> None:
        """Shares or money."""
        self.choose_qty_mode(QtyMode.AMOUNT if self.qty_mode is QtyMode.SHARES else QtyMode.SHARES)

    def next_credit(self) -> Refusal | None:
        """The next kind of payment; why there is none where credit is locked."""
        kinds = self.credits
        if len(kinds) == 1:
            return self._no_credit()
        return self.choose_credit(kinds[(kinds.index(self.payment) + 1) % len(kinds)])

    def next_time(self) -> None:
        """The next time of a reserved order."""
        times = reserve_times(self._market.trade_ns)
        self.choose_reserve(times[(times.index(self.reserve_time) + 1) % len(times)])

    def choose_qty_mode(self, mode: QtyMode) -> None:
        """Count the quantity in shares or in money; what it comes to stays."""
        if mode is QtyMode.AMOUNT and self.qty_mode is QtyMode.SHARES:
            self.amount = self._selection.qty * max(self._costing_px(), 0)
        elif mode is QtyMode.SHARES and self.qty_mode is QtyMode.AMOUNT:
            self._selection.set_qty(self.qty)
        self.qty_mode = mode
        self._selection.touch()

    def set_amount(self, amount: int) -> None:
        """Money to spend, in the issue's smallest unit."""
        self.amount = max(amount, 0)
        self._selection.touch()

    def choose_credit(self, credit: CashMargin) -> Refusal | None:
        """Own money, or a credit position opened or closed; only what the account has the right to."""
        if credit not in self.credits:
            return self._no_credit()
        self.credit = credit
        self._selection.touch()
        return None

    def _no_credit(self) -> Refusal:
        """Locked here, or nothing that the account has."""
        return self._actions.note("refusal.credit_locked" if len(self.credit_kinds) > 1 else "refusal.credit_none")

    def choose_reserve(self, time: ReserveTime) -> None:
        """When a reserved order is sent."""
        self.reserve_at = (time.key, time.count)
        self._selection.touch()

    def choose_reserve_side(self, index: int) -> None:
        """0 reserves a purchase, 1 a sale."""
        if (index == 1) is (self.reserve_side is Side.BUY):
            self.turn_reserve()

    @property
    def counts_money(self) -> bool:
        """Whether the quantity field holds an amount."""
        return self.qty_mode is QtyMode.AMOUNT and self.tab is not Tab.AMEND

    def turn_reserve(self) -> None:
        """Reserve a sale instead of a purchase, or the other way round."""
        self.reserve_side = Side.SELL if self.reserve_side is Side.BUY else Side.BUY
        self._selection.touch()

    def step_qty(self, lots: int) -> None:
        """Move the quantity by lots, at least one; an amount by the price of a lot."""
        lot = self.instrument.lot if self.instrument is not None else 1
        if self.qty_mode is QtyMode.AMOUNT:
            self.set_amount(self.amount + lots * lot * max(self._costing_px(), 0))
            return
        self._selection.set_qty(max(self._selection.qty + lots * lot, lot))

    def _costing_px(self) -> int:
        """A market buy may trade as high as the day's limit, and is held at it."""
        instrument = self.instrument
        if instrument is not None and not self.is_priced:
            return instrument.upper_px if self.side is Side.BUY else self._market.last_px(instrument.symbol)
        return self.px
