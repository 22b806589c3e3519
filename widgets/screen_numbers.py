"""화면 번호: which digits open what. A number is typed for the chosen row; Delete takes the row's number away."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.screens import FILE, NUMBER_MAX, is_number
from hts.desk.screens_table import ScreenRow, ScreensTable, title_of
from themes import metrics
from widgets.controls import Button
from widgets.keys import OwnField
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.panels import PANELS
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView

WORDS_MAX = 40
NUMBER_W = 110
MORE = ("settings.open", "theme.edit", "tour.start", "welcome.open", "toast.open")  # windows of their own


class NumbersView(TableView):
    """Says below what can be done."""

    def __init__(self, table: ScreensTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_footer(self, brush: Brush, footer: str, base: int) -> None:
        text = brush.texts.elided("secondary", footer, self.viewport().width() - 2 * metrics.EDGE_PAD)
        brush.left(metrics.EDGE_PAD, base, text, "secondary", self.tokens.text2)


class ScreenNumbersPanel(Panel):
    """What is given is kept in the home directory at once, beside what ships."""

    title_key = "screen_numbers.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        actions = (*(f"panel.{name}" for name in PANELS), *MORE)
        self.table = ScreensTable(context.texts, context.screens, actions)
        self.view = NumbersView(self.table, context)
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts(self.title_key))
        self.setFocusProxy(self.view)
        self._said = context.texts("screen_numbers.hint")
        self.menu = TableMenu(self, self.view).attach()
        self.view.activated.connect(self._begin)
        self.view.deleted.connect(self._take_away)
        self.words = self._field("find", WORDS_MAX)
        self.words.textChanged.connect(lambda _text: self._show())
        self.number = self._field("new", NUMBER_MAX)
        self.number.setFixedWidth(NUMBER_W)
        self.number.returnPressed.connect(self.give)
        self.give_button = Button(context.tokens, context.texts("screen_numbers.give"), height=metrics.FIELD)
        self.give_button.clicked.connect(self.give)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        row.addWidget(self.words, 1)
        row.addWidget(self.number)
        row.addWidget(self.give_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def _begin(self, _key: object) -> None:
        self.number.setFocus()

    def _field(self, key: str, characters: int) -> OwnField:
        field = OwnField()
        field.setFixedHeight(metrics.FIELD)
        field.setMaxLength(characters)
        name = self.context.texts(f"screen_numbers.{key}")
        field.setAccessibleName(name)
        field.setPlaceholderText(name)
        return field

    @property
    def subtitle(self) -> str:
        return self.context.texts("screen_numbers.count", count=len(dict(self.context.screens)))

    def _chosen(self) -> ScreenRow | None:
        at = self.table.find(self.view.selected) if self.view.selected is not None else -1
        return self.table.row(at) if at >= 0 else None

    def give(self) -> None:
        """Let the typed number open what the chosen row opens."""
        texts, typed, row = self.context.texts, self.number.text().strip(), self._chosen()
        if row is None:
            self._say(texts("screen_numbers.choose"))
        elif not is_number(typed):
            self._say(texts("screen_numbers.expected", limit=NUMBER_MAX))
        else:
            before = self.context.screens.give(typed, row.action)
            taken = bool(before) and before != row.action
            said = texts("screen_numbers.given", number=typed, title=row.title)
            self.number.clear()
            self._keep(f"{said} {texts('screen_numbers.was', title=title_of(before, texts))}" if taken else said)
            self.view.select((row.action, typed))

    def _take_away(self, key: Any) -> None:
        action, number = key
        if number:
            self.context.screens.give(number, "")
            title = title_of(action, self.context.texts)
            self._keep(self.context.texts("screen_numbers.taken", number=number, title=title))

    def _keep(self, said: str) -> None:
        """Store the trader's own rows; a disk that refuses is told instead."""
        is_kept = self.context.files.save(FILE, self.context.screens.toml())
        self._say(said if is_kept else self.context.texts("screen_numbers.not_kept", file=FILE))

    def _say(self, sentence: str) -> None:
        self._said = sentence
        self.view.setAccessibleDescription(sentence)
        self._show()

    def _show(self) -> None:
        self.table.update(self.words.text())
        self.mark_dirty()

    def stored(self) -> dict[str, Any]:
        return self.menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.menu.take_stored(stored)

    def concerns(self, _frame: Frame) -> bool:
        return False

    def refresh(self, now_ns: int) -> None:
        self.view.show_rows(now_ns, self._said)
