"""The working order that keys act on: the one the trader picked, else the newest of the issue.

A pick is left by turning to another issue, by a new order of one's own and by cancelling everything, never by what the
market does: when the picked order is filled, or is another issue's, keys say so instead of moving some other order.
"""

from hts.desk.figures import px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.desk.sending import Refusal
from hts.desk.texts import Texts
from hts.model.units import NO_ID, ClOrdID
from hts.model.views import OrderView


def picked_order(orders: OrdersState, selection: Selection) -> OrderView | None:
    """The picked order while it works and is of the issue that keys act on."""
    view = orders.orders.get(selection.picked) if selection.picked else None
    if view is None or view.ord_status.is_terminal or view.symbol != selection.symbol():
        return None
    return view


def lost_pick(orders: OrdersState, selection: Selection) -> Refusal | None:
    """Why keys cannot act on the order that was picked; None when none was, or when they can."""
    if not selection.picked or picked_order(orders, selection) is not None:
        return None
    view = orders.orders.get(selection.picked)
    if view is None or view.ord_status.is_terminal:
        return Refusal(key="refusal.picked_ended")
    return Refusal(key="refusal.picked_elsewhere", values={"symbol": view.symbol})


def target(orders: OrdersState, selection: Selection) -> OrderView | Refusal:
    """The order that keys amend."""
    lost = lost_pick(orders, selection)
    if lost is not None:
        return lost
    working = orders.working(selection.symbol())
    return picked_order(orders, selection) or (working[-1] if working else Refusal(key="refusal.no_order"))


def step(orders: OrdersState, selection: Selection, by: int, *, everywhere: bool = False) -> OrderView | Refusal:
    """Pick the next working order, the newest first and round the ends; `everywhere` turns to other issues' too."""
    working = orders.working("" if everywhere else selection.symbol())[::-1]
    if not working:
        selection.pick(NO_ID)
        return Refusal(key="refusal.none_working" if everywhere else "refusal.none_working_here")
    ids = [view.order_id for view in working]
    at = (ids.index(selection.picked) + by) % len(ids) if selection.picked in ids else 0
    found = working[at]
    selection.choose(found.symbol)
    selection.pick(found.order_id)
    return found


def place_of(orders: OrdersState, view: OrderView, *, everywhere: bool) -> tuple[int, int]:
    """Its number among the working orders, the newest being the first, and how many there are."""
    ids: list[ClOrdID] = [one.order_id for one in orders.working("" if everywhere else view.symbol)[::-1]]
    return ids.index(view.order_id) + 1, len(ids)


def picked_text(orders: OrdersState, market: MarketState, view: OrderView, texts: Texts, *, everywhere: bool) -> str:
    """The picked order as a sentence."""
    issue = market.instruments.get(view.symbol)
    number, count = place_of(orders, view, everywhere=everywhere)
    return texts(
        "picked.order",
        name=texts.name(issue) if issue is not None else view.symbol,
        side=texts(f"side.{view.side.name.lower()}"),
        qty=qty_text(view.leaves_qty),
        px=px_text(view.px, issue.px_decimals if issue is not None else 0) if view.px else texts("ord_type.market"),
        number=number,
        count=count,
    )
