"""Nasdaq's TotalView-ITCH 5.0 as the simulator publishes it."""

from collections.abc import Callable, Mapping
from typing import Any

from hts.model.enums import Phase
from hts.model.instruments import Instrument
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

CROSS = 1 << 62  # a cross has a match number of its own: a break of one of its pairs, by the pair's, is not one of it
# What the market's phases are as system events; the crosses are moments and have none of their own.
SYSTEM_EVENTS = {
    Phase.PRE_MARKET: "S",
    Phase.CONTINUOUS: "Q",
    Phase.AFTER_MARKET: "M",
    Phase.CLOSED: "E",
}
TRADING_STATES = {Phase.HALTED: "H", Phase.RESUME_CALL: "Q"}
DIRECTIONS = "NBSO"


class NasdaqItch:
    """Encodes. `midnight_ns` is New York's on the trading day, `issues` are the rows of the universe."""

    reduces = True

    def __init__(
        self,
        layout: BinaryLayout,
        midnight_ns: int,
        issues: Mapping[str, Mapping[str, Any]],
        round_lot: Callable[[int], int],
    ) -> None:
        self._layout = layout
        self._midnight_ns = midnight_ns
        self._issues = issues
        self._round_lot = round_lot
        self._locate: dict[str, int] = {}
        self._cross = "O"
        self._bands: dict[str, tuple[int, int, int]] = {}
        self._encoders: dict[type, Callable[[Any], bytes]] = {
            Added: self._added,
            Executed: self._executed,
            Reduced: self._reduced,
            Deleted: self._deleted,
            Replaced: self._replaced,
            Printed: self._printed,
        }

    def opening(self, instruments: tuple[Instrument, ...], trade_ns: int) -> list[bytes]:
        """Start of messages, then each issue with its trading state and its short-sale state."""
        out = [self._say("system_event", "", trade_ns, event_code="O")]
        self._locate = {instrument.symbol: at for at, instrument in enumerate(instruments, 1)}
        for instrument in instruments:
            symbol = instrument.symbol
            out.append(self._directory(instrument, trade_ns))
            out.append(self._action(symbol, trade_ns, "T"))
            out.append(self._say("reg_sho_restriction", symbol, trade_ns, stock=symbol, reg_sho_action="0"))
        return out

    def forget_time(self) -> None:
        """See ItchEncoder."""

    def messages(self, item: FlowItem) -> list[bytes]:
        """What the feed says about one change."""
        if isinstance(item, PhaseTold):
            return self._phase(item)
        if isinstance(item, Announced):
            return self._announced(item)
        return [self._encoders[type(item)](item)]

    def book_changed(self, symbol: str, trade_ns: int) -> list[bytes]:  # noqa: ARG002
        """Nothing: the orders have told it."""
        return []

    def _announced(self, item: Announced) -> list[bytes]:
        """The short-sale test and the imbalances; the bands themselves are not on this feed."""
        values = dict(item.values)
        if item.what == "short_sale":
            action = str(values["action"])
            return [
                self._say("reg_sho_restriction", item.symbol, item.trade_ns, stock=item.symbol, reg_sho_action=action)
            ]
        if item.what == "price_bands":
            self._bands[item.symbol] = (values["reference_px"], values["upper_px"], values["lower_px"])
            return []
        if item.what == "trade_broken":
            return [self._say("broken_trade", item.symbol, item.trade_ns, match_number=values["match_id"])]
        return [self._imbalance(item, values)] if item.what == "imbalance" else []

    def _imbalance(self, item: Announced, values: dict[str, int]) -> bytes:
        return self._say(
            "net_order_imbalance_indicator",
            item.symbol,
            item.trade_ns,
            paired_shares=values["paired"],
            imbalance_shares=values["imbalance"],
            imbalance_direction=DIRECTIONS[values["direction"]],
            stock=item.symbol,
            far_price=values["far_px"],
            near_price=values["near_px"],
            current_reference_price=values["reference_px"],
            cross_type="C" if values["closing"] else "O",
            price_variation_indicator=chr(values["variation"]),
        )

    def _directory(self, instrument: Instrument, trade_ns: int) -> bytes:
        row = self._issues[instrument.symbol]
        return self._say(
            "stock_directory",
            instrument.symbol,
            trade_ns,
            stock=instrument.symbol,
            market_category=row["listed_at"],
            financial_status_indicator="N",
            round_lot_size=self._round_lot(instrument.base_px),
            round_lots_only="N",
            issue_classification="Q" if instrument.is_etf else "C",
            issue_sub_type="E" if instrument.is_etf else "Z",
            authenticity="T",
            short_sale_threshold_indicator="N",
            ipo_flag="N",
            luld_reference_price_tier=str(row["tier"]),
            etp_flag="Y" if instrument.is_etf else "N",
            etp_leverage_factor=row.get("leverage", 1 if instrument.is_etf else 0),
            inverse_indicator="N",
        )

    def _phase(self, item: PhaseTold) -> list[bytes]:
        if item.symbol:
            return self._issue_phase(item)
        self._cross = "C" if item.phase is Phase.CLOSE_CALL else "O" if item.phase is Phase.OPEN_CALL else self._cross
        code = SYSTEM_EVENTS.get(item.phase)
        out = [] if code is None else [self._say("system_event", "", item.trade_ns, event_code=code)]
        if item.phase is Phase.CLOSED:
            out.append(self._say("system_event", "", item.trade_ns, event_code="C"))
        return out

    def _issue_phase(self, item: PhaseTold) -> list[bytes]:
        """A halt, a pause by the price bands with its collar, or the return from it."""
        symbol, trade_ns = item.symbol, item.trade_ns
        if item.phase is not Phase.VI_CALL:
            return [self._action(symbol, trade_ns, TRADING_STATES.get(item.phase, "T"))]
        reference, upper, lower = self._bands.get(symbol, (0, 0, 0))
        collar = self._say(
            "luld_auction_collar",
            symbol,
            trade_ns,
            stock=symbol,
            auction_collar_reference_price=reference,
            upper_auction_collar_price=upper,
            lower_auction_collar_price=lower,
            auction_collar_extension=0,
        )
        return [self._action(symbol, trade_ns, "P", "LUDP"), collar]

    def _added(self, item: Added) -> bytes:
        return self._say(
            "add_order",
            item.symbol,
            item.trade_ns,
            order_reference_number=item.ref,
            side=SIDE_LETTER[item.side],
            shares=item.qty,
            stock=item.symbol,
            price=item.px,
        )

    def _executed(self, item: Executed) -> bytes:
        common = {"order_reference_number": item.ref, "executed_shares": item.qty, "match_number": item.match_id}
        if not item.is_auction and item.px == item.own_px:
            return self._say("order_executed", item.symbol, item.trade_ns, **common)
        printable = "N" if item.is_auction else "Y"
        return self._say(
            "order_executed_with_price",
            item.symbol,
            item.trade_ns,
            **common,
            printable=printable,
            execution_price=item.px,
        )

    def _reduced(self, item: Reduced) -> bytes:
        return self._say(
            "order_cancel", item.symbol, item.trade_ns, order_reference_number=item.ref, cancelled_shares=item.by
        )

    def _deleted(self, item: Deleted) -> bytes:
        return self._say("order_delete", item.symbol, item.trade_ns, order_reference_number=item.ref)

    def _replaced(self, item: Replaced) -> bytes:
        return self._say(
            "order_replace",
            item.new.symbol,
            item.trade_ns,
            original_order_reference_number=item.old_ref,
            new_order_reference_number=item.new.ref,
            shares=item.new.qty,
            price=item.new.px,
        )

    def _printed(self, item: Printed) -> bytes:
        if item.is_auction:
            return self._say(
                "cross_trade",
                item.symbol,
                item.trade_ns,
                shares=item.qty,
                stock=item.symbol,
                cross_price=item.px,
                match_number=item.match_id | CROSS,
                cross_type=self._cross,
            )
        return self._say(
            "trade_non_cross",
            item.symbol,
            item.trade_ns,
            order_reference_number=0,
            side="B",  # since 2014 always B, whatever the resting side was
            shares=item.qty,
            stock=item.symbol,
            price=item.px,
            match_number=item.match_id,
        )

    def _action(self, symbol: str, trade_ns: int, state: str, reason: str = "") -> bytes:
        return self._say(
            "stock_trading_action",
            symbol,
            trade_ns,
            stock=symbol,
            trading_state=state,
            reserved=b" ",
            reason=reason,
        )

    def _say(self, name: str, symbol: str, trade_ns: int, **fields: Any) -> bytes:
        head = {
            "stock_locate": self._locate.get(symbol, 0),
            "tracking_number": 0,
            "timestamp": max(trade_ns - self._midnight_ns, 0),
        }
        return self._layout.encode(name, head | fields)
