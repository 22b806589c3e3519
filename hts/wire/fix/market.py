"""Market data, lists and positions of FIX 4.4 and 5.0 SP2 <-> values of hts.model.

MarketDataSnapshotFullRefresh(W) from BookUpdate, MarketDataIncrementalRefresh(X) from TradeUpdate, SecurityList(y)
from instruments, TradingSessionStatus(h) from PhaseUpdate, PositionReport(AP) from PositionView. Questions are in
hts.wire.fix.queries, changes of a book in hts.wire.fix.book_changes.

What FIX has no place for does not travel: the published totals of a book are taken as the sum of its levels, the day's
turnover of a trade is 0 on reading, and a position carries its quantity only.
"""

from typing import Final

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.views import PositionView
from hts.wire.fix.application import Body, fields, need, read_qty, read_time, time
from hts.wire.fix.book_changes import BookChanges
from hts.wire.fix.codec import FieldList, FixMessage
from hts.wire.fix.entries import (
    BID,
    DAY_NS,
    DAY_SESSION,
    HIGH,
    LOW,
    OFFER,
    OPENING,
    PHASE_OF_SUB_ID,
    PHASES,
    TRADE,
    VOLUME,
    entry_ns,
    phase_text,
    read_phase,
)
from hts.wire.fix.queries import QueryMessages
from hts.wire.fix.values import date

__all__ = [
    "BID",
    "HIGH",
    "LOW",
    "OFFER",
    "OPENING",
    "PHASES",
    "TRADE",
    "VOLUME",
    "ListedSecurity",
    "MarketMessages",
    "PositionLine",
    "phase_text",
]

ISIN: Final = "4"  # SecurityIDSource(22)
AGGRESSORS: Final = {"1": "Buy", "2": "Sell", "": ""}


class ListedSecurity(Struct, frozen=True, kw_only=True):
    """What a SecurityList(y) tells about one issue."""

    symbol: str
    isin: str
    name: str
    currency: str
    lot: int


class PositionLine(Struct, frozen=True, kw_only=True):
    """What a PositionReport(AP) tells; `qty` is signed."""

    account: str
    symbol: str
    qty: int


