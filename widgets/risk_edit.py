"""The line under the limits: another figure for one of them, or the name of a scope that has none yet.

Enter sends what was typed, Esc leaves. Before anything is sent the line below says what it would do: tighter holds at
once, looser waits for the close.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.risk_edit import FIGURE_MAX, KINDS, NAME_MAX, Effect, Verdict, scope_of, typed, unit_text, verdict
from hts.desk.risk_panel import figure_text
from hts.desk.sentences import scope_text
from hts.model.risk_views import Usage
from hts.model.scopes import Scope, ScopeKind
from themes import metrics
from widgets.controls import Button, Choice, EntryField
from widgets.fault_line import FaultLine
from widgets.panel import PanelContext

FIGURE_CHARS = len(f"{FIGURE_MAX:,}") + 2


class LimitEditor(QWidget):
    """Closed until `open_limit` or `open_scope`. named(scope): a scope was named. closed(): the keyboard goes back.

    `scope` and `usage`: the limit that is edited; None while a scope is named.
    """

    named = Signal(object)
    closed = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        tokens, texts = context.tokens, context.texts
        self.scope: Scope | None = None
        self.usage: Usage | None = None
        self.kind = ScopeKind.SYMBOL
        self.choice = Choice(tokens, texts("risk.edit.kind"), [(texts(f"scope.{one.value}"), "") for one in KINDS])
        self.choice.chosen.connect(lambda number: self.choose_kind(KINDS[number]))
        self.choice.setFixedWidth(150)
        self.field = EntryField(tokens, "")
        self.field.setFixedHeight(metrics.FIELD)
        self.field.setMaxLength(NAME_MAX)
        self.field.setAccessibleName(texts("risk.edit.name"))
        self.field.textEdited.connect(lambda _text: self.judge())
        self.field.entered.connect(self.apply)
        self.field.left.connect(self.close_line)
        self.send = Button(tokens, texts("risk.edit.apply"), look="plain", height=metrics.FIELD, cap="Enter")
        self.send.clicked.connect(self.apply)
        self.leave = Button(tokens, texts("risk.edit.leave"), look="chip", height=metrics.FIELD, cap="Esc")
        self.leave.clicked.connect(self.close_line)
        self.send.fit_cap()
        self.leave.fit_cap()
        self.line = FaultLine(context)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.EDGE_PAD, 4, metrics.EDGE_PAD, 2)
        row.setSpacing(metrics.CHIP_GAP)
        for widget, stretch in ((self.choice, 0), (self.field, 1), (self.send, 0), (self.leave, 0)):
            row.addWidget(widget, stretch)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(row)
        box.addWidget(self.line)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether something is being typed."""
        return not self.isHidden()

    def open_limit(self, scope: Scope, usage: Usage) -> None:
        """Type another figure for a limit."""
        self.scope, self.usage = scope, usage
        name = self._name_of(usage)
        self.choice.hide()
        self.field.setEnabled(True)
        self.field.setMaxLength(FIGURE_CHARS)
        self.field.set_unit(unit_text(usage.unit, self._context.texts))
        self.field.setAccessibleName(self._context.texts("risk.edit.field", limit=name, scope=self._scope_text(scope)))
        self._show(typed(usage.limit, usage.unit))

    def open_scope(self) -> None:
        """Type the name of a scope."""
        self.scope = self.usage = None
        self.choice.show()
        self.field.setMaxLength(NAME_MAX)
        self.field.set_unit("")
        self.field.setAccessibleName(self._context.texts("risk.edit.name"))
        self.choose_kind(self.kind)

    def choose_kind(self, kind: ScopeKind) -> None:
        """What the scope is of; the issue that is looked at is offered first."""
        self.kind = kind
        self.choice.show_choice(self._context.texts(f"scope.{kind.value}"), "")
        offered = {
            ScopeKind.SYMBOL: self._context.selection.symbol(),
            ScopeKind.ACCOUNT: self._context.orders.account_id,
        }
        self.field.setEnabled(kind is not ScopeKind.FIRM)
        self._show(offered.get(kind, ""))

    def renew(self, usage: Usage | None) -> None:
        """The limit as the core has it now; one that is gone from the table closes the line."""
        if self.usage is None or not self.is_open:
            return
        if usage is None:
            self.close_line()
        elif usage != self.usage:
            self.usage = usage
            self.judge()

    def judge(self) -> None:
        """Say what Enter would do."""
        texts = self._context.texts
        if self.usage is None:
            found = self._scope_now()
            is_bad = isinstance(found, str) and bool(self.field.text().strip())
            self.line.say(texts(found) if is_bad else texts("risk.edit.name_hint"), is_fault=is_bad)  # type: ignore[arg-type]
            self.send.setEnabled(not isinstance(found, str))
            return
        found_figure = self.verdict
        assert found_figure is not None
        self.line.say(self._sentence(self.usage, found_figure), is_fault=found_figure.effect in _LOUD)
        self.send.setEnabled(found_figure.is_sendable)

    @property
    def verdict(self) -> Verdict | None:
        """What the figure in the field would do."""
        return verdict(self.usage, self.field.text()) if self.usage is not None else None

    def apply(self) -> None:
        """Send the figure, or name the scope; what cannot be stays in the line with the reason."""
        if self.usage is None:
            scope = self._scope_now()
            if isinstance(scope, str):
                self.line.say(self._context.texts(scope), is_fault=True)
                return
            self.close_line()
            self.named.emit(scope)
            return
        judged = self.verdict
        if judged is None or judged.figure is None or self.scope is None:
            self.judge()
            return
        refusal = self._context.actions.set_limits(self.scope, {self.usage.name: judged.figure})
        if refusal is not None:
            self.line.say(self._context.texts(refusal.key, **refusal.values), is_fault=True)
            return
        self.close_line()

    def close_line(self) -> None:
        """Leave; nothing is sent."""
        if self.is_open:
            self.hide()
            self.usage = None
            self.closed.emit()

    def _show(self, text: str) -> None:
        self.field.setText(text)
        self.judge()
        self.show()
        self.field.selectAll()
        (self.field if self.field.isEnabled() else self.choice).setFocus(Qt.FocusReason.OtherFocusReason)

    def _scope_now(self) -> Scope | str:
        context = self._context
        return scope_of(self.kind, self.field.text(), context.market.instruments, tuple(context.orders.statuses))

    def _name_of(self, usage: Usage) -> str:
        return self._context.texts(f"limit.{usage.name}")

    def _scope_text(self, scope: Scope) -> str:
        return scope_text(str(scope), self._context.texts)

    def _sentence(self, usage: Usage, judged: Verdict) -> str:
        texts = self._context.texts
        now = figure_text(usage.limit, usage.unit, texts) if usage.limit else texts("risk.off")
        assert self.scope is not None
        what = texts("risk.edit.what", scope=self._scope_text(self.scope), limit=self._name_of(usage), now=now)
        return f"{what} {texts(f'risk.edit.{judged.effect.value}')}"


_LOUD = frozenset({Effect.BAD, Effect.LOOSER, Effect.OFF})
