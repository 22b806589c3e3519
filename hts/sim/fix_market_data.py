"""The venue's FIX market data: V is answered with W and X, x with y, g with h.

Theory of operation. A subscription keeps what its client was told of each book; after each batch of events the book
as it then stands is compared with that, so a client that joins late or reads slowly is never told what is over.
Nothing is stored: books are never sent again, a resend is answered with a gap and the client asks for a snapshot.
After a restart of the venue numbers begin anew, so a client logs on with ResetSeqNumFlag(141) then.
"""

from collections.abc import Iterable
from typing import Protocol

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, PhaseUpdate
from hts.sim.commands import AnyCommand, Command
from hts.sim.events import BookChanged, PhaseChanged, SimEvent, Traded
from hts.sim.figures import DayFigures
from hts.sim.fix_acceptor import Arrived, FixAcceptor, Gone, Happening
from hts.sim.fix_logins import FixServing
from hts.sim.fix_quotes import BOOK_TYPES, TYPES, FixQuotes, Sides, changes, sides
from hts.wire.fix.application import Body, business_reject
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.store import FixStore

SNAPSHOT, SUBSCRIBE, UNSUBSCRIBE = "0", "1", "2"  # SubscriptionRequestType(263)
FULL_REFRESH = "0"  # MDUpdateType(265)
UNSUPPORTED_MESSAGE = 3  # BusinessRejectReason(380)
SUBSCRIPTIONS_MAX = 200  # of one session
STALE = frozenset({"W", "X"})  # what is over is not sent again
KEPT_BYTES_MAX = 1 << 20  # of what could be sent again within a session
ALL_SECURITIES, BY_SYMBOL = "4", "0"  # SecurityListRequestType(559)


class MarketView(Protocol):
    """What the service reads from the exchange."""

    def depth(self, symbol: str, levels: int = ...) -> BookUpdate:
        """The published book now."""
        ...

    def day(self, symbol: str) -> DayFigures:
        """The day's figures so far."""
        ...

    def phase(self, symbol: str = "") -> Phase:
        """The phase of an issue, or of the market."""
        ...

    def phase_until_ns(self, symbol: str = "") -> int:
        """Scheduled start of the next phase; 0 when there is none."""
        ...


class Subscription:
    """What one MarketDataRequest(V) asked for, and what its client was told."""

    def __init__(self, message: FixMessage) -> None:
        self.req_id = message.text(262)
        self.depth = message.integer(264)
        self.kinds = frozenset[str]()
        self.is_full = message.text(265, FULL_REFRESH) == FULL_REFRESH
        self.told: dict[str, Sides] = {}  # by symbol


