"""The ITCH of the Japanese PTS (Japannext 1.6 and 2.0, ODX 2.2) as changes of a venue's books.

Times are split: a "seconds" message (since Tokyo's midnight) and nanoseconds in every other one. What trades is told
as executions of shown orders only. A system event says that a group's trading begins or ends; which phase an end leads
to stands in the day's plan, since the wire has one letter for the noon break and for the close.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

from hts.gateway.feed_reader import OrderBooks
from hts.model.enums import Phase
from hts.model.units import Px, Qty
from hts.wire.layout.codec import BinaryLayout

NS: Final = 1_000_000_000
NIGHT_GROUP: Final = "NGHT"
BEGINS, ENDS, LAST = "Q", "M", "C"
SUSPENDED: Final = "V"
SECONDS: Final = "seconds"
SECONDS_TYPE: Final = b"T"
_NANOSECONDS: Final = slice(1, 5)  # of every message but that one


class PtsReader:
    """See the module's text. `midnight_of(date)` is Tokyo's, in UTC nanoseconds."""

    def __init__(self, feed: OrderBooks, layout: BinaryLayout, midnight_of: Callable[[int], int]) -> None:
        self.feed = feed
        self._layout = layout
        self._midnight_of = midnight_of
        self._midnight_ns = 0
        self._second_ns = 0
        self._symbols: dict[Any, str] = {}
        self._takes: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "system_event": self._system_event,
            "orderbook_directory": self._directory,
            "trading_state": self._trading_state,
            "order_added": self._added,
            "order_added_with_attributes": self._added,
            "order_added_without_attributes": self._added,
            "order_executed": self._executed,
            "order_deleted": self._deleted,
            "order_replaced": self._replaced,
        }

    def begin(self, trading_date: int) -> None:
        """See FeedReader."""
        self._midnight_ns = self._midnight_of(trading_date)
        self._second_ns = self._midnight_ns
        self.feed.open_day(trading_date)
        self._symbols = {_wire_name(self._layout, symbol): symbol for symbol in self.feed.symbols}

    def read(self, message: bytes) -> None:
        """See FeedReader."""
        found = self._layout.decode(message)
        fields = found.fields
        if found.name == SECONDS:
            self._second_ns = self._midnight_ns + fields["seconds"] * NS
            return
        self.feed.trade_ns = self._second_ns + fields["nanoseconds"]
        take = self._takes.get(found.name)
        if take is not None:
            take(fields)

    def time_of(self, messages: tuple[bytes, ...]) -> int:
        """Told in full only where a new second is, and a message in it."""
        if not self._midnight_ns:
            return 0
        for message, later in pairwise(messages):
            if message[:1] == SECONDS_TYPE and later[:1] != SECONDS_TYPE:
                second = int(self._layout.decode(message).fields["seconds"])
                return self._midnight_ns + second * NS + int.from_bytes(later[_NANOSECONDS], "big")
        return 0

    def _symbol(self, fields: Mapping[str, Any]) -> str:
        """Our name of the issue; its wire name where it is not on our list."""
        name = fields["orderbook_id"]
        return self._symbols.get(name) or str(name)

    def _system_event(self, fields: Mapping[str, Any]) -> None:
        event, now_ns = fields["system_event"], self.feed.trade_ns
        if event == BEGINS:
            night = fields["group"] == NIGHT_GROUP
            self.feed.turn("", Phase.AFTER_MARKET if night else Phase.CONTINUOUS, now_ns)
        elif event == ENDS:
            planned = self.feed.scheduled_phase(now_ns)
            self.feed.turn("", Phase.PAUSE if planned.takes_orders else planned, now_ns)
        elif event == LAST:
            self.feed.turn("", Phase.CLOSED, now_ns)

    def _directory(self, fields: Mapping[str, Any]) -> None:
        """The day's limits and lots; an issue that is not on our list is not followed."""
        symbol = self._symbols.get(fields["orderbook_id"])
        if symbol is not None:
            self.feed.change_terms(
                symbol,
                lot=Qty(fields["round_lot_size"]),
                px_decimals=fields["price_decimals"],
                upper_px=Px(fields["upper_price_limit"]),
                lower_px=Px(fields["lower_price_limit"]),
            )

    def _trading_state(self, fields: Mapping[str, Any]) -> None:
        symbol = self._symbol(fields)
        if fields["trading_state"] == SUSPENDED:
            self.feed.turn(symbol, Phase.HALTED, self.feed.trade_ns)
        else:
            self.feed.agree(symbol)

    def _added(self, fields: Mapping[str, Any]) -> None:
        self.feed.add(
            self._symbol(fields),
            fields["order_number"],
            is_bid=fields["buy_sell_indicator"] == "B",
            qty=fields["quantity"],
            px=fields["price"],
        )

    def _executed(self, fields: Mapping[str, Any]) -> None:
        self.feed.execute(fields["order_number"], fields["executed_quantity"], self.feed.trade_ns)

    def _deleted(self, fields: Mapping[str, Any]) -> None:
        self.feed.delete(fields["order_number"])

    def _replaced(self, fields: Mapping[str, Any]) -> None:
        self.feed.replace(
            fields["original_order_number"], fields["new_order_number"], fields["quantity"], fields["price"]
        )


def _wire_name(layout: BinaryLayout, symbol: str) -> int | str:
    """An issue's code, as a number where the version has numbers (letters count in base 36)."""
    field = next(f for f in layout.row("orderbook_directory").fields if f.name == "orderbook_id")
    if field.type == "text":
        return symbol
    return int(symbol) if symbol.isdigit() else int(symbol, 36)
