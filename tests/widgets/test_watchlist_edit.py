import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.desk_files import DeskFiles
from hts.desk.watchlist_groups import FILE
from tests.desk.scene import NAVER, SAMSUNG
from tests.widgets.scene import day_scene
from widgets.watchlist import WatchlistPanel
from widgets.watchlist_edit import load_groups

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene(tmp_path):
    scene = day_scene()
    scene.context = dataclasses.replace(scene.context, files=DeskFiles(tmp_path))
    return scene


@pytest.fixture
def panel(qtbot, scene):
    panel = WatchlistPanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(372, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return settled(scene, panel)


def settled(scene, panel):
    scene.frame(panel)
    QApplication.processEvents()
    return panel


def add(scene, panel, *typed):
    for text in typed:
        panel.edit.field.setText(text)
        panel.edit.enter()
    settled(scene, panel)


def act(acts, key):
    dict(acts)[key]()


def kept(scene):
    return [(group.name, group.symbols) for group in load_groups(scene.context.files).groups]


def test_two_watchlists_lose_nothing_of_each_other(qtbot, scene, panel):
    """As in two workspaces: each was made before the other was changed."""
    other = WatchlistPanel(scene.context, group=2)
    qtbot.addWidget(other)
    other.show()
    qtbot.waitExposed(other)
    settled(scene, other)
    add(scene, panel, "035420")
    other.edit._do(lambda: other.own.set_heat(True))
    assert kept(scene) == [("관심 1", (NAVER,))]
    scene.selection.choose(SAMSUNG, 2)  # any news
    settled(scene, other)
    assert other._table.find(("own:관심 1", NAVER)) > 0


def test_issues_are_added_by_code_and_initials_and_kept(scene, panel):
    add(scene, panel, "035420", "ㅅㅅㅈㅈ")
    assert kept(scene) == [("관심 1", (NAVER, SAMSUNG))]
    assert panel._table.find(("own:관심 1", SAMSUNG)) > 0
    assert "삼성전자" in panel.edit.fault.text


def test_enter_adds_and_esc_gives_up_a_name(scene, panel):
    field = panel.edit.field
    QTest.keyClicks(field, "035420")
    QTest.keyClick(field, Qt.Key.Key_Return)
    act(panel.edit.menu_acts(), "watchlist.menu.new")
    assert field.accessibleName() == panel.context.texts("watchlist.name_group")
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (kept(scene), field.text(), panel.edit.naming) == ([("관심 1", (NAVER,))], "", "")
    assert field.accessibleName() == panel.context.texts("watchlist.add")


def test_what_is_not_found_says_so_and_stays(scene, panel):
    add(scene, panel, "zzzz")
    assert (panel.edit.fault.is_fault, panel.edit.field.text(), kept(scene)) == (True, "zzzz", [])


def test_groups_are_made_named_and_deleted(scene, panel):
    edit = panel.edit
    act(edit.menu_acts(), "watchlist.menu.new")
    edit.field.setText("반도체")
    edit.enter()
    add(scene, panel, "035420")
    act(edit.row_acts("group own:반도체"), "watchlist.menu.rename")
    named = edit.field.text()
    edit.field.setText("칩")
    edit.enter()
    made = kept(scene)
    act(edit.row_acts("group own:칩"), "watchlist.menu.delete")
    assert (named, made, kept(scene)) == ("반도체", [("칩", (NAVER,))], [])


def test_the_marked_group_is_added_to(scene, panel):
    panel.own.make("가")
    panel.own.make("나")
    panel.mark_dirty()
    settled(scene, panel)
    panel.view.select("group own:나")
    add(scene, panel, "035420")
    assert kept(scene) == [("가", ()), ("나", (NAVER,))]


def test_keys_move_take_out_and_fold(scene, panel):
    add(scene, panel, "035420", "005930")
    view = panel.view
    view.setFocus()
    view.select(("own:관심 1", SAMSUNG))
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    moved = kept(scene)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    settled(scene, panel)
    view.select("group kospi")
    QTest.keyClick(view, Qt.Key.Key_Return)
    settled(scene, panel)
    assert (moved, kept(scene)) == ([("관심 1", (SAMSUNG, NAVER))], [("관심 1", (NAVER,))])
    assert panel._table.find(("kospi", NAVER)) == -1
    assert "kospi" in load_groups(scene.context.files).folded


def test_segments_cannot_be_edited(scene, panel):
    panel.edit.remove(("kospi", NAVER))
    panel.edit.move_row(("kospi", NAVER), 1)
    panel.edit.move_row("group kospi", 1)
    assert [key for key, _ in panel.edit.row_acts("group kospi")] == ["watchlist.menu.fold"]
    assert panel.edit.row_acts(("kospi", NAVER)) == []


def test_a_file_is_taken_whole_or_not_at_all(scene, panel, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"group,symbol\n모음,{NAVER}\n모음,999999\n", encoding="utf-8")
    bad.write_text("name,price\nx,1\n", encoding="utf-8")
    panel.edit.take_file(bad)
    refused = (panel.edit.fault.is_fault, "name, price" in panel.edit.fault.text, kept(scene))
    panel.edit.take_file(tmp_path / "none.csv")
    missing = panel.edit.fault.is_fault
    panel.edit.take_file(good)
    assert (refused, missing, kept(scene)) == ((True, True, []), True, [("모음", (NAVER,))])
    assert "999999" in panel.edit.fault.text


def test_changes_get_a_ground_when_asked(scene, panel):
    image = panel.view.grab().toImage()
    act(panel.edit.menu_acts(), "watchlist.menu.heat")
    settled(scene, panel)
    assert panel.view.grab().toImage() != image
    assert load_groups(scene.context.files).heat


def test_a_damaged_file_is_set_aside(scene, tmp_path):
    (tmp_path / FILE).write_text("{")
    assert load_groups(scene.context.files).groups == []
    (tmp_path / FILE).write_text('{"groups": [{"name": "a", "symbols": []}, 7]}')
    assert [group.name for group in load_groups(scene.context.files).groups] == ["a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, f"{FILE}.damaged", f"{FILE}.damaged2"]
