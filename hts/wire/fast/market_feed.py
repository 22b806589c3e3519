"""The FIX/FAST feed of our venues: books, prints, phases and issues as FAST messages in numbered datagrams.

    offset  length  field
    0       4       session, big-endian: higher at each start of the venue
    4       4       sequence number of the datagram in its session, big-endian, from 1
    8       n       FAST messages, one behind the other; every datagram begins with the dictionaries reset

The templates are in resources/protocols/fast_feed.xml, the page is docs/wire/fast_feed.md. Prices and quantities are
whole numbers in the issue's own unit (`SecurityDefinition` tells the decimals). A book is told whole by a snapshot and
then by what changed, by price, as hts.wire.fix.book_changes does it in FIX.
"""

from collections.abc import Callable, Iterator
from struct import Struct as Packed
from typing import Any, Final, Union

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate, PhaseUpdate, TradeUpdate
from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.encoder import FastEncoder
from hts.wire.fast.messages import FastMessage
from hts.wire.fast.templates import TemplateSet

HEAD: Final = Packed(">II")
DATAGRAM_MAX: Final = 1400
SNAPSHOT, INCREMENTAL, STATUS, DEFINITION, HEARTBEAT = (
    "MDSnapshotFullRefresh",
    "MDIncrementalRefresh",
    "TradingSessionStatus",
    "SecurityDefinition",
    "Heartbeat",
)
BID, OFFER, TRADE, OPENING, HIGH, LOW, VOLUME = 0, 1, 2, 4, 7, 8, 11  # MDEntryType(269); B of FIX is 11 here
NEW, CHANGE, DELETE = 0, 1, 2
_COLUMN: Final = {OFFER: 0, BID: 1}
_PHASES: Final = tuple(Phase)
_PHASE_CODE: Final = {phase: code for code, phase in enumerate(_PHASES)}


class BookSnapshot(Struct, frozen=True, kw_only=True):
    """A whole book, valid after datagram `last_seq`."""

    book: BookUpdate
    last_seq: int


class BookChange(Struct, frozen=True, kw_only=True):
    """What changed in a book: (is bid, price, quantity), quantity 0 for a price that is gone."""

    symbol: str
    trade_ns: int
    phase: Phase
    levels: tuple[tuple[bool, int, int], ...]


class IssueListed(Struct, frozen=True, kw_only=True):
    """One issue of the day."""

    symbol: str
    isin: str
    name: str
    currency: str
    px_decimals: int
    lot: int
    upper_px: int
    lower_px: int


class Alive(Struct, frozen=True, kw_only=True):
    """The line is alive."""

    trade_ns: int


FeedItem = Union[BookSnapshot, BookChange, TradeUpdate, PhaseUpdate, IssueListed, Alive]


class FeedWriter:
    """Packs items into datagrams; each is at most `DATAGRAM_MAX` bytes unless one message alone is longer."""

    def __init__(self, templates: TemplateSet, session: int) -> None:
        self.session = session
        self.next_seq = 1
        self._encoder = FastEncoder(templates, identifier_always=True)

    def datagrams(self, items: list[FeedItem]) -> list[bytes]:
        """The items in order, in as few datagrams as they take."""
        found: list[bytes] = []
        body = bytearray()
        self._encoder.reset()
        for item in items:
            template, fields = _fields(item)
            message = self._encoder.encode(template, fields)
            if body and len(body) + len(message) + HEAD.size > DATAGRAM_MAX:
                found.append(self._numbered(body))
                body = bytearray()
                self._encoder.reset()
                message = self._encoder.encode(template, fields)
            body += message
        if body:
            found.append(self._numbered(body))
        return found

    def _numbered(self, body: bytearray) -> bytes:
        seq, self.next_seq = self.next_seq, self.next_seq + 1
        return HEAD.pack(self.session, seq) + body


class Datagram(Struct, frozen=True):
    """One datagram, read."""

    session: int
    seq: int
    items: list[FeedItem]


def read_datagram(decoder: FastDecoder, data: bytes) -> Datagram:
    """Raises RemoteProtocolError; the decoder is ready for the next one then."""
    if len(data) <= HEAD.size:
        raise RemoteProtocolError(f"FAST datagram: more than {HEAD.size} bytes expected, found {len(data)}")
    decoder.restart()
    decoder.reset()
    decoder.receive_data(data[HEAD.size :])
    items: list[FeedItem] = []
    while (message := decoder.next_event()) is not None:
        items.append(_item(message))
    decoder.end()
    session, seq = HEAD.unpack_from(data)
    return Datagram(session, seq, items)


