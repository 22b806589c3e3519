"""Indicator conditions in the core: their past is asked of the venue, what follows is made of the prices it sees.

After a restart the past is asked for again, the running day included, so that the same bars give the same answer.
"""

from collections.abc import Sequence

from hts.algo.indicator_line import minutes_wanted
from hts.engine.core import Batch, Core
from hts.engine.work_acts import move, wake
from hts.engine.work_state import Work
from hts.model.conditional import IndicatorCondition, Triggered
from hts.model.effects import RequestHistory
from hts.model.quotes import TradeUpdate
from hts.model.views import BarsView
from hts.model.work import WorkState

BARS_MAX = 8_000  # of one answer
MINUTE_S = 60


def watch_indicator(batch: Batch, work: Work, condition: IndicatorCondition) -> None:
    """Begin to watch: ask for the past, and be woken when a bar ends."""
    core = batch.core
    venue = core.route("", work.symbol)
    if venue is None:
        return
    book = core.desk.indicator_book(work.symbol)
    book.add(work.work_id, condition)
    count = min(minutes_wanted(condition), BARS_MAX)
    batch.add(RequestHistory(venue=venue.name, symbol=work.symbol, timeframe_s=MINUTE_S, count=count))
    wake(batch, work, book.next_close_ns(batch.trade_ns))


def note_price(core: Core, venue: str, trade: TradeUpdate) -> None:
    """A trade; only those of the home venue make bars, so that they are the bars of its history."""
    book = core.desk.indicators.get(trade.symbol)
    if book is not None and len(book) and trade.cum_qty:
        home = core.route("", trade.symbol)
        if home is not None and home.name == venue:
            core.desk.met.setdefault(trade.symbol, []).extend(book.price(int(trade.px), trade.trade_ns))


def on_bars(batch: Batch, symbol: str) -> None:
    """What the bars that closed since the last look made true."""
    _trigger(batch, batch.core.desk.met.pop(symbol, []))


def on_bar_time(batch: Batch, work: Work) -> None:
    """A bar may have ended without a trade to say so."""
    book = batch.core.desk.indicators.get(work.symbol)
    if book is None or not len(book):
        return
    _trigger(batch, book.clock(batch.trade_ns))
    if work.state is WorkState.RUNNING:
        wake(batch, work, book.next_close_ns(batch.trade_ns))


def on_past(batch: Batch, bars: BarsView) -> None:
    """Minutes of the past, for all indicators of the issue that wait for them."""
    core = batch.core
    book = core.desk.indicators.get(bars.symbol)
    venue = core.route("", bars.symbol)
    if book is not None and venue is not None and venue.name == bars.venue and bars.timeframe_s == MINUTE_S:
        _trigger(batch, book.learn(bars.bars, batch.trade_ns))


def waits_for(core: Core, bars: BarsView) -> bool:
    """Whether an indicator of this issue waits for its past."""
    book = core.desk.indicators.get(bars.symbol)
    return book is not None and book.is_waiting


def _trigger(batch: Batch, found: Sequence[Triggered]) -> None:
    for one in found:
        work = batch.core.state.works.find(one.cond_id)
        if work is not None and work.state is WorkState.RUNNING:
            batch.core.desk.unwatch(work.symbol, work.work_id)
            move(batch, work, WorkState.TRIGGERED, "conditional.triggered", px=one.px)
