"""The scripted trader of a simulation: wants things at a terminal and remembers every answer.

It sends its intents once, sends them again under the same request id when a connection dies before the answer, and
sometimes twice on purpose, from the same terminal or from a second one. What the core told it is compared at the end
with the core and the venues.
"""

from random import Random

from msgspec.structs import replace

from hts.lab.conditions import Conditions
from hts.lab.faults import Fault, Faults
from hts.lab.schedule import Schedule
from hts.lab.terminal import Terminal
from hts.lab.wishes import in_lots, other_terms, work_wish
from hts.lab.wishes_lists import Hall, list_wish, steering
from hts.model.algo import AlgoParams
from hts.model.bracket import Exits
from hts.model.denials import Rule
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.intents import (
    AnyIntent,
    CancelAll,
    CancelLast,
    CancelOrder,
    Flatten,
    NewOrder,
    PlaceConditionals,
    ReplaceOrder,
    RouteOrder,
    SetKillSwitch,
    StartAlgo,
    StartBasket,
    StartQuoting,
)
from hts.model.units import ClOrdID, Px, Qty
from hts.model.views import OrderView, OutcomeView
from hts.model.work import WorkAct

BRACKET_EVERY = 5  # every so many wishes, if it is to buy, comes with its exits
OVERSELL = 0.05  # wishes to sell what is not held: risk must say no
SMALL = (1, 30)  # shares
LARGE = (100, 1_000)  # more than a level of the book holds: such orders fill in part
LARGE_SHARE = 0.15
OFF_GRID = 0.02  # wishes at a price between two ticks: likewise
WORK = 0.05  # wishes that the core carries out through other orders
LISTS = 0.015  # wishes for baskets, and for quotes on both sides
AMENDED = 0.5  # of the algorithms get other terms under way
AMENDED_NS = (50_000_000, 5_000_000_000)
STEERED_NS = (200_000_000, 12_000_000_000)  # after which he pauses or ends one
KILL = 0.002  # wishes to stop everything, and a little later to go on
RELEASE_NS = 1_300_000_000  # between the two acts of a release: the code comes with the status of each second
KILLED_NS = (200_000_000, 800_000_000)

_COUNTED = (NewOrder, RouteOrder, StartAlgo, PlaceConditionals, StartBasket, StartQuoting)


