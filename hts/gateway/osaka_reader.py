"""Osaka's ITCH 5.0.6 as changes of a venue's books.

Orders are named by book, side and number. A replacement with position 0 keeps its place. States are told book by book,
by name. In an auction nothing of the executions prints; the trade message does. Seconds are those of the UNIX clock.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

from hts.base.errors import RemoteProtocolError
from hts.gateway.feed_reader import OrderBooks
from hts.model.enums import Phase
from hts.wire.layout.codec import BinaryLayout

NS: Final = 1_000_000_000
SECONDS: Final = "seconds"
SECONDS_TYPE: Final = b"T"
_NANOSECONDS: Final = slice(1, 5)  # of every message but that one
PHASES: Final = {
    "PREOPEN": Phase.OPEN_CALL,
    "OPEN": Phase.CONTINUOUS,
    "OPEN_NIGHT": Phase.AFTER_MARKET,
    "PRECLOSE": Phase.CLOSE_CALL,
    "BREAK": Phase.PAUSE,
    "HALT": Phase.HALTED,
    "CLOSE": Phase.CLOSED,
}
KEPT_PLACE: Final = 0
LAST: Final = "C"


class OsakaReader:
    """See the module's text."""

    def __init__(self, feed: OrderBooks, layout: BinaryLayout) -> None:
        self.feed = feed
        self._layout = layout
        self._second_ns = 0
        self._symbols: dict[int, str] = {}
        self._takes: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "system_event": self._system_event,
            "order_book_directory": self._directory,
            "order_book_state": self._state,
            "add_order_no_mpid": self._added,
            "add_order_with_mpid": self._added,
            "order_executed": self._executed,
            "order_executed_with_price": self._executed_with_price,
            "order_delete": self._deleted,
            "order_replace": self._replaced,
            "trade": self._traded,
            "equilibrium_price_update": self._equilibrium,
        }

    @property
    def book_ids(self) -> dict[str, int]:
        """The wire's numbers of the contracts, which orders are entered with; empty before the directory came."""
        return {symbol: number for number, symbol in self._symbols.items()}

    def begin(self, trading_date: int) -> None:
        """See FeedReader."""
        self.feed.open_day(trading_date)
        self._symbols = {}

    def read(self, message: bytes) -> None:
        """See FeedReader."""
        found = self._layout.decode(message)
        fields = found.fields
        if found.name == SECONDS:
            self._second_ns = fields["seconds"] * NS
            return
        self.feed.trade_ns = self._second_ns + fields["nanoseconds"]
        take = self._takes.get(found.name)
        if take is not None:
            take(fields)

    def time_of(self, messages: tuple[bytes, ...]) -> int:
        """Told in full only where a new second is, and a message in it."""
        for message, later in pairwise(messages):
            if message[:1] == SECONDS_TYPE and later[:1] != SECONDS_TYPE:
                second = int(self._layout.decode(message).fields["seconds"])
                return second * NS + int.from_bytes(later[_NANOSECONDS], "big")
        return 0

    def _symbol(self, fields: Mapping[str, Any]) -> str:
        number = fields["order_book_id"]
        symbol = self._symbols.get(number)
        if symbol is None:
            raise RemoteProtocolError(f"{self.feed.venue}: a book of the directory expected, found {number}")
        return symbol

    def _key(self, fields: Mapping[str, Any]) -> int:
        return int(fields["order_id"]) << 33 | int(fields["order_book_id"]) << 1 | int(fields["side"] == "B")

    def _system_event(self, fields: Mapping[str, Any]) -> None:
        if fields["event_code"] == LAST:
            self.feed.turn("", Phase.CLOSED, self.feed.trade_ns)

    def _directory(self, fields: Mapping[str, Any]) -> None:
        self._symbols[fields["order_book_id"]] = fields["symbol"]

    def _state(self, fields: Mapping[str, Any]) -> None:
        name = fields["state_name"]
        phase = PHASES.get(name)
        if phase is None:
            phase = Phase(name.lower()) if name.lower() in _NAMES else Phase.HALTED
        self.feed.turn(self._symbol(fields), phase, self.feed.trade_ns)

    def _added(self, fields: Mapping[str, Any]) -> None:
        self.feed.add(
            self._symbol(fields),
            self._key(fields),
            is_bid=fields["side"] == "B",
            qty=fields["quantity"],
            px=fields["price"],
        )

    def _executed(self, fields: Mapping[str, Any]) -> None:
        self.feed.execute(self._key(fields), fields["executed_quantity"], self.feed.trade_ns)

    def _executed_with_price(self, fields: Mapping[str, Any]) -> None:
        self.feed.execute(
            self._key(fields),
            fields["executed_quantity"],
            self.feed.trade_ns,
            fields["trade_price"],
            prints=fields["printable"] == "Y",
        )

    def _deleted(self, fields: Mapping[str, Any]) -> None:
        self.feed.delete(self._key(fields))

    def _replaced(self, fields: Mapping[str, Any]) -> None:
        key = self._key(fields)
        if fields["new_orderbook_position"] == KEPT_PLACE:
            self.feed.change_qty(key, fields["quantity"])
        else:
            self.feed.replace(key, key, fields["quantity"], fields["price"])

    def _traded(self, fields: Mapping[str, Any]) -> None:
        if fields["printable"] == "Y":
            is_cross = fields["occurred_at_cross"] == "Y"
            side = "" if is_cross else "2" if fields["side"] == "S" else "1"
            self.feed.print_trade(
                self._symbol(fields), fields["trade_price"], fields["quantity"], side, self.feed.trade_ns
            )

    def _equilibrium(self, fields: Mapping[str, Any]) -> None:
        qty = min(
            fields["available_bid_quantity_at_equilibrium_price"], fields["available_ask_quantity_at_equilibrium_price"]
        )
        self.feed.expect(self._symbol(fields), fields["equilibrium_price"], qty)


_NAMES: Final = frozenset(phase.value for phase in Phase)
