"""The day's best-execution report, as csv and as one html page without anything to load.

Titles come from the caller's text catalogue, so that the report speaks the user's language.
"""

from collections.abc import Callable, Sequence
from html import escape

from hts.router.best_execution import Execution, VenueStatistics

Text = Callable[[str], str]

COLUMNS = (
    "order_id", "account", "symbol", "side", "qty", "filled_qty", "value", "costs", "arrival_px", "slippage_bp",
    "saved_best_single", "saved_simple", "venues", "fees",
)  # fmt: skip
VENUE_COLUMNS = (
    "venue", "orders", "asked_qty", "filled_qty", "fill_rate_pct", "value", "costs", "fees", "fee_bp", "added_qty",
    "removed_qty", "auction_qty",
)  # fmt: skip


def csv_report(executions: Sequence[Execution]) -> str:
    """One line for each order; the header has the machine's names, whatever the language."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(_quoted(cell) for cell in cells(one)) for one in executions]
    return "\r\n".join(lines) + "\r\n"


def html_report(date: str, executions: Sequence[Execution], venues: Sequence[VenueStatistics], text: Text) -> str:
    """The whole report. `text` gives the words for keys like "best_execution.title"."""
    title = f"{text('best_execution.title')} {date}"
    orders = _table([text(f"best_execution.{name}") for name in COLUMNS], [cells(one) for one in executions])
    by_venue = _table(
        [text(f"best_execution.{name}") for name in VENUE_COLUMNS], [venue_cells(venue) for venue in venues]
    )
    saved = sum(one.saved_simple for one in executions)
    lead = f"{text('best_execution.saved_simple')}: {saved:,}"
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(lead)}</p>{by_venue}{orders}</body></html>"
    )


def cells(one: Execution) -> tuple[str, ...]:
    """An order's row."""
    where, fees = (
        " ".join(f"{venue}:{part}" for venue, part in sorted(by_venue.items()))
        for by_venue in (one.by_venue, one.fees_by_venue)
    )
    return (
        str(one.order_id), one.account, one.symbol, one.side.name, str(one.qty), str(one.filled_qty), str(one.value),
        str(one.costs), str(one.arrival_px), _hundredths(one.slippage_cbp), str(one.saved_best_single),
        str(one.saved_simple), where, fees,
    )  # fmt: skip


def venue_cells(venue: VenueStatistics) -> tuple[str, ...]:
    """A venue's row."""
    return (
        venue.venue, str(venue.orders), str(venue.asked_qty), str(venue.filled_qty),
        _hundredths(venue.fill_rate_bp), str(venue.value), str(venue.costs), str(venue.fees),
        _hundredths(venue.fee_cbp), str(venue.added_qty), str(venue.removed_qty), str(venue.auction_qty),
    )  # fmt: skip


def _hundredths(number: int) -> str:
    sign = "-" if number < 0 else ""
    return f"{sign}{abs(number) // 100}.{abs(number) % 100:02d}"


def _quoted(cell: str) -> str:
    """A cell of the csv. A leading sign or equals would be a formula for a spreadsheet; numbers may keep theirs."""
    if cell[:1] in "=+-@" and cell[:1] and not cell.lstrip("-").replace(".", "", 1).isdigit():
        cell = f"'{cell}"
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if any(c in cell for c in ',"\r\n') else cell


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_STYLE = (
    "body{font:13px sans-serif;margin:24px}table{border-collapse:collapse;margin:12px 0}"
    "td,th{border-bottom:1px solid;padding:3px 10px;text-align:right;font-variant-numeric:tabular-nums}"
)
