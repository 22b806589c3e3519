"""The picked order is seen: in the ladder, in the table of orders, in a sentence; and keys that begin a sequence."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.hand import Hand
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.intents import CancelAll, CancelOrder, ReplaceOrder
from tests.support.desk_feed import busy_desk, order, texts
from tests.support.window import frame, make_window
from widgets.ladder import LadderPanel

SAMSUNG = "005930"


@pytest.fixture
def desk():
    made = busy_desk()
    for order_id, side, px in ((801, Side.BUY, 191_000), (802, Side.SELL, 191_900)):
        made.orders.on_view(order(order_id, SAMSUNG, side, px, 10))
    return made


@pytest.fixture
def window(qtbot, desk):
    made = make_window(desk)
    qtbot.addWidget(made)
    made.activateWindow()
    made.workspace.setFocus()
    return made


def panel_of(window, name):
    return next(panel for panel in window.workspace.panels if panel.objectName() == name)


def picked_cells(ladder):
    rows = ladder.state.rows()
    return [(side, row.px) for row in rows for side, cell in ((1, row.buy), (2, row.sell)) if cell and cell.is_picked]


def test_a_picked_order_is_marked_everywhere_and_said(window, desk):
    ladder = next(one for one in window.workspace.panels if isinstance(one, LadderPanel))
    orders = panel_of(window, "orders")
    assert picked_cells(ladder) == []
    Hand(window).press("Alt+Right Alt+Right")
    frame(window, desk)
    assert (desk.selection.picked, picked_cells(ladder)) == (801, [(1, 191_000)])
    assert orders.view.selected == 801
    side, count = texts("en")("side.buy"), len(desk.orders.working(SAMSUNG))
    said = f"Picked: Samsung Electronics {side} 10 at 191,000 (2 of {count})"
    assert window.hint_strip.message == said
    Hand(window).press("F12 Alt+Up Alt+Backspace")
    assert [(type(one), one.cl_ord_id) for one in desk.sent] == [(ReplaceOrder, 801), (CancelOrder, 801)]


def test_the_mark_is_painted(window, desk):
    ladder = next(one for one in window.workspace.panels if isinstance(one, LadderPanel))
    before = ladder.book.grab().toImage()
    Hand(window).press("Alt+Right")
    frame(window, desk)
    assert ladder.book.grab().toImage() != before


def test_a_row_that_is_chosen_is_picked_and_enter_turns_to_its_issue(window, desk):
    orders = panel_of(window, "orders")
    orders.setFocus()
    hand = Hand(window)
    keys = [orders.view.table.row(i).key for i in range(len(orders.view.table))]
    other = next(i for i, key in enumerate(keys) if desk.orders.orders[key].symbol != SAMSUNG)
    orders.view.select(keys[max(other - 1, 0)])
    hand.press("Down" if other else "Down Up")
    assert desk.selection.picked == keys[other]
    hand.press("F12 Alt+Up")
    symbol = desk.orders.orders[keys[other]].symbol
    assert (desk.sent, window.hint_strip.message) == ([], texts("en")("refusal.picked_elsewhere", symbol=symbol))
    hand.press("Return")
    assert (desk.selection.symbol(), desk.selection.picked) == (symbol, keys[other])
    frame(window, desk)
    hand.press("Alt+Up")
    assert [one.cl_ord_id for one in desk.sent] == [keys[other]]


def test_a_sequence_is_not_said_to_wait_once_it_is_over(window):
    Hand(window).press("Ctrl+O")
    assert window.hint_strip.message == "Ctrl+O …"
    Hand(window).press("F6")  # continues nothing
    assert window.hint_strip.message == ""
    Hand(window).press("Ctrl+O L")
    assert "…" not in window.hint_strip.message


def test_the_second_key_of_a_sequence_is_not_typed(window, desk):
    form = panel_of(window, "order_entry")
    form._qty.setFocus()
    before = form._qty.text()
    ran = []
    desk.commands._table["tour.start"] = lambda: ran.append("tour")
    Hand(window).press("Ctrl+O T")
    assert (ran, form._qty.text()) == (["tour"], before)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_7)
    assert form._qty.text() != before


def test_quantity_and_price_keys_work_while_the_price_is_typed(window, desk):
    form = panel_of(window, "order_entry")
    form._px.setFocus()
    Hand(window).press("Ctrl+Home Alt+9")
    issue = desk.market.instruments[SAMSUNG]
    assert (desk.selection.px, desk.selection.qty) == (issue.upper_px, desk.form.possible_qty() * 50 // 100)


def test_a_panel_that_is_seen_gets_the_keyboard_and_only_from_there_one_more_opens(window, desk):
    def count():
        return sum(panel.objectName() == "ladder" for panel in window.workspace.panels)

    hand, symbol = Hand(window), desk.selection.symbol()
    hand.press("G U G L")
    assert (count(), window.focused.objectName(), desk.selection.symbol()) == (1, "ladder", symbol)
    assert window.hint_strip.message == texts("en")("hint.panel_again", title="Ladder")
    hand.press("G L")
    assert count() == 2


def test_the_order_form_is_one_whatever_is_pressed(window, desk):
    hand, symbol = Hand(window), desk.selection.symbol()
    hand.press("G O G O G O")
    assert sum(panel.objectName() == "order_entry" for panel in window.workspace.panels) == 1
    assert (window.focused.objectName(), desk.selection.symbol()) == ("order_entry", symbol)


def test_price_and_quantity_are_typed_by_keys_and_enter_gives_the_keys_back(window, desk):
    form, hand = panel_of(window, "order_entry"), Hand(window)
    hand.press("F12 L")
    assert (form._px.hasFocus(), form._px.selectedText()) == (True, form._px.text())
    QTest.keyClicks(form._px, "191,000")
    hand.press("Tab")
    form._qty.selectAll()
    QTest.keyClicks(form._qty, "7")
    hand.press("Return")
    (intent,) = desk.sent
    assert (intent.px, intent.qty, form._qty.hasFocus()) == (191_000, 7, False)
    hand.press("L")
    QTest.keyClicks(form._px, "12x")
    hand.press("Esc")
    frame(window, desk)
    assert (form._px.hasFocus(), "x" in form._px.text(), type(desk.sent[-1])) == (False, False, CancelAll)
    hand.press("2 N")  # digits are quantities again
    assert (desk.selection.qty, form._qty.hasFocus()) == (desk.selection.quick.usual[1], True)
    desk.form.choose_type(OrdType.MARKET, TimeInForce.DAY)
    frame(window, desk)
    assert window._commands.run("form.type_px").key == "refusal.type_without_price"


def test_the_header_of_the_panel_with_the_keyboard_is_marked_and_no_other(window, desk, qtbot):
    own, hand = window.context.tokens.own, Hand(window)
    tabs = {name: window.workspace._widgets[f"{name}.1"].tabWidget() for name in ("tape", "watchlist")}

    def marked():
        return [name for name, tab in tabs.items() if tab.grab().toImage().pixelColor(4, 0) == own]

    for keys, name in (("G T", "tape"), ("G W", "watchlist"), ("G T", "tape")):
        hand.press(keys)
        qtbot.waitUntil(lambda name=name: marked() == [name], timeout=2_000)


def test_the_command_box_gives_the_keyboard_back_to_a_panel_that_sends(window, desk):
    hand = Hand(window)
    hand.press("G L")
    before = QApplication.focusWidget()
    hand.press("Ctrl+K")
    hand.type("000660")
    hand.press("Return")
    assert (desk.selection.symbol(), QApplication.focusWidget()) == ("000660", before)
    hand.press("Ctrl+K Esc")
    assert QApplication.focusWidget() is before
    hand.press("G U Ctrl+K Esc")  # a table: Enter shall send, and choose no row
    assert QApplication.focusWidget() is window.workspace
