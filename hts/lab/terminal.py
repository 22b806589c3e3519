"""One terminal without a screen: a real link client on a local connection, and everything that the core showed it.

The connection is local: it neither loses nor reorders, but both ends can die. A terminal that was cut off comes back,
and what it shows at the end must be what the core has.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from hts.base.errors import RemoteProtocolError
from hts.lab.core_node import BUILD, TOKEN, CoreNode
from hts.lab.faults import Fault, Faults
from hts.lab.network import CLIENT, Stream
from hts.lab.schedule import Schedule
from hts.link.client import LinkClient
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.quotes import BookUpdate
from hts.model.units import ClOrdID
from hts.model.views import CoreState, FillView, LinkState, OrderView, OutcomeView, PositionView, StatusView
from hts.wire.link.messages import Refused, SnapshotBegin, Welcome

RECONNECT_NS = 20_000_000
DIAL_NS = 50_000_000

Place = tuple[str, str]
"""Venue and symbol."""


class Terminal:
    """`on_outcome` hears answers, `on_unkept` those of a core that has lost its journal.

    `on_ready` is called when the core has reconciled with every venue, again each time.
    """

    def __init__(
        self,
        *,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        core: CoreNode,
        venues: tuple[str, ...],
        name: str,
        on_outcome: Callable[[OutcomeView], None],
        on_unkept: Callable[[OutcomeView], None],
        on_ready: Callable[[], None],
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self._core = core
        self._venues = venues
        self._client = LinkClient(token=TOKEN, build=BUILD, name=name)
        self._on_outcome = on_outcome
        self._on_unkept = on_unkept
        self._on_ready = on_ready
        self._link: Stream | None = None
        self._status: dict[str, StatusView] = {}
        self.release_code = ""  # what the core wants to hear before it goes on
        self._was_ready = False
        self.is_attached = False
        self.books: dict[Place, BookUpdate] = {}
        self.instruments: dict[Place, Instrument] = {}
        self.orders: dict[ClOrdID, OrderView] = {}
        self.working: dict[ClOrdID, OrderView] = {}
        self.fills: dict[tuple[str, int], FillView] = {}
        self.positions: dict[str, PositionView] = {}
        self.violations: list[str] = []
        self._takes: dict[type, Callable[[Any], None]] = {
            BookUpdate: self._take_book,
            Instrument: self._take_instrument,
            OutcomeView: self._take_outcome,
            OrderView: self._take_order,
            FillView: self._take_fill,
            PositionView: self._take_position,
            StatusView: self._take_status,
            Welcome: self._take_welcome,
            SnapshotBegin: self._begin_snapshot,
            Refused: self._take_refusal,
        }

    def is_up(self, venue: str) -> bool:
        """Whether the venue takes orders, as far as this terminal knows."""
        status = self._status.get(venue)
        return status is not None and status.core is CoreState.READY and status.orders is LinkState.UP

    @property
    def is_ready(self) -> bool:
        """Whether every venue does."""
        return self.is_attached and all(self.is_up(venue) for venue in self._venues)

    @property
    def is_killed(self) -> bool:
        """Whether something of ours is stopped, by the kill switch or by a breaker."""
        return any(status.kill_switch for status in self._status.values())

    @property
    def is_halted(self) -> bool:
        """Whether the core has lost its journal: it keeps no answer that it gives now."""
        return any(status.core is CoreState.HALTED for status in self._status.values())

    @property
    def is_open(self) -> bool:
        """Whether a venue trades continuously."""
        return any(status.phase is Phase.CONTINUOUS for status in self._status.values())

    # -- the connection

    def dial(self) -> None:
        """Connect, now or as soon as a core listens."""
        number: int | None = None

        def receive(end: int, data: bytes) -> None:
            if end == CLIENT:
                self._receive(data)
            elif number is not None:
                self._core.client_data(number, data)

        def closed(end: int) -> None:
            if end == CLIENT:
                if self._link is stream:
                    self._lost()
            elif number is not None:
                self._core.client_closed(number)

        stream = Stream(self._schedule, self._rng, self._faults, receive, closed)
        number = self._core.accept(stream)
        if number is None:
            self._schedule.after(DIAL_NS, self.dial)
            return
        self._link = stream
        self._write(self._client.hello())

    def crash(self) -> None:
        """The process dies and is started again."""
        if self._link is not None and self._faults.allowed(Fault.TERMINAL_CRASH):
            self._link.close(CLIENT)
            self._lost()

    def say(self, intent: AnyIntent) -> None:
        """Send an intent; without a connection it is lost."""
        self._write(self._client.intent(intent))

    def _write(self, data: bytes) -> None:
        if self._link is not None:
            self._link.send(CLIENT, data)

    def _lost(self) -> None:
        self._link = None
        self.is_attached = self._was_ready = False
        self._status.clear()
        self._schedule.after(RECONNECT_NS, self.dial)

    def begin_day(self) -> None:
        """All is compared, and a day begins: the next fills are its own."""
        self.fills.clear()

    # -- what the core says

    def _receive(self, data: bytes) -> None:
        try:
            messages = self._client.receive_data(data)
        except RemoteProtocolError as error:
            self.violations.append(f"link: {error}")
            return
        for message in messages:
            take = self._takes.get(type(message))
            if take is not None:
                take(message)

    def _take_book(self, book: BookUpdate) -> None:
        self.books[book.venue, book.symbol] = book

    def _take_instrument(self, instrument: Instrument) -> None:
        self.instruments[instrument.venue, instrument.symbol] = instrument

    def _take_outcome(self, outcome: OutcomeView) -> None:
        (self._on_unkept if self.is_halted else self._on_outcome)(outcome)

    def _take_order(self, order: OrderView) -> None:
        self.orders[order.order_id] = order
        if order.ord_status.is_terminal:
            self.working.pop(order.order_id, None)
        else:
            self.working[order.order_id] = order

    def _take_fill(self, fill: FillView) -> None:
        if fill.exec_ref_id:  # it takes that fill's place, or with no shares stands for its being gone
            self.fills.pop((fill.venue, fill.exec_ref_id), None)
        before = self.fills.setdefault((fill.venue, fill.exec_id), fill)
        if before is not fill and before != fill:
            self.violations.append(f"fill {fill.exec_id}: told {before}, then {fill}")

    def _take_position(self, position: PositionView) -> None:
        self.positions[position.symbol] = position

    def _take_status(self, status: StatusView) -> None:
        self._status[status.venue] = status
        self.release_code = status.release_code
        was_ready, self._was_ready = self._was_ready, self.is_ready
        if self._was_ready and not was_ready:
            self._on_ready()

    def _take_welcome(self, _welcome: Welcome) -> None:
        self.is_attached = True

    def _begin_snapshot(self, _begin: SnapshotBegin) -> None:
        self.orders.clear()
        self.working.clear()
        self.fills.clear()
        self.positions.clear()

    def _take_refusal(self, refused: Refused) -> None:
        self.violations.append(f"link refused: {refused.reason}")
