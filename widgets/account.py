"""The accounts' money: the chosen one's figures in blocks, all of them in a table below."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.desk.account_panel import AccountState, Block
from hts.desk.frame import Frame
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.tables_panel import TablePanel
from widgets.tables_view import TableView

LINE = 20
TITLE = 22
BLOCK_MIN_W = 230


class Blocks(QWidget):
    """Blocks side by side, as many as fit; the others below."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._cache = TextCache()
        self._blocks: tuple[Block, ...] = ()
        self.setToolTip(context.texts("account.fee_how"))

    def show_blocks(self, blocks: tuple[Block, ...]) -> None:
        """What is shown."""
        if blocks != self._blocks:
            self._blocks = blocks
            lines = [f"{line.label} {line.value}" for block in blocks for line in block.lines]
            self.setAccessibleName(", ".join(lines))
            self._fit()
            self.update()

    def _columns(self) -> int:
        return max(min(self.width() // BLOCK_MIN_W, len(self._blocks)), 1)

    def _fit(self) -> None:
        columns = self._columns()
        rows = [self._blocks[i : i + columns] for i in range(0, len(self._blocks), columns)]
        height = sum(TITLE + max(len(block.lines) for block in row) * LINE + 6 for row in rows)
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, _event: object) -> None:
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self._context.tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        columns = self._columns()
        top = 0
        for first in range(0, len(self._blocks), columns):
            row = self._blocks[first : first + columns]
            for number, block in enumerate(row):
                left = self.width() * number // columns
                self._paint_block(brush, block, left, self.width() * (number + 1) // columns, top)
            top += TITLE + max(len(block.lines) for block in row) * LINE + 6

    def _paint_block(self, brush: Brush, block: Block, left: int, right: int, top: int) -> None:
        tokens = self._context.tokens
        tones = {None: tokens.text, 0: tokens.text, 1: tokens.up, -1: tokens.down, 2: tokens.attention}
        brush.fill(left, top, right - left, TITLE, tokens.header)
        brush.hline(left, top, right - left, tokens.line)
        brush.vline(left, top, self.height(), tokens.line)
        x, end = left + metrics.EDGE_PAD, right - metrics.EDGE_PAD
        brush.left(x, metrics.baseline(top, TITLE), block.title, "title", tokens.text)
        y = top + TITLE
        for line in block.lines:
            base = metrics.baseline(y, LINE)
            role = "price_strong" if line.is_main else "body"
            begin = brush.right(end, base, line.value, role, tones[line.tone])
            label = brush.texts.elided("body", line.label, begin - x - 8)
            brush.left(x, base, label, "body", tokens.text2)
            y += LINE


class AccountPanel(TablePanel):
    """예수금·계좌."""

    title_key = "account.title"
    letters = {}  # noqa: RUF012  no row of it is an issue

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self.state = AccountState(context.texts)
        super().__init__(context, parent, group=group, view=TableView(self.state.table, context.tokens, footer=0))
        self.blocks = Blocks(context)
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.setSpacing(0)
        box.insertWidget(0, self.blocks)
        self.view.chosen.connect(lambda _key: self.mark_dirty())

    def row_symbol(self, _row: object) -> str:
        return ""

    @property
    def subtitle(self) -> str:
        chosen = self.state.chosen
        return f"{chosen.account} {chosen.currency}" if chosen is not None else ""

    def concerns(self, frame: Frame) -> bool:
        return frame.orders.account

    def refresh(self, now_ns: int) -> None:
        chosen = self.view.selected
        self.state.update(self.context.orders, chosen if isinstance(chosen, tuple) else None)
        if self.state.chosen is not None:
            self.view.select((self.state.chosen.account, self.state.chosen.currency))
        self.blocks.show_blocks(self.state.blocks())
        self.show_rows(now_ns, None)
