"""The screener panel (조건검색): conditions with names, and who meets the chosen one now.

The condition is checked while it is typed; only one that can be used is looked for. The results are looked at anew
twice a second: who has just come is marked, who has just left stays a while in grey.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from hts.desk.figures import qty_text
from hts.desk.frame import Frame
from hts.desk.screener import (
    FILE,
    NAME_MAX,
    Screen,
    ScreenBook,
    ScreenRow,
    ScreenRun,
    ScreenTable,
    check,
    fault_text,
    load,
    shipped,
    with_alerts,
    word_names,
)
from hts.desk.screener_eval import Columns
from hts.desk.screener_expr import FIGURES, FUNCTIONS, LENGTH_MAX, MINUTES, TRUTHS, ConditionError
from hts.desk.screener_minutes import ISSUES_MAX
from hts.desk.tables import Column
from themes import metrics
from widgets.controls import Button, Choice
from widgets.fault_line import FaultLine
from widgets.keys import OwnField
from widgets.menus import pop_up
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_empty import Empty
from widgets.tables_menu import IssueMenu
from widgets.tables_view import TableView

LOOK_NS = 500_000_000
FORM = "basket_form"  # the panel that takes baskets


class ScreenView(TableView):
    """Newcomers have a tag before the name, those that left are grey."""

    def __init__(self, table: ScreenTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def cell_style(self, row: ScreenRow, column: Column[Any]) -> tuple[str, QColor]:
        role, color = super().cell_style(row, column)
        return (role, self.tokens.text3) if row.mark == "gone" else (role, color)

    def paint_cell(self, brush: Brush, row: ScreenRow, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        i, column = at
        if column.key == "name" and row.mark:
            begin, end = self.cell_edges(i)
            text = self._texts(f"screener.mark.{row.mark}")
            ink = self.tokens.healthy if row.mark == "new" else self.tokens.text3
            end = round(brush.right(end + 4, base, text, "cap_strong", ink)) - 4
            role, color = self.cell_style(row, column)
            brush.left(begin, base, brush.texts.elided(role, row.name, end - begin), role, color)
            return
        super().paint_cell(brush, row, at, y, base)
        if column.key == "change" and row.change and row.mark != "gone":
            x = self.cell_edges(i)[0]
            tone = self.row_tones.of(row)[1 if row.change > 0 else -1]
            brush.change(x, y + metrics.TABLE_ROW // 2, row.change, tone, is_limit=row.is_limit)

    def paint_footer(self, brush: Brush, footer: tuple[int, ...], base: int) -> None:
        tokens, texts = self.tokens, self._texts
        count, total, new, days, minutes, beyond = footer
        x = brush.left(metrics.EDGE_PAD, base, texts("screener.found", count=count, total=total), "title", tokens.text)
        if new:
            brush.left(x + 12, base, texts("screener.new", count=new), "secondary", tokens.healthy)
        told = [texts("screener.days", count=days)] if days else []
        told += [texts("screener.minutes", count=minutes)] if minutes else []
        told += [texts("screener.beyond", count=beyond, limit=ISSUES_MAX)] if beyond else []
        if told:
            text = " · ".join(told)
            brush.right(self.viewport().width() - metrics.EDGE_PAD, base, text, "secondary", tokens.attention)


class ScreenerPanel(Panel):
    """조건검색."""

    title_key = "screener.title"
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self._names = word_names(context.texts, *context.other_texts())
        self.book = context.once(FILE, self._load)
        self._version = self.book.version
        self._table = ScreenTable(context.texts)
        self._run: ScreenRun | None = None
        self._looked_ns = 0
        self.view = ScreenView(self._table, context)
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts("screener.title"))
        self.view.empty = Empty(context, "screener.empty", "")
        self.fault = FaultLine(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_buttons())
        column.addLayout(self._make_fields())
        column.addWidget(self.fault)
        column.addWidget(self.view, 1)
        self.view.chosen.connect(lambda symbol: context.selection.choose(str(symbol), self.group))
        self.view.activated.connect(lambda symbol: context.selection.choose(str(symbol), self.group))
        self.menu = IssueMenu(self, self.view)
        self.setFocusProxy(self.view)
        if self.book.screens:
            self.choose(0)

    def stored(self) -> dict[str, Any]:
        return {**self.menu.stored(), "name": self.name.text(), "condition": self.condition.text()}

    def take_stored(self, stored: dict[str, Any]) -> None:
        """The columns, and the condition that was looked for: it need not have been saved."""
        self.menu.take_stored(stored)
        name, condition = stored.get("name"), stored.get("condition")
        if isinstance(name, str) and isinstance(condition, str) and len(condition) <= LENGTH_MAX:
            self._show(name[:NAME_MAX], condition)

    def _load(self) -> ScreenBook:
        files, texts = self.context.files, self.context.texts
        text = files.load(FILE)
        if not text:
            return shipped(texts)
        try:
            book, left_out = load(text, self._names)
        except ValueError as fault:
            files.set_aside(FILE, str(fault))
            return shipped(texts)
        if left_out:
            files.set_aside(FILE, f"screens that cannot be used: {', '.join(left_out)}")
            files.save(FILE, book.dump())
        return book

    def _make_buttons(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 4, metrics.CELL_PAD, 0)
        row.setSpacing(metrics.CHIP_GAP)
        self.choice = Choice(tokens, texts("screener.choose"), [])
        self.choice.setMinimumWidth(150)
        self.choice.chosen.connect(self.choose)
        row.addWidget(self.choice, 1)
        self.buttons: dict[str, Button] = {}
        acts: dict[str, Callable[[], object]] = {
            "insert": self._open_words,
            "save": self.save,
            "delete": self.delete,
            "alert": self.toggle_alert,
            "csv": lambda: self._ask_file("screen.csv", self._table.csv()),
            "basket": self.open_basket_menu,
        }
        for name, act in acts.items():
            button = self.buttons[name] = Button(tokens, texts(f"screener.{name}"), look="chip", height=metrics.FIELD)
            button.setToolTip(texts(f"screener.tip.{name}"))
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button)
        return row

    def _make_fields(self) -> QHBoxLayout:
        texts = self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 4, metrics.CELL_PAD, 0)
        row.setSpacing(metrics.CHIP_GAP)
        self.name, self.condition = OwnField(), OwnField()
        self.name.setMaxLength(NAME_MAX)
        self.name.setFixedWidth(150)
        self.condition.setMaxLength(LENGTH_MAX)
        for field, key in ((self.name, "screener.name"), (self.condition, "screener.condition")):
            field.setFixedHeight(metrics.FIELD)
            field.setAccessibleName(texts(key))
            field.setPlaceholderText(texts(key))
        row.addWidget(self.name)
        row.addWidget(self.condition, 1)
        self.condition.textChanged.connect(self._read)
        return row

    # Screens

    def choose(self, number: int) -> None:
        """Show the screen of a number."""
        screen = self.book.screens[number]
        self._show(screen.name, screen.condition)

    def _show(self, name: str, condition: str) -> None:
        for field, text in ((self.name, name), (self.condition, condition)):
            field.setText(text)
            field.setCursorPosition(0)
        self._show_screens()

    def kept(self) -> tuple[str, str]:
        """Name and condition, for a window that is made anew."""
        return self.name.text(), self.condition.text()

    def take_kept(self, kept: object) -> None:
        """Look for the condition of before."""
        if isinstance(kept, tuple):
            self._show(*kept)

    def save(self) -> None:
        """Keep the condition under its name."""
        screen = Screen(
            name=self.name.text().strip(), condition=self.condition.text().strip(), alerts=self._alerts_of_name()
        )
        try:
            self.book.put(screen, self._names)
        except ConditionError as fault:
            self.fault.say(fault_text(fault, self.context.texts), is_fault=True)
            return
        self._keep()

    def delete(self) -> None:
        """Forget the screen of the name; the condition stays in the field."""
        self.book.remove(self.name.text().strip())
        self._keep()

    def toggle_alert(self) -> None:
        """Tell of newcomers to this screen, also while the panel is closed; it is kept first."""
        self.save()
        screen = self.book.find(self.name.text().strip())
        if screen is not None:
            self.book.put(with_alerts(screen, not screen.alerts), self._names)
            self._keep()

    def _alerts_of_name(self) -> bool:
        screen = self.book.find(self.name.text().strip())
        return screen is not None and screen.alerts

    def _keep(self) -> None:
        self.context.files.save(FILE, self.book.dump())
        watched = {one.name: check(one, self._names) for one in self.book.screens if one.alerts}
        self.context.price_alerts.watch_screens(watched)
        self._show_screens()

    def _show_screens(self) -> None:
        texts = self.context.texts
        on = texts("screener.alert_on")
        self.choice.set_options([(one.name, on if one.alerts else "") for one in self.book.screens])
        is_on = self._alerts_of_name()
        self.choice.show_choice(self.name.text() or texts("screener.choose"), on if is_on else "")
        self.buttons["alert"].show_as(texts("screener.alert"), "chosen" if is_on else "chip")

    def _open_words(self) -> None:
        """A menu of everything that a condition may speak of; what is chosen is inserted at the cursor."""
        texts, menu = self.context.texts, QMenu(self)
        for title, names, after in (
            ("figures", FIGURES, " > "),
            ("functions", FUNCTIONS, "(20) "),
            ("truths", TRUTHS, " "),
            ("joints", ("and", "or", "not"), " "),
        ):
            self._add_words(menu.addMenu(texts(f"screener.words.{title}")), names, after)
            if title == "functions":
                frames = menu.addMenu(texts("screener.words.minutes"))
                for minutes in MINUTES:
                    frame = f"{minutes}{texts('screener.word.m')}"
                    self._add_words(frames.addMenu(frame), FUNCTIONS, f"(20, {frame}) ")
        pop_up(menu, self.buttons["insert"].mapToGlobal(self.buttons["insert"].rect().bottomLeft()))

    def _add_words(self, menu: QMenu, names: Iterable[str], after: str) -> None:
        for name in names:
            word = self.context.texts(f"screener.word.{name}")
            label = word if word.casefold() == name else f"{word}  ({name})"
            menu.addAction(label).triggered.connect(lambda _=False, text=f"{word}{after}": self._insert(text))

    def _insert(self, text: str) -> None:
        before = self.condition.text()[: self.condition.cursorPosition()]
        self.condition.insert(text if not before or before.endswith((" ", "(")) else f" {text}")
        self.condition.setFocus()

    def open_basket_menu(self) -> QMenu:
        """What can become of the results as a basket: an order form's, or a file."""
        texts, table, qty = self.context.texts, self._table, self.context.selection.qty
        held = {symbol: int(view.qty) for symbol, view in self.context.orders.positions.items()}
        members = list(table.exported())
        owned = sum(held.get(row.symbol, 0) > 0 for row in members)
        menu = QMenu(self)
        for text, count, act in (
            (texts("screener.basket_buy", count=len(members), qty=qty_text(qty)), len(members), table.basket(qty)),
            (texts("screener.basket_sell", count=owned), owned, table.basket_of_held(held)),
        ):
            action = menu.addAction(text)
            action.setEnabled(count > 0)
            action.triggered.connect(lambda _=False, basket=act: self.hand_over(basket))
        menu.addSeparator()
        to_file = menu.addAction(texts("screener.basket_file"))
        to_file.setEnabled(bool(members))
        to_file.triggered.connect(lambda: self._ask_file("basket.csv", table.basket(qty)))
        pop_up(menu, self.buttons["basket"].mapToGlobal(self.buttons["basket"].rect().bottomLeft()))
        return menu

    def hand_over(self, basket: str) -> None:
        """Show the results as lines of the basket form, which judges them and asks before anything is sent."""
        self.context.basket.put(self.name.text().strip() or self.context.texts("screener.title"), basket)
        self.context.run(f"panel.{FORM}")

    def _ask_file(self, name: str, text: str) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.context.texts("screener.csv"), name, "CSV (*.csv)")
        if chosen:
            self.export(Path(chosen), text)

    def export(self, path: Path, text: str) -> None:
        """Write a list for a spreadsheet or a basket; why it could not be written stands under the condition."""
        problem = self.context.files.export(path, f"\ufeff{text}")
        self.fault.say(problem or self.context.texts("screener.written", path=str(path)), is_fault=bool(problem))

    # Results

    def _read(self) -> None:
        """What is typed, checked: a condition that can be used is looked for at once."""
        texts = self.context.texts
        try:
            node = check(Screen(name="x", condition=self.condition.text()), self._names)
        except ConditionError as fault:
            self._run = None
            self._table.replace(())
            self.view.show_rows(0, (0, len(self.context.universe), 0, 0, 0, 0))
            self.fault.say(fault_text(fault, texts), is_fault=True)
            return
        if self._run is None or self._run.node != node:
            self.context.universe.minutes.drop(self._run)
            self._run = ScreenRun(node)
        self.fault.say(texts("screener.hint"), is_fault=False)
        self._looked_ns = 0
        self.mark_dirty()

    @property
    def subtitle(self) -> str:
        return self.context.texts(
            "screener.subtitle", name=self.name.text(), count=len(self._run.members if self._run else ())
        )

    def concerns(self, frame: Frame) -> bool:
        market, is_other = frame.market, self.book.version != self._version  # perhaps by another screener
        told = market.trades or market.instruments or market.bars or frame.selection or frame.orders.positions
        return bool(told) or is_other

    def refresh(self, now_ns: int) -> None:
        if self.book.version != self._version:
            self._version = self.book.version
            self._show_screens()
        context, run = self.context, self._run
        if run is None:
            return
        if now_ns - self._looked_ns < LOOK_NS:
            self.mark_dirty()
            return
        self._looked_ns = now_ns
        universe = context.universe
        if run.needs_days:
            universe.wants_days = True
        held = frozenset(symbol for symbol, view in context.orders.positions.items() if view.qty)
        run.update(universe, Columns(universe, held), context.market.trade_ns)
        self._table.update(run, universe)
        self.view.select(self.symbol)
        new = sum(row.mark == "new" for row in self._table.exported())
        waiting = run.waiting(universe)
        footer = (len(run.members), len(universe), new, *waiting)
        if self.view.show_rows(now_ns, footer) or run.gone or new or any(waiting):
            self.mark_dirty()
