"""Once, behind the first paint, and never in the way again."""

from PySide6.QtWidgets import QApplication, QWidget

from widgets.first_paint import FirstPaint


class Painted(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    def paintEvent(self, _event) -> None:
        self.log.append("paint")


def test_it_is_said_once_and_behind_the_paint(qtbot):
    window = Painted()
    qtbot.addWidget(window)
    FirstPaint(window, lambda: window.log.append("told"))
    window.show()
    qtbot.waitUntil(lambda: "told" in window.log)
    assert window.log[0] == "paint"
    window.log.clear()
    window.update()
    qtbot.waitUntil(lambda: "paint" in window.log)
    QApplication.processEvents()
    assert "told" not in window.log
