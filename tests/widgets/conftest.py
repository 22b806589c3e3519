"""Screens are tested without a screen: Qt's offscreen platform."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.support.desk_feed import Desk
    from widgets.main_window import MainWindow

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The offscreen platform says so whenever a window with a minimum size is shown; there is no window manager to tell.
NO_WINDOW_MANAGER = "This plugin does not support"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(NO_WINDOW_MANAGER))


@pytest.fixture
def desk() -> "Desk":
    """A day with orders, fills and holdings."""
    from tests.support.desk_feed import busy_desk

    return busy_desk()


@pytest.fixture
def window(qtbot: "QtBot", desk: "Desk") -> "MainWindow":
    """The window over it, in English."""
    from tests.support.window import make_window

    made = make_window(desk)
    qtbot.addWidget(made)
    return made
