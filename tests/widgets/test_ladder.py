import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.actions import Wanted
from hts.desk.ladder_orders import OwnState
from hts.model.denials import Denial, Rule
from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.intents import CancelAll, CancelOrder, Flatten, NewOrder, ReplaceOrder
from hts.model.views import OutcomeView
from tests.desk.scene import NAVER, SAMSUNG, a_book, a_trade, an_order
from tests.widgets.scene import naver_scene, open_panel, settle
from widgets.ladder import LadderPanel

# The offscreen platform says this of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return naver_scene()


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, LadderPanel(scene.context), 630, 700)


def point(panel, px, x) -> QPoint:
    return QPoint(x, panel.book.row_rect(panel.state.row_of(px)).center().y())


def chip(panel, px, side) -> QPoint:
    columns = panel.book.columns
    return point(panel, px, columns.ask - 20 if side is Side.SELL else columns.own_buy + 20)


def ask_x(panel) -> int:
    return panel.book.columns.ask + 20


def bid_x(panel) -> int:
    return panel.book.columns.bid + 20


def enter(panel):
    where = QPointF(100, 300)
    QApplication.sendEvent(panel.book, QEnterEvent(where, where, where))


def leave(panel):
    QApplication.sendEvent(panel.book, QEvent(QEvent.Type.Leave))


def click(panel, where):
    QTest.mouseClick(panel.book, Qt.MouseButton.LeftButton, pos=where)


def new_order(side, px, qty=50, ord_type=OrdType.LIMIT, n=1) -> NewOrder:
    return NewOrder(
        request_id=f"test-{n}",
        account="8801-2745-01",
        key_ns=1_000_016_000_000,
        symbol=NAVER,
        side=side,
        ord_type=ord_type,
        px=px,
        qty=qty,
    )


def test_a_click_sends_a_limit_order_of_its_side_within_the_handler(scene, panel):
    QTest.mousePress(panel.book, Qt.MouseButton.LeftButton, pos=point(panel, 239_500, ask_x(panel)))
    assert scene.sent == [new_order(Side.SELL, 239_500)]
    QTest.mousePress(panel.book, Qt.MouseButton.LeftButton, pos=point(panel, 235_000, bid_x(panel)))
    assert scene.sent[1:] == [new_order(Side.BUY, 235_000, n=2)]


def test_locked_or_other_buttons_or_columns_send_nothing(scene, panel):
    QTest.mousePress(panel.book, Qt.MouseButton.RightButton, pos=point(panel, 235_000, bid_x(panel)))
    click(panel, point(panel, 235_000, panel.book.columns.price + 50))
    click(panel, QPoint(bid_x(panel), 10))
    scene.actions.arm(False)
    click(panel, point(panel, 235_000, bid_x(panel)))
    assert scene.sent == []
    assert scene.selection.px == 235_000
    assert scene.actions.last_refusal.key == "refusal.locked"


def test_with_one_click_off_a_click_only_chooses_the_price(scene, panel):
    panel.switches.click_mode.click()
    panel.switches.click_mode.click()
    click(panel, point(panel, 235_500, bid_x(panel)))
    assert (scene.sent, scene.selection.px) == ([], 235_500)


def test_a_click_on_an_own_chip_cancels_also_when_locked(scene, panel):
    scene.actions.arm(False)
    click(panel, chip(panel, 241_500, Side.SELL))
    assert [(type(i), i.cl_ord_id) for i in scene.sent] == [(CancelOrder, 1)]


def drag(panel, start, end):
    QTest.mousePress(panel.book, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.book, end)
    QTest.mouseRelease(panel.book, Qt.MouseButton.LeftButton, pos=end)


def own_states(panel) -> dict[int, OwnState]:
    return {row.px: row.buy.state for row in panel.book.rows if row.buy is not None}


def test_dragging_a_chip_amends_and_shows_the_wish_until_the_venue_answers(scene, panel):
    drag(panel, chip(panel, 236_000, Side.BUY), chip(panel, 235_000, Side.BUY))
    assert [(type(i), i.cl_ord_id, i.px, i.qty) for i in scene.sent] == [(ReplaceOrder, 3, 235_000, 50)]
    settle(scene, panel)
    waiting = {236_000: OwnState.MOVING, 235_000: OwnState.ARRIVING, 234_500: OwnState.SENT}
    assert own_states(panel) == waiting
    scene.orders.on_view(an_order(3, Side.BUY, 235_000, 50, cl_ord_id=9))
    settle(scene, panel)
    assert own_states(panel) == {235_000: OwnState.WORKING, 234_500: OwnState.SENT}


def test_a_denied_drag_leaves_no_ghost(scene, panel):
    drag(panel, chip(panel, 236_000, Side.BUY), chip(panel, 235_000, Side.BUY))
    scene.orders.on_view(OutcomeView(request_id="test-1", accepted=False, denial=Denial(rule=Rule.VENUE_DOWN)))
    settle(scene, panel)
    assert own_states(panel) == {236_000: OwnState.WORKING, 234_500: OwnState.SENT}


def test_a_drag_back_or_ended_by_escape_sends_nothing(scene, panel):
    start, away = chip(panel, 236_000, Side.BUY), chip(panel, 233_000, Side.BUY)
    QTest.mousePress(panel.book, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.book, away)
    QTest.mouseMove(panel.book, start)
    QTest.mouseRelease(panel.book, Qt.MouseButton.LeftButton, pos=start)
    QTest.mousePress(panel.book, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.book, away)
    QTest.keyClick(panel.book, Qt.Key.Key_Escape)
    QTest.mouseRelease(panel.book, Qt.MouseButton.LeftButton, pos=away)
    assert scene.sent == []


