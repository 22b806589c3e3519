"""The crosshair of one chart: a bar, and in the pane of the pointer a value."""

from typing import TYPE_CHECKING

from hts.desk.chart import Series
from hts.desk.chart_compare import view_base
from hts.desk.chart_frames import DAY_NS, DAY_S, KST_NS
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import civil, date_text, percent_text, qty_label, value_text
from hts.desk.chart_settings import Scale
from hts.desk.figures import clock_text, px_text
from widgets.chart_axes import AxisLabel
from widgets.chart_marks import draw_cross
from widgets.chart_panes import Pane
from widgets.painting import Brush

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas


class Cross:
    """`index` is None without a crosshair; `is_linked` when another chart points."""

    def __init__(self, canvas: "ChartCanvas") -> None:
        self._canvas = canvas
        self.index: int | None = None
        self.value: float | None = None
        self.pane_key = ""
        self.is_linked = False

    @property
    def bar(self) -> int:
        """The bar whose figures are told: the one pointed at, else the last."""
        last = len(self._canvas.series) - 1
        return self.index if self.index is not None and self.index <= last else last

    def set(self, index: int | None, value: float | None, pane_key: str, *, is_linked: bool = False) -> None:
        """Point at a bar, or at nothing."""
        if (index, value, pane_key, is_linked) == (self.index, self.value, self.pane_key, self.is_linked):
            return
        moved = index != self.index
        self.index, self.value, self.pane_key, self.is_linked = index, value, pane_key, is_linked
        canvas = self._canvas
        for pane in canvas.stack.panes:
            is_here = pane.key == pane_key and value is not None
            pane.axis.cross = AxisLabel(value or 0.0, self._text(pane, value or 0.0)) if is_here else None
        canvas.time_axis.cross = None if index is None else (index, bar_time_text(canvas.series, index))
        if moved:
            canvas.pointed.emit(-1 if index is None else index)
        canvas.viewport().update()

    def draw(self, brush: Brush, plane: Plane, pane: Pane) -> None:
        """Its lines in a pane."""
        value = self.value if pane.key == self.pane_key else None
        draw_cross(brush, plane, (self.index, value), self._canvas.tokens.text3)

    def _text(self, pane: Pane, value: float) -> str:
        canvas = self._canvas
        if pane is canvas.price_pane:
            base = view_base(canvas.series, canvas.price_plane.x0)
            if canvas.settings.scale is Scale.PERCENT and base > 0:
                return percent_text(100 * (value / base - 1))
            return px_text(canvas.snap(value), canvas.decimals)
        if pane.key == "volume":
            return qty_label(max(round(value), 0), canvas.texts.language)
        low, high = pane.box.viewRange()[1]
        return value_text(value, (high - low) / 10)


def bar_time_text(series: Series, index: int) -> str:
    """Date of a day bar; date and time of the others."""
    start_ns = int(series.start_ns[index])
    day = (start_ns + KST_NS) // DAY_NS
    if series.timeframe_s >= DAY_S:
        return f"{civil(day)[0]}-{date_text(day)}"
    clock = clock_text(start_ns)
    return f"{date_text(day)} {clock if series.timeframe_s < 0 else clock[:5]}"
