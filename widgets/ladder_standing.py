"""Two chips beside the ladder's venues: to rest only, and to show a part. They are there where the venue takes them.

What stands fills its chip and colours the whole row, so that nobody sends by click or key without seeing it.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hts.desk.figures import qty_text
from hts.desk.order_attributes import Attribute
from hts.desk.order_terms import PLAIN_ATTRIBUTES, Attributes
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.ladder_controls import FlatButton
from widgets.painting import TextCache

PAD = 9  # beside a chip's words
GAP = 4
ACTIONS = {Attribute.POST_ONLY: "standing.post_only", Attribute.DISPLAY_QTY: "standing.shown"}


class StandingChips(QWidget):
    """chosen(action): a chip was pressed. `said` is what it shows."""

    chosen = Signal(str)

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        super().__init__()
        self._texts, self._cache = texts, TextCache()
        self.said = PLAIN_ATTRIBUTES
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE_PAD, 0, 0, 0)
        row.setSpacing(GAP)
        self.chips = {each: FlatButton("", tokens, look="quiet", height=metrics.LADDER_TABS - 4) for each in ACTIONS}
        for each, chip in self.chips.items():
            chip.setAccessibleName(texts(f"order_entry.{each.value}"))
            chip.setCheckable(True)  # so that a screen reader tells whether it is on
            chip.clicked.connect(lambda _=False, each=each: self.chosen.emit(ACTIONS[each]))
            chip.hide()
            row.addWidget(chip)
        self.show_standing(PLAIN_ATTRIBUTES, frozenset())  # each has its name before it is ever offered

    def show_standing(self, said: Attributes, offered: frozenset[Attribute]) -> bool:
        """Offer what can be taken, and what stands although it cannot; whether anything stands."""
        self.said = said
        texts, shown = self._texts, said.display_qty
        words = {
            Attribute.POST_ONLY: texts("order_entry.post_only"),
            Attribute.DISPLAY_QTY: texts("ladder.shown", qty=qty_text(shown)) if shown else texts("ladder.shown_all"),
        }
        for each, chip in self.chips.items():
            is_on = bool(getattr(said, each.value))
            chip.show_as(words[each])
            chip.set_look("chosen" if is_on else "quiet")
            chip.setChecked(is_on)
            chip.setFixedWidth(round(self._cache.width("body_medium", words[each])) + 2 * PAD)
            chip.setVisible(is_on or each in offered)
        return said != PLAIN_ATTRIBUTES
