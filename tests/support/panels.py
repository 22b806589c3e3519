"""A PanelContext over the scripted desk, with the bundled fonts loaded; and a way to look at a panel."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from hts.app.terminal_keymap import load_presets
from hts.desk.keymap import Keymap
from hts.desk.keymap_book import KeymapBook
from tests.support.desk_feed import ROOT, Desk, texts
from themes import fonts
from themes.tokens import THEMES, Tokens
from widgets.panel import Panel, PanelContext


def panel_context(desk: Desk, language: str = "ko", theme: str = "dark") -> PanelContext:
    fonts.load(ROOT / "resources" / "fonts")
    book = keymap_book()
    return PanelContext(
        tokens=Tokens.parse(THEMES[theme]),
        texts=texts(language),
        market=desk.market,
        orders=desk.orders,
        selection=desk.selection,
        actions=desk.actions,
        form=desk.form,
        algo=desk.algo,
        query=desk.queries.append,
        keys=book.keymap.keys_of,
        keymap_book=book,
    )


def keymap() -> Keymap:
    text = (ROOT / "resources" / "keymaps" / "default.toml").read_text(encoding="utf-8")
    return Keymap.parse(text, "default")


def keymap_book() -> KeymapBook:
    """The presets that ship, with nothing changed; what is kept goes nowhere."""
    return KeymapBook(load_presets())


def show_frame(panel: Panel, desk: Desk) -> None:
    """Bring one frame to the panel."""
    panel.on_frame(desk.frame())
    panel.refresh_whole(desk.now_ns)


def shown(qtbot: Any, panel: Panel, desk: Desk, width: int, height: int) -> Panel:
    """Show a panel at a size, with its first frame."""
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    show_frame(panel, desk)
    return panel


def save_picture(widget: QWidget, path: Path) -> None:
    """Paint the widget into a PNG file."""
    assert widget.grab().save(str(path))
