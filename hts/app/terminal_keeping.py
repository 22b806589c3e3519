"""What a terminal keeps in its home while it runs, and what it says when the disk refuses or a file does not hold.

A layout that could not be stored is tried again every few seconds, also when it does not change any more; that is said
once, until the disk takes it again. Small files (lists, notes, drawings) say it at every change that is not kept.
Settings are stored when they change: the ladder's switches are among them, and no crash may take a caution back.
"""

import sys
from typing import TYPE_CHECKING, Any

from hts.app.terminal_layout import save_layout
from hts.base.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from hts.app.terminal import Terminal


class TerminalKeeping:
    """`keep_layout` at the end, `keep_changed` now and then, `after_frame` once per frame; `tell` other faults."""

    def __init__(self, terminal: "Terminal", layout: "Path") -> None:
        self._terminal, self._layout = terminal, layout
        self._kept: dict[str, Any] = {}
        self._is_told = self._settings_are_told = False
        self._tried = 0  # the version of the settings that was tried last

    def keep_changed(self) -> None:
        """Store the layout if it is not the one that was stored last; try again what the disk refused."""
        if self._terminal.store.is_behind:
            self.keep_settings()
        if self._terminal.window.state() != self._kept:
            self.keep_layout()

    def keep_layout(self) -> None:
        """Store the layout as it is now."""
        state = self._terminal.window.state()
        try:
            save_layout(self._layout, state)
        except ConfigError as fault:
            if not self._is_told:
                self._is_told = True
                self.tell("keeping.layout", str(fault))
        else:
            self._kept, self._is_told = state, False

    def keep_settings(self) -> None:
        """Store the settings as they are now."""
        self._tried = self._terminal.settings.version
        try:
            self._terminal.store.save()
        except ConfigError as fault:
            if not self._settings_are_told:
                self._settings_are_told = True
                self.tell("keeping.settings", str(fault))
        else:
            self._settings_are_told = False

    def after_frame(self) -> None:
        """Say what has happened to small files since the last frame; store settings that have changed."""
        if self._terminal.store.is_behind and self._terminal.settings.version != self._tried:
            self.keep_settings()
        problems = self._terminal.files.problems
        while problems:
            self.tell("keeping.file", problems.pop(0))

    def tell(self, key: str, fault: str) -> None:
        """Say a fault at the foot, on a card and where the program was started; the notices keep it."""
        terminal = self._terminal
        print(fault, file=sys.stderr)
        terminal.window.say(fault)
        terminal.toasts.tell(terminal.context.texts(key), fault, terminal.mono_ns(), is_critical=True)
