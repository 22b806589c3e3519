"""What goes out of a chart: its picture, its bars as a table, an alert at a price. And the way to a day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidgetAction

from hts.desk.chart_frames import DAY_S
from hts.desk.chart_marks import snapped
from hts.desk.chart_when import KST, TEXT_MAX, when_of
from hts.desk.figures import px_text
from hts.desk.price_alerts import FILE as ALERTS
from hts.desk.screener import fault_text
from hts.desk.screener_expr import ConditionError
from themes import metrics
from widgets.chart_axes import AXIS_WIDTH
from widgets.keys import OwnField
from widgets.menus import close_open

if TYPE_CHECKING:
    from widgets.chart import ChartPanel

HEAD = "time,open,high,low,close,volume"


def copy_picture(panel: "ChartPanel") -> None:
    """The chart as it is seen, into the clipboard."""
    QGuiApplication.clipboard().setPixmap(panel.grab())
    panel.say(panel.context.texts("chart.out.copied"))


def ask_picture(panel: "ChartPanel") -> None:
    """The chart as it is seen, into a file."""
    title = panel.context.texts("chart.out.picture")
    chosen, _ = QFileDialog.getSaveFileName(panel, title, f"{panel.symbol}.png", "PNG (*.png)")
    if chosen:
        save_picture(panel, Path(chosen))


def save_picture(panel: "ChartPanel", path: Path) -> None:
    """Write it, and say so."""
    is_done = panel.grab().save(str(path), "PNG")
    texts = panel.context.texts
    panel.say(texts("screener.written", path=path.name) if is_done else texts("chart.out.failed", path=path.name))


def ask_bars(panel: "ChartPanel") -> None:
    """All bars of the chart, into a table."""
    title = panel.context.texts("chart.out.bars")
    chosen, _ = QFileDialog.getSaveFileName(panel, title, f"{panel.symbol}.csv", "CSV (*.csv)")
    if chosen:
        save_bars(panel, Path(chosen))


def save_bars(panel: "ChartPanel", path: Path) -> None:
    """Write them, and say so."""
    problem = panel.context.files.export(path, "\r\n".join((HEAD, *_rows(panel), "")))
    panel.say(problem or panel.context.texts("screener.written", path=path.name))


def _rows(panel: "ChartPanel") -> Iterator[str]:
    """A line for each bar: its beginning by the clock of Seoul and Tokyo; prices without commas."""
    series, issue = panel.series, panel.feed.instrument
    decimals = issue.px_decimals if issue is not None else 0
    form = "%Y-%m-%d" if series.timeframe_s >= DAY_S else "%Y-%m-%d %H:%M:%S"
    for start_ns, bar in zip(series.start_ns.tolist(), series.columns.T.tolist(), strict=True):
        prices = ",".join(px_text(round(px), decimals).replace(",", "") for px in bar[:4])
        yield f"{time_text(start_ns, form)},{prices},{round(bar[4])}"


def time_text(start_ns: int, form: str) -> str:
    """A time by the clock of Seoul and Tokyo."""
    return datetime.fromtimestamp(start_ns // 1_000_000_000, UTC).astimezone(KST).strftime(form)


def alert_at(panel: "ChartPanel", px: int) -> None:
    """Tell when the last price has come to this one: from below or from above, as it stands now."""
    context, issue = panel.context, panel.feed.instrument
    if issue is None or px <= 0:
        return
    last = context.market.last_px(issue.symbol)  # of the venue that alerts watch, whatever tab is shown
    kind, value = "price_above" if px >= last else "price_below", px_text(px, issue.px_decimals)
    try:
        context.price_alerts.add(issue.symbol, kind, value, repeats=False, sounds=True)
    except ConditionError as fault:
        panel.say(fault_text(fault, context.texts))
        return
    context.files.save(ALERTS, context.price_alerts.dump())
    panel.say(context.texts(f"chart.out.{kind}", name=context.texts.name(issue), px=value))


def alert_at_cross(panel: "ChartPanel") -> None:
    """At the crosshair's price, else at the last one."""
    canvas, issue = panel.canvas, panel.feed.instrument
    if canvas is None or issue is None:
        return
    is_at_price = canvas.cross.value is not None and canvas.cross.pane_key == canvas.price_pane.key
    alert_at(panel, snapped(issue, float(canvas.cross.value or 0)) if is_at_price else panel.last_px)


def go_to(panel: "ChartPanel", text: str) -> bool:
    """Show the bars around a time; whether there is such a time. What lies before the history is said."""
    canvas, series, texts = panel.canvas, panel.series, panel.context.texts
    if canvas is None or not len(series):
        return False
    when_ns = when_of(text, int(series.start_ns[-1]))
    if when_ns is None:
        panel.say(texts("chart.out.no_time", text=text[:TEXT_MAX]))
        return False
    left, right = canvas.price_box.viewRange()[0]
    at = series.index_at(when_ns)
    if at < 0 or int(series.start_ns[at]) < when_ns:
        at = min(at + 1, len(series) - 1)  # the first bar from then on
    canvas.price_box.setXRange(at - (right - left) / 2, at + (right - left) / 2, padding=0)
    canvas.cross.set(at, None, "", is_linked=False)
    canvas.tell_bar()
    canvas.viewport().update()
    if when_ns < int(series.start_ns[0]):
        panel.say(texts("chart.out.before", time=time_text(int(series.start_ns[0]), "%Y-%m-%d %H:%M")))
    return True


def go_menu(panel: "ChartPanel") -> QMenu:
    """A field for the time to go to."""
    menu, texts = QMenu(panel.context.texts("chart.out.go"), panel), panel.context.texts
    menu.setAccessibleName(menu.title())
    field, action = OwnField(), QWidgetAction(menu)
    field.setFixedHeight(metrics.FIELD)
    field.setMinimumWidth(3 * AXIS_WIDTH)
    field.setMaxLength(TEXT_MAX)
    field.setPlaceholderText(texts("chart.out.go_hint"))
    field.setAccessibleName(texts("chart.out.go_hint"))
    action.setDefaultWidget(field)
    menu.addAction(action)
    field.returnPressed.connect(lambda: (QTimer.singleShot(0, close_open), go_to(panel, field.text())))
    field.left.connect(lambda: QTimer.singleShot(0, menu.close))
    menu.aboutToShow.connect(field.setFocus)
    return menu
