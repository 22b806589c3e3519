"""`hts decode` of every record of the KOSCOM feeds (mdcs, koscom_udp)."""

from collections.abc import Iterator
from typing import Any

from hts.app.decoders import Decoded, Field
from hts.app.framings import Leftover, cut
from hts.wire.mdcs.fixed import FixedMessage, cut_records, decode_record
from hts.wire.mdcs.tables import END_KEYWORD, FixedField, RecordTables


class KoscomDecoder:
    """Records up to their end keyword, one after the other."""

    framings = ("raw", "len16")

    def __init__(self, tables: RecordTables) -> None:
        self._tables = tables

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Records by their end keyword."""
        return cut(data, framing, self._raw)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        for offset, record in cut_records(self._tables, data):
            yield offset, record
            at = offset + len(record)
        if at < len(data):
            limit = self._tables.length_max
            raise Leftover(at, f"end keyword 0xff within {limit} bytes expected, found none in {len(data) - at}")

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        message = decode_record(self._tables, frame)
        title = " or ".join(dict.fromkeys(record.title for record in (message.record, *message.also)))
        fields = (self._field(message, field, frame) for field in message.record.fields)
        return Decoded(name=f"{message.tr_code} {title}", fields=tuple(fields))

    def _field(self, message: FixedMessage, field: FixedField, frame: bytes) -> Field:
        raw = frame[field.offset : field.end]
        value: Any = END_KEYWORD if field.name == "end_keyword" else message.values[field.name]
        return Field(
            name=field.name,
            offset=field.offset,
            length=field.length,
            raw=raw,
            value=value,
            note=self._note(message, field),
        )

    def _note(self, message: FixedMessage, field: FixedField) -> str:
        if field.name == "information_category":
            return self._tables.market(message.tr_code)
        prices = self._tables.price(message.tr_code, field)
        if not prices:
            return field.kind
        meant = " or ".join(price.meaning for price in prices)
        return f"not written as {meant}" if field.name in message.unusual else meant
