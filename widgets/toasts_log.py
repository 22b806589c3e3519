"""The notices panel: everything that toasts told, also while they were not to disturb."""

from collections.abc import Hashable

from PySide6.QtWidgets import QWidget

from hts.desk.figures import clock_text
from hts.desk.frame import Frame
from hts.desk.toasts import Toast
from hts.desk.toasts_log import ToastTable
from widgets.panel import PanelContext
from widgets.tables_panel import TablePanel
from widgets.tables_view import TableView


class ToastLogView(TableView):
    """A long text is whole under the pointer, and what was told more than once says from when to when."""

    def __init__(self, table: ToastTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens, footer=0)
        self._texts = context.texts

    def tooltip_of(self, row: Toast) -> str:
        first, last = clock_text(row.first_ns), clock_text(row.news.trade_ns)
        again = self._texts("log.again", count=row.count, first=first, last=last) if row.count > 1 else ""
        return "\n".join(line for line in (row.news.title, row.news.detail, again) if line)


class NoticesPanel(TablePanel):
    """알림 기록."""

    title_key = "notices.title"
    shows_money = False
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = ToastTable(context.texts)
        self._seen = -1
        super().__init__(context, parent, group=group, view=ToastLogView(self._table, context))
        self.view.grows_at_top = True

    @property
    def subtitle(self) -> str:
        return self.context.texts("notices.count", count=len(self._table))

    def concerns(self, frame: Frame) -> bool:
        del frame
        return self.context.toasts.version != self._seen

    def symbol_of(self, key: Hashable) -> str:
        row = self.view.table.find(key)
        return str(self.view.table.row(row).news.symbol) if row >= 0 else ""

    def refresh(self, now_ns: int) -> None:
        self._seen = self.context.toasts.version
        self._table.update(self.context.toasts)
        self.show_rows(now_ns, None)
