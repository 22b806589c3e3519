"""The alerts panel: what fired, the trader's own rules, and what the core warns of.

The trader's rules live in this terminal and are watched while it is open; the line under the rules says so. A rule is
made for the issue that the panel is linked to. Delete forgets a rule, Enter arms it again or acknowledges the core's.
"""

from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.figures import clock_text
from hts.desk.frame import Frame
from hts.desk.price_alerts import FILE, KINDS
from hts.desk.price_alerts_texts import AlertRow, core_rows, fired_rows, rule_rows
from hts.desk.screener import fault_text
from hts.desk.screener_expr import LENGTH_MAX, ConditionError
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts
from themes import metrics
from widgets.controls import Button, Choice
from widgets.fault_line import FaultLine
from widgets.keys import OwnField
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_empty import Empty
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView

PARTS = ("fired", "rules", "core")


def alert_columns(texts: Texts) -> tuple[Column[AlertRow], ...]:
    """Time, title, text, state."""
    return (
        Column(
            key="time",
            head=texts("alerts.time"),
            width=72,
            text=lambda r: clock_text(r.time_ns) if r.time_ns else "",
            order=lambda r: r.time_ns,
            is_right=False,
            role="body_quiet",
        ),
        Column(
            key="title",
            head=texts("alerts.subject"),
            width=112,
            text=lambda r: r.title,
            order=lambda r: r.title,
            is_right=False,
            role="body_medium",
        ),
        Column(
            key="text",
            head=texts("alerts.text"),
            width=250,
            text=lambda r: r.text,
            order=lambda r: r.text,
            is_right=False,
        ),
        Column(key="state", head=texts("alerts.head_state"), width=74, text=lambda r: r.state, order=lambda r: r.state),
    )


class AlertView(TableView):
    """States in their colours; what is over is grey."""

    def cell_style(self, row: AlertRow, column: Column[Any]) -> tuple[str, QColor]:
        tokens = self.tokens
        role, ink = super().cell_style(row, column)
        if row.tone in {"old", "done", "quiet"}:
            ink = tokens.text3
        if column.key == "state":
            inks = {
                "armed": tokens.healthy,
                "new": tokens.own,
                "critical": tokens.attention,
                "warning": tokens.attention,
            }
            return "body", inks.get(row.tone, tokens.text2)
        if column.key == "title" and row.kind == "core":
            return role, tokens.attention if row.tone in {"critical", "warning"} else ink
        return role, ink

    def tooltip_of(self, row: AlertRow) -> str:
        return f"{row.title} · {row.text}"

    def paint_footer(self, brush: Brush, footer: str, base: int) -> None:
        text = brush.texts.elided("secondary", footer, self.viewport().width() - 2 * metrics.EDGE_PAD)
        brush.left(metrics.EDGE_PAD, base, text, "secondary", self.tokens.text2)


