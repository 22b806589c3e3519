from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hts.desk.tables_positions import date_text
from hts.desk.trade_journal_figures import GroupBy
from hts.desk.trade_journal_notes import FILE, Note, picture_name
from hts.desk.trade_journal_state import Span
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NINE, SAMSUNG
from tests.desk.test_executions import route
from tests.desk.test_trade_journal import MINUTE
from tests.desk.test_trade_journal_state import LOST, WON, page
from tests.widgets.scene import naver_scene
from themes import metrics
from widgets.journal import JournalPanel
from widgets.journal_figures import STRIP_H
from widgets.journal_trip import PictureDialog, spread
from widgets.panel import Panel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Home:
    """Files in memory."""

    def __init__(self):
        self.kept = {}

    def load(self, name):
        return self.kept.get(name, "")

    def save(self, name, text):
        self.kept[name] = text
        return True

    keep = save

    def picture(self, name):
        return self.kept.get(name, b"")

    def set_aside(self, name, found):
        self.kept[f"{name}.damaged"] = found


@pytest.fixture
def scene():
    return naver_scene()


@pytest.fixture
def said():
    return []


@pytest.fixture
def panel(qtbot, scene, said):
    scene.home = Home()
    made = JournalPanel(replace(scene.context, files=scene.home, say=said.append))
    qtbot.addWidget(made)
    made.resize(1_200, 700)
    made.show()
    qtbot.waitExposed(made)
    settle(scene, made)
    scene.context.answers.take(page(*WON, *LOST))
    settle(scene, made)
    return made


def picture_place(panel):
    panel.detail.grab()
    return panel.detail._picture_at.center()


def is_drawn(chart, color):
    """Whether a line of nearly that colour stands under the legend."""
    image = chart.grab().toImage()
    pixels = (image.pixelColor(x, y) for y in range(50, image.height()) for x in range(image.width()))
    return any(
        max(abs(one.red() - color.red()), abs(one.green() - color.green()), abs(one.blue() - color.blue())) < 40
        for one in pixels
    )


def settle(scene, panel):
    scene.frame(panel)
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()


def test_it_shows_figures_groups_and_trips(panel):
    assert (len(panel.state.table), len(panel.state.groups), panel.subtitle) == (2, 1, "체결 4건")
    assert "승률 % 50.0%" in panel.strip.accessibleName()
    assert panel.grab().width() == 1_200


def test_chips_choose_days_and_groups(scene, panel):
    QTest.mouseClick(panel.chips[Span.DAY], Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.chips[GroupBy.HOUR], Qt.MouseButton.LeftButton)
    settle(scene, panel)
    assert (len(panel.state.table), panel.state.groups.row(0).name) == (1, "09:00")
    assert panel.chips[Span.DAY].look == "chosen"


def test_notes_tags_and_a_picture_of_the_chart(scene, panel, said):
    QTest.keyClick(panel.view, Qt.Key.Key_P)
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_P)
    assert said == ["열려 있는 차트가 없습니다"]
    chart = QWidget(panel)
    chart.setObjectName("chart")
    chart.resize(40, 30)
    chart.show()
    QTest.keyClick(panel.view, Qt.Key.Key_P)
    row = panel.view.table.row(0)
    name = picture_name(row.key)
    assert scene.home.kept[name].startswith(b"\x89PNG")
    QTest.keyClick(panel.view, Qt.Key.Key_V)
    dialog = panel.findChild(PictureDialog)
    assert (dialog.windowTitle(), dialog.isVisible()) == (f"NAVER {date_text(row.trip.open_date)}", True)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    settle(scene, panel)
    QTest.mouseClick(panel.detail, Qt.MouseButton.LeftButton, pos=picture_place(panel))
    assert len([one for one in panel.findChildren(PictureDialog) if one.isVisible()]) == 1
    panel.note.tags.setText("gap, 늦음")
    panel.note.words.setText("손절 늦음")
    panel.note.keep()
    settle(scene, panel)
    cells = {column.key: column.text(panel.view.table.row(0)) for column in panel.view.table.columns}
    assert cells["tags"] == "✎ gap, 늦음"
    assert name in scene.home.kept[FILE]
    again = JournalPanel(replace(panel.context, made={}))
    assert again.state.notes.of(row.key).text == "손절 늦음"
    again.deleteLater()


def chosen(scene, panel, number):
    panel.view.select(panel.view.table.row(number).key)
    panel._show_note()
    settle(scene, panel)
    return panel.view.table.row(number).key


def kept_text(panel, key):
    """What is on the disk."""
    again = JournalPanel(replace(panel.context, made={}))
    found = again.state.notes.of(key).text
    again.deleteLater()
    return found


