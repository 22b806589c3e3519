"""Record layouts of the KRX feed, parsed from a table of offsets.

The table (resources/protocols/krx_mdcs.toml) comes in as a dict. Parsing checks what a damaged file would break:
each record must be covered by its fields without a hole or an overlap and must end with the end keyword. After that
the codecs may cut records by fixed slices.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError, RemoteProtocolError

END_KEYWORD = b"\xff"
TR_CODE_LENGTH = 5
NUMBER_TYPES = frozenset({"Int", "Long", "Double", "FLOAT128"})
TYPES = NUMBER_TYPES | {"String"}
# A Double of 13 bytes has a decimal point whose place the public table does not give: carried, never read.
UNREAD_DOUBLE_LENGTH = 13


class Field(Struct, frozen=True, kw_only=True):
    """One field: bytes [offset, offset + length) of its record. `kind` is the source's type word."""

    name: str
    offset: int
    length: int
    kind: str

    @property
    def end(self) -> int:
        """First byte after the field."""
        return self.offset + self.length

    @property
    def is_digits(self) -> bool:
        """Whether every byte must be a decimal digit."""
        return self.kind in NUMBER_TYPES and not (self.kind == "Double" and self.length == UNREAD_DOUBLE_LENGTH)


class RecordLayout(Struct, frozen=True, kw_only=True):
    """One kind of record. `digit_runs` are the joined spans that may hold digits only."""

    kind: str
    title: str
    tr_codes: tuple[bytes, ...]
    length: int
    fields: tuple[Field, ...]
    digit_runs: tuple[tuple[int, int], ...]

    def field(self, name: str) -> Field:
        """The field of that name; ConfigError when the layout file lacks it."""
        for field in self.fields:
            if field.name == name:
                return field
        raise ConfigError(f"layout of record {self.kind}: expected a field {name}, found none")

    def check(self, record: bytes) -> None:
        """Raise RemoteProtocolError unless the length, the end keyword and all digit fields hold."""
        if len(record) != self.length:
            raise RemoteProtocolError(
                f"record {_shown(record[:TR_CODE_LENGTH])}: expected {self.length} bytes, found {len(record)}"
            )
        if record[-1:] != END_KEYWORD:
            raise RemoteProtocolError(
                f"record {_shown(record[:TR_CODE_LENGTH])}: expected end keyword 0xff, found 0x{record[-1]:02x}"
            )
        for start, end in self.digit_runs:
            if not record[start:end].isdigit():
                raise RemoteProtocolError(self._bad_digit(record))

    def _bad_digit(self, record: bytes) -> str:
        for field in self.fields:
            text = record[field.offset : field.end]
            if field.is_digits and not text.isdigit():
                return (
                    f"record {_shown(record[:TR_CODE_LENGTH])} field {field.name} at {field.offset}: "
                    f"expected {field.length} digits, found {_shown(text)}"
                )
        raise AssertionError("digit runs and digit fields disagree")

    def unpack(self, record: bytes) -> dict[str, str | int]:
        """Every field by name: digits as ints, text without its padding (EUC-KR). Raises RemoteProtocolError."""
        self.check(record)
        values: dict[str, str | int] = {}
        for field in self.fields[:-1]:
            raw = record[field.offset : field.end]
            values[field.name] = int(raw) if field.is_digits else raw.decode("euc_kr", "replace").rstrip()
        return values


