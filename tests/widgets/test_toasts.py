import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from hts.desk.settings import Settings
from hts.desk.toasts import SECOND, News, ToastKind, Toasts
from themes.palettes import DARK
from themes.tokens import Tokens
from widgets.toasts import LINES_MAX, ToastStack

FORBIDDEN = [(600, 60, 500, 700)]


@pytest.fixture
def toasts():
    return Toasts(Settings({"notify.seconds": 5}))


@pytest.fixture
def window(qtbot):
    made = QWidget()
    made.resize(1_200, 900)
    qtbot.addWidget(made)
    made.field = QLineEdit(made)
    made.show()
    made.activateWindow()
    made.field.setFocus()
    qtbot.waitUntil(made.field.hasFocus, timeout=2_000)
    return made


@pytest.fixture
def stack(toasts, window):
    return ToastStack(toasts, Tokens.parse(DARK), "Close", lambda: FORBIDDEN, window)


def tell(toasts, stack, *titles, **changes):
    for title in titles:
        toasts.tell(News(kind=ToastKind.FILL, about=title, title=title, **changes), 0)
    stack.show_toasts(0)


def test_cards_take_no_focus_and_cover_nothing_that_sends(window, toasts, stack):
    tell(toasts, stack, "one", "two", "three", "four", "five", detail="more of it")
    assert window.field.hasFocus()
    assert [card.toast.news.title for card in stack.cards.values() if card.isVisible()] == [
        "two",
        "three",
        "four",
        "five",
    ]
    assert not any(stack.geometry().intersects(QRect(*one)) for one in FORBIDDEN)
    assert window.rect().contains(stack.geometry())


def test_where_there_is_no_room_for_all_the_newest_stand(qtbot, window, toasts):
    stack = ToastStack(toasts, Tokens.parse(DARK), "Close", lambda: [(0, 0, 1_200, 780)], window)
    tell(toasts, stack, "one", "two", "three")
    shown = [card.toast.news.title for card in stack.cards.values() if card.isVisible()]
    assert shown[-1] == "three"
    assert len(shown) < 3
    full = ToastStack(toasts, Tokens.parse(DARK), "Close", lambda: [(0, 0, 1_200, 900)], window)
    full.show_toasts(0)
    assert not full.isVisible()


def test_a_click_opens_and_the_right_end_closes(qtbot, toasts, stack):
    tell(toasts, stack, "one", "two")
    one, two = stack.cards.values()
    opened = []
    stack.opened.connect(opened.append)
    QTest.mouseClick(one, Qt.MouseButton.LeftButton, pos=QPoint(50, 10))
    QTest.mouseClick(two, Qt.MouseButton.LeftButton, pos=QPoint(two.width() - 6, 10))
    stack.show_toasts(0)
    assert opened == [one.toast.number]
    assert [toast.news.title for toast in toasts.shown] == ["one"]


def test_a_repeated_card_counts_and_goes_when_its_time_is_over(toasts, stack):
    tell(toasts, stack, "one")
    tell(toasts, stack, "one", "one")
    (card,) = stack.cards.values()
    assert card.toast.count == 3
    stack.show_toasts(5 * SECOND)
    assert stack.cards == {}
    assert not stack.isVisible()


def test_a_text_without_end_is_cut_to_its_lines(toasts, stack):
    tell(toasts, stack, "word " * 2_000 + "\u202e🙂", detail="あ" * 10_000)
    (card,) = stack.cards.values()
    assert len(card._title) == len(card._detail) == LINES_MAX
    assert card.height() < 130
    card.grab()
