"""Forced sales (반대매매): planned by the night, entered in the opening call like any order, named `forced`.

What works on the same side of the issue is cancelled first, for it holds the shares. An order that risk refuses ends
the plan with that word; the next night plans again, because the call still stands.
"""

from hts.engine.cancels import cancel_working
from hts.engine.core import Batch, Core
from hts.engine.entry import new_order
from hts.engine.venue import Venue
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.intents import NewOrder
from hts.model.records_account import LiquidationEnded, LiquidationScheduled

STRATEGY = "forced"


def enter_forced(batch: Batch) -> None:
    """Enter what is due, where the venue takes orders."""
    core = batch.core
    for planned in list(core.state.book.forced.values()):
        venue = core.route("", planned.symbol)
        if venue is not None and _is_due(core, venue, planned):
            _enter(batch, venue, planned)


def _is_due(core: Core, venue: Venue, planned: LiquidationScheduled) -> bool:
    if not core.authority.is_open or not core.is_ready or not venue.is_up:
        return False
    if core.state.day(venue.name).trading_date < planned.date:
        return False
    return venue.market.phase_of(planned.symbol).takes_orders


def _enter(batch: Batch, venue: Venue, planned: LiquidationScheduled) -> None:
    core, account = batch.core, planned.account
    side = Side.BUY if planned.is_buy else Side.SELL
    if core.state.outcomes.find(account, planned.request_id) is None:
        if core.state.orders.working(account, planned.symbol, side):
            cancel_working(batch, account, planned.symbol, side)
            return  # the next turn finds the shares free
        new_order(batch, _intent(planned, venue, side))
    outcome = core.state.outcomes.find(account, planned.request_id)
    is_entered = outcome is not None and outcome.accepted
    batch.record(
        LiquidationEnded(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            request_id=planned.request_id,
            cause="entered" if is_entered else "denied",
        )
    )
    batch.notice("forced_sale" if is_entered else "forced_sale_denied", f"{account} {planned.symbol} {planned.qty}")


def _intent(planned: LiquidationScheduled, venue: Venue, side: Side) -> NewOrder:
    return NewOrder(
        request_id=planned.request_id,
        account=planned.account,
        user=planned.kind,
        venue=venue.name,
        symbol=planned.symbol,
        side=side,
        ord_type=OrdType.MARKET,
        qty=planned.qty,
        credit=CashMargin.MARGIN_CLOSE if planned.credit else CashMargin.CASH,
        loan_date=planned.loan_date,
        strategy=STRATEGY,
    )
