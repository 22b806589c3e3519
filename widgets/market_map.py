"""The market map panel: a treemap of all issues. A click, or arrows and Enter, chooses the issue.

Places are found anew every LAY_OUT_NS and at a new size, so that nothing jumps while one looks; colours follow the
market. A name that does not fit is left out, never cut: it takes smaller type, then two lines, then becomes the code;
at last the figure gives way.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.market_map import BY, HEAD, Box, MapCell, MapGroup, MarketMap
from hts.desk.ratios import bp_text, sign
from themes import metrics
from widgets.controls import Button
from widgets.heat import heat, heat_ink
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext
from widgets.spoken_rows import tell_current

LAY_OUT_NS = 15_000_000_000
LOOK_NS = 500_000_000
LEGEND = (-350, -200, -100, -30, 0, 30, 100, 200, 350)
LEGEND_H = metrics.TABLE_FOOTER
ROLES = ("name", "price_strong", "body_medium", "secondary", "cap")
LINE = {"name": 20, "price_strong": 17, "body_medium": 16, "secondary": 15, "cap": 13}


class MapCanvas(QWidget):
    """The painted map. chosen(symbol): a cell was clicked or Enter pressed on it."""

    chosen = Signal(str)
    resized = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(context.texts("market_map.title"))
        self.groups: list[MapGroup] = []
        self.by = BY[0]
        self._context, self._cache = context, TextCache()
        self._cursor = self._symbol = ""

    def show_groups(self, groups: list[MapGroup], symbol: str, by: str) -> None:
        """Repaint when anything differs."""
        if (groups, symbol, by) != (self.groups, self._symbol, self.by):
            self.groups, self._symbol, self.by = groups, symbol, by
            self.update()

    @property
    def map_height(self) -> int:
        """Room for the map above the legend."""
        return self.height() - LEGEND_H

    def cells(self) -> list[MapCell]:
        """All cells that can be seen."""
        return [cell for group in self.groups for cell in group.cells if cell.box.is_seen]

    def spoken_count(self) -> int:
        """Cells that can be seen."""
        return len(self.cells())

    def spoken_row(self, number: int) -> str:
        """Name and change of a cell."""
        cell = self.cells()[number]
        return f"{cell.name} {bp_text(cell.bp)}%"

    def spoken_rect(self, number: int) -> QRect:
        """Where a cell stands."""
        box = self.cells()[number].box
        return QRect(box.x, box.y, box.width, box.height)

    def spoken_current(self) -> int:
        """The cell that the arrows chose."""
        return next((i for i, cell in enumerate(self.cells()) if cell.symbol == self._cursor), -1)

    def cell_at(self, point: QPoint) -> MapCell | None:
        """The cell under a point."""
        for cell in self.cells():
            box = cell.box
            if box.x <= point.x() < box.x + box.width and box.y <= point.y() < box.y + box.height:
                return cell
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        painter.fillRect(event.rect(), tokens.gutter)
        for group in self.groups:
            self._paint_group(brush, group)
        if not self.groups:
            brush.fill(0, 0, self.width(), self.height(), tokens.panel)
            base = metrics.baseline(0, self.height())
            brush.center(self.width() / 2, base, texts("market_map.waiting"), "body", tokens.text3)
        self._paint_legend(brush)
        for cell in self.cells():
            if cell.symbol in {self._symbol, self._cursor}:
                box = cell.box
                color = tokens.own if cell.symbol == self._symbol else tokens.text
                brush.frame(box.x, box.y, box.width - 1, box.height - 1, color)
                brush.frame(box.x + 1, box.y + 1, box.width - 3, box.height - 3, color)

    def _paint_group(self, brush: Brush, group: MapGroup) -> None:
        tokens, box = self._context.tokens, group.box
        there = tokens.of(group.currency)
        if box.height > 2 * HEAD:
            brush.fill(box.x, box.y, box.width - 1, HEAD, tokens.header)
            base = metrics.baseline(box.y, HEAD)
            change = bp_text(group.bp)
            ink = {0: tokens.text, 1: there.up, -1: there.down}[sign(group.bp)]
            begin = box.x + box.width - 7
            if box.width > self._cache.width("secondary", change) + 20:
                begin = round(brush.right(begin, base, change, "secondary", ink)) - 8
            name = self._cache.elided("tab", group.name, begin - box.x - 6)
            brush.left(box.x + 6, base, name, "tab", tokens.text2)
        for cell in group.cells:
            if cell.box.is_seen:
                self._paint_cell(brush, cell)

    def _paint_cell(self, brush: Brush, cell: MapCell) -> None:
        tokens, box = self._context.tokens, cell.box
        ground = heat(tokens.of(cell.currency), cell.bp)
        brush.fill(box.x, box.y, box.width - 1, box.height - 1, ground)
        ink = heat_ink(tokens.of(cell.currency), cell.bp)
        names, role, with_figure = fit(self._cache, cell, box)
        if not names:
            return
        line = LINE[role]
        small = ROLES[min(ROLES.index(role) + 1, len(ROLES) - 1)]
        total = line * len(names) + (LINE[small] if with_figure else 0)
        middle = box.x + (box.width - 1) / 2
        y = box.y + (box.height - 1 - total) // 2
        for name in names:
            brush.center(middle, metrics.baseline(y, line), name, role, ink)
            y += line
        if with_figure:
            brush.center(middle, metrics.baseline(y, LINE[small]), f"{bp_text(cell.bp)}%", small, ink)

    def _paint_legend(self, brush: Brush) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        y = self.map_height
        brush.fill(0, y, self.width(), LEGEND_H, tokens.header)
        base = metrics.baseline(y, LEGEND_H)
        x = round(brush.left(metrics.EDGE_PAD, base, texts("market_map.change"), "secondary", tokens.text2)) + 10
        step = 44
        currencies = {group.currency for group in self.groups}
        there = tokens.of(currencies.pop()) if len(currencies) == 1 else tokens
        for bp in LEGEND:
            if x + step > self.width() - metrics.EDGE_PAD:
                return
            brush.fill(x, y + 6, step - 1, LEGEND_H - 12, heat(there, bp))
            brush.center(x + step / 2, base, bp_text(bp)[:-1], "cap", heat_ink(there, bp))
            x += step
        note = texts(f"market_map.area.{self.by}")
        if x + 16 + self._cache.width("secondary", note) < self.width() - metrics.EDGE_PAD:
            brush.right(self.width() - metrics.EDGE_PAD, base, note, "secondary", tokens.text3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self._cursor = cell.symbol
            self.chosen.emit(cell.symbol)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            text = f"{cell.name} {cell.symbol}  {bp_text(cell.bp)}%" if cell is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in ways and not event.modifiers():
            self._step(*ways[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._cursor:  # without one Enter is nobody's: it would send the form's order
                self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def _step(self, dx: int, dy: int) -> None:
        """To the nearest cell that way."""
        cells = self.cells()
        here = next((cell for cell in cells if cell.symbol == (self._cursor or self._symbol)), None)
        if here is None:
            self._cursor = cells[0].symbol if cells else ""
        else:
            ahead = [(gap, cell) for cell in cells if (gap := _gap(here.box, cell.box, dx, dy)) is not None]
            if ahead:
                self._cursor = min(ahead, key=lambda one: one[0])[1].symbol
        cell = next((one for one in cells if one.symbol == self._cursor), None)
        if cell is not None:
            self.setAccessibleDescription(f"{cell.name} {bp_text(cell.bp)}%")
            tell_current(self)
        self.update()


class MarketMapPanel(Panel):
    """시장 지도."""

    title_key = "market_map.title"
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.map = MarketMap(context.texts)
        self._laid_ns = self._looked_ns = 0
        self.canvas = MapCanvas(context)
        self.canvas.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.setFocusProxy(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_chips())
        column.addWidget(self.canvas, 1)
        self.canvas.chosen.connect(lambda symbol: context.selection.choose(symbol, self.group))
        self.canvas.resized.connect(self._lay_out_again)

    def _make_chips(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        self.chips: dict[str, Button] = {}
        for by in BY:
            look = "chosen" if by == self.map.by else "chip"
            chip = self.chips[by] = Button(tokens, texts(f"market_map.by.{by}"), look=look, height=metrics.CHIP)
            chip.clicked.connect(lambda _=False, by=by: self.choose(by))
            row.addWidget(chip)
        row.addStretch(1)
        return row

    def choose(self, by: str) -> None:
        """What areas stand for."""
        self.map.by = by
        for name, chip in self.chips.items():
            chip.show_as(chip.text(), "chosen" if name == by else "chip")
        self._lay_out_again()

    def stored(self) -> dict[str, Any]:
        return {"by": self.map.by} if self.map.by != BY[0] else {}

    def take_stored(self, stored: dict[str, Any]) -> None:
        """What areas stand for; anything else than that is as it was at first."""
        by = stored.get("by")
        self.choose(str(by) if by in BY else BY[0])

    def kept(self) -> str:
        """What areas stand for, for a window that is made anew."""
        return self.map.by

    def take_kept(self, kept: object) -> None:
        """Show what areas stood for before."""
        if kept in BY:
            self.choose(str(kept))

    def _lay_out_again(self) -> None:
        self._laid_ns = self._looked_ns = 0
        self.mark_dirty()

    @property
    def subtitle(self) -> str:
        return self.context.texts("market_map.count", count=len(self.canvas.cells()))

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.market.trades or frame.market.instruments or frame.selection)

    def on_frame(self, frame: Frame) -> None:
        if frame.market.instruments:
            self._laid_ns = 0
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:
        if self._looked_ns and now_ns - self._looked_ns < LOOK_NS:
            self.canvas.show_groups(self.canvas.groups, self.symbol, self.map.by)
            self.mark_dirty()
            return
        self._looked_ns = now_ns
        universe = self.context.universe
        if not self._laid_ns or now_ns - self._laid_ns >= LAY_OUT_NS or self.map.is_empty:
            self._laid_ns = now_ns
            self.map.lay_out(universe, self.canvas.width(), self.canvas.map_height)
        self.canvas.show_groups(self.map.groups(universe), self.symbol, self.map.by)


def fit(texts: TextCache, cell: MapCell, box: Box) -> tuple[list[str], str, bool]:
    """What stands in a cell: the name in one line or two, or the code; its role; whether the figure has room.

    Nothing where not even the code has room.
    """
    width, height = box.width - 7, box.height - 5
    figure = f"{bp_text(cell.bp)}%"
    for with_figure in (True, False):
        for wanted, lines in ((cell.name, 1), (cell.name, 2), (cell.symbol, 1)):
            for i, role in enumerate(ROLES):
                small = ROLES[min(i + 1, len(ROLES) - 1)]
                tall = LINE[role] * lines + (LINE[small] if with_figure else 0)
                if tall > height or (with_figure and texts.width(small, figure) > width):
                    continue
                names = [wanted] if lines == 1 else halves(texts, wanted, role)
                if max(texts.width(role, name) for name in names) <= width:
                    return names, role, with_figure
    return [], "", False


def halves(texts: TextCache, name: str, role: str) -> list[str]:
    """A name in the two lines that are narrowest together, broken at a space where there is one.

    A Latin word is broken before a capital within it, `SamsungEpis`, and nowhere else.
    """
    places: Sequence[int] = [i for i, letter in enumerate(name) if letter == " "]
    if not places and name.isascii():
        places = [i for i in range(1, len(name)) if name[i].isupper() and name[i - 1].islower()]
    elif not places:
        places = range(1, len(name))
    cuts = [[name[:i].rstrip(), name[i:].lstrip()] for i in places]
    return min(cuts, key=lambda cut: max(texts.width(role, part) for part in cut), default=[name])


def _gap(here: Box, there: Box, dx: int, dy: int) -> int | None:
    """How far a box lies that way, with what it lies aside counted double; None where it lies elsewhere."""
    across = (there.x + there.width // 2) - (here.x + here.width // 2)
    down = (there.y + there.height // 2) - (here.y + here.height // 2)
    ahead, aside = (across * dx, abs(down)) if dx else (down * dy, abs(across))
    return ahead + 2 * aside if ahead > 0 else None
