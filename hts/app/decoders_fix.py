"""`hts decode` of FIX: every field with its name, members of groups as Group[1].Field."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hts.app.decoders import Decoded, Field
from hts.app.framings import Leftover, cut
from hts.base.errors import RemoteProtocolError
from hts.wire.fix.codec import walk
from hts.wire.fix.dictionary import Dictionary, FieldDef, MemberList
from hts.wire.fix.framing import FrameReader, Garbled
from hts.wire.fix.values import DATA

HIDDEN = "<hidden>"
_SECRETS = frozenset((554, 925, 1402, 1404))  # Password, NewPassword and their encrypted forms
_INTEGERS = frozenset(("INT", "LENGTH", "NUMINGROUP", "SEQNUM", "TAGNUM", "DAYOFMONTH"))
_DECIMALS = frozenset(("FLOAT", "PRICE", "QTY", "PRICEOFFSET", "AMT", "PERCENTAGE"))


class FixDecoder:
    """One version. A field's bytes are its tag, its value and the delimiter."""

    framings = ("raw", "len16")

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._data_lengths = dictionary.data_lengths()

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Messages by BodyLength(9)."""
        return cut(data, framing, _cut)

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        found = list(walk(frame, self._data_lengths))
        if [tag for tag, _, _ in found[:3]] != [8, 9, 35]:
            raise RemoteProtocolError("fields 8, 9 and 35 expected first, found others")
        _, start, end = found[2]
        definition = self._dictionary.message(frame[start:end].decode("latin-1"))
        parts = [self._dictionary.header, self._dictionary.trailer]
        if definition is not None:
            parts.insert(1, definition.members)
        namer = _Namer(parts)
        fields = []
        at = 0
        for tag, value_at, value_end in found:
            name = namer.name(tag, self._dictionary.field(tag))
            fields.append(self._field(tag, name, at, frame[value_at:value_end], frame[at : value_end + 1]))
            at = value_end + 1
        name = definition.name if definition is not None else f"MsgType {frame[start:end].decode('latin-1')}"
        return Decoded(name=name, fields=tuple(fields))

    def _field(self, tag: int, name: str, offset: int, value: bytes, raw: bytes) -> Field:
        field = self._dictionary.field(tag)
        if field is None:
            note = f"tag {tag}, not in {self._dictionary.version}"
            return Field(name=name, offset=offset, length=len(raw), raw=raw, value=_text(value), note=note)
        note = f"tag {tag}, {field.type}"
        meaning = field.meaning(value)
        if meaning:
            note = f"{note}: {meaning}"
        if tag in _SECRETS:
            return Field(name=name, offset=offset, length=len(raw), raw=b"", value=HIDDEN, note=note)
        return Field(name=name, offset=offset, length=len(raw), raw=raw, value=_value(field, value), note=note)


class _Namer:
    """Names of fields in the order of the wire; knows which group entry is being read."""

    def __init__(self, parts: list[MemberList]) -> None:
        self._parts = parts
        self._open: list[tuple[str, MemberList, int]] = []  # groups that are being read: name, members, entry
        self._seen: dict[str, int] = {}

    def name(self, tag: int, field: FieldDef | None) -> str:
        while self._open and tag not in self._open[-1][1].order:
            self._open.pop()
        if self._open and tag == self._open[-1][1].first:
            group, members, entry = self._open[-1]
            self._open[-1] = (group, members, entry + 1)
        own = field.name if field is not None else str(tag)
        path = [f"{group}[{entry}]" for group, _, entry in self._open]
        full = ".".join([*path, own])
        where = [self._open[-1][1]] if self._open else self._parts
        members_of = next((m.groups[tag] for m in where if tag in m.groups), None)
        if members_of is not None:
            self._open.append((own, members_of, 0))
        seen = self._seen.get(full, 0)
        self._seen[full] = seen + 1
        return full if not seen else f"{full}#{seen + 1}"


def _cut(data: bytes) -> Iterator[tuple[int, bytes]]:
    reader = FrameReader()
    reader.append(data)
    at = 0
    while (found := reader.next_frame()) is not None:
        if isinstance(found, Garbled):
            raise Leftover(at, found.text)
        yield at, found
        at += len(found)
    if at < len(data):
        raise Leftover(at, f"a whole message expected, found {len(data) - at} bytes")


def _value(field: FieldDef, value: bytes) -> Any:
    if field.type in DATA:
        return value
    if field.type == "BOOLEAN" and value in (b"Y", b"N"):
        return value == b"Y"
    if field.has_format(value):
        if field.type in _INTEGERS:
            return int(value)
        if field.type in _DECIMALS:
            return Decimal(value.decode())
    return _text(value)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")
