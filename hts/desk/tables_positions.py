"""The holdings: one row per issue that is held, marked to the terminal's own last price.

A frame looks only at the issues whose price or holding moved; sums are kept by what changed. A row's share of the whole
is reckoned when it is shown, since every price moves every share.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from hts.desk.figures import money_text, px_text, qty_text, signed_money
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.ratios import bp_text, divide, share_text, sign
from hts.desk.tables import Column, KeyedTable
from hts.desk.tables_issue import code_column
from hts.desk.texts import Texts
from hts.model.views import AccountView, PositionView

NOTHING = (0, 0, 0)


class PositionRow(Struct, frozen=True, kw_only=True):
    """One holding. `tone` is the last price against the day's base price; bp values are hundredths of a percent.

    `credit` is "" for own money, else the kind of loan; `open_date` the day of the oldest shares or of the loan,
    `due_date` when the first loan ends, `cover_bp` what the shares are worth of the loan; 0 for none. `realised` is the
    day's, `entitled_qty` what an event brings.
    """

    symbol: str
    name: str
    px_decimals: int
    currency: str
    qty: int
    average_px: int
    last_px: int
    tone: int
    pnl: int
    pnl_bp: int
    value: int
    weight_bp: int
    sellable_qty: int = 0
    cost: int = 0
    fees: int = 0
    taxes: int = 0
    credit: str = ""
    open_date: int = 0
    due_date: int = 0
    cover_bp: int = 0
    realised: int = 0
    entitled_qty: int = 0

    @property
    def key(self) -> str:
        """Issue code."""
        return self.symbol


class PositionTotals(Struct, frozen=True, kw_only=True):
    """Sums over all holdings of one currency; the last four are the account's."""

    currency: str = "KRW"
    cost: int = 0
    pnl: int = 0
    pnl_bp: int = 0
    value: int = 0
    realised: int = 0
    d1: int = 0
    d2: int = 0
    buying_power: int = 0


