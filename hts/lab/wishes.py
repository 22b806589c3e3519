"""Wishes of the simulated trader that the core carries out through other orders: routed, worked, conditional."""

from random import Random

from hts.model.algo import AlgoKind, AlgoParams
from hts.model.conditional import ConditionalOrder, FillCondition, PriceCondition, TrailCondition
from hts.model.enums import OrdType, Side
from hts.model.instruments import Instrument
from hts.model.intents import AmendWork, AnyIntent, PlaceConditionals, RouteOrder, StartAlgo
from hts.model.quotes import BookUpdate
from hts.model.routing import Remainder, RouteRequest, Urgency
from hts.model.units import NO_ID, NO_PX, ClOrdID, Px, Qty
from hts.model.views import OrderView

QTY = (5, 120)
MIDPOINT_EVERY = 5  # every so many routed orders, by their seeds, want the middle of the spread
LOTS_PER = 10  # shares in a lot are many: so much fewer are wanted
SECOND_NS = 1_000_000_000


def in_lots(shares: int, lot: int) -> int:
    """So many single shares, or fewer whole lots."""
    return shares if lot == 1 else max(1, shares // LOTS_PER) * lot


def work_wish(
    dice: Random, request_id: str, account: str, *, book: BookUpdate, issue: Instrument, working: list[OrderView],
    sellable: int,
) -> AnyIntent | None:  # fmt: skip
    """A routed order, an algorithm, a stop on what is held, or a bracket around an order that works."""
    roll = dice.random()
    ask, bid = book.levels[0], book.levels[1]
    if not ask or not bid:
        return None
    if roll < 0.5:
        return _route(dice, request_id, account, book, issue)
    if roll < 0.7:
        return _algo(dice, request_id, account, book, issue)
    if sellable and roll < 0.85:
        return PlaceConditionals(request_id=request_id, account=account, orders=_stops(dice, issue, bid, sellable))
    entries = [order for order in working if order.symbol == issue.symbol and order.side is Side.BUY and order.px]
    if not entries:
        return None
    orders = _bracket(dice, issue, dice.choice(entries))
    return PlaceConditionals(request_id=request_id, account=account, orders=orders)


def _route(dice: Random, request_id: str, account: str, book: BookUpdate, issue: Instrument) -> RouteOrder:
    px = issue.ticks.move(book.levels[0], dice.choice((-2, -1, 0, 0, 1, 3)))
    wanted, urgency = dice.randrange(*QTY), dice.choice((Urgency.SWEEP, Urgency.SWEEP, Urgency.POST, Urgency.QUEUE))
    remainder, jitter_us = dice.choice((Remainder.POST, Remainder.CANCEL)), dice.choice((0, 0, 300))
    seed = dice.getrandbits(20)
    request = RouteRequest(
        side=Side.BUY,
        qty=in_lots(wanted, int(issue.lot)),
        px=int(px),
        urgency=urgency if seed % MIDPOINT_EVERY else Urgency.MIDPOINT,
        remainder=remainder,
        jitter_us_max=jitter_us,
        seed=seed,
    )
    return RouteOrder(request_id=request_id, account=account, symbol=issue.symbol, request=request)


def _algo(dice: Random, request_id: str, account: str, book: BookUpdate, issue: Instrument) -> StartAlgo:
    kind = dice.choice((AlgoKind.TWAP, AlgoKind.ICEBERG, AlgoKind.SNIPER, AlgoKind.PEG, AlgoKind.POV))
    start_ns = book.trade_ns
    params = AlgoParams(
        algo_id=NO_ID,
        kind=kind,
        account=account,
        symbol=issue.symbol,
        side=Side.BUY,
        qty=Qty(in_lots(dice.randrange(*QTY), int(issue.lot))),
        px=issue.ticks.move(book.levels[0], dice.choice((0, 1, 2))),
        start_ns=start_ns,
        end_ns=start_ns + dice.randrange(3, 12) * SECOND_NS,
        interval_ns=SECOND_NS,
        randomise_pct=dice.choice((0, 30)),
        participation_ppm=200_000,
        display_qty=Qty(4 * issue.lot),
        seed=dice.getrandbits(20),
    )
    return StartAlgo(request_id=request_id, account=account, params=params)


def other_terms(
    dice: Random, request_id: str, account: str, work_id: ClOrdID, *, params: AlgoParams, issue: Instrument
) -> AmendWork:
    """An algorithm gets another limit, another size, more time, another cap, or some of that."""
    lot = int(issue.lot)
    qty = int(params.qty) * dice.choice((1, 2, 3)) // 2 // lot * lot
    return AmendWork(
        request_id=request_id,
        account=account,
        work_id=work_id,
        px=issue.ticks.move(params.px, dice.choice((-3, -1, 0, 1, 2))),
        qty=Qty(dice.choice((0, qty))),
        end_ns=dice.choice((0, params.end_ns + dice.randrange(1, 5) * SECOND_NS)),
        participation_ppm=dice.choice((0, 100_000, 400_000)),
    )


def _stops(dice: Random, issue: Instrument, bid: int, sellable: int) -> tuple[ConditionalOrder, ...]:
    """A stop or a trail on what is held; sometimes two of a group."""
    lot = int(issue.lot)
    qty = dice.randrange(1, max(1, sellable // lot) + 1) * lot
    near = issue.ticks.move(bid, -dice.randrange(1, 4))
    stop = _condition(issue, PriceCondition(is_above=False, px=near), qty, group_id=1)
    if dice.random() < 0.5:
        return (stop,)
    trail = TrailCondition(distance=3 * issue.ticks.step_at(bid))
    return (stop, _condition(issue, trail, qty, group_id=1))


def _bracket(dice: Random, issue: Instrument, entry: OrderView) -> tuple[ConditionalOrder, ...]:
    stop_px = issue.ticks.move(entry.px, -dice.randrange(1, 4))
    target_px = issue.ticks.move(entry.px, dice.randrange(1, 4))
    qty = entry.order_qty
    return (
        _condition(
            issue, FillCondition(), qty, group_id=1, protects=entry.order_id, ord_type=OrdType.LIMIT, px=target_px
        ),
        _condition(
            issue, PriceCondition(is_above=False, px=stop_px), qty, group_id=1, protects=entry.order_id
        ),
    )  # fmt: skip


def _condition(
    issue: Instrument, condition: PriceCondition | TrailCondition | FillCondition, qty: int, *, group_id: int,
    protects: ClOrdID = NO_ID, ord_type: OrdType = OrdType.MARKET, px: Px = NO_PX,
) -> ConditionalOrder:  # fmt: skip
    return ConditionalOrder(
        cond_id=NO_ID, account="", symbol=issue.symbol, condition=condition, side=Side.SELL, qty=Qty(qty),
        group_id=ClOrdID(group_id), protects=protects, ord_type=ord_type, px=px,
    )  # fmt: skip
