"""The journal as one html page: figures, curve, groups, days, what routing saved, every trip with note and picture.

It needs nothing from outside.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape

from hts.desk.executions_state import ExecutionsState
from hts.desk.figures import money_text, px_text, signed_money, signed_text
from hts.desk.table_export import lines_of
from hts.desk.tables_positions import date_text
from hts.desk.texts import Texts
from hts.desk.trade_journal_figures import Figures, daily_ratio, win_text
from hts.desk.trade_journal_state import JournalState
from hts.desk.trade_journal_tables import held_text, mean_r, r_text

WIDTH, HEIGHT = 900, 220
CAPTION_MAX = 300  # characters
STYLE = (
    "body{font:13px sans-serif;margin:24px;color:black}table{border-collapse:collapse;margin:12px 0}"
    "td,th{border-bottom:1px solid silver;padding:3px 10px;text-align:right}"
    "td:first-child,th:first-child{text-align:left}"
)


def figure_lines(
    figures: Figures,
    drawdown: int,
    texts: Texts,
    saved: int | None = None,
    *,
    currency: str,
    days: Sequence[int] = (),
) -> list[tuple[str, str]]:
    """Labels and values of the strip; `saved` is what routing saved, None where nothing was routed.

    `days`: the result of each day, for the ratio of their mean to their spread.
    """
    ratio = daily_ratio(days)
    routed = [] if saved is None else [(texts("journal.saved"), signed_money(saved, currency))]
    return [
        (texts("journal.net"), signed_money(figures.net, currency)),
        (texts("journal.count"), str(figures.count)),
        (texts("journal.win"), f"{win_text(figures)}%" if figures.count else "—"),
        (texts("journal.payoff"), px_text(figures.payoff, 2) if figures.payoff else "—"),
        (texts("journal.expectancy"), signed_money(figures.expectancy, currency)),
        (texts("journal.r_mean"), f"{r_text(mean_r(figures))}R" if figures.r_count else "—"),
        (texts("journal.per_risk"), f"{signed_text(figures.per_risk, 2)}R" if figures.r_count else "—"),
        (texts("journal.r_count"), f"{figures.r_count}/{figures.count}" if figures.count else "—"),
        (texts("journal.factor"), px_text(figures.factor, 2) if figures.factor else "—"),
        (texts("journal.drawdown"), money_text(-drawdown, currency)),
        (texts("journal.best"), signed_money(figures.best, currency)),
        (texts("journal.worst"), signed_money(figures.worst, currency)),
        (texts("journal.held"), held_text(figures.held_ns) if figures.count else "—"),
        (texts("journal.costs"), money_text(figures.costs, currency)),
        (texts("journal.sharpe", days=str(len(days))), signed_text(ratio, 2) if ratio else "—"),
        *routed,
    ]


def hold_lines(state: JournalState) -> list[tuple[str, str]]:
    """The benchmark with what it would have made; nothing where none is chosen."""
    held = state.held
    if held is None:
        return []
    return [(state.hold_text, signed_money(held.values[-1], state.shown_currency) if held.values else "—")]


def html_report(
    state: JournalState,
    texts: Texts,
    account: str,
    executions: ExecutionsState | None = None,
    picture: Callable[[str], bytes] = lambda _name: b"",
) -> str:
    """The whole page; `picture` tells the bytes of one that was kept with a trip."""
    title = escape(f"{texts('journal.title')} {account}")
    currency = state.shown_currency
    saved = saved_of(executions)
    figures = figure_lines(state.figures, state.drawdown.amount, texts, saved, currency=currency, days=state.shown_days)
    trips = lines_of(state.table.columns, state.table.exported())
    trips[0].append(texts("journal.note"))
    for line, row in zip(trips[1:], state.table.exported(), strict=True):
        line.append(state.notes.of(row.key).text)
    parts = [
        f"<!doctype html><html lang={texts.language}><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>",
        f"<h1>{title}</h1>",
        _table([[label for label, _ in figures], [value for _, value in figures]]),
        f"<p>{escape(texts('journal.sharpe_how'))}</p>",
        f"<p>{escape(texts('journal.r_how'))}</p>",
        _svg(state.points, state.held.values if state.held is not None else ()),
        *(f"<p>- - {escape(label)}: {escape(value)}</p>" for label, value in hold_lines(state)),
        f"<h2>{escape(texts(f'journal.by.{state.group_by.value}'))}</h2>",
        _table(lines_of(state.groups.columns, state.groups.exported())),
        f"<h2>{escape(texts('journal.calendar'))}</h2>",
        _table(_days(state, texts)),
        *_routed(executions, texts),
        f"<h2>{escape(texts('journal.trips'))}</h2>",
        _table(trips),
        *_pictures(state, picture),
        "</html>",
    ]
    return "\n".join(parts)


def saved_of(executions: ExecutionsState | None) -> int | None:
    """What all routed orders that are shown saved; None where there are none."""
    return executions.total.saved_best_single if executions is not None and executions.total.orders else None


def _days(state: JournalState, texts: Texts) -> list[list[str]]:
    """The results of the days that are shown."""
    (first, last), currency = state.dates, state.shown_currency
    shown = ((date, amount) for date, amount in state.days.items() if first <= date <= last)
    days = [(date_text(date), signed_money(amount, currency)) for date, amount in shown]
    return [[texts("journal.date"), texts("journal.net")], *map(list, sorted(days))]


def _routed(executions: ExecutionsState | None, texts: Texts) -> list[str]:
    """The days of best execution, where anything was routed."""
    if executions is None or not len(executions.days):
        return []
    table = executions.days
    return [f"<h2>{escape(texts('executions.days'))}</h2>", _table(lines_of(table.columns, table.exported()))]


def _pictures(state: JournalState, picture: Callable[[str], bytes]) -> list[str]:
    """Those that were kept with the trips, in the page itself."""
    found = []
    for row in state.table.exported():
        note = state.notes.of(row.key)
        data = picture(note.picture) if note.picture else b""
        if data:
            caption = escape(f"{row.name} {date_text(row.trip.open_date)} {note.text}"[:CAPTION_MAX])
            source = b64encode(data).decode()
            found.append(
                f'<figure><figcaption>{caption}</figcaption><img alt="" src="data:image/png;base64,{source}"></figure>'
            )
    return found


def _table(lines: Sequence[Sequence[str]]) -> str:
    rows = []
    for number, line in enumerate(lines):
        tag = "td" if number else "th"
        rows.append("<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in line) + "</tr>")
    return "<table>" + "".join(rows) + "</table>"


def _svg(points: Sequence[tuple[int, int]], beside: Sequence[int]) -> str:
    """The curve as a line, the benchmark as a dashed one; nothing for fewer than two points."""
    if len(points) < 2:
        return ""
    values = [0, *(value for _, value in points)]
    low, high = min(*values, *beside), max(*values, *beside)
    span = max(high - low, 1)
    step = WIDTH / (len(values) - 1)

    def line(of: Sequence[int], how: str) -> str:
        places = [f"{i * step:.1f},{HEIGHT - (value - low) * HEIGHT / span:.1f}" for i, value in enumerate(of)]
        return f'<polyline fill="none" {how} points="{" ".join(places)}"/>'

    dashed = line([0, *beside], 'stroke="gray" stroke-dasharray="6 4"') if beside else ""
    solid = line(values, 'stroke="black"')
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{dashed}{solid}</svg>'
