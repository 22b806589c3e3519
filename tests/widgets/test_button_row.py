import pytest

from themes import metrics
from themes.tokens import DARK
from widgets.button_row import ButtonRow
from widgets.controls import Button


@pytest.mark.parametrize("words", [("Stop and cancel all", "Reduce only", "Release…"), ("정지", "축소", "해제")])
def test_no_button_is_narrower_than_its_words(qtbot, words):
    row = ButtonRow([Button(DARK, text, height=metrics.BUTTON_ACTION, cap="K") for text in words])
    qtbot.addWidget(row)
    row.resize(1_000, 60)
    row.show()
    qtbot.waitExposed(row)
    tops = lambda: len({button.y() for button in row.buttons})  # noqa: E731
    assert tops() == 1
    for width in range(700, max(button.full_width for button in row.buttons) + 2 * metrics.EDGE_PAD, -40):
        row.resize(width, row.sizeHint().height())
        row.layout().activate()
        assert all(button.width() >= button.full_width for button in row.buttons), width
    assert tops() == len(words)
