"""The day's fills, newest first, with the sums of their costs; one by one, or added up by order or by issue."""

from collections import Counter
from collections.abc import Callable
from enum import Enum
from itertools import islice

from msgspec import Struct

from hts.desk.figures import clock_text, money_text, px_text, qty_text, signed_money
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.ratios import divide, sign
from hts.desk.tables import Column, KeyedTable, LogTable, side_tone
from hts.desk.tables_issue import code_column
from hts.desk.texts import Texts
from hts.model.enums import LastLiquidityInd
from hts.model.views import FillView


class FillGroup(Enum):
    """How fills are shown; the value is part of the text key ("fills.group.order")."""

    EACH = "each"
    ORDER = "order"
    ISSUE = "issue"


class FillRow(Struct, frozen=True, kw_only=True):
    """One fill, or several together: then `view` is the newest of them, and `count` says how many.

    `value` is price times shares, `worth` that as money of the currency. `px` of several is their average. `cum_qty` is
    what of the order, or of issue and side, had filled by then. `liquidity` is what all of them did to the book, None
    where they did not all do the same.
    """

    view: FillView
    name: str
    px_decimals: int
    currency: str
    cum_qty: int
    qty: int
    value: int
    worth: int
    fee: int
    tax: int
    key: tuple[int | str, ...]
    count: int = 1
    liquidity: LastLiquidityInd | None = LastLiquidityInd.UNKNOWN

    @property
    def px(self) -> int:
        """The price, the average one of several."""
        return divide(self.value, self.qty) if self.qty else 0

    @property
    def settled(self) -> int:
        """정산금액: what the account pays (negative) or gets, costs included."""
        return -self.view.side.sign * self.worth - self.fee - self.tax


