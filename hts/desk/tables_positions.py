"""The holdings: one row per issue that is held, marked to the terminal's own last price."""

from msgspec import Struct

from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.ratios import bp_text, divide, share_text, sign
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts


class PositionRow(Struct, frozen=True, kw_only=True):
    """One holding. `tone` is the last price against the day's base price; bp values are hundredths of a percent."""

    symbol: str
    name: str
    px_decimals: int
    qty: int
    average_px: int
    last_px: int
    tone: int
    pnl: int
    pnl_bp: int
    value: int
    weight_bp: int

    @property
    def key(self) -> str:
        """Issue code."""
        return self.symbol


class PositionTotals(Struct, frozen=True, kw_only=True):
    """Sums over all holdings of one currency."""

    cost: int = 0
    pnl: int = 0
    pnl_bp: int = 0
    value: int = 0


def position_columns(texts: Texts) -> tuple[Column[PositionRow], ...]:
    """잔고: name, quantity, average price, last price, result, its percent, value, weight."""

    def head(key: str) -> str:
        return texts(f"positions.{key}")

    return (
        Column(key="name", head=head("name"), width=108, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(key="qty", head=head("qty"), width=48, text=lambda r: qty_text(r.qty), order=lambda r: r.qty),
        Column(
            key="avg",
            head=head("avg"),
            rank=2,
            width=76,
            text=lambda r: px_text(r.average_px, r.px_decimals),
            order=lambda r: r.average_px,
        ),
        Column(
            key="last",
            head=head("last"),
            width=76,
            text=lambda r: px_text(r.last_px, r.px_decimals),
            order=lambda r: r.last_px,
            tone=lambda r: r.tone,
            role="price",
            flashes=True,
        ),
        Column(
            key="pnl",
            head=head("pnl"),
            width=92,
            text=lambda r: signed_text(r.pnl, r.px_decimals),
            order=lambda r: r.pnl,
            tone=lambda r: sign(r.pnl),
            role="body_medium",
        ),
        Column(
            key="percent",
            head=head("percent"),
            width=62,
            text=lambda r: bp_text(r.pnl_bp),
            order=lambda r: r.pnl_bp,
            tone=lambda r: sign(r.pnl_bp),
        ),
        Column(
            key="value",
            head=head("value"),
            rank=3,
            width=86,
            text=lambda r: px_text(r.value, r.px_decimals),
            order=lambda r: r.value,
        ),
        Column(
            key="weight",
            head=head("weight"),
            rank=4,
            width=58,
            text=lambda r: share_text(r.weight_bp),
            order=lambda r: r.weight_bp,
            role="body_quiet",
        ),
    )


class PositionsTable(ListTable[PositionRow]):
    """All holdings; `totals` are their sums."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(position_columns(texts))
        self._texts = texts
        self.totals = PositionTotals()

    def update(self, market: MarketState, orders: OrdersState) -> None:
        """Mark every holding to the newest price."""
        held = [view for view in orders.positions.values() if view.qty]
        value = sum(abs(view.qty) * market.last_px(view.symbol) for view in held)
        cost = sum(abs(view.cost) for view in held)
        rows = []
        for view in held:
            issue = market.instruments.get(view.symbol)
            last_px, pnl = market.last_px(view.symbol), orders.open_pnl(view.symbol, market.last_px(view.symbol))
            worth = abs(view.qty) * last_px
            rows.append(
                PositionRow(
                    symbol=view.symbol,
                    name=self._texts.name(issue) if issue is not None else view.symbol,
                    px_decimals=issue.px_decimals if issue is not None else 0,
                    qty=view.qty,
                    average_px=divide(abs(view.cost), abs(view.qty)),
                    last_px=last_px,
                    tone=market.direction(view.symbol, last_px),
                    pnl=pnl,
                    pnl_bp=divide(pnl * 10_000, abs(view.cost)) if view.cost else 0,
                    value=worth,
                    weight_bp=divide(worth * 10_000, value) if value else 0,
                )
            )
        pnl = sum(row.pnl for row in rows)
        self.totals = PositionTotals(cost=cost, pnl=pnl, pnl_bp=divide(pnl * 10_000, cost) if cost else 0, value=value)
        self.replace(rows)
