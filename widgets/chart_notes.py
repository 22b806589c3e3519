"""What is written into the panes: what an indicator's pane shows, the highest and lowest price in view, notices."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtGui import QPainter

from hts.desk.chart_frames import HIGH, LOW, QTY
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import percent_text, qty_label, value_text
from hts.desk.chart_studies import StudyLines, color_of, figure
from hts.desk.figures import px_text
from hts.desk.texts import Texts
from themes import metrics
from widgets.chart_panes import Pane
from widgets.painting import Brush, faded

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

ROW = 18
CHIP_HEIGHT = 20
EXTREMES_MIN_BARS = 10
EXTREME_GROUND = 200  # of 255
EXTREME_ROOM = 9  # between an extreme's middle and the edge of a pane, so that it is never cut


def study_title(one: StudyLines, texts: Texts) -> str:
    """`MACD 12·26·9`."""
    study = one.study
    pairs = zip(study.indicator.parameters, study.values, strict=True)
    numbers = "·".join(figure(p, v) for p, v in pairs if v or not p.decimals)
    return f"{texts(f'indicator.{study.name}')} {numbers}".strip()


class Extreme(NamedTuple):
    """A high or low: its words, where they begin, their middle, and where the short line to the bar begins."""

    text: str
    x: int
    y: int
    line_x: int


class NotesLayer:
    """Texts inside the panes. `newest` is where the chip is that leads back to the newest bar."""

    is_at_end = False

    def __init__(self, canvas: "ChartCanvas") -> None:
        self._canvas = canvas
        self.newest: tuple[int, int, int, int] | None = None
        self.extremes: list[Extreme] = []

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """The extremes: a new one makes another range, and so another still picture."""
        self.extremes = list(self._find_extremes(plane))
        brush = Brush(painter, self._canvas.cache)
        for one in self.extremes:
            self._draw_extreme(brush, one)

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """Over the prices."""
        brush = Brush(painter, self._canvas.cache)
        lines = self._canvas.marks_layer.lines_y
        for one in self.extremes:
            if any(abs(y - one.y) < EXTREME_ROOM for y in lines):  # a line of the trader's own has crossed it
                self._draw_extreme(brush, one)
        self._draw_newest(brush, plane)
        self._draw_replay(brush, plane)
        self._draw_notice(brush, plane)

    def _find_extremes(self, plane: Plane) -> Iterator[Extreme]:
        """The highest and the lowest price in view, each with the place of its words beside its bar."""
        canvas, texts = self._canvas, self._canvas.texts
        window = canvas.series.window(int(plane.x0) + 1, int(plane.x1), 1 / plane.bar_px)
        if window.columns.shape[1] * window.width < EXTREMES_MIN_BARS:
            return
        base = canvas.marks_layer.marks.base_px  # the day's: told against the last price, it would change at each trade
        for key, row, at in (
            ("high", HIGH, int(np.argmax(window.columns[HIGH]))),
            ("low", LOW, int(np.argmin(window.columns[LOW]))),
        ):
            px = float(window.columns[row, at])
            x, y = int(plane.x_of(window.first + at * window.width)), int(plane.y_of(px))
            share = percent_text(100 * (px / base - 1)) if base else ""
            text = f"{texts(f'chart.{key}')} {px_text(round(px), canvas.decimals)}  {share}".strip()
            width = canvas.cache.width("secondary", text)
            is_left = x > plane.left + plane.width / 2 and x - 14 - width > plane.left  # own labels stand at the right
            beside = y - 6 if row == HIGH else y + 6
            beside = min(max(beside, int(plane.top) + EXTREME_ROOM), int(plane.bottom) - EXTREME_ROOM)
            yield Extreme(
                text=text, x=round(x - 13 - width if is_left else x + 13), y=beside, line_x=x - 10 if is_left else x
            )

    def _draw_extreme(self, brush: Brush, one: Extreme) -> None:
        """On a ground of its own, with a short line to its bar."""
        tokens = self._canvas.tokens
        width = round(brush.texts.width("secondary", one.text))
        brush.fill(one.x - 2, one.y - 8, width + 4, 15, faded(tokens.panel, EXTREME_GROUND))
        brush.hline(one.line_x, one.y, 10, tokens.text3)
        brush.left(one.x, metrics.baseline(one.y - 8, 16), one.text, "secondary", tokens.text2)

    def _draw_newest(self, brush: Brush, plane: Plane) -> None:
        """A chip that leads to the newest bar, while it is out of view."""
        self.newest = None
        if len(self._canvas.series) - 1 <= plane.x1 or not len(self._canvas.series):
            return
        tokens, text = self._canvas.tokens, self._canvas.texts("chart.newest")
        width = round(self._canvas.cache.width("tab", text)) + 26
        x, y = int(plane.right) - width - 8, int(plane.bottom) - CHIP_HEIGHT - 8
        self.newest = (x, y, width, CHIP_HEIGHT)
        brush.fill(*self.newest, tokens.raised)
        brush.frame(*self.newest, tokens.edge)
        end = brush.left(x + 8, metrics.baseline(y, CHIP_HEIGHT), text, "tab", tokens.text)
        for i in range(4):
            brush.vline(round(end) + 4 + i, y + 6 + i, 8 - 2 * i, tokens.text)

    def _draw_replay(self, brush: Brush, plane: Plane) -> None:
        """Cannot be mistaken: a frame around the prices and the word in it."""
        canvas = self._canvas
        if not canvas.is_replay:
            return
        tokens, left, top = canvas.tokens, int(plane.left), int(plane.top)
        width, height = int(plane.width), int(plane.height)
        for inset in range(2):
            brush.frame(left + inset, top + inset, width - 2 * inset, height - 2 * inset, tokens.attention)
        text = canvas.texts("chart.replay.mark")
        brush.center(left + width / 2, top + 34, text, "pnl", tokens.attention)

    def _draw_notice(self, brush: Brush, plane: Plane) -> None:
        canvas, tokens = self._canvas, self._canvas.tokens
        if not canvas.notice:
            return
        text = canvas.cache.elided("body", canvas.notice, plane.width - 40)
        width = round(canvas.cache.width("body", text)) + 20
        x, y = int(plane.left) + 8, int(plane.bottom) - CHIP_HEIGHT - 8
        brush.fill(x, y, width, CHIP_HEIGHT, tokens.warn_tint)
        brush.fill(x, y, 3, CHIP_HEIGHT, tokens.attention)
        brush.left(x + 11, metrics.baseline(y, CHIP_HEIGHT), text, "body", tokens.text)

    def draw_pane(self, brush: Brush, plane: Plane, pane: Pane) -> None:
        """Title and figures of an own pane, at the bar under the crosshair or the last one."""
        canvas, tokens, texts = self._canvas, self._canvas.tokens, self._canvas.texts
        if pane is canvas.price_pane or not len(canvas.series):
            return
        base = metrics.baseline(int(plane.top) + 1, ROW)
        x: float = plane.left + 8
        at = canvas.cross.bar
        for one in pane.lines.studies:
            is_volume = pane.key == "volume"
            title = texts("indicator.volume") if is_volume else study_title(one, texts)
            x = brush.left(x, base, title, "secondary", tokens.text2) + 10
            if is_volume:
                traded = qty_label(round(float(canvas.series.columns[QTY, at])), texts.language)
                x = brush.figures(x, base, traded, "secondary", tokens.text) + 10
            for output, line in zip(one.study.indicator.outputs, one.lines, strict=True):
                number = at - one.study.shift(output)
                if not 0 <= number < len(line) or line[number] != line[number]:
                    continue
                value = float(line[number])
                is_qty = one.study.indicator.is_qty and value >= 0
                text = qty_label(round(value), texts.language) if is_qty else value_text(value, self._span(pane))
                if output.name != "line":
                    name = texts(f"indicator.output.{output.name}") + (
                        f" {int(one.study.values[0])}" if is_volume else ""
                    )
                    x = brush.left(x, base, name, "secondary", getattr(tokens, _label_color(one, output))) + 4
                x = brush.figures(x, base, text, "secondary", getattr(tokens, _label_color(one, output))) + 10
        pane.label_end = x

    @staticmethod
    def _span(pane: Pane) -> float:
        low, high = pane.box.viewRange()[1]
        return float(high - low) / 10


def _label_color(one: StudyLines, output: object) -> str:
    """A line's colour; columns are painted fainter than a text may be."""
    color = color_of(one.study, output)  # type: ignore[arg-type]
    return "text3" if color == "profile" else color
