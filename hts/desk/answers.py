"""What the core answered to panels' questions, and what the terminal itself has measured.

Answers are kept until newer ones come; of traces the newest few. `drain` says whether anything came since the frame
before.
"""

from collections.abc import Callable
from typing import Union

from hts.desk.order_xray_stamps import TerminalStamps
from hts.desk.order_xray_wire import WireMessage
from hts.desk.past_trades import PastTrades
from hts.model.past_fills import FillsPage
from hts.model.risk_views import RiskView
from hts.model.trace import LatencyView, TraceView
from hts.model.units import ClOrdID

TRACES_MAX = 64

Decode = Callable[[TraceView], tuple[WireMessage, ...]]
Answer = Union[TraceView, LatencyView, RiskView, FillsPage]


def no_decoder(_trace: TraceView) -> tuple[WireMessage, ...]:
    """Without decoders no message has a name."""
    return ()


class Answers:
    """`looked_at` is the order or work that the x-ray shows, 0 for the newest one."""

    def __init__(self, decode: Decode = no_decoder) -> None:
        self._decode = decode
        self._traces: dict[ClOrdID, TraceView] = {}
        self._messages: dict[ClOrdID, tuple[WireMessage, ...]] = {}
        self._changed = False
        self.stamps = TerminalStamps()
        self.latency: LatencyView | None = None
        self.risk: RiskView | None = None
        self.past = PastTrades()
        self.looked_at = ClOrdID(0)

    def take(self, answer: Answer) -> None:
        """Keep an answer."""
        if isinstance(answer, TraceView):
            before = self._traces.pop(answer.order_id, None)
            if len(self._traces) >= TRACES_MAX:
                oldest = next(iter(self._traces))
                del self._traces[oldest]
                self._messages.pop(oldest, None)
            self._traces[answer.order_id] = answer
            if before is None or before.chunks != answer.chunks:
                self._messages.pop(answer.order_id, None)
        elif isinstance(answer, LatencyView):
            self.latency = answer
            self.stamps.returned(answer.answered)
        elif isinstance(answer, RiskView):
            self.risk = answer
        else:
            self.past.take(answer)
        self._changed = True

    def look_at(self, order_id: ClOrdID) -> None:
        """Let the x-ray show an order or a piece of work; 0 follows the newest."""
        self.looked_at = order_id
        self._changed = True

    def trace(self, order_id: ClOrdID) -> TraceView | None:
        """The newest answer about an order."""
        return self._traces.get(order_id)

    def messages(self, order_id: ClOrdID) -> tuple[WireMessage, ...]:
        """The order's messages, decoded when they are first asked for."""
        found = self._messages.get(order_id)
        trace = self._traces.get(order_id)
        if found is None and trace is not None:
            found = self._messages[order_id] = self._decode(trace)
        return found or ()

    def drain(self) -> bool:
        """Whether anything came since the last call."""
        changed, self._changed = self._changed, False
        return changed
