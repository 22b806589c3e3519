"""What an algorithm would do, asked before it starts: by the very functions that it then trades by.

What it lacks is learnt from the venue's history as for a start: the first answer tells what can be told at once, the
second one comes with the history. Nothing is kept of either; a client asks with what it was told.
"""

from collections.abc import Sequence

from msgspec.structs import astuple, replace

from hts.algo.estimate import impact_and_risk, trade_off
from hts.algo.participation import foretold
from hts.algo.refusals import AlgoRefusal, refusals_of
from hts.algo.schedule import TIMED
from hts.algo.single import pieces
from hts.algo.timed import points_with
from hts.engine.core import Core
from hts.engine.work_learn import curve_of, impact_of
from hts.engine.work_market import benchmark, quote_of
from hts.engine.work_start import history_request, lacks
from hts.model.algo import AlgoKind, AlgoParams, SchedulePoint
from hts.model.algo_plan import AlgoPlanView, PlanCosts, TradeOff
from hts.model.effects import Effects, Reply
from hts.model.instruments import Instrument
from hts.model.queries import RequestAlgoPlan
from hts.model.units import Notional
from hts.model.views import BarsView

PIECES_SHOWN = 200
PLANNERS_MAX = 32  # clients that wait for one issue's history; the one that has waited longest goes without
HISTORY_NS = 5_000_000_000  # an answer that has not come by then is asked for anew
MONEY_MAX = 2**63 - 1  # what an answer can carry


def on_algo_plan(core: Core, client: int, query: RequestAlgoPlan, trade_ns: int, mono_ns: int) -> Effects:
    """The plan as far as it is known, and the question for what it lacks, unless it is on its way already."""
    params = query.params
    venue = core.route(params.venue, params.symbol) if core.listing(params.symbol) is not None else None
    wants = query.learns and venue is not None and (lacks(params) or _could_tell_more(params))
    view = plan_of(core, params, trade_ns, is_learning=wants)
    if not wants or venue is None:
        return (Reply(client, view),)
    key = (venue.name, params.symbol)
    asked_ns, waiting = core.desk.planners.get(key, (0, {}))
    is_asked = bool(waiting) and mono_ns - asked_ns < HISTORY_NS
    waiting[client] = params
    if len(waiting) > PLANNERS_MAX:
        del waiting[next(iter(waiting))]
    core.desk.planners[key] = (asked_ns if is_asked else mono_ns, waiting)
    return (Reply(client, view), *(() if is_asked else (history_request(venue.name, params.symbol),)))


def on_plan_history(core: Core, bars: BarsView, trade_ns: int) -> Effects:
    """The venue's history for those who asked for a plan: the whole answer."""
    key = (bars.venue, bars.symbol)
    _, waiting = core.desk.planners.pop(key, (0, {})) if bars.timeframe_s == 60 else (0, {})
    return tuple(
        Reply(client, plan_of(core, params, trade_ns, bars=bars, is_learning=False))
        for client, params in waiting.items()
    )


def _could_tell_more(params: AlgoParams) -> bool:
    """Whether there is an outlook or a cost that history would tell, though the algorithm does without."""
    return (params.kind is AlgoKind.POV and params.curve is None) or (params.kind in TIMED and params.impact is None)


def plan_of(
    core: Core, asked: AlgoParams, trade_ns: int, *, is_learning: bool, bars: BarsView | None = None
) -> AlgoPlanView:
    """The plan by the books and the clock of now."""
    issue = core.listing(asked.symbol)
    params = replace(asked, start_ns=asked.start_ns or trade_ns)
    if issue is None:
        refusals: Sequence[AlgoRefusal] = (AlgoRefusal.NO_ISSUE,)
        return AlgoPlanView(asked=asked, params=params, trade_ns=trade_ns, refusals=_keys(refusals))
    if bars is not None:
        params = _learnt(core, params, bars, trade_ns)
    refusals = refusals_of(
        params, trade_ns, int(issue.lot), is_on_tick=issue.ticks.is_valid(params.px), will_learn=is_learning
    )
    arrival_px = benchmark(core, params.symbol).px
    view = AlgoPlanView(
        asked=asked, params=params, trade_ns=trade_ns, refusals=_keys(refusals), is_learning=is_learning,
        arrival_px=arrival_px,
    )  # fmt: skip
    return view if refusals else _planned(core, view, issue)


def _planned(core: Core, view: AlgoPlanView, issue: Instrument) -> AlgoPlanView:
    params, lot = view.params, int(issue.lot)
    points = _points(params, lot)
    shown, count = pieces(params, lot, PIECES_SHOWN) if params.kind in (AlgoKind.ICEBERG, AlgoKind.PEG) else ((), 0)
    found = replace(view, points=points, pieces=shown, pieces_count=count, costs=_costs(core, view, issue, points))
    if params.kind is not AlgoKind.IS:
        return found
    offered = tuple(_in_money(one, issue) for one in trade_off(params, lot))
    fits = all(max(one.impact, one.risk) <= MONEY_MAX for one in offered)
    return replace(found, trade_off=offered if fits else ())


def _points(params: AlgoParams, lot: int) -> tuple[SchedulePoint, ...]:
    """Shares by time, where time decides; empty while what decides is not known."""
    if params.kind in TIMED:
        return () if lacks(params) else points_with(params, (), lot)
    if params.kind is AlgoKind.POV:
        return foretold(params, params.curve, lot) if params.curve is not None else ()
    if params.kind is AlgoKind.SCHEDULED:
        return (SchedulePoint(params.start_ns, int(params.qty)),)
    return ()


def _costs(core: Core, view: AlgoPlanView, issue: Instrument, points: Sequence[SchedulePoint]) -> PlanCosts | None:
    """None without a price to reckon at, or where no answer could carry them."""
    params, px = view.params, view.arrival_px or int(view.params.px)
    if px <= 0:
        return None
    quote = quote_of(core, params.symbol, params.venue if params.venue in core.venues else "")
    gap = max(quote.ask_px - quote.bid_px, 0) if quote.ask_px and quote.bid_px else 0
    value = issue.money(px, int(params.qty))
    fee, tax = core.fee(params.side, Notional(value), issue, issue.trading_date)
    impact = risk = 0
    if params.impact is not None and points and params.kind in TIMED:
        impact, risk = impact_and_risk(points, params.end_ns, params.impact)
    costs = PlanCosts(
        value=value,
        spread=issue.money(gap, int(params.qty)) // 2,
        fee=fee,
        tax=tax,
        impact=issue.money(impact, 1),
        risk=issue.money(risk, 1),
    )
    return costs if max(astuple(costs)) <= MONEY_MAX else None


def _in_money(one: TradeOff, issue: Instrument) -> TradeOff:
    return replace(one, impact=issue.money(one.impact, 1), risk=issue.money(one.risk, 1))


def _learnt(core: Core, params: AlgoParams, bars: BarsView, trade_ns: int) -> AlgoParams:
    """With what history tells; what it does not tell stays unknown."""
    curve, impact = params.curve, params.impact
    try:
        curve = curve or curve_of(bars.bars, trade_ns)
    except ValueError:
        curve = None
    try:
        impact = impact or impact_of(core, bars)
    except ValueError:
        impact = None
    return replace(params, curve=curve, impact=impact)


def _keys(refusals: Sequence[AlgoRefusal]) -> tuple[str, ...]:
    return tuple(f"algo.refusal.{one.value}" for one in refusals)
