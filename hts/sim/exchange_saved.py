"""The exchange's whole state as values, and back."""

from typing import TYPE_CHECKING

from hts.sim.events import OrderAccepted, PhaseChanged, SimEvent
from hts.sim.exchange_state import ExchangeState, IssueState
from hts.sim.issue import Issue
from hts.sim.matching import BUY, SELL
from hts.sim.members import Member
from hts.sim.order import Order

if TYPE_CHECKING:
    from hts.sim.exchange import Exchange


def save(exchange: "Exchange") -> ExchangeState:
    """The whole state, for `load` in a process to come."""
    return ExchangeState(
        trading_date=exchange.trading_date,
        trade_ns=exchange.trade_ns,
        market_phase=exchange.market_phase,
        market_until_ns=exchange.market_until_ns,
        next_change=exchange.agenda.done,
        planned=exchange.agenda.planned(),
        marks=tuple(sorted(exchange.market.marks.items())),
        exec_id=exchange.numbers.exec_id,
        match_id=exchange.numbers.match_id,
        venue_order_id=exchange.numbers.venue_order_id,
        issues=tuple(_issue_state(issue) for issue in exchange.issues.values()),
        members=tuple(member.save() for member in exchange.members.values()),
        trades=exchange.trades.sides(),
    )


def load(exchange: "Exchange", state: ExchangeState) -> None:
    """Take over a saved state of the same day; the exchange must be new."""
    assert not exchange.members, "load into a new exchange"
    assert state.trading_date == exchange.trading_date, (state.trading_date, exchange.trading_date)
    exchange.trade_ns = state.trade_ns
    exchange.market_phase = state.market_phase
    exchange.market_until_ns = state.market_until_ns
    exchange.agenda.load(state.next_change, state.planned)
    exchange.market.marks.update(state.marks)
    exchange.numbers.exec_id = state.exec_id
    exchange.numbers.match_id = state.match_id
    exchange.numbers.venue_order_id = state.venue_order_id
    exchange.trades.load(state.trades)
    orders: dict[int, Order] = {}
    for member in state.members:
        exchange.members[member.session] = loaded = Member.load(member)
        orders |= {order.venue_order_id: order for order in loaded.by_id.values()}
    for issue in state.issues:
        _load_issue(exchange.issues[issue.symbol], issue, orders)


def standing(exchange: "Exchange") -> list[SimEvent]:
    """Working orders and phases as events: what a listener that joins now would have to know."""
    now = exchange.trade_ns
    orders = [order for member in exchange.members.values() for order in member.working.values()]
    events: list[SimEvent] = [order.event(OrderAccepted, now) for order in orders]
    for symbol, issue in (("", None), *exchange.issues.items()):
        if issue is None or issue.phase is not exchange.market_phase:
            phase = exchange.market_phase if issue is None else issue.phase
            events.append(
                PhaseChanged(trade_ns=now, symbol=symbol, phase=phase, until_ns=exchange.phase_until_ns(symbol))
            )
    return events


def _issue_state(issue: Issue) -> IssueState:
    handles = [
        handle
        for side in (BUY, SELL)
        for level in issue.book.levels_from_best(side)
        for handle in issue.book.queue(side, level)
    ]
    queue = [order for handle in handles if (order := issue.owner[handle]) is not None]
    return IssueState(
        symbol=issue.symbol,
        phase=issue.phase,
        is_disclosed=issue.is_disclosed,
        figures=issue.figures,
        queue=tuple(order.venue_order_id for order in queue),
        shown=tuple(
            (order.venue_order_id, issue.book.qty[order.handle])
            for order in queue
            if issue.book.qty[order.handle] != order.leaves_qty
        ),
        hidden=_numbers(issue.hidden.orders()),
        stops=_numbers(issue.stops.orders()),
        dormant=_numbers(list(issue.dormant)),
        fixed=_numbers(issue.fixed.orders()),
        fixed_px=issue.fixed.px,
        fixed_phase=issue.fixed_phase,
        fixed_open=issue.fixed.is_open,
        until_ns=issue.until_ns,
        turns=issue.turns,
        draws=issue.draws,
        marks=tuple(sorted(issue.rules.marks.items())),
        negotiated=_numbers(list(issue.negotiated)),
    )


def _numbers(orders: list[Order]) -> tuple[int, ...]:
    return tuple(order.venue_order_id for order in orders)


def _load_issue(issue: Issue, state: IssueState, orders: dict[int, Order]) -> None:
    """Take over a saved state: orders as they stood, phase, and what the rules remember."""
    issue.phase, issue.is_disclosed, issue.until_ns = state.phase, state.is_disclosed, state.until_ns
    issue.figures, issue.turns, issue.draws = state.figures, state.turns, state.draws
    issue.rules.marks.update(state.marks)
    issue.fixed_phase, issue.fixed.px, issue.fixed.is_open = state.fixed_phase, state.fixed_px, state.fixed_open
    issue.fixed.is_matching = state.fixed_open and state.fixed_phase.is_fixed_price
    shown = dict(state.shown)
    for number in state.queue:
        order = orders[number]
        side, level = BUY if order.is_buy else SELL, issue.level(order)
        handle = issue.book.add(side, level, shown.get(number, order.leaves_qty))
        if number in shown:
            issue.book.reserve[handle] = [order.leaves_qty - shown[number], order.display_qty]
        issue.own(order, handle)
    for numbers, place in ((state.hidden, issue.hidden), (state.stops, issue.stops)):
        for number in numbers:
            place.add(orders[number])
    for number in state.dormant:
        issue.dormant.add(orders[number])
    for number in state.fixed:
        issue.fixed.add(orders[number])
    for number in state.negotiated:
        issue.negotiated.add(orders[number])
    issue.touch()
