"""The scripted trader of a simulation: a real link client that wants things and remembers every answer.

It sends its intents once, sends them again under the same request id when a connection dies before the answer, and
sometimes twice on purpose. It keeps what the core told it, so that at the end its screen can be compared with the
core and the venue.
"""

from collections.abc import Callable
from random import Random

from hts.base.errors import RemoteProtocolError
from hts.lab.conditions import Conditions
from hts.lab.faults import Fault, Faults
from hts.lab.schedule import Schedule
from hts.link.client import LinkClient, Message
from hts.model.denials import Rule
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.intents import (
    AnyIntent,
    CancelAll,
    CancelLast,
    CancelOrder,
    Flatten,
    NewOrder,
    ReplaceOrder,
    SetKillSwitch,
)
from hts.model.quotes import BookUpdate
from hts.model.units import ClOrdID, Px, Qty
from hts.model.views import CoreState, FillView, LinkState, OrderView, OutcomeView, PositionView, StatusView
from hts.wire.link.messages import Refused, SnapshotBegin, Welcome

RECONNECT_NS = 20_000_000
OVERSELL = 0.05  # wishes to sell what is not held: risk must say no
SMALL = (1, 30)  # shares
LARGE = (100, 1_000)  # more than a level of the book holds: such orders fill in part
LARGE_SHARE = 0.15
OFF_GRID = 0.02  # wishes at a price between two ticks: likewise
KILL = 0.002  # wishes to stop everything, and a little later to go on
KILLED_NS = (200_000_000, 800_000_000)


