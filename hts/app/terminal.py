"""The terminal's composition root: fonts, theme, texts, keymap, link, desk, window, frame clock.

Order of the start: only what the first paint needs is imported and made before it; the chart's library comes after.
"""

import os
import signal
import sys
from pathlib import Path

from msgspec import Struct, structs
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from hts.app import terminal_market
from hts.app.config import Config
from hts.app.crash_guard import RESTART, Life
from hts.app.desk_files import DeskFiles, take_quantities
from hts.app.home_settings import HomeSettings
from hts.app.paths import HomePaths
from hts.app.tables import resources_directory
from hts.app.terminal_cover import TerminalCover, login_of
from hts.app.terminal_dialogs import TerminalDialogs
from hts.app.terminal_health import NO_WINDOW, Health, back_text
from hts.app.terminal_keeping import TerminalKeeping
from hts.app.terminal_keymap import load_keymap_book
from hts.app.terminal_layout import FILE, load_layout, set_aside
from hts.app.terminal_link import TerminalLink, open_link
from hts.app.terminal_login import TerminalLogin
from hts.app.terminal_looks import TerminalLooks
from hts.app.terminal_scale import take_scale
from hts.app.terminal_screens import load_readings, load_screens
from hts.app.terminal_session import Link, TerminalSession
from hts.app.terminal_size import fitting_size
from hts.app.terminal_tables import load_texts, run_id, system_language
from hts.app.terminal_toasts import TerminalToasts
from hts.app.terminal_watch import TerminalWatch
from hts.app.theme_files import ThemeShelf, custom_in, low_contrasts
from hts.app.trace_wire import wire_messages
from hts.app.tune import collect_in_pause, settle_down
from hts.base.errors import ConfigError
from hts.desk.actions import Refusal
from hts.desk.cautions import stands_ns
from hts.desk.frame import Frame
from hts.desk.screener import word_names
from hts.desk.sentences import refusal_text
from hts.desk.settings import BY_NAME, Takes
from hts.desk.texts import LANGUAGES
from hts.io.clock import SystemClock
from themes import fonts, metrics
from themes.conventions import Custom
from themes.style import palette
from themes.tokens import Tokens
from widgets.frame_clock import FrameClock
from widgets.keeping import give_back, kept_of
from widgets.main_window import MainWindow
from widgets.panel import PanelContext
from widgets.restyle import restyle
from widgets.spoken_rows import speak_rows

SYSTEM = "system"  # the setting that follows the computer
LAST = "last"
TOUR_AFTER_MS = 1_500  # when the first prices stand on the screen
KEEP_MS = 5_000  # a layout that changed is stored so often, for a crash asks nobody
LATER_MS = 150  # after the first paint
TUNE_AFTER_MS = 3_000  # by then everything long-lived has been made


class TerminalOptions(Struct, frozen=True, kw_only=True):
    """What the command line may choose; what is empty is chosen by the settings."""

    language: str = ""
    theme: str = ""
    convention: str = ""
    keymap: str = "default"
    tours: bool = False  # begin with the tour, unless it was seen


