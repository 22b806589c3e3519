"""What every part of the story has in hand: the window, its keys, waiting, saving; panels in windows of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from themes.style import style_sheet
from widgets.panel import Panel
from widgets.panels import make_panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal


class Camera(Struct, frozen=True, kw_only=True):
    """save(name, widget): a picture. wait(what, condition): raises when it does not come. key(name): pressed, settled.

    settle(): a few frames pass.
    """

    terminal: "Terminal"
    save: "Callable[[str, QWidget], None]"
    wait: Callable[[str, Callable[[], bool]], None]
    key: Callable[[str], None]
    settle: Callable[[], None]

    def window(self, name: str) -> None:
        """The whole window."""
        self.save(name, self.terminal.window)

    def panel(self, panel: str, name: str) -> None:
        """The first panel of a kind in the workspace in front; nothing where it has none."""
        for one in self.terminal.window.workspace.panels:
            if one.objectName() == panel and one.isVisible():
                self.save(name, one)
                return

    def open(self, name: str, size: tuple[int, int]) -> Panel:
        """A panel in a window of its own, refreshed once, so that no workspace has to hold it."""
        panel = make_panel(name, self.terminal.context)
        panel.setStyleSheet(style_sheet(self.terminal.context.tokens))  # what the window gives its panels
        panel.resize(*size)
        panel.show()
        self.refresh(panel)
        return panel

    def refresh(self, panel: Panel) -> None:
        """Bring a panel of our own up to date: no frame clock does."""
        panel.mark_dirty()
        panel.refresh_if_dirty(self.terminal.mono_ns())
