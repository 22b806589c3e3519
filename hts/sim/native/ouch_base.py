"""What the order dialects do alike: days without a word, and orders that are named by numbers of 32 bits."""

from typing import Any

from hts.model.reasons import Reason
from hts.sim.events import (
    MemberEvent,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderTraded,
)
from hts.sim.native.book_flow import UNNAMED_FROM
from hts.sim.native.ouch_service import Said
from hts.sim.native.ouch_words import NamedOrder, OrderNames, UnnamedIds
from hts.wire.layout.codec import BinaryLayout, Decoded


class PlainOuch:
    """No query, and no message for the beginning and the end of a day."""

    def __init__(self, layout: BinaryLayout) -> None:
        self.layout = layout

    def answer(self, message: Decoded, session: str, next_seq: int) -> Said | None:  # noqa: ARG002
        """There is no query here."""
        return None

    def day_begins(self, trade_ns: int) -> list[Said]:  # noqa: ARG002
        """Nothing."""
        return []

    def day_ends(self, trade_ns: int) -> list[Said]:  # noqa: ARG002
        """Nothing."""
        return []


class NumberedOuch(PlainOuch):
    """Orders under the client's numbers, times from `midnight_ns` on. `reduces` as in the feed."""

    event_field: str  # of the message that tells the day's beginning and end
    cancels: dict[Reason, str]
    other_cancel: str

    def __init__(self, layout: BinaryLayout, midnight_ns: int, *, reduces: bool = True) -> None:
        super().__init__(layout)
        self._midnight_ns = midnight_ns
        self._unnamed = UnnamedIds()
        self._orders = OrderNames(reduces=reduces)

    def day_begins(self, trade_ns: int) -> list[Said]:
        """Start of day."""
        return [("system_event", {"timestamp": self._stamp(trade_ns), self.event_field: "S"})]

    def day_ends(self, trade_ns: int) -> list[Said]:
        """End of day."""
        return [("system_event", {"timestamp": self._stamp(trade_ns), self.event_field: "E"})]

    def messages(self, event: MemberEvent) -> list[Said]:
        """What a member hears of an event."""
        match event:
            case OrderAccepted():
                return [("order_accepted", self._accepted(event, self._orders.accepted(event)))]
            case OrderRejected() if event.cl_ord_id < UNNAMED_FROM:
                return [self._rejected(event.trade_ns, event.cl_ord_id, event.reason, event.request_id)]
            case OrderAmended():
                return [self._amended(event)]
            case OrderCanceled() | OrderExpired():
                reason = self.cancels.get(event.reason, self.other_cancel)
                return [self._canceled(event, event.order_qty - event.cum_qty, reason)]
            case OrderTraded():
                return [("order_executed", self._executed(event))]
        return self._others(event)

    def _stamp(self, trade_ns: int) -> int:
        return max(trade_ns - self._midnight_ns, 0)

    # -- what each says in its own way

    def _accepted(self, event: OrderEvent, order: NamedOrder) -> dict[str, Any]:
        raise NotImplementedError

    def _rejected(self, trade_ns: int, number: int, reason: Reason, request_id: str) -> Said:
        raise NotImplementedError

    def _amended(self, event: OrderAmended) -> Said:
        raise NotImplementedError

    def _canceled(self, event: OrderEvent, decrement: int, reason: str) -> Said:
        raise NotImplementedError

    def _executed(self, event: OrderTraded) -> dict[str, Any]:
        raise NotImplementedError

    def _others(self, event: MemberEvent) -> list[Said]:
        raise NotImplementedError
