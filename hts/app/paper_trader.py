"""A trader by script: enters, amends, cancels and flattens as a person at a terminal would, and keeps the answers.

It speaks through a terminal's link or through the public door. Its wishes come from a seed and the books it sees; some
of them are meant to be refused by the house's risk (a price above the daily limit), some by the venue (a burst above
its throttle).
"""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from hts.app.api_link import WishLine
from hts.app.terminal_link import LinkMessage
from hts.model.enums import OrdStatus, OrdType, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent, CancelAll, CancelOrder, Flatten, NewOrder, ReplaceOrder
from hts.model.quotes import BookUpdate
from hts.model.units import ClOrdID, Px, Qty
from hts.model.venues import HOME_VENUE
from hts.model.views import (
    AccountView,
    CoreState,
    FillView,
    LinkState,
    OrderView,
    OutcomeView,
    PositionView,
    StatusView,
)
from hts.wire.link.messages import SnapshotBegin

SHARE: Final = {"KRW": 2_000_000, "JPY": 600_000, "USD": 400_000}  # of the cash, for one order, in its smallest unit
SHARES_MAX: Final = 10  # an issue whose lot is worth more of them is left alone
Traded = tuple[str, str]
"""Venue and symbol."""

BURST: Final = 60  # orders within one moment, more than the venue takes in a second


