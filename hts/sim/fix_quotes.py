"""Books, prints, lists and phases as FIX market data messages of 4.4 and 5.0 SP2: W, X, Y, y and h."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.sim.figures import DayFigures
from hts.wire.fix.application import Application, Body, fields, time
from hts.wire.fix.market import BID, HIGH, LOW, OFFER, OPENING, PHASES, TRADE, VOLUME, MarketMessages, phase_text

NEW, CHANGE, DELETE = "0", "1", "2"  # MDUpdateAction(279)
ISIN: Final = "4"
BOOK_TYPES: Final = frozenset({BID, OFFER})
TYPES: Final = frozenset({BID, OFFER, TRADE, OPENING, HIGH, LOW, VOLUME})
ISSUES_PER_LIST: Final = 200  # of one SecurityList(y)

Levels = tuple[tuple[int, int], ...]  # price and quantity, the best first


class Sides(Struct, frozen=True):
    """Both sides of a book as a subscriber was told."""

    bids: Levels = ()
    offers: Levels = ()


class Change(Struct, frozen=True):
    """One entry of an incremental refresh."""

    action: str
    kind: str
    px: int
    qty: int
    position: int


def sides(book: BookUpdate, depth: int) -> Sides:
    """The first `depth` levels of each side; 0 for all that are published."""
    rows = [book.levels[at : at + 4] for at in range(0, len(book.levels), 4)][: depth or None]
    return Sides(
        tuple((bid_px, bid_qty) for _, bid_px, _, bid_qty in rows if bid_qty),
        tuple((ask_px, ask_qty) for ask_px, _, ask_qty, _ in rows if ask_qty),
    )


def changes(before: Sides, after: Sides) -> list[Change]:
    """What leads from one book to the other, by price: what is gone first, then what is new or changed."""
    found: list[Change] = []
    for kind, old, new in ((BID, before.bids, after.bids), (OFFER, before.offers, after.offers)):
        told, stands = dict(old), dict(new)
        gone = [Change(DELETE, kind, px, 0, at) for at, (px, _) in enumerate(old, start=1) if px not in stands]
        found += reversed(gone)  # positions stay right while one after the other is taken out
        for at, (px, qty) in enumerate(new, start=1):
            if told.get(px) != qty:
                found.append(Change(CHANGE if px in told else NEW, kind, px, qty, at))
    return found


class FixQuotes(Application):
    """Builds the messages of one version."""

    def snapshot(self, req_id: str, book: BookUpdate, day: DayFigures, depth: int, kinds: frozenset[str]) -> Body:
        """MarketDataSnapshotFullRefresh(W)."""
        clock = self._clock(book.trade_ns)
        shown = sides(book, depth)
        entries = []
        for kind, levels in ((BID, shown.bids), (OFFER, shown.offers)):
            if kind in kinds:
                session = [(625, PHASES[book.phase][1]), (58, phase_text(book.phase))]
                entries += [
                    [(269, kind), (270, self.px(book.symbol, px)), (271, qty), *clock, *session, (290, at)]
                    for at, (px, qty) in enumerate(levels, start=1)
                ]
        entries += [
            [(269, kind), (270, self.px(book.symbol, px) if px else None), (271, qty or None), *clock]
            for kind, px, qty in _figures(day)
            if kind in kinds
        ]
        rows = [fields(entry) for entry in entries]
        updated = [(779, time(book.trade_ns))] if self.dictionary.version != "FIX.4.4" else []
        head = fields([(262, req_id), (55, book.symbol), *updated])
        return Body(msg_type="W", fields=(*head, *self.grouped("W", 268, rows)))

    def book_changes(self, req_id: str, book: BookUpdate, found: Iterable[Change]) -> Body:
        """MarketDataIncrementalRefresh(X) of a book."""
        clock, symbol = self._clock(book.trade_ns), book.symbol
        rows = [
            fields(
                [
                    (279, change.action),
                    (269, change.kind),
                    (55, symbol),
                    (270, self.px(symbol, change.px)),
                    (271, change.qty if change.action != DELETE else None),
                    *clock,
                    (290, change.position),
                ]
            )
            for change in found
        ]
        return Body(msg_type="X", fields=(*fields([(262, req_id)]), *self.grouped("X", 268, rows)))

    def trade(self, req_id: str, trade: TradeUpdate, kinds: frozenset[str]) -> Body:
        """MarketDataIncrementalRefresh(X) of a print and what it changed of the day's figures."""
        symbol, clock = trade.symbol, self._clock(trade.trade_ns)
        side = {"1": "Buy", "2": "Sell"}.get(trade.side, "")
        rows: list[list[tuple[int, object]]] = []
        for kind, px, qty in (
            (TRADE, trade.px, trade.qty),
            (OPENING, trade.open_px, 0),
            (HIGH, trade.high_px, 0),
            (LOW, trade.low_px, 0),
            (VOLUME, 0, trade.cum_qty),
        ):
            if kind in kinds:
                own = [(279, NEW), (269, kind), (55, symbol), (270, self.px(symbol, px) if px else None)]
                rows.append([*own, (271, qty or None), *clock, (58, side if kind == TRADE else "")])
        grouped = self.grouped("X", 268, [fields(row) for row in rows])
        return Body(msg_type="X", fields=(*fields([(262, req_id)]), *grouped))

    def reject(self, req_id: str, reason: str, text: str) -> Body:
        """MarketDataRequestReject(Y); `reason` is MDReqRejReason(281)."""
        return Body(msg_type="Y", fields=tuple(fields([(262, req_id), (281, reason), (58, text)])))

    def security_lists(self, req_id: str, listed: tuple[Instrument, ...]) -> list[Body]:
        """SecurityList(y), in as many messages as it takes."""
        if not listed:
            return [Body(msg_type="y", fields=tuple(fields([(320, req_id), (322, f"{req_id}-0"), (560, "2")])))]
        starts = range(0, len(listed), ISSUES_PER_LIST)
        return [self._security_list(req_id, listed, start) for start in starts]

    def _security_list(self, req_id: str, listed: tuple[Instrument, ...], start: int) -> Body:
        part = listed[start : start + ISSUES_PER_LIST]
        has_lot = 561 in self.group("y", 146).order
        rows = [
            fields(
                [
                    (55, i.symbol),
                    (48, i.isin),
                    (22, ISIN),
                    (107, i.name_en),
                    (15, i.currency),
                    *([(561, i.lot)] if has_lot else []),
                ]
            )
            for i in part
        ]
        is_last = start + len(part) == len(listed)
        head = [(320, req_id), (322, f"{req_id}-{start}"), (560, "0"), (393, len(listed)), (893, is_last)]
        return Body(msg_type="y", fields=(*fields(head), *self.grouped("y", 146, rows)))

    def session_status(self, req_id: str, update: PhaseUpdate) -> Body:
        """TradingSessionStatus(h) of the market, or of one issue where it has a phase of its own."""
        found = MarketMessages(self.dictionary, self._px_decimals).trading_session_status(update)
        own: list[tuple[int, object]] = [(335, req_id)]
        definition = self.dictionary.message("h")
        assert definition is not None
        if update.symbol:
            in_place = 55 in definition.members.order
            own.append((55, update.symbol) if in_place else (58, f"{update.symbol} {update.phase.value}"))
        kept = [pair for pair in found.fields if not (update.symbol and pair[0] == 58 and own[-1][0] == 58)]
        return Body(msg_type="h", fields=(*fields(own[:1]), *kept, *fields(own[1:])))

    def no_session(self, req_id: str) -> Body:
        """TradingSessionStatus(h) that refuses a request."""
        pairs = [(335, req_id), (336, "1"), (340, 6), (567, 1)]
        return Body(msg_type="h", fields=tuple(fields(pairs)))

    def _clock(self, trade_ns: int) -> list[tuple[int, object]]:
        """MDEntryDate(272) and MDEntryTime(273)."""
        day, clock = time(trade_ns).split(b"-", 1)
        return [(272, day), (273, clock)]


def _figures(day: DayFigures) -> list[tuple[str, int, int]]:
    if not day.cum_qty:
        return []
    return [
        (TRADE, day.last_px, 0),
        (OPENING, day.open_px, 0),
        (HIGH, day.high_px, 0),
        (LOW, day.low_px, 0),
        (VOLUME, 0, day.cum_qty),
    ]
