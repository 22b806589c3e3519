"""When all is quiet: do terminal, core and venue believe the same?

orders      every order of the venue stands once in the core, with the same quantities and the same end or life;
            nothing works in the core that does not work at the venue
fills       the venue's fills, read from its drop copy, are the terminal's fills, each once, with the right costs
refusals    the venue had to refuse nothing that our own risk should have
money       position = sum of fills; cash = opening cash + sales - purchases - costs
cancels     an order whose cancel was accepted is over
screen      the terminal's orders are the core's
"""

from collections import Counter
from collections.abc import Callable

from msgspec.structs import replace

from hts.engine.engine import Engine
from hts.lab.core_node import CoreNode
from hts.lab.setting import ACCOUNT, CASH, MEMBER, PASSWORD, VENUE
from hts.lab.trader import Trader
from hts.lab.venue_node import VenueNode
from hts.lab.watch import Watch
from hts.model.enums import ExecType, Side
from hts.model.intents import CancelOrder
from hts.model.reasons import Reason
from hts.model.units import Notional
from hts.model.views import OrderView
from hts.sim.order_entry import DROP_COPY
from hts.sim.venue import Venue
from hts.wire.ums.events import MessageReceived
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import Execution
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

_CONNECTION = 1_000_000
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


def check_settled(
    *, watch: Watch, layout: UmsLayout, trader: Trader, core: CoreNode, venue: VenueNode, mono_ns: int
) -> None:
    """Adds a sentence to the watch for everything that does not agree."""
    engine, process = core.engine, venue.venue
    if engine is None or process is None:
        watch.violate("core and venue should both be up when all has settled")
        return
    executions = read_drop_copy(layout, process, mono_ns)
    watch.check_orders(engine)
    _orders(watch.violate, engine, process)
    _fills(watch.violate, trader, executions)
    _costs(watch.violate, engine, trader, process)
    _refusals(watch.violate, executions)
    _money(watch.violate, engine, trader, executions)
    _cancels(watch.violate, engine, trader)
    _screen(watch.violate, engine, trader)
    if trader.waiting:
        watch.violate(f"{len(trader.waiting)} intents have no answer, the first is {next(iter(trader.waiting))}")


def read_drop_copy(layout: UmsLayout, venue: Venue, mono_ns: int) -> list[Execution]:
    """Everything the venue has said about the member's orders today, over a real session."""
    session = UmsSession(
        layout, role=Role.INITIATOR, comp_id=MEMBER + DROP_COPY, peer_id=VENUE, password=PASSWORD, epoch=0
    )
    venue.order_connected(_CONNECTION, mono_ns)
    session.connected(0, mono_ns)
    found: list[Execution] = []
    for _ in range(_ROUNDS_MAX):
        data = session.data_to_send()
        if data:
            venue.order_data(_CONNECTION, data, mono_ns)
        answers = [answer for number, answer in venue.outputs().orders if number == _CONNECTION]
        if not data and not answers:
            return found
        for answer in answers:
            session.receive_data(answer, 0, mono_ns)
        while (event := session.next_event()) is not None:
            if isinstance(event, MessageReceived) and isinstance(event.message, Execution):
                found.append(event.message)
    raise AssertionError("the drop copy never became quiet")


def _orders(violate: Callable[[str], None], engine: Engine, venue: Venue) -> None:
    orders = engine.core.state.orders
    numbers = Counter(order.venue_order_id for order in orders if order.venue_order_id)
    for number, count in numbers.items():
        if count > 1:
            violate(f"venue order {number} stands {count} times in the core")
    working = set()
    for stated in venue.day.exchange.order_state(MEMBER):
        order = orders.find(stated.order_id)
        if order is None:
            violate(f"order {stated.order_id} of the venue is unknown to the core")
            continue
        if not stated.ord_status.is_terminal:
            working.add(order.order_id)
        ours = (order.order_qty, order.cum_qty, order.leaves_qty, order.px, order.ord_status)
        theirs = (stated.order_qty, stated.cum_qty, stated.leaves_qty, stated.px, stated.ord_status)
        if ours != theirs:
            violate(f"order {order.order_id}: the core has {ours}, the venue {theirs}")
    for order in orders:
        if order.is_working and order.order_id not in working:
            violate(f"order {order.order_id} works in the core as {order.ord_status.name}, and not at the venue")


