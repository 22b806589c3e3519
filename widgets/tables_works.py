"""What the core works on: routed orders, algorithms, conditional orders, with their progress."""

from collections.abc import Hashable
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from hts.desk.frame import Frame
from hts.desk.tables import side_tone
from hts.desk.tables_works import WorkRow, WorksTable
from hts.model.units import ClOrdID
from hts.model.work import AlgoSpec, WorkAct, WorkState, WorkView
from themes import metrics
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.tables_panel import CHART, XRAY, MenuAction, TablePanel
from widgets.tables_view import TableView

PAUSE, AMEND = "P", "E"
BAR_HEIGHT = 6
BAR_RIGHT_PAD = 10
SHOWN_FOR_NS = 1_000_000_000


class WorksView(TableView):
    """Rows with a bar: what has filled, and a mark where the schedule stands."""

    def __init__(self, table: WorksTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens, footer=0)

    def paint_row(self, brush: Brush, row: WorkRow, y: int, base: int) -> None:
        for i, column in self.shown_columns():
            if column.key == "progress":
                self._paint_bar(brush, row, i, y)
            else:
                self.paint_cell(brush, row, (i, column), y, base)

    def _paint_bar(self, brush: Brush, row: WorkRow, at: int, y: int) -> None:
        tokens = self.tokens
        start, end = self.cell_edges(at)
        width = max(end - start - BAR_RIGHT_PAD, 1)
        top = y + (metrics.TABLE_ROW - BAR_HEIGHT) // 2
        brush.fill(start, top, width, BAR_HEIGHT, tokens.line)
        side = self.tones[side_tone(row.view.side)]
        brush.fill(start, top, width * min(row.filled_permille, 1_000) // 1_000, BAR_HEIGHT, side)
        if row.view.points and not row.view.state.is_over:
            brush.fill(start + width * min(row.due_permille, 1_000) // 1_000, top - 2, 1, BAR_HEIGHT + 4, tokens.text)


class WorksPanel(TablePanel):
    """작업 주문: Delete cancels, P pauses or lets go on, both also when locked; E changes an algorithm's terms."""

    title_key = "works.title"
    empty: ClassVar[tuple[str, str]] = ("works.empty", "buy.sweep")
    letters: ClassVar[dict[str, str]] = {
        PAUSE: "works.menu_turn", AMEND: "works.menu_amend", XRAY: "table.menu_xray", CHART: "table.menu_chart",
    }  # fmt: skip

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = WorksTable(context.texts)
        self._shown_ns = 0
        super().__init__(context, parent, group=group, view=WorksView(self._table, context))
        self.view.deleted.connect(self._cancel)

    @property
    def subtitle(self) -> str:
        return self.context.texts("works.count", count=self._table.running_count)

    def concerns(self, frame: Frame) -> bool:
        """Plans and the market's own price go on while nothing of the work changes."""
        is_old = self._table.running_count and frame.now_ns - self._shown_ns >= SHOWN_FOR_NS
        return bool(frame.orders.works or frame.market.instruments or is_old)

    def row_order(self, row: Any) -> ClOrdID:
        return ClOrdID(row.view.work_id)

    def menu_actions(self, key: Hashable) -> list[MenuAction]:
        view = self._work(key)
        left_out = {
            text_key
            for letter, text_key in self.letters.items()
            if (letter == PAUSE and not _turns(view)) or (letter == AMEND and not _is_amended(view))
        }
        actions = [(text_key, act) for text_key, act in super().menu_actions(key) if text_key not in left_out]
        return [("works.menu_cancel", lambda: self._cancel(key)), *actions] if view is not None else actions

    def act(self, letter: str, key: Hashable) -> None:
        view = self._work(key)
        if letter == PAUSE and _turns(view) and view is not None:
            act = WorkAct.PAUSE if view.state is WorkState.RUNNING else WorkAct.RESUME
            self.context.actions.control_work(view.work_id, act)
        elif letter == AMEND and _is_amended(view) and view is not None:
            self.context.algo.amend(view.work_id)
            self._open("algo_form")
        else:
            super().act(letter, key)

    def _work(self, key: Hashable) -> WorkView | None:
        """What a row speaks of, while something can be done to it."""
        view = self.context.orders.works.get(ClOrdID(key)) if isinstance(key, int) else None
        return view if view is not None and not view.state.is_over else None

    def refresh(self, now_ns: int) -> None:
        self._shown_ns = now_ns
        self._table.update(self.context.market, self.context.orders, self.context.market.trade_ns)
        self.show_rows(now_ns, None)

    def _cancel(self, key: Any) -> None:
        view = self._work(key)
        if view is not None:
            self.context.actions.control_work(view.work_id, WorkAct.CANCEL)


def _turns(view: WorkView | None) -> bool:
    """Whether it can be paused, or told to go on."""
    return view is not None and view.state in (WorkState.RUNNING, WorkState.PAUSED)


def _is_amended(view: WorkView | None) -> bool:
    """Whether it can be given other terms: an algorithm that is no part of a basket."""
    return view is not None and isinstance(view.spec, AlgoSpec) and not view.parent_id
