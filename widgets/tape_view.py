"""The tape's list of prints, the newest on top.

Only rows that can be seen are asked for, and of them only new ones are painted: the picture of the others moves down.
So twenty thousand prints cost what forty do.
"""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import px_text, qty_text
from hts.desk.ratios import bp_text, change_bp, sign
from hts.desk.tape import Print, Tape
from hts.model.instruments import Instrument
from themes import metrics
from widgets.painting import Brush, TextCache, dirty_rows
from widgets.panel import PanelContext
from widgets.tables_parts import RowParts

ROW = 20
HEAD = metrics.TABLE_HEAD
SCROLL_STEP = 3
MS_SIGNS = 4  # at a time's end, with the point
WIDE, WIDE_PX, WIDE_PERCENT = 460, 176, 236  # with more columns; right edges of price and percent
VENUE = 30  # what a venue's name takes, with a gap before it
WIDE_VALUE = 56  # from the value's right edge to the venue's


class TapeView(QWidget):
    """The painted list. `offset`: rows scrolled away from the newest; above 0 the picture holds still."""

    scrolled = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(context.texts("tape.title"))
        self.setMinimumSize(220, HEAD + 3 * ROW)
        self.painted_rows = 0  # rows painted since the start, for tests
        self._context, self._cache = context, TextCache()
        self._tape = Tape()
        self._issue: Instrument | None = None
        self._top: int | None = None  # number of the first row while the picture holds still
        self._rows: list[Print] = []
        self._looks: list[tuple[Print, bool]] = []  # the same, and whether a print is a big one
        self._first = 0  # number of the first one
        self.parts = RowParts(lambda i: self.update(self.spoken_rect(i)))

    def show_tape(self, tape: Tape, issue: Instrument | None) -> None:
        """Show another issue's tape, from its newest print."""
        self._tape, self._issue, self._top = tape, issue, None
        self._rows, self._looks = [], []
        self.update()

    def show_issue(self, issue: Instrument | None) -> None:
        """The issue as it is now: a new day has another base price, by which every row has its colour and percent."""
        if issue is not self._issue:
            self._issue = issue
            self.update()

    @property
    def is_still(self) -> bool:
        """Whether the picture holds still."""
        return self._top is not None

    @property
    def waiting(self) -> int:
        """Prints that arrived above a picture that holds still."""
        return self._tape.total - 1 - self._top if self._top is not None else 0

    @property
    def rows(self) -> list[Print]:
        """The rows that are shown, newest first."""
        return self._rows

    def show_rows(self) -> bool:
        """Update when anything differs; whether it did."""
        tape = self._tape
        oldest = tape.total - len(tape)
        first = tape.total - 1 if self._top is None else max(self._top, min(oldest + self._capacity(), tape.total) - 1)
        rows = [tape.row(number) for number in range(first, max(first - self._capacity(), oldest - 1), -1)]
        before: Sequence[tuple[Print, bool] | None] = self._looks
        self._rows = rows
        self._looks = [(row, tape.is_big(row.qty)) for row in rows]
        moved, self._first = first - self._first, first
        if self._looks == before:
            return False
        if len(self._looks) != len(before):
            self.update()
        elif 0 < moved <= len(before) // 2 and self._can_move:
            # Prints that came in above: Qt moves the picture of the others, and they are not painted again.
            self.scroll(0, moved * ROW, QRect(0, HEAD, self.width(), len(before) * ROW))
            before = (*[None] * moved, *before[:-moved])
        for i, (old, new) in enumerate(zip(before, self._looks, strict=False)):
            if old != new:
                self.parts.note(i)
        self.parts.update()
        return True

    @property
    def _can_move(self) -> bool:
        """Whether all that is painted shows the rows that it should, on whole pixels of the device."""
        return not self.parts and self.devicePixelRatioF().is_integer()

    def spoken_count(self) -> int:
        """Prints that are shown."""
        return len(self._rows)

    def spoken_row(self, number: int) -> str:
        """Time, price, quantity, venue and side of a print."""
        row = self._rows[number]
        decimals = self._issue.px_decimals if self._issue is not None else 0
        word = self._context.texts({1: "tape.buy", -1: "tape.sell", 0: "tape.call"}[row.side])
        return f"{row.time} {px_text(row.px, decimals)} {qty_text(row.qty)} {row.venue} {word}"

    def spoken_rect(self, number: int) -> QRect:
        """Where a print stands."""
        return QRect(0, HEAD + number * ROW, self.width(), ROW)

    def spoken_current(self) -> int:
        """No print has the keyboard: it scrolls."""
        return -1

    def scroll_by(self, rows: int) -> None:
        """Towards older prints when positive; at the newest the picture moves again."""
        tape = self._tape
        newest, oldest = tape.total - 1, tape.total - len(tape)
        top = (newest if self._top is None else self._top) - rows
        top = max(top, min(oldest + self._capacity() - 1, newest))
        self._top = top if top < newest else None
        self._show_whole()
        self.scrolled.emit()

    def go_live(self) -> None:
        """Back to the newest print."""
        self._top = None
        self._show_whole()
        self.scrolled.emit()

    def _show_whole(self) -> None:
        if self.show_rows():
            self.update()

    def _capacity(self) -> int:
        return max((self.height() - HEAD) // ROW, 1)

    def _edges(self) -> tuple[int, int, int, int]:
        """Right edges of price and quantity, of the venue's column, and of the side's."""
        width = self.width()
        side = width - metrics.EDGE_PAD
        venue = side - 34
        if self._is_wide:
            return WIDE_PX, round(WIDE_PERCENT + (venue - WIDE_PERCENT) * 0.38), venue, side
        return round(width * 0.53), min(round(width * 0.76), venue - VENUE), venue, side

    @property
    def _is_wide(self) -> bool:
        """Whether there is room for the change in percent and the value too."""
        return self.width() >= WIDE

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rows, self._looks = [], []
        self.show_rows()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.panel)
        if event.rect().top() < HEAD:
            self._paint_head(brush)
        for i in dirty_rows(event.region(), HEAD, ROW, len(self._rows)):
            self._paint_row(brush, *self._looks[i], HEAD + i * ROW)
            self.painted_rows += 1
        if not self._rows:
            base = metrics.baseline(HEAD, min(self.height() - HEAD, 80))
            brush.center(self.width() / 2, base, self._context.texts("tape.empty"), "body", tokens.text3)
        if self.hasFocus():
            brush.hline(0, HEAD - 1, self.width(), tokens.own)

    def _paint_head(self, brush: Brush) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        base = metrics.baseline(0, HEAD)
        px_end, qty_end, venue_end, _ = self._edges()
        brush.hline(0, HEAD - 1, self.width(), tokens.line)
        brush.left(metrics.EDGE_PAD, base, texts("tape.time"), "secondary", tokens.text3)
        brush.right(px_end, base, texts("tape.px"), "secondary", tokens.text3)
        brush.right(qty_end, base, texts("tape.qty"), "secondary", tokens.text3)
        if self._is_wide:
            brush.right(WIDE_PERCENT, base, texts("tape.percent"), "secondary", tokens.text3)
            brush.right(venue_end - WIDE_VALUE, base, texts("tape.value"), "secondary", tokens.text3)
        brush.right(venue_end, base, texts("tape.venue"), "secondary", tokens.text3)
        brush.right(self.width() - metrics.EDGE_PAD, base, texts("tape.side"), "secondary", tokens.text3)

    def _paint_row(self, brush: Brush, row: Print, is_big: bool, y: int) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        issue = self._issue
        decimals, base_px = (issue.px_decimals, issue.base_px) if issue is not None else (0, 0)
        base = metrics.baseline(y, ROW)
        px_end, qty_end, venue_end, end = self._edges()
        ink = {1: tokens.buy, -1: tokens.sell, 0: tokens.text2}[row.side]
        if is_big:
            brush.fill(0, y, self.width(), ROW, {1: tokens.buy_tint, -1: tokens.sell_tint, 0: tokens.raised}[row.side])
            brush.fill(0, y, metrics.SELECTED_BAR, ROW, ink)
        # In two: no instant comes again, but its second does, and its milliseconds do.
        second = brush.left(metrics.EDGE_PAD, base, row.time[:-MS_SIGNS], "secondary", tokens.text2)
        brush.left(second, base, row.time[-MS_SIGNS:], "secondary", tokens.text2)
        tone = {1: tokens.up, -1: tokens.down, 0: tokens.text}[sign(row.px - base_px)]
        brush.right(px_end, base, px_text(row.px, decimals), "price_strong" if is_big else "price", tone)
        qty = brush.right(qty_end, base, qty_text(row.qty), "price_bold" if is_big else "price", tokens.text)
        if row.count > 1 and qty - px_end > 34:
            brush.right(qty - 5, base, f"×{row.count}", "cap", tokens.text3)
        if self._is_wide:
            brush.right(WIDE_PERCENT, base, bp_text(change_bp(row.px, base_px)), "secondary", tone)
            value = qty_text(row.px * row.qty // 10 ** (decimals + 3))
            brush.right(venue_end - WIDE_VALUE, base, value, "body", tokens.text2)
        brush.right(venue_end, base, row.venue, "secondary", tokens.text2)
        if row.side:
            word = texts(f"tape.{'buy' if row.side > 0 else 'sell'}")
            begin = brush.right(end, base, word, "secondary", ink)
            small = metrics.TRIANGLE_SMALL_W
            if begin - small - 3 > venue_end + 2:
                brush.triangle(round(begin) - small - 3, y + ROW // 2, row.side > 0, ink, small)
        else:
            brush.right(end, base, texts("tape.call"), "secondary", ink)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -self._capacity(),
            Qt.Key.Key_PageDown: self._capacity(),
        }
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers():
            self.scroll_by(steps[key])
        elif key is Qt.Key.Key_Home and not event.modifiers():
            self.go_live()
        elif key is Qt.Key.Key_End and not event.modifiers():
            self.scroll_by(len(self._tape))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.scroll_by(-SCROLL_STEP if event.angleDelta().y() > 0 else SCROLL_STEP)
        event.accept()
