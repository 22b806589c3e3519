from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk import table_export
from hts.desk.tables_fills import FillGroup
from hts.desk.texts import LANGUAGES
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, Side
from hts.model.intents import CancelAll, CancelOrder, Flatten
from tests.desk.scene import NAVER, SAMSUNG, a_fill, a_trade, an_order
from tests.support.desk_feed import quiet_desk
from tests.support.panels import panel_context
from tests.widgets.scene import day_scene
from themes import metrics
from widgets.tables import FillsPanel, OrdersPanel, PositionsPanel
from widgets.tables_flashes import FLASH_NS
from widgets.tables_view import HEAD

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def show(qtbot, scene):
    def shown(cls, width=606):
        panel = cls(scene.context)
        qtbot.addWidget(panel)
        panel.resize(width, 246)
        panel.show()
        qtbot.waitExposed(panel)
        settle(scene, panel)
        return panel

    return shown


def settle(scene, panel):
    scene.frame(panel)
    QApplication.processEvents()


def painted_by(scene, panel, change) -> int:
    before = panel.view.painted_rows
    change()
    settle(scene, panel)
    return panel.view.painted_rows - before


def click_row(panel, i, act=QTest.mouseClick):
    act(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, HEAD + i * metrics.TABLE_ROW + 5))


def click_head(panel, key):
    left, _ = panel.view.column_rect(key)
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left + 4, 8))


def test_a_price_repaints_its_own_row_and_flashes_for_a_moment(scene, show):
    panel = show(PositionsPanel)
    # All weights move a little with the first trade, so a quiet one comes before.
    painted = [painted_by(scene, panel, lambda: scene.market.on_quote(a_trade(SAMSUNG, px=191_400)))]
    settle(scene, panel)
    scene.market.on_quote(a_trade("015760", px=46_950))
    settle(scene, panel)
    assert panel.is_dirty
    scene.now_ns += FLASH_NS
    painted += [painted_by(scene, panel, lambda: None), panel.is_dirty]
    assert painted == [0, 1, False]


def test_a_double_click_chooses_the_issue_and_a_click_does_not(scene, show):
    panel = show(PositionsPanel)
    click_row(panel, 3)
    chosen = [scene.selection.symbol()]
    click_row(panel, 3, QTest.mouseDClick)
    assert [*chosen, scene.selection.symbol()] == [SAMSUNG, NAVER]


def test_a_chosen_holding_stays_chosen_while_prices_move_until_another_issue_is_chosen(scene, show):
    panel = show(PositionsPanel)
    click_row(panel, 3)
    chosen = [panel.view.selected]
    scene.market.on_quote(a_trade(SAMSUNG, px=191_000))
    settle(scene, panel)
    chosen.append(panel.view.selected)
    scene.selection.choose("000660")
    settle(scene, panel)
    assert [*chosen, panel.view.selected] == [NAVER, NAVER, "000660"]


def test_letters_close_turn_and_protect_the_chosen_holding(scene, show):
    panel = show(PositionsPanel)
    scene.actions.arm(True)
    click_row(panel, 3)
    for key in (Qt.Key.Key_F, Qt.Key.Key_F, Qt.Key.Key_R, Qt.Key.Key_R, Qt.Key.Key_P):
        press(panel, key)
    flatten, turn, exits = scene.sent
    assert (type(flatten), flatten.symbol) == (Flatten, NAVER)
    assert (turn.symbol, turn.side, turn.qty) == (NAVER, Side.SELL, 2 * scene.orders.position_qty(NAVER))
    assert [order.symbol for order in exits.orders] == [NAVER, NAVER]
    assert scene.selection.symbol() == SAMSUNG  # the rest of the screen stays where it was


def test_a_click_on_a_head_sorts(scene, show):
    panel = show(PositionsPanel)
    tops = []
    for _ in range(3):
        click_head(panel, "pnl")
        tops.append(panel.view.table.row(0).name)
    assert tops == ["두산에너빌리티", "SK하이닉스", "삼성전자"]


def press(panel, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(panel.view, key, modifier)


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_control_c_copies_the_table_or_the_marked_rows(scene, show):
    panel = show(FillsPanel, 413)
    for key in ("number", "order", "code", "liquidity", "cum", "fee", "tax", "settled"):
        panel.view.choice.toggle(key)
    panel.view.fit_again()
    press(panel, Qt.Key.Key_C, CTRL)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[:2] == ["시각\t종목\t구분\t수량\t체결가\t시장", "09:09:42.418\tSK하이닉스\t매도\t15\t985000\tKRX"]
    assert len(lines) == 8
    for key, modifier in ((Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Down, SHIFT)):
        press(panel, key, modifier)
    press(panel, Qt.Key.Key_C, CTRL)
    assert [line.split("\t")[1] for line in QGuiApplication.clipboard().text().splitlines()] == [
        "종목", "SK하이닉스", "삼성전자",
    ]  # fmt: skip


def test_marked_orders_are_cancelled_together(scene, show):
    panel = show(OrdersPanel, 514)
    press(panel, Qt.Key.Key_A, CTRL)
    press(panel, Qt.Key.Key_Delete)
    working = [row.key for row in map(panel.view.table.row, range(len(panel.view.table))) if not row.sentence]
    assert [(type(i), i.cl_ord_id) for i in scene.sent] == [(CancelOrder, key) for key in working]
    assert len(working) == 7


def test_control_and_click_marks_rows_and_a_click_ends_it(scene, show):
    panel = show(OrdersPanel, 514)
    click_row(panel, 0)
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, CTRL, QPoint(100, HEAD + 2 * 22 + 5))
    marked = panel.view.chosen_keys
    click_row(panel, 1)
    assert (marked, panel.view.chosen_keys) == ([8, 6], [7])


