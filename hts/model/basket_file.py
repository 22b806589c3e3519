"""Baskets from a csv file: what a line says, and every fault with its line and column.

    symbol,side,qty,px          a list: shares by line, px may be empty
    symbol,side,ratio           a ratio list: per cent of the basket's money, up to four decimals

Columns may stand in any order; side is buy or sell (매수, 매도, 買, 売, B, S). Empty lines and lines that begin with #
do not count. A fault is a value, so that a screen can say it in the reader's language; `str` says it in English.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import HtsError
from hts.model.enums import Side
from hts.model.units import Px, Qty
from hts.model.work import BasketLine

LINES_MAX: Final = 500
COLUMNS: Final = ("symbol", "side", "qty", "ratio", "px")
PPM: Final = 1_000_000
SHOWN_MAX: Final = 40  # characters of what was found
_SIDES: Final = {
    **dict.fromkeys(("buy", "b", "매수", "買"), Side.BUY),
    **dict.fromkeys(("sell", "s", "매도", "売"), Side.SELL),
}

_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nothing": "basket: expected a header and at least one line, found nothing",
        "csv": "line {line}: expected comma separated values, found {found}",
        "unknown": "line {line}, column {column}: expected one of symbol, side, qty, ratio, px, found {found!r}",
        "again": "line {line}, column {column}: expected each column once, found {found} again",
        "missing": "line {line}: expected a column {name}, found {found}",
        "amounts": "line {line}: expected either a column qty or a column ratio, found {found}",
        "too_many": "basket: expected at most {limit} lines, found {found}",
        "no_lines": "line {line}: expected lines behind the header, found none",
        "cells": "line {line}: expected {limit} cells, found {found}",
        "side": "line {line}, column {column} (side): expected buy or sell, found {found!r}",
        "symbol": "line {line}, column {column} (symbol): expected an issue's code, found {found!r}",
        "qty": "line {line}, column {column} (qty): expected a number of shares of 1 or more, found {found!r}",
        "ratio": "line {line}, column {column} (ratio): expected per cent above 0, with up to four decimals, "
        "found {found!r}",
        "px": "line {line}, column {column} (px): expected a price or nothing, found {found!r}",
        "twice": "line {line}: expected an issue once by side, found {found} of line {other} again",
        "ratios": "ratios: expected at most 100 % together, found {found} %",
    }
)


class BasketFault(Struct, frozen=True, kw_only=True):
    """What is wrong. `code` is a key of the text catalogue ("basket_form.fault.side"); places count from 1."""

    code: str
    line: int = 0
    column: int = 0
    name: str = ""
    found: str = ""
    limit: int = 0
    other: int = 0

    def __str__(self) -> str:
        fields = {name: getattr(self, name) for name in ("line", "column", "name", "found", "limit", "other")}
        return _SAID[self.code].format(**fields)


class FileLine(Struct, frozen=True, kw_only=True):
    """One line of the file: its cells by column, and what it says, or why it says nothing."""

    number: int
    cells: dict[str, str]
    line: BasketLine | None = None
    fault: BasketFault | None = None


class BasketFile(Struct, frozen=True, kw_only=True):
    """A file as it was read. `fault`: what is wrong with the whole of it."""

    lines: tuple[FileLine, ...] = ()
    fault: BasketFault | None = None

    @property
    def first_fault(self) -> BasketFault | None:
        """The first thing that its author has to mend."""
        return next((one.fault for one in self.lines if one.fault is not None), None) or self.fault


class BasketError(HtsError):
    """The file's author can mend it: line, column, what was expected and what was found."""


