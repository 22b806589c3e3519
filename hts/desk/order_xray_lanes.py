"""The parts of a routed order side by side on one axis of time: when each left, was accepted, and filled."""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.figures import px_text, qty_text
from hts.model.enums import ExecType
from hts.model.trace import Told, TraceView
from hts.model.units import ClOrdID
from hts.model.views import OrderView

LANES_MAX = 16


class Lane(Struct, frozen=True, kw_only=True):
    """One part. Times count from the axis' beginning, -1 where they are not known; `fills` are (time, shares)."""

    order_id: ClOrdID
    venue: str
    terms: str
    wire_ns: int
    ack_ns: int
    end_ns: int
    fills: tuple[tuple[int, int], ...]
    filled: str
    is_refused: bool
    is_shown: bool


class Lanes(Struct, frozen=True, kw_only=True):
    """All of them; the axis ends with the last thing that was told. `from_key`: it begins with the key, not a part."""

    lanes: tuple[Lane, ...]
    span_ns: int
    begin_ns: int  # on the machine's clock
    from_key: bool


def make_lanes(
    parts: Iterable[tuple[OrderView, TraceView | None]], start_ns: int, shown: ClOrdID, px_decimals: int
) -> Lanes | None:
    """The lanes of an order's parts; None for fewer than two, or before anything was told of them.

    `start_ns` is the key press, 0 where it is not known: then the axis begins with the first part.
    """
    known = [(view, trace) for view, trace in parts if trace is not None and trace.way.read_ns][:LANES_MAX]
    if len(known) < 2:
        return None
    begin = start_ns or min(trace.way.key_ns or trace.way.read_ns for _, trace in known)
    lanes = tuple(_lane(view, trace, begin, shown, px_decimals) for view, trace in known)
    span_ns = max(1, *(lane.end_ns for lane in lanes))
    return Lanes(lanes=lanes, span_ns=span_ns, begin_ns=begin, from_key=start_ns > 0)


def _lane(view: OrderView, trace: TraceView, begin: int, shown: ClOrdID, px_decimals: int) -> Lane:
    way = trace.way
    fills = tuple((one.mono_ns - begin, one.qty) for one in trace.told if one.exec_type is ExecType.TRADE)
    wire, ack = (at - begin if at else -1 for at in (way.wire_ns, way.ack_ns))
    price = px_text(view.px, px_decimals) if view.px else ""
    return Lane(
        order_id=view.order_id,
        venue=view.venue,
        terms=f"{qty_text(view.order_qty)} @ {price}" if price else qty_text(view.order_qty),
        wire_ns=wire,
        ack_ns=ack,
        end_ns=max(wire, ack, _last(trace.told, begin), 0),
        fills=fills,
        filled=qty_text(view.cum_qty),
        is_refused=any(one.exec_type is ExecType.REJECTED for one in trace.told),
        is_shown=view.order_id == shown,
    )


def _last(told: tuple[Told, ...], begin: int) -> int:
    return max((one.mono_ns - begin for one in told), default=-1)