def test_letters_act_on_the_row(scene, show, qtbot):
    ran = []
    panel = OrdersPanel(replace(scene.context, run=ran.append))
    qtbot.addWidget(panel)
    panel.resize(514, 246)
    panel.show()
    settle(scene, panel)
    click_row(panel, 0)
    for key in (Qt.Key.Key_X, Qt.Key.Key_C, Qt.Key.Key_E):
        press(panel, key)
    assert ran == ["panel.order_xray", "panel.chart", "form.amend"]
    assert (scene.context.answers.looked_at, scene.selection.symbol()) == (8, SAMSUNG)
    assert scene.context.form.amended.order_id == 8


def test_fills_are_grouped_by_key_and_the_choice_is_kept(scene, show):
    panel = show(FillsPanel, 413)
    click_row(panel, 0)
    press(panel, Qt.Key.Key_G)
    settle(scene, panel)
    by_order = panel.subtitle
    click_row(panel, 0)
    press(panel, Qt.Key.Key_G)
    settle(scene, panel)
    assert (by_order, panel.subtitle, len(panel.view.table)) == ("당일 6건 · 주문별", "당일 6건 · 종목별", 6)
    again = show(FillsPanel, 413)
    again.take_stored(panel.stored())
    assert again.grouping is FillGroup.ISSUE


def test_columns_are_chosen_by_keyboard_and_kept(scene, show):
    panel = show(PositionsPanel)
    dialog = panel.choose_columns()
    dialog.list.setCurrentRow(1)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    dialog.list.setCurrentRow(2)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [column.key for column in panel.view.columns[:4]] == ["name", "opened", "kind", "qty"]
    again = show(PositionsPanel)
    again.take_stored(panel.stored())
    assert [column.key for column in again.view.columns] == [column.key for column in panel.view.columns]
    again.take_stored({"columns": "damaged"})
    dialog.close()


def test_an_edge_is_dragged_to_another_width(scene, show):
    panel = show(PositionsPanel)
    told = []
    panel.view.columns_changed.connect(lambda: told.append(panel.view.column_rect("name")[1]))
    view, (left, width) = panel.view.viewport(), panel.view.column_rect("name")
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(left + width, 8))
    QTest.mouseMove(view, QPoint(left + width + 40, 8))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(left + width + 40, 8))
    assert told == [width + 40]
    assert panel.stored() == {"columns": {"hidden": [], "order": [], "widths": {"name": width + 40}}}
    assert panel.view.table.sort_by == ""


def test_rows_are_written_to_a_file_or_it_is_said_why_not(scene, show, qtbot, tmp_path, monkeypatch):
    said = []
    panel = FillsPanel(replace(scene.context, say=said.append))
    qtbot.addWidget(panel)
    settle(scene, panel)
    panel.refresh(1)
    assert panel.export_to(tmp_path / "fills.csv")
    assert (tmp_path / "fills.csv").read_bytes().startswith("\ufeff시각,체결번호".encode())
    assert panel.export_to(tmp_path / "fills.xlsx")
    assert not panel.export_to(tmp_path / "no folder" / "fills.csv")

    def missing(_name):
        raise ImportError

    monkeypatch.setattr(table_export, "import_module", missing)
    assert not panel.export_to(tmp_path / "again.xlsx")
    assert said[0] == f"6행을 {tmp_path / 'fills.csv'}에 저장했습니다"
    assert "No such file" in said[2]
    assert "hts[xlsx]" in said[3]


def test_delete_cancels_the_selected_working_order_also_when_locked(scene, show):
    panel = show(OrdersPanel, 514)
    for i in (0, 3):  # the newest works, the fourth was denied
        click_row(panel, i)
        QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert [(type(i), i.cl_ord_id) for i in scene.sent] == [(CancelOrder, 8)]


COMMON = [
    "table.menu_xray", "table.menu_chart", "orders.menu_hide", "orders.menu_select",
    "table.menu_all", "orders.menu_copy", "table.menu_export", "table.menu_columns",
]  # fmt: skip