class _BrokenFileError(HtsError):
    """Within this module: stop reading here."""

    def __init__(self, fault: BasketFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read_basket(text: str, *, px_decimals: int = 0) -> tuple[BasketLine, ...]:
    """All lines. Raises BasketError for the first fault; nothing of a faulty file is used."""
    found = read_file(text, lambda _symbol: px_decimals)
    fault = found.first_fault
    if fault is not None:
        raise BasketError(str(fault))
    return tuple(one.line for one in found.lines if one.line is not None)


def read_file(text: str, decimals_of: Callable[[str], int]) -> BasketFile:
    """All lines with all their faults. `decimals_of`: those of an issue's prices."""
    try:
        head_number, head, rows = _rows(text)
        columns = _columns(head_number, head)
    except _BrokenFileError as broken:
        return BasketFile(fault=broken.fault)
    if len(rows) > LINES_MAX:
        return BasketFile(fault=BasketFault(code="too_many", limit=LINES_MAX, found=str(len(rows))))
    if not rows:
        return BasketFile(fault=BasketFault(code="no_lines", line=head_number))
    lines = _without_repeats([_line(number, row, columns, decimals_of) for number, row in rows])
    total = sum(one.line.ratio_ppm for one in lines if one.line is not None)
    too_much = BasketFault(code="ratios", found=str(Decimal(total) / 10_000)) if total > PPM else None
    return BasketFile(lines=lines, fault=too_much)


def _rows(text: str) -> tuple[int, list[str], list[tuple[int, list[str]]]]:
    rows, number = [], 0
    try:
        for number, row in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines()), start=1):
            if "".join(row).strip() and not row[0].lstrip().startswith("#"):
                rows.append((number, row))
    except csv.Error as error:
        raise _BrokenFileError(BasketFault(code="csv", line=number + 1, found=str(error))) from error
    if not rows:
        raise _BrokenFileError(BasketFault(code="nothing"))
    return (*rows[0], rows[1:])


def _columns(number: int, head: Sequence[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in head]
    for at, name in enumerate(names, start=1):
        if name not in COLUMNS:
            raise _BrokenFileError(BasketFault(code="unknown", line=number, column=at, found=_cut(name)))
        if names.index(name) != at - 1:
            raise _BrokenFileError(BasketFault(code="again", line=number, column=at, found=name))
    columns = {name: at for at, name in enumerate(names)}
    missing = [name for name in ("symbol", "side") if name not in columns]
    if missing:
        raise _BrokenFileError(BasketFault(code="missing", line=number, name=missing[0], found=", ".join(names)))
    if ("qty" in columns) == ("ratio" in columns):
        raise _BrokenFileError(BasketFault(code="amounts", line=number, found=", ".join(names)))
    return columns


def _line(number: int, row: Sequence[str], columns: dict[str, int], decimals_of: Callable[[str], int]) -> FileLine:
    cells = {name: _cut(row[at].strip()) for name, at in columns.items() if at < len(row)}
    if len(row) != len(columns):
        fault = BasketFault(code="cells", line=number, limit=len(columns), found=str(len(row)))
        return FileLine(number=number, cells=cells, fault=fault)

    def amount(name: str, decimals: int) -> int:
        return _amount(row[columns[name]].strip(), decimals)

    def line() -> BasketLine | str:
        side = _SIDES.get(row[columns["side"]].strip().lower())
        if side is None:
            return "side"
        symbol = row[columns["symbol"]].strip()
        if not symbol or not symbol.isascii() or not symbol.replace("-", "").replace(".", "").isalnum():
            return "symbol"
        qty = amount("qty", 0) if "qty" in columns else 0
        ratio = amount("ratio", 4) if "ratio" in columns else 0
        px = amount("px", decimals_of(symbol)) if cells.get("px") else 0
        wrong = [name for name, value in (("qty", qty), ("ratio", ratio), ("px", px)) if value < 0]
        return wrong[0] if wrong else BasketLine(symbol=symbol, side=side, qty=Qty(qty), ratio_ppm=ratio, px=Px(px))

    found = line()
    if isinstance(found, BasketLine):
        return FileLine(number=number, cells=cells, line=found)
    fault = BasketFault(code=found, line=number, column=columns[found] + 1, found=cells[found])
    return FileLine(number=number, cells=cells, fault=fault)


def _amount(text: str, decimals: int) -> int:
    """A figure above 0 in the unit of its last decimal; -1 for anything else."""
    try:
        value = Decimal(text.replace(",", "")).scaleb(decimals)
    except InvalidOperation:
        return -1
    if not value.is_finite() or not 0 < value < 10**15 or value != int(value):
        return -1
    return int(value)


def _without_repeats(lines: Sequence[FileLine]) -> tuple[FileLine, ...]:
    """An issue twice on one side is a fault of the second line."""
    seen: dict[tuple[str, Side], int] = {}
    found = []
    for one in lines:
        first = seen.setdefault((one.line.symbol, one.line.side), one.number) if one.line is not None else one.number
        if one.line is not None and first != one.number:
            fault = BasketFault(code="twice", line=one.number, found=one.line.symbol, other=first)
            one = replace(one, line=None, fault=fault)  # noqa: PLW2901  the same line, judged
        found.append(one)
    return tuple(found)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
