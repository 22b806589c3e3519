"""Tokyo's FLEX feed, market by order, as changes of a venue's books.

A packet is about one issue; its tags are read in order. Seconds come in a tag of their own whenever they change, and
microseconds in every other tag. An order that is smaller in its place is deleted and added again, both tags marked as
a modification that keeps the place. An execution that leaves nothing takes the order out. Prices have four decimals on
the wire. A status of an issue is its phase; one without an issue is the market's.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from hts.gateway.feed_reader import OrderBooks
from hts.model.enums import Phase
from hts.wire.flex.packets import FlexCodec, FlexPacket, UnknownTag

NS: Final = 1_000_000_000
WIRE_PER_PX: Final = 1000  # four decimals on the wire, one in prices
MARKET_PX: Final = 2**64 - 1
HALTED_FLAG, ORDERS_FLAG = "A0", "B0"
OPENING, MORNING, NOON = 11, 12, 19
AFTERNOON_OPENING, AFTERNOON, CLOSING, OVER = 21, 22, 23, 29
STATUSES: Final = {
    OPENING: Phase.OPEN_CALL,
    MORNING: Phase.CONTINUOUS,
    NOON: Phase.PAUSE,
    AFTERNOON_OPENING: Phase.OPEN_CALL,
    AFTERNOON: Phase.CONTINUOUS,
    CLOSING: Phase.CLOSE_CALL,
    OVER: Phase.CLOSED,
}
TRADING_FLAG: Final = "B1"
ITAYOSE: Final = 1


class TokyoReader:
    """See the module's text."""

    def __init__(self, feed: OrderBooks, codec: FlexCodec) -> None:
        self.feed = feed
        self._codec = codec
        self._second_ns = 0
        self._symbol = ""
        self._numbers: dict[str, int] = {}
        self._kept: tuple[int, object] | None = None  # deleted to be added again in its place
        self._takes: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "trading_status": self._status,
            "execution_summary": self._summary,
            "add_order": self._added,
            "order_executed": self._executed,
            "order_executed_with_price": self._executed_with_price,
            "order_delete": self._deleted,
        }

    def begin(self, trading_date: int) -> None:
        """See FeedReader."""
        self.feed.open_day(trading_date)
        self._numbers = {symbol: at for at, symbol in enumerate(self.feed.symbols, 1)}
        self._kept = None

    def read(self, message: bytes) -> None:
        """One packet."""
        self.read_packet(self._codec.decode(message))

    def read_packet(self, packet: FlexPacket) -> None:
        """The tags of a packet, in order."""
        self._symbol = packet.issue_code
        for tag in packet.tags:
            if isinstance(tag, UnknownTag):
                continue
            fields = tag.fields
            if tag.name == "seconds_timestamp":
                self._second_ns = fields["time_seconds"] * NS
                continue
            take = self._takes.get(tag.name)
            if take is not None:
                self.feed.trade_ns = self._second_ns + fields["time_microseconds"] * 1000
                take(fields)

    def time_of(self, messages: tuple[bytes, ...]) -> int:
        """Told in full only where a new second is, and something happened in it."""
        return next((at for message in messages if (at := time_in(self._codec.decode(message)))), 0)

    def _key(self, fields: Mapping[str, Any]) -> int:
        """Order numbers are unique in an issue."""
        number = self._numbers.setdefault(self._symbol, len(self._numbers) + 1)
        return int(fields["order_id"]) << 32 | number << 1 | int(fields["side"] == "B")

    def _status(self, fields: Mapping[str, Any]) -> None:
        status, flag = fields["market_status"], fields["status_flag"].strip()
        phase = STATUSES.get(status, Phase.CLOSED)
        if flag == HALTED_FLAG:
            phase = Phase.HALTED
        elif phase is Phase.CONTINUOUS and flag == ORDERS_FLAG:
            phase = Phase.OPEN_CALL
        elif phase is Phase.CONTINUOUS and flag != TRADING_FLAG:
            phase = Phase.SPECIAL_QUOTE
        self.feed.turn(self._symbol, phase, self.feed.trade_ns)
        if self._symbol:
            self.feed.expect(self._symbol, fields["book_center_price"] // WIRE_PER_PX, 0)

    def _summary(self, fields: Mapping[str, Any]) -> None:
        side = {"B": "1", "S": "2"}.get(fields["triggered_side"], "")
        px, qty = fields["last_price"] // WIRE_PER_PX, fields["total_volume"]
        self.feed.print_trade(self._symbol, px, qty, side, self.feed.trade_ns)

    def _added(self, fields: Mapping[str, Any]) -> None:
        key, qty = self._key(fields), fields["quantity"]
        px = 0 if fields["price"] == MARKET_PX else fields["price"] // WIRE_PER_PX
        if fields["modification_flag"] and self._kept == (key, self.feed.resting(key)):
            self._kept = None
            self.feed.change_qty(key, qty)
            return
        self._kept = None
        self.feed.add(self._symbol, key, is_bid=fields["side"] == "B", qty=qty, px=px)

    def _executed(self, fields: Mapping[str, Any]) -> None:
        self.feed.execute(self._key(fields), fields["volume"], self.feed.trade_ns)

    def _executed_with_price(self, fields: Mapping[str, Any]) -> None:
        px, is_itayose = fields["execution_price"] // WIRE_PER_PX, fields["adopted_pricing_method"] == ITAYOSE
        self.feed.execute(self._key(fields), fields["volume"], self.feed.trade_ns, px, prints=not is_itayose)

    def _deleted(self, fields: Mapping[str, Any]) -> None:
        key = self._key(fields)
        resting = self.feed.resting(key)
        if fields["modification_flag"] and resting is not None:
            self._kept = (key, resting)  # its addition follows in the same transaction
        else:
            self.feed.delete(key)


def time_in(packet: FlexPacket) -> int:
    """The time in nanoseconds that a packet tells in full: its second, and the microseconds of what happened."""
    second = seconds_in(packet)
    for tag in packet.tags:
        if second and not isinstance(tag, UnknownTag) and "time_microseconds" in tag.fields:
            return second * NS + int(tag.fields["time_microseconds"]) * 1000
    return 0


def seconds_in(packet: FlexPacket) -> int:
    """The second that a packet tells, 0 when it tells none."""
    for tag in packet.tags:
        if not isinstance(tag, UnknownTag) and tag.name == "seconds_timestamp":
            return int(tag.fields["time_seconds"])
    return 0
