"""The journal's calendar: as many months as have room, each day's ground as strong as its result.

Keys: Left and Right go from one trading day to the next, Up and Down a week of them, PageUp and PageDown to another
month; Enter narrows the journal to the day, and widens it again.
"""

import re

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from hts.desk.figures import qty_text, signed_money
from hts.desk.ratios import sign
from hts.desk.tables_positions import date_text
from hts.desk.trade_calendar import LEVELS, WORKDAYS, CalendarDay, CalendarMonth, CalendarWeek, money_label
from hts.desk.trade_journal_state import JournalState
from themes import metrics
from widgets.painting import Brush, TextCache, faded
from widgets.panel import PanelContext
from widgets.spoken_rows import tell_current

HEAD = 22  # the title's row
PART = re.compile(r"\.\d+")  # of a figure in units, which gives way first
MONTH_HEAD = 20
WEEK_HEAD = 16
CELL_MIN = 48
SUM_W = 62
GAP = 18
WEEKS_MAX = 6
CELL_H_MAX = 40
MONTHS_MAX = 6
STRONGEST = 120  # alpha of the ground of the biggest day: figures stay readable on it

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -WORKDAYS, Qt.Key.Key_Down: WORKDAYS}
PAGES = {Qt.Key.Key_PageUp: -21, Qt.Key.Key_PageDown: 21}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class JournalCalendar(QWidget):
    """`chosen(date)`: the day was taken, or 0 when the chosen one was let go."""

    chosen = Signal(int)

    def __init__(self, state: JournalState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self._cells: list[tuple[QRect, CalendarDay]] = []
        self.current = 0
        self.setMinimumSize(CELL_MIN * WORKDAYS + SUM_W + 2 * metrics.EDGE_PAD, 190)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(context.texts("journal.calendar"))

    # What is shown

    @property
    def months(self) -> tuple[CalendarMonth, ...]:
        """The months that have room; the cursor's is among them."""
        width = self.width() - 2 * metrics.EDGE_PAD + GAP
        columns = self._columns
        count = min(max(width // (CELL_MIN * columns + SUM_W + GAP), 1), MONTHS_MAX)
        newest = max(self._state.days, default=0)
        shown = self._state.calendar(count)
        if not self.current or not shown or self.current // 100 >= shown[0].year * 100 + shown[0].month:
            return shown
        return self._state.calendar(count, min(self.current, newest))

    @property
    def _columns(self) -> int:
        found = self._state.calendar(1)
        return len(found[0].weeks[0].days) if found else WORKDAYS

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        x = brush.left(metrics.EDGE_PAD, 16, texts("journal.calendar"), "title", tokens.text) + 8
        hint = texts("journal.calendar_day" if self._state.day else "journal.calendar_hint")
        hint = brush.texts.elided("secondary", hint, self.width() - x - metrics.EDGE_PAD)
        ink = tokens.own if self._state.day else tokens.text2
        brush.left(x, 16, hint, "secondary", ink)
        self._cells = []
        months = self.months
        if not months:
            brush.left(metrics.EDGE_PAD, 40, texts("journal.no_trips"), "body", tokens.text2)
            return
        width = (self.width() - 2 * metrics.EDGE_PAD - GAP * (len(months) - 1)) // len(months)
        for number, month in enumerate(months):
            self._month(brush, QRect(metrics.EDGE_PAD + number * (width + GAP), HEAD, width, self.height()), month)

    def _month(self, brush: Brush, box: QRect, month: CalendarMonth) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        name = texts("journal.month", year=f"{month.year}", month=f"{month.month:02d}")
        end = brush.left(box.x(), HEAD + 15, name, "title", tokens.text) + 8
        amount = signed_money(month.amount, self._state.shown_currency)
        begin = brush.right(box.right(), HEAD + 15, amount, "body_medium", self._ink(month.amount))
        score = texts("journal.month_days", wins=month.wins, losses=month.losses)
        if end + brush.texts.width("secondary", score) + 8 < begin:
            brush.left(end, HEAD + 15, score, "secondary", tokens.text2)
        columns = len(month.weeks[0].days)
        cell = (box.width() - SUM_W) // columns
        top = HEAD + MONTH_HEAD
        for number in range(columns):
            middle = box.x() + number * cell + cell / 2
            brush.center(middle, top + 12, texts(f"weekday.{number}"), "cap", tokens.text3)
        brush.right(box.right(), top + 12, texts("journal.week_sum"), "cap", tokens.text3)
        top += WEEK_HEAD
        height = min((self.height() - top - 4) // WEEKS_MAX, CELL_H_MAX)
        for number, week in enumerate(month.weeks):
            self._week(brush, QRect(box.x(), top + number * height, cell, height), week, box.right())

    def _week(self, brush: Brush, first: QRect, week: CalendarWeek, right: int) -> None:
        """`first` is the place of the week's first day."""
        for number, day in enumerate(week.days):
            if day is not None:
                self._day(brush, first.translated(number * first.width(), 0), day)
        if week.is_traded:
            base = metrics.baseline(first.y(), first.height())
            text = money_label(week.amount, self._context.texts.language, self._state.shown_currency)
            brush.right(right, base, text, "body_medium", self._ink(week.amount))

    def _day(self, brush: Brush, place: QRect, day: CalendarDay) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        box = place.adjusted(0, 0, -2, -2)
        self._cells.append((box, day))
        if day.level:
            tint = tokens.up if day.level > 0 else tokens.down
            alpha = STRONGEST * (abs(day.level) + 1) // (LEVELS + 1)
            brush.fill(box.x(), box.y(), box.width(), box.height(), faded(tint, alpha))
        elif day.is_traded:
            brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.raised)
        else:
            brush.frame(box.x(), box.y(), box.width(), box.height(), tokens.line)
        ink = tokens.text if day.is_traded else tokens.text3
        is_tall = box.height() >= 26
        number_base = box.y() + (10 if is_tall else (box.height() + 9) // 2)
        brush.left(box.x() + 4, number_base, str(day.number), "cap", ink)
        if day.is_closed:
            word = texts("journal.closed")
            if brush.texts.width("cap", word) <= box.width() - 22 or is_tall:
                brush.right(box.right() - 2, box.bottom() - 4 if is_tall else number_base, word, "cap", tokens.text3)
        if day.is_traded:
            room = box.width() - 6 if is_tall else box.width() - 20
            whole = money_label(day.amount, texts.language, self._state.shown_currency)
            forms = [(text, role) for text in (whole, PART.sub("", whole)) for role in ("secondary", "cap")]
            fitting = next((one for one in forms if brush.texts.width(one[1], one[0]) <= room), None)
            base = box.bottom() - 4 if is_tall else number_base
            if fitting is not None:
                brush.right(box.right() - 2, base, *fitting, tokens.text)
        if day.date == self._state.day:
            brush.frame(box.x(), box.y(), box.width(), box.height(), tokens.own)
            brush.frame(box.x() + 1, box.y() + 1, box.width() - 2, box.height() - 2, tokens.own)
        elif self.hasFocus() and day.date == self.current:
            brush.frame(box.x(), box.y(), box.width(), box.height(), tokens.own)

    def _ink(self, amount: int) -> QColor:
        tokens = self._context.tokens
        return {1: tokens.up, -1: tokens.down, 0: tokens.text}[sign(amount)]

    # Gestures

    def _day_at(self, point: QPoint) -> CalendarDay | None:
        return next((day for box, day in self._cells if box.contains(point) and day.is_traded), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        day = self._day_at(event.position().toPoint())
        if day is not None:
            self.current = day.date
            self._take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        by = STEPS.get(key) or PAGES.get(key)
        if by:
            self.current = self._state.next_day(self.current or self._state.day, by)
            self.update()
            tell_current(self)
        elif key in ENTER:
            if self.current:  # without one Enter is nobody's: it would send the form's order
                self._take()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        self.chosen.emit(0 if self._state.day == self.current else self.current)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.current = self.current or self._state.day or max(self._state.days, default=0)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            day = self._day_at(event.pos())
            QToolTip.showText(event.globalPos(), self._words(day) if day is not None else "", self)
            return True
        return super().event(event)

    # For screen readers

    def _traded(self) -> list[CalendarDay]:
        weeks = [week for month in self.months for week in month.weeks]
        return [day for week in weeks for day in week.days if day is not None and day.is_traded]

    def _words(self, day: CalendarDay) -> str:
        amount = signed_money(day.amount, self._state.shown_currency)
        return self._context.texts(
            "journal.day_words", date=date_text(day.date), amount=amount, trips=qty_text(day.trips)
        )

    def spoken_count(self) -> int:
        """The trading days that are shown."""
        return len(self._traded())

    def spoken_row(self, number: int) -> str:
        """A day in words."""
        return self._words(self._traded()[number])

    def spoken_rect(self, number: int) -> QRect:
        """Where a day stands."""
        date = self._traded()[number].date
        return next((box for box, day in self._cells if day.date == date), QRect())

    def spoken_current(self) -> int:
        """The day with the keyboard."""
        return next((i for i, day in enumerate(self._traded()) if day.date == self.current), -1)