def fill_columns(texts: Texts) -> tuple[Column[FillRow], ...]:
    """체결: time with milliseconds, numbers, issue, side, quantity, price, venue, liquidity, sum, costs, settlement."""

    def head(key: str) -> str:
        return texts(f"fills.{key}")

    return (
        Column(
            key="time", head=head("time"), rank=1, width=92, text=lambda r: clock_text(r.view.trade_ns, with_ms=True),
            order=lambda r: r.view.trade_ns, role="body_quiet", is_right=False,
        ),
        Column(
            key="number", head=head("number"), rank=9, width=62, role="body_quiet",
            text=lambda r: str(r.view.exec_id) if r.count == 1 else texts("fills.several", count=r.count),
            order=lambda r: r.view.exec_id,
        ),
        Column(
            key="order", head=head("order"), rank=10, width=62, role="body_quiet",
            text=lambda r: str(r.view.order_id) if r.count == 1 or len(r.key) == 1 else "—",
            order=lambda r: r.view.order_id,
        ),
        Column(key="name", head=head("name"), width=106, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        code_column(texts("table.code"), 11, lambda r: r.view.symbol),
        Column(
            key="side", head=head("side"), width=38, text=lambda r: texts(f"side.{r.view.side.name.lower()}"),
            order=lambda r: r.view.side.value, tone=lambda r: side_tone(r.view.side), role="body_medium",
            is_right=False,
        ),
        Column(key="qty", head=head("qty"), width=48, text=lambda r: qty_text(r.qty), order=lambda r: r.qty),
        Column(
            key="px", head=head("px"), width=80, text=lambda r: px_text(r.px, r.px_decimals),
            order=lambda r: r.px, role="price",
        ),
        Column(
            key="venue", head=head("venue"), rank=3, width=49, text=lambda r: r.view.venue,
            order=lambda r: r.view.venue, is_right=False,
        ),
        Column(
            key="liquidity", head=head("liquidity"), rank=6, width=58, role="body_quiet", is_right=False,
            text=lambda r: liquidity_text(r.liquidity, texts), order=lambda r: liquidity_text(r.liquidity, texts),
        ),
        *_sum_columns(head),
    )  # fmt: skip


def liquidity_text(liquidity: LastLiquidityInd | None, texts: Texts) -> str:
    """Whether a fill rested, took, or came of an auction; a dash where its venue does not tell it."""
    if liquidity is LastLiquidityInd.UNKNOWN:
        return "—"
    return texts(f"fills.book.{liquidity.name.lower() if liquidity is not None else 'mixed'}")


def _sum_columns(head: Callable[[str], str]) -> tuple[Column[FillRow], ...]:
    return (
        Column(key="cum", head=head("cum"), rank=4, width=52, text=lambda r: qty_text(r.cum_qty),
               order=lambda r: r.cum_qty),
        Column(key="fee", head=head("fee"), rank=5, width=64, text=lambda r: money_text(r.fee, r.currency),
               order=lambda r: r.fee, role="body_quiet"),
        Column(key="tax", head=head("tax"), rank=7, width=64, text=lambda r: money_text(r.tax, r.currency),
               order=lambda r: r.tax, role="body_quiet"),
        Column(key="settled", head=head("settled"), rank=8, width=92, role="body_medium",
               text=lambda r: signed_money(r.settled, r.currency), order=lambda r: r.settled,
               tone=lambda r: sign(r.settled)),
    )  # fmt: skip


class FillsTable(LogTable[FillRow]):
    """All fills of the day; `fees` and `taxes` are their sums by currency.

    `groups` are the same by order or by issue and side.
    """

    def __init__(self, texts: Texts) -> None:
        super().__init__(fill_columns(texts))
        self._texts = texts
        self._source: list[FillView] = []
        self._filled: dict[int, int] = {}
        self.fees: Counter[str] = Counter()
        self.taxes: Counter[str] = Counter()
        self.groups = {
            group: KeyedTable[FillRow](self.columns, natural=lambda row: -row.view.trade_ns)
            for group in (FillGroup.ORDER, FillGroup.ISSUE)
        }

    def update(self, market: MarketState, orders: OrdersState) -> None:
        """Take the fills that came since the last call; all of them again after a new snapshot."""
        if orders.fills is not self._source:  # the core sent a new snapshot
            self._source = orders.fills
            self.clear()
            self._filled.clear()
            self.fees.clear()
            self.taxes.clear()
            for table in self.groups.values():
                table.clear()
        new = [self._row(view, market) for view in islice(orders.fills, len(self), None)]
        self.extend(new)
        for row in new:
            self.fees[row.currency] += row.fee
            self.taxes[row.currency] += row.tax
            self._group(FillGroup.ORDER, (row.view.order_id,), row)
            self._group(FillGroup.ISSUE, (row.view.symbol, row.view.side.value), row)

    def _group(self, group: FillGroup, key: tuple[int | str, ...], row: FillRow) -> None:
        table = self.groups[group]
        before = table.get(key)
        qty = row.qty + (before.qty if before is not None else 0)
        table.put(
            FillRow(
                view=row.view,
                name=row.name,
                px_decimals=row.px_decimals,
                currency=row.currency,
                cum_qty=qty,
                qty=qty,
                value=row.value + (before.value if before is not None else 0),
                worth=row.worth + (before.worth if before is not None else 0),
                fee=row.fee + (before.fee if before is not None else 0),
                tax=row.tax + (before.tax if before is not None else 0),
                key=key,
                count=1 + (before.count if before is not None else 0),
                liquidity=row.liquidity if before is None or before.liquidity is row.liquidity else None,
            )
        )

    def _row(self, view: FillView, market: MarketState) -> FillRow:
        issue = market.instruments.get(view.symbol)
        filled = self._filled[view.order_id] = self._filled.get(view.order_id, 0) + view.qty
        return FillRow(
            view=view,
            name=self._texts.name(issue) if issue is not None else view.symbol,
            px_decimals=issue.px_decimals if issue is not None else 0,
            currency=issue.currency if issue is not None else "KRW",
            cum_qty=filled,
            qty=view.qty,
            value=view.px * view.qty,
            worth=issue.money(view.px, view.qty) if issue is not None else view.px * view.qty,
            fee=view.fee,
            tax=view.tax,
            key=(view.exec_id, view.order_id),
            liquidity=view.liquidity,
        )
