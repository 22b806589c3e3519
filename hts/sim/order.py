"""One order at the simulated exchange, and the private events that carry it."""

from typing import Any, Final, Protocol, TypeVar

from hts.model.enums import CxlRejResponseTo, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import NO_ID, ClOrdID, Px, Qty, VenueOrderID
from hts.sim.commands import Amend, Cancel, Enter
from hts.sim.events import CancelRefused, OrderEvent, OrderRejected
from hts.sim.exchange_state import OrderState

E = TypeVar("E", bound=OrderEvent)

# What an order is entered with, as far as its events repeat it, and as far as a checkpoint keeps it under that name.
_ENTERED_AND_TOLD: Final = tuple(name for name in OrderEvent.__struct_fields__ if name in Enter.__struct_fields__)
_ENTERED_AND_SAVED: Final = tuple(
    name for name in OrderState.__struct_fields__ if name in Enter.__struct_fields__ and name != "cl_ord_id"
)


class Place(Protocol):
    """Anywhere an order can be taken out of."""

    def discard(self, order: "Order") -> None:
        """The order leaves."""


class Order:
    """An accepted order.

    `handle` is its place in the book, 0 when it does not rest there; `home` the place where it waits otherwise.
    `acts_as` is what its type has become: LIMIT or MARKET, or a type that has not been asked yet (a sleeping stop).
    """

    __slots__ = (
        "account", "acts_as", "cl_ord_id", "client_type", "counterparty", "credit", "cum_qty", "display_qty",
        "expire_ns", "handle", "home", "is_buy", "is_hidden", "is_market", "is_program", "is_short", "leaves_qty",
        "loan_date", "min_qty", "ord_status", "ord_type", "order_id", "order_qty", "post_only", "px", "request_id",
        "session", "side", "smp_id", "smp_mode", "stop_px", "symbol", "time_in_force", "venue_order_id",
    )  # fmt: skip

    def __init__(self, command: Enter, venue_order_id: int) -> None:
        self.session = command.session
        self.order_id: ClOrdID = command.cl_ord_id
        self.cl_ord_id: ClOrdID = command.cl_ord_id
        self.request_id = command.request_id
        self.venue_order_id = venue_order_id
        self.account = command.account
        self.symbol = command.symbol
        self.side: Side = command.side
        self.is_buy = command.side is Side.BUY
        self.ord_type: OrdType = command.ord_type
        self.acts_as = command.ord_type
        self.is_market = command.ord_type is OrdType.MARKET
        self.time_in_force: TimeInForce = command.time_in_force
        self.px: int = command.px
        self.order_qty: int = command.qty
        self.leaves_qty: int = command.qty
        self.cum_qty = 0
        self.ord_status = OrdStatus.NEW
        self.handle = 0
        self.home: Place | None = None
        self.stop_px: int = command.stop_px
        self.display_qty: int = command.display_qty
        self.min_qty: int = command.min_qty
        self.expire_ns = command.expire_ns
        self.post_only = command.post_only
        self.is_short = command.is_short
        self.is_hidden = command.is_hidden
        self.is_program = command.is_program
        self.client_type = command.client_type
        self.smp_id = command.smp_id
        self.smp_mode = command.smp_mode
        self.credit = command.credit
        self.loan_date = command.loan_date
        self.counterparty = command.counterparty

    def act_as(self, ord_type: OrdType) -> None:
        """The order's own rule gives it another type."""
        self.acts_as = ord_type
        self.is_market = ord_type is OrdType.MARKET

    def fill(self, qty: int) -> None:
        """Book one fill."""
        assert 0 < qty <= self.leaves_qty, (qty, self.leaves_qty)
        self.leaves_qty -= qty
        self.cum_qty += qty
        self.ord_status = OrdStatus.PARTIALLY_FILLED if self.leaves_qty else OrdStatus.FILLED
        assert self.leaves_qty + self.cum_qty == self.order_qty, self.order_id

    def end(self, status: OrdStatus) -> None:
        """Nothing of it can trade any more."""
        assert status.is_terminal, status
        self.leaves_qty = 0
        self.handle = 0
        self.ord_status = status

    def event(
        self,
        kind: type[E],
        trade_ns: int,
        *,
        cl_ord_id: ClOrdID = NO_ID,
        orig_cl_ord_id: ClOrdID = NO_ID,
        request_id: str | None = None,
        reason: Reason = Reason.NONE,
        **more: Any,
    ) -> E:
        """The order as it stands now, as an event of that kind."""
        return kind(
            trade_ns=trade_ns,
            session=self.session,
            order_id=self.order_id,
            cl_ord_id=cl_ord_id or self.cl_ord_id,
            orig_cl_ord_id=orig_cl_ord_id,
            request_id=self.request_id if request_id is None else request_id,
            venue_order_id=VenueOrderID(self.venue_order_id),
            account=self.account,
            symbol=self.symbol,
            side=self.side,
            ord_type=self.ord_type,
            time_in_force=self.time_in_force,
            px=Px(self.px),
            order_qty=Qty(self.order_qty),
            leaves_qty=Qty(self.leaves_qty),
            cum_qty=Qty(self.cum_qty),
            ord_status=self.ord_status,
            reason=reason,
            stop_px=Px(self.stop_px),
            display_qty=Qty(self.display_qty),
            min_qty=Qty(self.min_qty),
            expire_ns=self.expire_ns,
            post_only=self.post_only,
            is_short=self.is_short,
            credit=self.credit,
            loan_date=self.loan_date,
            **more,
        )

    def state(self) -> OrderState:
        """All that a restart must bring back."""
        return OrderState(*(getattr(self, name) for name in OrderState.__struct_fields__))

    @classmethod
    def load(cls, state: OrderState) -> "Order":
        """The order as it was saved; it does not rest in a book yet."""
        terms = {name: getattr(state, name) for name in _ENTERED_AND_SAVED}
        entered = Enter(**terms, cl_ord_id=ClOrdID(state.order_id), qty=Qty(state.order_qty))
        order = cls(entered, state.venue_order_id)
        order.cl_ord_id = ClOrdID(state.cl_ord_id)
        order.leaves_qty = state.leaves_qty
        order.cum_qty = state.cum_qty
        order.ord_status = state.ord_status
        order.act_as(state.acts_as)
        return order


def rejected(command: Enter, trade_ns: int, reason: Reason) -> OrderRejected:
    """A new order that was refused."""
    return OrderRejected(
        **{name: getattr(command, name) for name in _ENTERED_AND_TOLD},
        trade_ns=trade_ns,
        order_id=command.cl_ord_id,
        venue_order_id=VenueOrderID(0),
        order_qty=command.qty,
        leaves_qty=Qty(0),
        cum_qty=Qty(0),
        ord_status=OrdStatus.REJECTED,
        reason=reason,
    )


def refused(command: Cancel | Amend, order: Order | None, trade_ns: int, reason: Reason) -> CancelRefused:
    """A cancel or an amend that was refused; `order` is the one it named, when there is one."""
    return CancelRefused(
        trade_ns=trade_ns,
        session=command.session,
        cl_ord_id=command.cl_ord_id,
        orig_cl_ord_id=command.orig_cl_ord_id,
        request_id=command.request_id,
        response_to=CxlRejResponseTo.CANCEL if isinstance(command, Cancel) else CxlRejResponseTo.REPLACE,
        ord_status=order.ord_status if order else OrdStatus.REJECTED,
        reason=reason,
    )