def test_two_journals_lose_nothing_of_each_other(scene, panel, qtbot):
    other = JournalPanel(panel.context, group=2)
    qtbot.addWidget(other)
    settle(scene, other)
    first, second = chosen(scene, panel, 0), chosen(scene, other, 1)
    chosen(scene, other, 0)
    for one, at, text in ((panel, 0, "mine"), (other, 1, "yours")):
        chosen(scene, one, at)
        one.note.words.setText(text)
        one.note.keep()
    assert (kept_text(panel, first), kept_text(panel, second)) == ("mine", "yours")
    chosen(scene, other, 0)
    panel.note.words.setText("mine too")
    panel.note.keep()
    scene.selection.choose(SAMSUNG, 2)
    settle(scene, other)
    assert other.note.words.text() == "mine too"


def test_a_chart_of_another_issue_is_no_picture_of_the_trip(scene, panel, said):
    row = panel.view.table.row(0)
    panel.view.select(row.key)
    panel._show_note()
    chart = Panel(panel.context, panel, group=2)
    chart.setObjectName("chart")
    chart.show()
    scene.selection.choose(SAMSUNG, 2)
    panel.keep_picture()
    scene.selection.choose(row.trip.symbol, 2)
    panel.keep_picture()
    assert said == [
        scene.texts("journal.other_chart", name="NAVER"),
        scene.texts("journal.pictured", name=picture_name(row.key)),
    ]


def test_enter_on_a_group_shows_its_trips_alone_and_again_all(scene, panel):
    panel.state.notes.put(panel.state.table.row(0).key, Note(tags=("gap",)))
    panel.choose(GroupBy.TAG)
    settle(scene, panel)
    counts = [len(panel.state.table)]
    panel.groups.setFocus()
    for _ in range(2):
        panel.groups.select(panel.state.groups.row(0).key)
        QTest.keyClick(panel.groups, Qt.Key.Key_Return)
        settle(scene, panel)
        counts.append((len(panel.state.table), panel.subtitle))
    name = panel.state.groups.row(0).name
    assert counts == [2, (1, f"체결 4건 · {name}만"), (2, "체결 4건")]


def test_tables_without_rows_say_why(qtbot, scene):
    made = JournalPanel(scene.context)
    qtbot.addWidget(made)
    assert [view.empty.words[0] for view in (made.view, made.days)] == [
        scene.texts("journal.empty"), scene.texts("executions.empty"),
    ]  # fmt: skip


def test_exports(panel, said, tmp_path):
    for name in ("j.csv", "j.xlsx", "j.html"):
        assert panel.export_to(tmp_path / name)
    assert "매매일지" in (tmp_path / "j.html").read_text(encoding="utf-8")
    assert not panel.export_to(tmp_path / "none" / "j.html")
    assert "No such file" in said[-1]
    assert len(said) == 4


def test_letters_look_at_the_order(scene, panel):
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_X)
    assert scene.context.answers.looked_at == 3


def test_a_day_of_the_calendar_narrows_everything(scene, panel):
    calendar = panel.calendar
    calendar.setFocus()
    QTest.keyClick(calendar, Qt.Key.Key_Left)
    QTest.keyClick(calendar, Qt.Key.Key_Return)
    settle(scene, panel)
    assert (panel.state.day, len(panel.state.table)) == (20261120, 1)
    assert [calendar.spoken_row(i) for i in range(calendar.spoken_count())] == [
        "2026-11-20 손익 +1,000, 거래 1건",
        "2026-11-23 손익 −500, 거래 1건",
    ]
    assert calendar.spoken_current() == 0
    point = calendar.spoken_rect(1).center()
    QTest.mouseClick(calendar, Qt.MouseButton.LeftButton, pos=point)
    settle(scene, panel)
    assert panel.state.day == 20261123
    QTest.mouseClick(calendar, Qt.MouseButton.LeftButton, pos=point)
    settle(scene, panel)
    assert (panel.state.day, len(panel.state.table)) == (0, 2)


def test_a_narrow_journal_has_its_side_tables_give_way(panel):
    seen = []
    for width in (1_300, 1_000, 700):
        panel.resize(width, 700)
        QApplication.processEvents()
        seen.append((panel.days.isVisible(), panel.scatter.isVisible(), panel.calendar.isVisible()))
    assert seen == [(True, True, True), (False, True, True), (False, False, True)]


def test_the_newest_trip_stands_in_full_until_another_is_chosen(scene, panel):
    assert panel.detail.accessibleDescription().startswith("구분 매수, 수량 10, 진입가 1,000, 청산가 950")
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert "청산가 1,100" in panel.detail.accessibleDescription()
    QTest.keyClick(panel.view, Qt.Key.Key_V)
    assert panel.findChild(PictureDialog) is None


def test_a_chosen_day_narrows_what_routing_saved_too(scene, panel):
    routes = (route(7), route(8, date=20261123, saved_best_single=9))
    answers = scene.context.answers
    answers.past.ask_again()
    answers.take(structs.replace(page(after=(1, 2), behind=(1, 3)), routes=routes))
    settle(scene, panel)
    assert dict(panel.strip._lines)["최선집행 절감"] == "+59"
    panel.choose_day(20261123)
    settle(scene, panel)
    assert dict(panel.strip._lines)["최선집행 절감"] == "+9"
    assert len(panel.executions.days) == 2


