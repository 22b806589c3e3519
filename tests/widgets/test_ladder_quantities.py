"""What the ladder says of quantities: the newest trade's, and the quick ones of the issue."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.widgets.scene import naver_scene, open_panel, settle
from widgets.ladder import LadderPanel
from widgets.ladder_columns import Columns
from widgets.ladder_paint import RowPainter
from widgets.painting import Brush, TextCache

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene(qapp):
    return naver_scene()


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, LadderPanel(scene.context), 630, 700)


def test_a_large_last_trade_stays_within_its_column(scene):
    """Six digits are wider than the column: it is told in fewer characters, not over the prices beside it."""
    painted = []

    class Told(Brush):
        def sizes(self, x, baseline, text, role, color):
            painted.append((x, text, role))
            return super().sizes(x, baseline, text, role, color)

    pixmap = QPixmap(700, 20)
    painter = QPainter(pixmap)
    brush = Told(painter, TextCache())
    columns = Columns.fit(700, "300,000")
    rows = RowPainter(scene.context.tokens, scene.context.texts, columns, 0)
    for qty in (37, 4_000, 12_345, 1_234_567):
        rows._last(brush, -qty, 0, 14, scene.context.tokens.down)
    painter.end()
    assert [(text, role) for _, text, role in painted] == [
        ("37", "price_strong"),
        ("4,000", "price_strong"),
        ("12,345", "secondary"),
        ("123.4만", "cap"),
    ]
    widths = [brush.texts.width(role, text) for _, text, role in painted]
    assert all(x - width >= columns.volume + 8 for (x, _, _), width in zip(painted, widths, strict=True))


def test_quantities_of_the_issue_stand_on_the_buttons_and_are_kept_by_the_menu(scene, panel):
    ran = []
    panel.context = replace(panel.context, run=ran.append)
    panel._preset_menu(1, QPoint(0, 0))
    menus = panel.findChildren(QMenu)
    menus[-1].actions()[0].trigger()
    assert ran == ["qty.keep_2"]
    issue = scene.market.instruments[panel.symbol]
    scene.selection.quick.keep(issue, 1, 77)
    scene.selection.touch()
    settle(scene, panel)
    assert [button.text() for button in panel.presets.buttons][:3] == ["10", "77", "50"]
    QTest.mouseClick(panel.presets.buttons[1], Qt.MouseButton.LeftButton)
    assert scene.selection.qty == 77
    menus[-1].close()