class PriceAlertsPanel(Panel):
    """알림."""

    title_key = "alerts.title"
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self._table: ListTable[AlertRow] = ListTable(alert_columns(context.texts))
        self.part, self.kind = PARTS[0], next(iter(KINDS))
        self._repeats, self._sounds, self._version = False, True, -1
        self.view = AlertView(self._table, context.tokens)
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts(self.title_key))
        self.fault = FaultLine(context)
        self.setFocusProxy(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_parts())
        column.addLayout(self._make_form())
        column.addWidget(self.fault)
        column.addWidget(self.view, 1)
        self.view.activated.connect(self._act)
        self.view.chosen.connect(self._choose)
        self.view.deleted.connect(self._remove)
        self.menu = TableMenu(self, self.view, self.menu_actions).attach()
        self.show_part(PARTS[0])

    def _make_parts(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 4, metrics.CELL_PAD, 0)
        row.setSpacing(metrics.CHIP_GAP)
        self.parts: dict[str, Button] = {}
        for part in PARTS:
            chip = self.parts[part] = Button(tokens, texts(f"alerts.part.{part}"), look="chip", height=metrics.FIELD)
            chip.clicked.connect(lambda _=False, part=part: self.show_part(part))
            row.addWidget(chip)
        row.addStretch(1)
        self.seen = Button(tokens, texts("alerts.seen"), look="chip", height=metrics.FIELD)
        self.seen.clicked.connect(self._mark_seen)
        row.addWidget(self.seen)
        return row

    def _make_form(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 4, metrics.CELL_PAD, 0)
        row.setSpacing(metrics.CHIP_GAP)
        self.choice = Choice(tokens, texts("alerts.kind"), [(texts(f"alerts.name.{kind}"), "") for kind in KINDS])
        self.choice.setMinimumWidth(120)
        self.choice.chosen.connect(lambda i: self.choose_kind(tuple(KINDS)[i]))
        self.value = OwnField()
        self.value.setFixedHeight(metrics.FIELD)
        self.value.setMinimumWidth(60)
        self.value.setMaxLength(LENGTH_MAX)
        self.value.setAccessibleName(texts("alerts.value"))
        self.value.returnPressed.connect(self.add)
        self.repeat = Button(tokens, texts("alerts.once"), look="chip", height=metrics.FIELD)
        self.sound = Button(tokens, texts("alerts.sound"), look="chosen", height=metrics.FIELD)
        self.adding = Button(tokens, texts("alerts.add"), look="plain", height=metrics.FIELD)
        self.repeat.clicked.connect(self._toggle_repeat)
        self.sound.clicked.connect(self._toggle_sound)
        self.adding.clicked.connect(self.add)
        row.addWidget(self.choice, 2)
        row.addWidget(self.value, 2)
        for button in (self.repeat, self.sound, self.adding):
            row.addWidget(button)
        self.choose_kind(self.kind)
        return row

    # The form

    def choose_kind(self, kind: str) -> None:
        """What the next rule watches."""
        texts = self.context.texts
        self.kind = kind
        self.choice.show_choice(texts(f"alerts.name.{kind}"), "")
        self.value.setPlaceholderText(
            texts(f"alerts.hint.{kind}" if texts.has(f"alerts.hint.{kind}") else "alerts.value")
        )

    def add(self) -> None:
        """Make the rule, for the issue that is linked."""
        context = self.context
        if self.symbol not in context.market.instruments:
            self.fault.say(context.texts("refusal.no_symbol"), is_fault=True)
            return
        try:
            context.price_alerts.add(
                self.symbol, self.kind, self.value.text(), repeats=self._repeats, sounds=self._sounds
            )
        except ConditionError as fault:
            self.fault.say(fault_text(fault, context.texts), is_fault=True)
            return
        self.value.clear()
        self.fault.say("", is_fault=False)
        self._keep()
        self.show_part("rules")

    def _toggle_repeat(self) -> None:
        self._repeats = not self._repeats
        text = self.context.texts("alerts.repeats" if self._repeats else "alerts.once")
        self.repeat.show_as(text, "chosen" if self._repeats else "chip")

    def _toggle_sound(self) -> None:
        self._sounds = not self._sounds
        self.sound.show_as(self.sound.text(), "chosen" if self._sounds else "chip")

    def _keep(self) -> None:
        self.context.files.save(FILE, self.context.price_alerts.dump())
        self.mark_dirty()

    # The list

    def show_part(self, part: str) -> None:
        """What fired, the rules, or the core's."""
        self.part = part
        for name, chip in self.parts.items():
            chip.show_as(chip.text(), "chosen" if name == part else "chip")
        self.view.empty = Empty(self.context, f"alerts.empty.{part}", "")
        self.view.viewport().update()
        self._version = -1
        self.mark_dirty()

    def _choose(self, key: Hashable) -> None:
        row = self._row(key)
        if row is not None and row.symbol in self.context.market.instruments:
            self.context.selection.choose(row.symbol, self.group)

    def _row(self, key: Hashable) -> AlertRow | None:
        at = self._table.find(key)
        return self._table.row(at) if at >= 0 else None

    def _act(self, key: Hashable) -> None:
        """Enter or a double click: arm a rule again, acknowledge the core's."""
        row = self._row(key)
        if row is None:
            return
        if row.kind == "rule" and row.tone == "done":
            self._change(row.number, is_done=False)
        elif row.kind == "core":
            self.context.actions.acknowledge(row.number)

    def _change(self, rule_id: int, **changes: Any) -> None:
        self.context.price_alerts.change(rule_id, **changes)
        self._keep()

    def _remove(self, key: Hashable) -> None:
        row = self._row(key)
        if row is not None and row.kind == "rule":
            self.context.price_alerts.remove(row.number)
            self._keep()

    def menu_actions(self, key: Hashable) -> list[tuple[str, Callable[[], object]]]:
        """Text keys and acts of a row's menu."""
        row, context = self._row(key), self.context
        if row is None:
            return []
        if row.kind == "core":
            return [("alerts.menu.acknowledge", lambda: context.actions.acknowledge(row.number))]
        if row.kind == "fired":
            return [("orders.menu_select", lambda: self._choose(key))]
        rule = context.price_alerts.rules[row.number]
        rearm = [("alerts.menu.arm", lambda: self._change(rule.rule_id, is_done=False))] if rule.is_done else []
        return [
            *rearm,
            ("alerts.menu.wake" if row.tone == "quiet" else "alerts.menu.snooze", lambda: self._snooze(rule.rule_id)),
            (
                "alerts.menu.once" if rule.repeats else "alerts.menu.repeat",
                lambda: self._change(rule.rule_id, repeats=not rule.repeats),
            ),
            (
                "alerts.menu.silent" if rule.sounds else "alerts.menu.sound",
                lambda: self._change(rule.rule_id, sounds=not rule.sounds),
            ),
            ("alerts.menu.delete", lambda: self._remove(key)),
        ]

    def _snooze(self, rule_id: int) -> None:
        self.context.price_alerts.snooze(rule_id, self.context.market.trade_ns)
        self._keep()

    def stored(self) -> dict[str, Any]:
        return self.menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.menu.take_stored(stored)

    def _mark_seen(self) -> None:
        self.context.price_alerts.mark_seen()
        self.mark_dirty()

    @property
    def subtitle(self) -> str:
        alerts, texts = self.context.price_alerts, self.context.texts
        watching = sum(not rule.is_done for rule in alerts.rules.values())
        return texts("alerts.subtitle", watching=watching, unseen=alerts.unseen)

    def concerns(self, frame: Frame) -> bool:
        return bool(
            frame.orders.notices or frame.market.instruments or self.context.price_alerts.version != self._version
        )

    def refresh(self, now_ns: int) -> None:
        context = self.context
        alerts, texts, universe = context.price_alerts, context.texts, context.universe
        self._version = alerts.version
        if self.part == "fired":
            rows, footer = fired_rows(alerts, universe, texts), texts("alerts.foot.fired")
        elif self.part == "rules":
            rows = rule_rows(alerts, universe, texts, context.market.trade_ns)
            footer = texts("alerts.foot.rules")
        else:
            rows, footer = core_rows(context.orders, texts), texts("alerts.foot.core")
        self._table.replace(rows)
        self.view.show_rows(now_ns, footer)
