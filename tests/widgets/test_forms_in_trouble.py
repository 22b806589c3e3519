"""The forms for algorithms and baskets while the core is gone, refuses, or the window changes under them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.app.desk_files import DeskFiles
from hts.app.terminal import Terminal, TerminalOptions
from hts.app.terminal_link import LinkDown
from hts.desk.actions import Refusal
from hts.desk.algo_fields import AlgoField
from hts.desk.algo_form import RENEW_NS
from hts.model.denials import Denial, Rule
from hts.model.intents import StartAlgo, StartBasket
from hts.model.queries import RequestAlgoPlan
from hts.model.views import OutcomeView
from tests.desk.test_algo_form import an_algo
from tests.support.desk_feed import ACCOUNT, busy_desk, status, texts
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.panels import panel_context, show_frame
from tests.support.windows import dispose
from tests.widgets.test_algo_form import answer, look, retype
from themes.palettes import THEMES
from themes.tokens import Tokens
from widgets.algo_form import AlgoFormPanel
from widgets.basket_form import BasketFormPanel
from widgets.restyle import restyle

F = AlgoField
EN = texts("en")
LINES = b"symbol,side,qty\n005930,buy,10\n000660,sell,5\n"
KILL = "Kill switch storm · every new order is blocked"
LOOK = "The core is of another build (9.9) · look only, no order leaves. Start both from one installation"
FORMS = ("algo", "basket")


@pytest.fixture
def desk():
    made = busy_desk()
    made.actions.arm(on=True)
    return made


@pytest.fixture
def make(qtbot, desk, tmp_path):
    """A form that is ready to start."""
    (tmp_path / "b.csv").write_bytes(LINES)

    def made(form, theme="dark"):
        context = replace(panel_context(desk, "en", theme), files=DeskFiles(tmp_path))
        panel = AlgoFormPanel(context) if form == "algo" else BasketFormPanel(context)
        qtbot.addWidget(panel)
        panel.resize(900, 720)
        panel.show()
        show_frame(panel, desk)
        if form == "algo":
            answer(panel, desk)
        else:
            panel.load(tmp_path / "b.csv")
            look(panel, desk)
        return panel

    return made


def start(panel, desk):
    """Press it; a basket asks once."""
    for _ in range(2 if isinstance(panel, BasketFormPanel) else 1):
        QTest.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    show_frame(panel, desk)


def refuse(desk, rule, detail=""):
    """The core's answer to what was sent last."""
    denial = Denial(rule=rule, detail=detail)
    desk.orders.on_view(OutcomeView(request_id=desk.sent[-1].request_id, accepted=False, denial=denial))


@pytest.mark.parametrize("form", FORMS)
def test_a_kill_switch_is_said_before_and_after_a_press_and_over_when_it_is_released(make, desk, form):
    panel = make(form)
    desk.orders.on_view(status(kill_switch=True, kill_reason="storm"))
    show_frame(panel, desk)
    assert (panel.fault.text, panel.fault.is_fault, panel.fault.isVisible()) == (KILL, True, True)
    start(panel, desk)
    assert (len(desk.sent), panel.fault.text) == (1, "Sent to the core")
    refuse(desk, Rule.KILL_SWITCH)
    show_frame(panel, desk)
    assert panel.fault.text == EN("refusal.denied", text=EN("denial.kill_switch", figure="", limit="", detail=""))
    desk.orders.on_view(status())
    desk.now_ns += 10 * RENEW_NS
    if form == "algo":
        retype(panel, F.QTY, "51")
        answer(panel, desk)
    else:
        QTest.keyClicks(panel.minutes, "5")
        look(panel, desk)
    assert panel.fault.text == ""
    start(panel, desk)
    assert len(desk.sent) == 2


@pytest.mark.parametrize("form", FORMS)
def test_a_core_that_may_only_be_looked_at_is_said_and_its_refusal_told(make, desk, form):
    panel = make(form)
    desk.orders.other_build = "9.9"
    look(panel, desk)
    assert panel.fault.text == LOOK
    start(panel, desk)
    refuse(desk, Rule.BUILD_MIX, "1, 9.9")
    show_frame(panel, desk)
    assert "different builds (1, 9.9)" in panel.fault.text
    assert panel.fault.is_fault


@pytest.mark.parametrize("form", FORMS)
def test_what_the_core_begins_is_named(make, desk, form):
    panel = make(form)
    start(panel, desk)
    assert [type(one) for one in desk.sent] == [StartAlgo if form == "algo" else StartBasket]
    desk.orders.on_view(an_algo(request_id=desk.sent[-1].request_id))
    show_frame(panel, desk)
    assert (panel.fault.text, panel.fault.is_fault) == ("Running in the core as #77", False)


