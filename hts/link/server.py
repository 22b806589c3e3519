"""The core's side of the link: many clients, one order-event stream, conflated market data. Sans-I/O.

Order events (views of orders, fills, positions, accounts) get one sequence for all clients and wait in each
client's own queue; they are never dropped. A client whose queue reaches EVENTS_WAITING_MAX is cut off: it comes
back, says which event it saw last, and gets what it missed from the ring, or the whole state when the ring no
longer reaches back that far. Books conflate per venue and symbol, trades keep the newest TRADES_WAITING_MAX
of each, status keeps the latest of each venue. A slow client thus costs itself freshness and nobody else anything.

The whole state is put into frames as they are sent, at most SLICE_FRAMES of them in one call of `data_to_send`: a
terminal that comes while thousands of orders are known holds up nobody. What happens meanwhile waits behind it.

Of a core that asks for a login, a client that has said hello is greeted and no more: it is told that, its words about
who it is are passed on, its intents too (the engine refuses them), and it is shown nothing until `admit`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from hmac import compare_digest
from itertools import chain, islice

from hts.base.errors import RemoteProtocolError
from hts.model.denials import Denial, Rule
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery, Subscribe
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.views import AnyView, BarsView, OutcomeView, StatusView
from hts.wire.link import messages
from hts.wire.link.frames import FrameReader, FrameType, frame
from hts.wire.link.login import LoginAnswer, LoginAsked, LoginRequest, decode_login
from hts.wire.link.messages import VERSION, Hello, Refused, SnapshotBegin, SnapshotEnd, Welcome

EVENTS_WAITING_MAX = 10_000
SLICE_FRAMES = 128  # of a whole state at once: a millisecond or less
TRADES_WAITING_MAX = 64
RING_LENGTH = 10_000
INPUT_UNTIL_HELLO_MAX = 4096  # an unknown peer may not make us hold more
INPUT_UNTIL_LOGIN_MAX = 16 * 1024  # a login's answer with a chain of certificates
FRAMES_UNTIL_LOGIN_MAX = 64  # a stranger who only tries is cut off

OTHER_BUILD_MAX = 80  # characters of a stranger's name and build that an alert shows
INPUT_MAX = 64 * 1024  # the longest intent is a few hundred bytes; a journal record must be able to hold it

Quote = BookUpdate | TradeUpdate | PhaseUpdate | Instrument


class _Client:
    """One connection. Before its hello is accepted it gets nothing but a refusal, before it is attached no views."""

    def __init__(self) -> None:
        self.reader = FrameReader(length_max=INPUT_UNTIL_HELLO_MAX)
        self.hello: Hello | None = None  # once it is accepted
        self.attached = False
        self.frames_until_login = 0
        self.closing = False
        self.other_build = ""  # of a client that may only look
        self.snapshot: Iterator[bytes] | None = None  # frames of the whole state, made as they are sent
        self.events: deque[bytes] = deque()
        self.books: dict[tuple[str, str], BookUpdate] = {}  # by venue and symbol
        self.trades: dict[tuple[str, str], deque[TradeUpdate]] = {}
        self.statuses: dict[str, StatusView] = {}  # by venue
        self.symbols: frozenset[str] = frozenset()  # empty: all

    def wants(self, symbol: str) -> bool:
        return self.attached and not self.closing and (not self.symbols or symbol in self.symbols)


class LinkServer:
    """Frames in, intents and queries out; views and quotes in, frames out.

    `state` lists the views of the whole present state, `market` the instruments, phases, books and last trades.
    """

    def __init__(
        self,
        *,
        token: str,
        build: str,
        run_id: str,
        state: Callable[[], Iterable[AnyView]],
        market: Callable[[], Iterable[Quote]],
        config_hash: str = "",
        login: LoginAsked | None = None,
    ) -> None:
        """`login`: what this core asks for before it shows anything; None: nothing."""
        assert token, "the link token must not be empty"
        self._token = token
        self._build = build
        self._config_hash = config_hash
        self._run_id = run_id
        self._state = state
        self._market = market
        self._login = login
        self._clients: dict[int, _Client] = {}
        self._others: dict[int, str] = {}
        self._ring: deque[bytes] = deque(maxlen=RING_LENGTH)
        self._sequence = 0
        self.logins: list[tuple[int, LoginRequest]] = []  # who said what about who is there, drained by the shell
        self.faults: list[str] = []  # one line per peer fault, drained by the shell's log

    @property
    def attached(self) -> int:
        """Clients that may trade: they have said hello, are of our build and are not being cut off."""
        count = 0
        for client in self._clients.values():  # before each wish
            count += client.attached and not client.closing and not client.other_build
        return count

    @property
    def other_builds(self) -> tuple[str, ...]:
        """Names and builds of the clients that are not of our build and may only look, each once."""
        return tuple(sorted(set(self._others.values()))) if self._others else ()

    def connected(self, client: int) -> None:
        """A connection was accepted; it must say hello first."""
        assert client not in self._clients, client
        self._clients[client] = _Client()

    def disconnected(self, client: int) -> None:
        """The connection is gone."""
        self._clients.pop(client, None)
        self._others.pop(client, None)

    def receive_data(self, client: int, data: bytes) -> list[AnyIntent | AnyQuery]:
        """What the client wants, in order. A peer fault cuts this client off and nobody else."""
        peer = self._clients[client]
        if peer.closing:
            return []
        wishes: list[AnyIntent | AnyQuery] = []
        try:
            for kind, _, body in peer.reader.receive_data(data):
                self._receive_frame(client, peer, kind, body, wishes)
                if peer.closing:
                    break
        except RemoteProtocolError as error:
            self._refuse(peer, str(error))
        return wishes

    def _receive_frame(
        self, client: int, peer: _Client, kind: FrameType, body: bytes, wishes: list[AnyIntent | AnyQuery]
    ) -> None:
        if peer.hello is None:
            if kind is not FrameType.HELLO:
                raise RemoteProtocolError(f"first frame: expected HELLO, found {kind.name}")
            self._hello(client, peer, messages.decode_hello(body))
            return
        if not peer.attached:
            peer.frames_until_login += 1
            if peer.frames_until_login > FRAMES_UNTIL_LOGIN_MAX:
                raise RemoteProtocolError(f"before the login: expected at most {FRAMES_UNTIL_LOGIN_MAX} frames")
        if kind is FrameType.LOGIN and self._login is not None:
            self.logins.append((client, decode_login(body)))
        elif kind is FrameType.INTENT:
            intent = messages.decode_intent(body)
            if peer.other_build:
                self._refuse_intent(peer, intent)
            else:
                wishes.append(intent)
        elif kind is FrameType.QUERY:
            query = messages.decode_query(body)
            if isinstance(query, Subscribe):
                peer.symbols = frozenset(query.symbols)
            elif peer.attached:  # nobody is told nothing
                wishes.append(query)
        else:
            raise RemoteProtocolError(f"frame from a client: expected INTENT or QUERY, found {kind.name}")

    def _hello(self, client: int, peer: _Client, hello: Hello) -> None:
        """Right token and version. A client of another build may look and not trade: builds must not be mixed."""
        if not compare_digest(hello.token.encode(), self._token.encode()):
            self._refuse(
                peer,
                "link token: expected the one in the core's home directory, found another; "
                "start the terminal as the same user with the same --home",
            )
        elif hello.version != VERSION:
            self._refuse(peer, f"link version: expected {VERSION}, found {hello.version}; update the terminal")
        else:
            self._greet(client, peer, hello)

    def _greet(self, client: int, peer: _Client, hello: Hello) -> None:
        peer.hello = hello
        peer.other_build = hello.build if hello.build != self._build else ""
        if peer.other_build:
            self._others[client] = f"{hello.name or 'terminal'} {hello.build}"[:OTHER_BUILD_MAX]
            self.faults.append(f"build: expected {self._build}, found {hello.build}; client {client} may only look")
        welcome = Welcome(
            version=VERSION,
            build=self._build,
            run_id=self._run_id,
            client=client,
            resumed=self._login is None and self._resumes(hello),
            config_hash=self._config_hash,
            read_only=bool(peer.other_build),
            asks_login=self._login is not None,
        )
        peer.events.append(frame(FrameType.WELCOME, messages.encode_body(welcome)))
        if self._login is None:
            self._attach(peer, hello)
        else:
            peer.reader.length_max = INPUT_UNTIL_LOGIN_MAX
            self.answer_login(client, self._login)

    def _resumes(self, hello: Hello) -> bool:
        return hello.run_id == self._run_id and 0 <= self._sequence - hello.last_event <= len(self._ring)

    def _attach(self, peer: _Client, hello: Hello) -> None:
        """From now on it is shown everything: first what it missed, or the whole state."""
        missed = self._sequence - hello.last_event
        peer.attached = True
        peer.reader.length_max = INPUT_MAX
        if self._login is None and self._resumes(hello):
            peer.events.extend(list(self._ring)[len(self._ring) - missed :])
        else:
            self._whole_state(peer)
        self._whole_market(peer)

    def admit(self, client: int) -> None:
        """The client has proved who it is: it gets the whole state, and everything from now on."""
        peer = self._clients.get(client)
        if peer is not None and peer.hello is not None and not peer.closing:
            peer.frames_until_login = 0
            self._attach(peer, peer.hello)

    def name_of(self, client: int) -> str:
        """How the client calls itself: those that came through the door were named by it."""
        peer = self._clients.get(client)
        return peer.hello.name if peer is not None and peer.hello is not None else ""

    def dismiss(self, client: int) -> None:
        """The session is over: nothing more is shown, what still waited neither."""
        peer = self._clients.get(client)
        if peer is not None:
            peer.attached = False
            peer.snapshot = None
            peer.reader.length_max = INPUT_UNTIL_LOGIN_MAX
            for waiting in (peer.events, peer.books, peer.trades, peer.statuses):
                waiting.clear()

    def answer_login(self, client: int, answer: LoginAnswer) -> None:
        """A word of the relying party to one client."""
        peer = self._clients.get(client)
        if peer is not None and peer.hello is not None and not peer.closing:
            self._enqueue(peer, frame(FrameType.LOGIN_ANSWER, messages.encode_body(answer)))

    def cut_off(self, client: int, reason: str) -> None:
        """Hang up on a client that asks for more than anybody needs."""
        peer = self._clients.get(client)
        if peer is not None and not peer.closing:
            self._refuse(peer, reason)

    def _refuse_intent(self, peer: _Client, intent: AnyIntent) -> None:
        """Answered at once and kept nowhere: after an update the same request id may be used."""
        denial = Denial(rule=Rule.BUILD_MIX, detail=f"{self._build}, {peer.other_build}")
        outcome = OutcomeView(request_id=intent.request_id, accepted=False, denial=denial, count=0)
        self._enqueue(peer, frame(FrameType.VIEW, messages.encode_body(outcome)))

    def _whole_state(self, peer: _Client) -> None:
        """Beside the queue, whatever its size: a snapshot must not fill the queue that guards against it."""
        peer.snapshot = chain(_shown(peer), _state_frames(self._state(), self._sequence))

    def _whole_market(self, peer: _Client) -> None:
        """The day's list and phases behind the state; books and trades wait conflated, as they always do."""
        listed = []
        for quote in self._market():
            if isinstance(quote, BookUpdate | TradeUpdate):
                self._quote_to(peer, quote)
            else:
                listed.append(quote)
        peer.snapshot = chain(peer.snapshot or _shown(peer), map(_quote_frame, listed))

    def _refuse(self, peer: _Client, reason: str) -> None:
        """One clear line, then the connection is closed once it is flushed."""
        self.faults.append(reason)
        peer.events.append(frame(FrameType.REFUSED, messages.encode_body(Refused(reason=reason))))
        peer.closing = True

    def publish(self, view: AnyView) -> None:
        """To every attached client. Status conflates; everything else is a numbered event."""
        if isinstance(view, StatusView):
            for client in self._clients.values():
                if client.attached:
                    client.statuses[view.venue] = view
            return
        self._sequence += 1
        encoded = frame(FrameType.EVENT, messages.encode_body(view), self._sequence)
        self._ring.append(encoded)
        for client in self._clients.values():
            if client.attached and not client.closing:
                self._enqueue(client, encoded)

    def reply(self, client: int, view: OutcomeView | BarsView | AnyView) -> None:
        """To one client, behind the events published before; a client that has gone is not missed."""
        peer = self._clients.get(client)
        if peer is not None and peer.hello is not None and not peer.closing:
            self._enqueue(peer, frame(FrameType.VIEW, messages.encode_body(view)))

    def publish_quote(self, quote: Quote) -> None:
        """Market data to every client that wants the symbol."""
        for client in self._clients.values():
            self._quote_to(client, quote)

    def _quote_to(self, client: _Client, quote: Quote) -> None:
        if isinstance(quote, BookUpdate):
            if client.wants(quote.symbol):
                client.books[quote.venue, quote.symbol] = quote
        elif isinstance(quote, TradeUpdate):
            if client.wants(quote.symbol):
                client.trades.setdefault((quote.venue, quote.symbol), deque(maxlen=TRADES_WAITING_MAX)).append(quote)
        elif client.attached and not client.closing:
            self._enqueue(client, _quote_frame(quote))

    def _enqueue(self, client: _Client, encoded: bytes) -> None:
        if len(client.events) >= EVENTS_WAITING_MAX:
            self.faults.append(f"client queue: expected at most {EVENTS_WAITING_MAX} waiting events; cut off to resume")
            client.closing = True
            client.snapshot = None
            client.events.clear()  # it resumes from its last sequence number
            return
        client.events.append(encoded)

    def waiting(self) -> list[int]:
        """Clients with order events to send now, or with more of the whole state."""
        return [number for number, client in self._clients.items() if client.events or client.snapshot is not None]

    def data_to_send(self, client: int, budget: int = 262_144, *, market: bool = True) -> bytes:
        """Bytes for one client, order events first; stops after `budget` bytes. `market=False`: events only.

        Of the whole state a slice, and nothing else while there is more of it.
        """
        peer = self._clients[client]
        parts: list[bytes] = []
        size = 0
        if peer.snapshot is not None:
            parts += islice(peer.snapshot, SLICE_FRAMES)
            if len(parts) == SLICE_FRAMES:
                return b"".join(parts)
            peer.snapshot = None
            size = sum(map(len, parts))
        while peer.events and size < budget:
            parts.append(peer.events.popleft())
            size += len(parts[-1])
        if market and not peer.closing and size < budget:
            self._market_frames(peer, parts, budget - size)
        return b"".join(parts)

    def _market_frames(self, peer: _Client, parts: list[bytes], budget: int) -> None:
        if peer.statuses:
            parts.extend(frame(FrameType.VIEW, messages.encode_body(status)) for status in peer.statuses.values())
            peer.statuses.clear()
        while peer.trades and budget > 0:
            for trade in peer.trades.pop(next(iter(peer.trades))):
                parts.append(frame(FrameType.TRADE, messages.encode_trade(trade)))
                budget -= len(parts[-1])
        while peer.books and budget > 0:
            book = peer.books.pop(next(iter(peer.books)))
            parts.append(frame(FrameType.BOOK, messages.encode_book(book)))
            budget -= len(parts[-1])

    def closing(self) -> list[int]:
        """Clients to hang up on, everything meant for them being sent."""
        return [
            number
            for number, client in self._clients.items()
            if client.closing and not client.events and client.snapshot is None
        ]

    @property
    def is_behind(self) -> bool:
        """Whether somebody is being sent the whole state."""
        return any(client.snapshot is not None for client in self._clients.values())


def _shown(peer: _Client) -> Iterator[bytes]:
    """What waits already: the greeting stays in front of what follows."""
    waiting, peer.events = peer.events, deque()
    return iter(waiting)


def _state_frames(views: Iterable[AnyView], sequence: int) -> Iterator[bytes]:
    yield frame(FrameType.SNAPSHOT_BEGIN, messages.encode_body(SnapshotBegin()))
    for view in views:
        yield frame(FrameType.VIEW, messages.encode_body(view))
    yield frame(FrameType.SNAPSHOT_END, messages.encode_body(SnapshotEnd(last_event=sequence)), sequence)


def _quote_frame(quote: PhaseUpdate | Instrument) -> bytes:
    kind = FrameType.PHASE if isinstance(quote, PhaseUpdate) else FrameType.INSTRUMENT
    return frame(kind, messages.encode_body(quote))
