"""What stands in a panel's title bar beside the library's tabs: subtitle, link group, menu."""

from collections.abc import Callable
from functools import partial
from typing import Any

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu

from hts.desk.selection import GROUPS
from hts.desk.texts import Texts
from themes import fonts, metrics
from themes.tokens import Tokens
from widgets.menus import literal
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext

# Text, icon, what it does.
MenuRow = tuple[str, QIcon | None, Callable[[], Any]]

GROUP_BUTTON_W = 30
DOTS_W = 28


def group_color(tokens: Tokens, group: int) -> QColor:
    """The colour of a link group."""
    return (tokens.group1, tokens.group2, tokens.group3, tokens.group4)[group - 1]


def square(color: QColor) -> QIcon:
    """The link group's square."""
    pixmap = QPixmap(metrics.GROUP_SQUARE, metrics.GROUP_SQUARE)
    pixmap.fill(color)
    return QIcon(pixmap)


def front_panel(area: ads.CDockAreaWidget) -> Panel | None:
    """The panel in front of a dock area; None when the library has closed the area."""
    try:
        dock = area.currentDockWidget()
        panel = dock.widget() if dock is not None else None
    except RuntimeError:
        return None
    return panel if isinstance(panel, Panel) else None


class HeaderNote(QLabel):
    """The grey subtitle beside the title."""

    def __init__(self, context: PanelContext, area: ads.CDockAreaWidget) -> None:
        super().__init__()
        self._area = area
        self._front: Panel | None = None
        self._text = ""
        self.setFont(fonts.font("secondary"))
        self._tokens = context.tokens
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.restyle()

    def restyle(self) -> None:
        """The colour is part of a style sheet."""
        self.setStyleSheet(f"color: {self._tokens.text2.name()}; font-size: 11px; padding-left: 2px;")

    def refresh(self) -> bool:
        """Show the front panel's subtitle; False when the title bar is gone."""
        try:
            self._area.currentDockWidget()
        except RuntimeError:  # the area was closed by the library
            return False
        self._front = front_panel(self._area)
        self._show(self._front.subtitle if self._front is not None else "")
        return True

    def follow_money(self) -> None:
        """The same for a panel that shows money, as it was in front a moment ago: without asking the library."""
        if self._front is not None and self._front.shows_money:
            try:
                self._show(self._front.subtitle)
            except RuntimeError:  # closed since, and not looked at yet
                self._front = None

    def _show(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setText(text)


class HeaderButton(QAbstractButton):
    """A flat button in the title bar that opens a menu; the keyboard has actions for what it offers."""

    def __init__(self, area: ads.CDockAreaWidget, name: str, width: int) -> None:
        super().__init__()
        self._area = area
        self.setFixedSize(width, metrics.PANEL_HEADER - 1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def popup(self, rows: list[MenuRow]) -> None:
        """Open a menu below the button."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, icon, act in rows:
            action = QAction(literal(text), menu)
            if icon is not None:
                action.setIcon(icon)
            action.triggered.connect(lambda _=False, act=act: act())
            menu.addAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))


class GroupButton(HeaderButton):
    """The link group of the panel in front: its number and square; the menu links it to another one."""

    def __init__(self, context: PanelContext, area: ads.CDockAreaWidget, link: Callable[[Panel, int], None]) -> None:
        super().__init__(area, context.texts("panel.group"), GROUP_BUTTON_W)
        self._context, self._link, self._cache = context, link, TextCache()
        self.clicked.connect(self._open)

    def rows(self) -> list[MenuRow]:
        """One row for each group, with the issue that it shows."""
        panel = front_panel(self._area)
        if panel is None:
            return []
        return [
            (self._name(group), square(group_color(self._context.tokens, group)), partial(self._link, panel, group))
            for group in GROUPS
        ]

    def _name(self, group: int) -> str:
        issue = self._context.market.instruments.get(self._context.selection.symbol(group))
        name = self._context.texts.name(issue) if issue is not None else ""
        return self._context.texts("panel.group_row", group=str(group), name=name)

    def _open(self) -> None:
        self.popup(self.rows())

    def paintEvent(self, _event: QPaintEvent) -> None:
        panel = front_panel(self._area)
        if panel is None:
            return
        tokens = self._context.tokens
        brush = Brush(QPainter(self), self._cache)
        side = metrics.GROUP_SQUARE
        brush.fill(2, (self.height() - side) // 2, side, side, group_color(tokens, panel.group))
        base = metrics.baseline(0, self.height())
        brush.left(side + 5, base, str(panel.group), "secondary", tokens.text2)
        brush.triangle(self.width() - 9, self.height() // 2, False, tokens.text3, metrics.TRIANGLE_SMALL_W)


class Dots(HeaderButton):
    """Three dots at the header's right end: the panel's menu."""

    def __init__(
        self, context: PanelContext, area: ads.CDockAreaWidget, rows: Callable[[Panel, Texts], list[MenuRow]]
    ) -> None:
        super().__init__(area, context.texts("panel.menu"), DOTS_W)
        self._context, self._rows = context, rows
        self.clicked.connect(self._open)

    def _open(self) -> None:
        panel = front_panel(self._area)
        if panel is not None:
            self.popup(self._rows(panel, self._context.texts))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for i in range(3):
            painter.fillRect(10 + 4 * i, self.height() // 2, 2, 2, self._context.tokens.text2)
