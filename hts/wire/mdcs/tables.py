"""Every record of the KOSCOM feeds, parsed from the compact tables (krx_mdcs_full.toml, koscom_udp.toml).

A record is found by its TR code and its length: the code alone names up to thirteen records, and code and length
still leave a few pairs. `candidates` gives all that are left, in the order of the table; hts.wire.mdcs.fixed tries
them. Records with a job code (KOSCOM UDP) are told apart by it.

The live path of this program (hts.wire.mdcs.layout, five records, hand-tuned) does not use this; a test holds both
equal.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError, RemoteProtocolError

END_KEYWORD = b"\xff"
TR_CODE_LENGTH = 5
JOB_CODE = slice(5, 9)
KINDS = {"S": "String", "I": "Int", "L": "Long", "D": "Double", "F": "FLOAT128"}
_TOKEN = re.compile(r"(?P<name>[a-z0-9_#]+):(?P<kind>[SILDF])(?P<length>\d+)|(?P<count>\d+)\*\(|(?P<end>\))")


class Price(Struct, frozen=True, kw_only=True):
    """How a market writes a price: sign (0 or -), `digits`, and where `decimals` > 0 a point and so many more."""

    name: str
    length: int
    digits: int
    decimals: int

    @property
    def meaning(self) -> str:
        """In words."""
        point = f", a point and {self.decimals} decimals" if self.decimals else ""
        return f"{self.name}: sign, {self.digits} digits{point}"


class FixedField(Struct, frozen=True, kw_only=True):
    """One field: bytes [offset, end) of its record. `kind` is the source's type word."""

    name: str
    offset: int
    length: int
    kind: str

    @property
    def end(self) -> int:
        """First byte after the field."""
        return self.offset + self.length


class FixedRecord(Struct, frozen=True, kw_only=True):
    """One interface of the source's table."""

    id: str
    title: str
    length: int
    tr_codes: tuple[str, ...]
    job_code: str
    sent: str
    fields: tuple[FixedField, ...]


class RecordTables(Struct, frozen=True, kw_only=True):
    """One feed. `markets` names the last three bytes of a TR code."""

    name: str
    version: str
    records: tuple[FixedRecord, ...]
    markets: dict[str, str]
    prices_of: dict[str, tuple[Price, ...]]
    by_key: dict[tuple[str, int], tuple[FixedRecord, ...]]
    length_max: int

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "RecordTables":
        """Read a parsed table file. Raises ConfigError, naming what was expected and found."""
        try:
            return _parse(table)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(
                f"KOSCOM table: expected [protocol], [markets] and [[record]], found a damaged one ({error!r}); "
                "restore the file"
            ) from error

    def candidates(self, record: bytes) -> tuple[FixedRecord, ...]:
        """The records that these bytes may be. Raises RemoteProtocolError when there is none."""
        if not record.endswith(END_KEYWORD):
            raise RemoteProtocolError(f"record {_shown(record)}: expected end keyword 0xff, found {record[-1:]!r}")
        code = record[:TR_CODE_LENGTH].decode("ascii", "replace")
        found = self.by_key.get((code, len(record)))
        if found is None:
            found = self.by_key.get(("", len(record)))  # a record that the table gives no TR code
        if found is None:
            lengths = sorted(length for known, length in self.by_key if known == code)
            wanted = f"{' or '.join(map(str, lengths))} bytes" if lengths else "a TR code of the table"
            raise RemoteProtocolError(f"record {_shown(record)}: expected {wanted}, found {len(record)} bytes")
        if found[0].job_code:
            job = record[JOB_CODE].decode("ascii", "replace")
            found = tuple(r for r in found if r.job_code == job)
            if not found:
                raise RemoteProtocolError(f"record {_shown(record)}: expected a job code of the table, found {job!r}")
        return found

    def price(self, tr_code: str, field: FixedField) -> tuple[Price, ...]:
        """How the market of `tr_code` writes a Double of this length; more than one where products share the code."""
        if field.kind != "Double":
            return ()
        layouts = self.prices_of.get(tr_code[2:]) or self.prices_of.get(tr_code[4:], ())
        return tuple(price for price in layouts if price.length == field.length)

    def market(self, tr_code: str) -> str:
        """The market's name, "" when the source has none."""
        return self.markets.get(tr_code[2:], "")


