"""The chart panel: asks for history, follows trades, shows the trader's own orders and lets them be dragged.

The plotting library is imported when the first chart is refreshed, after the window's first paint.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from hts.desk.chart import CLOSE, HIGH, LOW, OPEN, QTY, TIMEFRAMES_S, Series
from hts.desk.chart_marks import marks_of, snapped
from hts.desk.figures import px_text, qty_text
from hts.desk.frame import Frame
from hts.desk.ratios import bp_text, change_bp, sign
from hts.model.instruments import Instrument
from hts.model.queries import RequestBars
from hts.model.units import ClOrdID
from widgets.chart_bars import Legend, Piece, TimeframeBar
from widgets.panel import Panel, PanelContext

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

TIMEFRAME_AT_FIRST_S = 180
DAY_S = 86_400
RETRY_MS = 3_000  # without an answer for so long the question is asked again
DAYS_COUNT = 520  # two years; how many minutes is a setting


class ChartPanel(Panel):
    """One issue's chart in one time frame."""

    title_key = "chart.title"
    is_calm = True
    shows_money = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        tokens = context.tokens
        self.timeframes = TimeframeBar(tokens, context.texts, TIMEFRAMES_S, TIMEFRAME_AT_FIRST_S)
        self.timeframes.chosen.connect(self.set_timeframe)
        self.legend = Legend(tokens)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.timeframes)
        self._column.addWidget(self.legend)
        self._placeholder: QLabel | None = QLabel(context.texts("chart.loading"))
        self._placeholder.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._placeholder, 1)
        self.canvas: ChartCanvas | None = None
        self.series = Series(TIMEFRAME_AT_FIRST_S)
        self._instrument: Instrument | None = None
        self._asked: tuple[str, int] | None = None
        self._has_history = False
        self._shown: object = None
        self._pointed = -1
        self._snapshot: object = context.orders.orders
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self.ask_again)

        self.restyle()

    def restyle(self) -> None:
        """The legend's pieces carry their colours, the placeholder a style sheet."""
        tokens = self.context.tokens
        if self._placeholder is not None:
            self._placeholder.setStyleSheet(f"background: {tokens.panel.name()}; color: {tokens.text3.name()};")
        self.mark_dirty()

    @property
    def subtitle(self) -> str:
        return self.context.texts.name(self._instrument) if self._instrument is not None else ""

    def set_timeframe(self, timeframe_s: int) -> None:
        """Show another time frame."""
        self.series = Series(timeframe_s)
        self._asked, self._has_history = None, False
        self.timeframes.buttons[timeframe_s].setChecked(True)
        self.mark_dirty()

    def kept(self) -> int:
        """The time frame, for a window that is made anew."""
        return self.series.timeframe_s

    def take_kept(self, kept: object) -> None:
        """Show the time frame of before."""
        if isinstance(kept, int) and kept in self.timeframes.buttons:
            self.set_timeframe(kept)

    def ask_again(self) -> None:
        """The question or its answer was lost with the link, or trades were: ask for the history once more."""
        self._asked = None
        self.mark_dirty()

    def concerns(self, frame: Frame) -> bool:
        symbol, market = self.symbol, frame.market
        moved = symbol in market.trades or any(key[0] == symbol for key in market.bars)
        return bool(moved or symbol in frame.orders.symbols or frame.selection or market.instruments)

    def on_frame(self, frame: Frame) -> None:
        """Trades after the history make the last bars."""
        if self.context.orders.orders is not self._snapshot:
            # The core sent everything anew: the link was away, and trades passed without us.
            self._snapshot = self.context.orders.orders
            self.ask_again()
        key = (self.symbol, self.series.source_s)
        if key == self._asked and key in frame.market.bars:
            self._retry.stop()
            self.series.replace(self.context.market.bars[key].bars)
            self._has_history, self._shown = True, None
        elif key == self._asked:
            # Trades before the answer are within it already.
            for trade in frame.market.trades.get(self.symbol, ()) if self._has_history else ():
                self.series.on_trade(trade)
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:
        """Make the canvas when it is first needed; ask for history; show what is there."""
        del now_ns
        instrument = self.context.market.instruments.get(self.symbol)
        if instrument is None:
            return
        if self._instrument is None or instrument.symbol != self._instrument.symbol:
            self.series = Series(self.series.timeframe_s)
            self._asked, self._has_history = None, False
        self._instrument = instrument
        self._ask(instrument)
        canvas = self._canvas()
        if self._shown is not self.series:
            self._shown = self.series
            canvas.show_series(self.series)
        marks = marks_of(instrument, self.series, self.context.market, self.context.orders)
        canvas.follow(marks, instrument.px_decimals)
        self._show_legend()

    def _ask(self, instrument: Instrument) -> None:
        key = (instrument.symbol, self.series.source_s)
        if self._asked == key:
            return
        self._asked = key
        known = self.context.market.bars.get(key)
        if known is not None and not self._has_history:
            # Shown at once; the answer replaces it with what came since.
            self.series.replace(known.bars)
        self._retry.start()
        count = DAYS_COUNT if key[1] == DAY_S else self.context.settings.number("graph.bars")
        self.context.query(RequestBars(symbol=key[0], timeframe_s=key[1], count=count))

    def _canvas(self) -> "ChartCanvas":
        if self.canvas is None:
            module = import_module("widgets.chart_canvas")
            canvas: ChartCanvas = module.ChartCanvas(self.context.tokens, self.context.texts, self._snap)
            canvas.setAccessibleName(self.context.texts("chart.accessible"))
            canvas.pointed.connect(self._point)
            canvas.canceled.connect(self._cancel)
            canvas.amended.connect(self._amend)
            assert self._placeholder is not None
            self._column.replaceWidget(self._placeholder, canvas)
            self._placeholder.hide()
            self._placeholder.deleteLater()
            self._placeholder = None
            self._column.activate()
            self.canvas = canvas
        return self.canvas

    def _snap(self, px: float) -> int:
        return snapped(self._instrument, px) if self._instrument is not None else round(px)

    def _cancel(self, order_id: ClOrdID) -> None:
        self.context.actions.cancel(order_id)

    def _amend(self, order_id: ClOrdID, px: float) -> None:
        self.context.actions.replace(order_id, self._snap(px))

    def _point(self, index: int) -> None:
        self._pointed = index
        self._show_legend()

    def _show_legend(self) -> None:
        """The bar under the crosshair, else the last one."""
        issue, count = self._instrument, len(self.series)
        if issue is None:
            return
        tokens, texts = self.context.tokens, self.context.texts
        frame = texts(f"chart.tf.{self.series.timeframe_s}")
        head: list[Piece] = [
            (texts.name(issue), "title", tokens.text),
            (f"{issue.symbol} · {frame}", "secondary", tokens.text2),
        ]
        if not count:
            self.legend.show_lines((tuple(head), ((texts("chart.loading"), "secondary", tokens.text3),)))
            return
        at = self._pointed if 0 <= self._pointed < count else count - 1
        self.legend.show_lines((tuple(head + self._bar_pieces(issue, at)), tuple(self._line_pieces(issue, at))))

    def _bar_pieces(self, issue: Instrument, at: int) -> list[Piece]:
        tokens, texts = self.context.tokens, self.context.texts
        bar = self.series.columns[:, at]
        before = int(self.series.columns[CLOSE, at - 1]) if at else issue.base_px
        against = before if self.series.source_s != 60 else issue.base_px
        pieces: list[Piece] = []
        for key, row in (("open", OPEN), ("high", HIGH), ("low", LOW), ("close", CLOSE)):
            px = int(bar[row])
            pieces.append((texts(f"chart.{key}"), "secondary", tokens.text3))
            pieces.append((px_text(px, issue.px_decimals), "body", self._tone(px - against)))
        bp = change_bp(int(bar[CLOSE]), against)
        pieces.append((bp_text(bp) + "%", "body", self._tone(bp)))
        pieces.append((texts("chart.volume"), "secondary", tokens.text3))
        pieces.append((qty_text(int(bar[QTY])), "body", tokens.text))
        return pieces

    def _line_pieces(self, issue: Instrument, at: int) -> list[Piece]:
        tokens = self.context.tokens
        colors = {"ma5": tokens.ma5, "ma20": tokens.ma20, "ma60": tokens.ma60, "vwap": tokens.vwap}
        pieces: list[Piece] = []
        for name, color in colors.items():
            line = self.series.lines.get(name)
            if line is not None and line[at] == line[at]:  # NaN where there is no value yet
                pieces.append((name.upper(), "secondary", color))
                pieces.append((px_text(round(line[at]), issue.px_decimals), "secondary", tokens.text2))
        return pieces

    def _tone(self, change: int) -> QColor:
        tokens = self.context.tokens
        return {1: tokens.up, -1: tokens.down, 0: tokens.text}[sign(change)]
