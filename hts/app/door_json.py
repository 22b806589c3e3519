"""The JSON flavour of the link: intents and queries in, views and quotes out, one object per message.

Intents and queries are those of hts.model with their "type"; enumerations are FIX codes ("side": "1" buys). Books and
trades, which travel as bare arrays on the link, are told with names.
"""

from typing import Any, Union

import msgspec

from hts.base.errors import RemoteProtocolError
from hts.link.client import Message
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery
from hts.model.quotes import BOOK_DEPTH, BookUpdate, PhaseUpdate, TradeUpdate
from hts.model.wide import encode_wide
from hts.wire.link.messages import Refused, SnapshotBegin, SnapshotEnd, Welcome

VERSION = 1
MESSAGE_BYTES_MAX = 256 * 1024

_WISHES: "msgspec.json.Decoder[Union[AnyIntent, AnyQuery]]" = msgspec.json.Decoder(Union[AnyIntent, AnyQuery])
_encode = msgspec.json.Encoder(enc_hook=encode_wide).encode


def decode_wish(text: str | bytes) -> AnyIntent | AnyQuery:
    """An intent or a query. Raises RemoteProtocolError, naming the place and what was expected there."""
    try:
        return _WISHES.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError, AssertionError) as error:
        raise RemoteProtocolError(f"message: expected an intent or a query, found {error}") from error


def encode_message(message: Message) -> bytes:
    """What a script is told for one message of the core."""
    if isinstance(message, BookUpdate):
        return _encode(book_object(message))
    if isinstance(message, TradeUpdate | PhaseUpdate):
        kind = "trade" if isinstance(message, TradeUpdate) else "phase"
        return _encode({"type": kind, **_fields(message)})
    if isinstance(message, Instrument):
        return _encode({"type": "instrument", **_fields(message)})
    if isinstance(message, Welcome):
        return _encode({"type": "welcome", "version": VERSION, "build": message.build, "resumed": message.resumed})
    if isinstance(message, SnapshotBegin | SnapshotEnd):
        return _encode({"type": "snapshot_begin" if isinstance(message, SnapshotBegin) else "snapshot_end"})
    if isinstance(message, Refused):
        return error_object("refused", message.reason)
    return _encode(message)


def error_object(kind: str, reason: str, request_id: str = "") -> bytes:
    """Why a message was not carried out; the connection stays."""
    return _encode({"type": "error", "error": kind, "reason": reason, "request_id": request_id})


def book_object(book: BookUpdate) -> dict[str, Any]:
    """Levels as [price, quantity], best first."""
    asks, bids = [], []
    for at in range(0, 4 * BOOK_DEPTH, 4):
        ask_px, bid_px, ask_qty, bid_qty = book.levels[at : at + 4]
        if ask_px:
            asks.append((ask_px, ask_qty))
        if bid_px:
            bids.append((bid_px, bid_qty))
    return {
        "type": "book",
        "venue": book.venue,
        "symbol": book.symbol,
        "trade_ns": book.trade_ns,
        "asks": asks,
        "bids": bids,
        "total_ask_qty": book.total_ask_qty,
        "total_bid_qty": book.total_bid_qty,
        "expected_px": book.expected_px,
        "expected_qty": book.expected_qty,
        "phase": book.phase.value,
    }


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}
