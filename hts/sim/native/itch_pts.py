"""The ITCH of the Japanese PTS: Japannext 1.6 and 2.0, ODX 2.2. They differ in the form of the order book's name.

Times are split: a "seconds" message whenever the second has changed, nanoseconds in every other one.
"""

from collections.abc import Callable
from typing import Any

from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.rules.dates import NS
from hts.sim.events import Announced
from hts.sim.native.book_flow import (
    SIDE_LETTER,
    Added,
    Deleted,
    Executed,
    FlowItem,
    PhaseTold,
    Printed,
    Reduced,
    Replaced,
)
from hts.wire.layout.codec import BinaryLayout

DAY_GROUP, NIGHT_GROUP = "DAY", "NGHT"
SYSTEM_EVENTS = {Phase.CONTINUOUS: "Q", Phase.AFTER_MARKET: "Q", Phase.PAUSE: "M", Phase.CLOSED: "M"}
NOT_TRADING = frozenset({Phase.HALTED, Phase.PAUSE, Phase.CLOSED, Phase.PRE_OPEN})


def orderbook_id(layout: BinaryLayout, symbol: str) -> int | str:
    """An issue's name on the wire: its code, as a number where the version has numbers (letters count in base 36)."""
    field = next(f for f in layout.row("orderbook_directory").fields if f.name == "orderbook_id")
    if field.type == "text":
        return symbol
    return int(symbol) if symbol.isdigit() else int(symbol, 36)


class PtsItch:
    """Encodes one PTS's feed. It has no word for an order that became smaller: that is a replacement too."""

    reduces = False

    def __init__(self, layout: BinaryLayout, midnight_ns: int) -> None:
        self._layout = layout
        self._midnight_ns = midnight_ns
        self._second = -1
        self._group = DAY_GROUP
        self._ids: dict[str, int | str] = {}
        self._add_name = "order_added" if "order_added" in layout.names else "order_added_without_attributes"
        self._encoders: dict[type, Callable[[Any], tuple[str, dict[str, Any]]]] = {
            Added: self._added,
            Executed: self._executed,
            Deleted: self._deleted,
            Replaced: self._replaced,
        }

    def opening(self, instruments: tuple[Instrument, ...], trade_ns: int) -> list[bytes]:
        """Start of messages, the tables of price steps, then each issue with its state."""
        self._second = -1
        self._ids = {i.symbol: orderbook_id(self._layout, i.symbol) for i in instruments}
        out = self._say(trade_ns, "system_event", group=self._group, system_event="O")
        tables = list(dict.fromkeys(i.ticks for i in instruments))
        for number, ticks in enumerate(tables, 1):
            for start, step in zip(ticks.starts, ticks.steps, strict=True):
                out += self._say(
                    trade_ns,
                    "price_tick_size",
                    price_tick_size_table_id=number,
                    price_tick_size=step,
                    price_start=start,
                )
        for instrument in instruments:
            out += self._directory(instrument, tables.index(instrument.ticks) + 1, trade_ns)
            out += self._of_issue(instrument.symbol, trade_ns, "trading_state", trading_state="T")
            out += self._of_issue(
                instrument.symbol, trade_ns, "short_selling_price_restriction_state", short_selling_state="0"
            )
        return out

    def forget_time(self) -> None:
        """See ItchEncoder."""
        self._second = -1

    def messages(self, item: FlowItem) -> list[bytes]:
        """What the feed says about one change."""
        if isinstance(item, PhaseTold):
            return self._phase(item)
        if isinstance(item, Announced):
            if item.what != "short_sale":
                return []
            state = "1" if dict(item.values)["action"] else "0"
            name = "short_selling_price_restriction_state"
            return self._of_issue(item.symbol, item.trade_ns, name, short_selling_state=state)
        if isinstance(item, Printed):
            return []  # these feeds print executions of shown orders only
        assert not isinstance(item, Reduced), item
        name, fields = self._encoders[type(item)](item)
        return self._say(item.trade_ns, name, **fields)

    def book_changed(self, symbol: str, trade_ns: int) -> list[bytes]:  # noqa: ARG002
        """Nothing: the orders have told it."""
        return []

    def _directory(self, instrument: Instrument, table: int, trade_ns: int) -> list[bytes]:
        return self._of_issue(
            instrument.symbol,
            trade_ns,
            "orderbook_directory",
            orderbook_code=instrument.isin,
            round_lot_size=instrument.lot,
            price_tick_size_table_id=table,
            price_decimals=instrument.px_decimals,
            upper_price_limit=instrument.upper_px,
            lower_price_limit=instrument.lower_px,
        )

    def _phase(self, item: PhaseTold) -> list[bytes]:
        self._group = NIGHT_GROUP if item.phase is Phase.AFTER_MARKET else DAY_GROUP
        if item.symbol:
            state = "V" if item.phase in NOT_TRADING else "T"
            return self._of_issue(item.symbol, item.trade_ns, "trading_state", trading_state=state)
        code = SYSTEM_EVENTS.get(item.phase)
        out = [] if code is None else self._say(item.trade_ns, "system_event", group=self._group, system_event=code)
        if item.phase is Phase.CLOSED:
            out += self._say(item.trade_ns, "system_event", group=self._group, system_event="C")
        return out

    def _added(self, item: Added) -> tuple[str, dict[str, Any]]:
        return self._add_name, {
            "order_number": item.ref,
            "buy_sell_indicator": SIDE_LETTER[item.side],
            "quantity": item.qty,
            "orderbook_id": self._ids[item.symbol],
            "group": self._group,
            "price": item.px,
        }

    @staticmethod
    def _executed(item: Executed) -> tuple[str, dict[str, Any]]:
        return "order_executed", {
            "order_number": item.ref,
            "executed_quantity": item.qty,
            "match_number": item.match_id,
        }

    @staticmethod
    def _deleted(item: Deleted) -> tuple[str, dict[str, Any]]:
        return "order_deleted", {"order_number": item.ref}

    @staticmethod
    def _replaced(item: Replaced) -> tuple[str, dict[str, Any]]:
        return "order_replaced", {
            "original_order_number": item.old_ref,
            "new_order_number": item.new.ref,
            "quantity": item.new.qty,
            "price": item.new.px,
        }

    def _of_issue(self, symbol: str, trade_ns: int, name: str, **fields: Any) -> list[bytes]:
        return self._say(trade_ns, name, orderbook_id=self._ids[symbol], group=self._group, **fields)

    def _say(self, trade_ns: int, name: str, **fields: Any) -> list[bytes]:
        second, nanoseconds = divmod(trade_ns, NS)
        out = []
        if second != self._second:
            self._second = second
            out.append(self._layout.encode("seconds", {"seconds": max(second - self._midnight_ns // NS, 0)}))
        out.append(self._layout.encode(name, {"nanoseconds": nanoseconds} | fields))
        return out
