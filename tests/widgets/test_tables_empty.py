"""A table without rows says why, and one step with its key; the words go with the first row."""

import pytest
from PySide6.QtWidgets import QApplication

from hts.desk.texts import LANGUAGES
from hts.model.enums import Side
from tests.desk.scene import SAMSUNG, a_fill
from tests.widgets.scene import FRAME_NS, PanelScene
from themes import metrics
from widgets.painting import TextCache
from widgets.tables import FillsPanel, OrdersPanel, PositionsPanel
from widgets.tables_works import WorksPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CLASSES = (PositionsPanel, OrdersPanel, FillsPanel, WorksPanel)


def shown(qtbot, scene, cls, width=400):
    object.__setattr__(scene.context, "keys", {"buy.market": "F3", "buy.bid": "F1", "buy.sweep": "F8"}.get)
    panel = cls(scene.context)
    qtbot.addWidget(panel)
    panel.resize(width, 240)
    panel.show()
    qtbot.waitExposed(panel)
    scene.frame(panel)
    QApplication.processEvents()
    return panel


def inks(panel):
    """Colours between the heads and the footer."""
    image = panel.view.viewport().grab().toImage()
    rows = range(metrics.TABLE_HEAD, image.height() - metrics.TABLE_FOOTER - 2)
    return {image.pixel(x, y) for y in rows for x in range(0, image.width(), 2)}


@pytest.mark.parametrize("cls", CLASSES)
def test_an_empty_table_says_why_and_the_key_of_one_step(qtbot, cls):
    panel = shown(qtbot, PanelScene(symbol=SAMSUNG), cls)
    sentence, cap, step = panel.view.empty.words
    assert sentence
    assert (cap, step) in {
        ("F3", "시장가 매수"),
        ("F1", "매수1 가격에 매수"),
        ("F8", "스윕 매수"),
    }
    assert len(inks(panel)) > 8  # letters, not one ground


def test_the_words_go_with_the_first_row(qtbot):
    scene = PanelScene(symbol=SAMSUNG)
    panel = shown(qtbot, scene, FillsPanel)
    empty = inks(panel)
    scene.orders.on_view(a_fill(1, Side.BUY, 191_000, 10, SAMSUNG))
    scene.frame(panel)
    QApplication.processEvents()
    panel.view._visible, kept = [], panel.view._visible
    panel.view.empty = None
    assert len(inks(panel)) < len(empty)
    panel.view._visible = kept
    assert panel.view.spoken_count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cls", CLASSES)
def test_the_words_fit_a_narrow_panel_in_every_language(qtbot, language, cls):
    panel = shown(qtbot, PanelScene(symbol=SAMSUNG, language=language), cls, width=300)
    sentence, _, step = panel.view.empty.words
    texts = TextCache()
    assert max(texts.width("body", sentence), texts.width("secondary", step) + 60) <= 300 - 2 * metrics.EDGE_PAD
    assert scene_is_calm(panel)


def scene_is_calm(panel):
    """Nothing to paint again while nothing happens."""
    before = panel.view.painted_rows
    panel.mark_dirty()
    panel.refresh_if_dirty(2 * FRAME_NS)
    return panel.view.painted_rows == before
