"""From state to what terminals see."""

from typing import TYPE_CHECKING

from hts.algo.schedule import TIMED
from hts.algo.timed import points_with
from hts.engine.core_state import CoreState
from hts.engine.work_state import Work
from hts.model.enums import DisconnectPolicy
from hts.model.units import Px, Qty
from hts.model.views import CoreState as CoreHealth
from hts.model.views import OrderView, StatusView
from hts.model.work import AlgoSpec, BasketSpec, WorkView
from hts.oms.order import Order

if TYPE_CHECKING:
    from hts.engine.core import Core
    from hts.engine.venue import Venue


def order_view(order: Order, sent_us: int = 0, ack_us: int = 0) -> OrderView:
    """An order as it stands."""
    return OrderView(
        order_id=order.order_id,
        cl_ord_id=order.cl_ord_id,
        request_id=order.request_id,
        venue=order.venue,
        venue_order_id=order.venue_order_id,
        account=order.account,
        symbol=order.symbol,
        side=order.side,
        ord_type=order.ord_type,
        time_in_force=order.time_in_force,
        px=order.px,
        order_qty=order.order_qty,
        leaves_qty=order.leaves_qty,
        cum_qty=order.cum_qty,
        filled_value=order.filled_value,
        ord_status=order.ord_status,
        denial=order.denial,
        cause=order.cause,
        reason_code=order.reason_code,
        local_cause=order.local_cause,
        entered_ns=order.entered_ns,
        sent_us=sent_us,
        ack_us=ack_us,
        adopted=order.adopted,
        stop_px=order.stop_px,
        display_qty=order.display_qty,
        min_qty=order.min_qty,
        post_only=order.post_only,
        is_short=order.is_short,
        expire_ns=order.expire_ns,
        credit=order.credit,
        loan_date=order.loan_date,
        strategy=order.strategy,
        user=order.user,
        parent_id=order.parent_id,
    )


def work_view(state: CoreState, work: Work, bins: tuple[int, ...] = (), lot: int = 1) -> WorkView:
    """A routed order, an algorithm or a conditional order with its children's sums and its schedule, as it is traded:
    in whole lots, VWAP's behind the market's volume in the `bins` of its curve.
    """
    parts = state.works.parts_of(work.work_id) if isinstance(work.spec, BasketSpec) else (work,)
    ids = [order_id for part in parts for order_id in part.children]
    orders = [order for order_id in ids if (order := state.orders.find(order_id)) is not None]
    params = work.spec.params if isinstance(work.spec, AlgoSpec) else None
    return WorkView(
        work_id=work.work_id,
        request_id=work.request_id,
        account=work.account,
        symbol=work.symbol,
        side=work.side,
        qty=work.qty,
        cum_qty=Qty(sum(order.cum_qty for order in orders)),
        working_qty=Qty(sum(order.leaves_qty for order in orders if order.is_working)),
        filled_value=sum(order.filled_value for order in orders),
        state=work.state,
        cause=work.cause,
        spec=work.spec,
        started_ns=work.started_ns,
        strategy=work.strategy,
        user=work.user,
        children=tuple(work.children),
        points=points_with(params, bins, lot) if params is not None and params.kind in TIMED else (),
        trigger_px=Px(work.trigger_px),
        extreme_px=Px(work.extreme_px),
        parent_id=work.parent_id,
        breaches=work.breaches,
        arrival=work.arrival,
        market=work.market,
    )


def status_view(core: "Core", venue: "Venue") -> StatusView:
    """Health of the core and of one venue."""
    is_ready = core.is_ready and core.is_reconciled(core.mono_ns)  # as an order would find it
    health = CoreHealth.READY if is_ready else CoreHealth.RECOVERING
    killed = next((guard for guard in core.state.guards if guard.is_killed), None)
    sent_p50, sent_p99, ack_p50, ack_p99 = core.latency.percentiles()
    market, day = venue.market, core.state.day(venue.name)
    return StatusView(
        core=CoreHealth.HALTED if core.is_halted else health,
        venue=venue.name,
        orders=venue.link.state,
        market_data=market.link,
        detail=venue.link.detail or market.link_detail,
        phase=market.phase,
        phase_until_ns=market.phase_until_ns,
        trade_ns=core.trade_ns,
        speed_milli=venue.link.speed_milli,
        trading_date=day.trading_date,
        epoch=day.epoch,
        kill_switch=killed is not None,
        kill_reason=killed.kill_reason if killed else "",
        release_code=core.state.guards.release_code(core.mono_ns),
        paper=core.config.paper,
        disconnect_policy=(DisconnectPolicy.CANCEL if core.cancels_on_disconnect else DisconnectPolicy.KEEP),
        build=core.config.build,
        md_gaps=market.sequencer.stats.gaps,
        sent_us_p50=sent_p50,
        sent_us_p99=sent_p99,
        ack_us_p50=ack_p50,
        ack_us_p99=ack_p99,
    )
