"""The account's tables: holdings, working orders, fills."""

from collections.abc import Hashable
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from hts.desk.figures import money_text, moneys_text, signed_money
from hts.desk.frame import Frame
from hts.desk.orders import OrderChanges
from hts.desk.ratios import bp_text, sign
from hts.desk.tables_fills import FillGroup, FillsTable
from hts.desk.tables_orders import OrdersTable
from hts.desk.tables_positions import PositionsTable, PositionTotals
from hts.model.units import NO_ID, ClOrdID
from hts.model.views import PositionView
from themes import metrics
from widgets.painting import Brush
from widgets.panel import PanelContext
from widgets.tables_orders_view import OrdersView
from widgets.tables_panel import CHART, XRAY, MenuAction, TablePanel
from widgets.tables_view import TableView

AMEND, GROUP, HIDE = "E", "G", "H"
CLOSE, REVERSE, PROTECT = "F", "R", "P"


class PositionsView(TableView):
    """Holdings with their sums under the columns."""

    def __init__(self, table: PositionsTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_footer(self, brush: Brush, footer: PositionTotals, base: int) -> None:
        """Sums under their columns; the account's figures where the columns leave room."""
        tokens, texts, currency = self.tokens, self._texts, footer.currency
        tone = self.row_tones.of(footer)[sign(footer.pnl)]
        x = brush.left(metrics.EDGE_PAD, base, texts("positions.total"), "title", tokens.text)
        sums = {
            "pnl": (signed_money(footer.pnl, currency), tone),
            "percent": (bp_text(footer.pnl_bp), tone),
            "cost": (money_text(footer.cost, currency), tokens.text),
            "value": (money_text(footer.value, currency), tokens.text),
        }
        shown = self.shown_columns()
        first = self.viewport().width()
        for i, column in shown:
            if column.key in sums:
                text, color = sums[column.key]
                first = min(first, round(brush.right(self.cell_edges(i)[1], base, text, "title", color)))
        facts = [
            texts("positions.realised", value=signed_money(footer.realised, currency)),
            texts("positions.settles", d1=money_text(footer.d1, currency), d2=money_text(footer.d2, currency)),
            texts("positions.power", value=money_text(footer.buying_power, currency)),
        ]
        if "cost" not in {column.key for _, column in shown}:
            facts.insert(0, texts("positions.cost", value=money_text(footer.cost, currency)))
        for fact in facts:
            width = brush.texts.width("secondary", fact)
            if x + 14 + width > first - 14:
                return
            x = brush.left(x + 14, base, fact, "secondary", tokens.text2)


class PositionsPanel(TablePanel):
    """잔고: F closes the chosen holding, R turns it round, P places both exits; the first press of F or R asks."""

    title_key = "positions.title"
    letters: ClassVar[dict[str, str]] = {
        CLOSE: "positions.menu_close",
        REVERSE: "positions.menu_reverse",
        PROTECT: "positions.menu_protect",
        CHART: "table.menu_chart",
    }
    is_calm = True  # while only prices move
    empty: ClassVar[tuple[str, str]] = ("positions.empty", "buy.market")

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = PositionsTable(context.texts)
        self._source: dict[str, PositionView] = {}
        self._moved: set[str] | None = None  # issues to look at again, None for all
        self._followed = ""  # the issue whose row was chosen last because the issue was
        super().__init__(context, parent, group=group, view=PositionsView(self._table, context))

    @property
    def subtitle(self) -> str:
        return self.context.texts("positions.count", count=len(self._table))

    def concerns(self, frame: Frame) -> bool:
        held = self.context.orders.positions
        moved = any(symbol in held for symbol in frame.market.trades)
        money = frame.orders.positions or frame.orders.account
        return bool(moved or money or frame.market.instruments or frame.selection)

    def tells_of(self, orders: OrderChanges) -> bool:
        """All holdings are shown, whatever issue is chosen."""
        return orders.positions or orders.account

    def on_frame(self, frame: Frame) -> None:
        if frame.market.instruments:
            self._moved = None
        elif self._moved is not None:
            self._moved |= frame.orders.symbols
            self._moved |= self.context.orders.positions.keys() & frame.market.trades.keys()
        super().on_frame(frame)

    def row_symbol(self, row: Any) -> str:
        return str(row.symbol)

    def act(self, letter: str, key: Hashable) -> None:
        actions, symbol = self.context.actions, self.symbol_of(key)
        acts = {CLOSE: actions.flatten, REVERSE: actions.reverse, PROTECT: actions.protect}
        if letter in acts and symbol:
            acts[letter](symbol)
        else:
            super().act(letter, key)

    def table_actions(self) -> list[MenuAction]:
        return [("positions.menu_close_all", self.context.actions.flatten_all), *super().table_actions()]

    def refresh(self, now_ns: int) -> None:
        orders = self.context.orders
        if orders.positions is not self._source:  # the core sent a new snapshot
            self._source, self._moved = orders.positions, None
        self._table.update(self.context.market, orders, self._moved)
        self._moved = set()
        if self.symbol != self._followed:  # else the row that the trader chose stays
            self._followed = self.symbol
            self.view.select(self.symbol)
        self.show_rows(now_ns, self._table.totals)


class OrdersPanel(TablePanel):
    """미체결: Delete cancels the chosen orders, also when locked; E amends, X shows the x-ray, C the chart.

    H takes those that were refused out of the list, once they have been read.
    """

    title_key = "orders.title"
    empty: ClassVar[tuple[str, str]] = ("orders.empty", "buy.bid")
    letters: ClassVar[dict[str, str]] = {
        AMEND: "orders.menu_amend",
        XRAY: "table.menu_xray",
        CHART: "table.menu_chart",
        HIDE: "orders.menu_hide",
    }

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = OrdersTable(context.texts)
        self._symbols: set[str] = set(context.market.instruments)
        super().__init__(context, parent, group=group, view=OrdersView(self._table, context))
        self._followed = NO_ID
        self.view.deleted.connect(self._cancel)
        self.view.chosen.connect(self._pick)

    @property
    def subtitle(self) -> str:
        return self.context.texts("orders.count", count=self._table.working_count)

    @property
    def selected_order(self) -> ClOrdID | None:
        """The selected order while it works."""
        key = self.view.selected
        view = self.context.orders.orders.get(ClOrdID(key)) if isinstance(key, int) else None
        return view.order_id if view is not None and not view.ord_status.is_terminal else None

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.orders.orders or frame.market.instruments or frame.selection)

    def on_frame(self, frame: Frame) -> None:
        self._symbols |= frame.orders.symbols
        if frame.market.instruments:
            self._symbols |= set(self.context.market.instruments)
        super().on_frame(frame)

    def row_order(self, row: Any) -> ClOrdID:
        return ClOrdID(row.view.order_id)

    def act(self, letter: str, key: Hashable) -> None:
        if letter == AMEND:
            order_id = self.selected_order
            if order_id is not None and order_id == key:
                self.context.selection.choose(self.symbol_of(key), self.group)
                self.context.form.amend(order_id)
                self.context.run("form.amend")
            return
        if letter == HIDE:
            self.hide_refused()
            return
        super().act(letter, key)

    def hide_refused(self) -> None:
        """Refused orders have been read; the log and the x-ray still have them."""
        count = self._table.hide_refused()
        self.context.say(self.context.texts("orders.hidden" if count else "orders.none_refused", count=count))
        self.mark_dirty()

    def menu_actions(self, key: Hashable) -> list[MenuAction]:
        chosen = self.view.chosen_keys
        own: list[MenuAction] = []
        if self.selected_order is not None or len(chosen) > 1:
            symbol = self.symbol_of(key)
            own = [
                ("orders.menu_cancel", lambda: self._cancel_all(chosen)),
                ("orders.menu_cancel_symbol", lambda: self.context.actions.cancel_all(symbol)),
            ]
        actions = super().menu_actions(key)
        absent = {"orders.menu_amend"} if self.selected_order is None else set[str]()
        if self._table.last_refused is None:
            absent.add("orders.menu_hide")
        actions = [action for action in actions if action[0] not in absent]
        return [*own, *actions]

    def refresh(self, now_ns: int) -> None:
        picked = self.context.selection.picked
        if picked != self._followed:  # a key picked another order: its row is the chosen one
            self._followed = picked
            if picked:
                self.view.reveal(picked)
        symbols, self._symbols = self._symbols, set()
        self._table.update(self.context.market, self.context.orders, symbols)
        self.show_rows(now_ns, (self._table.last_refused, self._table.waiting_text))

    def _choose(self, key: Hashable) -> None:
        super()._choose(key)
        self._pick(key)  # turning to its issue lets go of what was picked before

    def _pick(self, key: Hashable) -> None:
        """Keys act on the chosen row's order from now on, if it works."""
        self._followed = self.selected_order or NO_ID
        self.context.selection.pick(self._followed if self._followed == key else NO_ID)

    def _cancel_all(self, keys: list[Hashable]) -> None:
        for key in keys:
            self._cancel(key)

    def _cancel(self, key: Hashable) -> None:
        """One of the chosen orders, if it still works."""
        view = self.context.orders.orders.get(ClOrdID(key)) if isinstance(key, int) else None
        if view is not None and not view.ord_status.is_terminal:
            self.context.actions.cancel(view.order_id)


