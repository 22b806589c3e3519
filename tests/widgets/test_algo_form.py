"""The panel for algorithms: fields by kind, what is wrong at each, the schedule, and the start by mouse and keys."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.hand import Hand
from hts.app.terminal import Terminal, TerminalOptions
from hts.desk.algo_fields import FIELDS, AlgoField
from hts.desk.algo_form import AGAIN_NS
from hts.model.algo import AlgoKind, SchedulePoint
from hts.model.algo_plan import AlgoPlanView, PlanCosts, TradeOff
from hts.model.enums import Side
from hts.model.intents import AmendWork, StartAlgo
from hts.model.queries import RequestAlgoPlan
from tests.desk.test_algo_form import an_algo
from tests.support.desk_feed import ACCOUNT, NOW_NS, busy_desk
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.panels import panel_context, show_frame, shown
from tests.support.windows import dispose
from widgets.algo_form import AlgoFormPanel

LEFT = Qt.MouseButton.LeftButton
F = AlgoField


@pytest.fixture
def desk():
    made = busy_desk()
    made.actions.arm(on=True)
    return made


@pytest.fixture
def panel(qtbot, desk):
    return shown(qtbot, AlgoFormPanel(panel_context(desk, "en")), desk, 900, 720)


def look(panel, desk):
    panel.mark_dirty()
    show_frame(panel, desk)


def answer(panel, desk, **fields):
    """The core answers the newest question."""
    look(panel, desk)
    asked = [query for query in desk.queries if isinstance(query, RequestAlgoPlan)][-1].params
    params = replace(asked, start_ns=asked.start_ns or NOW_NS)
    points = tuple(
        SchedulePoint(params.start_ns + at * 60_000_000_000, int(params.qty) * (at + 1) // 10) for at in range(10)
    )
    costs = PlanCosts(value=9_570_000, spread=2_500, fee=1_435, tax=0)
    told = AlgoPlanView(
        **{"asked": asked, "params": params, "trade_ns": NOW_NS, "points": points, "costs": costs} | fields
    )
    desk.orders.on_view(told)
    look(panel, desk)
    return told


def retype(panel, field, text):
    edit = panel.fields.fields[field]
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    return edit


@pytest.mark.parametrize("kind", AlgoKind)
def test_each_kind_shows_its_fields_and_no_others(panel, desk, kind):
    desk.algo.choose_kind(kind)
    look(panel, desk)
    seen = {field for field, edit in panel.fields.fields.items() if edit.isVisibleTo(panel)}
    assert seen == set(FIELDS[kind])


def test_the_fields_have_a_scroll_bar_only_while_they_need_it(panel, desk):
    bars = []
    panel.resize(980, 600)
    for kind in (AlgoKind.POV, AlgoKind.PEG, AlgoKind.POV):
        desk.algo.choose_kind(kind)
        look(panel, desk)
        QApplication.processEvents()
        bars.append(panel._area.verticalScrollBar().isVisible())
    assert bars == [False, True, False]


def test_the_schedule_is_asked_for_shown_and_started_by_enter(panel, desk):
    retype(panel, F.QTY, "50")
    told = answer(panel, desk)
    assert panel.preview._picture.whole == 50
    assert panel.preview.spoken_row(0) == "Cut into 10 slices"
    assert (panel.go.text(), panel.go.look) == ("Start TWAP: buy 50", "buy")
    QTest.keyClick(panel.fields.fields[F.QTY], Qt.Key.Key_Return)
    assert [(type(intent), intent.params.qty, intent.params.end_ns) for intent in desk.sent] == [
        (StartAlgo, 50, told.params.end_ns)
    ]
    assert panel.fault.text == "Sent to the core"


def test_the_button_starts_and_an_enter_on_the_panel_too(panel, desk):
    answer(panel, desk)
    QTest.mouseClick(panel.go, LEFT)
    desk.now_ns += AGAIN_NS
    answer(panel, desk)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert [type(intent) for intent in desk.sent] == [StartAlgo, StartAlgo]


@pytest.mark.parametrize("kind", [AlgoKind.TWAP, AlgoKind.POV])
def test_a_second_press_at_once_starts_nothing_though_its_plan_has_come(panel, desk, kind):
    desk.algo.choose_kind(kind)
    for _ in range(2):
        answer(panel, desk)
        QTest.mouseClick(panel.go, LEFT)
    assert [type(intent) for intent in desk.sent] == [StartAlgo]
    assert panel.fault.text == "Started just now. Press again in a moment for another one"


def test_a_double_click_is_one_press(panel, desk):
    answer(panel, desk)
    QTest.mouseClick(panel.go, LEFT)
    desk.now_ns += AGAIN_NS
    answer(panel, desk)
    QTest.mouseDClick(panel.go, LEFT)  # the second press of a double click, and its release
    QTest.mouseRelease(panel.go, LEFT)
    assert len(desk.sent) == 1


@pytest.mark.parametrize("place", ["field", "button", "panel"])
def test_enter_held_down_starts_once(panel, desk, place):
    target = {"field": panel.fields.fields[F.QTY], "button": panel.go, "panel": panel}[place]
    for number in range(3):
        answer(panel, desk)
        keys = (QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", number > 0)
        QApplication.sendEvent(target, QKeyEvent(*keys))
        desk.now_ns += AGAIN_NS
    assert len(desk.sent) == 1


def test_enter_on_a_chip_presses_the_chip_and_starts_nothing(panel, desk):
    answer(panel, desk)
    QTest.keyClick(panel.fields.end_chips[2], Qt.Key.Key_Return)
    assert (desk.sent, desk.algo.text(F.END)) == ([], "+60")


def test_a_limit_that_went_with_its_issue_does_not_seem_to_stand(panel, desk):
    edit = retype(panel, F.PX, "191,000")
    desk.selection.choose("000660")
    look(panel, desk)
    assert (desk.algo.text(F.PX), edit.text()) == ("", "")


def test_what_is_typed_is_not_touched_by_frames(panel, desk):
    edit = retype(panel, F.QTY, "12")
    edit.setCursorPosition(1)
    answer(panel, desk)
    assert (edit.text(), edit.cursorPosition()) == ("12", 1)


def test_under_way_a_limit_cannot_be_taken_away_and_it_says_so(panel, desk):
    desk.orders.on_view(an_algo())
    desk.algo.amend(77)
    look(panel, desk)
    edit = panel.fields.fields[F.PX]
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    retype(panel, F.QTY, "700")
    look(panel, desk)
    QTest.mouseClick(panel.go, LEFT)
    assert (desk.sent, edit.accessibleDescription()) == ([], "Under way this can be changed, not taken away")


def test_locked_it_says_so_and_sends_nothing(panel, desk):
    panel.context.texts.caps.keys_of = {"arm.toggle": "F12"}.get
    desk.actions.arm(on=False)
    answer(panel, desk)
    QTest.mouseClick(panel.go, LEFT)
    assert (desk.sent, panel.go.look) == ([], "outline_buy")
    assert panel.fault.text == "Orders are locked. Press F12 to arm"


def test_what_is_wrong_stands_at_its_field(panel, desk):
    edit = retype(panel, F.QTY, "12x")
    look(panel, desk)
    assert panel.go.look == "outline_buy", "a press starts nothing, and the button does not look as if it did"
    assert edit.accessibleDescription() == "Only digits, commas and one point"
    assert ("Only digits, commas and one point", True) in [(text, wrong) for _, text, wrong in panel.fields._hints]
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert desk.sent == []
    retype(panel, F.QTY, "12")
    answer(panel, desk, refusals=("algo.refusal.window_past",), points=())
    assert panel.fields.fields[F.END].accessibleDescription() == "The time is over already"
    assert panel.preview._picture.bars == ()


def test_chips_set_the_limit_the_end_and_another_seed(panel, desk):
    seed = panel.fields.fields[F.SEED].text()
    for chip in (panel.fields.px_chips[0], panel.fields.end_chips[2], panel.fields.seed):
        QTest.mouseClick(chip, LEFT)
    look(panel, desk)
    assert (desk.algo.text(F.PX), desk.algo.text(F.END)) == ("191,300", "+60")
    assert panel.fields.fields[F.SEED].text() != seed


def test_urgency_is_chosen_by_chip_and_by_a_click_on_the_choice(panel, desk):
    desk.algo.choose_kind(AlgoKind.IS)
    answer(panel, desk, trade_off=OFFERED)
    QTest.mouseClick(panel.fields.haste_chips[1], LEFT)
    assert desk.algo.text(F.URGENCY) == "500"
    panel.grab()
    QTest.mouseClick(panel.preview, LEFT, pos=QPoint(60, panel.preview._choices_y + 20 * 3 + 5))
    assert desk.algo.text(F.URGENCY) == "300"


OFFERED = tuple(TradeOff(urgency_pico=100 * at, impact=at, risk=9 - at, half_ns=NOW_NS) for at in range(9))


def test_choices_between_haste_and_risk_are_told_and_taken_by_keys(panel, desk):
    preview = panel.preview
    assert preview.focusPolicy() == Qt.FocusPolicy.NoFocus  # nothing to choose
    desk.algo.choose_kind(AlgoKind.IS)
    desk.algo.type(F.URGENCY, "300")
    answer(panel, desk, trade_off=OFFERED)
    panel.grab()
    said = [preview.spoken_row(number) for number in range(preview.spoken_count())][-9:]
    assert said[0].startswith("Choice 1 of 9, impact / risk, half done at: ")
    assert [number for number, text in enumerate(said) if text.startswith("Chosen, ")] == [3]
    preview.setFocus()
    assert preview.spoken_current() == preview.spoken_count() - 9 + 3
    QTest.keyClick(preview, Qt.Key.Key_Down)
    answer(panel, desk, trade_off=OFFERED)
    QTest.keyClick(preview, Qt.Key.Key_Down)
    answer(panel, desk, trade_off=OFFERED)
    assert (desk.algo.text(F.URGENCY), preview.spoken_current() - preview.spoken_count()) == ("500", -4)
    for _ in range(9):
        QTest.keyClick(preview, Qt.Key.Key_Up)
        answer(panel, desk, trade_off=OFFERED)
    assert (desk.algo.text(F.URGENCY), desk.sent) == ("0", [])


def test_rows_of_the_plan_lie_where_they_are_painted(panel, desk):
    desk.algo.choose_kind(AlgoKind.IS)
    answer(panel, desk, trade_off=OFFERED)
    panel.grab()
    preview = panel.preview
    rows = [preview.spoken_rect(number) for number in range(preview.spoken_count())]
    lines, bars, choices = rows[:-19], rows[-19:-9], rows[-9:]
    assert all(not rect.isEmpty() and preview.rect().contains(rect) for rect in rows)
    assert [rect.x() for rect in bars] == sorted(rect.x() for rect in bars)
    assert bars[0].bottom() < lines[0].top() <= lines[-1].bottom() < choices[0].top()
    QTest.mouseClick(preview, LEFT, pos=choices[7].center())
    assert desk.algo.text(F.URGENCY) == "700"
    panel.resize(500, 420)  # no room for all of it: what is not painted is nowhere
    panel.grab()
    assert [preview.spoken_rect(number).isEmpty() for number in range(len(rows) - 9, len(rows))] == [True] * 9


def test_keys_reach_everything_from_top_to_bottom(panel, desk):
    panel.activateWindow()
    panel.fields.kind.setFocus()
    order = []
    for _ in range(20):
        order.append(panel.focusWidget())
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    wanted = [panel.fields.kind, panel.fields.side, *(panel.fields.fields[field] for field in FIELDS[AlgoKind.TWAP])]
    places = [order.index(widget) for widget in wanted]
    assert places == sorted(places)
    assert panel.go in order


def test_under_way_only_what_can_be_changed_is_open(panel, desk):
    desk.orders.on_view(an_algo())
    desk.algo.amend(77)
    look(panel, desk)
    opened = {field for field in desk.algo.fields if panel.fields.fields[field].isEnabled()}
    assert (opened, panel.fields.kind.isEnabled(), panel.subtitle) == ({F.QTY, F.PX, F.END}, False, "amending #77")
    retype(panel, F.QTY, "700")
    answer(panel, desk)
    assert (panel.preview._picture.done, panel.go.text()) == (120, "Change TWAP: 700")
    QTest.mouseClick(panel.go, LEFT)
    assert [(type(intent), intent.work_id, intent.qty) for intent in desk.sent] == [(AmendWork, 77, 700)]
    look(panel, desk)
    assert panel.leave.isHidden()


def test_a_plan_of_what_was_typed_before_is_not_started(panel, desk):
    answer(panel, desk)
    desk.queries.clear()
    retype(panel, F.QTY, "77")
    QTest.keyClick(panel.fields.fields[F.QTY], Qt.Key.Key_Return)
    assert desk.sent == []
    assert "not answered" in panel.fault.text


def test_the_form_of_orders_opens_it_with_its_terms(desk):
    desk.selection.set_qty(30)
    desk.selection.set_px(190_000)
    desk.commands.run("form.sell")
    desk.selection.set_px(192_000)
    desk.algo.take_order()
    assert (desk.algo.side, desk.algo.text(F.QTY), desk.algo.text(F.PX)) == (Side.SELL, "30", "192,000")


def test_two_keys_open_it_in_the_window_with_the_terms_of_the_order_form(qtbot, tmp_path):
    link = ScriptedLink()
    link.say(*snapshot())
    terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en"))
    terminal.show()
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
    session = terminal.session
    session.selection.set_qty(70)
    hand = Hand(terminal.window)
    hand.press("G G")
    assert "algo_form" in [panel.objectName() for panel in terminal.window.panels]
    assert session.algo.text(F.QTY) == "70"

    def asked():
        return {query.params.qty for query in link.queries if isinstance(query, RequestAlgoPlan)}

    qtbot.waitUntil(lambda: bool(asked()), timeout=5_000)
    assert asked() == {70}
    dispose(terminal.window)