def changes(before: BookUpdate, after: BookUpdate) -> BookChange:
    """What leads from one book to the next."""
    found: list[tuple[bool, int, int]] = []
    for kind in (BID, OFFER):
        old, new = dict(_side(before, kind)), dict(_side(after, kind))
        found += [(kind == BID, px, 0) for px in old if px not in new]
        found += [(kind == BID, px, qty) for px, qty in new.items() if old.get(px) != qty]
    return BookChange(symbol=after.symbol, trade_ns=after.trade_ns, phase=after.phase, levels=tuple(found))


def apply(book: BookUpdate, change: BookChange) -> BookUpdate:
    """The book after a change."""
    sides = {kind: dict(_side(book, kind)) for kind in (BID, OFFER)}
    for is_bid, px, qty in change.levels:
        side = sides[BID if is_bid else OFFER]
        side.pop(px, None)
        if qty:
            side[px] = qty
    return _book(book.symbol, change.trade_ns, change.phase, sides, book.venue)


def listed(instrument: Instrument) -> IssueListed:
    """What the feed says of an issue."""
    return IssueListed(
        symbol=instrument.symbol,
        isin=instrument.isin,
        name=instrument.name_en,
        currency=instrument.currency,
        px_decimals=instrument.px_decimals,
        lot=instrument.lot,
        upper_px=instrument.upper_px,
        lower_px=instrument.lower_px,
    )


def _side(book: BookUpdate, kind: int) -> Iterator[tuple[int, int]]:
    at = _COLUMN[kind]
    for n in range(0, 4 * BOOK_DEPTH, 4):
        if book.levels[n + 2 + at]:
            yield book.levels[n + at], book.levels[n + 2 + at]


def _book(symbol: str, trade_ns: int, phase: Phase, sides: dict[int, dict[int, int]], venue: str = "") -> BookUpdate:
    levels = [0] * (4 * BOOK_DEPTH)
    for kind, side in sides.items():
        for level, (px, qty) in enumerate(sorted(side.items(), reverse=kind == BID)[:BOOK_DEPTH]):
            levels[4 * level + _COLUMN[kind]], levels[4 * level + 2 + _COLUMN[kind]] = px, qty
    more = {"venue": venue} if venue else {}
    return BookUpdate(symbol, trade_ns, tuple(levels), sum(levels[2::4]), sum(levels[3::4]), 0, 0, phase, **more)


# -- items to messages --


def _fields(item: FeedItem) -> tuple[str, dict[str, Any]]:
    match item:
        case BookSnapshot(book=book, last_seq=seq):
            entries = tuple(
                {"MDEntryType": kind, "MDPriceLevel": level, "MDEntryPx": px, "MDEntrySize": qty}
                for kind in (BID, OFFER)
                for level, (px, qty) in enumerate(_side(book, kind), 1)
            )
            return SNAPSHOT, {
                **_head(book.symbol, book.trade_ns, book.phase),
                "LastMsgSeqNumProcessed": seq,
                "MDEntries": entries,
            }
        case BookChange():
            return INCREMENTAL, {**_head(item.symbol, item.trade_ns, item.phase), "MDEntries": _change_rows(item)}
        case TradeUpdate():
            return INCREMENTAL, {**_head(item.symbol, item.trade_ns, item.phase), "MDEntries": _trade_rows(item)}
        case PhaseUpdate():
            code = {"TransactTime": item.trade_ns, "TradingSessionSubID": _PHASE_CODE[item.phase]}
            more = {"Symbol": item.symbol} if item.symbol else {}
            until = {"TradSesEndTime": item.until_ns} if item.until_ns else {}
            return STATUS, {**code, **more, **until, "Text": item.phase.value}
        case IssueListed():
            return DEFINITION, {
                "Symbol": item.symbol, "SecurityID": item.isin, "SecurityDesc": item.name, "Currency": item.currency,
                "PriceDecimals": item.px_decimals, "RoundLot": item.lot, "HighLimitPrice": item.upper_px,
                "LowLimitPrice": item.lower_px,
            }  # fmt: skip
        case Alive(trade_ns=trade_ns):
            return HEARTBEAT, {"TransactTime": trade_ns}
    raise LocalProtocolError(f"FAST feed: an item of the feed expected, found {type(item).__name__}")


def _head(symbol: str, trade_ns: int, phase: Phase) -> dict[str, Any]:
    return {"TransactTime": trade_ns, "Symbol": symbol, "TradingSessionSubID": _PHASE_CODE[phase]}


def _change_rows(item: BookChange) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"MDUpdateAction": CHANGE if qty else DELETE, "MDEntryType": BID if is_bid else OFFER, "MDEntryPx": px}
        | ({"MDEntrySize": qty} if qty else {})
        for is_bid, px, qty in item.levels
    )


