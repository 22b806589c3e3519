"""Stops, questions, drags that come to nothing: what the ladder's mouse does beyond plain orders."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from hts.model.enums import OrdStatus, Side
from hts.model.intents import AmendWork, CancelAll, CancelOrder, ControlWork, NewOrder, PlaceConditionals
from tests.desk.scene import NAVER, an_order
from tests.desk.test_actions import a_stop
from tests.widgets.scene import naver_scene, open_panel, settle
from widgets.ladder import LadderPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def scene():
    made = naver_scene()
    made.orders.on_view(a_stop(101, Side.SELL, 233_500, 80))
    return made


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, LadderPanel(scene.context), 630, 760)


def at(panel, px, x) -> QPoint:
    return QPoint(x, panel.book.row_rect(panel.state.row_of(px)).center().y())


def kinds(scene):
    return [type(intent) for intent in scene.sent]


def stops(scene):
    placed = [intent for intent in scene.sent if isinstance(intent, PlaceConditionals)]
    return [(order.side, order.condition.px, order.qty) for intent in placed for order in intent.orders]


def test_the_right_button_means_a_stop_of_its_side(scene, panel):
    columns = panel.book.columns
    for px, x in ((235_000, columns.ask + 20), (239_000, columns.bid + 20), (240_000, columns.price + 60)):
        QTest.mousePress(panel.book, RIGHT, pos=at(panel, px, x))
    QTest.mousePress(panel.book, RIGHT, pos=at(panel, 232_500, columns.price + 60))
    assert stops(scene) == [
        (Side.SELL, 235_000, 50),
        (Side.BUY, 239_000, 50),
        (Side.BUY, 240_000, 50),
        (Side.SELL, 232_500, 50),
    ]


def test_the_left_button_in_the_stop_area_means_one_too(scene, panel):
    QTest.mousePress(panel.book, LEFT, pos=at(panel, 235_000, 10))
    QTest.mousePress(panel.book, LEFT, pos=at(panel, 239_000, panel.width() - 10))
    assert stops(scene) == [(Side.SELL, 235_000, 50), (Side.BUY, 239_000, 50)]


def test_a_stop_that_would_come_true_at_once_says_so(scene, panel):
    QTest.mousePress(panel.book, RIGHT, pos=at(panel, 239_000, panel.book.columns.ask + 20))
    assert scene.sent == []
    assert scene.actions.last_refusal.key == "refusal.stop_at_once"


def test_a_click_on_a_stop_cancels_it_and_a_drag_moves_it(scene, panel):
    where = at(panel, 233_500, 20)
    QTest.mouseClick(panel.book, LEFT, pos=where)
    assert [(type(i), i.work_id) for i in scene.sent] == [(ControlWork, 101)]
    drag(panel, where, at(panel, 234_500, 20))
    assert [(type(i), i.work_id, i.px) for i in scene.sent[1:]] == [(AmendWork, 101, 234_500)]


def drag(panel, start, end):
    QTest.mousePress(panel.book, LEFT, pos=start)
    QTest.mouseMove(panel.book, end)
    QTest.mouseRelease(panel.book, LEFT, pos=end)


def own(panel, px):
    return at(panel, px, panel.book.columns.own_buy + 20)


def begin_drag(panel):
    QTest.mousePress(panel.book, LEFT, pos=own(panel, 236_000))
    QTest.mouseMove(panel.book, own(panel, 233_000))
    assert panel.book.is_dragging


def end_drag(panel):
    QTest.mouseRelease(panel.book, LEFT, pos=own(panel, 233_000))


def test_a_drag_whose_order_ends_tells_it_and_sends_nothing(scene, panel):
    begin_drag(panel)
    scene.orders.on_view(an_order(3, Side.BUY, 236_000, 50, ord_status=OrdStatus.FILLED))
    settle(scene, panel)
    assert scene.actions.last_refusal.key == "ladder.drag_ended"
    end_drag(panel)
    assert scene.sent == []


def test_a_drag_over_a_lost_core_or_a_lock_tells_it(scene, panel):
    begin_drag(panel)
    scene.actions.link(is_up=False)
    settle(scene, panel)
    assert scene.actions.last_refusal.key == "ladder.drag_link"
    end_drag(panel)
    scene.actions.link(is_up=True)
    scene.actions.arm(on=True)
    settle(scene, panel)
    begin_drag(panel)
    scene.actions.arm(on=False)
    settle(scene, panel)
    assert scene.actions.last_refusal.key == "ladder.drag_locked"
    end_drag(panel)
    assert scene.sent == []


def test_the_right_button_lets_go_of_a_drag(scene, panel):
    begin_drag(panel)
    QTest.mousePress(panel.book, RIGHT, pos=own(panel, 233_000))
    end_drag(panel)
    assert scene.sent == []


def test_only_the_second_click_sends_where_two_are_wanted(scene, panel):
    scene.actions.settings.set("entry.click", "double")
    where = at(panel, 235_000, panel.book.columns.bid + 20)
    QTest.mousePress(panel.book, LEFT, pos=where)
    assert (scene.sent, scene.selection.px) == ([], 235_000)
    QTest.mouseDClick(panel.book, LEFT, pos=where)
    assert kinds(scene) == [NewOrder]


def test_a_question_stands_over_the_presets_and_moves_nothing(scene, panel):
    scene.actions.settings.set("entry.confirm", value=True)
    rows = panel.book.height()
    where = at(panel, 235_000, panel.book.columns.bid + 20)
    QTest.mousePress(panel.book, LEFT, pos=where)
    QTest.mouseDClick(panel.book, LEFT, pos=where)  # a double click's second half is no answer
    settle(scene, panel)
    assert (scene.sent, panel.ask.isVisible(), panel.book.height()) == ([], True, rows)
    assert panel.ask.geometry() == panel.presets.geometry()
    panel.ask.yes.click()
    settle(scene, panel)
    assert (kinds(scene), panel.ask.isVisible()) == ([NewOrder], False)


def test_escape_in_the_ladder_answers_its_question_first(scene, panel):
    scene.actions.settings.set("entry.confirm", value=True)
    QTest.mousePress(panel.book, LEFT, pos=at(panel, 235_000, panel.book.columns.bid + 20))
    settle(scene, panel)
    QTest.keyClick(panel.book, Qt.Key.Key_Escape)
    settle(scene, panel)
    assert (scene.actions.asked, panel.ask.isVisible(), scene.sent) == (None, False, [])


def test_switches_do_what_their_keys_do(scene, panel):
    for widget in (panel.switches.bracket, panel.switches.confirm, panel.switches.click_mode):
        widget.click()
    panel.switches.take.stepped.emit(1)
    panel.switches.stop.stepped.emit(-1)
    rules = scene.actions.rules
    assert (rules.bracket, rules.confirms, rules.click.value, rules.take_ticks, rules.stop_ticks) == (
        True,
        True,
        "double",
        21,
        9,
    )


def test_the_heads_cancel_a_side_and_pairs_protect_the_holding(scene, panel):
    columns, y = panel.book.columns, 44 + 8
    QTest.mousePress(panel.book, LEFT, pos=QPoint(columns.own_sell + 10, y))
    QTest.mousePress(panel.book, LEFT, pos=QPoint(columns.own_buy + 10, y))
    assert [(type(i), i.symbol, i.side) for i in scene.sent] == [
        (CancelAll, NAVER, Side.SELL),
        (CancelAll, NAVER, Side.BUY),
    ]
    panel.switches.pair.click()
    assert kinds(scene)[-1] is PlaceConditionals


@pytest.mark.parametrize("width", [360, 420, 489])
def test_a_narrow_ladder_keeps_stops_at_its_edges(scene, panel, width):
    panel.resize(width, 760)
    settle(scene, panel)
    assert not panel.book.columns.has_stops
    QTest.mouseClick(panel.book, LEFT, pos=at(panel, 233_500, 8))
    assert kinds(scene) == [ControlWork]


def test_chips_of_orders_still_cancel(scene, panel):
    QTest.mouseClick(panel.book, LEFT, pos=own(panel, 236_000))
    assert kinds(scene) == [CancelOrder]
