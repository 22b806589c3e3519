"""The workspaces' tabs in the top bar: choosing, renaming in place, a menu; what does not fit is behind a mark."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from hts.desk.workspaces import TITLE_MAX
from themes import fonts, metrics
from widgets.keys import OwnField
from widgets.menus import literal
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext

HEIGHT = metrics.TOP_BAR
TAB_PAD = 11
NUMBERED_MAX = 9  # so many can be opened by their number
MORE_W = 30
MENU = (
    "workspace.new",
    "workspace.duplicate",
    "workspace.rename",
    "workspace.reset",
    "workspace.delete",
    "workspace.export",
    "workspace.export_all",
    "workspace.import",
)
OWN_ONLY = ("workspace.rename", "workspace.delete")

# Name, title, whether it is the trader's own.
Row = tuple[str, str, bool]


class WorkspaceTabs(QWidget):
    """chosen(name).   action_chosen(action): from the menu.   renamed(name, title)."""

    chosen = Signal(str)
    action_chosen = Signal(str)
    renamed = Signal(str, str)

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(context.texts("workspace.tabs"))
        self._context, self._cache = context, TextCache()
        self._rows: tuple[Row, ...] = ()
        self._rects: list[tuple[str, QRect]] = []
        self._current = ""
        self.field = OwnField(self)
        self.field.setFont(fonts.font("body"))
        self.field.setMaxLength(TITLE_MAX)
        self.field.setAccessibleName(context.texts("action.workspace.rename"))
        self.field.editingFinished.connect(self._on_named)
        self.field.left.connect(self._give_up)
        self.field.hide()

    @property
    def full_width(self) -> int:
        """Room for all tabs."""
        return sum(self._tab_width(i, title) for i, (_, title, _) in enumerate(self._rows, 1))

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these workspaces."""
        self._rows = tuple(rows)
        self._lay_out()

    def set_current(self, name: str) -> None:
        """Mark the workspace that is open."""
        self._current = name
        self._lay_out()

    def rename(self) -> None:
        """Type another title over the tab that is open."""
        rect = next((rect for name, rect in self._rects if name == self._current), None)
        row = next((row for row in self._rows if row[0] == self._current), None)
        if rect is None or row is None or not row[2]:
            self.renamed.emit(self._current, "")  # the list says why not
            return
        self.field.setText(row[1])
        self.field.setGeometry(rect.adjusted(2, 3, 60, -3))
        self.field.show()
        self.field.raise_()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self) -> None:
        self.field.setText("")
        self.field.hide()

    def _on_named(self) -> None:
        title = self.field.text()
        was_open = self.field.isVisible()
        self.field.hide()
        if was_open and title:
            self.renamed.emit(self._current, title)

    def _tab_width(self, number: int, title: str) -> int:
        figure = self._cache.width("secondary", str(number)) + 5 if number <= NUMBERED_MAX else 0
        return round(self._cache.width("title", title) + figure) + 2 * TAB_PAD

    def _lay_out(self) -> None:
        """As many tabs as there is room for; the open one is always among them."""
        room, x = self.width(), 0
        self._rects = []
        needs_mark = self.full_width > room
        for number, (name, title, _) in enumerate(self._rows, 1):
            width = self._tab_width(number, title)
            if needs_mark and x + width > room - MORE_W and name != self._current:
                continue
            self._rects.append((name, QRect(x, 0, width, HEIGHT)))
            x += width
        while needs_mark and x > room - MORE_W and len(self._rects) > 1:
            self._drop_one()
            x = self._rects[-1][1].right() + 1
        self.update()

    def _drop_one(self) -> None:
        """Take out the last tab that is not the open one, and close the gap."""
        at = max(i for i, (name, _) in enumerate(self._rects) if name != self._current)
        gap = self._rects.pop(at)[1].width()
        self._rects[at:] = [(name, rect.translated(-gap, 0)) for name, rect in self._rects[at:]]

    @property
    def _hidden(self) -> list[Row]:
        shown = {name for name, _ in self._rects}
        return [row for row in self._rows if row[0] not in shown]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        for name, rect in self._rects:
            if rect.contains(at):
                self.chosen.emit(name)
                return
        if self._hidden:
            self._popup([(title, lambda name=name: self.chosen.emit(name)) for name, title, _ in self._hidden], at)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        if any(name == self._current and own for name, _, own in self._rows):
            self.rename()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        name = next((name for name, rect in self._rects if rect.contains(event.pos())), "")
        if not name:
            return
        self.chosen.emit(name)
        own = any(row[0] == name and row[2] for row in self._rows)
        texts = self._context.texts
        self._popup(
            [
                (
                    "\t".join((texts(f"action.{action}"), self._context.keys(action))),
                    lambda action=action: self.action_chosen.emit(action),
                )
                for action in MENU
                if own or action not in OWN_ONLY
            ],
            event.pos(),
        )

    def _popup(self, rows: list[tuple[str, object]], at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in rows:
            action = QAction(literal(text), menu)
            action.triggered.connect(lambda _=False, act=act: act())
            menu.addAction(action)
        menu.popup(self.mapToGlobal(QPoint(at.x(), HEIGHT)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.header)
        brush.hline(0, HEIGHT, self.width(), tokens.line)
        numbers = {name: number for number, (name, _, _) in enumerate(self._rows, 1)}
        titles = {name: title for name, title, _ in self._rows}
        base = metrics.baseline(0, HEIGHT)
        end = 0
        for name, rect in self._rects:
            chosen = name == self._current
            if chosen:
                brush.fill(rect.x(), 0, rect.width(), HEIGHT, tokens.panel)
                brush.fill(rect.x(), 0, rect.width(), 2, tokens.text)
            role, ink = ("title", tokens.text) if chosen else ("body", tokens.text2)
            x = brush.left(rect.x() + TAB_PAD, base, titles[name], role, ink)
            if numbers[name] <= NUMBERED_MAX:
                brush.left(x + 5, base, str(numbers[name]), "secondary", tokens.text3)
            brush.vline(rect.right(), 0, HEIGHT, tokens.line)
            end = rect.right() + 1
        if self._hidden:
            x = brush.left(end + 7, base, f"+{len(self._hidden)}", "secondary", tokens.text2)
            brush.triangle(round(x) + 3, HEIGHT // 2, False, tokens.text3, metrics.TRIANGLE_SMALL_W)
