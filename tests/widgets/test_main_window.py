import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from hts.desk.keymap import Keymap
from hts.desk.sending import Refusal
from hts.desk.venue_tabs import COMBINED
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Side
from hts.model.intents import CancelAll, CancelLast, Flatten, NewOrder
from hts.model.quotes import InstrumentDef
from hts.model.views import LinkState, NoticeView, OutcomeView
from tests.support.desk_feed import busy_desk, fill, order, status
from tests.support.panels import panel_context
from tests.support.window import frame, press
from widgets.docking import HeaderNote
from widgets.ladder import LadderPanel
from widgets.main_window import MainWindow
from widgets.painting import Brush

ROOT = Path(__file__).resolve().parents[2]


def kinds(desk):
    return [type(intent) for intent in desk.sent]


def test_order_leaves_within_the_key_handler(window, desk):
    press(window, Qt.Key.Key_F12)
    press(window, Qt.Key.Key_F3)
    # No event loop has run since the key: the handler itself has sent.
    assert [(i.side, i.ord_type, i.symbol, i.qty) for i in desk.sent] == [(Side.BUY, OrdType.MARKET, "005930", 50)]


def test_locked_keys_send_nothing_and_say_why(window, desk):
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F4, Qt.Key.Key_Return):
        press(window, key)
    assert desk.sent == []
    assert window.hint_strip.message == "Orders are locked. Press F12 to arm"


def test_cancels_work_while_locked(window, desk):
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_Backspace)
    assert kinds(desk) == [CancelAll, CancelLast]


def test_flatten_wants_a_second_press(window, desk):
    control = Qt.KeyboardModifier.ControlModifier
    press(window, Qt.Key.Key_F, control)
    assert (kinds(desk), window.hint_strip.message) == (
        [],
        "Flatten 005930, 320 shares held: press again within 2 seconds",
    )
    press(window, Qt.Key.Key_F, control)
    assert kinds(desk) == [Flatten]


def test_keys_walk_through_the_watchlist_from_a_table_and_back(window, desk):
    frame(window, desk)
    orders = next(panel for panel in window.workspace.panels if panel.objectName() == "orders")
    orders.setFocus()
    first = desk.selection.symbol()
    press(orders.view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier)
    second = desk.selection.symbol()
    press(window, Qt.Key.Key_F11)
    third = desk.selection.symbol()
    press(window, Qt.Key.Key_F11)
    assert (first != second, third, desk.selection.symbol()) == (True, first, second)


def test_a_held_key_sends_one_order(window, desk):
    press(window, Qt.Key.Key_F12)
    press(window, Qt.Key.Key_F1)
    for _ in range(5):
        press(window, Qt.Key.Key_F1, repeat=True)
    assert kinds(desk) == [NewOrder]


def test_a_held_arrow_repeats(window, desk):
    for _ in range(3):
        press(window, Qt.Key.Key_Up, repeat=True)
    assert desk.selection.px == 191_700


def test_quantity_presets(window, desk):
    press(window, Qt.Key.Key_F12)
    press(window, Qt.Key.Key_4, text="4")
    assert desk.selection.qty == 100
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier, "1")
    assert desk.selection.qty == 10


def test_trading_keys_pass_through_a_text_field(window, desk, qtbot):
    panel = next(p for p in window.panels if p.objectName() == "order_entry")
    field = panel.findChild(type(panel._qty), options=Qt.FindChildOption.FindDirectChildrenOnly)
    press(window, Qt.Key.Key_F12)
    field.setFocus()
    field.selectAll()
    press(field, Qt.Key.Key_4, text="4")
    press(field, Qt.Key.Key_F3)
    press(field, Qt.Key.Key_Escape)
    assert kinds(desk) == [NewOrder, CancelAll]
    assert desk.selection.qty == 50  # the digit was typed into the field, it did not choose a preset


