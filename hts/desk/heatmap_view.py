"""Which part of a heat map is seen, and how it moves: zoom, pan, and the way back to the newest.

Rows are ticks, `row_px` high; columns are steps of the chosen ring, `column_px` wide. While `is_following` the newest
column stands at the right edge and the market in the middle half; any pan ends that, `follow` begins it again.
"""

from hts.desk.heatmap import STEPS_NS, HeatMap

ROW_PX = (2, 3, 4, 6, 8, 10, 12, 14, 17, 20, 24)
# Ring and pixels per column, from the closest to the widest view.
ZOOMS = ((0, 8), (0, 4), (0, 2), (1, 8), (1, 4), (1, 2), (2, 8), (2, 4), (2, 2), (2, 1))
# How dark usual sizes are against the largest, as the power that a size's share is raised to.
CONTRASTS = (0.9, 1.3, 1.7, 2.3, 3.0)
CONTRAST_AT_FIRST = 2
ROW_AT_FIRST = 6
ZOOM_AT_FIRST = 2


class HeatView:
    """width, height: of the drawn area in pixels. last: number of the column at the right edge; top: first row."""

    def __init__(self) -> None:
        self.width, self.height = 1, 1
        self.is_following = True
        self.last = 0
        self.top = 0
        self._row, self._zoom = ROW_AT_FIRST, ZOOM_AT_FIRST
        self.contrast = CONTRAST_AT_FIRST

    @property
    def gamma(self) -> float:
        """The contrast's power."""
        return CONTRASTS[self.contrast]

    def change_contrast(self, steps: int) -> None:
        """Walls stand out more when positive; usual sizes are better seen when negative."""
        self.contrast = min(max(self.contrast + steps, 0), len(CONTRASTS) - 1)

    @property
    def zoom(self) -> tuple[int, int]:
        """Numbers of the row's height and of the time's zoom, for keeping."""
        return self._row, self._zoom

    def take_zoom(self, row: object, zoom: object, contrast: object = None) -> None:
        """Be zoomed as before; numbers that are none stay as they are."""
        if type(contrast) is int and 0 <= contrast < len(CONTRASTS):
            self.contrast = contrast
        if type(row) is int and 0 <= row < len(ROW_PX):
            self._row = row
        if type(zoom) is int and 0 <= zoom < len(ZOOMS):
            self._zoom = zoom

    @property
    def row_px(self) -> int:
        """Height of a row."""
        return ROW_PX[self._row]

    @property
    def level(self) -> int:
        """Number of the ring that is shown."""
        return ZOOMS[self._zoom][0]

    @property
    def column_px(self) -> int:
        """Width of a column."""
        return ZOOMS[self._zoom][1]

    @property
    def step_ns(self) -> int:
        """Venue time of a column."""
        return STEPS_NS[self.level]

    @property
    def columns(self) -> int:
        """Columns that are seen, the first one perhaps in part."""
        return max(-(-self.width // self.column_px), 1)

    @property
    def rows(self) -> int:
        """Rows that are seen, the last one perhaps in part."""
        return max(-(-self.height // self.row_px), 1)

    @property
    def first(self) -> int:
        """Number of the first column that is seen."""
        return self.last - self.columns + 1

    @property
    def bottom(self) -> int:
        """The lowest row that is seen."""
        return self.top - self.rows + 1

    def x(self, number: int) -> int:
        """Left edge of a column."""
        return self.width - (self.last - number + 1) * self.column_px

    def y(self, row: int) -> int:
        """Upper edge of a row."""
        return (self.top - row) * self.row_px

    def column_at(self, x: int) -> int:
        """Number of the column at a pixel."""
        return self.last - (self.width - 1 - x) // self.column_px

    def row_at(self, y: int) -> int:
        """The row at a pixel."""
        return self.top - y // self.row_px

    def resize(self, width: int, height: int) -> None:
        """Another size; the middle row stays."""
        middle = self.top - self.rows // 2
        self.width, self.height = max(width, 1), max(height, 1)
        self.top = middle + self.rows // 2

    def follow(self, heat: HeatMap) -> None:
        """Go with the market where the trader has not gone elsewhere."""
        if not self.is_following:
            return
        self.last = heat.levels[self.level].last
        reference = heat.reference_row
        if abs(reference - (self.top - self.rows // 2)) > max(self.rows // 4, 1):
            self.top = reference + self.rows // 2

    def go_live(self, heat: HeatMap) -> None:
        """Back to the newest column with the market in the middle."""
        self.is_following = True
        self.top = heat.reference_row + self.rows // 2
        self.follow(heat)

    def zoom_rows(self, steps: int) -> None:
        """Taller rows when positive, about the middle."""
        middle = self.top - self.rows // 2
        self._row = min(max(self._row + steps, 0), len(ROW_PX) - 1)
        self.top = middle + self.rows // 2

    def zoom_time(self, steps: int) -> None:
        """Closer when positive, about the right edge."""
        end_ns = (self.last + 1) * self.step_ns
        self._zoom = min(max(self._zoom - steps, 0), len(ZOOMS) - 1)
        self.last = max(end_ns // self.step_ns - 1, 0)

    def pan(self, columns: int, rows: int, heat: HeatMap) -> None:
        """Towards older columns and higher rows when positive; within what is kept."""
        ring = heat.levels[self.level]
        if columns:
            self.is_following = False
            self.last = min(max(self.last - columns, ring.first), ring.last)
            self.is_following = self.last >= ring.last and not rows
        if rows:
            self.is_following = False
            self.top = min(max(self.top + rows, self.rows // 2), len(heat.grid) - 1 + self.rows // 2)