def test_one_that_is_opened_again_asks_for_what_came_meanwhile(qtbot, scene, panel):
    past, asked = scene.context.answers.past, []
    past._query = asked.append
    panel.retire()
    scene.frame()
    again = JournalPanel(replace(scene.context, files=scene.home))
    qtbot.addWidget(again)
    settle(scene, again)
    assert [(one.account, one.after) for one in asked] == [(scene.context.orders.account_id, (1, 2))]


def test_a_click_opens_the_picture_that_is_seen_also_before_a_trip_was_chosen(qtbot, scene, panel):
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    chart = QWidget(panel)
    chart.setObjectName("chart")
    chart.resize(30, 20)
    chart.show()
    panel.keep_picture()
    again = JournalPanel(replace(scene.context, files=scene.home))
    qtbot.addWidget(again)
    again.resize(1_200, 700)
    again.show()
    settle(scene, again)
    again.refresh(scene.now_ns)
    assert again._chosen() is None
    opened = []
    again.detail.opened.connect(lambda: opened.append(again.show_picture()))
    QTest.mouseClick(again.detail, Qt.MouseButton.LeftButton, pos=picture_place(again))
    assert isinstance(opened[0], PictureDialog)
    opened[0].close()


def test_other_days_or_another_currency_are_shown_whole_after_a_day_was_chosen(scene, panel):
    for choose in (lambda: panel.choose(Span.ALL), lambda: panel.choose_currency("KRW")):
        panel.choose_day(20261123)
        settle(scene, panel)
        assert len(panel.state.table) == 1
        choose()
        settle(scene, panel)
        assert (panel.state.day, len(panel.state.table)) == (0, 2)


def test_a_benchmark_is_chosen_from_the_menu_and_stands_in_the_legend(scene, panel):
    assert panel.compare.text() == "비교: 없음"
    menu = panel.compare.pop_up()
    assert [action.text() for action in menu.actions() if action.text()] == [
        "비교: 없음",
        "NAVER  035420",
        "삼성전자  005930",
    ]
    assert next(action for action in menu.actions() if action.text() == "비교: 없음").isChecked()
    menu.actions()[-1].trigger()
    bars = (Bar(NINE, 1_000, 1_000, 1_000, 1_000, 1, 1), Bar(NINE + 4 * MINUTE, 900, 900, 900, 900, 1, 1))
    scene.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=60, bars=bars))
    settle(scene, panel)
    assert (panel.compare.text(), panel.compare.look) == ("비교: 삼성전자", "chosen")
    assert panel.equity.accessibleDescription() == "삼성전자 보유 시 (최대 투입액 10,000) −1,000"
    assert is_drawn(panel.equity, panel.context.tokens.group2)
    next(action for action in panel.compare.pop_up().actions() if action.text() == "비교: 없음").trigger()
    settle(scene, panel)
    assert (panel.state.held, panel.equity.accessibleDescription()) == (None, "")
    assert not is_drawn(panel.equity, panel.context.tokens.group2)


def test_figures_that_have_no_room_in_a_row_stand_in_a_second_one(panel):
    heights = []
    for width in (1_500, 900, 640):
        panel.resize(width, 700)
        QApplication.processEvents()
        heights.append(panel.strip.height() // STRIP_H)
    assert heights == [1, 2, 2]


def test_a_long_label_is_whole_where_the_row_has_room(panel):
    panel.resize(1_500, 700)
    strip = panel.strip
    strip._lines[3] = ("a label of thirty characters..", "+1")
    edges = [strip._edges(0, place) for place in range(len(strip._lines))]
    assert [one[0] for one in edges[1:]] == [one[1] for one in edges[:-1]]
    assert (edges[0][0], edges[-1][1]) == (0, strip.width())
    needs = [strip._cache.width("secondary", label) + 2 * metrics.EDGE_PAD for label, _ in strip._lines]
    assert all(end - begin >= need - 1 for (begin, end), need in zip(edges, needs, strict=True))


def test_chips_that_have_no_room_in_a_row_stand_in_a_second_one(panel):
    chips = (*panel.chips.values(), panel.compare)
    for width, rows in ((1_300, 1), (640, 2)):
        panel.resize(width, 700)
        QApplication.processEvents()
        assert len({chip.y() for chip in chips}) == rows
        assert all(chip.width() >= chip.sizeHint().width() for chip in chips)


def test_labels_of_prices_keep_clear_of_each_other_and_within_the_chart():
    assert spread([(1, 10), (2, 40)], 14, 100) == [(1, 10), (2, 40)]
    assert spread([(1, 10), (2, 14), (3, 18)], 14, 100) == [(1, 0), (2, 14), (3, 28)]
    assert spread([(3, 98), (1, 90), (2, 90)], 14, 100) == [(1, 72), (2, 86), (3, 100)]
    assert spread([], 14, 100) == []
