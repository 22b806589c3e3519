"""Messages of a binary protocol to bytes and back, by its table.

Theory of operation. The fixed part of each message becomes one `struct.Struct` in the order of the offsets (holes are
pad bytes, zero when written and ignored when read); fields that struct cannot read alone (integers of 3, 5, 6 or 7
bytes, text) are taken as bytes and get a pair of converters. Decoding is one unpack, the few converters, one dict.
The message is found by its type; where client and venue use the same letter for different messages, by the sender, or
when that is not known by which of them fits the bytes.

Values are int, str and bytes; a price is the integer of the wire, its implied decimals stand in the table. `length`
and `count` fields and the type are not among the values: they are computed when written and checked when read. An
appendage is a dict of its options by name (`tag_200` with bytes for a tag that the table does not know), a group is a
tuple of dicts. A code that the table does not list is not an error, because venues add codes between versions.

decode and explain raise RemoteProtocolError, encode raises LocalProtocolError: what was expected, what was found.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.layout.fields import compile_fields, explain_value, explained
from hts.wire.layout.table import FieldRow, MessageRow, ProtocolTable, parse_table
from hts.wire.layout.tails import Tail, compile_tail
from hts.wire.layout.values import Field


class Decoded(Struct, frozen=True):
    """One message: its name in the table, who sends it, its values by field name."""

    name: str
    sender: str
    fields: dict[str, Any]


class BinaryLayout:
    """A protocol, compiled. `table` is what it was compiled from; `names` are its messages in the table's order."""

    def __init__(self, table: ProtocolTable) -> None:
        self.table = table
        self.names = tuple(row.name for row in table.messages)
        self._messages = {row.name: _Message(row, table) for row in table.messages}
        self._by_type: dict[bytes, list[_Message]] = {}
        for message in self._messages.values():
            if message.row.type:
                self._by_type.setdefault(message.type, []).append(message)
        self._type_offset = table.type_offset
        self._type_end = table.type_offset + table.type_length

    @staticmethod
    def parse(table: dict[str, Any]) -> "BinaryLayout":
        """Compile a parsed table; raises ConfigError."""
        return BinaryLayout(parse_table(table))

    def row(self, name: str) -> MessageRow:
        """The table's row of a message."""
        return self._message(name).row

    def decode(self, data: bytes, sender: str = "") -> Decoded:
        """The message in `data`, which holds it whole and nothing else."""
        return self._find(data, sender).decode(data)

    def decode_as(self, name: str, data: bytes) -> Decoded:
        """The message in `data`, known by name; for messages without a type."""
        return self._message(name).decode(data)

    def encode(self, name: str, fields: Mapping[str, Any]) -> bytes:
        """The bytes of a message."""
        return self._message(name).encode(fields)

    def explain(self, data: bytes, sender: str = "", name: str = "") -> list[Field]:
        """Every byte of the message as fields for people: prices scaled, codes with their meaning."""
        message = self._message(name) if name else self._find(data, sender)
        return message.explain(data)

    def _message(self, name: str) -> "_Message":
        message = self._messages.get(name)
        if message is None:
            raise LocalProtocolError(f"{self.table.name}: a message of the table expected, found {name!r}")
        return message

    def _find(self, data: bytes, sender: str) -> "_Message":
        found = self._by_type.get(bytes(data[self._type_offset : self._type_end]), ())
        if sender:
            found = [m for m in found if m.row.sender in (sender, "both")]
        if not found:
            kind = bytes(data[self._type_offset : self._type_end])
            known = " ".join(sorted({key.decode("ascii") for key in self._by_type}))
            raise RemoteProtocolError(f"{self.table.name}: a message type out of {known} expected, found {kind!r}")
        if len(found) == 1:
            return found[0]
        return next((m for m in found if m.fits(data)), found[0])


class _Message:
    """One message, compiled."""

    def __init__(self, row: MessageRow, table: ProtocolTable) -> None:
        self.row = row
        self.type = row.type.encode("ascii")
        order = ">" if table.byte_order == "big" else "<"
        fixed = [f for f in row.fields if not f.is_tail]
        self._tail: Tail | None = compile_tail(row.tail, table) if row.tail else None
        self._start = row.tail.offset if row.tail else row.length
        self._code = compile_fields(fixed, order, self._start)
        type_at = table.type_offset if row.type else -1
        self._automatic = [f for f in fixed if f.type in ("length", "count") or f.offset == type_at]
        automatic = {f.name for f in self._automatic}
        self._given = tuple(f.name for f in fixed if f.name not in automatic)
        self._wanted = frozenset(self._given + ((row.tail.name,) if row.tail else ()))

    def fits(self, data: bytes) -> bool:
        """Whether the bytes can be this message."""
        try:
            self.decode(data)
        except RemoteProtocolError:
            return False
        return True

    def decode(self, data: bytes) -> Decoded:
        row = self.row
        if len(data) != row.length and (self._tail is None or len(data) < row.length):
            least = "" if self._tail is None else "at least "
            raise RemoteProtocolError(f"{row.name}: {least}{row.length} bytes expected, found {len(data)}")
        try:
            values = self._code.unpack(data)
            fields = dict(zip(self._code.names, values, strict=True))
            if self._tail is not None:
                fields[self._tail.name] = self._tail.decode(bytes(data[self._start :]), fields)
        except ValueError as error:
            raise RemoteProtocolError(f"{row.name}: {error}") from error
        for field in self._automatic:
            right = self._computed(field, len(data), fields)
            if (found := fields.pop(field.name)) != right:
                raise RemoteProtocolError(f"{row.name}.{field.name}: {right!r} expected, found {found!r}")
        return Decoded(row.name, row.sender, fields)

    def encode(self, fields: Mapping[str, Any]) -> bytes:
        row = self.row
        if fields.keys() != self._wanted:
            raise LocalProtocolError(f"{row.name}: fields {sorted(self._wanted)} expected, found {sorted(fields)}")
        try:
            tail = self._tail.encode(fields[self._tail.name]) if self._tail else b""
            total = self._start + len(tail)
            values = dict(fields)
            for field in self._automatic:
                values[field.name] = self._computed(field, total, fields)
            return self._code.pack(values) + tail
        except (ValueError, TypeError, struct.error, OverflowError, AttributeError) as error:
            raise LocalProtocolError(f"{row.name}: {error}") from error

    def explain(self, data: bytes) -> list[Field]:
        self.decode(data)  # refuses what cannot be read
        found = list(self._explain_fixed(bytes(data)))
        if self._tail is not None:
            found += self._tail.explain(bytes(data[self._start :]), self._start)
        return found

    def _explain_fixed(self, data: bytes) -> Iterator[Field]:
        position = 0
        values = self._code.unpack(data)
        for field, value in zip(self._code.fields, values, strict=True):
            if field.offset > position:
                yield explained(f"unused_{position}", position, data[position : field.offset])
            yield explain_value(field, field.offset, data[field.offset : field.offset + field.length], value)
            position = field.offset + field.length
        if position < self._start:
            yield explained(f"unused_{position}", position, data[position : self._start])

    def _computed(self, field: FieldRow, total: int, fields: Mapping[str, Any]) -> Any:
        if field.type == "length":
            return total - field.less
        return len(fields[field.of]) if field.type == "count" else self.row.type
