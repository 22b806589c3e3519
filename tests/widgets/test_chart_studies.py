"""Indicators, drawings on file, replay and the stored settings of the chart panel."""

import dataclasses
import json
from itertools import pairwise

import pytest
from msgspec import structs
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from hts.desk.chart_compare import with_symbol
from hts.desk.chart_settings import ChartSettings, Scale
from hts.desk.chart_studies import Study, study_of
from hts.desk.chart_styles import Style
from hts.desk.drawings import Anchor, Kind
from hts.indicators.catalogue import INDICATORS
from tests.desk.scene import NAVER, NINE, SAMSUNG, a_trade
from tests.widgets.chart_scene import a_chart, bars, settle, show_order
from tests.widgets.scene import day_scene
from widgets.chart import ChartPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")


class MemoryFiles:
    """Files in a dictionary; `aside` are those that did not hold."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.aside: list[str] = []

    def load(self, name):
        return self.kept.get(name, "")

    def save(self, name, text):
        self.kept[name] = text
        return True

    def set_aside(self, name, found):
        self.aside.append(name)
        self.kept.pop(name, None)


@pytest.fixture
def scene():
    made = day_scene()
    made.context = dataclasses.replace(made.context, files=MemoryFiles())
    return made


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


@pytest.fixture
def dialog(panel):
    panel.edit_studies()
    return panel._dialog


def names(panel):
    return [study.name for study in panel.settings.studies]


def test_an_indicator_is_found_added_and_has_its_pane(panel, dialog):
    QTest.keyClicks(dialog.search, "rsi")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert names(panel)[-1] == "rsi"
    assert [pane.key for pane in panel.canvas.stack.panes] == ["price", "volume", "rsi"]


def test_a_parameter_shows_at_once_or_why_it_cannot(panel, dialog):
    dialog.chosen.setCurrentRow(0)
    field = dialog.fields[0]
    field.selectAll()
    QTest.keyClicks(field, "9")
    taken = panel.settings.studies[0]
    QTest.keyClicks(field, "999")
    refused = (panel.settings.studies[0], dialog.fault.text())
    assert taken == Study(name="sma", values=(9.0,))
    assert refused == (Study(name="sma", values=(99.0,)), "기간: 1–500 사이의 숫자여야 하는데 9999입니다")


def test_an_indicator_is_hidden_moved_and_removed(panel, dialog):
    first, second = panel.settings.studies[:2]
    dialog.chosen.setCurrentRow(0)
    dialog.chosen.item(0).setCheckState(Qt.CheckState.Unchecked)
    hidden = panel.settings.studies[0].is_hidden
    dialog.down_button.click()
    order = [study.values for study in panel.settings.studies[:2]]
    QTest.keyClick(dialog.chosen, Qt.Key.Key_Delete)
    assert (hidden, order) == (True, [second.values, first.values])
    assert first.values not in [study.values for study in panel.settings.studies]


def test_a_line_takes_another_colour_by_the_keyboard(panel, dialog):
    dialog.chosen.setCurrentRow(0)
    QTest.keyClick(dialog.swatches, Qt.Key.Key_Right)
    assert panel.settings.studies[0].color == "ma20"
    assert dialog.swatches.accessibleDescription() == "색 2"
    assert dialog.chosen.item(3).text() == "VWAP"


def test_levels_are_typed_drawn_and_told_at_the_axis(scene, panel, dialog):
    panel.adjust(studies=(study_of("rsi"),))
    dialog.open_with(panel.settings.studies[0])
    assert dialog.levels.text() == "30, 70"
    dialog.levels.selectAll()
    QTest.keyClicks(dialog.levels, "40 55.5")
    settle(scene, panel)
    panel.canvas.grab()
    assert panel.settings.studies[0].levels == (40.0, 55.5)
    pane = panel.canvas.stack.panes[-1]
    low, high = pane.box.viewRange()[1]
    told = [label.text for label in pane.axis.labels]
    assert {text for level, text in ((40, "40"), (55.5, "55.5")) if low < level < high} <= set(told)
    assert "55.5" in told
    QTest.keyClicks(dialog.levels, "x")
    assert dialog.fault.text() == scene.texts("chart.fault.levels", found="55.5x")
    assert panel.settings.studies[0].levels == (40.0, 55.5)
    dialog.levels.selectAll()
    QTest.keyClicks(dialog.levels, "70,30")
    assert (panel.settings.studies[0].levels, dialog.fault.text()) == (None, "")


def test_no_label_of_a_pane_stands_in_a_levels_way(scene, panel):
    panel.adjust(studies=(structs.replace(study_of("rsi"), levels=(49.0,)),))
    settle(scene, panel)
    panel.canvas.grab()
    pane = panel.canvas.stack.panes[-1]
    plane = panel.canvas.plane_of(pane)
    places = sorted(float(plane.y_of(label.value)) for label in pane.axis.labels)
    assert "49" in [label.text for label in pane.axis.labels]
    assert min(b - a for a, b in pairwise(places)) >= 12


def test_there_is_an_end_to_indicators(panel, dialog):
    for _ in range(30):
        dialog.add_button.click()
    assert (len(panel.settings.studies), dialog.fault.text()) == (16, "한 차트에 지표는 16개까지입니다")


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("scale", Scale)
def test_every_style_and_scale_paints(panel, scene, style, scale):
    before = panel.canvas.grab().toImage()
    panel.adjust(style=style, scale=scale, compare=with_symbol((), NAVER) if style is Style.LINE else ())
    scene.market.on_bars(bars(NAVER, seed=5))
    settle(scene, panel)
    picture = panel.canvas.grab().toImage()
    assert (picture != before) == ((style, scale) != (Style.CANDLES, Scale.LINEAR))


def test_every_indicator_paints_something(panel, scene):
    panel.adjust(studies=())
    settle(scene, panel)
    bare = panel.canvas.grab().toImage()
    panel.set_timeframe(60)
    settle(scene, panel)
    for name in INDICATORS:
        study = study_of(name)
        if name == "vwap":
            study = structs.replace(study, values=(1.0,))
        panel.adjust(studies=(study,))
        picture = panel.canvas.grab().toImage()
        assert picture != bare, name
        bare = picture


def test_settings_are_stored_and_come_back(qtbot, scene, panel):
    panel.adjust(style=Style.BARS, timeframe_s=600, studies=(study_of("macd"),))
    stored = json.loads(json.dumps(panel.stored()))
    other = ChartPanel(scene.context)
    qtbot.addWidget(other)
    other.take_stored(stored)
    assert other.settings == panel.settings
    other.take_stored({"studies": "broken"})
    assert other.settings == ChartSettings()


def draw(panel, px=190_000.0):
    panel.canvas.board.add(Kind.HORIZONTAL, [Anchor(NINE, px)])
    panel.canvas.drawn.emit()


def test_drawings_are_kept_by_issue(qtbot, scene, panel):
    draw(panel)
    scene.selection.choose(NAVER)
    settle(scene, panel)
    elsewhere = panel.canvas.board.drawings
    scene.context.boards.clear()  # another session
    scene.selection.choose(SAMSUNG)
    settle(scene, panel)
    assert (elsewhere, [d.anchors[0].px for d in panel.canvas.board.drawings]) == ((), [190_000.0])
    assert list(scene.context.files.kept) == ["drawings-KRX-005930.json"]


@pytest.mark.parametrize("text", ["{", "[" * 9_999, '{"version": 9}', "null", '{"version": 1, "drawings": [5]}'])
def test_a_broken_file_is_set_aside_and_said(qtbot, scene, text):
    scene.context.files.kept["drawings-KRX-005930.json"] = text
    panel = a_chart(qtbot, scene)
    assert (panel.canvas.board.drawings, scene.context.files.aside) == ((), ["drawings-KRX-005930.json"])
    assert "drawings-KRX-005930.json" in panel.canvas.notice
    draw(panel)
    assert "drawings-KRX-005930.json" in scene.context.files.kept


def test_a_replay_plays_the_past_and_takes_no_orders(scene, panel, qtbot):
    scene.actions.arm(True)
    show_order(scene, panel)
    panel.canvas.hand.point(panel.canvas.price_box.mapViewToScene(QPointF(60, 190_000)))
    panel.toggle_replay()
    panel.grab()
    begun = (len(panel.series), panel.canvas.is_replay, panel.canvas.can_amend, panel.canvas.marks_layer._labels)
    assert begun == (60, True, False, [])
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(panel.canvas, key)
    assert len(panel.series) == 61
    scene.market.on_quote(a_trade(SAMSUNG, px=190_000, at_s=299 * 60))
    settle(scene, panel)
    assert len(panel.series) == 61
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    assert (panel.canvas.is_replay, len(panel.series), panel.replay_bar.isVisible()) == (False, 100, False)


def test_a_replay_goes_on_by_itself_until_it_is_paused(panel, qtbot):
    panel.toggle_replay()
    panel.replay_bar.replay.speed = 60
    begin = len(panel.series)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(panel.series) >= begin + 2)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Space)
    assert not panel.replay_bar.timer.isActive()


def test_what_has_no_room_in_the_bar_is_in_the_last_menu(panel):
    panel.resize(300, 400)
    shown = [b for b in (*panel.bar.buttons.values(), *panel.bar.menus.values()) if b.isVisible()]
    assert panel.bar.menus["more"].isVisible()
    assert sum(b.width() for b in shown) <= 300
    panel.resize(1_400, 400)
    assert not panel.bar.menus["more"].isVisible()


def test_every_control_has_a_name(panel, dialog):
    nameless = [
        widget
        for widget in (*panel.bar.findChildren(object), *panel.replay_bar.findChildren(object), *dialog.children())
        if hasattr(widget, "focusPolicy")
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.accessibleName()
    ]
    assert nameless == []
