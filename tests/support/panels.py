"""A PanelContext over the scripted desk, with the bundled fonts loaded; and a way to look at a panel."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from hts.desk.keymap import Keymap
from tests.support.desk_feed import ROOT, Desk, texts
from themes import fonts
from themes.tokens import THEMES, Tokens
from widgets.panel import Panel, PanelContext


def panel_context(desk: Desk, language: str = "ko", theme: str = "dark") -> PanelContext:
    fonts.load(ROOT / "resources" / "fonts")
    return PanelContext(
        tokens=Tokens.parse(THEMES[theme]),
        texts=texts(language),
        market=desk.market,
        orders=desk.orders,
        selection=desk.selection,
        actions=desk.actions,
        form=desk.form,
        query=desk.queries.append,
        keys=keymap().keys_of,
    )


def keymap() -> Keymap:
    text = (ROOT / "resources" / "keymaps" / "default.toml").read_text(encoding="utf-8")
    return Keymap.parse(text, "default")


def show_frame(panel: Panel, desk: Desk) -> None:
    """Bring one frame to the panel."""
    panel.on_frame(desk.frame())
    panel.refresh_if_dirty(desk.now_ns)


def save_picture(widget: QWidget, path: Path) -> None:
    """Paint the widget into a PNG file."""
    assert widget.grab().save(str(path))
