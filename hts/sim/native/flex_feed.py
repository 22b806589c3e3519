"""Tokyo's FLEX feed, market by order, as the simulator publishes it.

Theory of operation. Each batch of exchange events becomes one packet or more for each issue that it touched, with the
tags of one transaction in the order that the document gives: time, status, summary, deletes, executions, additions.
What the document leaves out and is our reading: an execution that leaves nothing takes the order out by itself; an
order that is changed in price is deleted and added anew under the same number.

Packets are numbered in their multicast group and by issue. Everything of the day is kept; a listener that has missed
something asks over TCP for packets (R) or for the state (L). The answers' own frames are not in the public document:
here each is two bytes of length and a packet, a length of 0 ends the answer, and a snapshot's packets carry the
sequence number after which they hold.
"""

from collections.abc import Iterable
from typing import Any

from hts.base.errors import RemoteProtocolError
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.rules.dates import NS
from hts.sim.events import Announced, SimEvent, Traded
from hts.sim.native.book_flow import (
    Added,
    BookFlow,
    Deleted,
    Executed,
    FlowItem,
    PhaseTold,
    Printed,
    Reduced,
    Replaced,
)
from hts.sim.native.mold_feed import LINES, BookSource, in_queue_order
from hts.sim.today_bars import TodayBars
from hts.wire.flex.packets import FlexCodec, FlexPacket
from hts.wire.layout.codec import Decoded

PACKET_BYTES_MAX = 1400
TAG_BYTES_MAX = 64  # the longest tag of the table with its length
TAGS_PER_PACKET = 20
GROUP = 1
WIRE_PER_PX = 1000  # four decimals on the wire, one in prices
MARKET_PX = 2**64 - 1
HEARTBEAT_NS = NS
SIDES = {Side.BUY: "B", Side.SELL: "S"}
TRIGGERED = {"1": "B", "2": "S", "": " "}
CONDITIONS = {TimeInForce.AT_OPEN: 2, TimeInForce.AT_CLOSE: 4}
FUNARI = 6
ITAYOSE, ZARABA = 1, 2
STATUSES = {
    Phase.OPEN_CALL: (11, "B0"),
    Phase.CONTINUOUS: (12, "B1"),
    Phase.PAUSE: (19, "  "),
    Phase.CLOSE_CALL: (23, "B0"),
    Phase.CLOSED: (29, "D0"),
    Phase.HALTED: (12, "A0"),
    Phase.SPECIAL_QUOTE: (12, "  "),
}
AFTERNOON = {Phase.OPEN_CALL: 21, Phase.CONTINUOUS: 22}
COUNT_MAX = 50_000
BUY = 1  # of the figures of a quote
QUOTES = {"special_quote": 3, "sequential_quote": 5}  # pricing method of the sell side; the buy side's follows it
NO_STATUS = {"market_status": 12, "status_flag": "", "short_selling_status": 0}


