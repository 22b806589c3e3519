"""Osaka's ITCH 5.0.6 as the simulator publishes it.

An order is named by book, side and number, and keeps its number through every change; a replacement says where the
order now stands in its side. Times are split as on the PTS feeds. In an auction both sides of each match are executed
"at cross" and not printable; the auction's whole quantity is printed by one trade.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument
from hts.rules.dates import NS
from hts.sim.auction import CallPrice
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

FUTURE, OPTION = 3, 1
CALL, PUT = 1, 2
STATES = {
    Phase.OPEN_CALL: "PREOPEN",
    Phase.CONTINUOUS: "OPEN",
    Phase.AFTER_MARKET: "OPEN_NIGHT",
    Phase.CLOSE_CALL: "PRECLOSE",
    Phase.PAUSE: "BREAK",
    Phase.HALTED: "HALT",
    Phase.CLOSED: "CLOSE",
}
HIGHEST_PX = 2**31 - 1


class CallSource(Protocol):
    """What the feed reads from the exchange during calls."""

    def phase(self, symbol: str = "") -> Phase:
        """The phase of an issue."""
        ...

    def expected(self, symbol: str) -> CallPrice | None:
        """Where a running call would uncross now."""
        ...


class OseItch:
    """Encodes. `contracts`: (expiration YYYYMMDD, strike or None, is a call) by symbol."""

    reduces = True

    def __init__(
        self, layout: BinaryLayout, contracts: Mapping[str, tuple[int, int | None, bool]], market: CallSource
    ) -> None:
        self._layout = layout
        self._market = market
        self._equilibria: dict[str, tuple[int, int]] = {}
        self._contracts = contracts
        self._second = -1
        self._ids: dict[str, int] = {}
        self._counts: dict[tuple[str, str], dict[int, int]] = {}
        self._encoders: dict[type, Callable[[Any], tuple[str, dict[str, Any]]]] = {
            Added: self._added,
            Executed: self._executed,
            Reduced: self._reduced,
            Deleted: self._deleted,
            Replaced: self._replaced,
            Printed: self._printed,
            PhaseTold: self._state,
        }

    def opening(self, instruments: tuple[Instrument, ...], trade_ns: int) -> list[bytes]:
        """Start of messages, then each contract with its price steps."""
        self._second = -1
        self._ids = book_ids(instruments)
        self._counts = {}
        out = self._say(trade_ns, "system_event", event_code="O")
        for instrument in instruments:
            out += self._say(trade_ns, "order_book_directory", **self._directory(instrument))
            ticks = instrument.ticks
            ends = [start - 1 for start in ticks.starts[1:]] + [HIGHEST_PX]
            for start, end, step in zip(ticks.starts, ends, ticks.steps, strict=True):
                out += self._say(
                    trade_ns,
                    "tick_size_table_entry",
                    order_book_id=self._ids[instrument.symbol],
                    tick_size=step,
                    price_from=start,
                    price_to=end,
                )
        return out

    def forget_time(self) -> None:
        """See ItchEncoder."""
        self._second = -1

    def messages(self, item: FlowItem) -> list[bytes]:
        """What the feed says about one change."""
        if isinstance(item, PhaseTold) and not item.symbol:
            out: list[bytes] = []
            for symbol in self._ids:
                out += self.messages(PhaseTold(item.trade_ns, symbol, item.phase))
            if item.phase is Phase.CLOSED:
                out += self._say(item.trade_ns, "system_event", event_code="C")
            return out
        if isinstance(item, Announced):
            return []
        name, fields = self._encoders[type(item)](item)
        return self._say(item.trade_ns, name, **fields)

    def book_changed(self, symbol: str, trade_ns: int) -> list[bytes]:
        """In a call: where it would uncross."""
        if not self._market.phase(symbol).is_call:
            return []
        found = self._market.expected(symbol)
        px, qty = (found.px, found.qty) if found is not None else (0, 0)
        if (px, qty) == self._equilibria.get(symbol, (0, 0)):
            return []
        self._equilibria[symbol] = (px, qty)
        return self._say(
            trade_ns,
            "equilibrium_price_update",
            order_book_id=self._ids[symbol],
            available_bid_quantity_at_equilibrium_price=qty,
            available_ask_quantity_at_equilibrium_price=qty,
            equilibrium_price=px,
            reserved_24=bytes(24),
        )

    def _directory(self, instrument: Instrument) -> dict[str, Any]:
        expires, strike, is_call = self._contracts[instrument.symbol]
        return {
            "order_book_id": self._ids[instrument.symbol],
            "symbol": instrument.symbol,
            "long_name": instrument.name_en[:32],
            "isin": instrument.isin,
            "financial_product": FUTURE if strike is None else OPTION,
            "trading_currency": instrument.currency,
            "decimals_in_price": instrument.px_decimals,
            "decimals_in_nominal_value": 0,
            "odd_lot_size": 0,
            "round_lot_size": instrument.lot,
            "block_lot_size": 0,
            "nominal_value": 0,
            "number_of_legs": 0,
            "underlying_orderbook_id": 0,
            "strike_price": strike or 0,
            "expiration_date": expires,
            "decimals_in_strike_price": instrument.px_decimals,
            "put_or_call": 0 if strike is None else CALL if is_call else PUT,
        }

    def _state(self, item: PhaseTold) -> tuple[str, dict[str, Any]]:
        name = STATES.get(item.phase, item.phase.value.upper())
        return "order_book_state", {"order_book_id": self._ids[item.symbol], "state_name": name}

    def _named(self, symbol: str, side: str, number: int) -> dict[str, Any]:
        return {"order_id": number, "order_book_id": self._ids[symbol], "side": side}

    def _added(self, item: Added) -> tuple[str, dict[str, Any]]:
        side = SIDE_LETTER[item.side]
        return "add_order_no_mpid", {
            **self._named(item.symbol, side, item.number),
            "order_book_position": self._enter(item.symbol, side, item.px),
            "quantity": item.qty,
            "price": item.px,
            "order_attributes": 0,
            "lot_type": 2,
        }

    def _executed(self, item: Executed) -> tuple[str, dict[str, Any]]:
        side = SIDE_LETTER[item.side]
        if item.leaves == 0:
            self._leave(item.symbol, side, item.own_px)
        common = {
            **self._named(item.symbol, side, item.number),
            "executed_quantity": item.qty,
            "match_id": item.match_id,
            "combo_group_id": 0,
        }
        if not item.is_auction and item.px == item.own_px:
            return "order_executed", {**common, "participant_id_owner": "", "participant_id_counterparty": ""}
        return "order_executed_with_price", {
            **common,
            "owner_participant_id": "",
            "counterparty_participant_id": "",
            "trade_price": item.px,
            "occurred_at_cross": "Y" if item.is_auction else "N",
            "printable": "N" if item.is_auction else "Y",
        }

    def _reduced(self, item: Reduced) -> tuple[str, dict[str, Any]]:
        side = SIDE_LETTER[item.side]
        return "order_replace", {
            **self._named(item.symbol, side, item.number),
            "new_orderbook_position": 0,  # where it was
            "quantity": item.leaves,
            "price": item.px,
            "order_attributes": 0,
        }

    def _deleted(self, item: Deleted) -> tuple[str, dict[str, Any]]:
        side = SIDE_LETTER[item.side]
        self._leave(item.symbol, side, item.px)
        return "order_delete", self._named(item.symbol, side, item.number)

    def _replaced(self, item: Replaced) -> tuple[str, dict[str, Any]]:
        new, side = item.new, SIDE_LETTER[item.new.side]
        self._leave(new.symbol, side, item.old_px)
        return "order_replace", {
            **self._named(new.symbol, side, new.number),
            "new_orderbook_position": self._enter(new.symbol, side, new.px),
            "quantity": new.qty,
            "price": new.px,
            "order_attributes": 0,
        }

    def _printed(self, item: Printed) -> tuple[str, dict[str, Any]]:
        return "trade", {
            "match_id": item.match_id,
            "combo_group_id": 0,
            "side": "S" if item.side == "2" else "B",
            "quantity": item.qty,
            "order_book_id": self._ids[item.symbol],
            "trade_price": item.px,
            "owner_participant_id": "",
            "counterparty_participant_id": "",
            "printable": "Y",
            "occurred_at_cross": "Y" if item.is_auction else "N",
        }

    def _enter(self, symbol: str, side: str, px: int) -> int:
        """Count an order in; its rank on its side, from 1."""
        counts = self._counts.setdefault((symbol, side), {})
        counts[px] = counts.get(px, 0) + 1
        return sum(count for at, count in counts.items() if (at >= px if side == "B" else at <= px))

    def _leave(self, symbol: str, side: str, px: int) -> None:
        counts = self._counts[symbol, side]
        counts[px] -= 1
        if not counts[px]:
            del counts[px]

    def _say(self, trade_ns: int, name: str, **fields: Any) -> list[bytes]:
        second, nanoseconds = divmod(trade_ns, NS)
        out = []
        if second != self._second:
            self._second = second
            out.append(self._layout.encode("seconds", {"seconds": second}))
        out.append(self._layout.encode(name, {"nanoseconds": nanoseconds} | fields))
        return out


def book_ids(instruments: tuple[Instrument, ...]) -> dict[str, int]:
    """The wire's numbers of the contracts of a day; a market's own thousand each."""
    first = {Market.OSE: 1000, Market.KRX_DERIVATIVES: 2000}
    return {instrument.symbol: first[instrument.market] + at for at, instrument in enumerate(instruments, 1)}