class FillsView(TableView):
    """Fills with the day's realised result and costs."""

    def __init__(self, table: FillsTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens)
        self._texts = context.texts

    def paint_footer(self, brush: Brush, footer: tuple[str, int, str, str], base: int) -> None:
        realised, tone, fees, taxes = footer
        tokens, texts = self.tokens, self._texts
        x = brush.left(metrics.EDGE_PAD, base, texts("fills.realised"), "secondary", tokens.text2) + 10
        x = brush.left(x, base, realised, "title", self.tones[tone])
        costs = texts("fills.costs", fee=fees, tax=taxes)
        right = self.viewport().width() - metrics.EDGE_PAD
        brush.right(right, base, brush.texts.elided("secondary", costs, right - x - 12), "secondary", tokens.text2)


class FillsPanel(TablePanel):
    """체결: one by one; G adds them up by order, then by issue."""

    title_key = "fills.title"
    empty: ClassVar[tuple[str, str]] = ("fills.empty", "buy.market")
    letters: ClassVar[dict[str, str]] = {XRAY: "table.menu_xray", CHART: "table.menu_chart", GROUP: "fills.menu_group"}

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        self._table = FillsTable(context.texts)
        self.grouping = FillGroup.EACH
        super().__init__(context, parent, group=group, view=FillsView(self._table, context))
        self.view.grows_at_top = True

    @property
    def subtitle(self) -> str:
        texts = self.context.texts
        count = texts("fills.count", count=len(self._table))
        return count if self.grouping is FillGroup.EACH else f"{count} · {texts(f'fills.group.{self.grouping.value}')}"

    def row_order(self, row: Any) -> ClOrdID:
        return ClOrdID(row.view.order_id)

    def act(self, letter: str, key: Hashable) -> None:
        if letter == GROUP:
            groups = tuple(FillGroup)
            self.group_by(groups[(groups.index(self.grouping) + 1) % len(groups)])
        else:
            super().act(letter, key)

    def group_by(self, grouping: FillGroup) -> None:
        """Show fills one by one, or added up."""
        before = self.view.table
        self.grouping = grouping
        self.view.table = self._table if grouping is FillGroup.EACH else self._table.groups[grouping]
        self.view.table.sort_as(before.sort_by, descending=before.descending)
        self.view.marks.clear()
        self.view.selected = None
        self.mark_dirty()

    def stored(self) -> dict[str, Any]:
        kept = super().stored()
        return kept if self.grouping is FillGroup.EACH else {**kept, "group": self.grouping.value}

    def take_stored(self, stored: dict[str, Any]) -> None:
        super().take_stored(stored)
        found = [group for group in FillGroup if group.value == stored.get("group")]
        self.group_by(found[0] if found else FillGroup.EACH)

    def concerns(self, frame: Frame) -> bool:
        return bool(frame.orders.fills or frame.orders.account)

    def refresh(self, now_ns: int) -> None:
        self._table.update(self.context.market, self.context.orders)
        self.show_rows(now_ns, self._footer())

    def _footer(self) -> tuple[str, int, str, str]:
        """What was realised and its sign, fees and taxes: each in its currency."""
        orders, table = self.context.orders, self._table
        home = orders.account.currency if orders.account is not None else ""
        realised = {one.currency: one.realised for one in orders.monies.values() if one.account == orders.account_id}
        costs = (moneys_text(table.fees, home), moneys_text(table.taxes, home))
        signs = {sign(amount) for amount in realised.values() if amount}
        return moneys_text(realised, home, signed=True), signs.pop() if len(signs) == 1 else 0, *costs
