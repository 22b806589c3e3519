"""Baskets: a csv file chosen, its lines with what is wrong at each, and the button that starts all of them as one."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.basket_form import BasketForm, BasketRow, BasketTable, problem_text
from hts.desk.figures import money_text, qty_text
from hts.desk.frame import Frame
from themes import metrics
from widgets.controls import TEXTS, Button, EntryField, StartButton
from widgets.fault_line import FaultLine
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.start_answer import StartAnswer
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView

FILES = "CSV (*.csv)"
TEXT_MAX = 24
FIELD_W = 132


class BasketView(TableView):
    """Lines; what is wrong stands out, the whole of it is under the pointer."""

    def tooltip_of(self, row: BasketRow) -> str:
        return self.table.columns[-1].text(row)

    def paint_footer(self, brush: Brush, footer: Any, base: int) -> None:
        text = TEXTS.elided("body_medium", str(footer or ""), self.viewport().width() - 2 * metrics.EDGE_PAD)
        brush.left(metrics.EDGE_PAD, base, text, "body_medium", self.tokens.text)


class BasketFormPanel(Panel):
    """바스켓 주문."""

    title_key = "basket_form.title"
    can_send = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.form = BasketForm(context.market, context.actions)
        self._table = BasketTable(context.texts)
        self.view = BasketView(self._table, context.tokens)
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts(self.title_key))
        self.setFocusProxy(self.view)
        self.menu = TableMenu(self, self.view).attach()
        self._make_controls()
        self.fault = FaultLine(context)
        self.answer = StartAnswer(context, self.fault)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row(self.open, self.whole, self.budget, self.minutes, self.go))
        column.addWidget(self.fault)
        column.addWidget(self.view, 1)
        context.basket.watch(self.take_draft)
        self.take_draft()

    def _make_controls(self) -> None:
        tokens, texts = self.context.tokens, self.context.texts
        self.open = Button(tokens, texts("basket_form.choose"), height=metrics.BUTTON)
        self.open.clicked.connect(self._ask_file)
        self.whole = Button(tokens, "", look="chip", height=metrics.BUTTON)
        wide = max(TEXTS.width("tab", texts(f"basket_form.{word}")) for word in ("whole", "part"))
        self.whole.setMinimumWidth(round(wide) + 2 * metrics.EDGE_PAD + 6)
        self.whole.clicked.connect(self._turn_whole)
        self.budget = self._field("budget")
        self.minutes = self._field("minutes")
        self.minutes.setText(self.form.minutes)
        self.go = StartButton(tokens, texts("basket_form.start"), look="plain", height=metrics.BUTTON)
        self.go.clicked.connect(self.start)
        for button in (self.open, self.go):
            button.fit_cap()

    def _field(self, name: str) -> EntryField:
        texts = self.context.texts
        made = EntryField(self.context.tokens, texts(f"basket_form.{name}"))
        made.setFixedHeight(metrics.BUTTON)
        made.setFixedWidth(FIELD_W + round(TEXTS.width("secondary", texts(f"basket_form.{name}"))) // 2)
        made.setMaxLength(TEXT_MAX)
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        made.setAccessibleName(texts(f"basket_form.{name}"))
        made.setToolTip(texts(f"basket_form.{name}_hint"))
        made.textEdited.connect(lambda text, name=name: self._typed(name, text))
        made.entered.connect(self.start)
        made.left.connect(lambda: self.view.setFocus(Qt.FocusReason.OtherFocusReason))
        return made

    @staticmethod
    def _row(*widgets: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 6, metrics.CELL_PAD, 4)
        row.setSpacing(metrics.CHIP_GAP)
        for widget in widgets[:-1]:
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(widgets[-1])
        return row

    @property
    def subtitle(self) -> str:
        return Path(self.form.path).name

    def concerns(self, frame: Frame) -> bool:
        if frame.market.instruments:
            self.form.read_again()
        orders = frame.orders
        told = orders.notices or orders.status or orders.works
        return bool(frame.market.instruments or frame.armed or frame.selection or told)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter means this panel while something of it has the keyboard, never the order form."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.start()

    # Acts

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.context.texts("basket_form.choose"), "", FILES)
        if path:
            self.load(Path(path))

    def load(self, path: Path) -> None:
        """Show a file's lines, or why it cannot be read."""
        text, fault = self.context.files.fetch(path)
        self.form.load(str(path), text, fault)
        self._say()

    def take_draft(self) -> None:
        """Show a basket that another panel made up."""
        if self._is_retired or not self.context.basket.text:
            return
        name, text = self.context.basket.take()
        self.form.load(name, text)
        self._say()

    def start(self) -> None:
        """Ask, then start."""
        self.answer.pressed(self.form.start(self.context.texts, self.context.actions.now_ns))
        self.mark_dirty()

    def _typed(self, name: str, text: str) -> None:
        setattr(self.form, name, text)
        self._say()

    def _turn_whole(self) -> None:
        self.form.is_whole = not self.form.is_whole
        self._say()

    def _say(self) -> None:
        """What keeps it from starting."""
        problem = self.form.problem(self.context.texts)
        fault = self.form.fault or problem_text(problem, self.context.texts)
        self.fault.say(fault if self.form.path else "", is_fault=True)
        self.mark_dirty()

    # Showing

    def refresh(self, now_ns: int) -> None:
        form, texts = self.form, self.context.texts
        self.whole.show_as(texts("basket_form.whole" if form.is_whole else "basket_form.part"), "chosen")
        self.budget.setVisible(form.is_ratios)
        self.budget.set_unit(self._budget_unit())
        ready = form.problem(texts) is None
        self.go.show_as(texts("basket_form.start"), "main" if ready and self.context.actions.is_armed else "plain")
        self._table.replace(form.rows(texts))
        self.view.show_rows(now_ns, self._footer())
        self.answer.refresh()

    # When the window is made anew

    def stored(self) -> dict[str, Any]:
        return self.menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.menu.take_stored(stored)

    def kept(self) -> BasketForm:
        """The file with what was typed: in no desk state."""
        return self.form

    def take_kept(self, kept: object) -> None:
        """Go on with it; a press that asked does not count in another window."""
        if isinstance(kept, BasketForm):
            self.form = kept
            self.form.ask_again()
            self.budget.setText(kept.budget)
            self.minutes.setText(kept.minutes)
            self._say()

    def _budget_unit(self) -> str:
        """What the money counts; nothing while it is not one currency."""
        currencies = self.form.currencies
        return self.context.texts(f"unit.{currencies[0].lower()}") if len(currencies) == 1 else ""

    def _footer(self) -> str:
        form, texts = self.form, self.context.texts
        if not form.path:
            return texts("basket_form.hint")
        parts = [texts("works.lines", lines=qty_text(len(self._table)))]
        for currency, buys, sells in form.totals(texts):
            unit = texts(f"unit.{currency.lower()}")
            parts += [
                f"{texts(f'side.{word}')} {money_text(amount, currency)} {unit}"
                for word, amount in (("buy", buys), ("sell", sells))
                if amount
            ]
        return "   ".join(parts)
