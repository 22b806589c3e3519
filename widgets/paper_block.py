"""The block at the window's corner that cannot be mistaken: paper or live."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from themes import fonts, metrics
from widgets.panel import PanelContext

WIDTH = 127


class PaperBlock(QWidget):
    """Violet with two lines while trading is on paper; the danger colour when it is not."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setFixedSize(WIDTH, metrics.TOP_BAR + 1 + metrics.STATUS_STRIP)
        self.setAccessibleName(context.texts("paper.title"))
        self._said_paper = True
        self._context = context

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        status = self._context.orders.status
        paper = status is None or status.paper
        if paper is not self._said_paper:
            self._said_paper = paper
            self.setAccessibleName(texts("paper.title" if paper else "paper.live"))
        painter = QPainter(self)
        painter.fillRect(event.rect(), tokens.paper if paper else tokens.danger)
        painter.setPen(tokens.on_fill)
        for role, text, baseline in (
            ("name", texts("paper.title" if paper else "paper.live"), 22),
            ("secondary", texts("paper.note" if paper else "paper.live_note"), 44),
        ):
            font = fonts.font(role)
            painter.setFont(font)
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText((self.width() - width) // 2, baseline, text)