def _trade_rows(item: TradeUpdate) -> tuple[dict[str, Any], ...]:
    rows = ((TRADE, item.px, item.qty), (OPENING, item.open_px, 0), (HIGH, item.high_px, 0), (LOW, item.low_px, 0))
    side = {"AggressorSide": int(item.side)} if item.side else {}
    return tuple(
        {
            "MDUpdateAction": NEW,
            "MDEntryType": kind,
            "MDEntryPx": px,
            "MDEntrySize": qty,
            **(side if kind == TRADE else {}),
        }
        for kind, px, qty in (*rows, (VOLUME, item.cum_value, item.cum_qty))
    )


# -- messages to items --


def _item(message: FastMessage) -> FeedItem:
    reader = _READERS.get(message.template)
    if reader is None:
        raise RemoteProtocolError(
            f"FAST feed: a template out of {', '.join(_READERS)} expected, found {message.template}"
        )
    return reader(message.fields)


def _read_snapshot(fields: dict[str, Any]) -> FeedItem:
    sides: dict[int, dict[int, int]] = {BID: {}, OFFER: {}}
    for entry in fields["MDEntries"]:
        _known(entry["MDEntryType"], sides)[entry["MDEntryPx"]] = entry["MDEntrySize"]
    book = _book(fields["Symbol"], fields["TransactTime"], _phase(fields), sides)
    return BookSnapshot(book=book, last_seq=fields["LastMsgSeqNumProcessed"])


def _read_incremental(fields: dict[str, Any]) -> FeedItem:
    entries = fields["MDEntries"]
    symbol, trade_ns, phase = fields["Symbol"], fields["TransactTime"], _phase(fields)
    if not any(entry["MDEntryType"] == TRADE for entry in entries):
        rows = []
        for entry in entries:
            _known(entry["MDEntryType"], _COLUMN)
            is_gone = entry["MDUpdateAction"] == DELETE
            rows.append(
                (entry["MDEntryType"] == BID, entry["MDEntryPx"], 0 if is_gone else entry.get("MDEntrySize", 0))
            )
        return BookChange(symbol=symbol, trade_ns=trade_ns, phase=phase, levels=tuple(rows))
    by_kind = {entry["MDEntryType"]: entry for entry in entries}
    missing = [kind for kind in (TRADE, OPENING, HIGH, LOW, VOLUME) if kind not in by_kind]
    if missing:
        raise RemoteProtocolError(f"FAST feed: a trade with MDEntryType(269) {missing[0]} expected, found none")
    trade, volume = by_kind[TRADE], by_kind[VOLUME]
    side = trade.get("AggressorSide", 0)
    if side not in (0, 1, 2):
        raise RemoteProtocolError(f"FAST feed: AggressorSide(2446) 1 or 2 expected, found {side}")
    return TradeUpdate(
        symbol,
        trade_ns,
        trade["MDEntryPx"],
        trade.get("MDEntrySize", 0),
        str(side or ""),
        by_kind[OPENING]["MDEntryPx"],
        by_kind[HIGH]["MDEntryPx"],
        by_kind[LOW]["MDEntryPx"],
        volume.get("MDEntrySize", 0),
        volume["MDEntryPx"],
        phase,
    )


def _read_status(fields: dict[str, Any]) -> FeedItem:
    end_ns = fields.get("TradSesEndTime", 0)
    return PhaseUpdate(fields.get("Symbol", ""), fields["TransactTime"], _phase(fields), end_ns)


def _read_definition(fields: dict[str, Any]) -> FeedItem:
    return IssueListed(
        symbol=fields["Symbol"],
        isin=fields["SecurityID"],
        name=fields["SecurityDesc"],
        currency=fields["Currency"],
        px_decimals=fields["PriceDecimals"],
        lot=fields["RoundLot"],
        upper_px=fields["HighLimitPrice"],
        lower_px=fields["LowLimitPrice"],
    )


def _read_heartbeat(fields: dict[str, Any]) -> FeedItem:
    return Alive(trade_ns=fields["TransactTime"])


_READERS: Final[dict[str, Callable[[dict[str, Any]], FeedItem]]] = {
    SNAPSHOT: _read_snapshot,
    INCREMENTAL: _read_incremental,
    STATUS: _read_status,
    DEFINITION: _read_definition,
    HEARTBEAT: _read_heartbeat,
}


def _phase(fields: dict[str, Any]) -> Phase:
    code: int = fields["TradingSessionSubID"]
    if not 0 <= code < len(_PHASES):
        raise RemoteProtocolError(f"FAST feed: TradingSessionSubID(625) below {len(_PHASES)} expected, found {code}")
    return _PHASES[code]


def _known(kind: int, sides: dict[int, Any]) -> Any:
    if kind not in sides:
        raise RemoteProtocolError(f"FAST feed: MDEntryType(269) 0 or 1 expected, found {kind}")
    return sides[kind]
