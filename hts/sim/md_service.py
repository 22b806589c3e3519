"""The feed's recovery service: retransmission, snapshot and bar history over TCP, by connection.

A client that breaks the protocol, or asks so much that more than `unsent_bytes_max` wait for it, is closed with one
line of reason; the others do not notice. See docs/wire/krx_md.md for the frames.
"""

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.model.instruments import Instrument
from hts.model.quotes import Bar
from hts.sim.publisher import Publisher
from hts.wire.mdcs.recovery import (
    BARS_PER_PART_MAX,
    PART_LENGTH_MAX,
    AnyRecovery,
    FrameReader,
    HistoryPart,
    HistoryRequest,
    Refusal,
    RequestRefused,
    RetransmitRequest,
    Retransmitted,
    SnapshotPart,
    SnapshotRequest,
    encode_recovery,
)

BarSource = Callable[[str, int, int], tuple[Bar, ...]]
"""bars(symbol, timeframe_s, count): the newest `count` bars of the days before today, oldest first."""


class MdServiceConfig(Struct, frozen=True, kw_only=True):
    """Bounds. `records_max` is the most that one retransmission answers; the client asks again for the rest."""

    records_max: int = 5_000
    unsent_bytes_max: int = 64 * 1024 * 1024
    reasons_max: int = 64


class MdService:
    """Recovery sessions by connection number."""

    def __init__(
        self,
        publisher: Publisher,
        instruments: tuple[Instrument, ...],
        bars: BarSource,
        config: MdServiceConfig | None = None,
    ) -> None:
        self._publisher = publisher
        self._symbols = {i.isin: i.symbol for i in instruments}
        self._bars = bars
        self._config = config or MdServiceConfig()
        self._readers: dict[int, FrameReader] = {}
        self._out: dict[int, bytearray] = {}
        self._closing: list[int] = []
        self._reasons: deque[str] = deque(maxlen=self._config.reasons_max)

    def roll(self, publisher: Publisher, instruments: tuple[Instrument, ...]) -> None:
        """A new trading day: answers come from the new feed session, the connections stay."""
        self._publisher = publisher
        self._symbols = {i.isin: i.symbol for i in instruments}

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A client has connected."""
        self._readers[conn] = FrameReader()
        self._out[conn] = bytearray()

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """A client is gone."""
        self._forget(conn)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """Bytes of a client, in any cut; the answers are in `data_to_send`."""
        reader = self._readers.get(conn)
        if reader is None:
            return
        reader.receive_data(data)
        try:
            while (message := reader.next_message()) is not None:
                for answer in self._answer(message, trade_ns):
                    self._out[conn] += encode_recovery(answer)
                if len(self._out[conn]) > self._config.unsent_bytes_max:
                    raise RemoteProtocolError(  # noqa: TRY301
                        f"expected the client to read its answers, found {len(self._out[conn])} bytes unsent"
                    )
        except RemoteProtocolError as error:
            self._close(conn, str(error))

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """(connection, bytes) since the last call."""
        found = [(conn, bytes(out)) for conn, out in self._out.items() if out]
        for conn, _ in found:
            self._out[conn].clear()
        return found

    def closing(self) -> list[int]:
        """Connections to be closed by the shell, since the last call."""
        closing, self._closing = self._closing, []
        return closing

    def reasons(self) -> list[str]:
        """Why connections were closed, one line each, since the last call."""
        found = list(self._reasons)
        self._reasons.clear()
        return found

    def _close(self, conn: int, reason: str) -> None:
        self._forget(conn)
        self._closing.append(conn)
        self._reasons.append(f"market data client {conn} closed: {reason}")

    def _forget(self, conn: int) -> None:
        self._readers.pop(conn, None)
        self._out.pop(conn, None)

    def _answer(self, message: AnyRecovery, trade_ns: int) -> list[AnyRecovery]:
        match message:
            case RetransmitRequest():
                return self._retransmit(message)
            case SnapshotRequest(request_id=rid):
                return self._snapshot(rid, trade_ns)
            case HistoryRequest():
                return self._history(message)
        raise RemoteProtocolError(f"expected a request, found a {type(message).__name__}")

    def _retransmit(self, request: RetransmitRequest) -> list[AnyRecovery]:
        count = min(request.count, self._config.records_max)
        found = self._publisher.retransmit(request.session, request.first_seq, count)
        if isinstance(found, Refusal):
            oldest_seq = self._publisher.oldest_seq if found is Refusal.TOO_OLD else 0
            return [RequestRefused(request_id=request.request_id, refusal=found, oldest_seq=oldest_seq)]
        return [Retransmitted(request_id=request.request_id, packet=packet) for packet in found]

    def _snapshot(self, rid: int, trade_ns: int) -> list[AnyRecovery]:
        groups: list[list[bytes]] = [[]]
        size = 0
        for record in self._publisher.snapshot(trade_ns):
            if size + len(record) > PART_LENGTH_MAX:
                groups.append([])
                size = 0
            groups[-1].append(record)
            size += len(record)
        return [
            SnapshotPart(
                request_id=rid,
                session=self._publisher.session,
                next_seq=self._publisher.next_seq,
                trade_ns=trade_ns,
                is_last=at == len(groups) - 1,
                count=len(group),
                payload=b"".join(group),
            )
            for at, group in enumerate(groups)
        ]

    def _history(self, request: HistoryRequest) -> list[AnyRecovery]:
        symbol = self._symbols.get(request.isin)
        if symbol is None:
            return [RequestRefused(request_id=request.request_id, refusal=Refusal.UNKNOWN_ISSUE, oldest_seq=0)]
        if request.timeframe_s == 0 or request.count == 0:
            return [RequestRefused(request_id=request.request_id, refusal=Refusal.BAD_REQUEST, oldest_seq=0)]
        past = self._bars(symbol, request.timeframe_s, request.count)
        bars = (*past, *self._publisher.today.bars(symbol, request.timeframe_s))[-request.count :]
        starts = range(0, max(len(bars), 1), BARS_PER_PART_MAX)
        return [
            HistoryPart(
                request_id=request.request_id,
                is_last=start == starts[-1],
                bars=bars[start : start + BARS_PER_PART_MAX],
            )
            for start in starts
        ]
