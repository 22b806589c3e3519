"""The chart's menus: everything that can be done with it, by mouse and by keyboard."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from hts.desk.chart_frames import TIMEFRAMES_S
from hts.desk.chart_marks import snapped
from hts.desk.chart_settings import Scale
from hts.desk.chart_studies import PALETTE
from hts.desk.chart_styles import Style
from hts.desk.drawings import Anchor, Kind
from hts.desk.figures import px_text
from widgets.chart_bars import frame_text
from widgets.chart_keys import PX_MIN
from widgets.chart_output import alert_at, ask_bars, ask_picture, copy_picture, go_menu
from widgets.chart_sets import sets_menu
from widgets.issue_search import IssueSearch
from widgets.menus import literal

if TYPE_CHECKING:
    from widgets.chart import ChartPanel
    from widgets.chart_canvas import ChartCanvas

LISTED_MAX = 40  # issues in the menu
COPY_PX = 20  # so far from a drawing stands its copy
SQUARE = 12  # pixels of a colour beside its name


def _menu(panel: "ChartPanel", key: str) -> QMenu:
    menu = QMenu(panel.context.texts(key), panel)
    menu.setAccessibleName(menu.title())
    return menu


def _add(menu: QMenu, text: str, act: Callable[[], object], *, checked: bool | None = None) -> QAction:
    """An entry; with `checked` it shows whether it holds."""
    action = menu.addAction(literal(text))
    if checked is not None:
        action.setCheckable(True)
        action.setChecked(checked)
    action.triggered.connect(lambda _=False: act())
    return action


def _choices(menu: QMenu, entries: Sequence[tuple[str, bool, Callable[[], object]]]) -> None:
    """Entries of which one holds."""
    group = QActionGroup(menu)
    for text, checked, act in entries:
        group.addAction(_add(menu, text, act, checked=checked))


def frames_menu(panel: "ChartPanel") -> QMenu:
    """All time frames."""
    menu, texts = _menu(panel, "chart.menu.frames"), panel.context.texts
    now = panel.settings.timeframe_s
    _choices(menu, [(frame_text(s, texts), s == now, partial(panel.set_timeframe, s)) for s in TIMEFRAMES_S])
    menu.addSeparator()
    _add_regular(menu, panel)
    return menu


def _add_regular(menu: QMenu, panel: "ChartPanel") -> None:
    """Whether only the regular session is shown."""
    _add(menu, panel.context.texts("chart.regular"), panel.toggle_regular, checked=panel.settings.is_regular)


def style_menu(panel: "ChartPanel") -> QMenu:
    """How bars look, and whether own fills of days before stand on them."""
    menu, texts, now = _menu(panel, "chart.menu.style"), panel.context.texts, panel.settings.style
    _choices(
        menu,
        [(texts(f"chart.style.{one.value}"), one is now, partial(panel.adjust, style=one)) for one in Style],
    )
    menu.addSeparator()
    shows_past = panel.settings.shows_past
    _add(menu, texts("chart.past_fills"), partial(panel.adjust, shows_past=not shows_past), checked=shows_past)
    return menu


def scale_menu(panel: "ChartPanel") -> QMenu:
    """How prices stand on the axis."""
    menu, texts, now = _menu(panel, "chart.menu.scale"), panel.context.texts, panel.settings.scale
    _choices(
        menu,
        [(texts(f"chart.scale.{one.value}"), one is now, partial(panel.adjust, scale=one)) for one in Scale],
    )
    canvas = panel.canvas
    if canvas is not None:
        menu.addSeparator()
        is_auto = not canvas.is_manual
        _add(menu, texts("chart.scale.auto"), canvas.hand.fit, checked=is_auto)
        _add(menu, f"{texts('chart.newest')}\tEnd", canvas.show_newest)
    return menu


def draw_menu(panel: "ChartPanel") -> QMenu:
    """Tools, and what can be done with what was drawn."""
    menu, texts, canvas = _menu(panel, "chart.menu.draw"), panel.context.texts, panel.canvas
    if canvas is None:
        return menu
    for kind in Kind:
        _add(menu, texts(f"chart.draw.{kind.value}"), partial(panel.take_tool, kind))
    menu.addSeparator()
    for switch, key in (
        ("snaps", "snap"),
        ("keeps_tool", "keep"),
        ("locks_drawings", "lock"),
        ("hides_drawings", "hide"),
    ):
        now = getattr(panel.settings, switch)
        _add(menu, texts(f"chart.draw.{key}"), partial(panel.adjust, **{switch: not now}), checked=now)
    _add_colors(menu, panel, canvas)
    menu.addSeparator()
    board, may_change = canvas.board, not panel.settings.locks_drawings
    is_chosen = bool(board.selected)
    entries = (
        (f"{texts('chart.draw.undo')}\tCtrl+Z", board.undo, True),
        (f"{texts('chart.draw.redo')}\tCtrl+Y", board.redo, True),
        (texts("chart.draw.duplicate"), partial(duplicate, canvas), is_chosen),
        (
            f"{texts('chart.draw.delete')}\tDel",
            partial(board.remove, board.selected),
            is_chosen and may_change,
        ),
        (texts("chart.draw.clear"), board.clear, bool(board.drawings) and may_change),
    )
    for text, act, is_enabled in entries:
        _add(menu, text, partial(canvas.change_board, act)).setEnabled(is_enabled)
    return menu


def duplicate(canvas: "ChartCanvas") -> bool:
    """The chosen drawing once more, a little below and behind it; whether there was one."""
    series, plane, board = canvas.series, canvas.price_plane, canvas.board
    if not len(series):
        return False
    bars = max(COPY_PX / plane.bar_px, 1.0)

    def moved(anchor: Anchor) -> Anchor:
        at_ns = series.time_at(series.x_of(anchor.trade_ns) + bars)
        return Anchor(max(at_ns, 0), max(float(plane.value_at(plane.y_of(anchor.px) + COPY_PX)), PX_MIN))

    return board.duplicate(board.selected, moved)


def _add_colors(menu: QMenu, panel: "ChartPanel", canvas: "ChartCanvas") -> None:
    """Colours for the selected drawing and for the next ones, each with its square."""
    texts, tokens, board = panel.context.texts, panel.context.tokens, canvas.board
    chosen = board.find(board.selected)
    now = chosen.color if chosen is not None else board.color
    colors = menu.addMenu(texts("chart.draw.color"))
    colors.setAccessibleName(colors.title())
    names = {"": texts("chart.draw.color_own")}
    names |= {token: texts("chart.draw.color_number", number=number) for number, token in enumerate(PALETTE, 1)}
    group = QActionGroup(colors)
    for token, name in names.items():
        act = partial(canvas.change_board, partial(board.recolor, token))
        action = group.addAction(_add(colors, name, act, checked=token == now))
        if token:
            action.setIcon(_square(getattr(tokens, token)))


def _square(color: QColor) -> QIcon:
    square = QPixmap(SQUARE, SQUARE)
    square.fill(color)
    return QIcon(square)


def compare_menu(panel: "ChartPanel") -> QMenu:
    """Other issues, to be searched for; those that are compared stand first, then those of the other link groups."""
    menu, context = _menu(panel, "chart.menu.compare"), panel.context
    now, instruments = {one.symbol: one for one in panel.settings.compare}, context.market.instruments
    IssueSearch(menu, context, panel.compare_with, lambda one: one.symbol != panel.symbol)
    _add(menu, context.texts("chart.compare.none"), partial(panel.compare_without, "")).setEnabled(bool(now))
    menu.addSeparator()
    linked = [context.selection.symbol(group) for group in range(1, 5) if group != panel.group]
    symbols = [s for s in dict.fromkeys([*now, *linked, *instruments]) if s != panel.symbol]
    for symbol in [s for s in symbols if s in now or s in instruments][:LISTED_MAX]:
        issue, one = instruments.get(symbol), now.get(symbol)
        act = partial(panel.compare_with if one is None else panel.compare_without, symbol)
        name = context.texts.name(issue) if issue is not None else context.texts("chart.compare.unknown")
        action = _add(menu, f"{name}  {symbol}", act, checked=one is not None)
        if one is not None:
            action.setIcon(_square(getattr(context.tokens, one.color)))
    return menu


MENU_MAKERS = {
    "style": style_menu,
    "draw": draw_menu,
    "compare": compare_menu,
    "scale": scale_menu,
    "sets": sets_menu,
    "go": go_menu,
}


def whole_menu(panel: "ChartPanel") -> QMenu:
    """Everything."""
    menu, texts = _menu(panel, "chart.accessible"), panel.context.texts
    menu.addMenu(frames_menu(panel))
    menu.addMenu(style_menu(panel))
    _add(menu, texts("chart.menu.studies"), panel.edit_studies)
    menu.addMenu(sets_menu(panel))
    menu.addMenu(draw_menu(panel))
    menu.addMenu(compare_menu(panel))
    menu.addMenu(scale_menu(panel))
    menu.addSeparator()
    _add_regular(menu, panel)
    _add(menu, texts("chart.menu.replay"), panel.toggle_replay, checked=panel.feed.replay is not None)
    menu.addSeparator()
    menu.addMenu(go_menu(panel))
    for key, act in (("copy", copy_picture), ("picture", ask_picture), ("bars", ask_bars)):
        _add(menu, texts(f"chart.out.{key}"), partial(act, panel))
    return menu


def menu_at(panel: "ChartPanel", at: QPoint) -> QMenu:
    """Everything, and first what can be done at the price that was pointed at."""
    menu, canvas, issue = whole_menu(panel), panel.canvas, panel.feed.instrument
    if canvas is None or issue is None:
        return menu
    point, plane = canvas.mapFromGlobal(at), canvas.price_plane
    if not plane.has(point.x(), point.y()):
        return menu
    px = snapped(issue, float(plane.value_at(point.y())))
    text = panel.context.texts("chart.out.alert", px=px_text(px, issue.px_decimals))
    first, alert = menu.actions()[0], QAction(text, menu)
    alert.triggered.connect(lambda _=False: alert_at(panel, px))
    menu.insertAction(first, alert)
    menu.insertSeparator(first)
    return menu
