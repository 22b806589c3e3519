"""Pictures of the chart: indicators, drawings, other styles, comparison, replay, the indicators' dialog."""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

from hts.desk.chart_compare import Comparison, with_symbol
from hts.desk.chart_settings import ChartSettings, Scale
from hts.desk.chart_studies import study_of
from hts.desk.chart_styles import Style
from hts.desk.drawings import Anchor, Kind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal
    from widgets.chart import ChartPanel

PAST = 60  # bars behind the last one, where drawings begin


class ChartPictures:
    """Leaves the chart as it comes."""

    def __init__(
        self, terminal: "Terminal", save: Callable[[str, "QWidget"], None], settle: Callable[[], None]
    ) -> None:
        self._terminal, self._save, self._settle = terminal, save, settle

    def take(self) -> None:
        """All of them, of the first chart of the workspace in front."""
        panel = next((p for p in self._terminal.window.workspace.panels if p.objectName() == "chart"), None)
        if panel is None or getattr(panel, "canvas", None) is None:
            return
        chart: ChartPanel = panel  # type: ignore[assignment]
        more = tuple(map(study_of, ("bollinger", "macd", "rsi")))
        self._show(chart, "studies", studies=(*chart.settings.studies, *more))
        self._drawings(chart)
        self._show(chart, "ichimoku", style=Style.HEIKIN_ASHI, studies=(study_of("ichimoku"), study_of("profile")))
        others = [s for s in chart.context.market.instruments if s != chart.symbol]
        compare: tuple[Comparison, ...] = reduce(with_symbol, others[:4], ())
        self._show(chart, "compare", timeframe_s=900, scale=Scale.PERCENT, compare=compare)
        self._show(chart, "days", timeframe_s=86_400, scale=Scale.LOG)
        chart.toggle_replay()
        self._settle()
        self._save("chart_replay", chart)
        chart.end_replay()
        chart.edit_studies(chart.settings.studies[0])
        self._settle()
        dialog = chart.studies_dialog
        if dialog is not None:
            self._save("chart_dialog", dialog)
            dialog.close()
        chart.change(ChartSettings())
        self._settle()

    def _show(self, chart: "ChartPanel", name: str, **changes: object) -> None:
        chart.change(ChartSettings())
        chart.adjust(**changes)
        self._settle()
        self._settle()  # a second issue's history comes a frame later
        self._save(f"chart_{name}", chart)

    def _drawings(self, chart: "ChartPanel") -> None:
        chart.change(ChartSettings())
        self._settle()
        series, canvas = chart.series, chart.canvas
        if canvas is None or len(series) <= PAST:
            return
        low, high, _ = series.extent(len(series) - PAST, len(series))

        def at(back: int, share: float) -> Anchor:
            return Anchor(int(series.start_ns[len(series) - back]), low + (high - low) * share)

        board = canvas.board
        board.add(Kind.FIBONACCI, (at(PAST, 1.0), at(20, 0.0)))
        board.add(Kind.TREND, (at(PAST, 0.2), at(10, 0.7)))
        board.add(Kind.MEASURE, (at(40, 0.3), at(15, 0.8)))
        self._settle()
        self._save("chart_drawings", chart)
        board.clear()
