"""The panes of a chart: prices on top, then volume and indicators, each on a view box of the plotting library.

The price pane's box holds the range of bars for all; each box holds its own range of values. A pane's height is its
share of the whole, changed by dragging the line above it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRect

from hts.desk.chart import Series
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import step_text, value_lines, volume_top
from hts.desk.chart_settings import PANE_SHARE_MIN
from hts.desk.chart_studies import StudyLines, levels_text
from hts.indicators.catalogue import Look
from themes.tokens import Tokens
from widgets.chart_axes import AXIS_WIDTH, TIME_HEIGHT, AxisLabel, ValueAxis
from widgets.chart_candles import VolumeLayer
from widgets.chart_items import Grid, Layer
from widgets.chart_study_lines import StudyLayer
from widgets.painting import TextCache

PRICE = "price"
SHARES = {"volume": 0.14}
SHARE = 0.17  # of a pane that has not been resized
OWN_SHARE_MAX = 0.72  # of all panes but the price pane
PAD = 0.06
TITLE_PX = 19
LEVEL_ROOM = 13  # pixels between a level's figure and another label
BORDER_PX = 4  # a border between panes is taken within this distance
COLUMNS_SEEN = 2000  # values that are looked at for a pane's range


class Pane:
    """One pane. `key` names it in the settings; `studies` are what it shows."""

    def __init__(self, key: str, tokens: Tokens, cache: TextCache, changed: Callable[..., None]) -> None:
        """`changed` is called when the pane's ranges or its place are others."""
        self.key = key
        self.box = pg.ViewBox(enableMenu=False)
        self.box.disableAutoRange()
        self.box.sigRangeChanged.connect(changed)
        self.box.sigResized.connect(changed)
        self.axis = ValueAxis(tokens, cache)
        self.label_end = 0.0  # of the title and its figures
        self.grid = Grid(tokens.line, tokens.line2)
        self.lines = StudyLayer(tokens)
        self.layers: list[Layer] = [self.grid, self.lines]
        if key == "volume":
            self.volumes = VolumeLayer(tokens)
            self.layers.insert(1, self.volumes)

    def show(self, series: Series, studies: Sequence[StudyLines]) -> None:
        """What the pane's layers draw."""
        self.lines.series, self.lines.studies = series, list(studies)
        if self.key == "volume":
            self.volumes.series = series

    def fit(self, series: Series, first: int, last: int) -> bool:
        """Fit the range of values to the bars in view; whether it changed."""
        low, high = self._extent(series, first, last)
        height = self.box.height()
        room = height / max(height - TITLE_PX, height / 2, 1.0)  # the title stands over the lines, not on them
        if self.key == "volume":
            wanted = [0.0, float(volume_top(high * room))]
        elif high > low:
            pad = (high - low) * PAD
            wanted = [low - pad, low - pad + (high - low + 2 * pad) * room]
        else:
            wanted = [low - 1, low + 1]
        if self.box.viewRange()[1] == wanted:
            return False
        self.box.setYRange(*wanted, padding=0)
        return True

    def _extent(self, series: Series, first: int, last: int) -> tuple[float, float]:
        low, high = np.inf, -np.inf
        if self.key == "volume":
            return 0.0, series.extent(first, last)[2]
        step = max((last - first) // COLUMNS_SEEN, 1)
        for one in self.lines.studies:
            for output, line in zip(one.study.indicator.outputs, one.lines, strict=True):
                shift = one.study.shift(output)
                seen = line[max(first - shift, 0) : max(last - shift + 1, 0) : step]
                seen = seen[np.isfinite(seen)]
                if len(seen):
                    low, high = min(low, float(seen.min())), max(high, float(seen.max()))
                if output.look is Look.COLUMNS:
                    low, high = min(low, 0.0), max(high, 0.0)
        if not np.isfinite(low):
            return 0.0, 0.0
        # A level that is near comes into view; a far one would flatten the line.
        near = (high - low) * 0.5
        for one in self.lines.studies:
            reached = [level for level in one.study.marked if low - near <= level <= high + near]
            low, high = min([low, *reached]), max([high, *reached])
        return low, high

    def mark(self, height: float, quantity: Any) -> None:
        """Lines and labels of the value axis; `quantity` writes a volume."""
        low, high = self.box.viewRange()[1]
        is_qty = any(one.study.indicator.is_qty for one in self.lines.studies) or self.key == "volume"
        values = value_lines(low, high, height)
        if self.key == "volume" and len(values) > 1:
            values = values[1:]
        step = values[1] - values[0] if len(values) > 1 else high - low
        # A level tells its figure; lines that would stand in its way give way.
        levels = sorted({level for one in self.lines.studies for level in one.study.marked if low < level < high})
        near = LEVEL_ROOM * (high - low) / max(height, 1.0)
        values = [v for v in values if all(abs(v - level) >= near for level in levels)]
        texts = [quantity(round(v)) if is_qty and v >= 0 else step_text(v, step) for v in values]
        labels = [AxisLabel(v, text) for v, text in zip(values, texts, strict=True)]
        self.axis.labels = [*labels, *(AxisLabel(level, levels_text([level])) for level in levels)]
        self.grid.values = list(values)

    def plane(self, x_range: Sequence[float], *, is_log: bool = False) -> Plane:
        """Its plane over the bars in view."""
        rect, (y0, y1) = self.box.sceneBoundingRect(), self.box.viewRange()[1]
        return Plane(
            round(rect.left()),
            round(rect.top()),
            round(rect.width()),
            round(rect.bottom()) - round(rect.top()),
            float(x_range[0]),
            float(x_range[1]),
            float(y0),
            float(y1),
            is_log,
        )


class PaneStack:
    """All panes in the library's layout, from top to bottom; the first is the price pane."""

    def __init__(self, price: Pane, tokens: Tokens, cache: TextCache, changed: Callable[..., None]) -> None:
        self.panes = [price]
        self._tokens, self._cache, self._changed = tokens, cache, changed
        self._layout = pg.GraphicsLayout()
        self._layout.setContentsMargins(0, 0, AXIS_WIDTH, TIME_HEIGHT)
        self._layout.setSpacing(0)
        self._layout.addItem(price.box, 0, 0)

    @property
    def root(self) -> Any:
        """What the view shows."""
        return self._layout

    def set_keys(self, keys: Sequence[str]) -> bool:
        """Which own panes there are, in their order; whether that changed anything."""
        if [pane.key for pane in self.panes[1:]] == list(keys):
            return False
        there = {pane.key: pane for pane in self.panes[1:]}
        for pane in self.panes[1:]:
            self._layout.removeItem(pane.box)
        self.panes = [self.panes[0]]
        for row, key in enumerate(keys, 1):
            pane = there.get(key) or Pane(key, self._tokens, self._cache, self._changed)
            self.panes.append(pane)
            self._layout.addItem(pane.box, row, 0)
        return True

    def share(self, total: float, heights: dict[str, float]) -> None:
        """Give each pane its height of `total` pixels, the time axis included."""
        total -= TIME_HEIGHT
        shares = {pane.key: heights.get(pane.key, SHARES.get(pane.key, SHARE)) for pane in self.panes[1:]}
        whole = sum(shares.values())
        factor = min(1.0, OWN_SHARE_MAX / whole) if whole else 1.0
        grid, rest = self._layout.layout, float(round(total))
        for row, pane in enumerate(self.panes[1:], 1):
            height = round(total * max(shares[pane.key] * factor, PANE_SHARE_MIN / 2))
            grid.setRowFixedHeight(row, height)
            rest -= height
        for row in range(len(self.panes), grid.rowCount()):
            grid.setRowFixedHeight(row, 0)
        grid.setRowFixedHeight(0, max(rest, 40.0))
        grid.activate()  # ranges are fitted to heights next

    def at(self, y: float) -> Pane | None:
        """The pane at a height."""
        for pane in self.panes:
            rect = pane.box.sceneBoundingRect()
            if rect.top() <= y < rect.bottom():
                return pane
        return None

    def border_at(self, y: float) -> Pane | None:
        """The pane whose upper border is at a height; it can be dragged."""
        return next((p for p in self.panes[1:] if abs(p.box.sceneBoundingRect().top() - y) <= BORDER_PX), None)


def rect_of(plane: Plane) -> QRect:
    """A pane's rectangle, for clipping."""
    return QRect(int(plane.left), int(plane.top), int(plane.width), int(plane.height))
