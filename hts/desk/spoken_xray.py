"""What the x-ray of an order shows, in words, for screen readers, in the order in which a glance goes."""

from msgspec import Struct

from hts.desk.figures import px_text, qty_text
from hts.desk.order_xray import HopTime, Span, took_text
from hts.desk.order_xray_checks import CheckRow
from hts.desk.order_xray_lanes import Lane
from hts.desk.order_xray_refused import RefusedRow
from hts.desk.order_xray_route import PlanRow, SeenRow
from hts.desk.order_xray_state import Xray
from hts.desk.order_xray_wire import WireMessage
from hts.desk.texts import Texts
from hts.model.trace import Told


class SpokenXray(Struct, frozen=True, kw_only=True):
    """Sentences by the part of the picture that they are about."""

    head: tuple[str, ...]
    facts: tuple[str, ...]
    why: tuple[str, ...]
    hops: tuple[str, ...]
    spans: tuple[str, ...]
    lanes: tuple[str, ...]
    route: tuple[str, ...]
    reports: tuple[str, ...]
    checks: tuple[str, ...]
    refused: tuple[str, ...]
    messages: tuple[str, ...]


def spoken_xray(xray: Xray, texts: Texts, px_decimals: int) -> SpokenXray:
    """All of it: nothing that is painted is left out but the bytes."""
    lanes = xray.lanes.lanes if xray.lanes is not None else ()
    route, told = xray.route, xray.trace.told if xray.trace is not None else ()
    ways = (*(_seen(row, texts) for row in route.seen), *(_plan(row, texts) for row in route.plans)) if route else ()
    return SpokenXray(
        head=(xray.head.verdict, xray.head.route),
        facts=tuple(f"{fact.label} {fact.value}" for fact in xray.facts),
        why=tuple(f"{row.label} {row.value}" for row in xray.why),
        hops=tuple(_hop(hop, texts) for hop in xray.way.hops),
        spans=tuple(_span(span, texts) for span in xray.way.spans),
        lanes=tuple(_lane(lane, texts) for lane in lanes),
        route=ways,
        reports=tuple(_report(one, xray, texts, px_decimals) for one in told),
        checks=tuple(_check(row, texts) for row in xray.checks),
        refused=tuple(_refused(row) for row in xray.refused),
        messages=tuple(_message(one, xray, texts) for one in xray.messages),
    )


def _hop(hop: HopTime, texts: Texts) -> str:
    name = texts(f"hop.{hop.hop.value}")
    if not hop.is_known:
        return f"{name} —"
    over = f", {texts('order_xray.over_budget')}" if hop.is_over else ""
    return f"{name} {took_text(hop.took_ns)}, {texts('order_xray.budget')} {took_text(hop.budget_ns)}{over}"


def _span(span: Span, texts: Texts) -> str:
    over = f", {texts('order_xray.over_budget')}" if span.took_ns > span.budget_ns else ""
    return (
        f"{texts(span.key)} {took_text(span.took_ns)}, {texts('order_xray.budget')} {took_text(span.budget_ns)}{over}"
    )


def _lane(lane: Lane, texts: Texts) -> str:
    return f"{lane.venue} {lane.terms}, {lane_result(lane, texts)}"


def lane_result(lane: Lane, texts: Texts) -> str:
    """What became of a part, and when."""
    if lane.is_refused:
        return texts("order_xray.lane_refused", took=took_text(lane.ack_ns))
    if lane.fills:
        filled = qty_text(sum(qty for _, qty in lane.fills))
        return texts("order_xray.lane_filled", qty=filled, took=took_text(lane.fills[-1][0]))
    key = "order_xray.lane_accepted" if lane.ack_ns >= 0 else "order_xray.lane_waits"
    return texts(key, took=took_text(max(lane.ack_ns, lane.wire_ns)))


def _seen(row: SeenRow, texts: Texts) -> str:
    bid, ask = texts("order_xray.bid"), texts("order_xray.ask")
    fee = f"{texts('order_xray.fee')} {row.fee_bp}"
    return f"{row.venue}, {bid} {row.bid} {row.bid_qty}, {ask} {row.ask} {row.ask_qty}, {fee}, {row.decision}"


def _plan(row: PlanRow, texts: Texts) -> str:
    return f"{row.name}, {texts('order_xray.cost')} {row.cost}, {row.why or row.difference}"


def _report(one: Told, xray: Xray, texts: Texts, px_decimals: int) -> str:
    at = f"+{took_text(one.mono_ns - xray.start_ns)} " if xray.start_ns else ""
    fill = f" {qty_text(one.qty)} @ {px_text(one.px, px_decimals)}" if one.qty else ""
    return f"{at}{texts(f'exec_type.{one.exec_type.name.lower()}')}{fill}"


def _check(row: CheckRow, texts: Texts) -> str:
    said = texts("order_xray.rule_passed" if row.is_passed else "order_xray.rule_refused")
    return f"{said} {row.name} {row.figure}".strip()


def _refused(row: RefusedRow) -> str:
    return f"{row.at} {row.side_text} {row.name} {row.terms} {row.state} {row.cause}".strip()


def _message(one: WireMessage, xray: Xray, texts: Texts) -> str:
    at = f"+{took_text(one.mono_ns - xray.start_ns)} " if xray.start_ns else ""
    way = texts("order_xray.sent" if one.is_sent else "order_xray.received")
    return f"{at}{way} {one.venue} {one.name}, {texts('order_xray.bytes', count=len(one.data))}"
