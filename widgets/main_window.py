"""The window: top bar, status strip, workspaces, hint strip; and the way of a key.

A key press reaches this window after every text field has had its say (widgets.keys), is looked up in the keymap,
and the action runs within the same call: an order intent is on the socket when the handler returns.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QMainWindow, QVBoxLayout, QWidget

from hts.desk.action_names import may_trade
from hts.desk.actions import Refusal
from hts.desk.cautions import stands_ns
from hts.desk.commands import Commands
from hts.desk.finder import Finder
from hts.desk.frame import Frame
from hts.desk.keymap import Keymap, Match
from hts.desk.selection import GROUPS
from hts.desk.sentences import denial_text, notice_text, refusal_text
from themes import metrics
from themes.style import palette, style_sheet
from widgets.armed_frame import ArmedFrame
from widgets.begun_keys import BegunKeys
from widgets.chart_library import ChartLibrary
from widgets.closing import Choice, ClosingDialog
from widgets.command_box import CommandBox
from widgets.docking import Workspace, seen_place, set_up_docking
from widgets.first_paint import FirstPaint
from widgets.hint_strip import MESSAGE_NS, HintStrip
from widgets.keys import is_writing, key_name
from widgets.panel import Panel, PanelContext
from widgets.panels import PANELS
from widgets.paper_block import WIDTH as PAPER_W
from widgets.paper_block import PaperBlock
from widgets.status_strip import StatusStrip
from widgets.top_bar import TopBar
from widgets.window_commands import keyboard_back, register_window_commands
from widgets.workspace_stack import WorkspaceStack
from widgets.workspaces import WORKSPACES

NOT_FOUND = ("qty.", "px.", "command.")  # what nobody would look for by its name
PLACE_MIN = 400  # a stored window smaller than this was no window
ARROWS = ("Up", "Down", "Left", "Right")  # they repeat: the first two always, all of them within a sequence
CALM_NS = 95_000_000  # the clock, the strip, and the day's result while only quotes move: every sixth frame
HEADERS_NS = 100_000_000  # panels' subtitles while only quotes move: nothing that they say changes oftener


class MainWindow(QMainWindow):
    """Signals: `painted` once, after the first paint; `closing` before the window goes."""

    painted = Signal()
    closing = Signal()

    def __init__(self, context: PanelContext, keymap: Keymap, commands: Commands, mono_ns: Callable[[], int]) -> None:
        super().__init__()
        self._context = context
        self._keymap = keymap
        self._commands = commands
        self._mono_ns = mono_ns
        self._refusals_seen = self._notices_seen = 0
        FirstPaint(self, self.painted.emit)
        self.focused: Panel | None = None  # the panel that had the keyboard last
        self._headers_due, self._headers_ns = False, -HEADERS_NS
        self._result_due, self._link_was_up, self._calm_ns = False, False, -CALM_NS
        self.ends_market = False  # core and simulator end with this window
        context.texts.caps.keys_of = keymap.keys_of
        self.setWindowTitle(context.texts("window.title"))
        self.restyle()
        set_up_docking()
        self._build()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)
        app.screenRemoved.connect(self._on_screen_removed)
        self.open_workspace(next(iter(WORKSPACES)))

    def _build(self) -> None:
        context = self._context
        self._shell = shell = QWidget(self)
        shell.setObjectName("shell")
        self.setCentralWidget(shell)
        self.finder = Finder(
            context.market.instruments,
            self._findable,
            context.texts,
            others=context.other_texts,
            screens=context.screens,
            is_order=context.orders.knows,
            readings=context.readings,
        )
        self.command_box = CommandBox(context, self._keymap, self.finder)
        self.command_box.symbol_chosen.connect(self._choose_symbol)
        self.command_box.action_chosen.connect(self.run_action)
        self.command_box.left.connect(lambda: keyboard_back(self))
        self.workspaces = WorkspaceStack(context, self._mono_ns, shell)
        self.workspaces.opened.connect(self._on_opened)
        self.workspaces.listed.connect(self._list_workspaces)
        self.workspaces.floated.connect(self._on_floated)
        self.workspaces.damaged.connect(lambda file: self.say(context.texts("notice.workspace_default", file=file)))
        self.top_bar = TopBar(context, self._keymap, self.command_box)
        self.top_bar.workspace_chosen.connect(self.open_workspace)
        self.top_bar.action_chosen.connect(self.run_action)
        self.top_bar.renamed.connect(lambda name, title: self.tell(self.workspaces.rename(name, title)))
        self.top_bar.arm_clicked.connect(lambda: self.run_action("arm.toggle"))
        self.status_strip = StatusStrip(context)
        self.hint_strip = HintStrip(context, self._keymap)
        head = QGridLayout()
        head.setSpacing(0)
        head.addWidget(PaperBlock(context), 0, 0, 2, 1)
        head.addWidget(self.top_bar, 0, 1)
        head.addWidget(self.status_strip, 1, 1)
        head.setColumnMinimumWidth(0, PAPER_W)
        box = QVBoxLayout(shell)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addSpacing(metrics.GUTTER + 1)
        box.addWidget(self.workspaces, 1)
        box.addSpacing(metrics.GUTTER + 1)
        box.addWidget(self.hint_strip)
        self._armed_frame = ArmedFrame(context.tokens.own, shell)
        self.begun_keys = BegunKeys(self, self._keymap)
        register_window_commands(self, self._commands)
        # A workspace that ships has the key of its number.
        ships = {f"workspace.{name}" for name in WORKSPACES}
        context.keymap_book.names = lambda: [name for name in self._commands.names if name not in ships]
        context.keymap_book.fill(f"panel.{name}" for name in PANELS)
        self._keymap_seen = context.keymap_book.revision
        self._list_workspaces()

    def _findable(self) -> list[str]:
        return [name for name in self._commands.names if not name.startswith(NOT_FOUND)]

    def restyle(self) -> None:
        """What Qt paints itself takes its colours from the palette and the style sheet."""
        self.setPalette(palette(self._context.tokens))
        self.setStyleSheet(style_sheet(self._context.tokens))

    @property
    def panels(self) -> list[Panel]:
        """Panels of all workspaces that have been opened."""
        return self.workspaces.panels

    def prepare_later_panels(self) -> None:
        """Have ready what the first paint did without, while the window works already; then make it."""
        library = ChartLibrary(self)
        library.ready.connect(self.make_later_panels)
        library.start()

    def make_later_panels(self) -> None:
        """Make what the first paint did without, here and in every workspace that is opened from now on."""
        self.workspaces.make_later_panels()

    @property
    def workspace(self) -> Workspace:
        """The one in front."""
        return self.workspaces.front

    def open_workspace(self, name: str) -> None:
        """Bring a workspace to the front, making it at its first opening."""
        self.workspaces.open(name)

    def _on_opened(self, name: str) -> None:
        self.focused = None
        self._context.selection.activate(GROUPS[0])
        self.top_bar.set_workspace(name)
        self._show_armed()

    def _list_workspaces(self) -> None:
        stack = self.workspaces
        self.top_bar.set_workspaces([(entry.name, stack.title(entry), entry.is_own) for entry in stack.list.entries])

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Keys act on the issue of the panel that has the keyboard."""
        while now is not None and not isinstance(now, Panel):
            now = now.parentWidget()
        if now is not None:
            self.focused = now
            self._context.selection.activate(now.group)

    def _on_screen_removed(self, _screen: object) -> None:
        """A monitor is gone: what stood on it comes to one that is there, this window too."""
        self.workspaces.bring_home()
        rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        before = self.geometry()
        after = seen_place(before, rooms)
        if after != before:
            self.setGeometry(after)

    @property
    def group(self) -> int:
        """The link group that keys act on."""
        return self._context.selection.active

    def focus(self, panel: Panel | None) -> None:
        """Keys act on the issue of this panel; None: it has gone."""
        self.focused = panel
        if panel is not None:
            self._context.selection.activate(panel.group)
        else:
            self.workspace.setFocus()
        self._show_armed()

    def _on_floated(self, window: QWidget) -> None:
        """A torn-off panel has its own window; its keys are ours too."""
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.take_key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Look a key up and do what it says, now. False when it means nothing."""
        with self._context.actions.haste:
            name = key_name(event)
            begun = self._keymap.begun
            if not name or (event.isAutoRepeat() and not name.endswith(ARROWS if begun else ARROWS[:2])):
                return bool(name)
            press = self._keymap.press(name, armed=self._context.actions.is_armed)
            if press.match is Match.EXACT and self._commands.is_hasty(press.action):
                self._run_key(press.action)
                if begun:
                    self.begun_keys.end()
                return True
        if press.match is Match.EXACT:
            self._run_key(press.action)
        self.begun_keys.follow(press.action if press.match is Match.EXACT else "", begun)
        if press.match in (Match.EXACT, Match.PARTIAL):
            return True
        if event.text().isdecimal() and event.text().isascii():
            self.command_box.open_with(event.text())  # a screen number or a code
            return True
        if press.match is Match.BLOCKED:
            self._say_key("refusal.locked")
        return press.match is not Match.NONE

    def run_action(self, name: str) -> None:
        """Do what an action's name says; a refusal is shown as a sentence."""
        self.tell(self._commands.run(name))

    def _run_key(self, name: str) -> None:
        """The same by a key: nothing trades because somebody writes a note, a name or a search."""
        if may_trade(name) and is_writing(QApplication.focusWidget()):
            self._say_key("refusal.writing")
        else:
            self.run_action(name)

    def tell(self, refusal: Refusal | None) -> None:
        """Show why something was not done; a question as long as it can be answered."""
        if refusal is not None:
            lasts_ns = stands_ns(refusal.key) or MESSAGE_NS
            self.hint_strip.say(refusal_text(refusal, self._context.texts), self._mono_ns(), lasts_ns=lasts_ns)

    def _say_key(self, key: str) -> None:
        self.hint_strip.say(self._context.texts(key), self._mono_ns())

    def say(self, sentence: str, *, is_warning: bool = True) -> None:
        """Show a sentence at the foot."""
        self.hint_strip.say(sentence, self._mono_ns(), is_warning=is_warning)

    @property
    def context(self) -> PanelContext:
        """What the window's panels work with."""
        return self._context

    @property
    def awaits_key(self) -> bool:
        """Whether a sequence of keys has begun: the next one is ours, also where it could be typed."""
        return bool(self._keymap.begun)

    def _choose_symbol(self, symbol: str) -> None:
        self._context.selection.choose(symbol)

    def after_frame(self, frame: Frame, refreshed: bool, *, link_is_up: bool, trade_ns: int) -> None:
        """Bring the shell itself up to date."""
        is_turn = frame.now_ns - self._calm_ns >= CALM_NS
        if is_turn:
            self._calm_ns = frame.now_ns
            self.top_bar.set_time(trade_ns)
            self.hint_strip.calm(frame.now_ns)
        if is_turn or frame.orders.status or link_is_up is not self._link_was_up:
            self._link_was_up = link_is_up
            self.status_strip.refresh(link_is_up=link_is_up, trade_ns=trade_ns)
        if frame.selection or frame.market.instruments:
            self.hint_strip.show_target()
        self._result_due = self._result_due or bool(frame.market.trades)
        if (is_turn and self._result_due) or frame.orders or frame.armed:
            self._result_due = False
            self.top_bar.refresh()
        self._show_headers(frame, refreshed)
        self._show_armed()
        self._show_keymap()
        if frame.orders.notices:
            self._say_new()

    def _show_headers(self, frame: Frame, refreshed: bool) -> None:
        self._headers_due = self._headers_due or refreshed
        if not self._headers_due:
            return
        if frame.selection or frame.market.instruments or frame.now_ns - self._headers_ns >= HEADERS_NS:
            self._headers_due, self._headers_ns = False, frame.now_ns
            self.workspace.refresh_headers()
        elif frame.orders.is_money:
            for note in self.workspace.headers:
                note.follow_money()  # a count never lags its rows

    def _show_keymap(self) -> None:
        """Other keys: every cap is written anew."""
        revision = self._context.keymap_book.revision
        if revision != self._keymap_seen:
            self._keymap_seen = revision
            for panel in self.panels:
                panel.mark_dirty()
            for widget in (self.hint_strip, self.top_bar, self.command_box):
                widget.update()

    def _say_new(self) -> None:
        orders, texts = self._context.orders, self._context.texts
        for notice in orders.notices[self._notices_seen :]:
            self.hint_strip.say(notice_text(notice, texts), self._mono_ns(), is_warning=notice.is_warning)
        for outcome in orders.refusals[self._refusals_seen :]:
            if outcome.denial is not None:
                order = orders.orders.get(outcome.order_id)
                issue = self._context.market.instruments.get(order.symbol) if order is not None else None
                decimals = issue.px_decimals if issue is not None else 0
                self.say(texts("refusal.denied", text=denial_text(outcome.denial, texts, decimals)))
        self._notices_seen, self._refusals_seen = len(orders.notices), len(orders.refusals)

    def _show_armed(self) -> None:
        rects = self.workspace.send_rects() if self._context.actions.is_armed else []
        corner = self.workspace.mapTo(self._shell, self.workspace.rect().topLeft())
        self._armed_frame.show_rects([(x + corner.x(), y + corner.y(), w, h) for x, y, w, h in rects])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_armed()

    def state(self) -> dict[str, Any]:
        """Window and layouts, for storing."""
        place = self.normalGeometry() if self.isMaximized() else self.geometry()
        return {
            **self.workspaces.state(),
            "place": [place.x(), place.y(), place.width(), place.height()],
            "maximized": self.isMaximized(),
            "groups": self._context.selection.state(),
            "recent": self.finder.history.keys,
        }

    def restore(self, state: dict[str, Any]) -> bool:
        """Take what was stored; False when a layout did not hold and the default stands instead."""
        self._restore_place(state.get("place"))
        if state.get("maximized") is True:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self._context.selection.restore(state.get("groups"))
        self.finder.history.restore(state.get("recent"))
        return self.workspaces.restore(state)

    def _restore_place(self, place: Any) -> None:
        """Where the window stood, if that can still be seen."""
        if isinstance(place, list) and len(place) == 4 and all(isinstance(n, int) and abs(n) < 2**15 for n in place):
            rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
            stood = QRect(*place)
            if stood.width() >= PLACE_MIN and stood.height() >= PLACE_MIN:
                self.setGeometry(seen_place(stood, rooms))

    def leave(self) -> None:
        """Close without a question: a signal asked for it."""
        self.ends_market = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    def closing_question(self) -> ClosingDialog:
        """What is asked when the window goes while orders work."""
        return ClosingDialog(self._context, len(self._context.orders.working()), self)

    def _may_close(self) -> bool:
        """Ask what becomes of working orders, where closing the window would end their core."""
        working = len(self._context.orders.working())
        if not self.ends_market or not working:
            return True
        dialog = self.closing_question()
        dialog.exec()
        if dialog.choice is Choice.CANCEL:
            self._context.actions.cancel_all()
        return dialog.choice is not Choice.STAY
