"""When all is quiet: do terminal, core and venue believe the same?

orders      every order of the venue stands once in the core, with the same quantities and the same end or life;
            nothing works in the core that does not work at the venue
fills       the venue's fills are the terminal's fills, each once, with the right costs; they are read from the drop
            copy, at a venue without UMS from what it has noted as told to us
refusals    the venue had to refuse nothing that our own risk should have
money       position = sum of fills; cash = opening cash + sales - purchases - costs
cancels     an order whose cancel was accepted is over
work        what is over never reached beyond its whole either
screen      the terminal's orders are the core's
"""

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from hts.engine.engine import Engine
from hts.lab.core_node import CoreNode
from hts.lab.ports import Parts
from hts.lab.setting import ACCOUNT, MEMBER, PASSWORD
from hts.lab.steps import Children, Violate, check_work
from hts.lab.terminal import Terminal
from hts.lab.trader import Trader
from hts.lab.venue_node import VenueNode
from hts.lab.watch import Watch
from hts.model.enums import ExecType, Side
from hts.model.instruments import Instrument
from hts.model.intents import CancelOrder
from hts.model.reasons import LocalCause, Reason
from hts.model.units import ClOrdID, Notional
from hts.model.views import OrderView
from hts.sim.events import OrderStated
from hts.sim.native_names import NATIVE_NAMES
from hts.sim.order_entry import DROP_COPY
from hts.sim.order_entry_messages import to_message
from hts.sim.venue import Venue
from hts.wire.ums.events import MessageReceived
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import Execution
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

Told = tuple[str, Execution]
"""A venue's name and what it said."""

_ROUNDS_MAX = 100
OURS_TO_REFUSE = frozenset(
    {
        Reason.UNKNOWN_SYMBOL,
        Reason.BAD_TICK,
        Reason.PRICE_LIMIT,
        Reason.BAD_QTY,
        Reason.BAD_LOT,
        Reason.DUPLICATE_CL_ORD_ID,
        Reason.UNKNOWN_ACCOUNT,
    }
)


class Settlement:
    """Compares whenever all is quiet; what earlier days brought is carried over by `close_day`."""

    def __init__(
        self, *, watch: Watch, parts: Parts, trader: Trader, core: CoreNode, venues: Mapping[str, VenueNode]
    ) -> None:
        self._watch = watch
        self._layout = parts.ums
        self._currency = parts.currency
        self._trader = trader
        self._core = core
        self._venues = venues
        self._shares: Counter[str] = Counter()  # held at the beginning of the day
        self._cash = int(parts.cash)
        self._old: set[int] = set()  # orders of earlier days

    def check(self) -> list[str]:
        """A sentence for everything that does not agree now."""
        found: list[str] = []
        self._check(found.append)
        return found

    def _check(self, violate: Violate) -> None:
        trader, engine = self._trader, self._core.engine
        processes = {name: node.venue for name, node in self._venues.items()}
        if engine is None or None in processes.values():
            violate("core and venues should all be up when all has settled")
            return
        up = {name: process for name, process in processes.items() if process is not None}
        told = self._executions()
        self._watch.check_orders(engine)
        check_work(violate, engine.core.state, engine.core.state.works, Children())
        _orders(violate, engine, up)
        for terminal in trader.terminals:
            _fills(violate, terminal, told)
            _screen(violate, engine, terminal, self._old)
        _costs(violate, engine, trader.terminal, up)
        _refusals(violate, told)
        self._money(violate, engine, told)
        _cancels(violate, engine, trader)
        if trader.waiting:
            violate(f"{len(trader.waiting)} intents have no answer, the first is {next(iter(trader.waiting))}")

    def close_day(self) -> None:
        """Carry over what the day brought; the venues' drop copies begin anew."""
        self._shares, self._cash = self._booked(self._executions())
        self.begin_day()

    def begin_day(self) -> None:
        """What is known by now may be gone from the core, and its numbers at the venue may come again."""
        self._old.update(order_id for terminal in self._trader.terminals for order_id in terminal.orders)

    def _executions(self) -> list[Told]:
        return [
            (name, execution) for name, node in self._venues.items() for execution in executions_of(self._layout, node)
        ]

    def _value(self, venue: str, symbol: str, px: int, qty: int) -> int:
        process = self._venues[venue].venue
        assert process is not None, venue
        return int(process.day.exchange.issues[symbol].instrument.money(px, qty))

    def _booked(self, told: list[Told]) -> tuple[Counter[str], int]:
        """Shares and cash: the day's beginning, the venues' fills, and the costs that were shown with them."""
        shares, cash = Counter(self._shares), self._cash
        for (venue, _), (symbol, side, px, qty) in fills_of(told).items():
            shares[symbol] += side.sign * qty
            cash -= side.sign * self._value(venue, symbol, px, qty)
        cash -= sum(fill.fee + fill.tax for fill in self._trader.terminal.fills.values())
        return shares, cash

    def _money(self, violate: Violate, engine: Engine, told: list[Told]) -> None:
        shares, cash = self._booked(told)
        ledger = engine.core.state.ledger
        held = {position.symbol: int(position.qty) for position in ledger.positions()}
        for symbol in shares.keys() | held.keys():
            if shares[symbol] != held.get(symbol, 0):
                violate(f"{symbol}: fills sum up to {shares[symbol]}, the position is {held.get(symbol, 0)}")
            if held.get(symbol, 0) < 0 and symbol not in self._watch.undone:
                violate(f"{symbol}: sold {-held[symbol]} shares that were not held")
        money = ledger.money(ACCOUNT, self._currency)
        if money is None or money.cash != cash:
            violate(f"cash: {cash} expected from the fills, found {money.cash if money else None}")
        if any(fill.tax and fill.side is Side.BUY for fill in self._trader.terminal.fills.values()):
            violate("a purchase was taxed")