class PaperTrader:
    """One account, one connection; orders at these venues, which list what they trade under the same symbols."""

    def __init__(
        self, link: WishLine, account: str, seed: int, run_id: str, venues: tuple[str, ...] = (HOME_VENUE,)
    ) -> None:
        self._link = link
        self._venues = venues
        self._account = account
        self._rng = Random(seed)
        self._run_id = run_id
        self._wishes = 0
        self.instruments: dict[Traded, Instrument] = {}
        self.books: dict[Traded, BookUpdate] = {}
        self.statuses: dict[str, StatusView] = {}
        self.orders: dict[ClOrdID, OrderView] = {}
        self.fills: dict[tuple[str, int], FillView] = {}
        self.positions: dict[str, PositionView] = {}
        self.accounts: dict[str, AccountView] = {}
        self.outcomes: dict[str, OutcomeView] = {}
        self.sent_ns: dict[str, int] = {}
        self.answer_us: list[int] = []
        self.partly_filled: set[ClOrdID] = set()
        self.amended: set[ClOrdID] = set()

    @property
    def status(self) -> StatusView | None:
        """Of the first venue."""
        return self.statuses.get(self._venues[0])

    @property
    def is_ready(self) -> bool:
        """Whether the core takes orders and the markets can be seen."""
        seen = {venue for venue, _ in self._tradable()}
        return self._link.is_up and all(venue in seen and self._takes_orders(venue) for venue in self._venues)

    def _takes_orders(self, venue: str) -> bool:
        status = self.statuses.get(venue)
        return (
            status is not None
            and status.core is CoreState.READY
            and status.orders is LinkState.UP
            and status.phase.takes_orders
        )

    @property
    def unanswered(self) -> int:
        """Intents without an outcome."""
        return len(self.sent_ns.keys() - self.outcomes.keys())

    def take(self, messages: Sequence[LinkMessage], mono_ns: int) -> None:
        """What the core has told since the last look."""
        for message in messages:
            match message:
                case BookUpdate() if message.venue in self._venues:
                    self.books[message.venue, message.symbol] = message
                case Instrument() if message.venue in self._venues:
                    self.instruments[message.venue, message.symbol] = message
                case OrderView():
                    self._order(message)
                case FillView():
                    self.fills[message.venue, message.exec_id] = message
                case PositionView():
                    self.positions[message.symbol] = message
                case AccountView():
                    self.accounts[message.currency] = message
                case OutcomeView():
                    self.outcomes[message.request_id] = message
                    if message.request_id in self.sent_ns:
                        self.answer_us.append((mono_ns - self.sent_ns[message.request_id]) // 1000)
                case StatusView() if message.venue in self._venues:
                    self.statuses[message.venue] = message
                case SnapshotBegin():
                    self.orders.clear()
                    self.fills.clear()
                    self.positions.clear()

    def _order(self, order: OrderView) -> None:
        before = self.orders.get(order.order_id)
        if before is not None and before.px != order.px:
            self.amended.add(order.order_id)
        if order.ord_status is OrdStatus.PARTIALLY_FILLED:
            self.partly_filled.add(order.order_id)
        self.orders[order.order_id] = order

    # -- wishes

    def act(self, mono_ns: int) -> None:
        """One wish."""
        working = [o for o in self.orders.values() if o.ord_status in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)]
        roll = self._rng.random()
        if working and roll < 0.18:
            self._amend(self._rng.choice(working), mono_ns)
        elif working and roll < 0.36:
            order = self._rng.choice(working)
            self._send(CancelOrder(request_id=self._id(), account=self._account, cl_ord_id=order.cl_ord_id), mono_ns)
        elif roll < 0.40:
            self._beyond_the_limit(mono_ns)
        else:
            self._enter(mono_ns)

    def burst(self, mono_ns: int) -> None:
        """More orders at once than the venue takes: it refuses the rest."""
        traded = min(self._tradable(), key=lambda one: self.instruments[one].money(self.books[one].levels[1], 1))
        instrument, bid = self.instruments[traded], self.books[traded].levels[1]
        for number in range(BURST):
            px = instrument.ticks.move(bid, -5 - number // 3)  # no two alike: the house would take them for a slip
            self._new(instrument, Side.BUY, px, 1 + number % 3, mono_ns)

    def clear(self, mono_ns: int) -> str:
        """Cancel what works; the wish's request id. Its answer comes behind those of all wishes before."""
        wish = CancelAll(request_id=self._id(), account=self._account)
        self._send(wish, mono_ns)
        return wish.request_id

    def flatten(self, mono_ns: int) -> None:
        """Close the first position there is."""
        for position in self.positions.values():
            if position.qty:
                wish = Flatten(request_id=self._id(), account=self._account, symbol=position.symbol)
                self._send(wish, mono_ns)
                return

    def _enter(self, mono_ns: int) -> None:
        traded = self._rng.choice(self._tradable())
        book, instrument = self.books[traded], self.instruments[traded]
        held, lot = self.positions.get(instrument.symbol), int(instrument.lot)
        sellable = held.sellable_qty // lot if held else 0
        side = Side.SELL if sellable > 0 and self._rng.random() < 0.5 else Side.BUY
        touch = book.levels[0] if side is Side.BUY else book.levels[1]
        is_eager = self._rng.random() < 0.6
        px = touch if is_eager else instrument.ticks.move(touch, -side.sign * self._rng.randrange(1, 4))
        at_touch = (book.levels[2] if side is Side.BUY else book.levels[3]) // lot
        # Sometimes a little more than stands at the touch: the rest waits, partly filled.
        wanted = at_touch + 5 if is_eager and self._rng.random() < 0.3 else self._rng.randrange(1, 40)
        affordable = SHARE[instrument.currency] // instrument.money(px, lot)
        lots = max(1, min(wanted, affordable if wanted != at_touch + 5 else 4 * affordable))
        self._new(instrument, side, px, min(lots, sellable) if side is Side.SELL else lots, mono_ns)

    def _amend(self, order: OrderView, mono_ns: int) -> None:
        if not order.px:
            return
        ticks = self._rng.choice((-2, -1, 1, 2))
        px = self.instruments[order.venue, order.symbol].ticks.move(order.px, ticks)
        wish = ReplaceOrder(
            request_id=self._id(), account=self._account, cl_ord_id=order.cl_ord_id, px=px, qty=order.order_qty
        )
        self._send(wish, mono_ns)

    def _beyond_the_limit(self, mono_ns: int) -> None:
        instrument = self.instruments[self._rng.choice(self._tradable())]
        self._new(instrument, Side.BUY, instrument.ticks.up(instrument.upper_px), 1, mono_ns)

    def _new(self, instrument: Instrument, side: Side, px: int, lots: int, mono_ns: int) -> None:
        wish = NewOrder(
            request_id=self._id(),
            account=self._account,
            key_ns=mono_ns,
            symbol=instrument.symbol,
            venue=instrument.venue,
            side=side,
            ord_type=OrdType.LIMIT,
            time_in_force=TimeInForce.DAY,
            px=Px(px),
            qty=Qty(lots * instrument.lot),
        )
        self._send(wish, mono_ns)

    def _tradable(self) -> list[Traded]:
        """What has both sides and is not too big, in order."""
        found = (one for one, book in self.books.items() if book.levels[0] and book.levels[1])
        return sorted(one for one in found if one in self.instruments and self._is_small(one))

    def _is_small(self, traded: Traded) -> bool:
        instrument = self.instruments[traded]
        value = instrument.money(self.books[traded].levels[0], instrument.lot)
        return value <= SHARES_MAX * SHARE[instrument.currency]

    def _id(self) -> str:
        self._wishes += 1
        return f"{self._run_id}-{self._wishes}"

    def _send(self, wish: AnyIntent, mono_ns: int) -> None:
        if self._link.send(wish):
            self.sent_ns[wish.request_id] = mono_ns

    # -- counts

    def count(self, *statuses: OrdStatus) -> int:
        """Orders in one of these states."""
        return sum(order.ord_status in statuses for order in self.orders.values())

    def denials(self) -> dict[str, int]:
        """How many intents each rule refused."""
        return dict(Counter(o.denial.rule.value for o in self.outcomes.values() if o.denial is not None))