class FlexFeed:
    """One day's group. `reboots` counts the starts of the venue on the day."""

    def __init__(
        self, codec: FlexCodec, instruments: tuple[Instrument, ...], market: BookSource, reboots: int = 0
    ) -> None:
        self.today = TodayBars()
        self.next_seq = 1
        self.reboots = reboots
        self._codec = codec
        self._instruments = instruments
        self._market = market
        self._flow = BookFlow()
        self._updates: dict[str, int] = {}
        self._kept: list[bytes] = []
        self._out: list[tuple[str, bytes]] = []
        self._second = -1
        self._said_ns: int | None = None
        self._is_afternoon = False
        self._status: dict[str, dict[str, Any]] = {}

    # -- the lines --

    def open(self, trade_ns: int, mono_ns: int) -> None:
        """Begin: the group is told that it runs, then everything that is in the book."""
        control = Decoded("communication_control", "venue", {"test_mode_flag": 2, "start_end_flag": 1})
        self._packet("", [self._time(trade_ns), control])
        self._publish(in_queue_order(self._market))
        self._said_ns = mono_ns

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  events carry their time
        """Publish one batch of exchange events."""
        before = self.next_seq
        self._publish(events)
        if self.next_seq != before:
            self._said_ns = mono_ns

    def restore(self, events: Iterable[SimEvent]) -> None:
        """Events of a replayed command log: the day's bars remember them, nothing is published."""
        for event in events:
            if isinstance(event, Traded):
                self.today.apply(event.trade)

    def datagrams(self) -> list[tuple[str, bytes]]:
        """(line, datagram) in sending order, since the last call."""
        out, self._out = self._out, []
        return out

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next sign of life; None before the group is open."""
        return None if self._said_ns is None else self._said_ns + HEARTBEAT_NS

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """A sign of life when it is due."""
        due_ns = self.next_timer_ns()
        if due_ns is not None and mono_ns >= due_ns:
            alive = Decoded("communication_control", "venue", {"test_mode_flag": 2, "start_end_flag": 0})
            self._packet("", [self._time(trade_ns), alive])
            self._said_ns = mono_ns

    # -- what is asked for --

    def retransmit(self, reboots: int, seq: int, count: int) -> list[bytes]:
        """Packets [seq, seq + count) as they were sent. Raises RemoteProtocolError."""
        if reboots != self.reboots or not 1 <= seq < self.next_seq or not 0 < count <= COUNT_MAX:
            raise RemoteProtocolError(
                f"packets of start {self.reboots} from 1 to {self.next_seq - 1} expected, found {count} from {seq} of "
                f"start {reboots}"
            )
        return self._kept[seq - 1 : seq - 1 + count]

    def snapshot(self, trade_ns: int) -> list[bytes]:
        """Packets that give the state as it is now; their sequence number is the last one that they contain."""
        found: list[bytes] = []
        by_issue: dict[str, list[Decoded]] = {i.symbol: [] for i in self._instruments}
        for item in self._flow.standing():
            by_issue[item.symbol].append(self._added(item))
        for symbol, orders in by_issue.items():
            status = self._status.get(symbol) or self._status.get("")
            head = [] if status is None else [Decoded("trading_status", "venue", status)]
            rows: list[Decoded] = [*head, *orders]
            for at in range(0, max(len(rows), 1), TAGS_PER_PACKET - 1):
                tags = [Decoded("seconds_timestamp", "venue", {"time_seconds": trade_ns // NS}), *rows[at : at + 19]]
                more = at + TAGS_PER_PACKET - 1 < len(rows)
                found.append(self._encode(symbol, tags, self.next_seq - 1, self._updates.get(symbol, 0), more=more))
        return found

    # -- inside --

    def _publish(self, events: Iterable[SimEvent]) -> None:
        events = list(events)
        for event in events:
            if isinstance(event, Traded):
                self.today.apply(event.trade)
        items = self._flow.take(events)
        by_issue: dict[str, list[FlowItem]] = {}
        for item in items:
            symbol = item.new.symbol if isinstance(item, Replaced) else item.symbol
            by_issue.setdefault(symbol, []).append(item)
        for symbol, own in by_issue.items():
            self._transaction(symbol, own)

    def _transaction(self, symbol: str, items: list[FlowItem]) -> None:
        """One issue's changes in order; each item is a transaction of its own for simplicity of its reader."""
        for item in items:
            tags = self._tags(item)
            if tags:
                self._packet(symbol, [self._time(item.trade_ns), *tags] if self._is_new(item) else tags)

    def _is_new(self, item: FlowItem) -> bool:
        return item.trade_ns // NS != self._second

    def _tags(self, item: FlowItem) -> list[Decoded]:
        match item:
            case PhaseTold():
                return [self._phase(item)]
            case Announced():
                return self._quote(item)
            case Added():
                return [self._added(item)]
            case Executed():
                return [self._executed(item)]
            case Reduced():
                return self._reduced(item)
            case Deleted():
                return [self._deleted(item.trade_ns, item.number, item.side)]
            case Replaced(new=new):
                return [self._deleted(item.trade_ns, new.number, new.side), self._added(new)]
            case Printed():
                return [self._summary(item)]
        return []

    def _phase(self, item: PhaseTold) -> Decoded:
        if item.phase is Phase.PAUSE:
            self._is_afternoon = True
        status, flag = STATUSES.get(item.phase, (12, "  "))
        if self._is_afternoon:
            status = AFTERNOON.get(item.phase, status)
        fields = {
            "time_microseconds": micros(item.trade_ns),
            "market_status": status,
            "status_flag": flag.rstrip(),
            "short_selling_status": 0,
            "pricing_method": ITAYOSE if item.phase.is_call else ZARABA if item.phase.is_continuous else 0,
            "book_center_price": 0,
        }
        self._status[item.symbol] = fields
        return Decoded("trading_status", "venue", fields)

    def _quote(self, item: Announced) -> list[Decoded]:
        """A special or a sequential trade quote is shown, or moved on."""
        base = QUOTES.get(item.what)
        if base is None:
            return []
        values = dict(item.values)
        fields = {
            **(self._status.get(item.symbol) or self._status.get("") or NO_STATUS),
            "time_microseconds": micros(item.trade_ns),
            "pricing_method": base + (values["side"] == BUY),
            "book_center_price": values["px"] * WIRE_PER_PX,
        }
        self._status[item.symbol] = fields
        return [Decoded("trading_status", "venue", fields)]

    @staticmethod
    def _added(item: Added, *, keeps: bool = False) -> Decoded:
        condition = FUNARI if item.ord_type is OrdType.LIMIT_OR_CLOSE else CONDITIONS.get(item.time_in_force, 0)
        fields = {
            "time_microseconds": micros(item.trade_ns),
            "order_id": item.number,
            "side": SIDES[item.side],
            "quantity": item.qty,
            "price": MARKET_PX if item.is_market else item.px * WIRE_PER_PX,
            "order_condition": condition,
            "modification_flag": int(keeps),
        }
        return Decoded("add_order", "venue", fields)

    @staticmethod
    def _executed(item: Executed) -> Decoded:
        fields = {
            "time_microseconds": micros(item.trade_ns),
            "order_id": item.number,
            "side": SIDES[item.side],
            "volume": item.qty,
            "match_id": item.match_id,
        }
        if not item.is_auction and item.px == item.own_px:
            return Decoded("order_executed", "venue", fields)
        more = {
            "execution_price": item.px * WIRE_PER_PX,
            "adopted_pricing_method": ITAYOSE if item.is_auction else ZARABA,
        }
        return Decoded("order_executed_with_price", "venue", fields | more)

    def _reduced(self, item: Reduced) -> list[Decoded]:
        """A smaller order that keeps its place: taken out and put in again, both marked as a modification."""
        side = item.side
        gone = self._deleted(item.trade_ns, item.number, side, keeps=True)
        again = Added(item.trade_ns, item.symbol, item.number, item.ref, side, item.px, item.leaves)
        return [gone, self._added(again, keeps=True)]

    @staticmethod
    def _deleted(trade_ns: int, number: int, side: Side, *, keeps: bool = False) -> Decoded:
        fields = {
            "time_microseconds": micros(trade_ns),
            "order_id": number,
            "side": SIDES[side],
            "modification_flag": int(keeps),
        }
        return Decoded("order_delete", "venue", fields)

    @staticmethod
    def _summary(item: Printed) -> Decoded:
        fields = {
            "time_microseconds": micros(item.trade_ns),
            "triggered_side": TRIGGERED[item.side],
            "total_volume": item.qty,
            "total_invalidation": 0,
            "last_price": item.px * WIRE_PER_PX,
            "match_id": item.match_id,
            "best_offer": 0,
            "best_bid": 0,
        }
        return Decoded("execution_summary", "venue", fields)

    def _time(self, trade_ns: int) -> Decoded:
        self._second = trade_ns // NS
        return Decoded("seconds_timestamp", "venue", {"time_seconds": self._second})

    def _packet(self, symbol: str, tags: list[Decoded]) -> None:
        update = self._updates[symbol] = self._updates.get(symbol, 0) + 1
        data = self._encode(symbol, tags, self.next_seq, update)
        self.next_seq += 1
        self._kept.append(data)
        self._out += [(line, data) for line in LINES]

    def _encode(self, symbol: str, tags: list[Decoded], seq: int, update: int, *, more: bool = False) -> bytes:
        return self._codec.encode(
            FlexPacket(
                group=GROUP,
                reboots=self.reboots,
                seq=seq,
                issue_code=symbol,
                update_number=update,
                packet_number=1,
                packet_count=1,
                more_follows=more,
                tags=tuple(tags),
            )
        )


def micros(trade_ns: int) -> int:
    """Microseconds within the second."""
    return trade_ns % NS // 1000
