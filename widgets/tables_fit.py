"""What is too wide for its column: a figure smaller, then in thousands or millions; a name closer, then cut."""

from typing import TYPE_CHECKING, Any

from themes import metrics
from widgets.painting import TextCache

if TYPE_CHECKING:
    from widgets.tables_view import TableView

SMALLER = ("secondary", "cap")
CLOSER = ("narrow", "narrower")
NAMES = ("body", "body_medium")
UNITS = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))
SLACK = metrics.CELL_PAD - 2  # of the cell's own padding


def fitted_figure(texts: TextCache, text: str, role: str, room: float) -> tuple[str, str]:
    """The text and the type role in which it fits into `room`."""
    room += SLACK
    if texts.width(role, text) <= room:
        return text, role
    for smaller in SMALLER:
        if texts.width(smaller, text) <= room:
            return text, smaller
    short = in_units(text)
    return texts.elided(SMALLER[-1], short, room), SMALLER[-1]


def fitted_name(texts: TextCache, text: str, role: str, room: float) -> tuple[str, str]:
    """The name and the type role in which it fits; only a name that is too long for the closest type is cut."""
    if role not in NAMES or texts.width(role, text) <= room:
        return texts.elided(role, text, room), role
    for closer in CLOSER:
        if texts.width(closer, text) <= room:
            return text, closer
    return texts.elided(CLOSER[-1], text, room), CLOSER[-1]


def in_units(text: str) -> str:
    """`1,234,567` as `1.23M`, cut and not rounded up; what is no whole number stays."""
    sign, digits = ("", text.replace(",", ""))
    if digits[:1] in {"+", "−"}:
        sign, digits = digits[0], digits[1:]
    if not (digits.isascii() and digits.isdigit()):
        return text
    value = int(digits)
    for size, unit in UNITS:
        if value >= size:
            whole, part = divmod(value, size)
            decimals = f".{part * 100 // size:02d}" if whole < 10 else f".{part * 10 // size}" if whole < 100 else ""
            return f"{sign}{whole:,}{decimals}{unit}"
    return text


def whole_figure(view: "TableView", row: Any, x: int) -> str:
    """The figure of the cell at x where it is shown in units; empty for any other cell."""
    for number, column in view.shown_columns() if view.has_cells(row) else ():
        begin, end = view.cell_edges(number)
        if column.is_right and begin <= x <= end:
            text = column.text(row)
            shown, _ = fitted_figure(view.cache, text, view.cell_style(row, column)[0], end - begin)
            return text if shown != text else ""
    return ""