class MdcsLayout(Struct, frozen=True, kw_only=True):
    """All record layouts of the feed. `by_tr_code` maps the first five bytes of a record to its layout."""

    records: dict[str, RecordLayout]
    by_tr_code: dict[bytes, RecordLayout]
    px_decimals: dict[str, int]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "MdcsLayout":
        """Read the parsed layout file. Raises ConfigError, naming what was expected and found."""
        try:
            records = {kind: _parse_record(kind, row) for kind, row in table["record"].items()}
            decimals = {str(k): int(v) for k, v in table["px_decimals"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(
                f"layout krx_mdcs: expected tables [record.*] and [px_decimals], found a damaged one ({error!r}); "
                "restore the file from the package"
            ) from error
        by_tr_code = {code: record for record in records.values() for code in record.tr_codes}
        return cls(records=records, by_tr_code=by_tr_code, px_decimals=decimals)

    def record(self, kind: str) -> RecordLayout:
        """Layout by kind ("book", "trade", "issue", "operation", "snapshot"); ConfigError when missing."""
        try:
            return self.records[kind]
        except KeyError:
            raise ConfigError(f"layout krx_mdcs: expected [record.{kind}], found {sorted(self.records)}") from None

    def split(self, payload: bytes, count: int) -> list[tuple[RecordLayout, bytes]]:
        """Cut a packet's payload into its `count` records, each checked. Raises RemoteProtocolError."""
        found: list[tuple[RecordLayout, bytes]] = []
        at, size = 0, len(payload)
        by_tr_code = self.by_tr_code
        while at < size:
            layout = by_tr_code.get(payload[at : at + TR_CODE_LENGTH])
            if layout is None:
                code = _shown(payload[at : at + TR_CODE_LENGTH])
                raise RemoteProtocolError(f"payload byte {at}: expected a known TR code, found {code}")
            end = at + layout.length
            record = payload[at:end]
            layout.check(record)
            found.append((layout, record))
            at = end
        if len(found) != count:
            raise RemoteProtocolError(f"payload: expected {count} records, found {len(found)}")
        return found


def _parse_record(kind: str, row: Mapping[str, Any]) -> RecordLayout:
    fields = [_parse_field(name, spec) for name, spec in row["fields"].items()]
    levels = row.get("levels")
    if levels is not None:
        fields += _level_fields(levels)
    fields.sort(key=lambda field: field.offset)
    length = int(row["length"])
    _check_cover(kind, fields, length)
    codes = tuple(str(code).encode("ascii") for code in row["tr_codes"])
    if not codes or any(len(code) != TR_CODE_LENGTH for code in codes):
        raise ConfigError(f"layout of record {kind}: expected TR codes of 5 characters, found {row['tr_codes']}")
    return RecordLayout(
        kind=kind,
        title=str(row["title"]),
        tr_codes=codes,
        length=length,
        fields=tuple(fields),
        digit_runs=_digit_runs(fields),
    )


def _parse_field(name: str, spec: list[Any], shift: int = 0) -> Field:
    offset, length, kind = spec
    if kind not in TYPES:
        raise ConfigError(f"layout field {name}: expected a type of {sorted(TYPES)}, found {kind!r}")
    return Field(name=name, offset=int(offset) + shift, length=int(length), kind=kind)


def _level_fields(levels: Mapping[str, Any]) -> list[Field]:
    count, stride = int(levels["count"]), int(levels["stride"])
    return [
        _parse_field(f"{name}_{level + 1}", levels[name], level * stride)
        for level in range(count)
        for name in ("ask_px", "bid_px", "ask_qty", "bid_qty")
    ]


def _check_cover(kind: str, fields: list[Field], length: int) -> None:
    at = 0
    for field in fields:
        if field.offset != at:
            raise ConfigError(
                f"layout of record {kind}: expected a field at {at}, found {field.name} at {field.offset}"
            )
        at = field.end
    if at != length:
        raise ConfigError(f"layout of record {kind}: expected its fields to end at {length}, found {at}")
    if not fields or fields[-1].name != "end_keyword" or fields[-1].length != 1:
        raise ConfigError(f"layout of record {kind}: expected one byte end_keyword as the last field")


def _digit_runs(fields: list[Field]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for field in fields:
        if not field.is_digits:
            continue
        if runs and runs[-1][1] == field.offset:
            runs[-1] = (runs[-1][0], field.end)
        else:
            runs.append((field.offset, field.end))
    return tuple(runs)


def _shown(raw: bytes) -> str:
    return repr(raw.decode("ascii", "backslashreplace"))
