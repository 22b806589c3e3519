"""The routing decision of an order: the quotes it saw, what each venue alone would have cost, what was chosen."""

from collections.abc import Callable

from msgspec import Struct

from hts.desk.figures import px_text, qty_text
from hts.desk.ratios import divide
from hts.desk.tables import Column
from hts.desk.texts import Texts
from hts.model.enums import Side
from hts.model.routing import NANO, RouteRecord, VenueCost, VenueDepth
from hts.model.work import RouteView


class SeenRow(Struct, frozen=True, kw_only=True):
    """A venue as the router saw it. `tone`: "taken", "excluded" or "" for a venue that simply got nothing."""

    venue: str
    bid: str
    bid_qty: str
    ask: str
    ask_qty: str
    fee_bp: str
    latency: str
    age: str
    decision: str
    tone: str

    @property
    def key(self) -> str:
        """The venue."""
        return self.venue


class PlanRow(Struct, frozen=True, kw_only=True):
    """A way to do the order. `difference` is against what was done; `why` says what is wrong with it."""

    name: str
    qty: str
    cost: str
    difference: str
    why: str
    is_chosen: bool

    @property
    def key(self) -> str:
        """The way."""
        return self.name


def seen_columns(texts: Texts) -> tuple[Column[SeenRow], ...]:
    """Venue, its best quotes, what it costs and how far it is, what was decided."""

    def column(key: str, head: str, width: int, rank: int = 0, *, is_right: bool = True) -> Column[SeenRow]:
        return Column(key=key, head=texts(f"order_xray.{head}"), width=width, rank=rank, is_right=is_right,
                      text=lambda r: str(getattr(r, key)), order=lambda r: getattr(r, key))  # fmt: skip

    return (
        column("venue", "seen_venue", 60, is_right=False),
        column("bid", "bid", 76),
        column("bid_qty", "bid_qty", 58, 3),
        column("ask", "ask", 76),
        column("ask_qty", "ask_qty", 58, 3),
        column("fee_bp", "fee", 62, 2),
        column("latency", "latency", 62, 4),
        column("age", "age", 62, 5),
        column("decision", "decision_head", 150),
    )


def plan_columns(texts: Texts) -> tuple[Column[PlanRow], ...]:
    """A way, how much of the order it does, what it costs, how much more than what was done."""

    def column(key: str, width: int, text: Callable[[PlanRow], str], *, is_right: bool = True) -> Column[PlanRow]:
        return Column(key=key, head=texts(f"order_xray.{key}"), width=width, is_right=is_right, text=text, order=text)

    return (
        column("plan", 240, lambda r: r.name, is_right=False),
        column("qty", 80, lambda r: r.qty),
        column("cost", 154, lambda r: r.cost),
        column("difference", 194, lambda r: r.why or r.difference),
    )


class RouteTold(Struct, frozen=True, kw_only=True):
    """One decision as it is shown. `saved` is in the currency's smallest unit, against the best single other way."""

    seen: tuple[SeenRow, ...]
    plans: tuple[PlanRow, ...]
    venues: str
    saved: int
    saved_simple: int
    excluded: tuple[tuple[str, str], ...]  # venue, why
    ties: tuple[str, ...]  # venues that alone would have cost the same
    trade_ns: int
    number: int
    count: int


def route_told(view: RouteView | None, entered_ns: int, texts: Texts, px_decimals: int) -> RouteTold | None:
    """The decision that an order of this time came from: the newest one not after it."""
    if view is None or not view.decisions:
        return None
    numbers = [i for i, record in enumerate(view.decisions) if record.trade_ns <= entered_ns]
    number = numbers[-1] if numbers else 0
    record = view.decisions[number]
    saved, simple = view.savings[number] if number < len(view.savings) else (0, 0)
    return RouteTold(
        seen=tuple(_seen(depth, record, texts, px_decimals) for depth in record.seen),
        plans=_plans(record, texts, px_decimals),
        venues=venues_text(record),
        saved=saved // NANO,
        saved_simple=simple // NANO,
        excluded=tuple(
            (one.venue, texts(f"route.{one.excluded.value}")) for one in record.plan.alternatives if one.excluded
        ),
        ties=tuple(one.venue for one in record.plan.alternatives if _is_tied(one, record)),
        trade_ns=record.trade_ns,
        number=number + 1,
        count=len(view.decisions),
    )


