import random

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.model.quotes import InstrumentDef
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, a_trade
from tests.widgets.paints import Paints
from tests.widgets.scene import PanelScene, open_panel
from widgets.tables_parts import ROWS_AT_ONCE
from widgets.tape import TapePanel
from widgets.tape_view import HEAD, ROW

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    scene = PanelScene()
    scene.market.on_quote(InstrumentDef(instrument=msgspec.structs.replace(NAVER_ISSUE, venue="NXT")))
    return scene


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, TapePanel(scene.context), 300, 400)


def settle(scene, panel, *trades):
    for trade in trades:
        scene.market.on_quote(trade)
    frame = scene.frame(panel)
    scene.context.universe.on_changes(scene.market, frame.market)
    QApplication.processEvents()


def shown(panel):
    return [row.qty for row in panel.view.rows]


def test_prints_of_all_venues_stand_newest_first(scene, panel):
    settle(scene, panel, a_trade(qty=1, at_s=1), a_trade(qty=2, venue="NXT", at_s=2), a_trade(qty=3, at_s=3))
    assert [(row.qty, row.venue) for row in panel.view.rows] == [(3, "KRX"), (2, "NXT"), (1, "KRX")]


def test_another_base_price_is_seen_in_all_rows(scene, panel):
    settle(scene, panel, *(a_trade(qty=i + 1) for i in range(5)))
    before = panel.view.grab().toImage()
    new_day = msgspec.structs.replace(scene.market.instruments[NAVER], base_px=999_000)
    settle(scene, panel, InstrumentDef(instrument=new_day))
    seen = panel.view.grab().toImage()
    assert seen != before


def test_scrolling_holds_the_picture_and_home_goes_back(scene, panel):
    settle(scene, panel, *(a_trade(qty=i + 1) for i in range(60)))
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    settle(scene, panel, a_trade(qty=500))
    held = (shown(panel)[0], panel.view.waiting, panel.view.is_still)
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    settle(scene, panel)
    assert held == (59, 2, True)
    assert (shown(panel)[0], panel.view.is_still) == (500, False)


def test_scrolling_stops_at_the_oldest(scene, panel):
    settle(scene, panel, *(a_trade(qty=i + 1) for i in range(60)))
    QTest.keyClick(panel.view, Qt.Key.Key_End)
    assert shown(panel)[-1] == 1
    assert len(shown(panel)) == (panel.view.height() - 22) // ROW


def test_buttons_and_fields_pick(scene, panel):
    settle(scene, panel, a_trade(qty=5), a_trade(qty=50, side="2"), a_trade(qty=70, side="2", venue="NXT"))
    panel.side_button.click()
    panel.side_button.click()
    sells = shown(panel)
    panel.venue_button.click()
    krx = shown(panel)
    QTest.keyClicks(panel.qty_min, "60")
    assert (sells, krx, shown(panel)) == ([70, 50], [50], [])


@pytest.mark.parametrize("typed", ["abc", "₩1", "١٢", "-5", " "])
def test_what_is_no_count_picks_everything(scene, panel, typed):
    settle(scene, panel, a_trade(qty=5))
    panel.qty_min.setText(typed)
    panel.qty_min.textEdited.emit(typed)
    assert shown(panel) == [5]


def test_another_issue_begins_with_its_newest_prints(scene, panel):
    settle(scene, panel, a_trade(SAMSUNG, px=191_400, qty=8), a_trade(qty=2))
    scene.selection.choose(SAMSUNG)
    settle(scene, panel)
    settle(scene, panel, a_trade(SAMSUNG, px=191_500, qty=9))
    assert shown(panel) == [9, 8]


def test_rows_that_differ_are_painted_a_few_at_a_time(scene, panel):
    settle(scene, panel, *(a_trade(qty=i + 1) for i in range(60)))
    rows, paints = len(shown(panel)), Paints(panel.view)
    for qty in range(100, 100 + rows):
        scene.market.on_quote(a_trade(qty=qty))
    panel.on_frame(scene.frame())
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()
    while panel.show_more():
        QApplication.processEvents()
    heights = [box.height() for box in paints.boxes]
    assert (max(heights) <= ROWS_AT_ONCE * ROW < sum(heights), sum(heights)) == (True, rows * ROW)
    assert paints.boxes[0].top() == HEAD


def test_of_prints_that_come_in_above_only_they_are_painted(scene, panel):
    settle(scene, panel, *(a_trade(qty=i + 1) for i in range(60)))
    paints = Paints(panel.view)
    settle(scene, panel, a_trade(qty=9), a_trade(qty=8))
    assert [(box.top(), box.height()) for box in paints.boxes] == [(HEAD, 2 * ROW)]


@pytest.mark.parametrize("seed", range(3))
def test_moved_picture_is_the_one_that_would_be_painted(scene, panel, seed):
    rng, screen = random.Random(seed), panel.screen()
    panel.take_stored({"big": 80, "joined": bool(seed % 2)})
    for _ in range(40):
        count = rng.choice([0, 1, 1, 2, 5, 9])
        settle(
            scene,
            panel,
            *(a_trade(qty=rng.randint(1, 90), side=rng.choice("12"), px=237_000 + 500 * i % 3) for i in range(count)),
        )
        if rng.random() < 0.2:
            panel.view.scroll_by(rng.randint(-9, 9))
            settle(scene, panel)
        moved = screen.grabWindow(panel.winId()).toImage()
        panel.view.repaint()
        assert screen.grabWindow(panel.winId()).toImage() == moved


def test_a_print_that_becomes_a_big_one_is_painted_anew(scene, panel):
    settle(scene, panel, a_trade(qty=5), a_trade(qty=50))
    paints = Paints(panel.view)
    panel.take_stored({"big": 50})
    panel.mark_dirty()
    settle(scene, panel)
    assert [(box.top(), box.height()) for box in paints.boxes] == [(HEAD, ROW)]


def test_only_visible_rows_are_painted(scene, panel):
    settle(scene, panel, *(a_trade(qty=i + 1) for i in range(500)))
    before = panel.view.painted_rows
    settle(scene, panel, a_trade(qty=9))
    assert panel.view.painted_rows - before <= panel.view.height() // ROW