class Trader:
    """Wants at the first of its terminals; the others repeat what it said there."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        account: str,
        conditions: Conditions,
        lists: Random,
    ) -> None:
        self._lists = lists  # dice of baskets and quotes
        self._schedule = schedule
        self._rng = rng
        self._works = Random(rng.getrandbits(32))
        self._whims = Random(rng.getrandbits(32))  # rare wishes have dice of their own
        self._faults = faults
        self._account = account
        self._conditions = conditions
        self._left = 0
        self._sent = 0
        self._is_settling = True
        self._is_releasing = False
        self.terminals: list[Terminal] = []
        self.waiting: dict[str, AnyIntent] = {}  # intents without an answer yet
        self.intents: dict[str, AnyIntent] = {}
        self.outcomes: dict[str, OutcomeView] = {}
        self._violations: list[str] = []

    @property
    def terminal(self) -> Terminal:
        """The one it looks at."""
        return self.terminals[0]

    @property
    def violations(self) -> list[str]:
        """What it was told that cannot be."""
        return [*self._violations, *(one for terminal in self.terminals for one in terminal.violations)]

    @property
    def is_exhausted(self) -> bool:
        """Every order that was planned has been sent."""
        return self._left <= 0

    @property
    def is_done(self) -> bool:
        """Every intent has been answered and the core takes orders."""
        return not self.waiting and all(terminal.is_ready for terminal in self.terminals)

    def flattens(self, request_id: str) -> bool:
        """Whether this wish was to close a position: no rate holds it up."""
        return isinstance(self.intents.get(request_id), Flatten)

    def begin(self, orders: int) -> None:
        """Want things until `orders` orders were sent."""
        self._left = orders
        self._is_settling = False
        self._schedule.after(self._pause(), self._want)

    def take_unkept(self, outcome: OutcomeView) -> None:
        """A core without a journal can promise nothing, and keeps no answer."""
        self.waiting.pop(outcome.request_id, None)

    def take_outcome(self, outcome: OutcomeView) -> None:
        """The same request id must always get the same answer, whatever crashed between."""
        self.waiting.pop(outcome.request_id, None)
        if outcome.denial is not None and outcome.denial.rule is Rule.JOURNAL_HALTED:
            return  # told before the terminal heard that the core is halted
        before = self.outcomes.setdefault(outcome.request_id, outcome)
        if before is outcome and not outcome.accepted and isinstance(self.intents.get(outcome.request_id), _COUNTED):
            self._left += 1  # what risk refused was no order: another takes its place
        if before is outcome and outcome.accepted:
            self._steer_later(outcome)
        if before != outcome:
            self._violations.append(f"intent {outcome.request_id}: answered {before}, then {outcome}")

    def _steer_later(self, outcome: OutcomeView) -> None:
        """What runs until it is ended must be ended; of the rest some are."""
        intent = self.intents.get(outcome.request_id)
        if isinstance(intent, StartAlgo) and self._lists.random() < AMENDED:
            later = self._lists.randrange(*AMENDED_NS)
            self._schedule.after(later, lambda: self._amend(outcome.order_id, intent.params))
        if isinstance(intent, StartQuoting) or (isinstance(intent, StartBasket) and self._lists.random() < 0.5):
            self._schedule.after(self._lists.randrange(*STEERED_NS), lambda: self._steer(outcome.order_id))

    def _amend(self, work_id: ClOrdID, params: AlgoParams) -> None:
        issue = next((one for place, one in self.terminal.instruments.items() if place[1] == params.symbol), None)
        if issue is not None:
            self._say(other_terms(self._lists, self._next_id(), self._account, work_id, params=params, issue=issue))

    def _steer(self, work_id: ClOrdID) -> None:
        """Pause, go on, end; the last act is the end."""
        wish = steering(self._lists, self._next_id(), self._account, work_id)
        if wish.act is not WorkAct.CANCEL:
            self._schedule.after(self._lists.randrange(*STEERED_NS), lambda: self._steer(work_id))
        self._say(wish)

    def repeat_waiting(self) -> None:
        """Unanswered intents go out again once the core has reconciled: only then does it know what became of them."""
        for intent in list(self.waiting.values()):
            self.terminal.say(intent)

    def _pause(self) -> int:
        pause_ns = self._rng.randrange(*self._conditions.pause_ns)
        is_calm = self.terminal.is_open and not self.terminal.is_killed
        return pause_ns if is_calm else pause_ns * self._conditions.patience

    def _want(self) -> None:
        """One wish, then a pause."""
        if self._is_settling:
            return
        self._schedule.after(self._pause(), self._want)
        if not self.terminal.is_attached or not self.terminal.books:
            return
        if self._whims.random() < KILL:
            self._say(SetKillSwitch(request_id=self._next_id(), account=self._account, on=True, reason="lab"))
            self._release_later(self._whims.randrange(*KILLED_NS))
        elif self.terminal.is_killed and not self._is_releasing:
            self._release_later(RELEASE_NS)  # a breaker stopped us
        elif (intent := self._next_intent()) is not None:
            self._say(intent)

    def _release_later(self, delay_ns: int) -> None:
        if not self._is_releasing:
            self._is_releasing = True
            self._schedule.after(delay_ns, self._release)

    def _release(self) -> None:
        """Two acts: ask, and a little later give the code back that was told; until nothing is stopped any more."""
        if self.terminal.is_attached:
            code = self.terminal.release_code
            self._say(SetKillSwitch(request_id=self._next_id(), account=self._account, on=False, code=code))
        self._is_releasing = self.terminal.is_killed or not self.terminal.is_attached
        if self._is_releasing:
            self._schedule.after(RELEASE_NS, self._release)

    def _say(self, intent: AnyIntent) -> None:
        """Without a connection it waits for the next one."""
        self.intents[intent.request_id] = intent
        self.waiting[intent.request_id] = intent
        self.terminal.say(intent)
        if self._faults.happens(Fault.REPEAT):
            self.terminal.say(intent)
        for twin in self.terminals[1:]:
            if self._faults.happens(Fault.TWIN):
                twin.say(intent)

    def _next_intent(self) -> AnyIntent | None:
        """Seven in ten wishes are new orders, while there are some left; now and then one for the core to work on."""
        if self._left > 0 and self._works.random() < WORK:
            wish = self._work()
            if wish is not None:
                return wish
        if self._left > 0 and self._lists.random() < LISTS:
            wish = self._list()
            if wish is not None:
                return wish
        roll = self._rng.random()
        working = list(self.terminal.working.values())
        if roll < 0.7 or not working:
            return self._new_order() if self._left > 0 else None
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

    def _work(self) -> AnyIntent | None:
        terminal = self.terminal
        venue, symbol = place = self._works.choice(sorted(terminal.books))
        if not terminal.is_up(venue) or place not in terminal.instruments:
            return None
        held = terminal.positions.get(symbol)
        wish = work_wish(
            self._works,
            f"lab-{self._sent + 1}",
            self._account,
            book=terminal.books[place],
            issue=terminal.instruments[place],
            working=list(terminal.working.values()),
            sellable=held.sellable_qty if held else 0,
        )
        if wish is not None:
            self._sent += 1
            self._left -= 1
        if isinstance(wish, RouteOrder) and self._sent % BRACKET_EVERY == 0:
            return replace(wish, exits=Exits(take_ticks=2, stop_ticks=2))
        return wish

    def _list(self) -> AnyIntent | None:
        terminal = self.terminal
        books = {place: book for place, book in terminal.books.items() if terminal.is_up(place[0])}
        hall = Hall(books, terminal.instruments, terminal.positions)
        wish = list_wish(self._lists, f"lab-{self._sent + 1}", self._account, hall)
        if wish is not None:
            self._sent += 1
            self._left -= 1
        return wish

    def _next_id(self) -> str:
        self._sent += 1
        return f"lab-{self._sent}"

    def _new_order(self) -> NewOrder | None:
        terminal = self.terminal
        venue, symbol = place = self._rng.choice(sorted(terminal.books))
        if not terminal.is_up(venue) or place not in terminal.instruments:
            return None
        book, instrument = terminal.books[place], terminal.instruments[place]
        held = terminal.positions.get(symbol)
        sellable = held.sellable_qty if held else 0
        side = self._rng.choice((Side.BUY, Side.SELL)) if sellable > 0 or self._rng.random() < OVERSELL else Side.BUY
        touch = book.levels[0] if side is Side.BUY else book.levels[1]
        if not touch:
            return None
        self._left -= 1
        lot = int(instrument.lot)
        is_market = self._rng.random() < 0.1
        ticks = self._rng.choice((0, 0, 1, 2, -1, -3)) * side.sign
        px = Px(0) if is_market else instrument.ticks.move(touch, ticks)
        is_bracket = side is Side.BUY and self._sent % BRACKET_EVERY == 0
        if px and self._whims.random() < OFF_GRID:
            px = Px(px + 1)
        return NewOrder(
            request_id=self._next_id(),
            account=self._account,
            venue=venue,
            symbol=symbol,
            side=side,
            ord_type=OrdType.MARKET if is_market else OrdType.LIMIT,
            time_in_force=self._rng.choice((TimeInForce.DAY,) * 8 + (TimeInForce.IOC, TimeInForce.FOK)),
            px=px,
            qty=Qty(in_lots(self._rng.randrange(*(LARGE if self._whims.random() < LARGE_SHARE else SMALL)), lot)),
            exits=Exits(take_ticks=2, stop_ticks=2) if is_bracket else None,
        )

    def _replace(self, order: OrderView) -> ReplaceOrder:
        instrument = self.terminal.instruments[order.venue, order.symbol]
        px = instrument.ticks.move(order.px, self._rng.choice((-2, -1, 1, 2))) if order.px else order.px
        lot = int(instrument.lot)
        lots = order.order_qty // lot - self._rng.choice((0, 0, 1, order.leaves_qty // lot // 2))
        qty = Qty(max(1, lots) * lot)
        return ReplaceOrder(
            request_id=self._next_id(), account=self._account, cl_ord_id=order.cl_ord_id, px=px, qty=qty
        )

    def settle(self) -> None:
        """Want nothing more; what is open is still answered."""
        self._is_settling = True
