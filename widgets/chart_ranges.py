"""Which prices a chart shows, and where its axes have lines."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect

from hts.desk.chart_compare import view_base
from hts.desk.chart_marks import Marks
from hts.desk.chart_scale import TimeMark, axis_qty, log_lines, percent_text, price_lines, time_marks, value_lines
from hts.desk.chart_settings import Scale
from hts.desk.figures import px_text
from widgets.chart_axes import AxisLabel

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

RANGE_PAD = 0.06  # above and below the bars
OWN_REACH = 0.5  # of the bars' range: own orders within it are kept in view
PERCENT_LEAST = 0.01


def price_range(canvas: "ChartCanvas", left: float, right: float) -> list[float] | None:
    """The range, in view units, that fits the bars in view; None when there is nothing to fit."""
    low, high, _ = canvas.series.extent(int(left), int(right) + 1)
    if high <= 0:
        return None
    # Own prices that are near come into view; a far one would flatten the bars.
    near = (high - low) * OWN_REACH
    marks = canvas.marks_layer.marks
    own = [order.px for order in marks.orders] + ([marks.average_px] if marks.average_px else [])
    reached: list[float] = [px for px in own if low - near <= px <= high + near]
    for _, line in canvas.compared_lines(left, right):
        reached += [float(np.nanmin(line.values)), float(np.nanmax(line.values))]
    low, high = min([low, *reached]), max([high, *reached])
    plane = canvas.price_plane
    y0, y1 = float(plane.in_view(low)), float(plane.in_view(high))
    pad = max((y1 - y0) * RANGE_PAD, 0.0005 if plane.is_log else max(high * 0.0005, 1.0))
    return [y0 - pad, y1 + pad]


def mark_axes(canvas: "ChartCanvas") -> None:
    """Lines and labels of all axes for the view as it is."""
    times = canvas.times.marks(canvas)
    canvas.time_axis.marks = times
    for pane in canvas.stack.panes:
        pane.grid.times = [(mark.index, mark.is_session) for mark in times]
        if pane is not canvas.price_pane:
            pane.mark(pane.box.height(), lambda qty: axis_qty(qty, canvas.texts.language))
    labels = price_labels(canvas)
    canvas.price_pane.axis.labels = labels
    canvas.price_pane.grid.values = [label.value for label in labels]


def price_labels(canvas: "ChartCanvas") -> list[AxisLabel]:
    """Prices that have a line, and what is written there."""
    plane = canvas.price_plane
    low, high = plane.value_at(plane.bottom), plane.value_at(plane.top)
    if canvas.settings.scale is Scale.PERCENT:
        base = view_base(canvas.series, plane.x0)
        if base > 0:
            shares = value_lines(100 * (low / base - 1), 100 * (high / base - 1), plane.height, least=PERCENT_LEAST)
            return [AxisLabel(base * (1 + share / 100), percent_text(share)) for share in shares]
    found = (log_lines if plane.is_log else price_lines)(low, high, plane.height)
    return [AxisLabel(px, px_text(px, canvas.decimals)) for px in found]


def own_of(marks: Marks) -> tuple[object, ...]:
    """What moves lines of the trader's own. What labels say stands right of the last bars, or is reached for."""
    return [(order.order_id, order.px, order.kind) for order in marks.orders], marks.fills, marks.average_px


def fits_still(canvas: "ChartCanvas") -> bool:
    """Whether the last bar is surely within the ranges that were fitted before: then nothing has to be looked at.

    A bar only grows. Its own range inside what is shown, the padding left out, cannot have made another one.
    """
    if len(canvas.stack.panes) > 2 or canvas.compared or not len(canvas.series):
        return False
    _, high, low, _, qty, _ = canvas.series.columns[:, -1].tolist()
    plane = canvas.price_plane
    pad = (plane.y1 - plane.y0) * RANGE_PAD
    top = canvas.stack.panes[-1].box.viewRange()[1][1]
    return bool(plane.in_view(high) < plane.y1 - pad and plane.in_view(low) > plane.y0 + pad and qty < top / 2)


def touched(canvas: "ChartCanvas") -> QRect:
    """What a trade changed: the last bars and everything right of them, or from a label on that begins before them.

    One rectangle always: clipping to several costs more than copying what lies between them.
    """
    plane, width = canvas.price_plane, canvas.viewport().width()
    bottom = int(canvas.plane_of(canvas.stack.panes[-1]).bottom)
    bars_x, label_x = plane.x_of(len(canvas.series) - 2) - plane.bar_px, canvas.marks_layer.reach(plane)
    x = int(min(bars_x, plane.right, label_x)) - 3
    return QRect(x, 0, width - x, bottom) if x > 0 else QRect(0, 0, width, bottom)


class TimeMarks:
    """The bars that have a label, kept while the view is the same."""

    def __init__(self) -> None:
        self._key: object = None
        self._marks: list[TimeMark] = []

    def marks(self, canvas: "ChartCanvas") -> list[TimeMark]:
        """For the bars in view."""
        series, width = canvas.series, canvas.price_box.width()
        left, right = canvas.price_box.viewRange()[0]
        first, last = max(int(left), 0), min(int(right) + 1, len(series))
        key = (series, series.appended, first, last, width)
        if self._key != key:
            bar_px = width / max(right - left, 1e-9)
            stride = max(int(0.5 / bar_px), 1) if bar_px > 0 else 1
            starts = series.start_ns[first : max(last, first) : stride]
            self._marks = time_marks(starts, first, bar_px, series.timeframe_s, stride=stride, begin_s=series.begin_s)
            self._key = key
        return self._marks
