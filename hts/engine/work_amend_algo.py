"""An algorithm on other terms while it runs: its limit, its whole quantity, its end, its cap of participation,
its urgency.

Its schedule is drawn anew over the whole window, so what it then wants by now it catches up with. What works beyond a
new limit is taken back by the algorithm itself (hts.algo.step), also after a crash.
"""

from msgspec.structs import replace

from hts.algo.refusals import refusal_of
from hts.engine.core import Batch, Core
from hts.engine.entry import deny
from hts.engine.parents import family_of
from hts.engine.work_acts import children_of
from hts.engine.work_state import Work
from hts.engine.work_step import settle, take_up
from hts.model.algo import AlgoKind, AlgoParams
from hts.model.denials import Denial, Rule, Unit
from hts.model.intents import AmendWork
from hts.model.records import WorkAmended
from hts.model.units import NO_ID
from hts.model.work import WorkState

WAITS = frozenset({WorkState.WAITING, WorkState.RUNNING, WorkState.PAUSED})


def amend_algo(batch: Batch, work: Work, params: AlgoParams, intent: AmendWork) -> None:
    """Other terms, or why not."""
    wanted = replace(
        params,
        px=intent.px or params.px,
        qty=intent.qty or params.qty,
        end_ns=intent.end_ns or params.end_ns,
        participation_ppm=intent.participation_ppm or params.participation_ppm,
        urgency_pico=intent.urgency_pico or params.urgency_pico,
    )
    denial = _placed(batch.core, work, wanted, params) or _wrong(batch.core, work, wanted, batch.trade_ns)
    if denial is None and wanted == params:
        denial = Denial(rule=Rule.NOTHING_TO_DO)
    if denial is not None:
        deny(batch, intent, denial)
        return
    batch.record(
        WorkAmended(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            work_id=work.work_id,
            params=wanted,
            request_id=intent.request_id,
            account=work.account,
            user=intent.user,
        )
    )
    batch.show_work(work)
    take_up(batch, work)
    settle(batch)


def _placed(core: Core, work: Work, wanted: AlgoParams, params: AlgoParams) -> Denial | None:
    """A scheduled order is one order: while it is out, it is amended itself."""
    terms = (wanted.px, wanted.qty) != (params.px, params.qty)
    is_out = any(not child.is_done for child in children_of(core, work))
    if params.kind is AlgoKind.SCHEDULED and is_out and terms:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.in_book")
    return None


def _wrong(core: Core, work: Work, wanted: AlgoParams, trade_ns: int) -> Denial | None:
    """A part of a basket is as large as its line; nothing gets smaller than what it has and may still get."""
    issue = core.listing(work.symbol)
    if not core.is_ready or issue is None:
        return Denial(rule=Rule.NOT_READY)
    if work.state not in WAITS:
        return Denial(rule=Rule.ORDER_DONE, detail=work.state.name)
    if work.parent_id != NO_ID:
        return Denial(rule=Rule.PARENT, detail=str(work.parent_id))
    wrong = refusal_of(
        wanted,
        trade_ns,
        int(issue.lot),
        is_on_tick=issue.ticks.is_valid(wanted.px),
        will_learn=work.state is WorkState.WAITING,
    )
    if wrong is not None:
        return Denial(rule=Rule.ALGO, detail=f"algo.refusal.{wrong.value}")
    placed = int(family_of(core.state, work.work_id).placed_qty)
    if wanted.qty < placed:
        return Denial(rule=Rule.PARENT_QTY, figure=placed, limit=int(wanted.qty), unit=Unit.QTY)
    return None
