"""Records of the KOSCOM tables as values by field name, and back.

    String            text without the padding on its right (EUC-KR)
    Int, Long         int
    Double, FLOAT128  int when it is written without a decimal point, else Decimal with the decimals as written

Prices need no scaling: a market that has decimals writes the point. What the market's price layout adds is the check
that a price looks as it should (`unusual` names those that do not) and the number of decimals when a record is
written. Nothing is guessed: a number that is no number is an error that names field, place and bytes.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Union

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.mdcs.tables import END_KEYWORD, TR_CODE_LENGTH, FixedField, FixedRecord, Price, RecordTables

Value = Union[str, int, Decimal]

_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
_END = END_KEYWORD[0]


class FixedMessage(Struct, frozen=True, kw_only=True):
    """One decoded record. `also` are other records of the table that these bytes would fit as well.

    `unusual` names numbers that are not written as their market's price layout says.
    """

    record: FixedRecord
    tr_code: str
    values: dict[str, Value]
    unusual: tuple[str, ...]
    also: tuple[FixedRecord, ...]


def decode_record(tables: RecordTables, record: bytes) -> FixedMessage:
    """Raises RemoteProtocolError."""
    fitting: list[tuple[FixedRecord, dict[str, Value]]] = []
    fault: RemoteProtocolError | None = None
    for candidate in tables.candidates(record):
        try:
            fitting.append((candidate, _values(candidate, record)))
        except RemoteProtocolError as error:
            fault = fault or error
    if not fitting:
        assert fault is not None
        raise fault
    # Where two fit, the one with more numbers has passed more checks.
    fitting.sort(key=lambda found: -sum(field.kind != "String" for field in found[0].fields))
    chosen, values = fitting[0]
    code = record[:TR_CODE_LENGTH].decode("ascii", "replace")
    unusual = (field.name for field in chosen.fields if not _is_usual(tables.price(code, field), record, field))
    return FixedMessage(
        record=chosen,
        tr_code=code,
        values=values,
        unusual=tuple(unusual),
        also=tuple(other for other, _ in fitting[1:]),
    )


def encode_record(tables: RecordTables, record: FixedRecord, values: Mapping[str, Value]) -> bytes:
    """The bytes of a record; `values` has every field but end_keyword. Raises LocalProtocolError."""
    code = f"{values.get('data_category', '')}{values.get('information_category', '')}"
    parts = []
    for field in record.fields[:-1]:
        value = values.get(field.name)
        if value is None:
            raise LocalProtocolError(f"{record.id}.{field.name}: expected a value, found none")
        parts.append(_written(record, field, value, tables.price(code, field)))
    return b"".join(parts) + END_KEYWORD


def cut_records(tables: RecordTables, data: bytes) -> Iterator[tuple[int, bytes]]:
    """(offset, record) up to each end keyword. Stops before bytes that no record can begin with."""
    at = 0
    while (end := data.find(END_KEYWORD, at, at + tables.length_max)) >= 0:
        yield at, data[at : end + 1]
        at = end + 1


def _values(layout: FixedRecord, record: bytes) -> dict[str, Value]:
    return {field.name: _value(layout, field, record[field.offset : field.end]) for field in layout.fields[:-1]}


def _value(layout: FixedRecord, field: FixedField, raw: bytes) -> Value:
    if _END in raw:
        raise RemoteProtocolError(f"{layout.id}.{field.name} at {field.offset}: expected no end keyword, found {raw!r}")
    if field.kind == "String":
        return raw.decode("euc_kr", "replace").rstrip(" ")
    if field.kind in ("Int", "Long"):
        if raw.isdigit():
            return int(raw)
        raise RemoteProtocolError(
            f"{layout.id}.{field.name} at {field.offset}: expected {field.length} digits, found {raw!r}"
        )
    if _NUMBER.fullmatch(raw) is None:
        raise RemoteProtocolError(f"{layout.id}.{field.name} at {field.offset}: expected a number, found {raw!r}")
    return Decimal(raw.decode("ascii")) if b"." in raw else int(raw)


def _is_usual(prices: tuple[Price, ...], record: bytes, field: FixedField) -> bool:
    """Whether a number has its point where one of the market's layouts puts it."""
    if not prices:
        return True
    raw = record[field.offset : field.end]
    decimals = len(raw) - 1 - raw.index(b".") if b"." in raw else 0
    return raw[:1] in b"0-" and any(price.decimals == decimals for price in prices)


def _written(record: FixedRecord, field: FixedField, value: Value, prices: tuple[Price, ...]) -> bytes:
    where = f"{record.id}.{field.name}"
    if field.kind == "String":
        return _text(where, field, value)
    if isinstance(value, str) or (field.kind in ("Int", "Long") and (isinstance(value, Decimal) or value < 0)):
        wanted = "a number" if field.kind in ("Double", "FLOAT128") else "a count"
        raise LocalProtocolError(f"{where}: expected {wanted}, found {value!r}")
    decimals = _decimals(where, value, prices)
    text = format(Decimal(value).copy_abs(), f".{decimals}f")
    sign = "-" if Decimal(value).is_signed() else ""
    room = field.length - len(sign) - bool(prices and not sign)
    if len(text) > room:
        raise LocalProtocolError(f"{where}: expected up to {field.length} bytes, found {sign}{text}")
    return (sign + text.rjust(field.length - len(sign), "0")).encode("ascii")


def _decimals(where: str, value: int | Decimal, prices: tuple[Price, ...]) -> int:
    exponent = Decimal(value).as_tuple().exponent
    if not isinstance(exponent, int):
        raise LocalProtocolError(f"{where}: expected a finite number, found {value}")
    written = max(0, -exponent)
    fitting = sorted(price.decimals for price in prices if price.decimals >= written)
    if prices and not fitting:
        most = max(price.decimals for price in prices)
        raise LocalProtocolError(f"{where}: expected up to {most} decimals, found {value}")
    return fitting[0] if fitting else written


def _text(where: str, field: FixedField, value: Value) -> bytes:
    try:
        raw = str(value).encode("euc_kr")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"{where}: expected text of EUC-KR, found {value!r}") from error
    if len(raw) > field.length or raw.endswith(b" ") or not isinstance(value, str):
        raise LocalProtocolError(f"{where}: expected text of up to {field.length} bytes, found {value!r}")
    return raw.ljust(field.length)
