"""The notices panel: everything that toasts told, also while they were not to disturb."""

from collections.abc import Hashable

from PySide6.QtWidgets import QWidget

from hts.desk.frame import Frame
from hts.desk.toasts import Toast
from hts.desk.toasts_log import ToastTable
from widgets.panel import PanelContext
from widgets.tables_panel import TablePanel
from widgets.tables_view import TableView


class ToastLogView(TableView):
    """A long text is whole under the pointer."""

    def tooltip_of(self, row: Toast) -> str:
        return f"{row.news.title}\n{row.news.detail}".strip()


class NoticesPanel(TablePanel):
    """알림 기록."""

    title_key = "notices.title"
    shows_money = False
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = ToastTable(context.texts)
        self._seen = -1
        super().__init__(context, parent, group=group, view=ToastLogView(self._table, context.tokens, footer=0))
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
