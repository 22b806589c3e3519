"""Toasts and sounds of one terminal: the feed, the cards over the window, what a click on a card opens."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from hts.app.sounds import BEEP, Player
from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.frame import Frame
from hts.desk.toasts import News, ToastKind
from hts.desk.toasts_feed import ToastFeed
from hts.desk.toasts_place import Rect
from widgets.main_window import MainWindow
from widgets.toasts import ToastStack

if TYPE_CHECKING:
    from hts.app.terminal import Terminal


class TerminalToasts:
    """`player` and `stack` are open to tests."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self._feed: ToastFeed | None = None
        self.stack: ToastStack | None = None
        self.player = Player(QApplication.beep)
        self._said_beep = False

    def register(self, commands: Commands) -> None:
        """Add the actions to the commands of a window that is being made."""
        commands.register("toast.open", self._open_newest)
        commands.register("toast.dismiss", self._dismiss)
        commands.register("toast.quiet", self._toggle_quiet)

    def attach(self, window: MainWindow) -> None:
        """Show cards over this window, in the language of now."""
        terminal = self._terminal
        session, texts = terminal.session, terminal.context.texts
        if self._feed is None:
            self._feed = ToastFeed(session.toasts, session.market, session.orders, texts)
        self._feed.texts = texts
        self.stack = ToastStack(
            session.toasts, terminal.tokens, texts("toast.close"), lambda: _send_rects(window), window
        )
        self.stack.opened.connect(self._open)

    def after_frame(self, frame: Frame) -> None:
        """Once per frame."""
        session = self._terminal.session
        assert self._feed is not None
        assert self.stack is not None
        self._feed.follow(frame.orders, frame.now_ns, link_is_up=session.link_is_up, has_snapshot=session.has_snapshot)
        self.stack.show_toasts(frame.now_ns)
        sound = session.toasts.drain_sound(frame.now_ns)
        if sound:
            self._play(sound)

    def tell(self, title: str, detail: str, now_ns: int, *, is_critical: bool = False) -> None:
        """News of the terminal itself."""
        about = f"{title} {detail}"
        news = News(
            kind=ToastKind.ALERT, about=about, title=title, detail=detail, sound="alert", is_critical=is_critical
        )
        self._terminal.session.toasts.tell(news, now_ns)

    def close(self) -> None:
        """The terminal ends."""
        self.player.close()

    def _play(self, name: str) -> None:
        # What stands at the foot matters more; the next sound tells it.
        if self.player.way == BEEP and not self._said_beep and not self._terminal.window.hint_strip.message:
            self._said_beep = True
            self._terminal.window.say(self._terminal.context.texts("toast.by_beep"))
        self.player.play(name, self._terminal.settings.number("sound.volume"))

    # Actions

    def _open_newest(self) -> Refusal | None:
        shown = self._terminal.session.toasts.shown
        if not shown:
            return self._terminal.session.commands.run("panel.notices")
        self._open(shown[-1].number)
        return None

    def _dismiss(self) -> Refusal | None:
        self._terminal.session.toasts.dismiss()
        return None

    def _toggle_quiet(self) -> Refusal | None:
        terminal = self._terminal
        quiet = not terminal.settings.flag("notify.quiet")
        terminal.settings.set("notify.quiet", quiet)
        terminal.dialogs.take()
        terminal.window.say(terminal.context.texts("toast.quiet_on" if quiet else "toast.quiet_off"))
        return None

    def _open(self, number: int) -> None:
        """Choose the issue that a card speaks of and bring the panel to the front that shows it."""
        session = self._terminal.session
        toast = next((one for one in session.toasts.shown if one.number == number), None)
        if toast is None:
            return
        session.toasts.dismiss(number)
        if toast.news.symbol:
            session.selection.choose(toast.news.symbol)
        name = f"panel.{toast.news.panel or 'notices'}"
        self._terminal.window.run_action(name if name in session.commands.names else "panel.notices")


def _send_rects(window: MainWindow) -> list[Rect]:
    """Where the panels stand that can send, in the window."""
    corner = window.workspace.mapTo(window, window.workspace.rect().topLeft())
    return [(x + corner.x(), y + corner.y(), width, height) for x, y, width, height in window.workspace.send_rects()]