class Terminal:
    """One window on one core. `window`, `session` and `frame_clock` are open to the screenshot driver."""

    def __init__(
        self, home: Path, account: str, link: Link, options: TerminalOptions, login: TerminalLogin | None = None
    ) -> None:
        """Makes everything but shows nothing. Raises ConfigError for unusable texts, theme or keymap."""
        self._clock = SystemClock()
        self.mono_ns = self._clock.mono_ns
        self.files, self.store = DeskFiles(home), HomeSettings(home)
        self.settings = self.store.settings
        self._options = options
        self._layout_path = home / FILE
        self.themes = ThemeShelf(home)
        self.tokens = self.chosen_tokens()
        self._problems = [*fonts.load(resources_directory() / "fonts"), *self.store.problems, *self.themes.problems]
        application().setPalette(palette(self.tokens))
        self.session = session = TerminalSession(
            link,
            account,
            terminal_market.rates_by_day(),
            mono_ns=self._clock.mono_ns,
            run_id=run_id(self._clock.wall_ns(), os.getpid()),
            settings=self.settings,
            decode=wire_messages,
            login=login,
            terms=terminal_market.terms_by_phase(),
            deposits=terminal_market.deposits_by_day(),
            features=terminal_market.features_by_phase(),
        )
        session.universe.rates = terminal_market.fixed_rates()
        take_quantities(self.files, session.selection.quick)
        watched = session.orders, session.universe, session.price_alerts
        self.watch = TerminalWatch(self.files, *watched, query=session.query, toasts=session.toasts)
        self._screens, problems = load_screens(self.files)
        self._readings, unread = load_readings()
        self.cover = TerminalCover(self.session.login)
        self._problems += [*problems, *unread]
        self._keymap_book = load_keymap_book(self.files, options.keymap)
        self._keymap = self._keymap_book.keymap
        self._problems += [f"keymap: {c.keys} means {' and '.join(c.actions)}" for c in self._keymap.conflicts]
        self._ends_market = self._is_leaving = self._had_layout = False
        self._refusal: Refusal | None = None
        self.dialogs = TerminalDialogs(self)
        self.toasts, self.looks = TerminalToasts(self), TerminalLooks(self)
        self.keeping = TerminalKeeping(self, self._layout_path)
        self.window = self._make_window()
        self._restore_layout()
        self.frame_clock = self._make_clock()

    def chosen_tokens(self) -> Tokens:
        """Of the command line's theme, which must exist, else of the settings', which may have been deleted."""
        if self._options.theme:
            return self.themes.tokens(self._options.theme, self.custom)
        return self.themes.usual(self.settings.word("look.theme"), self.custom)

    @property
    def custom(self) -> Custom:
        return custom_in(self.settings, self._options.convention)

    def _make_window(self) -> MainWindow:
        """A window over the session, in the language and density of now."""
        metrics.set_density(self.settings.word("look.density"))
        session, language = self.session, self._options.language or self.settings.word("look.language")
        language = system_language() if language == SYSTEM else language
        context = PanelContext(
            tokens=self.tokens,
            texts=load_texts(language),
            market=session.market,
            orders=session.orders,
            selection=session.selection,
            actions=session.actions,
            form=session.form,
            algo=session.algo,
            query=session.query,
            keys=self._keymap.keys_of,
            universe=session.universe,
            static_vi=terminal_market.static_vi_by_day(),
            is_closed=terminal_market.closed_days(),
            hours=terminal_market.hours_by_day(),
            files=self.files,
            price_alerts=session.price_alerts,
            other_texts=lambda: tuple(load_texts(other) for other in LANGUAGES if other != language),
            screens=self._screens,
            readings=self._readings,
            keymap_book=self._keymap_book,
            settings=self.settings,
            toasts=session.toasts,
            answers=session.answers,
            run=self._run,
            say=self._say,
        )
        self.context = context
        self.watch.speak(context.texts, word_names(context.texts, *context.other_texts()))
        commands = session.new_commands()
        for part in (self.dialogs, self.toasts, self.cover, self.looks):
            part.register(commands)
        window = MainWindow(context, self._keymap, commands, self._clock.mono_ns)
        self.cover.cover(window, context)
        window.ends_market = self._ends_market
        self.toasts.attach(window)
        window.resize(*fitting_size())
        window.closing.connect(self._on_closing)
        # The chart's library is large: by then the book is on the screen and moves.
        window.painted.connect(lambda: QTimer.singleShot(LATER_MS, window.prepare_later_panels))
        return window

    def _run(self, name: str) -> Refusal | None:
        """An action by name, of the window that is there now."""
        return self.session.commands.run(name)

    def _say(self, sentence: str) -> None:
        self.window.say(sentence)

    def _make_clock(self) -> FrameClock:
        window, frame, mono_ns = self.window, self.session.frame, self._clock.mono_ns
        clock = FrameClock(frame, lambda: window.panels, self._after_frame, mono_ns, window)
        clock.read, clock.pause = self.session.read, collect_in_pause
        return clock

    def end_market_with_window(self, ends: bool) -> None:
        """Core and simulator end with this window: then it asks first when orders work."""
        self._ends_market = self.window.ends_market = ends

    def show(self) -> None:
        """Show the window and begin to tick; what the first paint does not need follows right after it."""
        self.window.show()
        while self._problems:
            self.keeping.tell("keeping.start", self._problems.pop(0))
        self.frame_clock.start()

    def take_settings(self) -> None:
        """Let what was changed in the settings be seen, and keep it. Raises ConfigError when it cannot be stored."""
        changed = self.settings.drain()
        if not changed:
            return
        self.session.selection.touch()  # forms say what they would do, which locks and limits are part of
        if changed & {"look.theme", "look.convention", "look.sides"}:
            self._options = structs.replace(self._options, theme="", convention="")
            self.show_theme(self.settings.word("look.theme"), self.custom)
        if "look.language" in changed:
            self._options = structs.replace(self._options, language="")
        if "entry.presets" in changed:
            self.session.selection.quick.usual = self.settings.numbers("entry.presets")
        takes = {BY_NAME[name].takes for name in changed}
        if Takes.WINDOW in takes:
            self.reopen()
        self.store.save()
        if Takes.PROCESS in takes and not self.is_kept:
            self.window.say(self.context.texts("settings.next_start"))
        elif Takes.PROCESS in takes:
            self.restart_wanted = True
            self.window.leave()

    is_kept = False  # a parent starts another window when this one asks for it
    restart_wanted = False  # the window was closed to be opened again by a new process

    def show_theme(self, name: str, custom: Custom | str) -> None:
        """Take another theme or custom, in the window as it stands. Raises ConfigError for an unknown theme."""
        self.show_tokens(self.themes.tokens(name, custom))
        for line in low_contrasts(self.tokens):
            print(f"theme {name}: {line}", file=sys.stderr)

    def show_tokens(self, tokens: Tokens) -> None:
        """Paint the window in these colours from now on."""
        self.tokens.become(tokens)
        application().setPalette(palette(self.tokens))
        restyle(self.window)

    def attend(self, health: Health, life: Life) -> None:
        """Tell the trader of a crash before this start, and of a screen that stood still; keep the layout meanwhile."""
        self.is_kept = True
        texts = self.context.texts
        health.before_end = self.keeping.keep_layout
        health.facts = lambda: {"workspace": self.window.workspace.name, "language": self.context.texts.language}
        health.on_stall = lambda seconds, path: self.window.say(
            self.context.texts("crash.stood_still", seconds=seconds, file=path.name)
        )
        health.frames = lambda: self.frame_clock.finished if self.window.isVisible() else NO_WINDOW
        if life.before is not None:
            sentence = texts(back_text(life.before, had_layout=self._had_layout), file=life.before.name)
            self.window.say(sentence)
            self.window.painted.connect(lambda: self.window.say(sentence))  # its time begins when it can be seen
            self.toasts.tell(sentence, "", self._clock.mono_ns(), is_critical=True)
        keeper = QTimer(health)
        keeper.timeout.connect(self.keeping.keep_changed)
        keeper.start(KEEP_MS)
        health.watch()

    def reopen(self) -> None:
        """Make the window anew in its place, over the same session, with the same workspaces."""
        before, state = self.window, self.window.state()
        kept = kept_of(before.panels)
        opened = [*before.workspaces.opened_names, before.workspace.name]
        self.frame_clock.stop()
        before.closing.disconnect(self._on_closing)
        self.window = self._make_window()
        self.window.setGeometry(before.geometry())
        self.window.restore(state)
        self.window.make_later_panels()
        for name in opened:
            self.window.open_workspace(name)
        give_back(self.window.panels, kept)
        self.frame_clock = self._make_clock()
        if before.isVisible():
            self.window.setWindowState(before.windowState())
            self.window.show()
            self.frame_clock.start()
        self.dialogs.follow()
        before.hide()
        before.deleteLater()

    def ask_to_leave(self) -> None:
        """Noted alone: a signal comes amid anything, and a window that closes while Qt's types are made is a crash."""
        self._is_leaving = True

    def _after_frame(self, frame: Frame, refreshed: bool) -> None:
        if self._is_leaving:
            self._is_leaving = False
            QTimer.singleShot(0, self.window.leave)
        session, trade_ns = self.session, self.session.clock.now(frame.now_ns)
        self.cover.refresh(frame.now_ns)
        self.window.after_frame(frame, refreshed, link_is_up=session.link_is_up, trade_ns=trade_ns)
        if session.answers.stamps.waits_for_paint:
            session.answers.stamps.painted(self.mono_ns())  # what shows money was before this
        self.watch.look(frame.now_ns, trade_ns)
        self.toasts.after_frame(frame)
        self.keeping.after_frame()
        refusal = session.actions.last_refusal
        if refusal is not self._refusal:
            # A click is refused or asked about where there is no key handler to tell it.
            if self._refusal is not None and stands_ns(self._refusal.key):
                self.window.hint_strip.withdraw(refusal_text(self._refusal, self.context.texts))  # it was answered
            self._refusal = refusal
            self.window.tell(refusal)

    def _restore_layout(self) -> None:
        try:
            self._had_layout = bool(stored := load_layout(self._layout_path))
            first = self.settings.word("startup.workspace")
            if first != LAST:
                stored = {**stored, "workspace": first}
            held = self.window.restore(stored) if stored else True
        except ConfigError as fault:
            self._problems.append(str(fault))
            return
        if not held:
            self._problems.append(set_aside(self._layout_path, "a layout that does not fit these panels"))

    def _on_closing(self) -> None:
        self.frame_clock.stop()
        self.toasts.close()
        self.keeping.keep_layout()
        self.keeping.keep_settings()


