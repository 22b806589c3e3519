"""How an order session over SoupBinTCP is talked: requests to the wire, messages to what they tell, of one protocol.

The gateway (hts.gateway.ouch) owns the connection, the order book of the session and the numbers of its reports. What
differs between OUCH and arrowhead is here: how a request is named, when requests may leave, and how it is known that
the venue has said everything that happened before a login.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from hts.gateway.ouch_dialects import OuchDialect, refuse
from hts.gateway.ouch_heard import Heard, Said
from hts.gateway.ouch_orders import OuchOrders
from hts.model.enums import TimeInForce
from hts.model.requests import (
    AnyRequest,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
)
from hts.model.units import ClOrdID
from hts.wire.layout.codec import BinaryLayout, Decoded
from hts.wire.ouch.session import OuchClient, OuchEvent
from hts.wire.soupbin.client import SoupClient


class Lost(Struct, frozen=True, kw_only=True):
    """Requests that never reached the venue."""

    cl_ord_ids: tuple[ClOrdID, ...]


TalkEvent = OuchEvent | Lost


class OrderTalk(Protocol):
    """One protocol, over all connections of a session."""

    def begin(self, soup: SoupClient, *, cancels_on_disconnect: bool) -> None:
        """A fresh connection; its login follows. It tells the day from its first message."""
        ...

    @property
    def is_ready(self) -> bool:
        """Requests may leave."""
        ...

    @property
    def is_all_said(self) -> bool | None:
        """Whether nothing that happened before the login is still to be told; None: not known yet, and a venue that
        never pauses does not tell.
        """
        ...

    def say(self, request: AnyRequest, orders: OuchOrders, mono_ns: int) -> None:
        """Send a request. Raises LocalProtocolError for what cannot be said."""
        ...

    def next_event(self, mono_ns: int) -> TalkEvent | None:
        """The oldest event not yet taken."""
        ...

    def read(self, message: Decoded) -> Heard | None:
        """What a message tells of an order; None for something else. Raises RemoteProtocolError."""
        ...

    def time_of(self, message: Decoded, trade_ns: int) -> int:
        """The venue's time of a message; `trade_ns` is about when it came."""
        ...


class OuchTalk:
    """Any OUCH: requests are named by tokens. `midnight_of` gives the venue's midnight before a time of its day."""

    def __init__(self, layout: BinaryLayout, dialect: OuchDialect, midnight_of: Callable[[int], int]) -> None:
        self._layout = layout
        self._dialect = dialect
        self._midnight_of = midnight_of
        self._client: OuchClient | None = None

    def begin(self, soup: SoupClient, *, cancels_on_disconnect: bool) -> None:  # noqa: ARG002  the login's own matter
        self._client = OuchClient(self._layout, soup)

    @property
    def is_ready(self) -> bool:
        return self._client is not None and self._client.soup.is_up

    @property
    def is_all_said(self) -> bool | None:
        """Messages arrive in order, and a heartbeat leaves when there are no more: what was said is before it."""
        return True if self._client is not None and self._client.soup.has_paused else None

    def say(self, request: AnyRequest, orders: OuchOrders, mono_ns: int) -> None:
        assert self._client is not None
        self._client.send(*self._said(request, orders), mono_ns)

    def _said(self, request: AnyRequest, orders: OuchOrders) -> Said:
        if isinstance(request, NewOrderSingle):
            return self._dialect.enter(request)
        if isinstance(request, OrderCancelReplaceRequest):
            order = orders.find(request.orig_cl_ord_id)
            return self._dialect.replace(request, order.time_in_force if order is not None else TimeInForce.DAY)
        if isinstance(request, OrderCancelRequest):
            return self._dialect.cancel(request)
        if isinstance(request, OrderMassCancelRequest):
            return self._dialect.mass_cancel(request)
        raise refuse(type(request).__name__)

    def next_event(self, mono_ns: int) -> TalkEvent | None:  # noqa: ARG002  nothing is answered by itself
        return self._client.next_event() if self._client is not None else None

    def read(self, message: Decoded) -> Heard | None:
        return self._dialect.read(message)

    def time_of(self, message: Decoded, trade_ns: int) -> int:
        """Osaka's stamp is a time, the others' count from midnight."""
        fields = message.fields
        whole: int = fields.get("timestamp_nanoseconds", 0)
        return whole or self._midnight_of(trade_ns) + int(fields.get("timestamp", 0))
