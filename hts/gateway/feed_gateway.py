"""What every gateway of a feed by order does alike: the books it reads into, and the connection of its recovery.

    IDLE --dial: Dial--> DIALLING --opened--> OPEN --hang_up: Hangup--> CLOSING --closed--> IDLE

Nothing is dialled again by itself: the engine's sequencer asks again for what it still lacks. What does not fit the
books makes them void (MdBroken): nothing is told of them until a snapshot has come, or a new session of the feed.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol

from hts.base.errors import RemoteProtocolError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.contract import MdEvent
from hts.gateway.feed_reader import OrderBooks
from hts.gateway.feed_watch import FeedWatch
from hts.model.quotes import AnyQuote, MdBroken, Snapshot
from hts.model.views import BarsView

MS: Final = 1_000_000
MISSED_BREAK: Final = (
    "expected a trade that is still kept, found a break of an older one: the day's figures still have it"
)


class Line(Enum):
    """Where the recovery connection stands."""

    IDLE = "idle"
    DIALLING = "dialling"
    OPEN = "open"
    CLOSING = "closing"


class BooksReader(Protocol):
    """A reader, whatever it is handed."""

    feed: OrderBooks

    def begin(self, trading_date: int) -> None: ...


class FeedGateway:
    """The common part. `answer_ns`: how long the recovery service may be silent when something is wanted of it."""

    def __init__(self, venue: str, reader: BooksReader, silence_ns: int, answer_ns: int) -> None:
        self.venue = venue
        self._begins = reader.begin
        self._feed = reader.feed
        self._watch = FeedWatch(venue, silence_ns)
        self._answer_ns = answer_ns
        self._events: deque[MdEvent] = deque()
        self._session = 0  # what was read, and how far
        self._next_seq = 0
        self._is_broken = False
        self._trade_ns = self._mono_ns = 0  # of the newest call
        self._line = Line.IDLE
        self._due_ns: int | None = None

    def _at(self, trade_ns: int, mono_ns: int) -> None:
        self._trade_ns, self._mono_ns = trade_ns, mono_ns

    # -- the books

    def _begin(self, session: int, trading_date: int) -> None:
        """A session of the feed is read from its beginning, or from a snapshot that follows."""
        self._begins(trading_date)
        self._session, self._next_seq = session, 0
        self._is_broken = False

    def _changes(self, read: Callable[[], None]) -> tuple[AnyQuote, ...]:
        """What reading changes; nothing of books that are void, or become so."""
        if self._is_broken:
            return ()
        missed = self._feed.missed_breaks
        try:
            read()
        except RemoteProtocolError as error:
            self._is_broken = True
            self._watch.report("broken", str(error))
            self._events.append(MdBroken(venue=self.venue, detail=str(error)))
            return ()
        for _ in range(missed, self._feed.missed_breaks):
            self._watch.report("break", MISSED_BREAK)
        return self._feed.take()

    def _is_old(self, session: int, next_seq: int, newest: int) -> bool:
        """A snapshot of another session than the newest, or older than what was read."""
        return session != newest or (session == self._session and next_seq < self._next_seq)

    def _restore(self, next_seq: int, read: Callable[[], int]) -> None:
        """The books out of a snapshot, behind `_begin`. `read` gives the time that it tells, 0 for none."""
        try:
            told_ns = read()
        except RemoteProtocolError as error:
            self._fail(f"snapshot: {error}")
            self._is_broken = True
            return
        self._next_seq = next_seq
        self._events.append(
            Snapshot(
                session=self._session,
                next_seq=next_seq,
                trade_ns=told_ns,
                quotes=self._feed.whole(),
                venue=self.venue,
            )
        )

    def request_bars(self, symbol: str, timeframe_s: int, count: int) -> None:
        """The protocol has no history: what was heard since this process listens."""
        bars = self._feed.bars.bars(symbol, timeframe_s, count)
        self._events.append(BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=bars, venue=self.venue))

    # -- the recovery connection

    def _dial(self) -> None:
        self._line = Line.DIALLING
        self._wait()
        self._events.append(Dial())

    def _wait(self) -> None:
        """Something must come from now on."""
        self._due_ns = self._mono_ns + self._answer_ns

    def _opened(self) -> bool:
        """The shell has opened it. False where nobody wants it: the shell is told to hang up."""
        if self._line is not Line.DIALLING:
            self._events.append(Hangup(reason="not_wanted"))
            return False
        self._line = Line.OPEN
        self._due_ns = None
        return True

    def _closed(self) -> None:
        self._line = Line.IDLE
        self._due_ns = None

    def _fail(self, detail: str) -> None:
        self._watch.report("recovery", detail)
        if self._line is Line.OPEN:
            self._hang_up("protocol_fault")

    def _hang_up(self, reason: str) -> None:
        self._line = Line.CLOSING
        self._due_ns = None
        self._events.append(Hangup(reason=reason))

    # -- what the shell takes

    def next_event(self) -> MdEvent | None:
        """The oldest event or instruction not yet taken."""
        return self._watch.next_event() or (self._events.popleft() if self._events else None)

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`; None when nothing is due."""
        times = (self._due_ns, self._watch.next_timer_ns())
        return min((at for at in times if at is not None), default=None)

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """What is due at `mono_ns`; early and late calls are harmless."""
        self._at(trade_ns, mono_ns)
        self._watch.on_timer(mono_ns)
        if self._due_ns is not None and mono_ns >= self._due_ns:
            self._watch.report("recovery", f"expected an answer within {self._answer_ns // MS} ms, found none")
            self._hang_up("recovery_silent")
