"""Pictures of the cover: the lock of the session that runs, and the login screen of a core that asks who is there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal


class LoginPictures:
    """Leaves the window as it found it."""

    def __init__(
        self,
        terminal: "Terminal",
        save: "Callable[[str, QWidget], None]",
        key: Callable[[str], None],
        settle: Callable[[], None],
    ) -> None:
        self._terminal = terminal
        self._save = save
        self._key = key
        self._settle = settle

    def take(self) -> None:
        """Both."""
        login = self._terminal.session.login
        self._key("Ctrl+Alt+L")
        self._settle()
        self._save("lock", self._terminal.window)
        login.lift("")
        login.state.ask(("key", "otp"))
        self._settle()
        self._save("login", self._terminal.window)
        login.state.lock(is_paper=True)
        login.lift("")
        self._settle()
