"""Painted rows in words, for screen readers: what stands in a row, by the heads of its columns."""

from typing import Any

from hts.desk.figures import px_text, qty_text
from hts.desk.ladder_auction import CallFill
from hts.desk.ladder_rows import LadderRow
from hts.desk.ratios import bp_text
from hts.desk.tables import Column
from hts.desk.texts import Texts


def table_row_text(row: Any, columns: tuple[Column[Any], ...]) -> str:
    """Every cell that says something, with its column's head: "Issue NAVER, Qty 150"."""
    own = getattr(row, "spoken", "")  # a row without columns: the head of a group
    if own:
        return str(own)
    cells = [(column.head, column.text(row)) for column in columns]
    return ", ".join(f"{head} {text}".strip() for head, text in cells if text)


def call_fill_text(fill: CallFill, texts: Texts) -> str:
    """What a call would do with own orders, in a word: fills, waits, or a part from least to most."""
    if fill.least == fill.qty:
        return texts("ladder.call_fills")
    if not fill.most:
        return texts("ladder.call_waits")
    return texts("ladder.call_part", qty=range_text(fill))


def range_text(fill: CallFill) -> str:
    """Shares from least to most: `7~20`, one figure where both are the same."""
    least, most = qty_text(fill.least), qty_text(fill.most)
    return least if least == most else f"{least}~{most}"


def ladder_row_text(row: LadderRow, texts: Texts, px_decimals: int) -> str:
    """The price first, then sizes, own orders and what is special about it."""
    parts = [f"{px_text(row.px, px_decimals)} {bp_text(row.bp)}%"]
    for key, qty in (
        ("spoken.ask", row.ask_qty),
        ("spoken.bid", row.bid_qty),
        ("spoken.own_sell", row.sell.qty if row.sell is not None else 0),
        ("spoken.own_buy", row.buy.qty if row.buy is not None else 0),
        ("spoken.last", abs(row.last_qty)),
    ):
        if qty:
            parts.append(texts(key, qty=qty_text(qty)))
    if row.expected_qty:
        parts.append(f"{texts('ladder.expected_px')} {qty_text(row.expected_qty)}")
    for key, fill in (("side.sell", row.sell_fill), ("side.buy", row.buy_fill)):
        if fill is not None:
            parts.append(f"{texts(key)} {call_fill_text(fill, texts)}")
    parts += [texts(f"ladder_mark.{tag}") for tag in row.tags if texts.has(f"ladder_mark.{tag}")]
    if row.average_px:
        parts.append(texts("ladder_mark.average"))
    return ", ".join(parts)
