"""Asking work what is to be done now, and doing it.

Every question is asked of pure functions (hts.router, hts.algo) with the orders as they stand, so that asking again
after a crash continues where it stopped. Whoever changes something asks (`Batch.ask_work`); `settle` answers all of
them, and what follows from that, before the batch ends.
"""

from hts.engine.core import Batch, Core
from hts.engine.work_algo import step_algo
from hts.engine.work_basket import step_basket
from hts.engine.work_condition import step_condition, watch
from hts.engine.work_quote import step_quotes
from hts.engine.work_route import step_route
from hts.engine.work_state import Work
from hts.model.views import LinkState
from hts.model.work import AlgoSpec, BasketSpec, ConditionSpec, RouteSpec

ANSWERS_MAX = 2_000  # more in one batch means that two pieces of work answer each other without end


def settle(batch: Batch) -> None:
    """Ask all work that has been named, until nobody has anything more to do."""
    for _ in range(ANSWERS_MAX):
        work = batch.next_asked()
        if work is None:
            return
        if not work.is_over and may_work(batch.core, work):
            _ask(batch, work)
    raise AssertionError(f"work settles within {ANSWERS_MAX} answers, it does not")


def may_work(core: Core, work: Work) -> bool:
    """Whether all its children are known, and its issue. While a venue still tells what it has, and after a restart
    until each venue has told it once, there may be some that we forgot: placing their shares again would double them.
    An order session can be back before the feed lists anything; the first quote then asks again.
    """
    if work.symbol and core.listing(work.symbol) is None:
        return False
    links = [venue.link for venue in core.venues.values()]
    if core.is_halted or not is_allowed(core, work) or any(link.state is LinkState.RECONCILING for link in links):
        return False
    return work.work_id in core.desk.started or all(link.was_up for link in links)


def is_allowed(core: Core, work: Work) -> bool:
    """Where a login is asked for, work out of the journal sleeps until somebody has opened the day with a touch: a
    file alone starts nothing.
    """
    return core.authority.is_open or work.work_id in core.desk.started


def take_up(batch: Batch, work: Work) -> None:
    """Begin, or go on after a restart or a change of state: watch its condition, and ask what is to be done."""
    if not is_allowed(batch.core, work):
        return
    if isinstance(work.spec, ConditionSpec):
        watch(batch, work, work.spec.order)
    batch.ask_work(work)


def _ask(batch: Batch, work: Work) -> None:
    refusals = work.refusals
    batch.core.desk.stepped_ns[work.work_id] = batch.mono_ns
    if isinstance(work.spec, RouteSpec):
        step_route(batch, work, work.spec)
    elif isinstance(work.spec, AlgoSpec):
        step_algo(batch, work, work.spec)
    elif isinstance(work.spec, ConditionSpec):
        step_condition(batch, work, work.spec.order)
    elif isinstance(work.spec, BasketSpec):
        step_basket(batch, work, work.spec)
    else:
        step_quotes(batch, work, work.spec)
    if work.refusals != refusals:  # a refused child is answered at once: there may be another way
        batch.ask_work(work)
