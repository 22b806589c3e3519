"""What the venues say happened to the account's orders, in one form: read from a drop copy over UMS or over FIX."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hts.gateway.fix_drop_copy import foreign_id
from hts.lab.copy_reader import Copied
from hts.lab.setting import MEMBER, PASSWORD, Membership
from hts.lab.venue_node import VenueNode
from hts.model.enums import ExecType, LastLiquidityInd, Side
from hts.model.units import ClOrdID
from hts.sim.events import OrderEvent, OrderStated, OrderTraded, TradeUndone
from hts.sim.fix_reports import EXEC_TYPES, exec_id
from hts.sim.order_entry import DROP_COPY
from hts.wire.ums.events import MessageReceived
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import Execution
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

_ROUNDS_MAX: Final = 100
_AUCTIONS_ALONE: Final = "OSE"  # whose order wire says of a fill whether a call made it, and no more


class Told(Struct, frozen=True, kw_only=True):
    """One execution. `cl_ord_id` is what the house calls the order or request; another system's have numbers too."""

    venue: str
    cl_ord_id: ClOrdID
    exec_id: str
    exec_ref_id: str
    exec_type: ExecType
    symbol: str
    side: Side
    last_px: int
    last_qty: int
    liquidity: LastLiquidityInd  # as far as the line tells it that the core takes it from


def standing_fills(told: Iterable[Told]) -> dict[tuple[str, str], Told]:
    """Each fill that stands, by venue and ExecID; busts and corrections are carried out."""
    found: dict[tuple[str, str], Told] = {}
    for one in told:
        if one.exec_type in (ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT):
            del found[one.venue, one.exec_ref_id]
        if one.exec_type in (ExecType.TRADE, ExecType.TRADE_CORRECT):
            assert (one.venue, one.exec_id) not in found, f"{one.venue} tells fill {one.exec_id} twice"
            found[one.venue, one.exec_id] = one
    return found


def told_by_ums(layout: UmsLayout, node: VenueNode) -> list[Told]:
    """By the drop copy of a venue that speaks UMS."""
    return [
        Told(
            venue=node.config.name,
            cl_ord_id=ClOrdID(e.cl_ord_id),
            exec_id=str(e.exec_id),
            exec_ref_id=str(e.exec_ref_id),
            exec_type=e.exec_type,
            symbol=e.symbol,
            side=e.side,
            last_px=e.last_px,
            last_qty=e.last_qty,
            liquidity=e.last_liquidity_ind,
        )
        for e in _read_ums(layout, node)
    ]


def told_by_copies(node: VenueNode, copies: Iterable[Copied], account: str) -> list[Told]:
    """By the drop copy over FIX, of the account's orders; our own session's are named by our numbers.

    What a fill did to the book is the venue's note: FIX 4.4, which is read here, has no word for an auction.
    """
    own = node.membership
    noted = {exec_id(event): event.liquidity for event in _noted(node) if isinstance(event, OrderTraded | TradeUndone)}
    return [
        Told(
            venue=one.venue,
            cl_ord_id=ClOrdID(int(one.name)) if one.session == own.session else foreign_id(one.session, one.name),
            exec_id=one.exec_id,
            exec_ref_id=one.exec_ref_id,
            exec_type=one.exec_type,
            symbol=one.symbol,
            side=one.side,
            last_px=one.last_px,
            last_qty=one.last_qty,
            liquidity=_heard(one, noted[one.exec_id], own),
        )
        for one in copies
        if one.last_qty and (one.session == own.session or one.account == account)
    ]


def missing_copies(node: VenueNode, copies: Iterable[Copied]) -> str:
    """Where the drop copy and the venue's own notes part; "" where it told each event once and in order."""
    noted = [(event.session, EXEC_TYPES[type(event)], exec_id(event), _in_fix_44(event)) for event in _noted(node)]
    told = [(one.session, one.exec_type, one.exec_id, one.liquidity) for one in copies]
    if told == noted:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(told, noted, strict=False)) if a != b), min(len(told), len(noted)))
    return f"{node.config.name}: copy {at} is {told[at : at + 1]} of {len(told)}, noted {noted[at : at + 1]}"


def _noted(node: VenueNode) -> list[OrderEvent]:
    """What the venue has to copy of its day."""
    assert node.venue is not None, node.config.name
    return [
        event
        for event in node.venue.day.told
        if isinstance(event, OrderEvent) and not isinstance(event, OrderStated) and event.session.startswith(MEMBER)
    ]


def _in_fix_44(event: OrderEvent) -> LastLiquidityInd:
    found = event.liquidity if isinstance(event, OrderTraded | TradeUndone) else LastLiquidityInd.UNKNOWN
    return LastLiquidityInd.UNKNOWN if found is LastLiquidityInd.AUCTION else found


def _heard(one: Copied, noted: LastLiquidityInd, own: Membership) -> LastLiquidityInd:
    """What reaches the core: a fill of ours by its order line, a correction and all of others by the drop copy."""
    if own.by_fix:
        return noted
    is_by_order_line = one.session == own.session and one.exec_type is ExecType.TRADE
    if is_by_order_line and one.venue == _AUCTIONS_ALONE and noted is not LastLiquidityInd.AUCTION:
        return LastLiquidityInd.UNKNOWN
    return noted


def _read_ums(layout: UmsLayout, venue: VenueNode) -> list[Execution]:
    """Everything the venue has said about the member's orders today, over a real session."""
    session = UmsSession(
        layout, role=Role.INITIATOR, comp_id=MEMBER + DROP_COPY, peer_id=venue.config.name, password=PASSWORD, epoch=0
    )
    venue.orders.open_directly()
    session.connected(0, venue.now())
    found: list[Execution] = []
    for _ in range(_ROUNDS_MAX):
        data = session.data_to_send()
        answers = venue.orders.exchange_directly(data)
        if not data and not answers:
            venue.orders.close_directly()
            return found
        for answer in answers:
            session.receive_data(answer, 0, venue.now())
        while (event := session.next_event()) is not None:
            if isinstance(event, MessageReceived) and isinstance(event.message, Execution):
                found.append(event.message)
    raise AssertionError("the drop copy never became quiet")
