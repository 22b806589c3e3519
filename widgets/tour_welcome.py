"""The first choices: language, colours, keys, paper cash by currency, risk; asked before the core is started.

Nothing has to be chosen: Enter takes what is shown, Esc leaves all as it is. Up and Down go through the rows, Left and
Right through what a row offers. Opened again later, the rows of the cash say what the account has.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.figures import qty_text
from hts.desk.settings import BY_NAME
from hts.desk.texts import LANGUAGES, Texts
from hts.desk.tour import CASH_CHOICES, JPY_CHOICES, KEYMAPS, OWN, RISKS, USD_CHOICES, FirstChoices
from themes import metrics
from themes.conventions import CURRENCIES
from themes.tokens import Tokens
from widgets.controls import TEXTS, Button
from widgets.painting import Brush
from widgets.paragraph import lines_of
from widgets.settings_controls import WIDTH as CONTROL_W
from widgets.settings_controls import Picker

WIDTH = 660
MARGIN = 24
TOP = 96
ROW = 62
LINE = 16
FOOT = 24 + metrics.BUTTON_SEND

CONVENTION = BY_NAME["look.convention"]
SUMS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "cash": ("won", CASH_CHOICES),
    "cash_jpy": ("yen", JPY_CHOICES),
    "cash_usd": ("dollars", USD_CHOICES),
}
ROWS = ("language", "convention", "keymap", *SUMS, "risk")


class RowPicker(Picker):
    """Enter and the arrows up and down are the dialog's; Space opens the list."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)


class WelcomeDialog(QDialog):
    """`choices` is what is shown; `is_skipped` tells that it was closed without them."""

    def __init__(
        self,
        texts: Callable[[str], Texts],
        tokens: Callable[[FirstChoices], Tokens],
        choices: FirstChoices,
        *,
        held: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`texts`: the catalogue of a language. `tokens`: how choices look. `held`: by row of the cash, what the
        account has; None while it has not begun.
        """
        super().__init__(parent)
        self._catalogue, self._looks, self._held = texts, tokens, held
        self._tokens = tokens(choices)
        self._is_own = choices.risk == OWN
        self.choices, self.is_skipped = choices, True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedSize(WIDTH, TOP + ROW * len(ROWS) + FOOT)
        self.pickers: dict[str, Picker] = {}
        foot = QHBoxLayout()
        foot.setSpacing(metrics.FORM_GAP)
        self._skip, self._start = (Button(self._tokens, height=metrics.BUTTON_SEND) for _ in range(2))
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

    @property
    def _title(self) -> str:
        return self._texts("welcome.title" if self._held is None else "welcome.title_again")

    @property
    def rows(self) -> tuple[str, ...]:
        """Those in which something can be chosen."""
        return ROWS if self._held is None else tuple(row for row in ROWS if row not in SUMS)

    def _options(self, row: str) -> list[tuple[str, str]]:
        """Values of a row with their words."""
        texts = self._texts
        if row == "language":
            return [(each, texts(BY_NAME["look.language"].choice_key(each))) for each in LANGUAGES]
        if row == "convention":
            return [(each, texts(CONVENTION.choice_key(each))) for each in CONVENTION.choices]
        if row == "keymap":
            return [(each, texts(f"keymap.preset.{each}")) for each in KEYMAPS]
        if row in SUMS:
            unit, sums = SUMS[row]
            words = {0: texts("welcome.none")}
            return [(str(each), words.get(each) or texts(f"welcome.{unit}", value=qty_text(each))) for each in sums]
        own = [(OWN, texts("welcome.risk_own"))] if self._is_own else []
        return [*own, *((each, texts(f"welcome.{row}_{each}")) for each in RISKS)]

    def _speak(self) -> None:
        """Everything in the chosen language; the row that had the keyboard keeps it."""
        texts = self._texts
        had = next((row for row, picker in self.pickers.items() if picker.hasFocus()), "")
        for picker in self.pickers.values():
            picker.hide()
            picker.deleteLater()
        self.pickers.clear()
        for row in self.rows:
            options = self._options(row)
            picker = RowPicker(self._tokens, texts(f"welcome.{row}"), [word for _, word in options])
            picker.setParent(self)
            picker.move(WIDTH - MARGIN - CONTROL_W, TOP + ROWS.index(row) * ROW + 8)
            picker.show_index([value for value, _ in options].index(str(getattr(self.choices, row))))
            picker.chosen.connect(lambda at, row=row: self._choose(row, at))
            picker.show()
            self.pickers[row] = picker
        is_first = self._held is None
        self._skip.show_as(texts("welcome.skip" if is_first else "welcome.leave"), "plain", "Esc")
        self._start.show_as(texts("welcome.start" if is_first else "welcome.take"), "chosen", "Enter")
        self.setWindowTitle(self._title)
        self.setAccessibleName(self._title)
        order = [*self.pickers.values(), self._skip, self._start]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        if had:
            self.pickers[had].setFocus()
        self.update()

    def _choose(self, row: str, at: int) -> None:
        value = self._options(row)[at][0]
        chosen = {name: getattr(self.choices, name) for name in ROWS}
        chosen[row] = int(value) if row in SUMS else value
        self.choices = FirstChoices(**chosen)
        self._tokens.become(self._looks(self.choices))
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
        brush.frame(0, 0, self.width(), self.height(), tokens.line2)
        brush.left(MARGIN, MARGIN + 18, self._title, "quote", tokens.text)
        lead = texts("welcome.lead" if self._held is None else "welcome.lead_again")
        for number, line in enumerate(lines_of(TEXTS, "body", lead, WIDTH - 2 * MARGIN)):
            brush.left(MARGIN, MARGIN + 40 + LINE * number, line, "body", tokens.text2)
        for number, row in enumerate(ROWS):
            y = TOP + number * ROW
            brush.hline(MARGIN, y - 4, WIDTH - 2 * MARGIN, tokens.line)
            brush.left(MARGIN, y + 16, texts(f"welcome.{row}"), "title", tokens.text)
            why = texts(f"welcome.{row}_why")
            lines = lines_of(TEXTS, "secondary", why, WIDTH - CONTROL_W - 3 * MARGIN)
            for index, line in enumerate(lines, 1):
                brush.left(MARGIN, y + 16 + LINE * index, line, "secondary", tokens.text2)
            if row == "convention":
                self._paint_colours(brush, y + 16 + LINE * (len(lines) + 1))
            elif row in SUMS and self._held is not None:
                held = self._held.get(row, texts("welcome.none"))
                brush.right(WIDTH - MARGIN, metrics.baseline(y + 8, metrics.FIELD), held, "body_medium", tokens.text)

    def _paint_colours(self, brush: Brush, base: int) -> None:
        """Up and down in each market, buys and sells, as they would look."""
        texts, x = self._texts, MARGIN
        for currency in CURRENCIES:
            there = self._tokens.of(currency)
            x = round(brush.left(x, base, texts(f"welcome.{currency.lower()}"), "secondary", self._tokens.text2)) + 3
            x = round(brush.left(x, base, "▲", "secondary", there.up)) + 1
            x = round(brush.left(x, base, "▼", "secondary", there.down)) + 9
        for word, ink in (("side.buy", self._tokens.buy), ("side.sell", self._tokens.sell)):
            x = round(brush.left(x, base, texts(word), "secondary", ink)) + 6
