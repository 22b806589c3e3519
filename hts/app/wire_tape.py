"""The last bytes of the order lines, found again by order. In memory only; bounded by bytes, the oldest go first.

What goes out belongs to the request that it was made of. What comes in is noted when a report has been read from it:
the whole chunk as the socket gave it, since cutting it into messages is for the one who looks at it. Nothing is copied
and nothing decoded on the way of an order; a note costs under a microsecond.
"""

from collections import deque
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from hts.model.enums import ExecType
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.requests import AnyRequest, NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest
from hts.model.trace import TraceView, WireChunk
from hts.model.units import ClOrdID

BYTES_MAX: Final = 8 << 20  # some 20,000 orders with their answers
ANSWER_BYTES_MAX: Final = 1 << 20  # of one order's chunks in one answer; a link frame holds four times that
CHUNK_BYTES_MAX: Final = 64 << 10  # a longer chunk is a whole day sent again, and no single order's


class Chunk:
    """Bytes of one line at one time, and whose they are."""

    __slots__ = ("before", "data", "is_sent", "mono_ns", "orders", "venue")

    def __init__(self, venue: str, data: bytes, before: bytes, mono_ns: int, *, is_sent: bool) -> None:
        self.venue = venue
        self.data = data
        self.before = before
        self.mono_ns = mono_ns
        self.is_sent = is_sent
        self.orders: list[ClOrdID] = []


class WireTape:
    """`received` a chunk, then `told` for each report that came of it; `sent` for each request."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._kept: deque[Chunk] = deque()
        self._by_order: dict[ClOrdID, list[Chunk]] = {}
        self._first: dict[ClOrdID, ClOrdID] = {}  # a request's own id -> the order's, while bytes of it are kept
        self._requests: dict[ClOrdID, list[ClOrdID]] = {}  # the other way round
        self._last_in: dict[str, Chunk] = {}
        self._newest_gone = ClOrdID(0)  # orders up to this one may have lost their first bytes

    def received(self, venue: str, data: bytes, mono_ns: int) -> None:
        """Bytes came; they are kept if a report of an order is among them."""
        last = self._last_in.get(venue)
        before = last.data if last is not None and len(last.data) <= CHUNK_BYTES_MAX else b""
        self._last_in[venue] = Chunk(venue, data, before, mono_ns, is_sent=False)

    def told(self, venue: str, report: ExecutionReport | OrderCancelReject) -> None:
        """The venue said this of an order, in the bytes that came last."""
        chunk = self._last_in.get(venue)
        if chunk is None or len(chunk.data) > CHUNK_BYTES_MAX:
            return
        if isinstance(report, ExecutionReport) and report.exec_type is ExecType.ORDER_STATUS:
            return  # all orders of the day, sent again after a logon
        self._keep(chunk, self._order_of(report.cl_ord_id, report.orig_cl_ord_id))

    def sent(self, venue: str, request: AnyRequest, data: bytes, mono_ns: int) -> None:
        """A request's bytes are with the operating system."""
        if not data:
            return
        if isinstance(request, NewOrderSingle):
            self._keep(Chunk(venue, data, b"", mono_ns, is_sent=True), request.cl_ord_id)
        elif isinstance(request, OrderCancelRequest | OrderCancelReplaceRequest):
            order_id = self._order_of(request.orig_cl_ord_id, ClOrdID(0))
            self._first[request.cl_ord_id] = order_id
            self._requests.setdefault(order_id, []).append(request.cl_ord_id)
            self._keep(Chunk(venue, data, b"", mono_ns, is_sent=True), order_id)

    def _order_of(self, cl_ord_id: ClOrdID, orig: ClOrdID) -> ClOrdID:
        found = self._first.get(cl_ord_id)
        return found if found is not None else self._first.get(orig, orig or cl_ord_id)

    def _keep(self, chunk: Chunk, order_id: ClOrdID) -> None:
        chunks = self._by_order.setdefault(order_id, [])
        if chunks and chunks[-1] is chunk:
            return  # two reports of one order in one chunk
        chunks.append(chunk)
        if not chunk.orders:
            self._kept.append(chunk)
            self._bytes += len(chunk.data)
        chunk.orders.append(order_id)
        while self._bytes > self._bytes_max:
            self._forget(self._kept.popleft())

    def _forget(self, chunk: Chunk) -> None:
        self._bytes -= len(chunk.data)
        for order_id in chunk.orders:
            self._newest_gone = max(self._newest_gone, order_id)
            left = self._by_order[order_id]
            left.remove(chunk)
            if not left:
                del self._by_order[order_id]
                for request in self._requests.pop(order_id, ()):
                    del self._first[request]

    def completed(self, trace: TraceView, protocols: Mapping[str, str]) -> TraceView:
        """The trace with the bytes that are kept of the order, and all ids of its chain."""
        chunks: list[WireChunk] = []
        size = 0
        for chunk in self._by_order.get(trace.order_id, ()):
            size += len(chunk.data) + len(chunk.before)
            if size > ANSWER_BYTES_MAX:
                break
            chunks.append(
                WireChunk(
                    venue=chunk.venue,
                    protocol=protocols.get(chunk.venue, ""),
                    is_sent=chunk.is_sent,
                    mono_ns=chunk.mono_ns,
                    data=chunk.data,
                    before=chunk.before,
                )
            )
        ids = dict.fromkeys((*trace.ids, *self._requests.get(trace.order_id, ())))
        forgotten = size > ANSWER_BYTES_MAX or (trace.is_known and trace.order_id <= self._newest_gone)
        return replace(trace, chunks=tuple(chunks), ids=tuple(ids), forgotten=forgotten)
