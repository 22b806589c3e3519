"""What every gateway is to its runner, whatever protocol it speaks. All of them are sans-I/O and decide nothing."""

from typing import Protocol, Union

from hts.gateway.actions import Ask, Dial, Hangup
from hts.model.quotes import AnyQuote, MdBroken, MdDown, MdFault, MdUp, Packet, RetransmitRefused, Snapshot
from hts.model.reports import AnyReport
from hts.model.requests import AnyRequest
from hts.model.views import BarsView

MdEvent = Union[Packet, Snapshot, RetransmitRefused, BarsView, MdUp, MdDown, MdFault, MdBroken, Ask, Dial, Hangup]


class Connection(Protocol):
    """One TCP connection that the gateway asks for (Dial, Hangup) and the shell owns."""

    def connected(self, trade_ns: int, mono_ns: int) -> None: ...

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None: ...

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None: ...

    def data_to_send(self) -> bytes: ...

    def next_timer_ns(self) -> int | None: ...

    def on_timer(self, trade_ns: int, mono_ns: int) -> None: ...


class OrderGateway(Connection, Protocol):
    """Requests out, reports in, over one session with one venue."""

    @property
    def venue(self) -> str: ...

    def send(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None: ...

    def next_event(self) -> AnyReport | Dial | Hangup | None: ...


class MarketDataGateway(Connection, Protocol):
    """Datagrams of two lines in, packets and quotes out; the connection is the venue's recovery service."""

    @property
    def venue(self) -> str: ...

    def receive_packet(self, line: str, data: bytes, trade_ns: int, mono_ns: int) -> Packet | None: ...

    def decode(self, payload: bytes, count: int) -> tuple[AnyQuote, ...]: ...

    def request_retransmit(self, session: int, first_seq: int, count: int) -> None: ...

    def request_snapshot(self) -> None: ...

    def request_bars(self, symbol: str, timeframe_s: int, count: int) -> None: ...

    def next_event(self) -> MdEvent | None: ...
