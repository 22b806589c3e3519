"""The day's fills, newest first, with the sums of their costs."""

from itertools import islice

from msgspec import Struct

from hts.desk.figures import clock_text, px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.tables import Column, LogTable
from hts.desk.texts import Texts
from hts.model.views import FillView


class FillRow(Struct, frozen=True, kw_only=True):
    """One fill."""

    view: FillView
    name: str
    px_decimals: int

    @property
    def key(self) -> tuple[int, int]:
        """ExecID and order."""
        return self.view.exec_id, self.view.order_id


def fill_columns(texts: Texts) -> tuple[Column[FillRow], ...]:
    """체결: time with milliseconds, name, side, quantity, price, venue."""

    def head(key: str) -> str:
        return texts(f"fills.{key}")

    return (
        Column(
            key="time",
            head=head("time"),
            rank=1,
            width=92,
            text=lambda r: clock_text(r.view.trade_ns, with_ms=True),
            order=lambda r: r.view.trade_ns,
            role="body_quiet",
            is_right=False,
        ),
        Column(key="name", head=head("name"), width=106, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(
            key="side",
            head=head("side"),
            width=38,
            text=lambda r: texts(f"side.{r.view.side.name.lower()}"),
            order=lambda r: r.view.side.value,
            tone=lambda r: r.view.side.sign,
            role="body_medium",
            is_right=False,
        ),
        Column(key="qty", head=head("qty"), width=48, text=lambda r: qty_text(r.view.qty), order=lambda r: r.view.qty),
        Column(
            key="px",
            head=head("px"),
            width=80,
            text=lambda r: px_text(r.view.px, r.px_decimals),
            order=lambda r: r.view.px,
            role="price",
        ),
        Column(
            key="venue",
            head=head("venue"),
            rank=3,
            width=49,
            text=lambda r: r.view.venue,
            order=lambda r: r.view.venue,
            is_right=False,
        ),
    )


class FillsTable(LogTable[FillRow]):
    """All fills of the day; `fees` and `taxes` are their sums."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(fill_columns(texts))
        self._texts = texts
        self._source: list[FillView] = []
        self.fees = 0
        self.taxes = 0

    def update(self, market: MarketState, orders: OrdersState) -> None:
        """Take the fills that came since the last call; all of them again after a new snapshot."""
        if orders.fills is not self._source:  # the core sent a new snapshot
            self._source = orders.fills
            self.clear()
            self.fees = self.taxes = 0
        new = list(islice(orders.fills, len(self), None))
        self.fees += sum(view.fee for view in new)
        self.taxes += sum(view.tax for view in new)
        self.extend(self._row(view, market) for view in new)

    def _row(self, view: FillView, market: MarketState) -> FillRow:
        issue = market.instruments.get(view.symbol)
        return FillRow(
            view=view,
            name=self._texts.name(issue) if issue is not None else view.symbol,
            px_decimals=issue.px_decimals if issue is not None else 0,
        )
