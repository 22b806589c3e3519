"""Lines, dots, columns and clouds of the studies in one pane; the compared issues' lines; the volume profile."""

from collections.abc import Callable
from math import isfinite

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from hts.desk.chart import Series
from hts.desk.chart_compare import Compared, Line
from hts.desk.chart_frames import HIGH, LOW, QTY, Floats, Ints, periods
from hts.desk.chart_plane import Plane
from hts.desk.chart_studies import StudyLines, color_of
from hts.indicators.catalogue import Look, Output, Reach
from hts.indicators.volumes import profile
from themes.tokens import Tokens
from widgets.chart_candles import SMOOTH_MIN_PX, body_px
from widgets.chart_items import Buffer
from widgets.painting import hair_pen

LINE_PX = 1.2
COMPARE_PX = 1.4
CLOUD_ALPHA = 26
PROFILE_SHARE = 0.2  # of the pane's width
PROFILE_COLUMNS = 2048
DOT_PX = 3


class StudyLayer:
    """All studies of one pane."""

    def __init__(self, tokens: Tokens) -> None:
        self.series = Series(60)
        self.studies: list[StudyLines] = []
        self._tokens = tokens
        self._lines = Buffer(QLineF)
        self._rects = Buffer(QRectF)
        self._period: tuple[object, bool] = (None, True)  # whether the last two bars are of one, and which they are

    @property
    def is_at_end(self) -> bool:
        """Unless a line is shifted back."""
        return all(shift >= 0 for one in self.studies for shift in one.shifts)

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """All studies, one over the other."""
        for one in self.studies:
            self.draw_study(painter, plane, one)

    def draw_study(self, painter: QPainter, plane: Plane, one: StudyLines) -> None:
        """All pieces in view but those that end at the last bar."""
        for level in one.study.marked:
            self._draw_level(painter, plane, level)
        for output, line in zip(one.study.indicator.outputs, one.lines, strict=True):
            shift = one.study.shift(output)
            at = self._numbers(plane, shift, min(len(line), len(self.series)))
            if not len(at):
                continue
            if output.until:
                self._draw_cloud(painter, plane, one, (output, at + shift, line[at]), at)
            self._draw_output(painter, plane, one, (output, at, line[at], shift))

    @staticmethod
    def _numbers(plane: Plane, shift: int, count: int) -> Ints:
        """Bars, of `count`, whose values are drawn in the still pass: at most one per pixel."""
        step = max(int(1 / plane.bar_px), 1)
        last = count - 2
        first = max(int(plane.x0) - shift - step - 1, 0) // step * step
        return np.arange(first, min(int(plane.x1) - shift + step + 2, last) + 1, step)

    def _draw_level(self, painter: QPainter, plane: Plane, level: float) -> None:
        painter.setPen(hair_pen(painter, self._tokens.line2, (2, 3)))
        y = int(plane.y_of(level))
        painter.drawLine(int(plane.left), y, int(plane.right), y)

    def _draw_output(
        self, painter: QPainter, plane: Plane, one: StudyLines, drawn: tuple[Output, Ints, Floats, int]
    ) -> None:
        output, at, values, shift = drawn
        color = getattr(self._tokens, color_of(one.study, output))
        x, y = plane.x_of(at + shift), plane.y_of(values)
        if output.look is Look.LINE:
            joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
            if one.study.indicator.reach is Reach.SESSION:
                days = periods(self.series.start_ns[at], self.series.timeframe_s, self.series.begin_s)
                joined &= days[1:] == days[:-1]
            self._draw_line(painter, plane, (x, y, np.flatnonzero(joined)), color)
            return
        known = np.isfinite(y)
        if output.look is Look.DOTS:
            self._draw_dots(painter, x[known], y[known], color)
        else:
            self._draw_columns(painter, plane, (x[known], y[known]), color)

    def _draw_line(self, painter: QPainter, plane: Plane, line: tuple[Floats, Floats, Ints], color: QColor) -> None:
        x, y, known = line
        lines = self._lines.take(len(known))
        lines[:, 0], lines[:, 1] = x[known], y[known]
        lines[:, 2], lines[:, 3] = x[known + 1], y[known + 1]
        is_smooth = plane.bar_px >= SMOOTH_MIN_PX
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=is_smooth)
        painter.setPen(QPen(color, LINE_PX) if is_smooth else hair_pen(painter, color))
        if len(known):
            painter.drawLines(self._lines.first, len(known))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_dots(self, painter: QPainter, x: Floats, y: Floats, color: QColor) -> None:
        rects = self._rects.take(len(x))
        rects[:, 0], rects[:, 1] = np.floor(x) - 1, np.floor(y) - 1
        rects[:, 2] = rects[:, 3] = DOT_PX
        self._fill(painter, len(x), color)

    def _draw_columns(self, painter: QPainter, plane: Plane, at: tuple[Floats, Floats], color: QColor) -> None:
        x, y = at
        base, body = np.floor(plane.y_of(0.0)), body_px(plane, 1)
        rects = self._rects.take(len(x))
        rects[:, 0] = np.floor(x) - body // 2
        rects[:, 1] = np.minimum(np.floor(y), base)
        rects[:, 2] = body
        rects[:, 3] = np.maximum(np.abs(np.floor(y) - base), 1)
        self._fill(painter, len(x), color)

    def _draw_cloud(
        self, painter: QPainter, plane: Plane, one: StudyLines, edge: tuple[Output, Ints, Floats], at: Ints
    ) -> None:
        """Between two outputs, a column per bar; where the second is above, in its colour."""
        output, numbers, values = edge
        names = [other.name for other in one.study.indicator.outputs]
        other_at = names.index(output.until)
        other = one.lines[other_at][at]
        step = numbers[1] - numbers[0] if len(numbers) > 1 else 1
        x, y1, y2 = np.floor(plane.x_of(numbers - step / 2)), plane.y_of(values), plane.y_of(other)
        ends = np.floor(plane.x_of(numbers + step / 2))
        sides = ((output, y1 <= y2), (one.study.indicator.outputs[other_at], y1 > y2))
        for side, is_there in sides:
            which = np.flatnonzero(is_there & np.isfinite(y1) & np.isfinite(y2))
            rects = self._rects.take(len(which))
            rects[:, 0], rects[:, 2] = x[which], (ends - x)[which]
            rects[:, 1] = np.floor(np.minimum(y1, y2)[which])
            rects[:, 3] = np.floor(np.abs(y1 - y2)[which])
            color = QColor(getattr(self._tokens, color_of(one.study, side)))
            color.setAlpha(CLOUD_ALPHA)
            self._fill(painter, len(which), color)

    def _fill(self, painter: QPainter, count: int, color: QColor) -> None:
        if count:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRects(self._rects.first, count)

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """From the last still value to the last bar's."""
        last = len(self.series) - 1
        if last < 1 or not self.studies:
            return
        bar_px, last_x = plane.bar_px, float(plane.x_of(last))
        step = max(int(1 / bar_px), 1)
        before = (last - 1) // step * step
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in self.studies:
            study = one.study.indicator
            breaks = study.reach is Reach.SESSION and not self._is_one_period(before, last)
            for output, line, shift, name in zip(study.outputs, one.lines, one.shifts, one.colors, strict=True):
                if len(line) <= last:  # the bars are others, and their lines not computed yet
                    continue
                value = float(line[last])
                if not plane.x0 - step <= last + shift <= plane.x1 + step or not isfinite(value):
                    continue
                color = getattr(self._tokens, name)
                x, y = last_x + shift * bar_px, float(plane.y_of(value))
                if output.look is not Look.LINE:
                    self._draw_last(painter, plane, (output.look, x, y), color)
                elif isfinite(line[before]) and not breaks:
                    begin = QPointF(x - (last - before) * bar_px, plane.y_of(float(line[before])))
                    painter.setPen(QPen(color, LINE_PX))
                    painter.drawLine(begin, QPointF(x, y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _is_one_period(self, before: int, last: int) -> bool:
        """Looked at once for each new bar."""
        series = self.series
        key = (series, series.appended, series.generation, before, last)
        if self._period[0] != key:
            starts = series.start_ns[[before, last]]
            self._period = key, bool(np.ptp(periods(starts, series.timeframe_s, series.begin_s)) == 0)
        return self._period[1]

    def _draw_last(self, painter: QPainter, plane: Plane, at: tuple[Look, float, float], color: QColor) -> None:
        look, x, y = at
        if look is Look.DOTS:
            painter.fillRect(int(x) - 1, int(y) - 1, DOT_PX, DOT_PX, color)
            return
        base, body = int(plane.y_of(0.0)), body_px(plane, 1)
        painter.fillRect(int(x) - body // 2, min(int(y), base), body, max(abs(int(y) - base), 1), color)


class ProfileLayer:
    """Volume by price of the bars in view, from the pane's right edge."""

    is_at_end = True

    def __init__(self, tokens: Tokens) -> None:
        self.series = Series(60)
        self.rows = 0  # 0 shows none
        self._tokens = tokens
        self._rects = Buffer(QRectF)

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """One bar per row."""
        if not self.rows:
            return
        first, last = max(int(plane.x0), 0), min(int(plane.x1) + 1, len(self.series) - 1)
        window = self.series.window(first, last, (last - first) / PROFILE_COLUMNS)
        if not window.columns.shape[1]:
            return
        high, low = float(window.columns[HIGH].max()), float(window.columns[LOW].min())
        edges = np.linspace(low, max(high, low + 1), self.rows + 1)
        volume = profile(window.columns[HIGH], window.columns[LOW], window.columns[QTY], edges)
        most = float(volume.max())
        if most <= 0:
            return
        y = np.floor(plane.y_of(edges))
        rects = self._rects.take(self.rows)
        rects[:, 2] = np.floor(volume / most * plane.width * PROFILE_SHARE)
        rects[:, 0] = plane.right - rects[:, 2]
        rects[:, 1], rects[:, 3] = y[1:] + 1, np.maximum(y[:-1] - y[1:] - 1, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        color = QColor(self._tokens.profile)
        color.setAlpha(150)
        painter.setBrush(color)
        painter.drawRects(self._rects.first, self.rows)
        strongest = int(np.argmax(volume))
        painter.fillRect(QRectF(*rects[strongest]), self._tokens.ctl)

    def draw_moving(self, _painter: QPainter, _plane: Plane) -> None:
        """The profile follows with the next bar."""


class CompareLayer:
    """The compared issues' closes, rebased to the first bar in view, each in its colour."""

    is_at_end = False

    def __init__(self, tokens: Tokens, lines: Callable[[float, float], list[tuple[Compared, Line]]]) -> None:
        """`lines` gives what there is to draw for bars in view, from the first to the last."""
        self._lines_of = lines
        self._tokens = tokens
        self._lines = Buffer(QLineF)

    def draw(self, _painter: QPainter, _plane: Plane) -> None:
        """All of it moves: its base is in view."""

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """One line for each."""
        found = self._lines_of(plane.x0, plane.x1)
        if not found:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=plane.bar_px >= SMOOTH_MIN_PX)
        for one, line in found:
            x, y = plane.x_of(line.numbers), plane.y_of(line.values)
            known = np.flatnonzero(np.isfinite(y[:-1]) & np.isfinite(y[1:]))
            if not len(known):
                continue
            lines = self._lines.take(len(known))
            lines[:, 0], lines[:, 1] = x[known], y[known]
            lines[:, 2], lines[:, 3] = x[known + 1], y[known + 1]
            painter.setPen(QPen(getattr(self._tokens, one.color), COMPARE_PX))
            painter.drawLines(self._lines.first, len(known))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