def fills_of(told: list[Told]) -> dict[tuple[str, int], tuple[str, Side, int, int]]:
    """What each fill that stands is (symbol, side, price, quantity) by venue and ExecID; busts are carried out."""
    found: dict[tuple[str, int], tuple[str, Side, int, int]] = {}
    for name, e in told:
        if e.exec_type in (ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT):
            del found[name, e.exec_ref_id]
        if e.exec_type in (ExecType.TRADE, ExecType.TRADE_CORRECT):
            assert (name, e.exec_id) not in found, f"{name} tells fill {e.exec_id} twice"
            found[name, e.exec_id] = (e.symbol, e.side, e.last_px, e.last_qty)
    return found


def executions_of(layout: UmsLayout, node: VenueNode) -> list[Execution]:
    """What the venue has said about the member's orders today: by its drop copy, or by what it has noted as told."""
    if node.config.ums is not None:
        return read_drop_copy(layout, node)
    assert node.venue is not None, node.config.name
    told = [to_message(event) for event in node.venue.day.told if event.session == MEMBER]
    return [message for message in told if isinstance(message, Execution)]


def read_drop_copy(layout: UmsLayout, venue: VenueNode) -> list[Execution]:
    """Everything the venue has said about the member's orders today, over a real session."""
    session = UmsSession(
        layout, role=Role.INITIATOR, comp_id=MEMBER + DROP_COPY, peer_id=venue.config.name, password=PASSWORD, epoch=0
    )
    venue.open_directly()
    session.connected(0, venue.now())
    found: list[Execution] = []
    for _ in range(_ROUNDS_MAX):
        data = session.data_to_send()
        answers = venue.exchange_directly(data)
        if not data and not answers:
            venue.close_directly()
            return found
        for answer in answers:
            session.receive_data(answer, 0, venue.now())
        while (event := session.next_event()) is not None:
            if isinstance(event, MessageReceived) and isinstance(event.message, Execution):
                found.append(event.message)
    raise AssertionError("the drop copy never became quiet")


def _orders(violate: Violate, engine: Engine, venues: Mapping[str, Venue]) -> None:
    orders = engine.core.state.orders
    # A venue numbers its orders anew each day: what the new day closed has a number of the day before.
    today = [order for order in orders if order.local_cause != LocalCause.VENUE_NEW_DAY]
    numbers = Counter((order.venue, order.venue_order_id) for order in today if order.venue_order_id)
    days = {name: venue.trading_date for name, venue in venues.items()}
    working = set()
    for name, venue in venues.items():
        for stated in venue.day.exchange.order_state(MEMBER):
            order = orders.find(ClOrdID(_name_of(name, stated)))
            if order is None:
                violate(f"order {stated.order_id} of {name} is unknown to the core")
                continue
            if not stated.ord_status.is_terminal:
                working.add(order.order_id)
            if numbers[name, order.venue_order_id] > 1 and days[name]:
                violate(f"{name} order {order.venue_order_id} stands {numbers[name, order.venue_order_id]} times")
            ours = (order.venue, order.order_qty, order.cum_qty, order.leaves_qty, order.px, order.ord_status)
            theirs = (name, stated.order_qty, stated.cum_qty, stated.leaves_qty, stated.px, stated.ord_status)
            if ours != theirs:
                violate(f"order {order.order_id}: the core has {ours}, the venue {theirs}")
    for order in orders:
        if order.is_working and order.order_id not in working:
            violate(f"order {order.order_id} works in the core as {order.ord_status.name}, and not at the venue")


