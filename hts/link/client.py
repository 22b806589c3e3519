"""The terminal's side of the link: bytes in, views and quotes out. Sans-I/O.

The client remembers the core's run and its last order event, so that a reconnect continues where it stopped; a whole
state that broke off in the middle is no such place, and comes again from its beginning. A hole in the event numbers
can only mean a fault of ours or the core's: the client then asks for the whole state.
"""

from collections.abc import Callable, Iterable
from typing import Union

from hts.base.errors import RemoteProtocolError
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.views import AnyView
from hts.wire.link import messages
from hts.wire.link.frames import FrameReader, FrameType, frame
from hts.wire.link.login import LoginAnswer, LoginRequest, decode_login_answer
from hts.wire.link.messages import VERSION, Hello, Refused, SnapshotBegin, SnapshotEnd, Welcome

Message = Union[
    Welcome,
    Refused,
    SnapshotBegin,
    SnapshotEnd,
    AnyView,
    BookUpdate,
    TradeUpdate,
    PhaseUpdate,
    Instrument,
    LoginAnswer,
]

_QUOTES: dict[FrameType, Callable[[bytes], Message]] = {
    FrameType.BOOK: messages.decode_book,
    FrameType.TRADE: messages.decode_trade,
}
_DECODE: dict[FrameType, Callable[[bytes], Message]] = {
    FrameType.WELCOME: messages.decode_welcome,
    FrameType.REFUSED: messages.decode_refused,
    FrameType.VIEW: messages.decode_view,
    FrameType.PHASE: messages.decode_phase,
    FrameType.INSTRUMENT: messages.decode_instrument,
    FrameType.LOGIN_ANSWER: decode_login_answer,
    FrameType.SNAPSHOT_BEGIN: lambda _: SnapshotBegin(),
}


class LinkClient:
    """One terminal or script. Call `hello` after each connect, then feed what arrives."""

    def __init__(self, *, token: str, build: str, name: str) -> None:
        self._token = token
        self._build = build
        self._name = name
        self._reader = FrameReader()
        self._run_id = ""  # whose whole state is here
        self._welcomed = ""  # the run that this connection is with
        self._last_event = 0

    @property
    def last_event(self) -> int:
        """Sequence number of the last order event that was received."""
        return self._last_event

    def hello(self) -> bytes:
        """First bytes of a new connection."""
        self._reader = FrameReader()
        hello = Hello(
            version=VERSION,
            build=self._build,
            token=self._token,
            name=self._name,
            run_id=self._run_id,
            last_event=self._last_event,
        )
        return frame(FrameType.HELLO, messages.encode_body(hello))

    def intent(self, intent: AnyIntent) -> bytes:
        """Bytes of one intent, to be written at once."""
        return frame(FrameType.INTENT, messages.encode_body(intent))

    def query(self, query: AnyQuery) -> bytes:
        """Bytes of one query."""
        return frame(FrameType.QUERY, messages.encode_body(query))

    def login(self, request: LoginRequest) -> bytes:
        """Bytes of a word about who is there."""
        return frame(FrameType.LOGIN, messages.encode_body(request))

    def receive_data(self, data: bytes) -> list[Message]:
        """What arrived, in order. Raises RemoteProtocolError: hang up, say hello again."""
        return self.receive_frames(self._reader.receive_data(data))

    def receive_newest(self, data: bytes) -> list[Message]:
        """The same for somebody who looks now and then: a book that a newer one in `data` replaces is left out."""
        frames = self._reader.receive_data(data)
        seen: set[bytes] = set()
        kept: list[tuple[FrameType, int, bytes]] = []
        for parts in reversed(frames):
            if parts[0] is FrameType.BOOK:
                subject = messages.subject_of(parts[2])
                if subject in seen:
                    continue
                seen.add(subject)
            kept.append(parts)
        kept.reverse()
        return self.receive_frames(kept)

    def receive_frames(self, frames: Iterable[tuple[FrameType, int, bytes]]) -> list[Message]:
        """The same of frames that were cut elsewhere, as FrameReader gives them."""
        return [self._message(*parts) for parts in frames]

    def _message(self, kind: FrameType, sequence: int, body: bytes) -> Message:
        decode = _QUOTES.get(kind)
        if decode is not None:
            return decode(body)
        if kind is FrameType.EVENT:
            return self._event(sequence, body)
        if kind is FrameType.SNAPSHOT_END:
            self._run_id, self._last_event = self._welcomed, sequence
            return SnapshotEnd(last_event=sequence)
        decode = _DECODE.get(kind)
        if decode is None:
            raise RemoteProtocolError(f"frame from the core: found {kind.name}, which only a client sends")
        message = decode(body)
        if isinstance(message, Welcome):
            self._welcomed = message.run_id
        is_new = isinstance(message, Welcome) and message.run_id != self._run_id
        if is_new or isinstance(message, SnapshotBegin):
            self._run_id = ""  # until all of it is here
        return message

    def _event(self, sequence: int, body: bytes) -> AnyView:
        if sequence != self._last_event + 1:
            expected, self._run_id, self._last_event = self._last_event + 1, "", 0
            raise RemoteProtocolError(f"order event: expected {expected}, found {sequence}; asking for the whole state")
        self._last_event = sequence
        return messages.decode_view(body)
