"""The picked order is seen: in the ladder, in the table of orders, in a sentence; and keys that begin a sequence."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.hand import Hand
from hts.model.enums import Side
from hts.model.intents import CancelOrder, ReplaceOrder
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
