"""The venue's FIX/FAST feed: the same exchange events as its own feed tells, as FAST messages in numbered datagrams.

Theory of operation. One batch of exchange events becomes prints, phases and the changes of each book since it was told
last, in this order. Nothing can be asked for: instead the state is told again and again. At each timer the next few
issues are sent whole (definition and book), so that a listener that has missed something, or comes late, knows every
book after one round. A quiet line carries heartbeats.
"""

from collections.abc import Iterable
from typing import Final

from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, PhaseUpdate
from hts.sim.events import BookChanged, PhaseChanged, SimEvent, Traded
from hts.sim.publisher import FeedSource
from hts.wire.fast.market_feed import Alive, BookSnapshot, FeedItem, FeedWriter, changes, listed
from hts.wire.fast.templates import TemplateSet

LINE: Final = "F"
ROUND_NS: Final = 200_000_000
ISSUES_EACH: Final = 8


class FastFeed:
    """One day's feed. `session` must be higher at each start of the venue."""

    def __init__(
        self, templates: TemplateSet, instruments: tuple[Instrument, ...], market: FeedSource, session: int
    ) -> None:
        self._writer = FeedWriter(templates, session)
        self._instruments = instruments
        self._market = market
        self._told: dict[str, BookUpdate] = {}
        self._next_issue = 0
        self._due_ns: int | None = None
        self._out: list[tuple[str, bytes]] = []

    def open(self, trade_ns: int, mono_ns: int) -> None:
        """Begin: every issue, the phases, every book."""
        items: list[FeedItem] = [listed(instrument) for instrument in self._instruments]
        phase = self._market.phase()
        items.append(PhaseUpdate("", trade_ns, phase, self._market.phase_until_ns()))
        for instrument in self._instruments:
            own = self._market.phase(instrument.symbol)
            if own is not phase:
                until_ns = self._market.phase_until_ns(instrument.symbol)
                items.append(PhaseUpdate(instrument.symbol, trade_ns, own, until_ns))
        items += [self._snapshot(instrument.symbol) for instrument in self._instruments]
        self._send(items)
        self._due_ns = mono_ns + ROUND_NS

    def on_events(self, events: Iterable[SimEvent]) -> None:
        """Publish one batch of exchange events."""
        changed: dict[str, None] = {}
        items: list[FeedItem] = []
        for event in events:
            match event:
                case Traded(trade=trade):
                    items.append(trade)
                case BookChanged(symbol=symbol):
                    changed[symbol] = None
                case PhaseChanged():
                    items.append(PhaseUpdate(event.symbol, event.trade_ns, event.phase, event.until_ns))
        for symbol in changed:
            before = self._told.get(symbol)
            if before is None:
                items.append(self._snapshot(symbol))
                continue
            self._told[symbol] = after = self._market.depth(symbol)
            change = changes(before, after)
            if change.levels or before.phase is not after.phase:
                items.append(change)
        self._send(items)

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next round; None before the feed is open."""
        return self._due_ns

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """The next issues, whole, when they are due."""
        if self._due_ns is None or mono_ns < self._due_ns:
            return
        self._due_ns = mono_ns + ROUND_NS
        items: list[FeedItem] = [Alive(trade_ns=trade_ns)]
        for _ in range(min(ISSUES_EACH, len(self._instruments))):
            instrument = self._instruments[self._next_issue % len(self._instruments)]
            self._next_issue += 1
            items += [listed(instrument), self._snapshot(instrument.symbol)]
        self._send(items)

    def datagrams(self) -> list[tuple[str, bytes]]:
        """(line, datagram) in sending order, since the last call."""
        out, self._out = self._out, []
        return out

    def _snapshot(self, symbol: str) -> BookSnapshot:
        self._told[symbol] = book = self._market.depth(symbol)
        return BookSnapshot(book=book, last_seq=self._writer.next_seq - 1)

    def _send(self, items: list[FeedItem]) -> None:
        self._out += [(LINE, data) for data in self._writer.datagrams(items)]
