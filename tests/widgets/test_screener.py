import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.desk_files import DeskFiles
from hts.desk.screener import FILE, SHIPPED, load
from hts.model.enums import Side
from tests.desk.scene import NAVER, SAMSUNG, a_position, a_trade
from tests.widgets.scene import PanelScene
from widgets.basket_form import BasketFormPanel
from widgets.screener import LOOK_NS, ScreenerPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene(tmp_path):
    scene = PanelScene()
    scene.context = dataclasses.replace(scene.context, files=DeskFiles(tmp_path))
    return scene


@pytest.fixture
def make(qtbot, scene):
    def made(*, restarted=False):
        context = dataclasses.replace(scene.context, made={}) if restarted else scene.context
        panel = ScreenerPanel(context)
        qtbot.addWidget(panel)
        panel.resize(700, 360)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    return made


@pytest.fixture
def panel(make, scene):
    return settled(scene, make())


def settled(scene, panel, *trades):
    for trade in trades:
        scene.market.on_quote(trade)
    changes = scene.market.drain()
    scene.context.universe.on_changes(scene.market, changes)
    scene.now_ns += LOOK_NS
    panel.mark_dirty()
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()
    return panel


def found(panel):
    return [row.symbol for row in panel._table.exported()]


def test_two_screeners_lose_nothing_of_each_other(scene, panel, make, tmp_path):
    other = settled(scene, make())
    for one, name in ((panel, "mine"), (other, "yours")):
        one.name.setText(name)
        one.condition.setText("change > 0")
        one.save()
    settled(scene, panel)
    names = [screen.name for screen in load((tmp_path / FILE).read_text(encoding="utf-8"), panel._names)[0].screens]
    assert {"mine", "yours"} <= set(names)
    assert [text for text, _ in panel.choice._options] == names


def test_a_condition_is_looked_for_while_it_is_typed(scene, panel):
    panel.condition.clear()
    QTest.keyClicks(panel.condition, "change > 5")
    settled(scene, panel, a_trade(px=230_000))
    first = found(panel)
    settled(scene, panel, a_trade(SAMSUNG, px=200_000))
    assert (first, found(panel)) == ([NAVER], [NAVER, SAMSUNG])


def test_a_bad_condition_says_why_and_shows_nobody_new(scene, panel):
    panel.condition.setText("profit > 3")
    assert panel.fault.is_fault
    assert "profit" in panel.fault.text
    settled(scene, panel, a_trade(px=230_000))
    assert panel.subtitle.endswith("0종목")


def test_a_click_chooses_the_issue(scene, panel):
    panel.condition.setText("price > 0")
    settled(scene, panel, a_trade(px=230_000))
    panel.view.setFocus()
    for _ in range(2):
        QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert scene.selection.symbol() == SAMSUNG


def test_a_screen_is_kept_and_there_again_after_a_restart(scene, panel, make):
    panel.name.setText("mine")
    panel.condition.setText("등락률 > 5")
    panel.save()
    again = make(restarted=True)
    names = [screen.name for screen in again.book.screens]
    again.choose(names.index("mine"))
    assert (len(names), again.condition.text()) == (len(SHIPPED) + 1, "등락률 > 5")
    again.delete()
    assert "mine" not in [screen.name for screen in make(restarted=True).book.screens]


@pytest.mark.parametrize("name", ["", "  "])
def test_a_screen_without_a_name_is_not_kept(scene, panel, name):
    panel.name.setText(name)
    panel.save()
    assert panel.fault.is_fault
    assert scene.context.files.load(FILE) == ""


def test_a_screen_that_tells_is_watched_by_the_alerts(scene, panel):
    panel.name.setText("mine")
    panel.condition.setText("change > 5")
    panel.toggle_alert()
    watched = dict(scene.context.price_alerts._screens)
    panel.toggle_alert()
    assert (list(watched), scene.context.price_alerts._screens) == (["mine"], {})


def test_a_damaged_file_is_set_aside_and_the_shipped_ones_are_there(scene, make, tmp_path):
    (tmp_path / FILE).write_text("{damaged")
    panel = make()
    assert len(panel.book.screens) == len(SHIPPED)
    assert [path.name for path in tmp_path.iterdir()] == [f"{FILE}.damaged"]
    assert len(scene.context.files.problems) == 1