def rally(scene):
    scene.market.on_quote(a_book(ask=262_500, bid=262_000))
    scene.market.on_quote(a_trade(px=262_500))


def test_nothing_moves_under_the_pointer_and_the_axis_follows_after_it_left(scene, panel):
    enter(panel)
    top = panel.book.rows[0].px
    rally(scene)
    settle(scene, panel)
    assert panel.book.rows[0].px == top
    leave(panel)
    settle(scene, panel)
    assert panel.book.rows[len(panel.book.rows) // 2].px == 262_000


def test_the_centre_key_recentres_under_the_pointer(scene, panel):
    enter(panel)
    rally(scene)
    settle(scene, panel)
    panel.center()
    assert panel.book.rows[len(panel.book.rows) // 2].px == 262_000


def painted_by(scene, panel, change) -> int:
    before = panel.book.painted_rows
    change()
    settle(scene, panel)
    return panel.book.painted_rows - before


def test_only_rows_that_differ_are_painted(scene, panel):
    bids = list(a_book().levels[3::4])
    scene.market.on_quote(a_book())
    settle(scene, panel)
    painted = [painted_by(scene, panel, lambda: scene.market.on_quote(a_book()))]
    bids[2] += 7
    painted.append(painted_by(scene, panel, lambda: scene.market.on_quote(a_book(bids=tuple(bids)))))
    bids[4] += 7
    bids[8] += 7
    painted.append(painted_by(scene, panel, lambda: scene.market.on_quote(a_book(bids=tuple(bids)))))
    painted.append(painted_by(scene, panel, panel.book.update))
    assert painted == [0, 1, 2, len(panel.book.rows)]


def test_the_hover_paints_the_row_left_and_the_row_entered(scene, panel):
    QTest.mouseMove(panel.book, point(panel, 235_000, bid_x(panel)))
    QApplication.processEvents()
    assert painted_by(scene, panel, lambda: QTest.mouseMove(panel.book, point(panel, 233_000, bid_x(panel)))) == 2


def test_buttons_send_market_orders_cancel_all_and_flatten_on_the_second_press(scene, panel):
    for name in ("market_sell", "market_buy", "cancel_all", "flatten", "flatten"):
        panel.actions_row.buttons[name].click()
    assert [type(i) for i in scene.sent] == [NewOrder, NewOrder, CancelAll, Flatten]
    assert scene.sent[:2] == [
        new_order(Side.SELL, 0, ord_type=OrdType.MARKET),
        new_order(Side.BUY, 0, ord_type=OrdType.MARKET, n=2),
    ]
    assert [(i.symbol) for i in scene.sent[2:]] == [NAVER, NAVER]


def test_presets_choose_the_quantity_and_show_it(scene, panel):
    panel.presets.buttons[3].click()
    settle(scene, panel)
    assert scene.selection.qty == 100
    assert [b.look for b in panel.presets.buttons] == ["plain"] * 3 + ["chosen"] + ["plain"] * 2


def test_locked_send_buttons_are_outlines(scene, panel):
    looks = [[b.look for b in panel.actions_row.buttons.values()]]
    scene.actions.arm(False)
    settle(scene, panel)
    looks.append([b.look for b in panel.actions_row.buttons.values()])
    plain = ["plain"] * 3
    assert looks == [["sell", *plain, "buy"], ["sell_locked", *plain, "buy_locked"]]


def test_an_ended_order_leaves_its_row_and_another_issue_shows_its_own(scene, panel):
    scene.orders.on_view(an_order(3, Side.BUY, 236_000, 50, ord_status=OrdStatus.CANCELED))
    settle(scene, panel)
    assert own_states(panel) == {234_500: OwnState.SENT}
    scene.selection.choose(SAMSUNG)
    settle(scene, panel)
    assert panel.book.rows[len(panel.book.rows) // 2].px == 188_700
    assert own_states(panel) == {}


def test_the_answers_to_a_question_are_seen_beside_it(scene, panel):
    scene.actions.arm(on=True)
    scene.actions.place(Wanted(symbol=NAVER, side=Side.BUY, px=160_000, qty=10))
    settle(scene, panel)
    bar = panel.ask
    assert bar.text
    for button in (bar.yes, bar.no):
        assert bar.rect().contains(button.geometry())
    assert not bar.yes.geometry().intersects(bar.no.geometry())
    assert bar._fitting(10_000) == bar.text
    assert bar._fitting(10) == bar.text.partition(". ")[0]


def test_every_control_has_a_name_for_screen_readers(panel):
    switches = panel.switches
    rows = [switches.bracket, switches.take, switches.stop, switches.pair, switches.click_mode, switches.confirm]
    controls = [panel.book, *panel.presets.buttons, *rows, panel.ask.yes, panel.ask.no]
    controls += panel.actions_row.buttons.values()
    assert [c for c in controls if not c.accessibleName()] == []


def test_a_narrow_ladder_has_room_for_own_chips_and_a_wide_one_for_volumes(panel):
    def own_and_volume(width):
        panel.resize(width, 700)
        QApplication.processEvents()
        columns = panel.book.columns
        return columns.ask - columns.own_sell >= 48, columns.bid - columns.volume

    assert [own_and_volume(width) for width in (360, 420, 510)] == [(True, 0), (True, 0), (True, 52)]
