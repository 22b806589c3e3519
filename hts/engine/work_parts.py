"""Starting work that has parts: baskets, and quotes that hedge themselves."""

from typing import Any

from msgspec.structs import replace

from hts.engine.basket_means import Means
from hts.engine.core import Batch, Core
from hts.engine.entry import cannot_travel, deny
from hts.engine.work_acts import show_aside
from hts.engine.work_start import record_work, unusable
from hts.engine.work_step import settle
from hts.model.basket_file import LINES_MAX
from hts.model.denials import Denial, Rule
from hts.model.enums import Side
from hts.model.intents import StartBasket, StartQuoting
from hts.model.units import Qty
from hts.model.work import BasketLine, BasketSpec, QuoteSpec, WorkSpec

PPM = 1_000_000
MINUTES_MAX = 390


def start_basket(batch: Batch, intent: StartBasket) -> None:
    """A list of orders, all or those that can be placed."""
    core = batch.core
    lines: list[BasketLine] = []
    denial = cannot_travel(core, core.venues) or _unfit(core, intent)
    means = Means(batch, intent)
    for line in intent.lines if denial is None else ():
        sized = _sized(core, line, intent.budget)
        wrong = unusable(core.listing(line.symbol), line.symbol, int(sized.qty), int(sized.px)) or means.take(sized)
        if wrong is None:
            lines.append(sized)
        elif intent.is_whole:
            deny(batch, intent, replace(wrong, detail=line.symbol))
            return
        else:
            batch.notice("basket_line", f"{line.symbol}: {wrong.rule.name}")
    if denial is None and not lines:
        denial = Denial(rule=Rule.NOTHING_TO_DO)
    if denial is not None:
        deny(batch, intent, denial)
        return
    qty = sum(int(line.qty) for line in lines)
    spec = BasketSpec(lines=tuple(lines), minutes=intent.minutes, aside=tuple(means.aside))
    _start(batch, intent, symbol="", qty=qty, spec=spec)


def _unfit(core: Core, intent: StartBasket) -> Denial | None:
    """What is wrong with the whole of a basket. Parts of money are of one sum, so their lines share its currency."""
    count = len(intent.lines)
    if not 0 <= intent.minutes <= MINUTES_MAX:
        return Denial(rule=Rule.ALGO, figure=intent.minutes, limit=MINUTES_MAX, detail="algo.refusal.bad_window")
    if count > LINES_MAX:
        return Denial(rule=Rule.ALGO, figure=count, limit=LINES_MAX, detail="algo.refusal.too_many_lines")
    listed = (core.listing(line.symbol) for line in intent.lines if line.ratio_ppm)
    currencies = {issue.currency for issue in listed if issue is not None}
    if len(currencies) > 1:
        return Denial(rule=Rule.ALGO, figure=len(currencies), limit=1, detail="algo.refusal.currencies")
    return None


def start_quoting(batch: Batch, intent: StartQuoting) -> None:
    """Two-sided quotes of an ETF."""
    core, params = batch.core, intent.params
    denial = cannot_travel(core, core.venues)
    denial = denial or unusable(core.listing(intent.symbol), intent.symbol, int(params.qty), 0)
    denial = denial or unusable(core.listing(intent.symbol), intent.symbol, int(intent.qty_max), 0)
    if denial is None and intent.venue and intent.venue not in core.venues:
        denial = Denial(rule=Rule.UNKNOWN_VENUE, detail=intent.venue)
    for symbol in (*(part.symbol for part in intent.inav.parts), *([params.hedge_symbol] * bool(params.hedge_symbol))):
        if denial is None and core.listing(symbol) is None:
            denial = Denial(rule=Rule.UNKNOWN_SYMBOL, detail=symbol)
    if denial is None and not _is_sensible(intent):
        denial = Denial(rule=Rule.ALGO, detail="quoting.refusal.terms")
    if denial is not None:
        deny(batch, intent, denial)
        return
    spec = QuoteSpec(params=params, obligation=intent.obligation, inav=intent.inav, venue=intent.venue)
    _start(batch, intent, symbol=intent.symbol, qty=int(intent.qty_max), spec=spec)


def _is_sensible(intent: StartQuoting) -> bool:
    params, basket, duty = intent.params, intent.inav, intent.obligation
    return (
        bool(basket.parts)
        and all(part.qty > 0 for part in basket.parts)
        and basket.unit_qty > 0
        and 0 < params.half_spread_ppm < PPM
        and 0 <= params.skew_ppm < PPM
        and params.inventory_max > 0
        and params.stale_ms > 0
        and params.hedge_ratio_ppm > 0
        and duty.spread_ppm_max > 0
        and duty.react_s > 0
        and 0 < duty.qty_min <= params.qty <= intent.qty_max
    )


def _sized(core: Core, line: BasketLine, budget: int) -> BasketLine:
    """Shares for a line that names a part of the money, in whole lots, not above it."""
    if not line.ratio_ppm:
        return line
    issue, px = core.listing(line.symbol), int(line.px) or core.mark_px(line.symbol)
    if issue is None or px <= 0:
        return line
    return replace(line, qty=issue.shares_for(budget * line.ratio_ppm // PPM, px), ratio_ppm=0)


def _start(batch: Batch, intent: StartBasket | StartQuoting, *, symbol: str, qty: int, spec: WorkSpec) -> None:
    work_id = batch.core.state.ids.take()
    if work_id is None:
        deny(batch, intent, Denial(rule=Rule.NOT_READY))
        return
    fields: dict[str, Any] = {"symbol": symbol, "side": Side.BUY, "qty": Qty(qty), "spec": spec}
    work = record_work(batch, intent, work_id, **fields)
    show_aside(batch, work)
    batch.ask_work(work)
    settle(batch)
