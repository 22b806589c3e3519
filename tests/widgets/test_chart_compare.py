"""Several other issues on a chart: their lines, tags and pieces below the legend."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.chart_compare import COLORS
from hts.desk.chart_settings import Scale
from tests.desk.scene import NAVER, SAMSUNG
from tests.widgets.chart_scene import a_chart, bars, settle
from tests.widgets.scene import day_scene
from widgets.chart import ChartPanel
from widgets.chart_menu import compare_menu

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


def others(scene):
    return [symbol for symbol in scene.market.instruments if symbol != SAMSUNG]


def compare(scene, panel, *symbols):
    for seed, symbol in enumerate(symbols, 5):
        panel.compare_with(symbol)
        settle(scene, panel)
        scene.market.on_bars(bars(symbol, seed=seed))
        settle(scene, panel)


def chips(panel):
    return [(chip.entry.symbol, chip.entry.color) for chip in panel.strip.chips]


def test_several_issues_are_drawn_each_in_its_colour_with_its_change_on_the_axis(scene, panel):
    before = panel.canvas.grab().toImage()
    wanted = others(scene)[:4]
    compare(scene, panel, *wanted)
    assert panel.settings.scale is Scale.PERCENT
    lines = panel.canvas.compared_lines(*panel.canvas.price_box.viewRange()[0])
    assert [(one.symbol, one.color) for one, _ in lines] == list(zip(wanted, COLORS, strict=False))
    assert len({line.end for _, line in lines}) == 4
    picture = panel.canvas.grab().toImage()
    inks = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(40, picture.height() - 30, 2)
    }
    tokens = scene.context.tokens
    assert picture != before
    assert [getattr(tokens, color).name() in inks for color in COLORS[:3]] == [True] * 3
    tags = panel.canvas.price_pane.axis.tags(panel.canvas.price_plane)
    assert {tag.role: tag.text for tag in tags if tag.role in COLORS} == {
        one.color: chip.entry.figure for (one, _), chip in zip(lines, panel.strip.chips[1:], strict=False)
    }
    assert chips(panel) == [(SAMSUNG, ""), *zip(wanted, COLORS, strict=False), ("", "")]
    assert [chip.entry.figure[-1] for chip in panel.strip.chips[:5]] == ["%"] * 5


def test_an_issue_is_let_go_by_its_cross_and_by_key(scene, panel):
    wanted = others(scene)[:3]
    compare(scene, panel, *wanted)
    chip = panel.strip.chips[2]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(30, 8))  # not on the cross
    assert len(panel.settings.compare) == 3
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 6, 8))
    assert [one.symbol for one in panel.settings.compare] == [wanted[0], wanted[2]]
    panel.strip.chips[2].setFocus()
    QTest.keyClick(panel.strip.chips[2], Qt.Key.Key_Delete)
    QTest.keyClick(panel.strip.chips[1], Qt.Key.Key_Backspace)
    assert (panel.settings.compare, panel.settings.scale) == ((), Scale.LINEAR)
    settle(scene, panel)
    assert (panel.strip.isVisible(), panel.feed.compared) == (False, ())


def test_the_last_piece_opens_the_menu_by_key(scene, panel):
    compare(scene, panel, NAVER)
    opened = []
    panel.open_menu = lambda name, at: opened.append(name)
    chip = panel.strip.chips[-1]
    assert chip.accessibleName().startswith("+")
    QTest.keyClick(chip, Qt.Key.Key_Return)
    assert opened == ["compare"]


def test_the_menu_marks_what_is_compared_and_lets_it_go(scene, panel):
    compare(scene, panel, NAVER)
    panel.compare_with("GONE")
    menu = compare_menu(panel)
    marked = [action for action in menu.actions() if action.isCheckable() and action.isChecked()]
    assert [action.text().split()[-1] for action in marked] == [NAVER, "GONE"]
    marked[0].trigger()
    assert [one.symbol for one in panel.settings.compare] == ["GONE"]
    compare_menu(panel).actions()[2].trigger()  # all
    assert panel.settings.compare == ()


def test_there_is_an_end_and_it_is_told(scene, panel):
    panel.compare_with("X0")
    for n in range(1, 7):
        panel.compare_with(f"X{n}")
    assert ([one.symbol for one in panel.settings.compare], panel.canvas.notice) == (
        [f"X{n}" for n in range(5)],
        "차트 비교는 5종목까지입니다. 먼저 하나를 빼세요",
    )


def test_what_is_not_listed_says_so_and_can_be_let_go(qtbot, scene, panel):
    compare(scene, panel, NAVER)
    stored = json.loads(json.dumps(panel.stored()))
    stored["compare"] += [{"symbol": "\u202e0000", "color": 7}, {"symbol": "999990", "color": "group3"}, 5]
    other = ChartPanel(scene.context)
    qtbot.addWidget(other)
    other._retry.setInterval(3_600_000)
    other.take_stored(stored)
    other.resize(700, 500)
    other.show()
    settle(scene, other)
    assert chips(other) == [(SAMSUNG, ""), (NAVER, "group2"), ("999990", "group3"), ("", "")]
    chip = other.strip.chips[2]
    assert (chip.entry.name, chip.entry.figure, chip.entry.is_known) == ("999990", "상장 목록에 없음", False)
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert [one.symbol for one in other.settings.compare] == [NAVER]


def test_pieces_that_have_no_room_stand_in_more_rows(scene, panel):
    compare(scene, panel, *others(scene)[:3])
    assert panel.strip.height() == 20
    compare(scene, panel, *others(scene)[3:5])
    panel.resize(360, 600)
    QApplication.processEvents()
    assert panel.strip.height() > 40
    rects = [chip.geometry() for chip in panel.strip.chips]
    assert all(panel.strip.rect().contains(rect) for rect in rects)
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert ("", "") not in chips(panel)  # nothing more can be added


def test_during_a_replay_nothing_of_the_future_is_drawn(scene, panel):
    compare(scene, panel, NAVER)
    panel.feed.begin_replay(100)
    panel._replayed()
    ((_, line),) = panel.canvas.compared_lines(*panel.canvas.price_box.viewRange()[0])
    assert line.numbers[-1] == 99


def test_the_keyboard_stays_at_the_chart_when_the_last_issue_goes(qtbot, scene):
    panel = a_chart(qtbot, scene)
    panel.compare_with(NAVER)
    settle(scene, panel)
    chip = panel.strip.chips[1]
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert (panel.settings.compare, panel.strip.isVisible(), panel.canvas.hasFocus()) == ((), False, True)
