"""What every part of the story has in hand: the window, its keys, waiting, saving; panels in windows of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPoint

from hts.app.hand import Hand
from hts.model.enums import Side
from themes.style import style_sheet
from widgets.ladder import LadderPanel
from widgets.panel import Panel
from widgets.panels import make_panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal


IN_COLUMN = 20  # of the ladder's columns, right of their edge


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

    def click_ladder(self, side: Side, px: int) -> bool:
        """Click into a side's column of the first ladder; whether the price has a row there."""
        for one in self.terminal.window.workspace.panels:
            if isinstance(one, LadderPanel) and one.isVisible() and one.state is not None:
                book, row = one.book, one.state.row_of(px)
                if book.columns is None or not 0 <= row < one.state.scroll.count:
                    return False
                x = (book.columns.bid if side is Side.BUY else book.columns.ask) + IN_COLUMN
                Hand(self.terminal.window).click(book, QPoint(x, book.row_rect(row).center().y()))
                self.settle()
                return True
        return False

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
