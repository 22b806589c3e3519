import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from hts.desk.cautions import AGAIN_NS
from hts.desk.figures import typed_figure
from hts.desk.order_entry import PxChip, Tab
from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.model.intents import CancelAll, Flatten, NewOrder
from hts.model.views import LotView
from tests.support.desk_feed import account, texts
from tests.support.panels import panel_context, show_frame, shown
from themes import metrics
from themes.tokens import THEMES, contrast
from widgets.controls import READABLE, TEXTS
from widgets.order_entry import OrderEntryPanel
from widgets.order_refusal import LINE, LINES_MAX
from widgets.painting import Brush

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, desk):
    return shown(qtbot, OrderEntryPanel(panel_context(desk, "en")), desk, 334, 698)


def click(widget):
    QTest.mouseClick(widget, LEFT, pos=widget.rect().center())


def test_send_button_says_what_it_does_and_does_it(panel, desk):
    desk.actions.arm(True)
    show_frame(panel, desk)
    assert (panel._send.text(), panel._send.look) == ("Buy 50  191,400", "buy")
    click(panel._send)
    assert [(i.side, i.px, i.qty) for i in desk.sent] == [(Side.BUY, 191_400, 50)]


def test_locked_button_is_an_outline_and_refuses(panel, desk):
    assert panel._send.look == "outline_buy"
    click(panel._send)
    assert (desk.sent, desk.actions.last_refusal.key) == ([], "refusal.locked")