def test_one_bad_screen_of_a_file_is_left_out_and_the_file_kept(scene, make, tmp_path):
    (tmp_path / FILE).write_text('{"screens": [{"name": "a", "condition": "etf"}, {"name": "b", "condition": "("}]}')
    assert [screen.name for screen in make(restarted=True).book.screens] == ["a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, f"{FILE}.damaged"]


def test_lists_are_written_where_the_user_says(scene, panel, tmp_path):
    panel.condition.setText("change > 5")
    settled(scene, panel, a_trade(px=230_000))
    panel.export(tmp_path / "basket.csv", panel._table.basket(10))
    text = (tmp_path / "basket.csv").read_text(encoding="utf-8-sig")
    panel.export(tmp_path / "no" / "x.csv", "")
    assert (text.splitlines()[1], panel.fault.is_fault) == (f"{NAVER},BUY,10,230000", True)


def test_a_word_is_inserted_at_the_cursor(panel):
    panel.condition.setText("price >")
    panel.condition.setCursorPosition(7)
    panel._insert("ma(20) ")
    assert panel.condition.text() == "price > ma(20) "


def test_past_days_are_wanted_only_while_a_condition_needs_them(scene, panel):
    panel.condition.setText("change > 1")
    settled(scene, panel)
    before = scene.context.universe.wants_days
    panel.condition.setText("price > ma(5)")
    settled(scene, panel)
    assert (before, scene.context.universe.wants_days) == (False, True)


def test_minutes_that_are_on_their_way_are_told_in_the_footer(scene, panel):
    panel.condition.setText("price > ma(5, 3분)")
    settled(scene, panel)
    scene.context.universe.minutes.turn()
    settled(scene, panel)
    total = len(scene.context.universe)
    assert panel._run.waiting(scene.context.universe) == (0, total, 0)
    assert panel.view._footer == (0, total, 0, 0, total, 0)
    panel.condition.setText("price > 1")
    settled(scene, panel)
    scene.context.universe.minutes.turn()
    assert scene.context.universe.ask_minutes() is None  # nobody wants them any more


def test_ten_thousand_characters_are_cut_and_refused_clearly(panel):
    QApplication.clipboard().setText("price > " + "1" * 10_000)
    panel.condition.setText("")
    panel.condition.paste()
    assert len(panel.condition.text()) <= 2_000
    panel.condition.setText("\u202eprice🙂 ≥ א")
    assert panel.fault.is_fault


def test_the_results_go_into_the_basket_form_as_orders_that_still_ask(qtbot, scene, make):
    opened = []
    scene.context = dataclasses.replace(scene.context, run=opened.append)
    panel = make()
    panel.name.setText("rising")
    panel.condition.setText("change > 5")
    settled(scene, panel, a_trade(px=230_000))
    scene.orders.on_view(a_position(qty=15))
    buy, sell, _, to_file = panel.open_basket_menu().actions()
    assert [one.isEnabled() for one in (buy, sell, to_file)] == [True, True, True]
    assert "1종목" in buy.text()
    buy.trigger()
    form = BasketFormPanel(scene.context)
    qtbot.addWidget(form)
    bought = [(row.symbol, row.side, row.px, row.problem) for row in form.form.rows(scene.texts)]
    sell.trigger()
    sold = [(row.symbol, row.side, row.qty, row.px) for row in form.form.rows(scene.texts)]
    assert (bought, sold) == ([(NAVER, Side.BUY, 230_000, None)], [(NAVER, Side.SELL, 15, 230_000)])
    assert (opened, form.subtitle, scene.sent) == (2 * ["panel.basket_form"], "rising", [])


def test_without_results_there_is_no_basket_and_the_table_says_why(scene, panel):
    panel.condition.setText("change > 29.9")
    settled(scene, panel, a_trade(px=230_000))
    assert [one.isEnabled() for one in panel.open_basket_menu().actions() if one.text()] == [False, False, False]
    assert panel.view.empty.words[0] == scene.texts("screener.empty")
