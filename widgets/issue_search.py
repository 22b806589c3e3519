"""A field on top of a menu of issues: what is typed, a code, a name or initial consonants, is offered below it.

The menus name a few issues by themselves; a market has thousands. Arrows go through what is offered, Enter takes what
is marked, else the first.
"""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidgetAction

from hts.desk.finder import QUERY_MAX, Finder
from hts.model.instruments import Instrument
from themes import metrics
from widgets.keys import OwnField
from widgets.menus import close_open, literal
from widgets.panel import PanelContext

SHOWN_TEXT = 20  # characters of what was typed, in the sentence that nothing is called so


def any_issue(_issue: Instrument) -> bool:
    """No issue is left out."""
    return True


class IssueSearch(QWidgetAction):
    """`choose(symbol)` is called with what was chosen; `fits` tells which issues may be."""

    def __init__(
        self,
        menu: QMenu,
        context: PanelContext,
        choose: Callable[[str], object],
        fits: Callable[[Instrument], bool] = any_issue,
    ) -> None:
        super().__init__(menu)
        self._menu, self._context, self._choose, self._fits = menu, context, choose, fits
        self._finder = Finder(context.market.instruments, tuple, context.texts)
        self._offered: list[QAction] = []
        self._symbols: list[str] = []
        self.field = OwnField()
        self.field.setFixedHeight(metrics.FIELD)
        self.field.setMaxLength(QUERY_MAX)
        self.field.setPlaceholderText(context.texts("issue_search.hint"))
        self.field.setAccessibleName(context.texts("issue_search.hint"))
        self.setDefaultWidget(self.field)
        menu.addAction(self)
        self._end = menu.addSeparator()
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._enter)
        self.field.left.connect(self._close_soon)
        menu.aboutToShow.connect(self.field.setFocus)

    def _search(self, text: str) -> None:
        """Offer what was found; of nothing say so."""
        for action in self._offered:
            self._menu.removeAction(action)
            action.deleteLater()
        self._offered, self._symbols = [], []
        text = text.strip()
        if not text:
            return
        instruments, texts = self._context.market.instruments, self._context.texts
        found = [one.symbol for one in self._finder.find(text) if one.symbol]
        self._symbols = [symbol for symbol in found if self._fits(instruments[symbol])]
        for symbol in self._symbols:
            action = self._offer(f"{texts.name(instruments[symbol])}  {symbol}")
            action.triggered.connect(lambda _=False, symbol=symbol: self._choose(symbol))
        if not self._symbols:
            self._offer(texts("issue_search.nothing", text=text[:SHOWN_TEXT])).setEnabled(False)

    def _offer(self, text: str) -> QAction:
        action = QAction(literal(text), self._menu)
        self._menu.insertAction(self._end, action)
        self._offered.append(action)
        return action

    def _enter(self) -> None:
        """Take what the arrows marked, else the first that was found; nothing found, nothing happens."""
        marked = self._menu.activeAction()
        if marked is not None and marked is not self and marked.isEnabled():
            QTimer.singleShot(0, close_open)
            marked.trigger()
        elif self._symbols:
            QTimer.singleShot(0, close_open)
            self._choose(self._symbols[0])

    def _close_soon(self) -> None:
        """Not within the key event of a field that goes with the menu."""
        QTimer.singleShot(0, self._menu.close)
