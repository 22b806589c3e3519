"""What a chart says to screen readers: the bar under the crosshair, lines, the last price, own orders.

Rows are made when something asks (widgets.spoken_rows). The crosshair moved by Shift and an arrow is told at once.
"""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRect

from hts.desk.chart import Series
from hts.desk.chart_marks import Marks
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import qty_label, value_text
from hts.desk.chart_studies import StudyLines
from hts.desk.figures import px_text
from hts.desk.spoken_charts import SpokenPlace, chart_bar_text, chart_marks_rows
from hts.desk.texts import Texts
from widgets.chart_cross import bar_time_text
from widgets.chart_notes import study_title
from widgets.spoken_places import SpeaksPlaces
from widgets.spoken_rows import tell_current

HALF_LINE = 8  # pixels above and below a line that are its place


class SpokenChart(SpeaksPlaces, pg.GraphicsView):  # type: ignore[misc]  # the library is untyped
    """The part of the chart's canvas that readers ask."""

    series: Series
    texts: Texts
    decimals: int
    cross: Any  # widgets.chart_cross.Cross
    stack: Any  # widgets.chart_panes.PaneStack
    marks_layer: Any  # widgets.chart_marks.MarksLayer

    @property
    def price_plane(self) -> Plane:
        """The price pane's plane."""
        raise NotImplementedError

    def tell_bar(self) -> None:
        """The keyboard moved the crosshair: a reader says the bar."""
        if len(self.series):
            self.setAccessibleDescription(self.spoken_row(0))
            tell_current(self)

    def spoken_places(self) -> list[SpokenPlace]:
        """The rows: the bar first, then its lines, last price, holding, orders."""
        if not len(self.series):
            return []
        at = self.cross.bar
        bar = self.series.columns[:, at]
        text = chart_bar_text(bar, bar_time_text(self.series, at), self.texts, self.decimals)
        lines = [self._line_text(one, pane, at) for pane in self.stack.panes for one in pane.lines.studies]
        said = [SpokenPlace(text=line) for line in lines if line]
        marks: Marks = self.marks_layer.marks
        return [SpokenPlace(text=text, bar=at), *said, *chart_marks_rows(marks, self.texts, self.decimals)]

    def _line_text(self, one: StudyLines, pane: Any, at: int) -> str:
        """An indicator's values at the bar; empty where it has none."""
        low, high = pane.box.viewRange()[1]
        values = []
        for output, line in zip(one.study.indicator.outputs, one.lines, strict=True):
            number = at - one.study.shift(output)
            if not 0 <= number < len(line) or line[number] != line[number]:
                continue
            value = float(line[number])
            if one.study.indicator.is_overlay and value >= 1:
                values.append(px_text(round(value), self.decimals))
            elif one.study.indicator.is_qty and value >= 0:
                values.append(qty_label(round(value), self.texts.language))
            else:
                values.append(value_text(value, (high - low) / 10))
        return f"{study_title(one, self.texts)} {', '.join(values)}" if values else ""

    def spoken_rect(self, number: int) -> QRect:
        """The bar's column, a price's line; empty for a line's value and for what is out of view."""
        place, plane = self.spoken_place(number), self.price_plane
        if place is None:
            return QRect()
        if place.bar >= 0:
            width = max(int(plane.bar_px), 1)
            x = int(plane.x_of(place.bar)) - width // 2
            return QRect(x, int(plane.top), width, int(plane.height)) if plane.left <= x < plane.right else QRect()
        y = int(plane.y_of(place.px)) if place.px else -1
        if not plane.top <= y <= plane.bottom:
            return QRect()
        return QRect(int(plane.left), y - HALF_LINE, int(plane.width), 2 * HALF_LINE)

    def spoken_current(self) -> int:
        """The bar, while the crosshair points at one."""
        return 0 if self.cross.index is not None and len(self.series) else -1