def position_columns(texts: Texts) -> tuple[Column[PositionRow], ...]:
    """잔고: name, kind, dates, quantities, prices, result, value, costs, loan, weight."""

    def head(key: str) -> str:
        return texts(f"positions.{key}")

    return (
        Column(key="name", head=head("name"), width=112, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        code_column(texts("table.code"), 14, lambda r: r.symbol),
        *_origin_columns(texts, head),
        Column(key="qty", head=head("qty"), width=48, text=lambda r: qty_text(r.qty), order=lambda r: r.qty),
        Column(key="sellable", head=head("sellable"), rank=5, width=56, text=lambda r: qty_text(r.sellable_qty),
               order=lambda r: r.sellable_qty),
        Column(key="avg", head=head("avg"), rank=2, width=76, text=lambda r: px_text(r.average_px, r.px_decimals),
               order=lambda r: r.average_px),
        Column(key="last", head=head("last"), width=76, text=lambda r: px_text(r.last_px, r.px_decimals),
               order=lambda r: r.last_px, tone=lambda r: r.tone, role="price", flashes=True),
        Column(key="pnl", head=head("pnl"), width=92, text=lambda r: signed_money(r.pnl, r.currency),
               order=lambda r: r.pnl, tone=lambda r: sign(r.pnl), role="body_medium"),
        Column(key="percent", head=head("percent"), width=58, text=lambda r: bp_text(r.pnl_bp),
               order=lambda r: r.pnl_bp, tone=lambda r: sign(r.pnl_bp)),
        Column(key="cost", head=head("bought"), rank=6, width=86, text=lambda r: money_text(r.cost, r.currency),
               order=lambda r: r.cost),
        Column(key="value", head=head("value"), rank=3, width=86, text=lambda r: money_text(r.value, r.currency),
               order=lambda r: r.value),
        Column(key="costs", head=head("costs"), rank=7, width=80, role="body_quiet",
               text=lambda r: money_text(r.fees + r.taxes, r.currency), order=lambda r: r.fees + r.taxes),
        Column(key="due", head=head("due"), rank=10, width=72, text=lambda r: date_text(r.due_date),
               order=lambda r: r.due_date, is_right=False),
        Column(key="cover", head=head("cover"), rank=11, width=62,
               text=lambda r: share_text(r.cover_bp) if r.cover_bp else "—", order=lambda r: r.cover_bp),
        Column(key="realised", head=head("realised_head"), rank=12, width=86, order=lambda r: r.realised,
               text=lambda r: signed_money(r.realised, r.currency), tone=lambda r: sign(r.realised)),
        Column(key="entitled", head=head("entitled"), rank=13, width=58, order=lambda r: r.entitled_qty,
               text=lambda r: qty_text(r.entitled_qty) if r.entitled_qty else "—", role="body_quiet"),
        # Every price moves every share; their order is that of the values.
        Column(key="weight", head=head("weight"), rank=4, width=58, text=lambda r: share_text(r.weight_bp),
               order=lambda r: r.value, role="body_quiet"),
    )  # fmt: skip


def _origin_columns(texts: Texts, head: Callable[[str], str]) -> tuple[Column[PositionRow], ...]:
    return (
        Column(key="kind", head=head("kind"), rank=8, width=48, order=lambda r: r.credit, is_right=False,
               text=lambda r: texts(f"positions.origin.{r.credit or 'own'}")),
        Column(key="opened", head=head("opened"), rank=9, width=72, text=lambda r: date_text(r.open_date),
               order=lambda r: r.open_date, is_right=False, role="body_quiet"),
    )  # fmt: skip


def date_text(date: int) -> str:
    """20261120 as `2026-11-20`; a dash for none."""
    return f"{date // 10_000}-{date // 100 % 100:02d}-{date % 100:02d}" if date else "—"


class PositionsTable(KeyedTable[PositionRow]):
    """All holdings; `totals` are their sums."""

    def __init__(self, texts: Texts) -> None:
        self._places: dict[str, int] = {}  # in the order in which the core told them
        super().__init__(position_columns(texts), natural=lambda row: self._places[row.symbol])
        self._texts = texts
        self._sums: dict[str, tuple[int, int, int]] = {}  # by currency: cost, result, value
        self.totals = PositionTotals()

    def row(self, number: int) -> PositionRow:
        row = super().row(number)
        _, _, whole = self._sums[row.currency]
        return replace(row, weight_bp=divide(row.value * 10_000, whole) if whole else 0)

    def update(self, market: MarketState, orders: OrdersState, symbols: Iterable[str] | None = None) -> None:
        """Mark holdings to the newest price: those of the symbols that moved, without any all of them."""
        if symbols is None:
            self.clear()
            self._places = {symbol: place for place, symbol in enumerate(orders.positions)}
            self._sums.clear()
        for symbol in orders.positions if symbols is None else symbols:
            view = orders.positions.get(symbol)
            if view is not None:
                self._places.setdefault(symbol, len(self._places))
                self._mark(view, market, orders)
        self.totals = self._totals(orders.account)

    def _mark(self, view: PositionView, market: MarketState, orders: OrdersState) -> None:
        before = self.get(view.symbol)
        if before is not None:
            self._add_up(before, -1)
        if not view.qty:
            self.remove(view.symbol)
            return
        row = self._row(view, market, orders)
        self._add_up(row, 1)
        if row != before:
            self.put(row)

    def _add_up(self, row: PositionRow, sign_: int) -> None:
        cost, pnl, value = self._sums.get(row.currency, NOTHING)
        sums = (cost + sign_ * row.cost, pnl + sign_ * row.pnl, value + sign_ * row.value)
        self._sums[row.currency] = sums

    def _row(self, view: PositionView, market: MarketState, orders: OrdersState) -> PositionRow:
        issue = market.instruments.get(view.symbol)
        last_px = market.last_px(view.symbol)
        pnl = orders.open_pnl(view.symbol, last_px, issue)
        held = abs(view.qty)
        worth = issue.money(last_px, held) if issue is not None else held * last_px
        loans = [lot for lot in view.lots if lot.credit]
        lots = loans or view.lots
        return PositionRow(
            symbol=view.symbol,
            name=self._texts.name(issue) if issue is not None else view.symbol,
            px_decimals=issue.px_decimals if issue is not None else 0,
            currency=issue.currency if issue is not None else view.currency,
            qty=view.qty,
            average_px=issue.average_px(abs(view.cost), held) if issue is not None else divide(abs(view.cost), held),
            last_px=last_px,
            tone=market.direction(view.symbol, last_px),
            pnl=pnl,
            pnl_bp=divide(pnl * 10_000, abs(view.cost)) if view.cost else 0,
            value=worth,
            weight_bp=0,
            sellable_qty=view.sellable_qty,
            cost=abs(view.cost),
            fees=view.fees,
            taxes=view.taxes,
            credit=loans[0].credit if loans else "",
            open_date=min((lot.open_date for lot in lots if lot.open_date), default=0),
            due_date=min((lot.due_date for lot in loans if lot.due_date), default=0),
            cover_bp=divide(worth * 10_000, abs(view.loan)) if view.loan else 0,
            realised=view.realised,
            entitled_qty=view.entitled_qty,
        )

    def _totals(self, account: AccountView | None) -> PositionTotals:
        currency = account.currency if account is not None else next(iter(self._sums), PositionTotals().currency)
        cost, pnl, value = self._sums.get(currency, NOTHING)
        return PositionTotals(
            currency=currency,
            cost=cost,
            pnl=pnl,
            pnl_bp=divide(pnl * 10_000, cost) if cost else 0,
            value=value,
            realised=account.realised if account is not None else 0,
            d1=account.d1 if account is not None else 0,
            d2=account.d2 if account is not None else 0,
            buying_power=account.buying_power if account is not None else 0,
        )
