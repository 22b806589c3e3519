"""Answers about the way of orders and the health of lines. Looks only; nothing here changes the state."""

from msgspec.structs import replace

from hts.engine.core import Core
from hts.engine.work_market import depths
from hts.model.queries import RequestPlan
from hts.model.trace import LatencyView, TraceView, VenueHealth
from hts.model.units import ClOrdID
from hts.model.wide import Wide
from hts.model.work import PlanView, RouteView
from hts.router.best_execution import saved_best_single_nano, saving_nano
from hts.router.plan import decide, explain


def trace_of(core: Core, order_id: ClOrdID, trade_ns: int, mono_ns: int) -> TraceView:
    """The order's way without the bytes, which the runner keeps."""
    order = core.state.orders.find(order_id)
    if order is None:
        return TraceView(order_id=order_id, is_known=False, trade_ns=trade_ns, mono_ns=mono_ns)
    way, told = core.latency.way_of(order.order_id)
    return TraceView(
        order_id=order.order_id,
        ids=tuple(dict.fromkeys((order.order_id, order.cl_ord_id))),
        way=way,
        told=told,
        checks=core.verdicts.of(order.order_id),
        trade_ns=trade_ns,
        mono_ns=mono_ns,
    )


def route_view(core: Core, work_id: ClOrdID) -> RouteView:
    """Why a routed order went where it went: each decision with what else was possible, reckoned now."""
    work = core.state.works.find(work_id)
    decisions = tuple(
        replace(record, plan=explain(record.request, record.seen, record.plan))
        for record in (work.decisions if work is not None else ())
    )
    savings = tuple(
        (Wide(saved_best_single_nano(record)), Wide(saving_nano(record, record.plan.simple))) for record in decisions
    )
    return RouteView(work_id=work_id, decisions=decisions, savings=savings)


def plan_view(core: Core, query: RequestPlan, mono_ns: int) -> PlanView:
    """Where an order would go, by the books of now."""
    request = query.request
    plan = decide(request, depths(core, query.account, query.symbol, request.side, mono_ns))
    return PlanView(symbol=query.symbol, request=request, plan=plan)


def latency_view(core: Core, trade_ns: int, mono_ns: int) -> LatencyView:
    """Histograms of all hops, and what each venue's lines have been through."""
    venues = []
    for venue in core.venues.values():
        stats, day = venue.market.sequencer.stats, core.state.day(venue.name)
        venues.append(
            VenueHealth(
                venue=venue.name,
                next_in_seq=day.next_in_seq,
                epoch=day.epoch,
                sessions=venue.link.ups,
                session_downs=venue.link.downs,
                delivered=stats.delivered,
                duplicates=stats.duplicates,
                gaps=stats.gaps,
                retransmits=stats.retransmits,
                snapshots=stats.snapshots,
                overflows=stats.overflows,
                misfits=stats.misfits,
                silent_ms=venue.market.age_ms(mono_ns),
            )
        )
    return LatencyView(
        hops=core.latency.hops,
        venues=tuple(venues),
        mono_ns=mono_ns,
        trade_ns=trade_ns,
        clients=core.clients,
        answered=core.latency.answered(),
    )
