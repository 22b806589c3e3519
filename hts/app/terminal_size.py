"""How large the window is when nothing was stored."""

import os

from PySide6.QtGui import QGuiApplication

SIZE = (1920, 1080)


def fitting_size() -> tuple[int, int]:
    """Full HD where the screen has room for it."""
    screen = QGuiApplication.primaryScreen()
    if screen is None or os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return SIZE
    room = screen.availableGeometry()
    return min(SIZE[0], room.width()), min(SIZE[1], room.height())
