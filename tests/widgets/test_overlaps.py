"""No text runs into another one or out of its panel: every panel, narrow and wide, in every language."""

import pytest
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from hts.desk.texts import LANGUAGES
from hts.model.enums import OrdStatus, Side
from tests.support.desk_feed import bars, order
from tests.support.panels import panel_context
from tests.support.windows import dispose
from tests.support.written import recorded
from tests.widgets.kept_pictures import SAMSUNG, a_desk, frame, moments
from widgets.painting import Brush, TextCache
from widgets.panels import PANELS, make_panel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WIDTHS = (0, 360, 480, 900)  # or what the panel needs at least
HEIGHT = 560
LEAST = {"risk": 480}  # narrower it is not made for
LARGE = 1_234_567


def a_hard_desk():
    """The busy desk with every state of an order, large figures, slow answers."""
    desk = a_desk()
    states = (OrdStatus.PENDING_NEW, OrdStatus.PENDING_REPLACE, OrdStatus.PENDING_CANCEL, OrdStatus.REJECTED)
    for number, state in enumerate((*states, OrdStatus.NEW), 50):
        changes = {"ord_status": state, "ack_us": 2_431_000}
        desk.orders.on_view(order(number, "0126Z0", Side.BUY, 522_000, LARGE, **changes))
    return desk


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_runs_into_another_or_out_of_its_panel(qtbot, language):
    desk = a_hard_desk()
    context = panel_context(desk, language)
    faults = set()
    for name in PANELS:
        panel = make_panel(name, context)
        for width in WIDTHS:
            least = max(panel.minimumSizeHint().width(), panel.minimumWidth(), LEAST.get(name, 300))
            panel.resize(max(width, least), HEIGHT)
            panel.show()
            if name == "chart":
                desk.market.on_bars(bars(SAMSUNG, 60, 240))
            for _ in moments(desk):
                pass
            panel.mark_dirty()
            context.universe.on_changes(desk.market, frame(desk, panel))
            with recorded() as written:
                panel.grab()
                faults |= {f"{name} {panel.width()}: {fault}" for fault in written.faults()}
        dispose(panel)
    assert sorted(faults) == []


class Page(QWidget):
    """Paints what it is given."""

    def __init__(self, paint) -> None:
        super().__init__()
        self.paint = paint
        self.resize(100, 40)

    def paintEvent(self, _event) -> None:
        self.paint(Brush(QPainter(self), TextCache()))


INK = QColor("#ffffff")


@pytest.mark.parametrize(
    ("paint", "fault"),
    [
        (lambda b: (b.left(5, 20, "price", "body", INK), b.right(95, 20, "1,234,567", "body", INK)), ""),
        (lambda b: (b.left(5, 20, "a long price", "body", INK), b.right(95, 20, "1,234", "body", INK)), "on '1,234'"),
        (lambda b: (b.left(5, 14, "a long price", "body", INK), b.right(95, 32, "1,234", "body", INK)), ""),
        (lambda b: b.right(20, 20, "1,234,567", "body", INK), "leaves the widget"),
        (lambda b: b.left(70, 20, "1,234,567", "body", INK), "leaves the widget"),
        (lambda b: (b.left(5, 20, "a", "body", INK), b.fill(0, 0, 99, 39, INK), b.left(5, 20, "b", "body", INK)), ""),
    ],
)
def test_the_check_finds_what_is_wrong_and_nothing_else(qtbot, paint, fault):
    page = Page(paint)
    qtbot.addWidget(page)
    with recorded() as written:
        page.grab()
    QApplication.processEvents()
    found = written.faults()
    assert [fault in one for one in found] == ([True] if fault else [])
