"""The fields of the form for algorithms: one row each, and under each what it means or what is wrong with it.

Rows are made once and placed by kind. A field always shows what the form holds, also while it has the keyboard: a
limit that went with its issue must not seem to stand.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from hts.desk.algo_fields import AUCTIONED, TEXT_MAX, AlgoField, Problem
from hts.desk.algo_form import DEADLINES, KINDS
from hts.desk.algo_preview import Choice as HasteChoice
from hts.desk.algo_preview import choices_of
from hts.desk.figures import px_text
from hts.desk.order_entry import PxChip
from hts.model.enums import Side
from themes import fonts, metrics
from widgets.controls import TEXTS, Button, Choice, EntryField
from widgets.painting import Brush
from widgets.panel import PanelContext

WIDTH = 392
LABEL_X, FIELD_X = 10, 112
HINT_H = 16
ROW_H = metrics.FIELD + HINT_H + 2
CHIP_W = 44
MINUTES = (10, 30, 60)
HASTES: Final = MappingProxyType({"calm": 2, "brisk": 5, "fast": 7})  # places among the choices of the trade-off
TEXT_CHARS = TEXT_MAX
SIDES = (Side.BUY, Side.SELL)

Row = tuple[str, QWidget, tuple[QWidget, ...]]  # text key, field, and the chips at its right


class AlgoFields(QWidget):
    """Signals: `changed` (something was typed or chosen), `entered` (Enter in a field), `left` (Esc)."""

    changed = Signal()
    entered = Signal()
    left = Signal()

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._context, self._form = context, context.algo
        self._hints: list[tuple[int, str, bool]] = []  # y, text, whether it is a fault
        self._labels: list[tuple[int, str]] = []
        self._rows: tuple[str, ...] = ()
        self._make_choices()
        self.fields = {field: self._make_field(field) for field in AlgoField}
        self._make_chips()
        for name, widget, chips in self._all_rows():
            for one in (widget, *chips):
                one.setParent(self)
                one.setObjectName(name)
        self.refresh()

    # Making

    def _make_choices(self) -> None:
        tokens, texts, form = self._context.tokens, self._context.texts, self._form
        self.kind = self._choice("kind", [texts(f"algo.{kind.value}") for kind in KINDS])
        self.kind.chosen.connect(lambda at: self._do(lambda: form.choose_kind(KINDS[at])))
        self.side = self._choice("side", [texts("side.buy"), texts("side.sell")])
        self.side.chosen.connect(lambda at: self._do(lambda: form.choose_side(SIDES[at])))
        self.deadline = self._choice("deadline", [texts(f"algo_form.deadline.{one.value}") for one in DEADLINES])
        self.deadline.chosen.connect(lambda at: self._do(lambda: form.choose_deadline(DEADLINES[at])))
        self.auctions = self._choice("auctions", [texts("algo_form.no"), texts("algo_form.yes")])
        self.auctions.chosen.connect(lambda at: self._do(form.turn_auctions) if bool(at) != form.in_auctions else None)
        self.venue = self._choice("venue", ["SOR", ""])
        self.venue.chosen.connect(lambda at: self._do(form.turn_routed) if bool(at) is form.is_routed else None)
        self.seed = Button(tokens, texts("algo_form.chip.seed"), look="chip", height=metrics.FIELD)
        self.seed.clicked.connect(lambda: self._do(form.draw_seed))

    def _choice(self, name: str, options: Sequence[str]) -> Choice:
        return Choice(
            self._context.tokens, self._context.texts(f"algo_form.field.{name}"), [(one, "") for one in options]
        )

    def _make_field(self, field: AlgoField) -> EntryField:
        texts = self._context.texts
        made = EntryField(self._context.tokens, "")
        made.setFont(fonts.font("price"))
        made.setFixedHeight(metrics.FIELD)
        made.setMaxLength(TEXT_CHARS)
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        made.setAccessibleName(texts(f"algo_form.field.{field.value}"))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.textEdited.connect(partial(self._typed, field))
        made.entered.connect(self.entered)
        made.left.connect(self.left)
        return made

    def _make_chips(self) -> None:
        texts = self._context.texts
        self.px_chips = tuple(
            self._chip(texts(f"order_entry.chip.{chip.value}"), partial(self._choose_px, chip))
            for chip in (PxChip.BID, PxChip.LAST, PxChip.ASK)
        )
        self.end_chips = tuple(
            self._chip(texts("algo_form.chip.minutes", minutes=count), partial(self._type, AlgoField.END, f"+{count}"))
            for count in MINUTES
        )
        self.haste_chips = tuple(
            self._chip(texts(f"algo_form.haste.{name}"), partial(self._choose_haste, place))
            for name, place in HASTES.items()
        )

    def _chip(self, text: str, act: Callable[[], None]) -> Button:
        chip = Button(self._context.tokens, text, look="chip", height=metrics.FIELD)
        chip.clicked.connect(act)
        return chip

    def _all_rows(self) -> tuple[Row, ...]:
        chips: dict[AlgoField, tuple[QWidget, ...]] = {
            AlgoField.PX: self.px_chips,
            AlgoField.END: self.end_chips,
            AlgoField.URGENCY: self.haste_chips,
            AlgoField.SEED: (self.seed,),
        }
        fields = tuple((field.value, self.fields[field], chips.get(field, ())) for field in AlgoField)
        return (
            ("kind", self.kind, ()),
            ("side", self.side, ()),
            *fields,
            ("deadline", self.deadline, ()),
            ("auctions", self.auctions, ()),
            ("venue", self.venue, ()),
        )

    # Gestures

    def _do(self, act: Callable[[], None]) -> None:
        act()
        self.changed.emit()

    def _typed(self, field: AlgoField, text: str) -> None:
        self._do(lambda: self._form.type(field, text))

    def _type(self, field: AlgoField, text: str) -> None:
        self.fields[field].setText(text)
        self._typed(field, text)

    def _choose_px(self, chip: PxChip) -> None:
        issue, px = self._form.instrument, self._form.chip_px(chip)
        if issue is not None and px > 0:
            self._type(AlgoField.PX, px_text(px, issue.px_decimals))

    def _hastes(self) -> tuple[HasteChoice, ...]:
        plan = self._form.plan
        return choices_of(plan) if plan is not None else ()

    def _choose_haste(self, place: int) -> None:
        offered = self._hastes()
        if offered:
            self._type(AlgoField.URGENCY, str(offered[min(place, len(offered) - 1)].urgency_pico))

    # Showing

    def refresh(self) -> None:
        """What the form says now."""
        form, texts = self._form, self._context.texts
        self.kind.show_choice(texts(f"algo.{form.kind.value}"), texts(f"algo_form.about.{form.kind.value}"))
        self.side.show_choice(texts("side.buy" if form.side is Side.BUY else "side.sell"), "")
        self.deadline.show_choice(texts(f"algo_form.deadline.{form.deadline.value}"), "")
        self.auctions.show_choice(texts("algo_form.yes" if form.in_auctions else "algo_form.no"), "")
        self.venue.set_options([("SOR", ""), *([(form.venue_here, "")] if form.venue_here else [])])
        self.venue.show_choice(form.venue or "SOR", "")
        is_new = not form.amends
        for choice in (self.kind, self.side, self.deadline, self.auctions, self.venue, self.seed):
            choice.setEnabled(is_new)
        for field in form.fields:
            self._show_field(field)
        rows = self._rows_wanted()
        if rows != self._rows:
            self._rows = rows
            self._fit()
            self.resize(self.width(), self.minimumHeight())  # the scroll area asks again whether it needs its bar
        self._show_hints()

    def _show_field(self, field: AlgoField) -> None:
        edit, form = self.fields[field], self._form
        edit.setEnabled(form.is_open(field))
        edit.set_unit(self._unit(field))
        text = form.text(field)
        if edit.text() != text:
            edit.setText(text)

    def _unit(self, field: AlgoField) -> str:
        texts, issue = self._context.texts, self._form.instrument
        if field is AlgoField.PX:
            return texts(f"unit.{issue.currency.lower()}") if issue is not None else ""
        if field in (AlgoField.QTY, AlgoField.DISPLAY, AlgoField.MIN_QTY):
            return texts("order_entry.qty_unit")
        key = f"algo_form.unit.{field.value}"
        return texts(key) if texts.has(key) else ""

    def _rows_wanted(self) -> tuple[str, ...]:
        form = self._form
        auctions = ("auctions",) if form.kind in AUCTIONED else ()
        return ("kind", "side", *(field.value for field in form.fields), "deadline", *auctions, "venue")

    def _show_hints(self) -> None:
        """What a field means, or what is wrong with it. Only what changed is painted anew."""
        texts, problems = self._context.texts, self._form.problems()
        wrong = {field.value: problem for field, problem in problems.items()}
        hints = []
        for number, name in enumerate(self._rows):
            problem = wrong.get(name)
            text = self._sentence(problem) if problem is not None else texts(f"algo_form.hint.{name}")
            hints.append((number * ROW_H + 6 + metrics.FIELD, text, problem is not None))
        for field, edit in self.fields.items():
            edit.setAccessibleDescription(self._sentence(wrong[field.value]) if field.value in wrong else "")
        if hints != self._hints:
            self._hints = hints
            self.update()

    def _sentence(self, problem: Problem) -> str:
        return self._context.texts(problem.key, **problem.values)

    # Pixels

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._labels = []
        shown = {name: number for number, name in enumerate(self._rows)}
        for name, field, chips in self._all_rows():
            number = shown.get(name)
            for one in (field, *chips):
                one.setVisible(number is not None)
            if number is None:
                continue
            y = number * ROW_H + 6
            right = self.width() - 10
            for chip in reversed(chips):
                chip.setGeometry(right - CHIP_W, y, CHIP_W, metrics.FIELD)
                right -= CHIP_W + metrics.CHIP_GAP
            field.setGeometry(FIELD_X, y, right - FIELD_X, metrics.FIELD)
            self._labels.append((y, self._context.texts(f"algo_form.field.{name}")))
        self._order_tabs()
        self.setMinimumHeight(len(self._rows) * ROW_H + 4)
        self.update()

    def _order_tabs(self) -> None:
        """Tab goes down the rows as they stand."""
        rows = {name: (field, *chips) for name, field, chips in self._all_rows()}
        ordered = [one for name in self._rows for one in rows[name]]
        for before, after in pairwise(ordered):
            QWidget.setTabOrder(before, after)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush, tokens = Brush(painter, TEXTS), self._context.tokens
        painter.fillRect(event.rect(), tokens.panel)
        for y, label in self._labels:
            brush.left(LABEL_X, metrics.baseline(y, metrics.FIELD), label, "body", tokens.text2)
        for y, hint, is_fault in self._hints:
            x = LABEL_X if TEXTS.width("secondary", hint) > self.width() - FIELD_X - LABEL_X else FIELD_X
            text = TEXTS.elided("secondary", hint, self.width() - x - LABEL_X)
            brush.left(
                x, metrics.baseline(y, HINT_H), text, "secondary", tokens.attention if is_fault else tokens.text3
            )