def test_the_context_menu_offers_what_the_row_allows(scene, show):
    panel = show(OrdersPanel, 514)
    offered = []
    for i in (0, 3):
        click_row(panel, i)
        offered.append([key for key, _ in panel.menu_actions(panel.view.selected)])
    assert offered == [
        ["orders.menu_cancel", "orders.menu_cancel_symbol", "orders.menu_amend", *COMMON],
        COMMON,
    ]
    press(panel, Qt.Key.Key_H)  # read: there is nothing left to hide
    settle(scene, panel)
    assert "orders.menu_hide" not in dict(panel.menu_actions(panel.view.table.row(0).key))
    click_row(panel, 0)
    dict(panel.menu_actions(panel.view.selected))["orders.menu_cancel_symbol"]()
    assert [(type(i), i.symbol) for i in scene.sent] == [(CancelAll, SAMSUNG)]


def test_arrow_keys_move_the_selection_and_scroll(scene, show):
    panel = show(OrdersPanel, 514)
    keys = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(panel.view, key)
        keys.append(panel.view.selected)
    assert keys == [8, 7, 8, 8]


def test_an_order_that_ends_leaves_and_the_subtitle_counts(scene, show):
    panel = show(OrdersPanel, 514)
    before = panel.subtitle
    scene.orders.on_view(an_order(8, Side.BUY, 190_900, 100, SAMSUNG, ord_status=OrdStatus.CANCELED, leaves_qty=0))
    settle(scene, panel)
    assert [before, panel.subtitle, panel.view.table.row(0).key] == ["7건", "6건", 7]


def test_only_visible_rows_are_painted_however_long_the_table(scene, show):
    panel = show(FillsPanel, 413)
    for i in range(100, 5_100):
        scene.orders.on_view(a_fill(i, Side.BUY, 189_100, 1, SAMSUNG))
    painted = painted_by(scene, panel, lambda: None)
    assert painted == 9
    panel.view.verticalScrollBar().setValue(4_000)
    QApplication.processEvents()
    assert painted_by(scene, panel, panel.view.viewport().update) == 9
    assert panel.subtitle == "당일 5006건"


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_and_the_widest_figures_fit_their_columns(qtbot, language):
    """At the widths of the day workspace; a price has at most seven digits."""
    context = panel_context(quiet_desk(), language)
    widest = {"px": "1,003,000", "last": "1,003,000", "avg": "1,003,000"}
    narrow = []
    for cls, width in ((PositionsPanel, 606), (OrdersPanel, 514), (FillsPanel, 413)):
        panel = cls(context)
        qtbot.addWidget(panel)
        panel.resize(width, 246)
        panel.show()
        view = panel.view
        for i, column in view.shown_columns():
            begin, end = view.cell_edges(i)
            role = "body" if column.key == "avg" else "price"
            needs = (("secondary", column.head), (role, widest.get(column.key, "")))
            if max(view.cache.width(*need) for need in needs) > end - begin:
                narrow.append((cls.__name__, column.key))
    assert narrow == []


def test_a_refusal_is_told_whole_when_the_pointer_rests_on_its_row(scene, show):
    panel = show(OrdersPanel, width=400)
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=300_000, limit=283_000, unit=Unit.PX)
    scene.orders.on_view(
        an_order(99, Side.BUY, 300_000, 10, NAVER, ord_status=OrdStatus.DENIED, leaves_qty=0, denial=denial)
    )
    settle(scene, panel)
    rows = [panel.view.table.row(i) for i in range(len(panel.view.table))]
    told = [panel.view.tooltip_of(row) for row in rows]
    assert told[0].startswith("NAVER 매수 300,000 × 10 · ")
    assert rows[0].sentence in told[0]
    assert not any("283,000" in text for text in told[1:])
    scene.orders.on_view(an_order(98, Side.BUY, 230_000, 10, NAVER, sent_us=400, ack_us=1_340))
    settle(scene, panel)
    (timed,) = [row for row in map(panel.view.table.row, range(len(panel.view.table))) if row.key == 98]
    assert panel.view.tooltip_of(timed).startswith("키 → 전송 0.4 ms · 전송 → 접수 1.3 ms")


def test_a_narrow_table_drops_whole_columns_and_keeps_what_matters(scene, show):
    panels = {width: show(OrdersPanel, width=width) for width in (514, 440, 360)}
    shown = {width: panel.view.shown_columns() for width, panel in panels.items()}
    assert {width: [column.key for _, column in columns] for width, columns in shown.items()} == {
        514: ["time", "name", "side", "type", "px", "qty", "leaves", "venue", "state"],
        440: ["time", "name", "side", "type", "px", "leaves", "state"],
        360: ["name", "side", "px", "leaves", "state"],
    }


def test_a_refusal_without_room_says_the_rule_and_its_figures(scene, show):
    row = show(OrdersPanel).view.table.row(3)
    assert (row.sentence, row.reason) == (
        "주문가 61,000 > 상한가 60,900. 상한가 이하로 입력하세요",
        "주문가 61,000 > 상한가 60,900",
    )