def run_terminal(
    paths: HomePaths,
    config: Config,
    options: TerminalOptions,
    *,
    ends_market: bool = False,
    life: Life | None = None,
    link: TerminalLink | None = None,
) -> int:
    """Open the window on the core of this home, until it is closed. Returns the exit code; RESTART asks for another.

    `ends_market`: core and simulator end with the window, so it asks first when orders work. `life`: where a crash is
    reported, when a parent keeps this process (hts.app.crash_guard). `link`: to a core elsewhere.
    """
    health = Health(paths, life) if life is not None else None
    if health is not None:
        health.install()
    take_scale(paths.home)
    app = application()
    link = link or open_link(paths)
    clock = SystemClock()
    terminal = Terminal(paths.home, config.core.account, link, options, login_of(paths, config, link, clock))
    terminal.cover.watch_hands(app, clock)
    terminal.end_market_with_window(ends_market)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: terminal.ask_to_leave())  # runs when the frame timer next ticks
    terminal.show()
    if health is not None and life is not None:
        terminal.attend(health, life)
    if options.tours and terminal.settings.flag("startup.tour"):
        QTimer.singleShot(TOUR_AFTER_MS, terminal.dialogs.start_tour)
    QTimer.singleShot(TUNE_AFTER_MS, lambda: settle_down(lambda s, step: QTimer.singleShot(round(s * 1e3), step)))
    try:
        status = app.exec()
    finally:
        if health is not None:
            health.stop()  # a window that was closed is not opened again, however long the rest takes
        link.close()
    return RESTART if terminal.restart_wanted else status


def application() -> QApplication:
    """The one QApplication, made at the first call."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        app.setApplicationName("hts")
        speak_rows()
        # A blinking cursor would repaint a field twice a second for ever.
        app.setCursorFlashTime(0)
    return app
