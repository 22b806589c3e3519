"""Stops and exits on the chart: drawn where they wait, dragged and cancelled by real mouse events."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from hts.desk.chart_marks import LineKind
from hts.model.conditional import FillCondition, TrailCondition, TrailUnit
from hts.model.enums import Side
from hts.model.intents import AmendWork, ControlWork
from hts.model.units import Px
from hts.model.work import WorkState
from tests.desk.scene import SAMSUNG
from tests.desk.test_actions import a_stop
from tests.widgets.chart_scene import a_chart, click, closes, drag, settle, spot
from tests.widgets.scene import day_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def a_samsung_stop(work_id, side, at, qty=60, **changes):
    view = a_stop(work_id, side, at, qty, **changes)
    return replace(view, symbol=SAMSUNG, spec=replace(view.spec, order=replace(view.spec.order, symbol=SAMSUNG)))


@pytest.fixture
def scene():
    scene = day_scene()
    scene.actions.arm(True)
    return scene


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


def show_stops(scene, panel, *stops):
    """Labels of the stops by their id, once they are painted."""
    for stop in stops:
        scene.orders.on_view(stop)
    settle(scene, panel)
    panel.grab()
    layer = panel.canvas.marks_layer
    return {line.order_id: rect for line, rect in layer._labels if line.kind is not LineKind.ORDER}


def test_stops_and_exits_are_lines_with_their_words(scene, panel):
    px = closes(panel)[-1]
    entry = FillCondition()
    profit = a_samsung_stop(103, Side.SELL, px, 10, condition=entry, px=Px(px + 600), state=WorkState.WAITING)
    gone = a_samsung_stop(104, Side.SELL, px - 700, state=WorkState.DONE)
    show_stops(scene, panel, a_samsung_stop(101, Side.SELL, px - 500), profit, gone)
    lines = [line for line in panel.canvas.marks_layer.marks.orders if line.kind is not LineKind.ORDER]
    assert [(line.px, line.text(scene.texts), line.is_pending) for line in lines] == [
        (px + 600, "익절 매도 10", True),
        (px - 500, "스톱 매도 60", False),
    ]
    assert "스톱 매도 60, " + f"{px - 500:,}" in [place.text for place in panel.canvas.spoken_places()]


def test_a_stop_is_dragged_to_a_valid_price_and_asks_for_it(scene, panel):
    px = 191_000  # the last price is 191,400
    label = show_stops(scene, panel, a_samsung_stop(101, Side.SELL, px))[101]
    start = (label.center() - QPointF(20, 0)).toPoint()
    end = QPoint(start.x(), spot(panel, 0, px - 237).y())
    drag(panel, start, end, release=False)
    held = panel.canvas.marks_layer.drag.px
    QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert [(type(i), i.work_id, i.px) for i in scene.sent] == [(AmendWork, 101, held)]
    assert (held % 100, abs(held - px + 237) <= 150) == (0, True)


def test_a_stop_dragged_beyond_the_last_price_is_refused_in_words(scene, panel):
    px = 191_000  # the last price is 191,400
    scene.orders.orders.clear()
    label = show_stops(scene, panel, a_samsung_stop(101, Side.SELL, px))[101]
    start = (label.center() - QPointF(20, 0)).toPoint()
    end = QPoint(start.x(), spot(panel, 0, 191_900).y())
    drag(panel, start, end, release=False)
    held = panel.canvas.marks_layer.drag.px
    QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert held > 191_400
    assert (scene.sent, panel.canvas.notice) == ([], scene.texts("refusal.stop_at_once", px=f"{held:,}"))


def test_the_cross_of_a_stop_cancels_all_at_its_price(scene, panel):
    px = closes(panel)[-1] - 500
    labels = show_stops(scene, panel, *(a_samsung_stop(n, Side.SELL, px) for n in (101, 102)))
    click(panel, QPointF(labels[101].right() - 8, labels[101].center().y()))
    assert [(type(i), i.work_id) for i in scene.sent] == [(ControlWork, 101), (ControlWork, 102)]


def test_several_at_a_price_are_dragged_together(scene, panel):
    px = 191_000  # the last price is 191,400
    scene.orders.orders.clear()
    labels = show_stops(scene, panel, *(a_samsung_stop(n, Side.SELL, px) for n in (101, 102)))
    start = (labels[101].center() - QPointF(20, 0)).toPoint()
    end = QPoint(start.x(), spot(panel, 0, px - 300).y())
    drag(panel, start, end, release=False)
    held = panel.canvas.marks_layer.drag.px
    QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert [(type(i), i.work_id, i.px) for i in scene.sent] == [(AmendWork, 101, held), (AmendWork, 102, held)]
    assert held < px


def test_a_trail_is_dragged_to_another_distance(scene, panel):
    px = 190_900  # the last price is 191,400
    scene.orders.orders.clear()
    trail = a_samsung_stop(101, Side.SELL, 0, condition=TrailCondition(distance=600, unit=TrailUnit.PX))
    labels = show_stops(scene, panel, replace(trail, extreme_px=px + 600))
    start = (labels[101].center() - QPointF(20, 0)).toPoint()
    end = QPoint(start.x(), spot(panel, 0, px - 300).y())
    drag(panel, start, end, release=False)
    held = panel.canvas.marks_layer.drag.px
    QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert [(type(i), i.work_id, i.px, i.distance) for i in scene.sent] == [(AmendWork, 101, 0, px + 600 - held)]
    assert held < px


def test_a_stop_that_ends_in_the_hand_falls(scene, panel):
    px = closes(panel)[-1] - 500
    stop = a_samsung_stop(101, Side.SELL, px)
    label = show_stops(scene, panel, stop)[101]
    start = (label.center() - QPointF(20, 0)).toPoint()
    end = start - QPoint(0, 40)
    drag(panel, start, end, release=False)
    scene.orders.on_view(replace(stop, state=WorkState.DONE))
    settle(scene, panel)
    QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert (scene.sent, panel.canvas.notice) == ([], scene.texts("chart.drag.ended"))