def _parse(table: Mapping[str, Any]) -> RecordTables:
    records = tuple(_record(row) for row in table["record"])
    prices = {
        name: Price(name=name, length=length, digits=digits, decimals=decimals)
        for name, (length, digits, decimals) in table.get("prices", {}).items()
    }
    for price in prices.values():
        width = 1 + price.digits + (1 + price.decimals if price.decimals else 0)
        if width != price.length:
            raise ConfigError(f"KOSCOM table, price {price.name}: length {width} expected, found {price.length}")
    by_key: dict[tuple[str, int], tuple[FixedRecord, ...]] = {}
    for record in records:
        for code in record.tr_codes or ("",):
            key = (code, record.length)
            by_key[key] = (*by_key.get(key, ()), record)
    return RecordTables(
        name=str(table["protocol"]["name"]),
        version=str(table["protocol"]["version"]),
        records=records,
        markets={str(code): str(name) for code, name in table["markets"].items()},
        prices_of={key: tuple(prices[name] for name in names) for key, names in table.get("prices_of", {}).items()},
        by_key=by_key,
        length_max=max(record.length for record in records),
    )


def _record(row: Mapping[str, Any]) -> FixedRecord:
    fields = tuple(_placed(row["id"], row["fields"]))
    if (fields[-1].name, fields[-1].length, fields[-1].end) != ("end_keyword", 1, row["length"]):
        raise ConfigError(
            f"KOSCOM table, {row['id']}: expected an end_keyword as byte {row['length']}, "
            f"found {fields[-1].name} to {fields[-1].end}"
        )
    if len({field.name for field in fields}) != len(fields):
        raise ConfigError(f"KOSCOM table, {row['id']}: expected each field name once, found one twice")
    codes = tuple(row["tr_codes"].split())
    if any(len(code) != TR_CODE_LENGTH for code in codes):
        raise ConfigError(f"KOSCOM table, {row['id']}: expected TR codes of 5 characters, found {codes}")
    return FixedRecord(
        id=row["id"],
        title=row["title"],
        length=row["length"],
        tr_codes=codes,
        job_code=row.get("job_code", ""),
        sent=row["sent"],
        fields=fields,
    )


def _placed(where: str, text: str) -> Iterator[FixedField]:
    at = 0
    for name, kind, length in _spelled(where, text):
        if length < 1:
            raise ConfigError(f"KOSCOM table, {where}.{name}: expected a length of 1 or more, found {length}")
        yield FixedField(name=name, offset=at, length=length, kind=kind)
        at += length


def _spelled(where: str, text: str) -> Iterator[tuple[str, str, int]]:
    """name:type tokens with the repeated groups written out."""
    group: list[tuple[str, str, int]] | None = None
    times = 0
    for word in text.split():
        token = _TOKEN.fullmatch(word)
        if token is None:
            raise ConfigError(f"KOSCOM table, {where}: expected name:type, 10*( or ), found {word!r}")
        if token["count"]:
            group, times = [], int(token["count"])
        elif token["end"]:
            for number in range(1, times + 1):
                yield from ((name.replace("#", str(number)), kind, length) for name, kind, length in group or ())
            group = None
        else:
            field = (token["name"], KINDS[token["kind"]], int(token["length"]))
            if group is None:
                yield field
            else:
                group.append(field)
    if group is not None:
        raise ConfigError(f"KOSCOM table, {where}: expected a group to be closed, found its end missing")


def _shown(record: bytes) -> str:
    return repr(record[:TR_CODE_LENGTH].decode("ascii", "backslashreplace"))