def test_tabs_change_the_side(panel, desk):
    QTest.mouseClick(panel._tabs, LEFT, pos=QPoint(panel._tabs.width() * 3 // 8, 10))
    show_frame(panel, desk)
    assert (desk.form.tab, panel._send.look, panel._px.text()) == (Tab.SELL, "outline_sell", "191,300")


def test_spinners_and_chips_move_price_and_quantity(panel, desk):
    click(panel._px_spin[1])
    click(panel._qty_spin[0])
    assert (desk.selection.px, desk.selection.qty) == (191_500, 49)
    click(panel._px_chips[PxChip.UPPER])
    click(panel._qty_chips[3])
    show_frame(panel, desk)
    assert (panel._px.text(), panel._px_chips[PxChip.UPPER].look) == ("245,000", "chosen")
    assert desk.selection.qty == desk.form.possible_qty()


def test_typing_sets_price_and_quantity_and_is_not_overwritten(panel, desk):
    panel._px.setFocus()
    panel._px.selectAll()
    QTest.keyClicks(panel._px, "190500")
    panel._qty.setFocus()
    panel._qty.selectAll()
    QTest.keyClicks(panel._qty, "12")
    show_frame(panel, desk)
    assert (desk.selection.px, desk.selection.qty, panel._qty.text()) == (190_500, 12, "12")


def test_market_order_has_no_price_to_type(panel, desk):
    panel._fields["type"].chosen.emit(3)
    show_frame(panel, desk)
    assert (desk.form.ord_type, desk.form.time_in_force) == (OrdType.MARKET, TimeInForce.DAY)
    assert (panel._px.isEnabled(), panel._px.text()) == (False, "Market")


def test_issue_is_chosen_from_the_list(panel, desk):
    panel._fields.issue.chosen.emit(1)
    assert desk.selection.symbol() == "000660"


def test_cancel_and_flatten_buttons(panel, desk):
    click(panel._cancel)
    click(panel._flatten)
    show_frame(panel, desk)
    assert (panel._flatten.text(), panel._flatten.look) == ("Press again", "chosen")
    click(panel._flatten)
    assert [type(i) for i in desk.sent] == [CancelAll, Flatten]
    assert desk.sent[0].symbol == ""


def test_an_order_of_another_issue_does_not_concern_the_form(panel, desk):
    desk.orders.on_view(next(iter(desk.orders.working("000660"))))
    assert not panel.concerns(desk.frame())
    desk.orders.on_view(next(iter(desk.orders.working("005930"))))
    assert panel.concerns(desk.frame())


@pytest.mark.parametrize(
    ("text", "decimals", "value"),
    [("191,400", 0, 191_400), ("585.3", 2, 58_530), ("585", 2, 58_500), ("x", 0, 0), ("", 0, 0), ("-5", 0, 0)],
)
def test_typed_figures(text, decimals, value):
    assert typed_figure(text, decimals) == value


def test_enter_in_a_field_is_left_to_the_window(panel, desk):
    desk.actions.arm(True)
    panel._qty.setFocus()
    QTest.keyClick(panel._qty, Qt.Key.Key_Return)
    assert [i for i in desk.sent if isinstance(i, NewOrder)] == []


def test_locked_credit_stands_in_its_row_and_tells_why_it_is_not_taken(panel, desk):
    assert not panel._fields["credit"].isVisible()
    desk.orders.on_view(replace(account(), kind="kr_margin"))
    show_frame(panel, desk)
    row = panel._fields["credit"]
    assert (row.isVisible(), row._shown) == (True, ("Cash", "locked"))
    assert [right for _, right in row._options] == ["", "locked", "locked"]
    row.chosen.emit(1)
    assert (desk.form.payment, " ".join(panel._refusal.lines)) == (
        CashMargin.CASH,
        texts("en")("refusal.credit_locked"),
    )
    desk.actions.settings.set("entry.credit", value=True)
    row.chosen.emit(1)
    show_frame(panel, desk)
    assert (row._shown, [right for _, right in row._options]) == ((row._options[1][0], ""), ["", "", ""])
    assert desk.form.payment is CashMargin.MARGIN_OPEN


def painted_words(panel, monkeypatch):
    said = []

    def spied(paint):
        def told(brush, x, base, text, *look):
            said.append(text)
            return paint(brush, x, base, text, *look)

        return told

    with monkeypatch.context() as spy:
        for name in ("left", "right"):
            spy.setattr(Brush, name, spied(getattr(Brush, name)))
        panel.grab()
    return said


def test_an_order_until_a_date_and_one_that_pays_back_have_rows_of_their_own(panel, desk, monkeypatch):
    form = desk.form
    assert not panel._fields["expiry"].isVisible()
    issue = replace(form.instrument, venue="TSE")
    desk.market.instruments[issue.symbol] = issue
    desk.orders.on_view(replace(account(), kind="jp_margin"))
    desk.actions.settings.set("entry.credit", value=True)
    form._terms = lambda _venue, _phase: ((OrdType.LIMIT, TimeInForce.GTD),)
    lots = (LotView(open_date=20261101, qty=5, cost=1, credit="margin", loan_date=20261101),)
    desk.orders.on_view(replace(desk.orders.positions[issue.symbol], lots=lots))
    form.choose_tab(Tab.SELL)
    form.choose_credit(CashMargin.MARGIN_CLOSE)
    show_frame(panel, desk)
    shown = [name for name, field in panel._fields.by_row.items() if field.isVisible()]
    assert shown == ["account", "issue", "venue", "type", "expiry", "credit", "loan"]
    words = painted_words(panel, monkeypatch)
    rows = ("Type", "Type / TIF", "Good until", "Credit", "Margin", "Loan of", "Opened on")
    assert [word for word in words if word in rows] == ["Type / TIF", "Good until", "Margin", "Opened on"]
    assert {"This week", "2026-11-20", "Margin, close long", "2026-11-01", "5 shares", "5 to repay"} <= set(words)


def test_the_amend_tab_chooses_the_order_and_cancels_it_alone(panel, desk):
    working = desk.orders.working("005930")
    desk.form.choose_tab(Tab.AMEND)
    show_frame(panel, desk)
    field = panel._fields["order"]
    newest, oldest = working[-1], working[0]
    assert (field.isVisible(), len(field._options), field._options[0]) == (True, len(working), field._shown)
    assert field._shown[1] == f"{newest.venue} {newest.cl_ord_id}"
    field.chosen.emit(len(working) - 1)
    show_frame(panel, desk)
    assert (desk.form.amended, field._shown) == (oldest, field._options[-1])
    assert panel._algo.text() == "Cancel this"
    click(panel._algo)
    assert [(type(i).__name__, i.cl_ord_id) for i in desk.sent] == [("CancelOrder", oldest.order_id)]
    desk.form.choose_tab(Tab.BUY)
    show_frame(panel, desk)
    assert (panel._algo.text(), field.isVisible()) == ("Algo", False)


def test_keys_stand_on_the_tabs_and_under_the_pointer_as_they_are_now(panel, desk):
    book = panel.context.keymap_book
    shares = [chip.toolTip() for chip in panel._qty_chips]
    assert (shares, panel._px_chips[PxChip.UPPER].toolTip()) == (["Alt+7", "Alt+8", "Alt+9", "Alt+0"], "Ctrl+Home")
    assert panel._tabs._caps == ("F6", "F7", "F5", "F10")
    book.choose("kiwoom")
    book.remove("qty.share_50", "Alt+9")
    book.assign("qty.share_50", "Ctrl+Shift+9")
    panel.mark_dirty()
    show_frame(panel, desk)
    assert (panel._qty_chips[2].toolTip(), panel._tabs._caps) == ("Ctrl+Shift+9", ("F1", "F3", "F5", "F10"))


def test_the_row_of_terms_stands_only_where_the_venue_takes_any(panel, desk):
    price_y = panel._px.y()
    assert not panel._attributes.isVisible()
    desk.form._features = lambda _venue, _phase: frozenset({"display_qty", "post_only"})
    desk.selection.touch()
    show_frame(panel, desk)
    row = panel._attributes
    assert (row.isVisible(), panel._px.y() - price_y) == (True, row.height() + metrics.FORM_GAP)
    assert [control.isVisible() for control in row.by_attribute.values()] == [True, False, True]
    assert row.display_qty.geometry().right() < row.post_only.geometry().left()
    assert row.post_only.geometry().right() < row.width()
    desk.form._features = lambda _venue, _phase: frozenset()
    desk.selection.touch()
    show_frame(panel, desk)
    assert (row.isVisible(), panel._px.y()) == (False, price_y)


def test_terms_are_typed_and_pressed_by_keyboard_and_leave_with_the_order(panel, desk):
    desk.form._features = lambda _venue, _phase: frozenset({"display_qty", "post_only"})
    desk.actions.arm(True)
    desk.selection.touch()
    show_frame(panel, desk)
    row = panel._attributes
    names = [control.accessibleName() for control in row.by_attribute.values()]
    assert names == ["Shown quantity", "Minimum quantity", "Post-only"]
    row.display_qty.setFocus()
    QTest.keyClicks(row.display_qty, "20")
    QTest.keyClick(row.display_qty, Qt.Key.Key_Tab)
    assert row.post_only.hasFocus()
    QTest.keyClick(row.post_only, Qt.Key.Key_Return)
    show_frame(panel, desk)
    assert (row.display_qty.text(), row.post_only.look, row.post_only.isChecked()) == ("20", "chosen", True)
    click(panel._send)
    assert [(i.qty, i.display_qty, i.post_only) for i in desk.sent] == [(50, 20, True)]
    desk.form.choose_type(OrdType.MARKET, TimeInForce.DAY)
    show_frame(panel, desk)
    assert (row.isVisible(), desk.form.said.display_qty) == (False, 0)
    assert " ".join(panel._refusal.lines).startswith("Shown quantity cleared: KRX takes none")


def test_a_question_is_whole_above_the_button_and_goes_when_no_press_answers_it(panel, desk):
    desk.actions.settings.set("entry.warn_krw", 1_000_000)
    desk.actions.arm(True)
    show_frame(panel, desk)
    own = panel._own.height()
    click(panel._send)
    asked = texts("en")("refusal.warn_value_buy", figure="9,570,000", limit="1,000,000")
    assert (" ".join(panel._refusal.lines), desk.sent) == (asked, [])
    assert len(panel._refusal.lines) == 2
    assert panel._own.height() == own - LINE
    assert all(TEXTS.width("secondary", line) <= panel.width() - 32 for line in panel._refusal.lines)
    desk.now_ns += AGAIN_NS + 1
    show_frame(panel, desk)
    assert (panel._refusal.lines, panel._own.height()) == ([], own)


def test_of_more_than_three_lines_the_last_one_is_cut(panel, desk):
    desk.actions.note("refusal.denied", text="word " * 80)
    panel.mark_dirty()
    show_frame(panel, desk)
    assert len(panel._refusal.lines) == LINES_MAX
    assert panel._refusal.lines[-1].endswith("…")


@pytest.mark.parametrize("theme", THEMES)
def test_the_name_of_a_chosen_tab_can_be_read_in_every_theme(qtbot, desk, theme):
    tabs = shown(qtbot, OrderEntryPanel(panel_context(desk, "en", theme)), desk, 334, 698)._tabs
    assert [fill.name() for fill in tabs._fills if contrast(tabs._ink(fill), fill) < READABLE] == []
