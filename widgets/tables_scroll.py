"""The thin scroll bar of painted tables."""

from PySide6.QtWidgets import QScrollBar

from themes.tokens import Tokens

WIDTH = 6


def style_scroll_bar(bar: QScrollBar, tokens: Tokens) -> None:
    """Six pixels, no arrows, a handle in the structure colour."""
    bar.setStyleSheet(
        f"QScrollBar:vertical {{ background: {tokens.panel.name()}; width: {WIDTH}px; margin: 0; border: 0; }}"
        f"QScrollBar::handle:vertical {{ background: {tokens.line2.name()}; min-height: 24px; }}"
        "QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; border: 0; }"
        "QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical { background: none; }"
    )
