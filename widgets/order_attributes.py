"""The order form's row for what an order may say beside its price: shown quantity, least quantity, resting only.

It holds those that the venue takes now, side by side; the form has the row only where there is one.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from hts.desk.actions import Refusal
from hts.desk.figures import qty_text, typed_figure
from hts.desk.order_attributes import Attribute
from themes import fonts, metrics
from widgets.controls import Button, FigureField
from widgets.panel import PanelContext

FIGURES_MAX = 11  # characters of a quantity
GAP = 4


class AttributeRow(QWidget):
    """`by_attribute` are its controls. `tell` hears why one could not be taken."""

    def __init__(self, context: PanelContext, tell: Callable[[Refusal | None], None]) -> None:
        super().__init__()
        self._context, self._offered = context, tuple[Attribute, ...]()
        form, texts = context.form, context.texts
        self.display_qty = self._field(Attribute.DISPLAY_QTY, form.set_display_qty)
        self.min_qty = self._field(Attribute.MIN_QTY, form.set_min_qty)
        name = texts("order_entry.post_only")
        self.post_only = Button(context.tokens, name, look="chip", height=metrics.FIELD)
        self.post_only.setCheckable(True)  # so that a screen reader tells whether it is on
        self.post_only.clicked.connect(lambda: tell(form.turn_post_only()))
        self.by_attribute: dict[Attribute, QWidget] = {
            Attribute.DISPLAY_QTY: self.display_qty,
            Attribute.MIN_QTY: self.min_qty,
            Attribute.POST_ONLY: self.post_only,
        }
        for attribute, control in self.by_attribute.items():
            control.setParent(self)
            control.setToolTip(texts(f"order_entry.{attribute.value}_why"))
            control.hide()
        self.setFixedHeight(metrics.FIELD)

    def _field(self, attribute: Attribute, typed: Callable[[int], None]) -> FigureField:
        texts, key = self._context.texts, f"order_entry.{attribute.value}"
        field = FigureField(self._context.tokens, texts(f"{key}_unit"))
        field.is_of_order = True  # keys that send work while it is typed into
        field.setFont(fonts.font("body"))
        field.setFixedHeight(metrics.FIELD)
        field.setMaxLength(FIGURES_MAX)
        field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field.setAccessibleName(texts(key))
        field.setPlaceholderText(texts(f"{key}_none"))
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.textEdited.connect(lambda text: typed(typed_figure(text, 0)))
        return field

    def refresh(self) -> None:
        """Offer what can be taken, and show what was entered."""
        form = self._context.form
        if form.attributes != self._offered:
            self._offered = form.attributes
            for attribute, control in self.by_attribute.items():
                control.setVisible(attribute in self._offered)
            self._fit()
        for field, qty in ((self.display_qty, form.said.display_qty), (self.min_qty, form.said.min_qty)):
            text = qty_text(qty) if qty else ""
            if field.text() != text and not (field.hasFocus() and qty == typed_figure(field.text(), 0)):
                field.setText(text)
        is_on = form.said.post_only
        self.post_only.setChecked(is_on)
        key = self._context.keys("form.post_only")
        self.post_only.show_as(self._context.texts("order_entry.post_only"), "chosen" if is_on else "chip", key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        count = len(self._offered)
        room = self.width() - GAP * (count - 1)
        for number, attribute in enumerate(self._offered):
            left, right = room * number // count, room * (number + 1) // count
            self.by_attribute[attribute].setGeometry(left + GAP * number, 0, right - left, metrics.FIELD)