class Trader:
    """One terminal without a screen. `dial` opens a connection, `write` sends on it, `hang_up` closes it."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        client: LinkClient,
        account: str,
        orders: int,
        conditions: Conditions,
        dial: Callable[[], None],
        write: Callable[[bytes], None],
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._whims = Random(rng.getrandbits(32))  # rare wishes have dice of their own
        self._faults = faults
        self._client = client
        self._account = account
        self._dial = dial
        self._write = write
        self._left = orders
        self._conditions = conditions
        self._is_open = False  # the market trades continuously
        self._sent = 0
        self._attached = False
        self._ready = False
        self._is_settling = False
        self._books: dict[str, BookUpdate] = {}
        self._instruments: dict[str, Instrument] = {}
        self.waiting: dict[str, AnyIntent] = {}  # intents without an answer yet
        self.intents: dict[str, AnyIntent] = {}
        self.outcomes: dict[str, OutcomeView] = {}
        self.orders: dict[ClOrdID, OrderView] = {}
        self._working: dict[ClOrdID, OrderView] = {}
        self.fills: dict[int, FillView] = {}
        self.positions: dict[str, PositionView] = {}
        self.violations: list[str] = []

    @property
    def is_exhausted(self) -> bool:
        """Every order that was planned has been sent."""
        return self._left == 0

    @property
    def is_done(self) -> bool:
        """Every intent has been answered and the core takes orders."""
        return not self.waiting and self._ready

    def start(self) -> None:
        """Connect and begin to want things."""
        self._dial()
        self._schedule.after(self._pause(), self._want)

    def connected(self) -> None:
        """The connection stands: say hello."""
        self._write(self._client.hello())

    def disconnected(self) -> None:
        """The connection is gone: come back soon."""
        self._attached = self._ready = False
        self._schedule.after(RECONNECT_NS, self._dial)

    def receive_data(self, data: bytes) -> None:
        """What the core says."""
        try:
            messages = self._client.receive_data(data)
        except RemoteProtocolError as error:
            self.violations.append(f"link: {error}")
            return
        for message in messages:
            self._take(message)

    def _take(self, message: Message) -> None:
        if isinstance(message, BookUpdate):
            self._books[message.symbol] = message
        elif isinstance(message, Instrument):
            self._instruments[message.symbol] = message
        elif isinstance(message, OutcomeView):
            self._outcome(message)
        elif isinstance(message, OrderView):
            self._show_order(message)
        elif isinstance(message, FillView):
            self._fill(message)
        elif isinstance(message, PositionView):
            self.positions[message.symbol] = message
        elif isinstance(message, StatusView):
            self._status(message)
        elif isinstance(message, Welcome):
            self._attached = True
        elif isinstance(message, SnapshotBegin):
            self.orders.clear()
            self._working.clear()
            self.fills.clear()
            self.positions.clear()
        elif isinstance(message, Refused):
            self.violations.append(f"link refused: {message.reason}")

    def _show_order(self, order: OrderView) -> None:
        self.orders[order.order_id] = order
        if order.ord_status.is_terminal:
            self._working.pop(order.order_id, None)
        else:
            self._working[order.order_id] = order

    def _outcome(self, outcome: OutcomeView) -> None:
        """The same request id must always get the same answer, whatever crashed between."""
        self.waiting.pop(outcome.request_id, None)
        if outcome.denial is not None and outcome.denial.rule is Rule.JOURNAL_HALTED:
            return  # a core without a journal can promise nothing, and keeps no answer
        before = self.outcomes.setdefault(outcome.request_id, outcome)
        if before is outcome and not outcome.accepted and isinstance(self.intents.get(outcome.request_id), NewOrder):
            self._left += 1  # what risk refused was no order: another takes its place
        if before != outcome:
            self.violations.append(f"intent {outcome.request_id}: answered {before}, then {outcome}")

    def _fill(self, fill: FillView) -> None:
        before = self.fills.setdefault(fill.exec_id, fill)
        if before is not fill and before != fill:
            self.violations.append(f"fill {fill.exec_id}: told {before}, then {fill}")

    def _status(self, status: StatusView) -> None:
        """Unanswered intents go out again once the core has reconciled: only then does it know what became of them."""
        self._is_open = status.phase is Phase.CONTINUOUS
        was_ready, self._ready = self._ready, status.core is CoreState.READY and status.orders is LinkState.UP
        if self._ready and not was_ready:
            self._send_waiting_again()

    def _send_waiting_again(self) -> None:
        for intent in list(self.waiting.values()):
            self._write(self._client.intent(intent))

    def _pause(self) -> int:
        pause_ns = self._rng.randrange(*self._conditions.pause_ns)
        return pause_ns if self._is_open else pause_ns * self._conditions.patience

    def _want(self) -> None:
        """One wish, then a pause."""
        if self._is_settling:
            return
        self._schedule.after(self._pause(), self._want)
        if not self._attached or not self._books:
            return
        if self._whims.random() < KILL:
            self._say(SetKillSwitch(request_id=self._next_id(), account=self._account, on=True, reason="lab"))
            self._schedule.after(self._whims.randrange(*KILLED_NS), self._release)
        elif (intent := self._next_intent()) is not None:
            self._say(intent)

    def _release(self) -> None:
        self._say(SetKillSwitch(request_id=self._next_id(), account=self._account, on=False))

    def _say(self, intent: AnyIntent) -> None:
        """Without a connection it waits for the next one."""
        self.intents[intent.request_id] = intent
        self.waiting[intent.request_id] = intent
        data = self._client.intent(intent)
        self._write(data)
        if self._faults.happens(Fault.REPEAT):
            self._write(data)

    def _next_intent(self) -> AnyIntent | None:
        """Seven in ten wishes are new orders, while there are some left."""
        roll = self._rng.random()
        working = list(self._working.values())
        if roll < 0.7 or not working:
            return self._new_order() if self._left and self._ready else None
        order = self._rng.choice(working)
        if roll < 0.82:
            return CancelOrder(request_id=self._next_id(), account=self._account, cl_ord_id=order.cl_ord_id)
        if roll < 0.96:
            return self._replace(order)
        if roll < 0.975:
            return CancelLast(request_id=self._next_id(), account=self._account)
        if roll < 0.99:
            return Flatten(request_id=self._next_id(), account=self._account, symbol=order.symbol)
        return CancelAll(request_id=self._next_id(), account=self._account, symbol=order.symbol)

    def _next_id(self) -> str:
        self._sent += 1
        return f"lab-{self._sent}"

    def _new_order(self) -> NewOrder | None:
        symbol = self._rng.choice(sorted(self._books))
        book, instrument = self._books[symbol], self._instruments[symbol]
        held = self.positions.get(symbol)
        sellable = held.sellable_qty if held else 0
        side = self._rng.choice((Side.BUY, Side.SELL)) if sellable > 0 or self._rng.random() < OVERSELL else Side.BUY
        touch = book.levels[0] if side is Side.BUY else book.levels[1]
        if not touch:
            return None
        self._left -= 1
        is_market = self._rng.random() < 0.1
        ticks = self._rng.choice((0, 0, 1, 2, -1, -3)) * side.sign
        px = Px(0) if is_market else instrument.ticks.move(touch, ticks)
        if px and self._whims.random() < OFF_GRID:
            px = Px(px + 1)
        return NewOrder(
            request_id=self._next_id(),
            account=self._account,
            symbol=symbol,
            side=side,
            ord_type=OrdType.MARKET if is_market else OrdType.LIMIT,
            time_in_force=self._rng.choice((TimeInForce.DAY,) * 8 + (TimeInForce.IOC, TimeInForce.FOK)),
            px=px,
            qty=Qty(self._rng.randrange(*(LARGE if self._whims.random() < LARGE_SHARE else SMALL))),
        )

    def _replace(self, order: OrderView) -> ReplaceOrder:
        instrument = self._instruments[order.symbol]
        px = instrument.ticks.move(order.px, self._rng.choice((-2, -1, 1, 2))) if order.px else order.px
        qty = Qty(max(1, order.order_qty - self._rng.choice((0, 0, 1, order.leaves_qty // 2))))
        return ReplaceOrder(
            request_id=self._next_id(), account=self._account, cl_ord_id=order.cl_ord_id, px=px, qty=qty
        )

    def settle(self) -> None:
        """Want nothing more; what is open is still answered."""
        self._is_settling = True
