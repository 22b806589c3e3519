"""A market-by-order feed in numbered MoldUDP64 packets on lines A and B, with what a late listener can ask for.

Theory of operation. Each batch of exchange events becomes messages of the venue's own ITCH, in order, and these become
packets; the same bytes go out on both lines. Everything of the day is kept for the re-request server (`answer`). A
venue that starts again opens a new Mold session whose first messages are the day's directory, the phases and every
order in the book, so that a listener who joins then has all of it.
"""

from collections.abc import Iterable
from typing import Protocol

from hts.model.instruments import Instrument
from hts.model.units import VenueOrderID
from hts.sim.events import BookChanged, BookOrderAdded, OrderAccepted, SimEvent, Traded
from hts.sim.exchange_state import ExchangeState
from hts.sim.native.book_flow import BookFlow, FlowItem
from hts.sim.today_bars import TodayBars
from hts.wire.moldudp.packets import MoldCodec
from hts.wire.moldudp.sender import MoldSender

LINES = ("A", "B")


class BookSource(Protocol):
    """What the feed reads from the exchange when it opens."""

    def standing(self) -> list[SimEvent]:
        """Working orders and phases as events."""
        ...

    def save(self) -> ExchangeState:
        """The whole state; the queues' order is in it."""
        ...


class ItchEncoder(Protocol):
    """A venue's messages. `reduces`: it can say that an order became smaller in its place."""

    reduces: bool

    def opening(self, instruments: tuple[Instrument, ...], trade_ns: int) -> list[bytes]:
        """Start of messages, and the day's directory."""
        ...

    def messages(self, item: FlowItem) -> list[bytes]:
        """What the feed says about one change."""
        ...

    def book_changed(self, symbol: str, trade_ns: int) -> list[bytes]:
        """What the feed says about a book as a whole, once for each batch."""
        ...

    def forget_time(self) -> None:
        """The next message tells its second, whatever was told before: a snapshot is heard by one listener only."""
        ...


class MoldFeed:
    """One feed session. The shell sends `datagrams` to the lines and `answer`s requests."""

    def __init__(
        self,
        codec: MoldCodec,
        encoder: ItchEncoder,
        instruments: tuple[Instrument, ...],
        market: BookSource,
        session: str,
    ) -> None:
        self.today = TodayBars()
        self._encoder = encoder
        self._instruments = instruments
        self._market = market
        self._sender = MoldSender(codec, session)
        self._flow = BookFlow(reduces=encoder.reduces)
        self._out: list[tuple[str, bytes]] = []
        self._is_open = False
        self._refused = 0

    @property
    def session(self) -> str:
        """The Mold session's name."""
        return self._sender.session

    @property
    def next_seq(self) -> int:
        """The number of the next message."""
        return self._sender.next_seq

    def open(self, trade_ns: int, mono_ns: int) -> None:
        """Begin the session: directory, phases, and what is in the book."""
        assert self._sender.next_seq == 1, self._sender.next_seq
        self._is_open = True
        for message in self._encoder.opening(self._instruments, trade_ns):
            self._sender.append(message)
        self._publish(in_queue_order(self._market))
        self._flush(mono_ns)

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  events carry their time
        """Publish one batch of exchange events."""
        self._publish(events)
        self._flush(mono_ns)

    def restore(self, events: Iterable[SimEvent]) -> None:
        """Events of a replayed command log: the day's bars remember them, nothing is published."""
        for event in events:
            if isinstance(event, Traded):
                self.today.apply(event.trade)

    def snapshot(self, trade_ns: int) -> tuple[list[bytes], int]:
        """Messages that give the state as it is now, and the number of the first message that changes it."""
        messages = self._encoder.opening(self._instruments, trade_ns)
        phases = [event for event in self._market.standing() if not isinstance(event, OrderAccepted)]
        for item in (*BookFlow().take(phases), *self._flow.standing()):
            messages += self._encoder.messages(item)
        self._encoder.forget_time()
        return messages, self._sender.next_seq

    def answer(self, request: bytes) -> bytes | None:
        """The packet that answers a re-request, None for one that has no answer. Raises RemoteProtocolError."""
        return self._sender.answer(request)

    def end(self) -> None:
        """The day is over: what is still asked for is answered, heartbeats become end-of-session packets."""
        self._sender.end()

    def datagrams(self) -> list[tuple[str, bytes]]:
        """(line, datagram) in sending order, since the last call."""
        out, self._out = self._out, []
        return out

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next heartbeat; None before the session is open."""
        return self._sender.next_timer_ns() if self._is_open else None

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A heartbeat when it is due."""
        if self._is_open and (packet := self._sender.on_timer(mono_ns)) is not None:
            self._out += [(line, packet) for line in LINES]

    def _publish(self, events: Iterable[SimEvent]) -> None:
        events = list(events)
        changed: dict[str, int] = {}
        for event in events:
            if isinstance(event, Traded):
                self.today.apply(event.trade)
            elif isinstance(event, BookChanged):
                changed[event.symbol] = event.trade_ns
        self._append(self._flow.take(events))
        for symbol, trade_ns in changed.items():
            for message in self._encoder.book_changed(symbol, trade_ns):
                self._sender.append(message)

    def _append(self, items: Iterable[FlowItem]) -> None:
        for item in items:
            for message in self._encoder.messages(item):
                self._sender.append(message)

    def _flush(self, mono_ns: int) -> None:
        for packet in self._sender.flush(mono_ns):
            self._out += [(line, packet) for line in LINES]


def in_queue_order(market: BookSource) -> list[SimEvent]:
    """Phases and the shown orders as events, orders as they stand in their queues."""
    standing = market.standing()
    accepted = {event.venue_order_id: event for event in standing if isinstance(event, OrderAccepted)}
    found: list[SimEvent] = [event for event in standing if not isinstance(event, OrderAccepted)]
    for issue in market.save().issues:
        shown = dict(issue.shown)
        for number in issue.queue:
            order = accepted[VenueOrderID(number)]
            added = BookOrderAdded(
                trade_ns=order.trade_ns,
                symbol=order.symbol,
                venue_order_id=number,
                side=order.side,
                px=order.px,
                qty=shown.get(number, order.leaves_qty),
                session=order.session,
                is_market=order.px == 0,
            )
            found += [order, added]
    return found
