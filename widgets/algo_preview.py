"""The plan before it starts: bars of shares over time, their sum as a line, the curve behind, costs, and IS's choice.

Nothing is reckoned here; see hts.desk.algo_preview. A click on a row of the choice takes its urgency; with the keyboard
in it Up and Down take the patienter or hastier one.
"""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from hts.desk.algo_preview import Choice, Line, Picture
from hts.desk.figures import clock_text, qty_text
from hts.desk.spoken_charts import SpokenPlace
from hts.model.enums import Side
from themes import metrics
from widgets.controls import TEXTS
from widgets.painting import Brush, faded, hair_pen
from widgets.panel import PanelContext
from widgets.spoken_places import SpeaksPlaces
from widgets.spoken_rows import tell_current

CHART_MIN, CHART_MAX = 96, 480
AXIS_H = 18
HEAD = metrics.TABLE_HEAD
ROW = 20
BAR_ALPHA, CAP_ALPHA = 120, 70  # so that the curve over them is seen first
CHOICE_W = 150  # of the two bars of a choice, together


class PlanPreview(SpeaksPlaces, QWidget):
    """`show_plan` gives it all. Signal: `haste` with an urgency."""

    haste = Signal(str)

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._context = context
        self._picture = Picture()
        self._side = Side.BUY
        self._lines: tuple[Line, ...] = ()
        self._choices: tuple[Choice, ...] = ()
        self._note = ""
        self._choices_y = 0
        self.setMinimumWidth(240)
        self.setMinimumHeight(HEAD + CHART_MIN + AXIS_H)
        self.setAccessibleName(context.texts("algo_form.schedule"))

    def show_plan(
        self, picture: Picture, side: Side, lines: tuple[Line, ...], choices: tuple[Choice, ...], note: str
    ) -> None:
        """Take what is to be shown; `note` says why there is no more."""
        shown = (self._picture, self._side, self._lines, self._choices, self._note)
        if shown != (picture, side, lines, choices, note):
            chosen = self._chosen()
            self._picture, self._side, self._lines, self._choices, self._note = picture, side, lines, choices, note
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choices else Qt.FocusPolicy.NoFocus)
            if self._chosen() != chosen and self.hasFocus():
                tell_current(self)
            self.update()

    # Rows for screen readers

    def spoken_places(self) -> list[SpokenPlace]:
        """What is missing, the figures, the slices, the choices between haste and risk."""
        texts = self._context.texts
        said = [self._note] if self._note else []
        said += [f"{label} {figure}" for label, figure, _ in self._lines]
        for bar in self._picture.bars:
            when = clock_text(bar.begin) if self._picture.is_timed else str(bar.begin + 1)
            said.append(texts("algo_form.spoken_bar", when=when, qty=qty_text(bar.qty), cum=qty_text(bar.cum)))
        for number, one in enumerate(self._choices, start=1):
            key = "algo_form.spoken_chosen" if one.is_chosen else "algo_form.spoken_choice"
            said.append(texts(key, number=str(number), total=str(len(self._choices)), figures=one.text))
        return [SpokenPlace(text=text) for text in said]

    def spoken_rect(self, number: int) -> QRect:
        """The line, the slice's column, the choice's row; empty for what has no room."""
        part = number - (1 if self._note else 0)
        if part < 0:
            return QRect(0, 0, self.width(), HEAD)
        top = HEAD + self._chart_height()
        if part < len(self._lines):
            return self._inside(QRect(0, top + AXIS_H + 4 + part * ROW, self.width(), ROW))
        part -= len(self._lines)
        if part < len(self._picture.bars):
            bar = self._picture.bars[part]
            left, right = self._x_of(bar.begin), self._x_of(bar.end)
            return QRect(left, HEAD + 8, max(right - left, 1), top - HEAD - 8)
        part -= len(self._picture.bars)
        if not self._choices_y or part >= len(self._choices):
            return QRect()
        return QRect(0, self._choices_y + part * ROW, self.width(), ROW)

    def _inside(self, rect: QRect) -> QRect:
        return rect if rect.bottom() < self.height() else QRect()

    def spoken_current(self) -> int:
        """The choice that is taken, while the keyboard is here."""
        chosen = self._chosen()
        return self.spoken_count() - len(self._choices) + chosen if self.hasFocus() and chosen >= 0 else -1

    def _chosen(self) -> int:
        return next((number for number, one in enumerate(self._choices) if one.is_chosen), -1)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = int(event.position().y() - self._choices_y) // ROW
        if event.button() is Qt.MouseButton.LeftButton and self._choices_y and 0 <= number < len(self._choices):
            self.haste.emit(str(self._choices[number].urgency_pico))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = (event.key() == Qt.Key.Key_Down) - (event.key() == Qt.Key.Key_Up)
        if not step or not self._choices:
            super().keyPressEvent(event)
            return
        number = min(max(self._chosen() + step, 0), len(self._choices) - 1)
        self.haste.emit(str(self._choices[number].urgency_pico))

    # Pixels

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush, tokens, texts = Brush(painter, TEXTS), self._context.tokens, self._context.texts
        painter.fillRect(event.rect(), tokens.panel)
        brush.fill(0, 0, self.width(), HEAD, tokens.header)
        base = metrics.baseline(0, HEAD)
        end = brush.left(10, base, texts("algo_form.schedule"), "tab", tokens.text)
        room = self.width() - end - 24
        is_bare = not self._picture.bars and not self._lines
        if self._note and not is_bare:
            note = TEXTS.elided("secondary", self._note, room)
            brush.right(self.width() - 10, base, note, "secondary", tokens.attention)
        height = self._chart_height()
        if self._picture.bars:
            self._paint_chart(brush, HEAD + 8, height - 8)
        else:
            self._paint_empty(brush, HEAD, height, self._note if is_bare else texts("algo_form.no_schedule"))
        y = self._paint_lines(brush, HEAD + height + AXIS_H + 4)
        self._choices_y = 0
        if self._choices and y + (len(self._choices) + 1) * ROW <= self.height():
            self._paint_choices(brush, y + 6)
        if self.hasFocus():
            brush.fill(0, 0, self.width(), 2, tokens.own)

    def _chart_height(self) -> int:
        """What lines and choices leave for the bars."""
        rows = len(self._lines) + (len(self._choices) + 2 if self._choices else 0)
        return min(max(self.height() - HEAD - AXIS_H - rows * ROW - 16, CHART_MIN), CHART_MAX)

    def _x_of(self, at: int) -> int:
        """Where a time, or the number of a piece, lies."""
        left, right, picture = 10, self.width() - 44, self._picture
        return left + (right - left) * (at - picture.begin) // (picture.end - picture.begin)

    def _paint_empty(self, brush: Brush, y: int, height: int, text: str) -> None:
        text = TEXTS.elided("secondary", text, self.width() - 20)
        brush.center(self.width() / 2, metrics.baseline(y, height), text, "secondary", self._context.tokens.text3)

    def _paint_chart(self, brush: Brush, top: int, height: int) -> None:
        tokens, picture = self._context.tokens, self._picture
        left, right = 10, self.width() - 44
        bottom = top + height
        x_of = self._x_of
        most = max((bar.qty for bar in picture.bars), default=1) or 1

        for part in range(5):
            brush.hline(left, bottom - height * part // 4, right - left, tokens.line)
        color = faded(tokens.buy if self._side is Side.BUY else tokens.sell, CAP_ALPHA if picture.is_cap else BAR_ALPHA)
        for bar in picture.bars:
            tall = max(height * 9 * bar.qty // (most * 10), 1 if bar.qty else 0)
            width = max(x_of(bar.end) - x_of(bar.begin) - 1, 1)
            brush.fill(x_of(bar.begin), bottom - tall, width, tall, color)
        self._paint_curve(brush, x_of, (top, bottom))
        self._paint_sum(brush, x_of, (top, bottom))
        self._paint_axes(brush, (left, right), (top, bottom))

    def _paint_curve(self, brush: Brush, x_of: Callable[[int], int], edges: tuple[int, int]) -> None:
        """The market's expected volume, as steps."""
        top, bottom = edges
        curve, painter = self._picture.curve, brush.painter
        busiest = max((volume for *_, volume in curve), default=0)
        if not busiest:
            return
        points = []
        for begun, until, volume in curve:
            y = bottom - (bottom - top) * volume / busiest
            points += [QPointF(x_of(begun), y), QPointF(x_of(until), y)]
        painter.setPen(hair_pen(painter, self._context.tokens.vwap, (3, 2)))
        painter.drawPolyline(QPolygonF(points))

    def _paint_sum(self, brush: Brush, x_of: Callable[[int], int], edges: tuple[int, int]) -> None:
        """What is due so far, as steps; and where it stands, when it is under way."""
        tokens, picture, painter = self._context.tokens, self._picture, brush.painter
        top, bottom = edges
        whole = max(picture.whole, 1)
        points, before = [QPointF(x_of(picture.begin), bottom)], 0
        for bar in picture.bars:
            y = bottom - (bottom - top) * bar.cum / whole
            if picture.is_cap:
                points.append(QPointF(x_of(bar.end), y))
            else:
                points += [
                    QPointF(x_of(bar.begin), bottom - (bottom - top) * before / whole),
                    QPointF(x_of(bar.begin), y),
                ]
            before = bar.cum
        points.append(QPointF(x_of(picture.end), bottom - (bottom - top) * before / whole))
        painter.setPen(hair_pen(painter, tokens.text))
        painter.drawPolyline(QPolygonF(points))
        if picture.now:
            x = min(max(x_of(picture.now), x_of(picture.begin)), x_of(picture.end))
            brush.vline(x, top, bottom - top, tokens.own)
            y = bottom - (bottom - top) * min(picture.done, whole) // whole
            brush.fill(x - 3, y - 3, 7, 7, tokens.own)

    def _paint_axes(self, brush: Brush, sides: tuple[int, int], edges: tuple[int, int]) -> None:
        tokens, picture = self._context.tokens, self._picture
        (left, right), (top, bottom) = sides, edges
        for percent in (100, 50):
            y = bottom - (bottom - top) * percent // 100
            brush.left(right + 5, metrics.baseline(y - 8, 16), f"{percent}%", "cap", tokens.text3)
        base = metrics.baseline(bottom, AXIS_H)
        texts = self._context.texts
        if picture.is_timed:
            first, last = clock_text(picture.begin), clock_text(picture.end)
        else:
            first, last = texts("algo_form.piece", number="1"), texts("algo_form.piece", number=str(len(picture.bars)))
        brush.left(left, base, first, "cap", tokens.text3)
        if picture.end - picture.begin > 1:
            brush.right(right, base, last, "cap", tokens.text3)
        most = max((bar.qty for bar in picture.bars), default=0)
        label = texts("algo_form.axis", qty=qty_text(most))
        if picture.curve:
            label = f"{label}   {texts('algo_form.curve')}"
        brush.center((left + right) / 2, base, label, "cap", tokens.text2)

    def _paint_lines(self, brush: Brush, y: int) -> int:
        tokens = self._context.tokens
        for label, figure, is_main in self._lines:
            if y + ROW > self.height():
                break
            base = metrics.baseline(y, ROW)
            brush.left(10, base, label, "body", tokens.text2)
            brush.right(self.width() - 10, base, figure, "title" if is_main else "body", tokens.text)
            y += ROW
        return y

    def _paint_choices(self, brush: Brush, y: int) -> None:
        """Impact to the left, risk to the right of a middle: the patient ones above."""
        tokens, texts = self._context.tokens, self._context.texts
        brush.hline(0, y, self.width(), tokens.line)
        base = metrics.baseline(y, ROW)
        brush.left(10, base, texts("algo_form.trade_off"), "tab", tokens.text)
        brush.right(self.width() - 10, base, texts("algo_form.trade_off_head"), "cap", tokens.text3)
        y = self._choices_y = y + ROW
        most = max((max(one.impact, one.risk) for one in self._choices), default=1) or 1
        middle, half = 10 + CHOICE_W // 2, CHOICE_W // 2 - 2
        for one in self._choices:
            if one.is_chosen:
                brush.fill(0, y, self.width(), ROW, tokens.selected)
                brush.fill(0, y, metrics.SELECTED_BAR, ROW, tokens.own)
            impact, risk = half * one.impact // most, half * one.risk // most
            brush.fill(middle - impact, y + 6, max(impact, 1), ROW - 12, tokens.attention)
            brush.fill(middle + 1, y + 6, max(risk, 1), ROW - 12, tokens.vwap)
            ink = tokens.text if one.is_chosen else tokens.text2
            brush.right(self.width() - 10, metrics.baseline(y, ROW), one.text, "secondary", ink)
            y += ROW
