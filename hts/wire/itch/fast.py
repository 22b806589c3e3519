"""ITCH 5.0 without the table: the whole message as a tuple, and the book's messages straight into a book.

Theory of operation. `decode` knows the 23 messages by hand-written formats and gives the values in wire order, type
first, prices as on the wire, text with its padding. `feed` walks blocks of two bytes of length and one message (files,
and the inside of MoldUDP64 packets), takes from the seven messages that change a book what the book needs, and calls
it; all others are stepped over after a look at their length. That these two and hts.wire.layout with the table agree
is held by a test over every message.

A length of 0 before a message is taken as "as long as the type says": recorded files with such prefixes exist. Raises
RemoteProtocolError for what cannot be read; the messages before it have been applied.
"""

from struct import Struct
from typing import Any, Final, Protocol

from hts.base.errors import RemoteProtocolError

_HEAD = ">cHHHI"  # type, locate, tracking number, then the 48 bits of the time as 16 and 32
_FORMATS: Final[dict[str, str]] = {
    "S": "c",
    "R": "8sccIcc2scccccIc",
    "H": "8sc1s4s",
    "Y": "8sc",
    "L": "4s8sccc",
    "V": "QQQ",
    "W": "c",
    "K": "8sIcI",
    "J": "8sIIII",
    "h": "8scc",
    "A": "QcI8sI",
    "F": "QcI8sI4s",
    "E": "QIQ",
    "C": "QIQcI",
    "X": "QI",
    "D": "Q",
    "U": "QQII",
    "P": "QcI8sIQ",
    "Q": "Q8sIQc",
    "B": "Q",
    "I": "QQc8sIIIcc",
    "N": "8sc",
    "O": "8scIIIQII",
}
_STRUCTS: Final = {ord(kind): Struct(_HEAD + rest) for kind, rest in _FORMATS.items()}
LENGTHS: Final = {kind: code.size for kind, code in _STRUCTS.items()}

# What a book needs, counted from the two bytes of length in front of the message.
_ADD = Struct(">3xH8xQBI8xI").unpack_from
_EXECUTED = Struct(">13xQI").unpack_from  # executed, executed at another price, partly cancelled
_DELETE = Struct(">13xQ").unpack_from
_REPLACE = Struct(">13xQQII").unpack_from
_BUY, _SELL = ord("B"), ord("S")


class OrderBook(Protocol):
    """Who keeps the orders: hts.marketdata.l3_book. Raises RemoteProtocolError for what does not fit the book."""

    def add(self, book: int, order_id: int, is_bid: bool, qty: int, px: int) -> None: ...

    def reduce(self, order_id: int, qty: int) -> None: ...

    def delete(self, order_id: int) -> None: ...

    def replace(self, order_id: int, new_order_id: int, qty: int, px: int) -> None: ...


def decode(message: bytes) -> tuple[Any, ...]:
    """Every value of a message in wire order; the time is one integer."""
    code = _STRUCTS.get(message[0]) if message else None
    if code is None:
        raise RemoteProtocolError(f"ITCH: a type out of {''.join(_FORMATS)} expected, found {message[:1]!r}")
    if len(message) != code.size:
        raise RemoteProtocolError(f"ITCH {message[:1]!r}: {code.size} bytes expected, found {len(message)}")
    kind, locate, tracking, high, low, *rest = code.unpack(message)
    return (kind, locate, tracking, (high << 32) | low, *rest)


def feed(data: bytes, book: OrderBook, start: int = 0) -> int:
    """Apply the whole blocks of `data` from `start` on; returns the place of the first that is not whole."""
    lengths = LENGTHS
    add, reduce, delete, replace = book.add, book.reduce, book.delete, book.replace
    at, end = start, len(data)
    while at + 2 < end:
        kind = data[at + 2]
        size = lengths.get(kind)
        if size is None:
            raise RemoteProtocolError(f"ITCH at {at}: a type out of {''.join(_FORMATS)} expected, found {chr(kind)!r}")
        told = data[at] << 8 | data[at + 1]
        if told != size and told:
            raise RemoteProtocolError(f"ITCH at {at}, {chr(kind)!r}: length {size} expected, found {told}")
        after = at + 2 + size
        if after > end:
            break
        if kind in b"AF":
            locate, order_id, side, qty, px = _ADD(data, at)
            if side == _BUY:
                add(locate, order_id, True, qty, px)
            elif side == _SELL:
                add(locate, order_id, False, qty, px)
            else:
                raise RemoteProtocolError(f"ITCH at {at}: side B or S expected, found {chr(side)!r}")
        elif kind == 68:  # D
            delete(*_DELETE(data, at))
        elif kind == 85:  # U
            replace(*_REPLACE(data, at))
        elif kind in b"ECX":
            reduce(*_EXECUTED(data, at))
        at = after
    return at