@pytest.mark.parametrize("form", FORMS)
def test_a_link_that_drops_is_said_at_once_and_nothing_that_was_typed_is_lost(make, desk, form):
    panel = make(form)
    desk.actions.link(is_up=False)
    desk.link_is_up = False
    show_frame(panel, desk)
    assert panel.fault.text == EN("banner.core_down")
    start(panel, desk)
    # A key that was pressed while nobody listened arms nothing.
    assert desk.actions.arm(on=True) == Refusal(key="refusal.arm_link_down")
    start(panel, desk)
    assert (desk.sent, panel.fault.text) == ([], EN("refusal.locked"))
    desk.actions.link(is_up=True)
    desk.link_is_up = True
    desk.actions.arm(on=True)
    desk.now_ns += 10 * RENEW_NS
    if form == "algo":
        answer(panel, desk)
    start(panel, desk)
    assert len(desk.sent) == 1


def test_a_question_that_went_with_the_link_is_asked_again(make, desk):
    panel = make("algo")
    retype(panel, F.QTY, "77")
    desk.queries.clear()
    look(panel, desk)
    assert (len(desk.queries), panel.preview._note) == (1, "Asking the core ...")
    desk.actions.link(is_up=False)
    show_frame(panel, desk)
    assert panel.preview._note == "Not connected: the plan follows when the core is back"
    desk.actions.link(is_up=True)
    desk.now_ns += RENEW_NS
    show_frame(panel, desk)
    assert [one.params.qty for one in desk.queries if isinstance(one, RequestAlgoPlan)] == [77, 77]
    answer(panel, desk)
    assert (panel.preview._note, panel.preview._picture.whole) == ("", 77)


def test_terms_of_an_algorithm_under_way_outlive_a_snapshot(make, desk):
    panel = make("algo")
    desk.orders.on_view(an_algo())
    desk.algo.amend(77)
    look(panel, desk)
    retype(panel, F.QTY, "700")
    desk.orders.clear()  # the link is back, and the core begins to tell
    look(panel, desk)
    assert (desk.algo.amends, panel.fields.fields[F.QTY].text()) == (77, "700")
    desk.orders.on_view(an_algo())
    desk.orders.is_whole = True
    look(panel, desk)
    assert (desk.algo.amends, panel.fields.fields[F.QTY].text()) == (77, "700")
    desk.orders.clear()
    desk.orders.is_whole = True  # and it is in none of it
    look(panel, desk)
    assert desk.algo.amends == 0


@pytest.mark.parametrize("form", FORMS)
def test_another_theme_is_taken_to_the_last_pixel_with_a_plan_and_a_file(make, desk, form):
    panel, fresh = make(form), make(form, "light")
    panel.context.tokens.become(Tokens.parse(THEMES["light"]))
    restyle(panel)
    desk.actions.link(is_up=True)
    for one in (panel, fresh):
        look(one, desk)
    assert panel.grab().toImage() == fresh.grab().toImage()


def test_another_language_keeps_what_was_typed_and_chosen(qtbot, tmp_path):
    (tmp_path / "b.csv").write_bytes(LINES)
    link = ScriptedLink()
    link.say(*snapshot())
    terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en"))
    terminal.show()
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
    algo, basket = panels(terminal)
    retype(algo, F.QTY, "123")
    basket.load(tmp_path / "b.csv")
    basket.minutes.selectAll()
    QTest.keyClicks(basket.minutes, "15")
    QTest.mouseClick(basket.whole, Qt.MouseButton.LeftButton)
    terminal.session.actions.arm(on=True)
    QTest.mouseClick(basket.go, Qt.MouseButton.LeftButton)  # it asks
    terminal.settings.set("look.language", "ja")
    terminal.take_settings()
    algo, basket = panels(terminal)
    assert terminal.context.texts.language == "ja"
    assert algo.fields.fields[F.QTY].text() == "123"
    qtbot.waitUntil(lambda: len(basket._table) == 2, timeout=5_000)
    assert (basket.subtitle, basket.minutes.text()) == ("b.csv", "15")
    assert (basket.form.is_whole, basket.whole.text()) == (False, texts("ja")("basket_form.part"))
    QTest.mouseClick(basket.go, Qt.MouseButton.LeftButton)
    assert link.intents == []  # a question of the window before is asked again
    QTest.mouseClick(basket.go, Qt.MouseButton.LeftButton)
    assert [(type(one), one.minutes, one.is_whole) for one in link.intents] == [(StartBasket, 15, False)]
    link.say(LinkDown(""))
    qtbot.waitUntil(lambda: not terminal.session.actions.is_linked, timeout=5_000)
    terminal.frame_clock.tick()
    QTest.keyClick(basket.minutes, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: basket.fault.text == texts("ja")("banner.core_down"), timeout=5_000)
    dispose(terminal.window)


def panels(terminal):
    """Both forms, in front and shown once."""
    found = []
    for name in ("algo_form", "basket_form"):
        if not [panel for panel in terminal.window.panels if panel.objectName() == name and panel.isVisible()]:
            terminal.window.run_action(f"panel.{name}")
        terminal.frame_clock.tick()
        found.append(next(panel for panel in terminal.window.panels if panel.objectName() == name))
    return found
