"""The first choices, before the core is started for the first time: language, colours, paper cash, risk.

Nothing has to be chosen: Enter starts with what is shown, Esc with the defaults.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout

from hts.desk.figures import qty_text
from hts.desk.settings import BY_NAME
from hts.desk.texts import LANGUAGES, Texts
from hts.desk.tour import CASH_CHOICES, RISKS, FirstChoices
from themes import metrics
from themes.tokens import Tokens
from widgets.controls import TEXTS, Button
from widgets.painting import Brush
from widgets.paragraph import lines_of
from widgets.settings_controls import WIDTH as CONTROL_W
from widgets.settings_controls import Picker

SIZE = (620, 470)
MARGIN = 24
TOP = 96
ROW = 70
LINE = 17

CONVENTION = BY_NAME["look.convention"]
ROWS = ("language", "convention", "cash", "risk")


class WelcomeDialog(QDialog):
    """`choices` is what is shown; `is_skipped` tells that it was closed without them."""

    def __init__(self, texts: Callable[[str], Texts], tokens: Tokens, choices: FirstChoices) -> None:
        """`texts`: the catalogue of a language."""
        super().__init__()
        self._catalogue, self._tokens = texts, tokens
        self.choices, self.is_skipped = choices, True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedSize(*SIZE)
        self.pickers: dict[str, Picker] = {}
        foot = QHBoxLayout()
        foot.setSpacing(metrics.FORM_GAP)
        self._skip, self._start = (Button(tokens, height=metrics.BUTTON_SEND) for _ in range(2))
        self._skip.clicked.connect(self.reject)
        self._start.clicked.connect(self._take)
        foot.addWidget(self._skip, 1)
        foot.addWidget(self._start, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        box.addStretch(1)
        box.addLayout(foot)
        self._speak()
        self._start.setFocus()

    @property
    def _texts(self) -> Texts:
        return self._catalogue(self.choices.language)

    def _options(self, row: str) -> list[tuple[str, str]]:
        """Values of a row with their words."""
        texts = self._texts
        if row == "language":
            return [(each, texts(BY_NAME["look.language"].choice_key(each))) for each in LANGUAGES]
        if row == "convention":
            return [(each, texts(CONVENTION.choice_key(each))) for each in CONVENTION.choices]
        if row == "cash":
            return [(str(each), texts("welcome.won", value=qty_text(each))) for each in CASH_CHOICES]
        return [(each, texts(f"welcome.{row}_{each}")) for each in RISKS]

    def _speak(self) -> None:
        """Everything in the chosen language; the row that had the keyboard keeps it."""
        texts = self._texts
        had = next((row for row, picker in self.pickers.items() if picker.hasFocus()), "")
        for picker in self.pickers.values():
            picker.hide()
            picker.deleteLater()
        for number, row in enumerate(ROWS):
            options = self._options(row)
            picker = Picker(self._tokens, texts(f"welcome.{row}"), [word for _, word in options])
            picker.setParent(self)
            picker.move(SIZE[0] - MARGIN - CONTROL_W, TOP + number * ROW + 6)
            picker.show_index([value for value, _ in options].index(str(getattr(self.choices, row))))
            picker.chosen.connect(lambda at, row=row: self._choose(row, at))
            picker.show()
            self.pickers[row] = picker
        self._skip.show_as(texts("welcome.skip"), "plain", "Esc")
        self._start.show_as(texts("welcome.start"), "chosen", "Enter")
        self.setWindowTitle(texts("welcome.title"))
        self.setAccessibleName(texts("welcome.title"))
        before = self.pickers[ROWS[0]]
        for row in ROWS[1:]:
            self.setTabOrder(before, self.pickers[row])
            before = self.pickers[row]
        self.setTabOrder(before, self._skip)
        self.setTabOrder(self._skip, self._start)
        if had:
            self.pickers[had].setFocus()
        self.update()

    def _choose(self, row: str, at: int) -> None:
        value = self._options(row)[at][0]
        chosen = {name: getattr(self.choices, name) for name in ROWS}
        chosen[row] = int(value) if row == "cash" else value
        self.choices = FirstChoices(**chosen)
        self._speak()

    def _take(self) -> None:
        self.is_skipped = False
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), TEXTS)
        tokens, texts = self._tokens, self._texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        brush.left(MARGIN, MARGIN + 18, texts("welcome.title"), "quote", tokens.text)
        for number, line in enumerate(lines_of(TEXTS, "body", texts("welcome.lead"), SIZE[0] - 2 * MARGIN)):
            brush.left(MARGIN, MARGIN + 40 + LINE * number, line, "body", tokens.text2)
        width = SIZE[0] - CONTROL_W - 3 * MARGIN
        for number, row in enumerate(ROWS):
            y = TOP + number * ROW
            brush.hline(MARGIN, y - 4, SIZE[0] - 2 * MARGIN, tokens.line)
            brush.left(MARGIN, y + 16, texts(f"welcome.{row}"), "title", tokens.text)
            for index, line in enumerate(lines_of(TEXTS, "secondary", texts(f"welcome.{row}_why"), width)):
                brush.left(MARGIN, y + 16 + LINE * (index + 1), line, "secondary", tokens.text2)
