"""LOBSTER orderbook files: the visible book after each event of the message file, line by line.

A line holds, for each level from the touch down, ask price, ask size, bid price, bid size; prices are dollars times
10,000. A side with fewer levels is filled up with price 9999999999 (ask) or -9999999999 (bid) and size 0.
"""

from itertools import pairwise

from msgspec import Struct

from hts.wire.lobster.messages import LobsterError, numbered_lines, parse_integer

LEVELS_MAX = 200
_NUMBER_MAX = 20  # characters of a number and its comma
_NO_ASK = 9_999_999_999
_NO_BID = -9_999_999_999

Level = tuple[int, int]  # price, size


class BookRow(Struct, frozen=True, kw_only=True):
    """The recorded book after one event, levels from the touch down."""

    asks: tuple[Level, ...]
    bids: tuple[Level, ...]
    depth: int  # levels that the file records; a shorter side is known to have no more


def parse_orderbook(text: str) -> tuple[BookRow, ...]:
    """All rows. LobsterError names the first line that is wrong, and why."""
    rows: list[BookRow] = []
    for number, line in numbered_lines(text, line_max=4 * LEVELS_MAX * _NUMBER_MAX):
        row = _parse_line(number, line)
        if rows and row.depth != rows[0].depth:
            raise LobsterError(f"line {number}: expected {rows[0].depth} levels as in line 1, found {row.depth}")
        rows.append(row)
    if not rows:
        raise LobsterError("line 1: expected a book, found an empty file")
    return tuple(rows)


def _parse_line(number: int, line: str) -> BookRow:
    fields = line.split(",")
    depth, rest = divmod(len(fields), 4)
    if rest or not 1 <= depth <= LEVELS_MAX:
        raise LobsterError(
            f"line {number}: expected 4 fields per level, at most {LEVELS_MAX} levels, found {len(fields)}"
        )
    values = [parse_integer(number, "price or size", field) for field in fields]
    asks = _side(number, values[0::4], values[1::4], none=_NO_ASK, name="ask")
    bids = _side(number, values[2::4], values[3::4], none=_NO_BID, name="bid")
    if any(worse <= better for (better, _), (worse, _) in pairwise(asks)):
        raise LobsterError(f"line {number}: expected rising ask prices")
    if any(worse >= better for (better, _), (worse, _) in pairwise(bids)):
        raise LobsterError(f"line {number}: expected falling bid prices")
    return BookRow(asks=asks, bids=bids, depth=depth)


def _side(number: int, prices: list[int], sizes: list[int], *, none: int, name: str) -> tuple[Level, ...]:
    levels = [(price, size) for price, size in zip(prices, sizes, strict=True) if price != none]
    if any(price <= 0 or size <= 0 for price, size in levels):
        raise LobsterError(f"line {number}: expected {name} prices and sizes above 0")
    if prices[: len(levels)] != [price for price, _ in levels]:
        raise LobsterError(f"line {number}: expected no {name} level below an empty one")
    return tuple(levels)
