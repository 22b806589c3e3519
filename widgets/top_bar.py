"""The window's first line: workspaces, command box, account, the day's result, armed or locked, the clock.

Painted, except the command box. The clock's rectangle is repainted at every frame, the account's when the day's result
moves; the rest hardly ever.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import clock_text, px_text, signed_money
from hts.desk.keymap import Keymap
from hts.desk.own_money import may_borrow
from hts.desk.status import day_currency, day_result
from themes import metrics
from widgets.command_box import CommandBox
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.workspace_tabs import Row, WorkspaceTabs

HEIGHT = metrics.TOP_BAR
BOX_W = 430
BOX_W_MIN = 140
# Left of the armed block: account, cash and result of the day; without cash; the result alone.
ACCOUNT_WIDTHS = (500, 360, 190)
CLOCK_W = 178
ARMED_W = 176
BOX_W_GOOD = 260  # tabs give way before the box gets narrower


class TopBar(QWidget):
    """workspace_chosen(name), action_chosen(action), renamed(name, title): of the tabs.   arm_clicked()."""

    workspace_chosen = Signal(str)
    action_chosen = Signal(str)
    renamed = Signal(str, str)
    arm_clicked = Signal()

    def __init__(self, context: PanelContext, keymap: Keymap, box: CommandBox) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT + 1)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(context.texts("top_bar.title"))
        self._context = context
        self._keymap = keymap
        self._cache = TextCache()
        self._trade_ns = 0
        self._shown = ("", False)
        self._box = box
        box.setParent(self)
        self._tabs = WorkspaceTabs(context)
        self._tabs.setParent(self)
        self._tabs.chosen.connect(self.workspace_chosen)
        self._tabs.action_chosen.connect(self.action_chosen)
        self._tabs.renamed.connect(self.renamed)

    def _fit(self) -> None:
        """Tabs at the left as far as the command box leaves room for them."""
        end = self.armed_rect().x() - self._account_w
        tabs = max(min(self._tabs.full_width, end - BOX_W_GOOD - 14), 0)
        self._tabs.setGeometry(0, 0, tabs, HEIGHT + 1)
        self._box.setGeometry(tabs + 14, 4, max(min(BOX_W, end - tabs - 14), BOX_W_MIN), 20)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_workspaces(self, rows: Sequence[Row]) -> None:
        """Show these tabs."""
        self._tabs.set_rows(rows)
        self._fit()

    def rename(self) -> None:
        """Type another title over the tab that is open."""
        self._tabs.rename()

    def set_workspace(self, name: str) -> None:
        """Mark the workspace that is open."""
        self._tabs.set_current(name)

    def refresh(self) -> None:
        """Something other than the clock may have changed."""
        orders = self._context.orders
        day = signed_money(day_result(self._context.market, orders), day_currency(orders))
        armed = self._context.actions.is_armed
        before, self._shown = self._shown, (f"{day} {self._cash_text()} {self._borrows}", armed)
        if armed != before[1]:
            self.update(self.armed_rect())
        if self._shown[0] != before[0]:
            self.update(self._account_rect())

    @property
    def _borrows(self) -> bool:
        """Whether an order from here could borrow."""
        return may_borrow(self._context.settings, self._context.orders.account)

    def _cash_text(self) -> str:
        """The account's cash; empty when the trader does not want it shown."""
        money = self._context.orders.account
        if money is None or not self._context.settings.flag("look.paper_cash"):
            return ""
        return px_text(money.cash, 2 if money.currency == "USD" else 0)

    def set_time(self, trade_ns: int) -> None:
        """Venue time; repaints the clock alone."""
        if trade_ns != self._trade_ns:
            self._trade_ns = trade_ns
            self.update(self._clock_rect())

    def _clock_rect(self) -> QRect:
        return QRect(self.width() - CLOCK_W, 0, CLOCK_W, HEIGHT)

    def _account_rect(self) -> QRect:
        width = self._account_w
        return QRect(self.width() - CLOCK_W - ARMED_W - width, 0, width, HEIGHT)

    @property
    def _account_w(self) -> int:
        """What is said of the account gives way before tabs and command box do."""
        room = self.armed_rect().x() - self._tabs.full_width - BOX_W_GOOD - 14
        return next((width for width in ACCOUNT_WIDTHS if width <= room), ACCOUNT_WIDTHS[-1])

    def armed_rect(self) -> QRect:
        """Where the armed block stands in the bar."""
        return QRect(self.width() - CLOCK_W - ARMED_W, 0, ARMED_W, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self.armed_rect().contains(event.position().toPoint()):
            self.arm_clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.header)
        brush.hline(0, HEIGHT, self.width(), tokens.line)
        region = event.region()
        for rect, paint in (
            (self._account_rect(), self._paint_account),
            (self.armed_rect(), self._paint_armed),
            (self._clock_rect(), self._paint_clock),
        ):
            if region.intersects(rect):
                paint(brush)

    def _paint_clock(self, brush: Brush) -> None:
        if not self._trade_ns:
            return
        tokens = self._context.tokens
        whole = clock_text(self._trade_ns, with_ms=True)
        base = metrics.baseline(0, HEIGHT)
        left = brush.right(self.width() - 14, base, whole[8:], "secondary", tokens.text2)
        # The clock is redrawn at every frame, so its digits are drawn one by one from ten kept layouts.
        for digit in reversed(whole[:8]):
            left = brush.right(left, base + 1, digit, "clock", tokens.text)
        brush.right(left - 10, base, self._date_text(), "secondary", tokens.text2)

    def _date_text(self) -> str:
        at = datetime.fromtimestamp(self._trade_ns // 1_000_000_000, UTC) + timedelta(hours=9)
        return f"{at.month:02d}-{at.day:02d} {self._context.texts(f'weekday.{at.weekday()}')}"

    def _paint_armed(self, brush: Brush) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        rect, base = self.armed_rect(), metrics.baseline(0, HEIGHT)
        armed = self._context.actions.is_armed
        ink = tokens.on_own if armed else tokens.text2
        if armed:
            brush.fill(rect.x(), 0, rect.width(), HEIGHT, tokens.own)
        else:
            brush.frame(rect.x() + 4, 3, rect.width() - 8, HEIGHT - 6, tokens.edge)
        brush.left(rect.x() + 12, base, texts("armed.on" if armed else "armed.off"), "title", ink)
        key = texts("armed.key_lock" if armed else "armed.key_arm", key=self._keymap.keys_of("arm.toggle"))
        brush.right(rect.right() - 11, base, key, "secondary", ink)

    def _paint_account(self, brush: Brush) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        base = metrics.baseline(0, HEIGHT)
        orders = self._context.orders
        result = day_result(self._context.market, orders)
        ink = tokens.up if result > 0 else tokens.down if result < 0 else tokens.text
        right = self.armed_rect().x() - 14
        right = round(brush.right(right, base, signed_money(result, day_currency(orders)), "price_strong", ink)) - 8
        right = round(brush.right(right, base, texts("top_bar.day_result"), "secondary", tokens.text2)) - 14
        if self._account_w == ACCOUNT_WIDTHS[-1]:
            return
        brush.vline(right, 0, HEIGHT, tokens.line)
        word, ink = ("top_bar.credit", tokens.own) if self._borrows else ("top_bar.cash_only", tokens.text2)
        right = round(brush.right(right - 14, base, texts(word), "secondary", ink)) - 8
        cash = self._cash_text()
        if cash and self._account_w == ACCOUNT_WIDTHS[0]:
            right = round(brush.right(right, base, cash, "body_medium", tokens.text)) - 6
            right = round(brush.right(right, base, texts("top_bar.cash"), "secondary", tokens.text2)) - 14
        brush.right(right, base, self._context.orders.account_id, "body", tokens.text2)