class MarketMessages(BookChanges, QueryMessages):
    """Builders and readers of one version."""

    def snapshot(self, req_id: str, book: BookUpdate) -> Body:
        """MarketDataSnapshotFullRefresh(W) of a book."""
        entries = []
        clock = self._clock(book.trade_ns)
        for level in range(BOOK_DEPTH):
            ask_px, bid_px, ask_qty, bid_qty = book.levels[4 * level : 4 * level + 4]
            for kind, px, qty in ((OFFER, ask_px, ask_qty), (BID, bid_px, bid_qty)):
                if qty:
                    own = [(269, kind), (270, self.px(book.symbol, px)), (271, qty), (290, level + 1)]
                    session = [(625, PHASES[book.phase][1]), (58, phase_text(book.phase))]
                    entries.append([*own, *clock, *session])
        return self._body("W", [(262, req_id), (55, book.symbol), *self._updated(book.trade_ns)], (268, entries))

    def read_snapshot(self, message: FixMessage) -> BookUpdate:
        """The book in a MarketDataSnapshotFullRefresh(W). Raises RemoteProtocolError."""
        symbol = need(message, 55)
        levels = [0] * (4 * BOOK_DEPTH)
        trade_ns, phase = 0, Phase.CONTINUOUS
        for entry in message.entries(268, self.group("W", 268)):
            kind, level = need(entry, 269), entry.integer(290, 1)
            if kind not in (BID, OFFER) or not 1 <= level <= BOOK_DEPTH:
                continue
            at = 4 * (level - 1) + (kind == BID)
            levels[at] = self.read_px(entry, 270, symbol)
            levels[at + 2] = read_qty(entry, 271)
            trade_ns = entry_ns(entry)
            phase = read_phase(entry, phase)
        asks, bids = sum(levels[2::4]), sum(levels[3::4])
        return BookUpdate(symbol, trade_ns, tuple(levels), asks, bids, 0, 0, phase)

    def incremental(self, req_id: str, trade: TradeUpdate) -> Body:
        """MarketDataIncrementalRefresh(X) of a trade and the day's figures."""
        symbol, clock = trade.symbol, self._clock(trade.trade_ns)
        session = (625, PHASES[trade.phase][1])
        rows = [(TRADE, trade.px, trade.qty)]
        rows += [(OPENING, trade.open_px, 0), (HIGH, trade.high_px, 0), (LOW, trade.low_px, 0)]
        rows.append((VOLUME, 0, trade.cum_qty))
        entries = []
        for kind, px, qty in rows:
            own = [(279, "0"), (269, kind), (55, symbol), (270, self.px(symbol, px) if px else None)]
            side = AGGRESSORS[trade.side] if kind == TRADE else ""
            entries.append([*own, (271, qty or None), *clock, session, (58, side)])
        return self._body("X", [(262, req_id)], (268, entries))

    def read_incremental(self, message: FixMessage) -> TradeUpdate:
        """The trade in a MarketDataIncrementalRefresh(X). Raises RemoteProtocolError."""
        entries = {need(entry, 269): entry for entry in message.entries(268, self.group("X", 268))}
        trade = entries.get(TRADE)
        if trade is None:
            raise RemoteProtocolError("MDEntryType(269) 2 expected, found no trade")
        symbol = need(trade, 55)
        none = FieldList((), ())
        side = next((code for code, text in AGGRESSORS.items() if text == trade.text(58)), "")
        return TradeUpdate(
            symbol,
            entry_ns(trade),
            self.read_px(trade, 270, symbol),
            read_qty(trade, 271),
            side,
            self.read_px(entries.get(OPENING, none), 270, symbol),
            self.read_px(entries.get(HIGH, none), 270, symbol),
            self.read_px(entries.get(LOW, none), 270, symbol),
            read_qty(entries.get(VOLUME, none), 271),
            0,
            read_phase(trade, Phase.CONTINUOUS),
        )

    def security_list(self, req_id: str, response_id: str, listed: tuple[Instrument, ...]) -> Body:
        """SecurityList(y), whole in one message."""
        entries = [
            [(55, i.symbol), (48, i.isin), (22, ISIN), (107, i.name_en), (15, i.currency), *self._lot(i.lot)]
            for i in listed
        ]
        head = [(320, req_id), (322, response_id), (560, "0"), (393, len(listed)), (893, True)]
        return self._body("y", head, (146, entries))

    def read_security_list(self, message: FixMessage) -> tuple[ListedSecurity, ...]:
        """The issues of a SecurityList(y). Raises RemoteProtocolError."""
        return tuple(
            ListedSecurity(
                symbol=need(entry, 55),
                isin=entry.text(48) if entry.text(22) == ISIN else "",
                name=entry.text(107),
                currency=entry.text(15),
                lot=read_qty(entry, 561) or 1,
            )
            for entry in message.entries(146, self.group("y", 146))
        )

    def trading_session_status(self, update: PhaseUpdate) -> Body:
        """TradingSessionStatus(h) of the whole market."""
        status, sub_id = PHASES[update.phase]
        end = time(update.until_ns) if update.until_ns else None
        return self._body(
            "h",
            [
                (336, DAY_SESSION),
                (625, sub_id),
                (340, status),
                (341, time(update.trade_ns)),
                (345, end),
                (58, phase_text(update.phase)),
            ],
        )

    def read_trading_session_status(self, message: FixMessage) -> PhaseUpdate:
        """The phase in a TradingSessionStatus(h). Raises RemoteProtocolError."""
        sub_id = need(message, 625)
        if sub_id not in PHASE_OF_SUB_ID:
            raise RemoteProtocolError(f"TradingSessionSubID(625): a known phase expected, found {sub_id}")
        phase = read_phase(message, PHASE_OF_SUB_ID[sub_id])
        return PhaseUpdate(message.text(55), read_time(message, 341), phase, read_time(message, 345))

    def position_report(self, report_id: str, position: PositionView, trade_ns: int) -> Body:
        """PositionReport(AP) of a holding."""
        side = 704 if position.qty >= 0 else 705
        is_44 = self.dictionary.version == "FIX.4.4"
        price = self.px(position.symbol, position.last_px)
        settlement: list[tuple[int, object]] = [(730, price), (731, "1"), (734, price)] if is_44 else [(730, price)]
        head = [(721, report_id), (728, "0"), (715, date(trade_ns // DAY_NS)), (1, position.account), (581, "1")]
        amounts = [(753, [[(707, "CASH"), (708, position.cost)]])]
        return self._body(
            "AP",
            [*head, (55, position.symbol), *settlement],
            (453, [[(448, position.account), (447, "D"), (452, "24")]]),
            (702, [[(703, "TQ"), (side, abs(position.qty))]]),
            *(amounts if is_44 else ()),
        )

    def read_position_report(self, message: FixMessage) -> PositionLine:
        """The holding in a PositionReport(AP). Raises RemoteProtocolError."""
        qty = 0
        for entry in message.entries(702, self.group("AP", 702)):
            if need(entry, 703) == "TQ":
                qty += read_qty(entry, 704) - read_qty(entry, 705)
        return PositionLine(account=need(message, 1), symbol=need(message, 55), qty=qty)

    def _body(
        self, msg_type: str, pairs: list[tuple[int, object]], *groups: tuple[int, list[list[tuple[int, object]]]]
    ) -> Body:
        found = [*fields(pairs)]
        for count_tag, entries in groups:
            found += self.grouped(msg_type, count_tag, entries)
        return Body(msg_type=msg_type, fields=tuple(found))

    def _clock(self, trade_ns: int) -> list[tuple[int, object]]:
        """MDEntryDate(272) and MDEntryTime(273)."""
        day, clock = time(trade_ns).split(b"-", 1)
        return [(272, day), (273, clock)]

    def _updated(self, trade_ns: int) -> list[tuple[int, object]]:
        """LastUpdateTime(779), which FIX 5.0 wants beside the entries."""
        return [(779, time(trade_ns))] if self.dictionary.version != "FIX.4.4" else []

    def _lot(self, lot: int) -> list[tuple[int, object]]:
        """RoundLot(561), which FIX 5.0 moved into the trading rules."""
        return [(561, lot)] if 561 in self.group("y", 146).order else []
