"""The journal as one html page: figures, the curve, groups, every trip with its note. It needs nothing from outside."""

from collections.abc import Sequence
from html import escape

from hts.desk.figures import px_text, signed_text
from hts.desk.table_export import lines_of
from hts.desk.texts import Texts
from hts.desk.trade_journal_figures import Figures
from hts.desk.trade_journal_state import JournalState, held_text

WIDTH, HEIGHT = 900, 220
STYLE = (
    "body{font:13px sans-serif;margin:24px;color:black}table{border-collapse:collapse;margin:12px 0}"
    "td,th{border-bottom:1px solid silver;padding:3px 10px;text-align:right}"
    "td:first-child,th:first-child{text-align:left}"
)


def figure_lines(figures: Figures, drawdown: int, texts: Texts) -> list[tuple[str, str]]:
    """Labels and values of the strip."""
    return [
        (texts("journal.net"), signed_text(figures.net)),
        (texts("journal.count"), str(figures.count)),
        (texts("journal.win"), f"{px_text(figures.win_bp // 10, 1)}%"),
        (texts("journal.payoff"), px_text(figures.payoff, 2) if figures.payoff else "—"),
        (texts("journal.expectancy"), signed_text(figures.expectancy)),
        (texts("journal.factor"), px_text(figures.factor, 2) if figures.factor else "—"),
        (texts("journal.drawdown"), px_text(-drawdown)),
        (texts("journal.best"), signed_text(figures.best)),
        (texts("journal.worst"), signed_text(figures.worst)),
        (texts("journal.held"), held_text(figures.held_ns) if figures.count else "—"),
        (texts("journal.costs"), px_text(figures.costs)),
    ]


def html_report(state: JournalState, texts: Texts, account: str) -> str:
    """The whole page."""
    title = escape(f"{texts('journal.title')} {account}")
    figures = figure_lines(state.figures, state.drawdown.amount, texts)
    groups = [column for column in state.groups.columns if column.key != "bar"]
    trips = lines_of(state.table.columns, state.table.exported())
    trips[0].append(texts("journal.note"))
    for line, row in zip(trips[1:], state.table.exported(), strict=True):
        line.append(state.notes.of(row.key).text)
    parts = [
        f"<!doctype html><html lang={texts.language}><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>",
        f"<h1>{title}</h1>",
        _table([[label for label, _ in figures], [value for _, value in figures]]),
        _svg(state.points),
        f"<h2>{escape(texts(f'journal.by.{state.group_by.value}'))}</h2>",
        _table(lines_of(groups, state.groups.exported())),
        f"<h2>{escape(texts('journal.trips'))}</h2>",
        _table(trips),
        "</html>",
    ]
    return "\n".join(parts)


def _table(lines: Sequence[Sequence[str]]) -> str:
    rows = []
    for number, line in enumerate(lines):
        tag = "td" if number else "th"
        rows.append("<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in line) + "</tr>")
    return "<table>" + "".join(rows) + "</table>"


def _svg(points: Sequence[tuple[int, int]]) -> str:
    """The curve as a line; nothing for fewer than two points."""
    if len(points) < 2:
        return ""
    values = [0, *(value for _, value in points)]
    low, high = min(values), max(values)
    span = max(high - low, 1)
    step = WIDTH / (len(values) - 1)
    place = [f"{i * step:.1f},{HEIGHT - (value - low) * HEIGHT / span:.1f}" for i, value in enumerate(values)]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<polyline fill="none" stroke="black" points="{" ".join(place)}"/></svg>'
    )