class Refused(Exception):  # noqa: N818  the client is told, nothing is wrong here
    """A market data request that cannot be served. `reason` is MDReqRejReason(281)."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class FixMarketData:
    """All FIX market data sessions of one venue."""

    def __init__(
        self, venue: str, serving: FixServing, instruments: tuple[Instrument, ...], market: MarketView
    ) -> None:
        self._serving = serving
        self._acceptor = FixAcceptor(venue, serving, serving.market_data, _new_store, never_resent=STALE)
        self._subscriptions: dict[str, dict[str, Subscription]] = {}
        self._status_req_ids: dict[str, str] = {}  # by session that hears of phases
        self.rebase(instruments, market)

    def rebase(self, instruments: tuple[Instrument, ...], market: MarketView) -> None:
        """The exchange of a new day."""
        self._market = market
        self._instruments = {instrument.symbol: instrument for instrument in instruments}
        decimals = {instrument.symbol: instrument.px_decimals for instrument in instruments}
        self._builders = {
            login.comp_id: FixQuotes(
                self._serving.inspectors[login.begin_string].dictionary, lambda symbol: decimals.get(symbol, 0)
            )
            for login in self._serving.market_data
        }

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:  # noqa: ARG002
        """A new day: everyone logs on anew; `rebase` tells where the books are."""
        self._acceptor.end_all("the venue begins a new day", mono_ns)
        self._acceptor.renew(_new_store)
        self._subscriptions.clear()
        self._status_req_ids.clear()

    # -- input --

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A connection was accepted."""
        self._acceptor.connected(conn, mono_ns)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Bytes from a client, in any cut."""
        return self._answer_all(self._acceptor.receive_data(conn, data, mono_ns), trade_ns, mono_ns)

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """A connection is gone, and its subscriptions with it."""
        return self._answer_all(self._acceptor.disconnected(conn), trade_ns, mono_ns)

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Heartbeats and time-outs that are due."""
        return self._answer_all(self._acceptor.on_timer(mono_ns), trade_ns, mono_ns)

    def restore(self, command: Command) -> None:
        """Market data is asked for anew after a restart."""

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """Prints and phases at once, each changed book once."""
        if not self._subscriptions and not self._status_req_ids:
            return
        touched: dict[str, None] = {}
        for event in events:
            if isinstance(event, BookChanged):
                touched[event.symbol] = None
            elif isinstance(event, Traded):
                self._on_trade(event, mono_ns)
            elif isinstance(event, PhaseChanged):
                update = PhaseUpdate(event.symbol, event.trade_ns, event.phase, event.until_ns)
                for comp_id, req_id in self._status_req_ids.items():
                    self._acceptor.send(comp_id, self._builders[comp_id].session_status(req_id, update), mono_ns)
        for symbol in touched:
            self._on_book(symbol, mono_ns)

    # -- output --

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`."""
        return self._acceptor.next_timer_ns()

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        return self._acceptor.data_to_send()

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written."""
        return self._acceptor.closing()

    def reasons(self) -> list[str]:
        """Why connections were refused or ended, one line each."""
        return self._acceptor.reasons()

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """None that the log must keep."""
        return {}

    # -- requests --

    def _answer_all(self, happenings: list[Happening], trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        for happening in happenings:
            comp_id = happening.comp_id
            if isinstance(happening, Gone):
                self._subscriptions.pop(comp_id, None)
                self._status_req_ids.pop(comp_id, None)
                continue
            for body in self._answer(happening, trade_ns):
                self._acceptor.send(comp_id, body, mono_ns)
        return []

    def _answer(self, arrived: Arrived, trade_ns: int) -> list[Body]:
        message, comp_id = arrived.message, arrived.comp_id
        builder = self._builders[comp_id]
        if message.msg_type == "V":
            try:
                return self._market_data(comp_id, message)
            except Refused as refused:
                return [builder.reject(message.text(262), refused.reason, str(refused))]
            except RemoteProtocolError as error:
                return [Body(msg_type="j", fields=business_reject(message, 0, str(error)))]
        if message.msg_type == "x":
            return builder.security_lists(message.text(320), self._listed(message))
        if message.msg_type == "g":
            return [self._session_status(comp_id, message, trade_ns)]
        fields = business_reject(message, UNSUPPORTED_MESSAGE, "V, x or g expected")
        return [Body(msg_type="j", fields=fields)]

    def _market_data(self, comp_id: str, message: FixMessage) -> list[Body]:
        """Answers of a MarketDataRequest(V). Raises Refused and RemoteProtocolError."""
        own = self._subscriptions.setdefault(comp_id, {})
        req_id, wanted = message.text(262), message.text(263)
        if wanted == UNSUBSCRIBE:
            own.pop(req_id, None)
            return []
        if wanted not in (SNAPSHOT, SUBSCRIBE):
            raise Refused("4", f"SubscriptionRequestType(263) 0, 1 or 2 expected, found {wanted}")
        if req_id in own:
            raise Refused("1", f"a new MDReqID(262) expected, found {req_id} again")
        if len(own) >= SUBSCRIPTIONS_MAX:
            raise Refused("2", f"at most {SUBSCRIPTIONS_MAX} subscriptions expected, found one more")
        subscription = self._subscription(comp_id, message)
        if wanted == SUBSCRIBE:
            own[req_id] = subscription
        return [self._snapshot(comp_id, subscription, symbol) for symbol in subscription.told]

    def _subscription(self, comp_id: str, message: FixMessage) -> Subscription:
        builder, found = self._builders[comp_id], Subscription(message)
        kinds = [entry.text(269) for entry in message.entries(267, builder.group("V", 267))]
        found.kinds = frozenset(kinds)
        if not found.kinds <= TYPES:
            raise Refused("8", f"MDEntryType(269) of {' '.join(sorted(TYPES))} expected, found {' '.join(kinds)}")
        if found.depth < 0:
            raise Refused("5", f"MarketDepth(264) of 0 or more expected, found {found.depth}")
        if message.text(266, "Y") != "Y":
            raise Refused("7", "AggregatedBook(266) Y expected: books are published by level")
        for entry in message.entries(146, builder.group("V", 146)):
            symbol = entry.text(55)
            if symbol not in self._instruments:
                raise Refused("0", f"a listed Symbol(55) expected, found {symbol}")
            found.told[symbol] = Sides()
        return found

    def _snapshot(self, comp_id: str, subscription: Subscription, symbol: str) -> Body:
        book = self._market.depth(symbol)
        subscription.told[symbol] = sides(book, subscription.depth)
        day = self._market.day(symbol)
        return self._builders[comp_id].snapshot(subscription.req_id, book, day, subscription.depth, subscription.kinds)

    def _listed(self, message: FixMessage) -> tuple[Instrument, ...]:
        if message.text(559) == ALL_SECURITIES:
            return tuple(self._instruments.values())
        wanted = message.text(55) if message.text(559) == BY_SYMBOL else ""
        return (self._instruments[wanted],) if wanted in self._instruments else ()

    def _session_status(self, comp_id: str, message: FixMessage, trade_ns: int) -> Body:
        req_id, wanted = message.text(335), message.text(263)
        builder = self._builders[comp_id]
        if wanted not in (SNAPSHOT, SUBSCRIBE, UNSUBSCRIBE):
            return builder.no_session(req_id)
        if wanted == SUBSCRIBE:
            self._status_req_ids[comp_id] = req_id
        elif wanted == UNSUBSCRIBE:
            self._status_req_ids.pop(comp_id, None)
        update = PhaseUpdate("", trade_ns, self._market.phase(), self._market.phase_until_ns())
        return builder.session_status(req_id, update)

    # -- updates --

    def _on_book(self, symbol: str, mono_ns: int) -> None:
        book: BookUpdate | None = None
        for comp_id, own in self._subscriptions.items():
            for subscription in own.values():
                if symbol not in subscription.told or not subscription.kinds & BOOK_TYPES:
                    continue
                book = book or self._market.depth(symbol)
                body = self._update(comp_id, subscription, book)
                if body is not None:
                    self._acceptor.send(comp_id, body, mono_ns)

    def _update(self, comp_id: str, subscription: Subscription, book: BookUpdate) -> Body | None:
        before, after = subscription.told[book.symbol], sides(book, subscription.depth)
        found = [change for change in changes(before, after) if change.kind in subscription.kinds]
        subscription.told[book.symbol] = after
        if not found:
            return None
        if subscription.is_full:
            return self._snapshot(comp_id, subscription, book.symbol)
        return self._builders[comp_id].book_changes(subscription.req_id, book, found)

    def _on_trade(self, event: Traded, mono_ns: int) -> None:
        for comp_id, own in self._subscriptions.items():
            for subscription in own.values():
                if event.trade.symbol in subscription.told and subscription.kinds - BOOK_TYPES:
                    body = self._builders[comp_id].trade(subscription.req_id, event.trade, subscription.kinds)
                    self._acceptor.send(comp_id, body, mono_ns)


def _new_store(_comp_id: str) -> FixStore:
    return FixStore(kept_bytes_max=KEPT_BYTES_MAX)
