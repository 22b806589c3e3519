"""Limits with their use, states, breakers, the kill switch with its release in two acts.

Up and Down choose a scope, K stops it, D lets it only reduce, L asks for the release and, pressed again while the code
the core told is shown, gives it back. Cancels pass in every state. In the limits Enter (or E) types another figure, A
shows those too that are switched off, N names a scope that has no limits yet.
"""

from collections.abc import Hashable
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.risk_panel import NEAR_PERMILLE, RiskState, ScopeRow, UsageRow, cause_text
from hts.desk.tables import Column
from hts.model.queries import RequestRisk
from hts.model.scopes import HaltCause, Scope, TradingState
from themes import metrics
from widgets.button_row import ButtonRow
from widgets.controls import Button
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext
from widgets.paragraph import lines_of
from widgets.risk_edit import LimitEditor
from widgets.tables_menu import TableMenu, stored_of, take_stored_of
from widgets.tables_view import TableView

ASK_MS = 500
BAR = 6
NOTE_H, NOTE_LINE = 24, 17
KILL, REDUCE, RELEASE = "K", "D", "L"
EDIT, ALL, NAME = "E", "A", "N"


class BarView(TableView):
    """A bar in the column of use, with a tick where it becomes orange."""

    def paint_cell(self, brush: Brush, row: Any, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        i, column = at
        permille = self.use_of(row) if column.key == "use" else None
        if permille is None:
            super().paint_cell(brush, row, at, y, base)
            return
        tokens = self.tokens
        begin, end = self.cell_edges(i)
        end -= 44
        top = y + (metrics.TABLE_ROW - BAR) // 2
        if permille >= 0:
            brush.fill(begin, top, end - begin, BAR, tokens.line)
            color = tokens.attention if permille >= NEAR_PERMILLE else tokens.healthy
            width = (end - begin) * min(permille, 1_000) // 1_000
            if permille:
                brush.fill(begin, top, max(width, 1), BAR, color)
            brush.vline(begin + (end - begin) * NEAR_PERMILLE // 1_000, top - 2, BAR + 4, tokens.text2)
        ink = tokens.attention if permille >= NEAR_PERMILLE else tokens.text
        brush.right(self.cell_edges(i)[1], base, column.text(row), "body_medium", ink)

    def use_of(self, _row: Any) -> int:
        """Used part of the row's limit in thousandths."""
        raise NotImplementedError


class ScopesView(BarView):
    """Scopes; stopped ones in orange."""

    def use_of(self, row: ScopeRow) -> int:
        return row.worst_permille

    def cell_style(self, row: ScopeRow, column: Column[Any]) -> tuple[str, QColor]:
        role, color = super().cell_style(row, column)
        if column.key in ("state", "cause") and row.view.state is not TradingState.ACTIVE:
            color = self.tokens.attention
        elif column.key == "state":
            color = self.tokens.healthy
        return role, color


class UsagesView(BarView):
    """Limits of one scope; breakers say so."""

    def use_of(self, row: UsageRow) -> int:
        return row.permille


class StateNote(QWidget):
    """What stands with the chosen scope, and what to do: one line, more where the panel is narrow."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._cache = TextCache()
        self._shown = ("", False)
        self._lines: list[str] = []
        self.setFixedHeight(NOTE_H)

    def show_text(self, text: str, *, is_alarm: bool) -> None:
        """What to say; in the colour of trouble where it is one."""
        if (text, is_alarm) != self._shown:
            self._shown = (text, is_alarm)
            self.setAccessibleName(text)
            self._fit()
            self.update()

    def _fit(self) -> None:
        """A sentence is never cut: what to do stands at its end."""
        self._lines = lines_of(self._cache, "body", self._shown[0], self.width() - 2 * metrics.EDGE_PAD)
        height = NOTE_H + (len(self._lines) - 1) * NOTE_LINE
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self._context.tokens
        _, is_alarm = self._shown
        brush.fill(0, 0, self.width(), self.height(), tokens.warn_tint if is_alarm else tokens.header)
        ink = tokens.attention if is_alarm else tokens.text2
        for number, line in enumerate(self._lines):
            brush.left(metrics.EDGE_PAD, metrics.baseline(0, NOTE_H) + number * NOTE_LINE, line, "body", ink)


class RiskPanel(Panel):
    """위험 관리."""

    title_key = "risk.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        texts = context.texts
        self.state = RiskState(texts, self._issue_name)
        self.scopes = ScopesView(self.state.scopes, context.tokens, footer=0)
        self.scopes.setAccessibleName(texts("risk.scopes"))
        self.scopes.row_keys = frozenset({KILL, REDUCE, RELEASE, ALL, NAME})
        self.usages = UsagesView(self.state.usages, context.tokens, footer=0)
        self.usages.setAccessibleName(texts("risk.limits"))
        self.usages.row_keys = frozenset({EDIT, ALL, NAME})
        self.editor = LimitEditor(context)
        self.shows_all = False
        self._named: Scope | None = None  # a scope that was named and may have nothing yet
        self.note = StateNote(context)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.scopes, 2)
        box.addWidget(self.usages, 3)
        box.addWidget(self.editor)
        box.addLayout(self._make_chips())
        box.addWidget(self.note)
        box.addWidget(self._make_buttons())
        self.setFocusProxy(self.scopes)
        self.scopes.chosen.connect(self._choose)
        self.scopes.key_pressed.connect(lambda letter, _key: self.act(letter))
        self._make_menus()
        self.scopes.activated.connect(lambda _key: self.usages.setFocus())
        self.usages.key_pressed.connect(lambda letter, _key: self.act(letter))
        self.usages.activated.connect(lambda _key: self.act(EDIT))
        self.editor.named.connect(self._name)
        self.editor.closed.connect(self.usages.setFocus)
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self._ask)
        self._timer.start()

    def _issue_name(self, symbol: str) -> str:
        issue = self.context.market.instruments.get(symbol)
        return self.context.texts.name(issue) if issue is not None else symbol

    def _make_chips(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.EDGE_PAD, 4, metrics.EDGE_PAD, 4)
        row.setSpacing(metrics.CHIP_GAP)
        self.chips: dict[str, Button] = {}
        for letter, key in ((EDIT, "risk.edit.edit"), (ALL, "risk.edit.all"), (NAME, "risk.edit.scope")):
            chip = Button(tokens, texts(key), look="chip", height=metrics.FIELD, cap=letter)
            chip.clicked.connect(lambda _=False, letter=letter: self.act(letter))
            chip.fit_cap()
            self.chips[letter] = chip
            row.addWidget(chip)
        row.addStretch(1)
        return row

    def _make_buttons(self) -> ButtonRow:
        tokens, texts = self.context.tokens, self.context.texts
        self.buttons: dict[str, Button] = {}
        for letter, key, look in (
            (KILL, "risk.kill", "danger"),
            (REDUCE, "risk.reduce", "plain"),
            (RELEASE, "risk.release", "plain"),
        ):
            button = Button(tokens, texts(key), look=look, height=metrics.BUTTON_ACTION, cap=letter)
            button.clicked.connect(lambda _=False, letter=letter: self.act(letter))
            self.buttons[letter] = button
        self.button_row = ButtonRow(self.buttons.values())
        return self.button_row

    @property
    def subtitle(self) -> str:
        texts = self.context.texts
        halted = self.state.halted_count
        return texts("risk.halted", count=halted) if halted else texts("risk.count", count=len(self.state.scopes))

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.answers or frame.orders.status)

    def _ask(self) -> None:
        if self.isVisible():
            self.context.query(self._question())

    def _question(self) -> RequestRisk:
        """What is shown of limits that are off: those of the chosen scope, if they are wanted."""
        chosen = self.state.chosen
        wanted = chosen.scope if self.shows_all and chosen is not None else None
        return RequestRisk(all_of=self._named or wanted)

    def _choose(self, _key: Hashable) -> None:
        self._named = None
        self._ask_now()

    def _ask_now(self) -> None:
        self.context.query(self._question())
        self.mark_dirty()

    def _name(self, scope: Scope) -> None:
        """Show a scope with all its limits, whether it has anything yet or not."""
        self._named = scope
        self._show_all(on=True)

    def _show_all(self, *, on: bool) -> None:
        self.shows_all = on
        self.chips[ALL].show_as(self.chips[ALL].text(), "chosen" if on else "chip", ALL)
        self._ask_now()

    def _edit(self) -> None:
        """Type another figure for the chosen limit."""
        chosen, rows = self.state.chosen, self.state.usages
        at = rows.find(self.usages.selected)
        if chosen is not None and at >= 0:
            self.editor.open_limit(chosen.scope, rows.row(at).usage)

    def act(self, letter: str) -> None:
        """Stop, narrow, or release the chosen scope; change its limits."""
        if letter in self.chips:
            acts = {EDIT: self._edit, ALL: lambda: self._show_all(on=not self.shows_all), NAME: self.editor.open_scope}
            acts[letter]()
            return
        chosen = self.state.chosen
        if chosen is None:
            return
        actions, scope = self.context.actions, chosen.scope
        if letter == KILL:
            actions.kill_scope(scope, on=True)
        elif letter == REDUCE:
            actions.set_state(scope, TradingState.REDUCING, code=chosen.release_code)
        elif chosen.state is TradingState.ACTIVE:
            self.context.say(self.context.texts("risk.not_stopped"))
        elif chosen.cause is HaltCause.KILL_SWITCH:
            actions.kill_scope(scope, on=False, code=chosen.release_code)
        else:
            actions.set_state(scope, TradingState.ACTIVE, code=chosen.release_code)
        self.context.query(self._question())

    def _make_menus(self) -> None:
        """A row's acts by their letters, and what a table can do."""
        words = {KILL: "risk.kill", REDUCE: "risk.reduce", RELEASE: "risk.release"}
        limits = {EDIT: "risk.edit.edit", ALL: "risk.edit.all", NAME: "risk.edit.scope"}

        def menu(name: str, view: TableView, letters: dict[str, str]) -> TableMenu:
            acts = [(key, partial(self.act, letter)) for letter, key in letters.items()]
            caps = {key: letter for letter, key in letters.items()}
            return TableMenu(self, view, lambda _key: acts, caps, title_key=f"risk.{name}").attach()

        self.menus = {
            "scopes": menu("scopes", self.scopes, words | limits),
            "limits": menu("limits", self.usages, limits),
        }

    def stored(self) -> dict[str, Any]:
        return stored_of(self.menus)

    def take_stored(self, stored: dict[str, Any]) -> None:
        take_stored_of(self.menus, stored)

    def refresh(self, now_ns: int) -> None:
        answers = self.context.answers
        if answers.risk is None:
            self.context.query(RequestRisk())
        selected = self._named or self.scopes.selected
        self.state.update(answers.risk, selected if isinstance(selected, Scope) else None)
        if self.state.chosen is not None:
            self.scopes.select(self.state.chosen.scope)
        if len(self.state.usages) and self.state.usages.find(self.usages.selected) < 0:
            self.usages.select(self.state.usages.row(0).key)
        self._renew_editor()
        self.scopes.show_rows(now_ns)
        self.usages.show_rows(now_ns)
        self._show_note()

    def _renew_editor(self) -> None:
        usage = self.editor.usage
        if usage is not None:
            at = self.state.usages.find(usage.name)
            is_same = self.state.chosen is not None and self.state.chosen.scope == self.editor.scope
            self.editor.renew(self.state.usages.row(at).usage if at >= 0 and is_same else None)

    def _show_note(self) -> None:
        texts, chosen = self.context.texts, self.state.chosen
        if chosen is None:
            self.note.show_text(texts("risk.asking"), is_alarm=False)
            return
        release = texts("risk.release")
        if chosen.release_code:
            risk = self.context.answers.risk
            left_s = max(chosen.release_until_ns - (risk.mono_ns if risk is not None else 0), 0) // 1_000_000_000
            release = texts("risk.release_with", code=chosen.release_code)
            text = texts("risk.second_act", code=chosen.release_code, seconds=str(left_s))
        elif chosen.state is TradingState.ACTIVE:
            text = texts("risk.is_active")
        elif chosen.state is TradingState.REDUCING:
            text = texts("risk.is_reducing", why=cause_text(chosen, texts))
        else:
            text = texts("risk.is_halted", why=cause_text(chosen, texts))
        self.note.show_text(text, is_alarm=chosen.state is not TradingState.ACTIVE)
        look = "chosen" if chosen.release_code else "plain"
        self.buttons[RELEASE].show_as(release, look, RELEASE)
        self.button_row.arrange()
        self.buttons[RELEASE].setEnabled(chosen.state is not TradingState.ACTIVE)
        self.buttons[KILL].setEnabled(chosen.state is not TradingState.HALTED)
        self.buttons[REDUCE].setEnabled(chosen.state is TradingState.ACTIVE)
