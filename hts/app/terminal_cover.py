"""The cover over a terminal's window, its actions, and what locks it: idle hands, the system, a key that left."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hts.app.config import Config
from hts.app.key_worker import KeyWorker, platform_of
from hts.app.paths import HomePaths
from hts.app.system_lock import KeyPresence, SystemLock
from hts.app.terminal_link import TerminalLink
from hts.app.terminal_login import TerminalLogin
from hts.auth.errors import AuthError
from hts.auth.secrets import Secret
from hts.base.clock import Clock
from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.login import NS, Watch
from widgets.login import HandWatch, LoginCover
from widgets.main_window import MainWindow
from widgets.panel import PanelContext

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

LIFTS = "lock.passphrase"  # what the secret store calls it


class TerminalCover:
    """One for all windows that a terminal makes in turn."""

    def __init__(self, login: TerminalLogin) -> None:
        self._login = login
        self._cover: LoginCover | None = None

    def register(self, commands: Commands) -> None:
        """Add the actions to the commands of a window that is being made."""
        login = self._login
        acts: dict[str, Callable[[], None]] = {
            "session.lock": login.lock,
            "session.logout": login.log_out,
            "session.add_key": partial(login.add_key, "terminal"),
            "session.add_otp": login.add_otp,
            "session.recovery": login.make_recovery,
        }
        for name, act in acts.items():
            commands.register(name, partial(_done, act))

    def cover(self, window: MainWindow, context: PanelContext) -> None:
        """Lie over this window from now on."""
        self._cover = LoginCover(context, self._login.state, self._login, window)

    def refresh(self, now_ns: int) -> None:
        """Once per frame."""
        if self._cover is not None:
            self._cover.refresh(now_ns)

    def watch_hands(self, app: "QApplication", clock: Clock) -> None:
        """Idle hands lock. Where they do not, nobody looks: each event of the window would cost 3 us more."""
        if self._login.idle.is_on:
            app.installEventFilter(HandWatch(lambda: self._login.idle.moved(clock.mono_ns()), app))


def _done(act: Callable[[], None]) -> Refusal | None:
    act()
    return None


def login_of(paths: HomePaths, config: Config, link: TerminalLink, clock: Clock) -> TerminalLogin:
    """Made once per terminal, as the settings say. A paper terminal locks when told to, and by no watch.

    That a core elsewhere asks for logins is not in the settings here: the link of a person is watched all the same.
    """
    settings, watches = config.login, list[Watch]()
    is_watched = config.asks_login or link.is_of_person
    if is_watched and settings.lock_with_system:
        watches.append(SystemLock())
    if is_watched and settings.lock_on_key_removal:
        watches.append(KeyPresence())
    return TerminalLogin(
        link,
        lambda origin: KeyWorker(platform_of(origin)),
        clock.mono_ns,
        idle_ns=settings.lock_idle_s * NS if is_watched else 0,
        watches=tuple(watches),
        passphrase=lambda: _passphrase(paths),
    )


def _passphrase(paths: HomePaths) -> Secret | None:
    """What lifts a paper lock, where `hts secret set lock.passphrase` kept one in the keychain."""
    from hts.app.secret_store import open_keychain, vault_path

    if vault_path(paths).exists():
        return None  # a vault asks for a passphrase of its own; it is not opened for a screen
    try:
        return open_keychain().get(LIFTS)
    except AuthError:
        return None
