"""TCP byte streams out of captured segments, in order, each byte once.

One direction of a connection is a `Stream`. Segments may come late, twice or overlapping; what arrived first stands.
A byte that never comes (the capture lost it) would hold back all that follows: when more than PENDING_MAX bytes wait,
or the capture ends, the stream goes on behind the hole in a new run, and says how many bytes are missing.
"""

from collections.abc import Iterator

from msgspec import Struct

from hts.wire.pcap.headers import Segment

PENDING_MAX = 4 * 1024 * 1024
STREAMS_MAX = 4096
_WRAP = 2**32
_HALF = 2**31


class Run(Struct, frozen=True, kw_only=True):
    """Bytes of one direction without a hole. `missing` bytes before it were not captured."""

    source: str
    target: str
    time_ns: int
    missing: int
    data: bytes


class _Stream:
    """One direction of one connection."""

    def __init__(self, segment: Segment, time_ns: int) -> None:
        self.source, self.target = segment.source, segment.target
        self.time_ns = time_ns
        self.next_seq = (segment.seq + segment.syn) % _WRAP
        self.data = bytearray()
        self.pending: dict[int, bytes] = {}
        self.pending_bytes = 0
        self.missing = 0

    def take(self, segment: Segment) -> Iterator[Run]:
        """Runs that this segment ends."""
        seq = (segment.seq + segment.syn) % _WRAP
        if not segment.payload:
            return
        if len(segment.payload) > len(self.pending.get(seq, b"")):
            self.pending_bytes += len(segment.payload) - len(self.pending.get(seq, b""))
            self.pending[seq] = segment.payload
        self._join()
        while self.pending_bytes > PENDING_MAX:
            yield from self.skip()

    def begins_with(self, syn: Segment) -> bool:
        """Whether this SYN is the one that we know, sent again."""
        return self._ahead((syn.seq + 1) % _WRAP) + len(self.data) == 0

    def skip(self) -> Iterator[Run]:
        """Go on behind the hole."""
        if self.data:
            yield self.run()
        if self.pending:
            nearest = min(self.pending, key=self._ahead)
            self.missing = self._ahead(nearest)
            self.next_seq = nearest
            self._join()

    def run(self) -> Run:
        """What was collected, as a finished run."""
        run = Run(
            source=self.source, target=self.target, time_ns=self.time_ns, missing=self.missing, data=bytes(self.data)
        )
        self.data.clear()
        self.missing = 0
        return run

    def end(self) -> Iterator[Run]:
        """Everything that is left."""
        while self.pending:
            yield from self.skip()
        if self.data:
            yield self.run()

    def _ahead(self, seq: int) -> int:
        """How far `seq` lies before us; negative when it is behind."""
        return (seq - self.next_seq + _HALF) % _WRAP - _HALF

    def _join(self) -> None:
        """Move what is next from pending to data."""
        if len(self.pending) == 1 and self.next_seq in self.pending:  # the usual case: in order
            self._append(self.pending.pop(self.next_seq), 0)
            return
        for seq in sorted(self.pending, key=self._ahead):
            ahead = self._ahead(seq)
            if ahead > 0:
                break
            self._append(self.pending.pop(seq), -ahead)

    def _append(self, payload: bytes, known: int) -> None:
        self.pending_bytes -= len(payload)
        fresh = payload[known:]
        self.data += fresh
        self.next_seq = (self.next_seq + len(fresh)) % _WRAP


class StreamTable:
    """All streams of a capture. A new SYN on the same addresses is a new connection."""

    def __init__(self) -> None:
        self._streams: dict[tuple[str, str], _Stream] = {}

    def take(self, segment: Segment, time_ns: int) -> Iterator[Run]:
        """Runs that are finished by this segment."""
        key = (segment.source, segment.target)
        stream = self._streams.get(key)
        if stream is not None and segment.syn and (stream.data or stream.pending):
            if stream.begins_with(segment):
                return
            yield from stream.end()
            stream = None
        if stream is None or (segment.syn and not stream.data and not stream.pending):
            if len(self._streams) >= STREAMS_MAX:
                yield from self._forget_oldest()
            stream = self._streams[key] = _Stream(segment, time_ns)
        yield from stream.take(segment)
        if segment.rst:
            yield from self._streams.pop(key).end()

    def end(self) -> Iterator[Run]:
        """The capture is over."""
        for stream in self._streams.values():
            yield from stream.end()
        self._streams.clear()

    def _forget_oldest(self) -> Iterator[Run]:
        yield from self._streams.pop(next(iter(self._streams))).end()
