"""The cover on the real window: no pixel of the account under it, no key past it, every word in three languages."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from hts.desk.login import KeyWork, LoginState
from hts.model.session import ProposalView, TouchView
from tests.support.desk_feed import busy_desk
from tests.support.panels import panel_context
from tests.support.window import frame, make_window
from widgets.controls import Button
from widgets.login import LoginCover
from widgets.login_parts import EntryField

TOUCH = TouchView(request_id="r", act="a:1", what="act.raise-limits", content='{"limits":{"x":5}}', within_ns=10**11)


class Hand:
    """hts.desk.login.LoginPort that writes down what it is asked for."""

    def __init__(self):
        self.done = []

    def __getattr__(self, name):
        return lambda *words, **fields: self.done.append((name, *words, *fields.values()))


class Scene:
    """A window with the cover over it; a full one has orders and prices on it."""

    def __init__(self, qtbot, language="en", *, is_full=False):
        self.desk = busy_desk()
        self.window = make_window(self.desk, language) if is_full else QMainWindow()
        self.window.resize(1280, 800)
        self.window.show()
        qtbot.addWidget(self.window)
        self.state, self.hand = LoginState(), Hand()
        self.cover = LoginCover(panel_context(self.desk, language), self.state, self.hand, self.window)

    def show(self):
        self.cover.refresh(0)
        QApplication.processEvents()

    def pixels(self):
        """As the window is while somebody works in it: the frame around the focused control is drawn in no other."""
        self.window.activateWindow()
        QApplication.processEvents()
        return self.window.grab().toImage()

    def button(self, text):
        return next(one for one in self.cover.findChildren(Button) if one.text() == text and one.isVisible())

    def fields(self):
        return [one for one in self.cover.findChildren(EntryField) if one.isVisible()]


@pytest.fixture
def scene(qtbot):
    return Scene(qtbot)


def lock(state):
    state.ask(("key",))
    state.let_in("kim", "trader")
    state.lock()


def test_a_locked_window_shows_the_same_pixels_whatever_the_account_holds(qtbot):
    scene = Scene(qtbot, is_full=True)
    lock(scene.state)
    scene.show()
    locked = scene.pixels()
    # What happens meanwhile is not seen.
    scene.desk.orders.clear()
    frame(scene.window, scene.desk)
    scene.show()
    assert scene.pixels() == locked
    scene.state.unlock()
    scene.show()
    empty = scene.pixels()
    assert empty != locked
    lock(scene.state)
    scene.show()
    assert scene.pixels() == locked
    for key in (Qt.Key.Key_F12, Qt.Key.Key_F3, Qt.Key.Key_Escape, Qt.Key.Key_Backspace):
        QTest.keyClick(QApplication.focusWidget() or scene.cover, key)
        QTest.keyClick(scene.cover, key)
        QTest.keyClick(scene.window, key)
    assert (scene.desk.sent, scene.desk.actions.is_armed) == ([], False)


def test_the_cover_follows_the_window_and_goes_with_the_lock(scene):
    lock(scene.state)
    scene.show()
    scene.window.resize(1100, 700)
    QApplication.processEvents()
    assert scene.cover.geometry() == scene.window.rect()
    scene.state.unlock()
    scene.show()
    assert not scene.cover.isVisible()


def test_windows_beside_it_are_hidden_and_come_back(scene, qtbot):
    floating = QWidget()
    qtbot.addWidget(floating)
    floating.show()
    lock(scene.state)
    scene.show()
    assert not floating.isVisible()
    floating.show()  # something opens it again
    scene.show()
    assert not floating.isVisible()
    scene.state.unlock()
    scene.show()
    assert floating.isVisible()


def test_the_keyboard_reaches_every_control_of_the_card_and_nothing_else(scene):
    scene.state.ask(("key", "otp"))
    scene.show()
    reached = []
    for _ in range(6):
        reached.append(QApplication.focusWidget())
        scene.cover.focusNextPrevChild(True)
    assert len({id(one) for one in reached}) == 5
    assert all(scene.cover.isAncestorOf(one) for one in reached)
    assert all(one.accessibleName() for one in reached)


def test_enter_sends_what_was_typed_once_and_the_fields_are_empty(scene):
    scene.state.ask(("otp",))
    scene.show()
    user, code = scene.fields()
    QTest.keyClicks(user, "kim")
    QTest.keyClick(user, Qt.Key.Key_Return)
    QTest.keyClicks(code, "123456")
    QTest.keyClick(code, Qt.Key.Key_Return)
    assert (scene.hand.done, code.text()) == ([("use_code", "kim", "123456", False)], "")


def test_a_pin_and_a_recovery_code_are_typed_unseen(scene):
    scene.state.ask(("key",))
    scene.state.key_wants(KeyWork.PIN)
    scene.show()
    (pin,) = scene.fields()
    QTest.keyClicks(pin, "4829")
    assert pin.displayText() == "●●●●"
    QTest.keyClick(pin, Qt.Key.Key_Return)
    assert scene.hand.done == [("give_pin", "4829")]
    scene.state.key_wants(KeyWork.NONE)
    scene.show()
    scene.button("No key at hand? Use a recovery code").click()
    _, code = scene.fields()
    QTest.keyClicks(code, "aaaa-bbbb")
    assert "a" not in code.displayText()


def test_what_is_typed_stays_while_a_refusal_comes(scene):
    scene.state.ask(("otp",))
    scene.show()
    scene.fields()[0].setText("kim")
    scene.state.refuse(4, 0)
    scene.show()
    assert (scene.fields()[0].text(), scene.cover._card.message.text()) == ("kim", "The login was refused. Wait 4 s")


def test_a_question_is_a_veil_that_escape_leaves(scene):
    scene.state.ask(("key",))
    scene.state.let_in("kim", "risk-manager", ("raise-limits",))
    scene.state.want_touch(TOUCH, 0)
    scene.show()
    QTest.keyClick(scene.cover, Qt.Key.Key_Escape)
    scene.state.touched()
    scene.state.on_proposal(ProposalView(proposal_id=2, what="act.raise-limits", content="{}", user="lee", within_ns=1))
    scene.show()
    scene.button("Approve").click()
    QTest.keyClick(scene.cover, Qt.Key.Key_Escape)
    assert scene.hand.done == [("decline",), ("decide", 2, True), ("put_off", 2)]


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
def test_every_page_has_its_words_and_they_fit(qtbot, language):
    scene = Scene(qtbot, language)
    state = scene.state
    pages = [
        lambda: state.ask(("key", "otp")),
        state.want_code,
        lambda: state.key_wants(KeyWork.PIN),
        lambda: state.let_in("kim", "trader", ("raise-limits",)),
        lambda: state.want_touch(TOUCH, 0),
        state.touched,
        lambda: state.show_seed(((True, False),) * 2, "ABCDEFGH"),
        state.put_away,
        lambda: state.show_codes(tuple("abcd-efgh-ijkl-mnop" for _ in range(10))),
        state.lock,
        lambda: state.lock(is_paper=True),
        lambda: state.lock(is_paper=True, wants_passphrase=True),
    ]
    for page in pages:
        page()
        scene.show()
        for one in scene.cover.findChildren(Button):
            if one.isVisible():
                assert one.sizeHint().width() <= one.width(), (language, one.text())
        if scene.cover.isVisible():
            assert scene.cover.rect().contains(scene.cover._card_box.geometry())