def _name_of(venue: str, stated: OrderStated) -> int:
    """The order's first name in the house: its number at the venue, or what the member's own name for it was."""
    name_of = NATIVE_NAMES.get(venue)
    return int(stated.order_id) if name_of is None else int(name_of(stated.request_id))


def _fills(violate: Violate, terminal: Terminal, told: list[Told]) -> None:
    theirs = fills_of(told)
    ours = {key: (f.symbol, f.side, int(f.px), int(f.qty)) for key, f in terminal.fills.items() if f.qty}
    for exec_id in sorted(theirs.keys() - ours.keys()):
        violate(f"fill {exec_id} {theirs[exec_id]} of the venue is unknown to the terminal")
    for exec_id in sorted(ours.keys() - theirs.keys()):
        violate(f"fill {exec_id} {ours[exec_id]} of the terminal is unknown to the venue")
    for exec_id in sorted(ours.keys() & theirs.keys()):
        if ours[exec_id] != theirs[exec_id]:
            violate(f"fill {exec_id}: the terminal has {ours[exec_id]}, the venue {theirs[exec_id]}")


def _costs(violate: Violate, engine: Engine, terminal: Terminal, venues: Mapping[str, Venue]) -> None:
    """What the day's tables say of the venues' own lists: each fill's fee, and the tax of all sales of an issue."""
    listed = {
        (name, instrument.symbol): _as_listed(venue, instrument)
        for name, venue in venues.items()
        for instrument in venue.day.exchange.instruments
    }
    sums: dict[tuple[str, Side], list[int]] = {}
    expected: dict[tuple[str, Side], int] = {}
    for fill in terminal.fills.values():
        issue, date = listed[fill.venue, fill.symbol], venues[fill.venue].trading_date
        value = issue.money(fill.px, fill.qty)
        fee, _ = engine.core.fee(fill.side, value, issue, date)
        if fill.fee != fee:
            violate(f"fill {fill.exec_id}: fee {fee} expected, found {fill.fee}")
        day = sums.setdefault((fill.symbol, fill.side), [0, 0])
        day[0] += value
        day[1] += fill.tax
        _, day_tax = engine.core.fee(fill.side, Notional(day[0]), issue, date)
        expected[fill.symbol, fill.side] = day_tax
    for place, (_, paid) in sums.items():
        if paid != expected[place]:
            violate(f"{place[0]} {place[1].name}: tax {expected[place]} of the day expected, found {paid}")


def _as_listed(venue: Venue, instrument: Instrument) -> Instrument:
    """As the core lists it: what is traded at Nextrade is listed at the KRX, anything else where it is traded."""
    name = venue.config.name
    return replace(instrument, venue=name, listing_venue=instrument.listing_venue if venue.config.ums else name)


def _refusals(violate: Violate, told: list[Told]) -> None:
    """What a venue may not have to refuse: our own risk knows the same rules."""
    for name, execution in told:
        if execution.exec_type is ExecType.REJECTED and execution.reason_code in OURS_TO_REFUSE:
            violate(f"order {execution.cl_ord_id} was rejected by {name} for {Reason(execution.reason_code).name}")


def _cancels(violate: Violate, engine: Engine, trader: Trader) -> None:
    orders = engine.core.state.orders
    for request_id, intent in trader.intents.items():
        outcome = trader.outcomes.get(request_id)
        if not isinstance(intent, CancelOrder) or outcome is None or not outcome.accepted:
            continue
        order = orders.find(intent.cl_ord_id)
        if order is not None and order.is_working:
            violate(
                f"order {order.order_id}: cancel {request_id} was accepted, and it still is {order.ord_status.name}"
            )
    for order in orders:
        if order.pending:
            violate(f"order {order.order_id}: {len(order.pending)} requests are still without an answer")


def _screen(violate: Violate, engine: Engine, terminal: Terminal, old: set[int]) -> None:
    """The terminal shows the core's orders; of earlier days it may still show what is over."""
    ours = {order.order_id: _timeless(engine.core.order_view(order)) for order in engine.core.state.orders}
    shown = {order_id: _timeless(order) for order_id, order in terminal.orders.items()}
    for order_id in sorted(ours.keys() | shown.keys()):
        if order_id not in ours and order_id in old and shown[order_id].ord_status.is_terminal:
            continue
        if ours.get(order_id) != shown.get(order_id):
            violate(f"order {order_id}: the terminal shows {shown.get(order_id)}, the core has {ours.get(order_id)}")


def _timeless(view: OrderView) -> OrderView:
    """Latency figures belong to one process and do not survive it."""
    return replace(view, sent_us=0, ack_us=0)
