"""The ladder's head of venues: a tab each, the chosen one's phase at the right. Not seen where there is one venue.

Beside the tabs stands what orders by click and key say beside their price, where the venue takes that.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from hts.desk.order_attributes import Attribute
from hts.desk.order_terms import Attributes
from hts.desk.texts import Texts
from hts.desk.venue_tabs import Tab
from themes import metrics
from themes.tokens import Tokens
from widgets.keys import PressedByEnter
from widgets.ladder_standing import GAP, StandingChips
from widgets.painting import Brush, TextCache

TAB_PAD = 10  # left and right of a caption


class VenueTab(PressedByEnter, QAbstractButton):
    """One tab; the chosen one is raised and underlined."""

    def __init__(self, tab: Tab, tokens: Tokens) -> None:
        super().__init__()
        self.setText(tab.text)
        self.setAccessibleName(tab.text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tokens, self._cache = tokens, TextCache()
        self.setFixedSize(round(self._cache.width("tab", tab.text)) + 2 * TAB_PAD, metrics.LADDER_TABS)

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, width, height = self._tokens, self.width(), self.height()
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        is_chosen = self.isChecked()
        brush.fill(0, 0, width, height, tokens.raised if is_chosen else tokens.panel)
        brush.hline(0, height - 1, width, tokens.line)
        if is_chosen:
            brush.fill(0, height - metrics.SELECTED_BAR, width, metrics.SELECTED_BAR, tokens.own)
        if self.hasFocus():
            brush.frame(0, 0, width, height, tokens.own)
        ink = tokens.text if is_chosen else tokens.text2
        brush.center(width / 2, metrics.baseline(0, height - 1), self.text(), "tab", ink)


class VenueTabs(QWidget):
    """chosen(venue): a tab was pressed."""

    chosen = Signal(str)

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        super().__init__()
        self.setAccessibleName(texts("ladder.venues"))
        self.setFixedHeight(metrics.LADDER_TABS)
        self.hide()
        self.buttons: dict[str, VenueTab] = {}
        self.phase = ""
        self._tokens, self._cache = tokens, TextCache()
        self._tabs: tuple[Tab, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.standing = StandingChips(tokens, texts)
        self._is_warned = False
        self._row.addWidget(self.standing)
        self._row.addStretch(1)

    def show_standing(self, said: Attributes, offered: frozenset[Attribute], tip: str) -> None:
        """What the next order by click or key says beside its price; `tip` tells how it is cleared."""
        is_warned = self.standing.show_standing(said, offered)
        self.standing.setToolTip(tip)
        if is_warned is not self._is_warned:
            self._is_warned = is_warned
            self.setVisible(bool(self._tabs) or is_warned)
            self.update()

    def show_tabs(self, tabs: Sequence[Tab], venue: str, phase: str) -> None:
        """Show these tabs with one of them chosen, or nothing when there are none."""
        if tuple(tabs) != self._tabs:
            self._tabs = tuple(tabs)
            self._make()
        for name, button in self.buttons.items():
            button.setChecked(name == venue)
        if phase != self.phase:
            self.phase = phase
            self.update()
        self.setVisible(bool(self._tabs) or self._is_warned)

    def _make(self) -> None:
        for button in self.buttons.values():
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        for i, tab in enumerate(self._tabs):
            button = self.buttons[tab.venue] = VenueTab(tab, self._tokens)
            button.clicked.connect(lambda _=False, venue=tab.venue: self.chosen.emit(venue))
            self._row.insertWidget(i, button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, width, height = self._tokens, self.width(), self.height()
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        brush.fill(0, 0, width, height, tokens.own_dim if self._is_warned else tokens.panel)
        brush.hline(0, height - 1, width, tokens.own if self._is_warned else tokens.line)
        chips = [chip.width() + GAP for chip in self.standing.chips.values() if not chip.isHidden()]
        left = sum(button.width() for button in self.buttons.values()) + sum(chips) + 2 * metrics.EDGE_PAD
        text = self._cache.elided("secondary", self.phase, width - metrics.EDGE_PAD - left)
        brush.right(width - metrics.EDGE_PAD, metrics.baseline(0, height - 1), text, "secondary", tokens.text2)