def _fills(violate: Callable[[str], None], trader: Trader, executions: list[Execution]) -> None:
    trades = [e for e in executions if e.exec_type is ExecType.TRADE]
    theirs = {e.exec_id: (e.symbol, e.side, e.last_px, e.last_qty) for e in trades}
    ours = {int(f.exec_id): (f.symbol, f.side, int(f.px), int(f.qty)) for f in trader.fills.values()}
    if len(theirs) != len(trades):
        violate(f"the venue tells {len(trades)} fills under {len(theirs)} ids")
    for exec_id in sorted(theirs.keys() - ours.keys()):
        violate(f"fill {exec_id} {theirs[exec_id]} of the venue is unknown to the terminal")
    for exec_id in sorted(ours.keys() - theirs.keys()):
        violate(f"fill {exec_id} {ours[exec_id]} of the terminal is unknown to the venue")
    for exec_id in sorted(ours.keys() & theirs.keys()):
        if ours[exec_id] != theirs[exec_id]:
            violate(f"fill {exec_id}: the terminal has {ours[exec_id]}, the venue {theirs[exec_id]}")


def _costs(violate: Callable[[str], None], engine: Engine, trader: Trader, venue: Venue) -> None:
    """Each fill costs what the day's tables say of the venue's own list."""
    listed = {instrument.symbol: instrument for instrument in venue.day.exchange.instruments}
    for fill in trader.fills.values():
        value = Notional(fill.px * fill.qty)
        expected = engine.core.fee(fill.side, value, listed[fill.symbol], venue.trading_date)
        if (fill.fee, fill.tax) != expected:
            violate(f"fill {fill.exec_id}: fee and tax {expected} expected, found {(fill.fee, fill.tax)}")


def _refusals(violate: Callable[[str], None], executions: list[Execution]) -> None:
    """What the venue may not have to refuse: our own risk knows the same rules."""
    for execution in executions:
        if execution.exec_type is ExecType.REJECTED and execution.reason_code in OURS_TO_REFUSE:
            violate(f"order {execution.cl_ord_id} was rejected for {Reason(execution.reason_code).name}")


def _money(violate: Callable[[str], None], engine: Engine, trader: Trader, executions: list[Execution]) -> None:
    """From the venue's fills and the costs that were shown with them."""
    positions: Counter[str] = Counter()
    cash = int(CASH)
    for execution in executions:
        if execution.exec_type is ExecType.TRADE:
            sign = execution.side.sign
            positions[execution.symbol] += sign * execution.last_qty
            cash -= sign * execution.last_qty * execution.last_px
    cash -= sum(fill.fee + fill.tax for fill in trader.fills.values())
    ledger = engine.core.state.ledger
    held = {position.symbol: int(position.qty) for position in ledger.positions()}
    for symbol in positions.keys() | held.keys():
        if positions[symbol] != held.get(symbol, 0):
            violate(f"{symbol}: fills sum up to {positions[symbol]}, the position is {held.get(symbol, 0)}")
        if held.get(symbol, 0) < 0:
            violate(f"{symbol}: sold {-held[symbol]} shares that were not held")
    money = ledger.money(ACCOUNT, "KRW")
    if money is None or money.cash != cash:
        violate(f"cash: {cash} expected from the fills, found {money.cash if money else None}")
    if any(fill.tax and fill.side is Side.BUY for fill in trader.fills.values()):
        violate("a purchase was taxed")


def _cancels(violate: Callable[[str], None], engine: Engine, trader: Trader) -> None:
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


def _screen(violate: Callable[[str], None], engine: Engine, trader: Trader) -> None:
    ours = {order.order_id: _timeless(engine.core.order_view(order)) for order in engine.core.state.orders}
    shown = {order_id: _timeless(order) for order_id, order in trader.orders.items()}
    for order_id in sorted(ours.keys() | shown.keys()):
        if ours.get(order_id) != shown.get(order_id):
            violate(f"order {order_id}: the terminal shows {shown.get(order_id)}, the core has {ours.get(order_id)}")


def _timeless(view: OrderView) -> OrderView:
    """Latency figures belong to one process and do not survive it."""
    return replace(view, sent_us=0, ack_us=0)
