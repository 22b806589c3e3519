"""Rows of a table for the clipboard and for files: TSV, CSV by RFC 4180, and an Excel sheet.

Cells are what is shown, but figures are figures: no thousands separators, a plain minus, no `—` for nothing.
"""

import io
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from hts.desk.tables import Column, plain, quoted

NOTHING = "—"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a text that begins so for a formula


class NoWriterError(Exception):
    """The library that writes Excel files is not installed."""


def lines_of(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> list[list[str]]:
    """Heads, then each row's cells, but for those that are pictures."""
    told = [column for column in columns if not column.is_drawn]
    lines = [[column.head for column in told]]
    lines += [[cell(column.text(row)) for column in told] for row in rows]
    return lines


def cell(text: str) -> str:
    """A cell as a spreadsheet reads it; a text that it would take for a formula gets an apostrophe in front."""
    if text == NOTHING:
        return ""
    bare = plain(text)
    if bare[:1] in FORMULA and number(bare) is None:
        return f"'{bare}"
    return bare


def number(text: str) -> int | float | None:
    """The figure that a text is; None for anything else. Codes with leading zeros are texts."""
    bare = text.removeprefix("+")
    digits = bare.removeprefix("-")
    if not digits.replace(".", "", 1).isdecimal() or (len(digits) > 1 and digits[0] == "0" and digits[1] != "."):
        return None
    return float(bare) if "." in bare else int(bare)


def tsv(lines: Sequence[Sequence[str]]) -> str:
    """For the clipboard; tabs and line ends within a cell become blanks."""
    return "".join("\t".join(" ".join(text.split()) for text in line) + "\n" for line in lines)


def csv(lines: Sequence[Sequence[str]]) -> str:
    """For a file."""
    return "".join(",".join(map(quoted, line)) + "\r\n" for line in lines)


def xlsx(sheets: Sequence[tuple[str, Sequence[Sequence[str]]]]) -> bytes:
    """Sheets by name, figures as numbers, the heads frozen. Raises NoWriterError without openpyxl."""
    try:
        openpyxl: Any = import_module("openpyxl")
        letters: Any = import_module("openpyxl.utils")
    except ImportError as fault:
        raise NoWriterError(str(fault)) from fault
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets:
        sheet = book.create_sheet(name[:31])
        for line in lines:
            sheet.append([found if (found := number(text)) is not None else text for text in line])
        sheet.freeze_panes = "A2"
        for at, width in enumerate(_widths(lines), 1):
            sheet.column_dimensions[letters.get_column_letter(at)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """The longest text of each column in characters; Hangul and kanji take two."""
    longest = [0] * max((len(line) for line in lines), default=0)
    for line in lines[:500]:
        for at, text in enumerate(line):
            longest[at] = max(longest[at], sum(2 if ord(c) > 0x1100 else 1 for c in text))
    return [min(width + 2, 60) for width in longest]