def _is_tied(one: VenueCost, record: RouteRecord) -> bool:
    plan = record.plan
    is_other = one.excluded is None and not _is_chosen(one, record)
    return is_other and plan.taken_qty > 0 and (one.qty, one.cost_nano) == (plan.taken_qty, plan.cost_nano)


def venues_text(record: RouteRecord) -> str:
    """`KRX 700 + NXT 500`; of slices at several prices their sum."""
    sums: dict[str, int] = {}
    for part in record.plan.slices:
        sums[part.venue] = sums.get(part.venue, 0) + part.qty
    return " + ".join(f"{venue} {qty_text(qty)}" for venue, qty in sums.items())


def _seen(depth: VenueDepth, record: RouteRecord, texts: Texts, px_decimals: int) -> SeenRow:
    taken = sum(part.qty for part in record.plan.slices if part.venue == depth.venue)
    excluded = next((one.excluded for one in record.plan.alternatives if one.venue == depth.venue), None)
    bid, ask = (side[0] if side else (0, 0) for side in (depth.bids, depth.asks))
    decision, tone = texts("order_xray.nothing_there"), ""
    if taken:
        decision, tone = texts("order_xray.taken", qty=qty_text(taken)), "taken"
    elif excluded is not None:
        decision, tone = texts(f"route.{excluded.value}"), "excluded"
    return SeenRow(
        venue=depth.venue,
        bid=px_text(bid[0], px_decimals) if bid[0] else "—",
        bid_qty=qty_text(bid[1]) if bid[0] else "—",
        ask=px_text(ask[0], px_decimals) if ask[0] else "—",
        ask_qty=qty_text(ask[1]) if ask[0] else "—",
        fee_bp=px_text(divide(_ppb(depth, record.request.side), 1_000), 2),
        latency=px_text(divide(depth.latency_us, 10), 2) if depth.latency_us else "—",
        age=qty_text(depth.age_ms),
        decision=decision,
        tone=tone,
    )


def _ppb(depth: VenueDepth, side: Side) -> int:
    """Fee and tax of a taker in parts per billion: 100,000 of them are a hundredth of a percent."""
    return depth.costs.taker_ppb + (depth.costs.sell_tax_ppb if side is Side.SELL else 0)


def _plans(record: RouteRecord, texts: Texts, px_decimals: int) -> tuple[PlanRow, ...]:
    plan = record.plan
    chosen = PlanRow(
        name=venues_text(record),
        qty=qty_text(plan.placed_qty),
        cost=_cost_text(plan.cost_nano, px_decimals),
        difference="",
        why=texts("order_xray.chosen"),
        is_chosen=True,
    )
    alone = [_alone(one, record, texts, px_decimals) for one in plan.alternatives if not _is_chosen(one, record)]
    return (chosen, *alone)


def _is_chosen(one: VenueCost, record: RouteRecord) -> bool:
    """Whether the plan is just this venue."""
    return {part.venue for part in record.plan.slices} == {one.venue}


def _alone(one: VenueCost, record: RouteRecord, texts: Texts, px_decimals: int) -> PlanRow:
    short = record.plan.taken_qty - one.qty
    why, difference = "", ""
    if one.excluded is not None:
        why = texts(f"route.{one.excluded.value}")
    elif short > 0:
        why = texts("order_xray.short", qty=qty_text(short))
    else:
        difference = _cost_text(one.cost_nano - record.plan.cost_nano, px_decimals, is_signed=True)
    return PlanRow(
        name=texts("order_xray.alone", venue=one.venue, qty=qty_text(one.qty)),
        qty=qty_text(one.qty),
        cost=_cost_text(one.cost_nano, px_decimals) if one.qty else "—",
        difference=difference,
        why=why,
        is_chosen=False,
    )


def _cost_text(nano: int, px_decimals: int, *, is_signed: bool = False) -> str:
    """Nano of the smallest unit as money with one more decimal; what a sell brings in is shown without its minus."""
    tenths = divide(nano, NANO // 10)
    if not is_signed:
        tenths = abs(tenths)
    text = px_text(tenths, px_decimals + 1)
    return f"+{text}" if is_signed and tenths > 0 else text
