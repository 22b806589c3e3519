"""A menu that opens and goes: names in it as they are written, and nothing of it left when it is closed."""

from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

NESTED_MAX: Final = 8  # menus within one another


def literal(text: str) -> str:
    """A text as a menu shows it whole: a single ampersand would be left out, and underline what follows."""
    return text.replace("&", "&&")


def pop_up(menu: QMenu, at: QPoint) -> None:
    """Open a menu; it goes when it is closed, with the menus within it, whoever made them."""
    menu.aboutToHide.connect(lambda: let_go(menu))
    menu.popup(at)


def close_open() -> None:
    """Close the menu that is open and those that it was opened from: a field in it was entered, as by an entry."""
    for _ in range(NESTED_MAX):
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return
        menu.close()


def let_go(menu: QMenu) -> None:
    """Delete a menu and the menus within it once this turn is over."""
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            let_go(inner)
    menu.deleteLater()
