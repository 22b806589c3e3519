"""What else was refused today, beside an order that was: whether it happens again is seen at a glance."""

from collections.abc import Mapping

from msgspec import Struct

from hts.desk.figures import clock_text, px_text, qty_text
from hts.desk.order_xray_refusal import SENTENCE_END
from hts.desk.sentences import end_text
from hts.desk.texts import Texts
from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.views import OrderView

ROWS_MAX = 40  # more has no room on any screen
REFUSED = frozenset({OrdStatus.DENIED, OrdStatus.REJECTED})


class RefusedRow(Struct, frozen=True, kw_only=True):
    """One order. `cause` is the refusal's sentence without what to do; `is_shown`: it is the one under the x-ray."""

    order_id: ClOrdID
    at: str
    side: Side
    side_text: str
    name: str
    terms: str
    state: str
    cause: str
    is_shown: bool


def refused_rows(
    view: OrderView, orders: Mapping[ClOrdID, OrderView], issues: Mapping[str, Instrument], texts: Texts
) -> tuple[RefusedRow, ...]:
    """Newest first; none beside an order that was not refused itself."""
    if view.ord_status not in REFUSED:
        return ()
    found = [one for one in orders.values() if one.ord_status in REFUSED][-ROWS_MAX:]
    return tuple(_row(one, issues.get(one.symbol), texts, is_shown=one is view) for one in reversed(found))


def _row(view: OrderView, issue: Instrument | None, texts: Texts, *, is_shown: bool) -> RefusedRow:
    decimals = issue.px_decimals if issue is not None else 0
    is_limit = view.ord_type is OrdType.LIMIT
    px = px_text(view.px, decimals) if is_limit else texts(f"ord_type.{view.ord_type.name.lower()}")
    return RefusedRow(
        order_id=view.order_id,
        at=clock_text(view.entered_ns),
        side=view.side,
        side_text=texts(f"side.{view.side.name.lower()}"),
        name=texts.name(issue) if issue is not None else view.symbol,
        terms=f"{px} × {qty_text(view.order_qty)}",
        state=texts(f"status.{view.ord_status.name.lower()}"),
        cause=SENTENCE_END.split(end_text(view, texts, decimals), maxsplit=1)[0],
        is_shown=is_shown,
    )