def test_the_command_key_works_in_a_field_and_leaves_its_text(window):
    panel = next(p for p in window.panels if p.objectName() == "order_entry")
    panel._qty.setFocus()
    panel._qty.setCursorPosition(0)
    press(panel._qty, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert (window.command_box.hasFocus(), panel._qty.text()) == (True, "50")


def test_armed_frame_stands_round_the_panels_that_send(window, desk):
    frame_widget = window._armed_frame
    assert not frame_widget.isVisible()
    press(window, Qt.Key.Key_F12)
    frame(window, desk)
    assert frame_widget.isVisible()
    assert len(window.workspace.send_rects()) == 2
    press(window, Qt.Key.Key_F12)
    frame(window, desk)
    assert not frame_widget.isVisible()


def test_command_box_finds_by_initials_and_chooses(window, desk, qtbot):
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    box = window.command_box
    box.setText("ㅎㅇㄴㅅ")
    box.textEdited.emit("ㅎㅇㄴㅅ")
    assert box.list.choice.symbol == "000660"
    press(box, Qt.Key.Key_Return)
    assert (desk.selection.symbol(), box.text(), box.list.isVisible()) == ("000660", "", False)


def test_command_box_runs_an_action_and_esc_only_leaves_it(window, desk):
    box = window.command_box
    box.open()
    box.textEdited.emit("cancel all")
    press(box, Qt.Key.Key_Escape)
    assert desk.sent == []
    box.textEdited.emit("cancel all")
    press(box, Qt.Key.Key_Return)
    assert kinds(desk) == [CancelAll]


def test_core_away_shows_a_banner(window, desk):
    frame(window, desk, link_is_up=False)
    assert "not connected" in window.status_strip.banner
    frame(window, desk)
    assert window.status_strip.banner == ""


def test_venue_down_shows_a_banner(window, desk):
    desk.orders.on_view(status(orders=LinkState.DOWN))
    frame(window, desk)
    assert "KRX is down" in window.status_strip.banner


def test_a_denial_and_a_notice_become_sentences(window, desk):
    denial = Denial(rule=Rule.QTY_LIMIT, figure=900, limit=500, unit=Unit.QTY)
    desk.orders.on_view(OutcomeView(request_id="x", accepted=False, denial=denial))
    frame(window, desk)
    assert window.hint_strip.message == "Denied  Quantity 900 > limit per order 500. Split the order"
    desk.orders.on_view(NoticeView(key="notice.layout_default"))
    frame(window, desk)
    assert window.hint_strip.message == "The stored layout could not be read; the default is open"


def test_a_long_sentence_is_whole_and_the_hints_give_way(window, desk, monkeypatch):
    painted = []
    right = Brush.right

    def told(brush, x, base, text, *look):
        painted.append(text)
        return right(brush, x, base, text, *look)

    monkeypatch.setattr(Brush, "right", told)
    strip = window.hint_strip
    strip.resize(900, strip.height())
    strip.say("Account 8801-2745-01 asks for its release, code 8612. Press once more within 30 seconds to confirm", 0)
    strip.grab()
    assert painted == [strip.message]


def test_a_sentence_goes_after_a_while(window, desk):
    window.say("x")
    desk.now_ns += 9_000_000_000
    frame(window, desk)
    assert window.hint_strip.message == ""


@pytest.mark.parametrize(
    ("key", "seconds"), [("flatten_again", 2), ("confirm_order_buy", 3), ("workspace_again", 3), ("locked", 8)]
)
def test_a_question_stands_as_long_as_a_second_press_answers_it(window, desk, key, seconds):
    begun = desk.now_ns
    window.tell(Refusal(key=f"refusal.{key}", values=dict.fromkeys(("symbol", "qty", "px", "title"), "x")))
    stood = []
    for tenth in (9, 11):
        desk.now_ns = begun + seconds * tenth * 100_000_000
        frame(window, desk)
        stood.append(bool(window.hint_strip.message))
    assert stood == [True, False]


def test_layout_comes_back_as_it_was(window, desk, qtbot):
    window.open_workspace("scalper")
    stored = window.state()
    keymap = Keymap({})
    again = MainWindow(panel_context(desk, "ja"), keymap, busy_desk().commands, lambda: desk.now_ns)
    qtbot.addWidget(again)
    assert again.restore(stored)
    assert again.workspace.name == "scalper"


def test_the_groups_issues_and_a_window_over_the_whole_screen_come_back(window, desk, qtbot):
    desk.selection.choose("000660", 2)
    desk.selection.choose_venue("NXT", 2)
    window.setWindowState(Qt.WindowState.WindowMaximized)
    stored = json.loads(json.dumps(window.state()))
    later = busy_desk()
    context = panel_context(later)
    again = MainWindow(context, Keymap({}), later.commands, lambda: later.now_ns)
    qtbot.addWidget(again)
    assert again.restore(stored)
    assert (later.selection.symbol(2), later.selection.venue(2)) == ("000660", "NXT")
    assert again.isMaximized()
    window.setWindowState(Qt.WindowState.WindowNoState)
    assert window.state()["maximized"] is False


@pytest.mark.parametrize("docks", ["", "!!!", "PHhtbD4=", None, 7])
def test_a_damaged_layout_leaves_the_default(window, desk, docks):
    assert not window.restore({"layouts": {"day": {"version": 1, "docks": docks}}})
    frame(window, desk)
    assert len(window.workspace.send_rects()) == 2


def test_a_damaged_layout_brings_torn_off_panels_home(window):
    dock = window.workspace._widgets["orders.1"]
    dock.setFloating()
    assert dock.isFloating()
    assert not window.restore({"layouts": {"day": {"version": 1, "docks": "PHhtbD4="}}})
    assert not dock.isFloating()


def test_an_unknown_workspace_and_a_layout_of_the_wrong_kind_are_refused(window):
    assert window.restore({"workspace": "nowhere"})
    assert not window.restore({"layouts": [1]})
    assert window.workspace.name == "day"


def test_torn_off_panels_still_have_the_keys(window, desk):
    desk_window = window.workspace._widgets["orders.1"]
    desk_window.setFloating()
    press(desk_window.window(), Qt.Key.Key_Escape)
    assert kinds(desk) == [CancelAll]


def test_everything_has_a_name_for_screen_readers(window):
    unnamed = [
        type(w).__name__
        for panel in window.panels
        for w in panel.findChildren(type(window).__mro__[1].__mro__[1])
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.accessibleName()
    ]
    assert unnamed == []


def test_keys_act_on_the_issue_of_the_panel_with_the_keyboard(window, desk):
    desk.selection.choose("000660", 2)
    window.open_workspace("scalper")
    second = next(p for p in window.workspace.panels if p.objectName() == "ladder" and p.group == 2)
    press(window, Qt.Key.Key_F12)
    press(window, Qt.Key.Key_F3)
    QApplication.instance().focusChanged.emit(None, second)
    press(window, Qt.Key.Key_F3)
    window.open_workspace("day")
    press(window, Qt.Key.Key_F3)
    assert [intent.symbol for intent in desk.sent] == ["005930", "000660", "005930"]


def subtitles(window):
    return [note.text() for note in window.findChildren(HeaderNote)]


def test_a_header_that_has_just_gone_does_not_stop_the_frames(window, desk):
    panel = next(one for one in window.panels if one.objectName() == "orders")
    before = panel.subtitle
    for note in window.workspace.headers:
        delete(note)  # as the library does with the title bar of an area whose last panel was put elsewhere
    desk.orders.on_view(order(77, "005930", Side.BUY, 190_000, 10))
    desk.orders.on_view(fill(77, "005930", Side.BUY, 190_000, 10))
    frame(window, desk)
    assert panel.subtitle != before


def test_a_headers_count_never_lags_its_rows(window, desk):
    before = subtitles(window)
    desk.orders.on_view(order(77, "005930", Side.BUY, 190_000, 10))
    desk.orders.on_view(fill(77, "005930", Side.BUY, 190_000, 10))
    frame(window, desk)
    changed = [now for now, was in zip(subtitles(window), before, strict=True) if now != was]
    assert changed == ["24 today", "10 working"]


def test_hints_give_way_to_the_issue_that_keys_act_on(window, desk):
    def ink(width):
        window.resize(width, 768)
        QApplication.processEvents()
        picture = window.hint_strip.grab().toImage()
        begin = round(window.hint_strip._target_begin())
        ground = window._context.tokens.header
        return [x for x in range(begin, begin + 10) if any(picture.pixelColor(x, y) != ground for y in range(2, 21))]

    assert [ink(width) for width in (1366, 1920)] == [[], []]


def test_one_key_turns_the_tabs_of_the_ladder_with_the_keyboard_alone(window, desk):
    for symbol in ("005930", "000660"):
        desk.market.on_quote(InstrumentDef(instrument=replace(desk.market.instruments[symbol], venue="NXT")))
    desk.selection.choose("000660", 2)
    window.open_workspace("scalper")
    frame(window, desk)
    ladders = [panel for panel in window.workspace.panels if isinstance(panel, LadderPanel)]
    seen = []
    for _ in range(4):
        seen.append({panel.group: panel.venue for panel in ladders})
        press(window, Qt.Key.Key_V)
    assert seen == [{1: venue, 2: "KRX"} for venue in ("KRX", "NXT", COMBINED, "KRX")]
    assert desk.sent == []


def test_a_digit_while_locked_opens_the_command_box(window, desk):
    press(window, Qt.Key.Key_0, text="0")
    assert (window.command_box.hasFocus(), window.command_box.text()) == (True, "0")
    press(window.command_box, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_4, text="4")
    assert (window.command_box.text(), desk.selection.qty) == ("4", 50)
