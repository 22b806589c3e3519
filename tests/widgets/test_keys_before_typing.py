"""Keys trade: no panel may catch them in a field because its window was opened."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.widgets.scene import day_scene
from widgets.panels import make_panel

PANELS = ("watchlist", "tape", "screener", "alerts", "log", "ranking", "market_map", "footprint")


def tab_order(panel):
    """Widgets of the panel that Tab reaches, in order."""
    found, at = [], panel.nextInFocusChain()
    while at is not panel:
        if panel.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.focusProxy() is None:
            found.append(at)
        at = at.nextInFocusChain()
    return found


@pytest.mark.parametrize("name", PANELS)
def test_the_first_in_the_tab_order_is_no_field(qtbot, name):
    panel = make_panel(name, day_scene().context)
    qtbot.addWidget(panel)
    order = tab_order(panel)
    assert len(order) > 1
    assert not isinstance(order[0], QLineEdit)
    assert all(widget.accessibleName() for widget in order)
