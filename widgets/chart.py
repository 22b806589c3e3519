"""The chart panel: bars of one issue with indicators, drawings and the trader's own orders.

The plotting library is imported when the first chart is refreshed, after the window's first paint.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import structs
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from hts.desk.chart import Series
from hts.desk.chart_compare import COMPARE_MAX
from hts.desk.chart_feed import ChartFeed
from hts.desk.chart_marks import FillMark, Marks, marks_of
from hts.desk.chart_settings import ChartSettings, settings_of
from hts.desk.drawings import Kind
from hts.desk.frame import Frame
from hts.desk.venue_tabs import caption, last_px_of
from hts.model.instruments import Instrument
from widgets.chart_bars import ChartBar, Legend
from widgets.chart_boards import ChartBoards
from widgets.chart_compare import CompareStrip
from widgets.chart_menu import MENU_MAKERS, menu_at, whole_menu
from widgets.chart_orders import ChartOrders
from widgets.chart_replay import ReplayBar
from widgets.chart_studies import StudiesDialog
from widgets.menus import pop_up
from widgets.panel import Panel, PanelContext

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

RETRY_MS = 3_000  # without an answer for so long the question is asked again


class ChartPanel(Panel):
    """One issue's chart."""

    title_key = "chart.title"
    shows_issue = is_calm = shows_money = True
    _legend_due = False

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.settings = ChartSettings()
        minutes = lambda: context.settings.number("graph.bars")  # noqa: E731
        self.feed = ChartFeed(context.market, self.settings, minutes, context.hours)
        self.bar = ChartBar(self.context.tokens, context.texts)
        self.bar.chosen.connect(self.set_timeframe)
        self.bar.opened.connect(self.open_menu)
        self.replay_bar = ReplayBar(self)
        self.legend, self.strip = Legend(self.context.tokens), CompareStrip(self)
        self.legend.setAccessibleName(context.texts(self.title_key))
        self._placeholder: QLabel | None = QLabel(context.texts("chart.loading"))
        self._placeholder.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (self.bar, self.replay_bar, self.legend, self.strip):
            self._column.addWidget(widget)
        self._column.addWidget(self._placeholder, 1)
        self.canvas: ChartCanvas | None = None
        self._boards, self._own = ChartBoards(context, self._say), ChartOrders(self)
        self._dialog: StudiesDialog | None = None
        self._shown: tuple[object, ...] = ()
        self._snapshot: object = context.orders.orders
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self.ask_again)
        context.pointer.watch(self._point_with)
        self.restyle()
        self._show_settings()

    def restyle(self) -> None:
        """The legend's pieces carry their colours, the placeholder a style sheet."""
        tokens = self.context.tokens
        if self._placeholder is not None:
            self._placeholder.setStyleSheet(f"background: {tokens.panel.name()}; color: {tokens.text3.name()};")
        self.mark_dirty()

    @property
    def subtitle(self) -> str:
        if self.feed.instrument is None:
            return ""
        name, venue = self.context.texts.name(self.feed.instrument), caption(self.feed.venue, self.context.texts)
        return f"{name} · {venue}" if venue else name

    @property
    def series(self) -> Series:
        """The bars that are painted."""
        return self.feed.shown

    @property
    def last_px(self) -> int:
        """The last price of the venue that is shown; 0 before there is any."""
        issue = self.feed.instrument
        return last_px_of(self.context.market, issue.symbol, self.feed.venue) if issue is not None else 0

    # Settings

    def stored(self) -> dict[str, Any]:
        """What the layout remembers of this chart."""
        return self.settings.table()

    def take_stored(self, stored: dict[str, Any]) -> None:
        """Take what the layout remembered."""
        self.change(settings_of(stored))

    def kept(self) -> ChartSettings:
        """The settings, for a window that is made anew."""
        return self.settings

    def take_kept(self, kept: object) -> None:
        """Show the settings of before."""
        if isinstance(kept, ChartSettings):
            self.change(kept)

    def change(self, settings: ChartSettings) -> None:
        """Take other settings; the next refresh shows them."""
        self.settings = settings
        self._show_settings()
        self.mark_dirty()
        if self.canvas is not None and self.feed.instrument is not None:
            self._refresh_at_once()

    def adjust(self, **changes: Any) -> None:
        """Change some of the settings."""
        self.change(structs.replace(self.settings, **changes))

    def set_timeframe(self, timeframe_s: int) -> None:
        """Show another time frame."""
        if self.feed.replay is not None:
            self.end_replay()
        self.adjust(timeframe_s=timeframe_s)

    def toggle_regular(self) -> None:
        """Show the regular session alone, or the whole day again."""
        if self.feed.replay is not None:
            self.end_replay()
        self.adjust(is_regular=not self.settings.is_regular)

    def compare_with(self, symbol: str) -> None:
        """Compare with one more issue."""
        if not self.settings.can_compare_more:
            self._say("chart.compare.full", count=COMPARE_MAX)
        self.change(self.settings.compared_with(symbol))

    def compare_without(self, symbol: str) -> None:
        """Let an issue go, or all of them with an empty symbol."""
        self.change(self.settings.compared_without(symbol))

    def _show_settings(self) -> None:
        self.bar.show_frame(self.settings.timeframe_s)
        self.bar.mark("regular", on=self.settings.is_regular)

    def open_menu(self, name: str, at: QPoint) -> None:
        """Open one of the bar's menus; that of the indicators is a dialog."""
        if name == "studies":
            self.edit_studies()
        elif name == "replay":
            self.toggle_replay()
        elif name == "regular":
            self.toggle_regular()
        else:
            maker = MENU_MAKERS.get(name, whole_menu)
            pop_up(maker(self), at)

    def open_whole_menu(self, at: QPoint) -> None:
        """Everything that can be done with the chart."""
        pop_up(menu_at(self, at), at)

    def edit_studies(self, chosen: object = None) -> None:
        """The indicators' dialog, beside whatever else goes on."""
        if self._dialog is None:
            self._dialog = StudiesDialog(self)
        self._dialog.open_with(chosen)

    def take_tool(self, kind: Kind) -> None:
        """Take up a drawing tool; the foot says how its points are placed."""
        if self.canvas is not None:
            if self.settings.hides_drawings:
                self.adjust(hides_drawings=False)  # what is drawn is seen
            self.canvas.take_tool(kind)
            self._say("chart.keys.tool")

    def own_fills(self, number: int) -> tuple[FillMark, ...]:
        """The trader's own fills in a bar."""
        return self._own.of_bar(number)

    @property
    def studies_dialog(self) -> StudiesDialog | None:
        """The indicators' dialog, once it was opened."""
        return self._dialog

    def ask_again(self) -> None:
        """The question or its answer was lost with the link, or trades were: ask for the history once more."""
        self.feed.forget()
        self.mark_dirty()

    def concerns(self, frame: Frame) -> bool:
        symbol, market = self.symbol, frame.market
        shown = {symbol, *(one.symbol for one in self.feed.compared)}
        moved = not shown.isdisjoint(market.trades) or any(key[0] in shown for key in market.bars)
        moved = moved or any(at == symbol for _, at in market.trades_elsewhere)
        moved = moved or any(at == symbol for _, at, _ in market.bars_elsewhere)
        own = symbol in frame.orders.symbols or frame.orders.works or (frame.answers and self._own.is_behind(symbol))
        return bool(moved or own or frame.selection or market.instruments or frame.armed)

    def on_frame(self, frame: Frame) -> None:
        """Trades after the history make the last bars."""
        if self.context.orders.orders is not self._snapshot:
            # The core sent everything anew: the link was away, and trades passed without us.
            self._snapshot = self.context.orders.orders
            self.ask_again()
            if self.settings.shows_past:
                self.context.answers.past.ask_again()  # it may be another day: what was today's is past
        if self.feed.on_changes(frame.market):
            self._shown = ()
        if not self.feed.awaits:
            self._retry.stop()
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:  # noqa: ARG002  it has no clock of its own
        """Make the canvas when it is first needed; ask for history; show what is there."""
        instrument = self.context.market.instruments.get(self.symbol)
        if instrument is None:
            return
        is_other = self.feed.instrument is None or self.feed.instrument.symbol != instrument.symbol
        self.feed.choose(instrument, self.settings, self.context.actions.venue_at(self.group))
        self._ask()
        canvas = self._canvas()
        canvas.turns.gather()
        if is_other:
            canvas.set_board(self._boards.of(instrument))
        self.feed.follow()
        self._show_series(canvas)
        canvas.compared = self.feed.compared
        self._own.mark_past(canvas, instrument)
        self._own.end_lost_drag(instrument)
        canvas.can_amend = self.context.actions.is_armed and self.feed.replay is None
        canvas.price_pane.axis.countdown = self.feed.countdown()
        canvas.follow(self._marks(instrument), instrument.px_decimals)
        self.replay_bar.show_state()
        self._legend_due = True

    def _refresh_at_once(self) -> None:
        """Before the next frame comes, and whole."""
        self.refresh(0)
        while self.show_more():
            continue

    def show_more(self) -> bool:
        """What is left of the canvas; then the legend."""
        if self.canvas is not None and self.canvas.turns.show_more():
            return True
        if is_due := self._legend_due:
            self._legend_due = False
            self.show_legend()
        return is_due

    def _show_series(self, canvas: "ChartCanvas") -> None:
        """Show the series, or what changed of it."""
        seen = (self.feed.source, self.feed.shown, self.feed.shown.generation, self.feed.replay)
        if canvas.settings is not self.settings:
            canvas.take_settings(self.settings)
        if seen != self._shown:
            is_same = bool(self._shown) and seen[0] is self._shown[0] and len(self.feed.shown) == len(canvas.series)
            canvas.is_replay = self.feed.replay is not None
            canvas.show_series(self.feed.shown, keeps_view=is_same and len(canvas.series) > 0)
            self._shown = seen

    def _marks(self, instrument: Instrument) -> Marks:
        if self.feed.replay is not None:
            return self.feed.replay_marks()
        context, feed = self.context, self.feed
        return marks_of(instrument, self.series, context.market, context.orders, feed.venue, feed.shows)

    def _ask(self) -> None:
        for question in self.feed.questions():
            self._retry.start()
            self.context.query(question)

    def _canvas(self) -> "ChartCanvas":
        if self.canvas is None:
            module = import_module("widgets.chart_canvas")
            canvas: ChartCanvas = module.ChartCanvas(self.context.tokens, self.context.texts, self._own.snap)
            canvas.setAccessibleName(self.context.texts("chart.accessible"))
            canvas.pointed.connect(self._point)
            canvas.canceled.connect(self._own.cancel)
            canvas.amended.connect(self._own.amend)
            canvas.refused.connect(lambda key: canvas.say(self.context.texts(key)))
            canvas.drawn.connect(self.save_board)
            canvas.edited.connect(self.edit_studies)
            canvas.menu_asked.connect(self.open_whole_menu)
            canvas.resized.connect(lambda pane, share: self.change(self.settings.with_height(pane, share)))
            assert self._placeholder is not None
            self._column.replaceWidget(self._placeholder, canvas)
            self._placeholder.hide()
            canvas.show()  # the layout would show it a turn later, and give its room to the lines above until then
            self._placeholder.deleteLater()
            self._placeholder = None
            self._column.activate()
            self.canvas = canvas
            canvas.first_key = self.replay_bar.key
            canvas.hand.keys.step = self._own.step
            canvas.take_settings(self.settings)
        return self.canvas

    def show_legend(self) -> None:
        """The bar under the crosshair, else the last one."""
        if self.feed.instrument is not None:
            self.legend.show_lines(import_module("widgets.chart_legend").legend_lines(self, self.feed.instrument))
            if self.canvas is not None:
                self.strip.show_state(self.canvas)

    # Crosshair

    def _point(self, index: int) -> None:
        self.show_legend()
        canvas = self.canvas
        if canvas is not None and not canvas.cross.is_linked:
            self.context.pointer.point(self.group, int(self.series.start_ns[index]) if index >= 0 else 0, self)

    def _point_with(self, group: int, trade_ns: int, owner: object) -> None:
        """Another chart of the group points at a time."""
        canvas = self.canvas
        if owner is self or group != self.group or canvas is None or self._is_retired or not canvas.isVisible():
            return
        index = self.series.index_at(trade_ns) if trade_ns else -1
        canvas.cross.set(index if index >= 0 else None, None, "", is_linked=index >= 0)

    # Drawings

    def save_board(self) -> None:
        """Keep the issue's drawings."""
        issue, canvas = self.feed.instrument, self.canvas
        if issue is None or canvas is None:
            return
        self._boards.save(issue, canvas.board)

    def say(self, sentence: str) -> None:
        """Tell something at the chart's foot."""
        if self.canvas is not None:
            self.canvas.say(sentence)

    def _say(self, key: str, **values: str | int) -> None:
        self.say(self.context.texts(key, **values))

    # Replay

    def toggle_replay(self) -> None:
        """Begin to play the past from what is in view, or come back to the present."""
        if self.feed.replay is not None:
            self.end_replay()
            return
        canvas = self.canvas
        if canvas is None:
            return
        canvas.hand.give_up()
        plane = canvas.price_plane
        middle = int((max(plane.x0, 0) + min(plane.x1, len(self.series))) / 2)
        at = canvas.cross.index if canvas.cross.index is not None else middle
        if self.feed.begin_replay(at):
            self._replayed()
        else:
            self._say("chart.replay.nothing")

    def end_replay(self) -> None:
        """The present again."""
        self.feed.end_replay()
        self._replayed()

    def _replayed(self) -> None:
        self._shown = ()
        self.bar.mark("replay", on=self.feed.replay is not None)
        self._refresh_at_once()
        if self.canvas is not None:
            self.canvas.setFocus()

    def replay_moved(self, *, jumped: bool) -> None:
        """The replay bar played a step or jumped."""
        if jumped:
            self.feed.redress()
        self._refresh_at_once()
