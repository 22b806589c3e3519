"""Language and scale of the terminal as actions, for keys and the command box.

Another scale needs another process (orders live on in the core). Steps are gathered: the window goes when no other one
came for a moment.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.settings import BY_NAME

if TYPE_CHECKING:
    from hts.app.terminal import Terminal

GATHER_MS: Final = 1_200  # between two steps of the scale
LANGUAGE, SCALE = BY_NAME["look.language"], BY_NAME["look.scale"]


class TerminalLooks:
    """`take` lets changed settings take effect."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self._later = QTimer()
        self._later.setSingleShot(True)
        self._later.timeout.connect(terminal.dialogs.take)

    def register(self, commands: Commands) -> None:
        """Add the actions to the commands of a window that is being made."""
        for name in LANGUAGE.choices:
            commands.register(f"language.{name}", partial(self._speak, name))
        for name, by in (("larger", SCALE.step), ("smaller", -SCALE.step), ("reset", 0)):
            commands.register(f"scale.{name}", partial(self._scale, by))

    def _speak(self, name: str) -> Refusal | None:
        """The window is made anew when the key that asked for it is done."""
        self._terminal.settings.set(LANGUAGE.name, name)
        QTimer.singleShot(0, self._terminal.dialogs.take)
        return None

    def _scale(self, by: int) -> Refusal | None:
        """`by` percent larger; 0 for the one that ships."""
        terminal = self._terminal
        now = terminal.settings.number(SCALE.name)
        wanted = now + by if by else SCALE.default
        if not terminal.settings.set(SCALE.name, wanted):
            return Refusal(key="refusal.scale_end", values={"percent": str(now)})
        self._later.start(GATHER_MS)
        key = "scale.taking" if terminal.is_kept else "settings.next_start"
        terminal.window.say(terminal.context.texts(key, percent=terminal.settings.number(SCALE.name)), is_warning=False)
        return None
