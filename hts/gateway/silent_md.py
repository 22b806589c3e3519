"""The market data of a venue whose feed is not read here: none. Orders there are refused for want of prices."""

from hts.gateway.contract import MdEvent
from hts.model.quotes import AnyQuote, Packet
from hts.model.views import BarsView


class SilentMarketData:
    """A feed that never speaks, so that risk lets no order through; what works at the venue can be cancelled."""

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self._answers: list[BarsView] = []

    def receive_packet(self, line: str, data: bytes, trade_ns: int, mono_ns: int) -> Packet | None:  # noqa: ARG002
        """Nothing listens to the lines."""
        return None

    def decode(self, payload: bytes, count: int) -> tuple[AnyQuote, ...]:  # noqa: ARG002
        """There is never a packet."""
        return ()

    def request_retransmit(self, session: int, first_seq: int, count: int) -> None:
        """There is nobody to ask."""

    def request_snapshot(self) -> None:
        """There is nobody to ask."""

    def request_bars(self, symbol: str, timeframe_s: int, count: int) -> None:  # noqa: ARG002
        """No history; the panel that asks gets its answer."""
        self._answers.append(BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=(), venue=self.venue))

    def next_event(self) -> MdEvent | None:
        """Answers to what was asked."""
        return self._answers.pop(0) if self._answers else None

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """Never dialled."""

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:
        """Never dialled."""

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Never dialled."""

    def data_to_send(self) -> bytes:
        """Nothing."""
        return b""

    def next_timer_ns(self) -> int | None:
        """Nothing is ever due."""
        return None

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """Nothing is ever due."""
