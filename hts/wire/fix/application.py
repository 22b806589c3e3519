"""What application messages of FIX 4.4 and 5.0 SP2 have in common: a message to send, numbers, refusals.

A builder returns a `Body`, which `FixSession.send` takes; a reader takes a received message and returns a value of
hts.model. Prices are scaled by the instrument's decimals, which come in as a function of the symbol.
"""

from collections.abc import Callable, Iterable
from hashlib import blake2b

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.fix.codec import FieldList, Fields, FixMessage, to_value
from hts.wire.fix.dictionary import Dictionary, MemberList
from hts.wire.fix.values import decimal_to_int, int_to_decimal, timestamp, timestamp_ns

Decimals = Callable[[str], int]  # decimals of a symbol's price


class Body(Struct, frozen=True, kw_only=True):
    """An application message before the session numbers it."""

    msg_type: str
    fields: Fields
    header: Fields = ()


class Application:
    """Base of the builders and readers of one version."""

    def __init__(self, dictionary: Dictionary, px_decimals: Decimals) -> None:
        if dictionary.version == "FIX.4.2":
            raise LocalProtocolError("application messages: FIX 4.4 or 5.0 SP2 expected, found FIX 4.2")
        self.dictionary = dictionary
        self._px_decimals = px_decimals

    def group(self, msg_type: str, count_tag: int) -> MemberList:
        """A group at the top of a message."""
        definition = self.dictionary.message(msg_type)
        assert definition is not None, msg_type
        return definition.members.groups[count_tag]

    def grouped(self, msg_type: str, count_tag: int, entries: Iterable[Iterable[tuple[int, object]]]) -> Fields:
        """The fields of a repeating group, each entry in the order of the dictionary."""
        order = self.group(msg_type, count_tag).order
        rows = [sorted(fields(entry), key=lambda field: order[field[0]]) for entry in entries]
        return ((count_tag, b"%d" % len(rows)), *(field for row in rows for field in row))

    def px(self, symbol: str, px: int) -> bytes:
        """A price as FIX writes it."""
        return int_to_decimal(px, self._px_decimals(symbol))

    def read_px(self, message: FieldList, tag: int, symbol: str) -> int:
        """A price; 0 where it is absent. Raises RemoteProtocolError."""
        value = message.get(tag)
        return 0 if value is None else decimal_to_int(value, self._px_decimals(symbol))


def fields(pairs: Iterable[tuple[int, object]]) -> list[tuple[int, bytes]]:
    """Tags and values without those that are None or empty text."""
    return [(tag, to_value(value)) for tag, value in pairs if value is not None and value != ""]  # type: ignore[arg-type]


def time(ns: int) -> bytes:
    """A time of the model, to the nanosecond."""
    return timestamp(ns, 9)


def read_time(message: FieldList, tag: int) -> int:
    """A time; 0 where it is absent. Raises RemoteProtocolError."""
    value = message.get(tag)
    return 0 if value is None else timestamp_ns(value)


def read_qty(message: FieldList, tag: int) -> int:
    """A whole number of shares; 0 where it is absent. Raises RemoteProtocolError."""
    value = message.get(tag)
    return 0 if value is None else decimal_to_int(value)


FOLDED = 1 << 62  # numbers from here on are folded names


def read_id(message: FieldList, tag: int) -> int:
    """One of our numeric ids; 0 where it is absent. Raises RemoteProtocolError."""
    return message.integer(tag)


def read_name(message: FieldList, tag: int) -> int:
    """A name that the peer chose, as a number: itself where it is one, else folded, always alike; 0 where absent."""
    value = message.get(tag)
    if value is None or value == b"NONE":
        return 0
    if value.isdigit() and len(value) <= 18:
        return int(value)
    return int.from_bytes(blake2b(value, digest_size=8).digest(), "big") >> 1 | FOLDED


def need(message: FieldList, tag: int) -> str:
    """The text of a field that must be there. Raises RemoteProtocolError."""
    if tag not in message:
        raise RemoteProtocolError(f"tag {tag} expected, found none")
    return message.text(tag)


def business_reject(message: FixMessage, reason: int, text: str) -> Fields:
    """BusinessMessageReject(j) of a message; `reason` is BusinessRejectReason(380)."""
    ref_seq = message.get(34) or b"0"
    return ((45, ref_seq), (58, text.encode()), (372, message.values[2]), (380, b"%d" % reason))
