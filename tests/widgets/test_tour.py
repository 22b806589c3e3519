import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hts.desk.tour import OWN, STEPS, FirstChoices
from tests.desk.test_texts import catalogue
from tests.widgets.scene import PanelScene
from themes.conventions import custom_of
from themes.palettes import DARK
from themes.tokens import Tokens
from widgets.tour import FRAME, TourCard
from widgets.tour_welcome import WelcomeDialog

PLACES = {
    "command": QRect(200, 4, 300, 20),
    "ladder": QRect(700, 60, 300, 600),
    "arm": QRect(1_000, 0, 170, 28),
    "orders": QRect(0, 770, 1_200, 23),
    "settings": QRect(100, 0, 1_100, 28),
}


class Window(QWidget):
    """Notes the keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []

    def keyPressEvent(self, event) -> None:
        self.keys.append(event.key())


@pytest.fixture
def window(qtbot):
    made = Window()
    made.resize(1_200, 800)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def card(qtbot, window):
    made = TourCard(PanelScene(language="en").context, PLACES.__getitem__, window)
    made.open()
    qtbot.waitUntil(made.hasFocus, timeout=2_000)
    return made


def test_each_step_frames_its_place_and_stands_beside_it(window, card):
    titles = []
    for step in STEPS:
        assert card.frame.geometry() == PLACES[step].adjusted(-FRAME, -FRAME, FRAME, FRAME)
        assert not card.geometry().intersects(PLACES[step])
        assert window.rect().contains(card.geometry())
        assert card.accessibleDescription()
        titles.append(card.accessibleName())
        card.grab()
        QTest.keyClick(card, Qt.Key.Key_Return)
    assert [title[:5] for title in titles] == [f"{n} / 5" for n in range(1, 6)]
    assert not card.isVisible()
    assert not card.frame.isVisible()


def test_escape_ends_it_and_other_keys_go_to_the_window(window, card):
    over = []
    card.over.connect(lambda: over.append(True))
    QTest.keyClick(card, Qt.Key.Key_F1)
    QTest.keyClick(card, Qt.Key.Key_Right)
    QTest.keyClick(card, Qt.Key.Key_Left)
    assert window.keys == [Qt.Key.Key_F1]
    assert card.tour.number == 1
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert over == [True]
    assert window.keys == [Qt.Key.Key_F1]


def tokens_of(choices):
    return Tokens.parse(DARK, custom_of(choices.convention, choices.sides))


@pytest.fixture
def welcome(qtbot):
    PanelScene()  # loads the fonts
    choices = FirstChoices(language="ko", convention="kr")
    made = WelcomeDialog(catalogue, tokens_of, choices)
    qtbot.addWidget(made)
    made.show()
    return made


def test_everything_is_chosen_by_keys_and_the_language_at_once(welcome):
    QTest.keyClick(welcome.pickers["language"], Qt.Key.Key_Left)
    assert welcome.windowTitle() == "Welcome to HTS"
    for _ in range(2):
        QTest.keyClick(welcome.pickers["convention"], Qt.Key.Key_Right)
    QTest.keyClick(welcome.pickers["keymap"], Qt.Key.Key_Right)
    QTest.keyClick(welcome.pickers["cash"], Qt.Key.Key_Right)
    QTest.keyClick(welcome.pickers["cash_jpy"], Qt.Key.Key_Right)
    QTest.keyClick(welcome.pickers["cash_usd"], Qt.Key.Key_Left)
    QTest.keyClick(welcome.pickers["risk"], Qt.Key.Key_Left)
    assert welcome.choices == FirstChoices(
        language="en",
        convention="us",
        keymap="kiwoom",
        cash=500_000_000,
        cash_jpy=1_000_000,
        cash_usd=500_000,
        risk="careful",
    )
    assert welcome.is_skipped
    QTest.keyClick(welcome, Qt.Key.Key_Return)
    assert not welcome.is_skipped
    welcome.grab()


def test_enter_starts_from_every_row_and_arrows_go_through_them(welcome):
    welcome.pickers["language"].setFocus()
    for row in list(welcome.pickers)[1:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        assert QApplication.focusWidget() is welcome.pickers[row]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert QApplication.focusWidget() is welcome.pickers["cash_usd"]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert not welcome.is_skipped


def test_colours_are_seen_before_they_are_taken(welcome):
    up, sell = welcome._tokens.up.name(), welcome._tokens.sell.name()
    QTest.keyClick(welcome.pickers["convention"], Qt.Key.Key_Right)  # Japan's
    assert (welcome._tokens.up.name(), welcome._tokens.sell.name() == sell) == (up, False)


def test_opened_later_the_cash_is_shown_and_an_own_risk_is_kept(qtbot):
    PanelScene()
    now = FirstChoices(language="en", risk=OWN, cash=0)
    made = WelcomeDialog(catalogue, tokens_of, now, held={"cash": "99,000,000 won"})
    qtbot.addWidget(made)
    made.show()
    assert list(made.pickers) == ["language", "convention", "keymap", "risk"]
    QTest.keyClick(made.pickers["risk"], Qt.Key.Key_Right)
    QTest.keyClick(made.pickers["risk"], Qt.Key.Key_Left)
    assert made.choices == now
    made.grab()


def test_escape_leaves_the_defaults(welcome):
    QTest.keyClick(welcome, Qt.Key.Key_Escape)
    assert welcome.is_skipped
    assert not welcome.isVisible()


def test_every_control_has_a_name(welcome):
    controls = [*welcome.pickers.values(), welcome._skip, welcome._start]
    assert all(control.accessibleName() for control in controls)
