"""What changes at the exchange by time, by the venue's own act, or by an amend: phases, expiries, halts."""

from typing import TYPE_CHECKING

from hts.model.enums import OrdType, Phase
from hts.sim.commands import Amend, Halt
from hts.sim.crossing import match_fixed
from hts.sim.events import BookChanged, PhaseChanged, SimEvent
from hts.sim.issue import Issue
from hts.sim.order import Order
from hts.sim.timetable import FIXED, Change

HALT_REASON = "halt_reason"

if TYPE_CHECKING:
    from hts.sim.exchange import Exchange


def carry_out(exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
    """One change that has come due."""
    if change.symbol and change.serial >= 0 and exchange.issues[change.symbol].turns != change.serial:
        return  # a rule planned it in a phase that has ended since
    if change.expires:
        _expire(exchange, change, events)
    elif change.asks:
        _ask(exchange, change, events)
    elif change.board == FIXED:
        _turn_fixed(exchange, change, events)
    else:
        _turn(exchange, change, events)
    exchange.forget_ended(events)


def halt(exchange: "Exchange", command: Halt, events: list[SimEvent]) -> None:
    """The venue stops an issue, or all of them, or lets them go on."""
    for issue in _named(exchange, command.symbol):
        change = issue.rules.halted(issue, exchange.market_phase, command) if command.on else None
        if change is not None:
            issue.rules.marks[HALT_REASON] = command.reason.value
        if not command.on and issue.phase is Phase.HALTED:
            change = issue.rules.resumed(issue, exchange.market_phase, exchange.market_until_ns, exchange.trade_ns)
        if change is not None:
            begin(exchange, issue, change, events)


def begin(exchange: "Exchange", issue: Issue, change: Change, events: list[SimEvent]) -> None:
    """A phase of one issue begins now; everyone hears of it."""
    if issue.turn(change, exchange.trade_ns, events):
        events.append(_phase_event(exchange, issue))
    events.append(BookChanged(trade_ns=exchange.trade_ns, symbol=issue.symbol))


def amend(exchange: "Exchange", issue: Issue, order: Order, command: Amend, events: list[SimEvent]) -> bool:
    """Give an order its new terms. True when it has left its place and must enter again."""
    by = order.order_qty - command.qty
    ord_type = command.ord_type or order.ord_type
    moves = command.px != order.px or ord_type is not order.ord_type or by < 0
    moves = moves or bool(command.stop_px) or bool(command.display_qty)
    order.order_qty = command.qty
    if not moves:
        if by:
            issue.reduce(order, by, exchange.trade_ns, events)
        return False
    issue.remove(order, exchange.trade_ns, events)
    order.leaves_qty -= by
    order.px = command.px
    order.stop_px = command.stop_px or order.stop_px
    order.display_qty = command.display_qty or order.display_qty
    if ord_type is not order.ord_type:
        order.ord_type = ord_type
        order.act_as(OrdType.LIMIT if ord_type is OrdType.LIMIT_OR_CLOSE else ord_type)
    return True


# -- inside --


def _turn(exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
    """A phase of the market, of one of its segments, or of one issue begins."""
    targets = [issue for issue in exchange.issues.values() if _is_meant(exchange, issue, change)]
    is_wide = not change.symbol and change.market is None
    turned: list[Issue] = []
    for issue in targets:
        mine = change if change.symbol else issue.rules.meets(issue, change)
        if mine is None:
            continue
        if change.repeats:
            issue.is_disclosed = True
            issue.touch()
            turned.append(issue)
        elif issue.turn(mine, exchange.trade_ns, events):
            turned.append(issue)
    if is_wide:
        exchange.market_phase, exchange.market_until_ns = change.phase, change.until_ns
    if not change.repeats:
        events += _phase_events(exchange, change, turned)
    events += [BookChanged(trade_ns=exchange.trade_ns, symbol=issue.symbol) for issue in turned]


def _phase_events(exchange: "Exchange", change: Change, turned: list[Issue]) -> list[SimEvent]:
    if change.symbol or change.market is not None:
        return [_phase_event(exchange, issue) for issue in turned]
    told = PhaseChanged(trade_ns=exchange.trade_ns, symbol="", phase=change.phase, until_ns=change.until_ns)
    # A market-wide change reads as everyone's: who is elsewhere says so again.
    elsewhere = [issue for issue in exchange.issues.values() if issue.phase is not change.phase]
    elsewhere += [
        issue
        for issue in exchange.issues.values()
        if issue.phase is change.phase and issue.instrument.market in exchange.profile.free_markets
    ]
    return [told, *(_phase_event(exchange, issue) for issue in elsewhere)]


def _phase_event(exchange: "Exchange", issue: Issue) -> PhaseChanged:
    return PhaseChanged(
        trade_ns=exchange.trade_ns,
        symbol=issue.symbol,
        phase=issue.phase,
        until_ns=exchange.phase_until_ns(issue.symbol),
    )


def _is_meant(exchange: "Exchange", issue: Issue, change: Change) -> bool:
    instrument = issue.instrument
    if change.symbol:
        return instrument.symbol == change.symbol
    if change.market is not None:
        return instrument.market is change.market
    if instrument.market not in exchange.profile.free_markets:
        return True
    return change.phase is Phase.CLOSED and issue.phase is not Phase.CLOSED  # the venue's day ends for all


def _turn_fixed(exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
    """The board of one price opens for orders, begins to trade, or closes."""
    for issue in _named(exchange, change.symbol):
        if issue.instrument.market in exchange.profile.free_markets:
            continue
        issue.fixed_phase = change.phase
        board = issue.fixed
        if change.phase is Phase.CLOSED:
            issue.expire(board.orders(), exchange.trade_ns, events)
            board.is_open = board.is_matching = False
            continue
        if not issue.rules.has_fixed(issue, change.phase):
            continue
        board.is_open = True
        board.px = issue.rules.fixed_px(issue, change.phase)
        board.is_matching = change.phase.is_fixed_price and board.px > 0
        for order in board.orders():
            order.px = board.px
        if board.is_matching:
            match_fixed(issue, exchange.trade_ns, events)


def _expire(exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
    issue = exchange.issues[change.symbol]
    found = [order for order in issue.resting() if order.venue_order_id == change.expires]
    if found:
        issue.expire(found, exchange.trade_ns, events)
        events.append(BookChanged(trade_ns=exchange.trade_ns, symbol=issue.symbol))


def _ask(exchange: "Exchange", change: Change, events: list[SimEvent]) -> None:
    if not change.symbol:
        exchange.market.asked(exchange, change, events)
        return
    issue = exchange.issues[change.symbol]
    issue.rules.asked(issue, change, exchange.trade_ns, events)
    events.append(BookChanged(trade_ns=exchange.trade_ns, symbol=issue.symbol))


def _named(exchange: "Exchange", symbol: str) -> list[Issue]:
    """One issue, or all of them."""
    if not symbol:
        return list(exchange.issues.values())
    issue = exchange.issues.get(symbol)
    return [issue] if issue is not None else []
