"""The ranking panel (순위): one of the rankings of the day over all issues, remade once a second.

Beside the rank stands how many places an issue won or lost within the last minute.
"""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.ranking import EXPECTED, NAMES, SCOPES, Breadth, Ranking, RankRow, moved_text
from hts.desk.tables import Column
from themes import metrics
from widgets.controls import Button, Choice
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_empty import Empty
from widgets.tables_menu import IssueMenu
from widgets.tables_view import TableView

LOOK_NS = 1_000_000_000
REMEMBER_NS = 60_000_000_000
CHIPS = ("rise", "fall", "volume", "value")  # the others are in the menu beside them


class RankView(TableView):
    """Triangles before changes, places won beside the rank."""

    def __init__(self, table: Ranking, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_cell(self, brush: Brush, row: RankRow, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        i, column = at
        super().paint_cell(brush, row, at, y, base)
        begin, end = self.cell_edges(i)
        if column.key == "change" and row.change:
            middle = y + metrics.TABLE_ROW // 2
            tone = self.row_tones.of(row)[1 if row.change > 0 else -1]
            brush.change(begin, middle, row.change, tone, is_limit=row.is_limit)
        elif column.key == "name" and row.moved:
            width = brush.texts.width("body", row.name)
            text = moved_text(row.moved)
            if begin + width + brush.texts.width("cap", text) + 8 < end:
                ink = self.tokens.healthy if row.moved > 0 else self.tokens.text3
                brush.right(end, base, text, "cap", ink)

    def paint_footer(self, brush: Brush, footer: Breadth, base: int) -> None:
        tokens, texts = self.tokens, self._texts
        small, middle = metrics.TRIANGLE_SMALL_W, base - 4
        x = metrics.EDGE_PAD
        for count, is_up, ink in ((footer.up, True, tokens.up), (footer.down, False, tokens.down)):
            brush.triangle(x, middle, is_up, ink, small)
            x = round(brush.left(x + small + 4, base, str(count), "title", ink)) + 12
        brush.left(x, base, texts("ranking.flat", count=footer.flat), "secondary", tokens.text2)


class RankingPanel(Panel):
    """순위."""

    title_key = "ranking.title"
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.table = Ranking(context.texts)
        self._looked_ns = self._remembered_ns = 0
        self.view = RankView(self.table, context)
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts("ranking.title"))
        self.view.empty = Empty(context, "ranking.empty", "")
        self.setFocusProxy(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_chips())
        column.addWidget(self.view, 1)
        self.view.chosen.connect(lambda symbol: context.selection.choose(str(symbol), self.group))
        self.view.activated.connect(lambda symbol: context.selection.choose(str(symbol), self.group))
        self.menu = IssueMenu(self, self.view)
        self.choose("rise", "all")

    def _make_chips(self) -> QHBoxLayout:
        tokens, texts = self.context.tokens, self.context.texts
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        self.chips: dict[str, Button] = {}
        for kind in CHIPS:
            chip = self.chips[kind] = Button(tokens, texts(f"ranking.kind.{kind}"), look="chip", height=metrics.FIELD)
            chip.clicked.connect(lambda _=False, kind=kind: self.choose(kind, self.table.scope))
            row.addWidget(chip)
        self.more = Choice(tokens, texts("ranking.more"), [(texts(f"ranking.kind.{kind}"), "") for kind in NAMES])
        self.more.chosen.connect(lambda i: self.choose(NAMES[i], self.table.scope))
        self.more.setMinimumWidth(104)
        row.addWidget(self.more, 1)
        self.scope = Button(tokens, texts("ranking.scope.all"), look="chip", height=metrics.FIELD)
        self.scope.clicked.connect(self.next_scope)
        row.addWidget(self.scope)
        return row

    def stored(self) -> dict[str, Any]:
        table = self.table
        own = {"kind": table.kind, "scope": table.scope} if (table.kind, table.scope) != (NAMES[0], SCOPES[0]) else {}
        return {**self.menu.stored(), **own}

    def take_stored(self, stored: dict[str, Any]) -> None:
        """Columns and ranking; what does not hold is as it was at first."""
        self.menu.take_stored(stored)
        kind, scope = stored.get("kind"), stored.get("scope")
        self.choose(kind if kind in NAMES else NAMES[0], scope if scope in SCOPES else SCOPES[0])

    def choose(self, kind: str, scope: str) -> None:
        """Show another ranking, from its top."""
        texts = self.context.texts
        self.table.choose(kind, scope)
        for name, chip in self.chips.items():
            chip.show_as(chip.text(), "chosen" if name == kind else "chip")
        self.more.show_choice(texts(f"ranking.kind.{kind}"), "")
        self.scope.show_as(texts(f"ranking.scope.{scope}"), "chosen" if scope != "all" else "chip")
        self.view.verticalScrollBar().setValue(0)
        self._looked_ns = 0
        self.mark_dirty()

    def next_scope(self) -> None:
        """All issues, then each market that has any, then ETFs."""
        self.choose(self.table.kind, self.table.next_scope(self.context.universe))

    def kept(self) -> tuple[str, str]:
        """The ranking, for a window that is made anew."""
        return self.table.kind, self.table.scope

    def take_kept(self, kept: object) -> None:
        """Show the ranking of before."""
        if isinstance(kept, tuple) and len(kept) == 2 and kept[0] in NAMES and kept[1] in SCOPES:
            self.choose(kept[0], kept[1])

    @property
    def subtitle(self) -> str:
        texts, scope = self.context.texts, self.table.scope
        return f"{texts(f'ranking.kind.{self.table.kind}')} · {texts(f'ranking.scope.{scope}')}"

    def concerns(self, frame: Frame) -> bool:
        market = frame.market
        called = self.table.kind == EXPECTED and market.books
        return bool(market.trades or market.instruments or called or frame.selection)

    def refresh(self, now_ns: int) -> None:
        if now_ns - self._looked_ns < LOOK_NS:
            self.view.select(self.symbol)
            self.view.show_rows(now_ns, self.table.breadth)
            self.mark_dirty()
            return
        self._looked_ns = now_ns
        if self.table.kind == "surge":
            self.context.universe.wants_days = True  # where the list does not tell yesterday's volume
        self.table.update(self.context.universe, self.context.market)
        if now_ns - self._remembered_ns >= REMEMBER_NS:
            self._remembered_ns = now_ns
            self.table.remember()
        self.view.select(self.symbol)
        if self.view.show_rows(now_ns, self.table.breadth):
            self.mark_dirty()
