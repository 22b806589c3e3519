"""Watch orders (자동감시) on all holdings of an account in one act."""

from hts.algo.watch_orders import Holding, is_sensible, watch_orders
from hts.engine.core import Batch, Core
from hts.engine.entry import deny
from hts.engine.work_start import place_conditionals
from hts.model.conditional import ConditionalOrder, WatchTerms
from hts.model.denials import Denial, Rule
from hts.model.intents import PlaceConditionals, WatchHoldings


def watch_holdings(batch: Batch, intent: WatchHoldings) -> None:
    """The conditional orders for every holding; refused whole where the terms say nothing or there are too many."""
    terms = intent.terms
    if not is_sensible(terms):
        deny(batch, intent, Denial(rule=Rule.CONDITION, detail="conditional.refusal.watch"))
        return
    orders = _orders(batch.core, intent, terms)
    if len(orders) > terms.orders_max:
        detail = "conditional.refusal.too_many"
        deny(batch, intent, Denial(rule=Rule.CONDITION, figure=len(orders), limit=terms.orders_max, detail=detail))
        return
    place_conditionals(
        batch,
        PlaceConditionals(
            request_id=intent.request_id, account=intent.account, user=intent.user, orders=tuple(orders),
            strategy=intent.strategy,
        ),
    )  # fmt: skip


def _orders(core: Core, intent: WatchHoldings, terms: WatchTerms) -> list[ConditionalOrder]:
    orders: list[ConditionalOrder] = []
    for group, holding in enumerate(_holdings(core, intent, terms), start=1):
        orders += watch_orders(holding, terms, group)
    return orders


def _holdings(core: Core, intent: WatchHoldings, terms: WatchTerms) -> list[Holding]:
    found = []
    for position in core.state.ledger.positions():
        issue = core.listing(position.symbol)
        wanted = not intent.symbols or position.symbol in intent.symbols
        if position.account != intent.account or not position.qty or issue is None or not wanted:
            continue
        average_px = issue.average_px(abs(position.cost), abs(position.qty))
        base_px = core.mark_px(position.symbol) if terms.from_last else average_px
        found.append(
            Holding(
                symbol=position.symbol, qty=int(position.qty), base_px=int(base_px), lot=int(issue.lot),
                ticks=issue.ticks,
            )
        )  # fmt: skip
    return found
