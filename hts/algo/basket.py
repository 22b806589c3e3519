"""Baskets from a csv file: what a line says, and every fault with its line and column.

    symbol,side,qty,px          a list: shares by line, px may be empty
    symbol,side,ratio           a ratio list: per cent of the basket's money, up to four decimals

Columns may stand in any order; side is buy or sell (매수, 매도, 買, 売, B, S). Empty lines and lines that begin with #
do not count.
"""

import csv
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from hts.base.errors import HtsError
from hts.model.enums import Side
from hts.model.units import Px, Qty
from hts.model.work import BasketLine

LINES_MAX = 500
COLUMNS = ("symbol", "side", "qty", "ratio", "px")
PPM = 1_000_000
_SIDES = {
    **dict.fromkeys(("buy", "b", "매수", "買"), Side.BUY),
    **dict.fromkeys(("sell", "s", "매도", "売"), Side.SELL),
}


class BasketError(HtsError):
    """The file's author can mend it: line, column, what was expected and what was found."""


def read_basket(text: str, *, px_decimals: int = 0) -> tuple[BasketLine, ...]:
    """All lines. Raises BasketError for the first fault; nothing of a faulty file is used."""
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    wanted = [(number, row) for number, row in enumerate(rows, start=1) if "".join(row).strip()]
    wanted = [(number, row) for number, row in wanted if not row[0].lstrip().startswith("#")]
    if not wanted:
        raise BasketError("basket: expected a header and at least one line, found nothing")
    head_number, head = wanted[0]
    columns = _columns(head_number, head)
    if len(wanted) - 1 > LINES_MAX:
        raise BasketError(f"basket: expected at most {LINES_MAX} lines, found {len(wanted) - 1}")
    lines = tuple(_line(number, row, columns, px_decimals) for number, row in wanted[1:])
    if not lines:
        raise BasketError(f"line {head_number}: expected lines behind the header, found none")
    _check_whole(lines, [number for number, _ in wanted[1:]])
    return lines


def _columns(number: int, head: Sequence[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in head]
    for at, name in enumerate(names, start=1):
        if name not in COLUMNS:
            raise BasketError(f"line {number}, column {at}: expected one of {', '.join(COLUMNS)}, found {name!r}")
        if names.index(name) != at - 1:
            raise BasketError(f"line {number}, column {at}: expected each column once, found {name} again")
    columns = {name: at for at, name in enumerate(names)}
    missing = [name for name in ("symbol", "side") if name not in columns]
    if missing:
        raise BasketError(f"line {number}: expected a column {missing[0]}, found {', '.join(names)}")
    if ("qty" in columns) == ("ratio" in columns):
        raise BasketError(f"line {number}: expected either a column qty or a column ratio, found {', '.join(names)}")
    return columns


def _line(number: int, row: Sequence[str], columns: dict[str, int], px_decimals: int) -> BasketLine:
    if len(row) != len(columns):
        raise BasketError(f"line {number}: expected {len(columns)} cells, found {len(row)}")
    cells = {name: row[at].strip() for name, at in columns.items()}

    def fault(name: str, expected: str) -> BasketError:
        return BasketError(
            f"line {number}, column {columns[name] + 1} ({name}): expected {expected}, found {cells[name]!r}"
        )

    def amount(name: str, decimals: int, expected: str) -> int:
        try:
            value = Decimal(cells[name].replace(",", "")).scaleb(decimals)
        except InvalidOperation as error:
            raise fault(name, expected) from error
        if not value.is_finite() or value != int(value) or not 0 < value < 10**15:
            raise fault(name, expected)
        return int(value)

    side = _SIDES.get(cells["side"].lower())
    if side is None:
        raise fault("side", "buy or sell")
    symbol = cells["symbol"]
    if not symbol or not symbol.isascii() or not symbol.replace("-", "").replace(".", "").isalnum():
        raise fault("symbol", "an issue's code")
    qty = amount("qty", 0, "a number of shares of 1 or more") if "qty" in cells else 0
    ratio = amount("ratio", 4, "per cent above 0, with up to four decimals") if "ratio" in cells else 0
    px = amount("px", px_decimals, "a price or nothing") if cells.get("px") else 0
    return BasketLine(symbol=symbol, side=side, qty=Qty(qty), ratio_ppm=ratio, px=Px(px))


def _check_whole(lines: Sequence[BasketLine], numbers: Sequence[int]) -> None:
    """What only all lines together can be wrong in."""
    seen: dict[tuple[str, Side], int] = {}
    for number, line in zip(numbers, lines, strict=True):
        first = seen.setdefault((line.symbol, line.side), number)
        if first != number:
            raise BasketError(
                f"line {number}: expected an issue once by side, found {line.symbol} of line {first} again"
            )
    total = sum(line.ratio_ppm for line in lines)
    if total > PPM:
        raise BasketError(f"ratios: expected at most 100 % together, found {Decimal(total) / 10_000} %")
