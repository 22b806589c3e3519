"""Best execution as a trader reads it: each routed order against its arrival price and against the ways not taken.

Slippage is from the arrival price, in hundredths of a basis point: positive is worse. What was saved is of the books
that were seen, fees and taxes included, and only of the part that could trade at once (hts.model.past_fills).
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from hts.desk.figures import clock_text, money_text, px_text, qty_text, signed_money, signed_text
from hts.desk.ratios import divide, sign
from hts.desk.tables import Column, side_tone
from hts.desk.tables_positions import date_text
from hts.desk.texts import Texts
from hts.model.instruments import CURRENCY_DECIMALS
from hts.model.past_fills import PastFill, PastRoute
from hts.model.units import ClOrdID

BASIS_POINT = 10_000
MILLION = 1_000_000


class ExecutionRow(Struct, frozen=True, kw_only=True):
    """One routed order. `by_venue` is what filled where; `saved_cbp` the saving in hundredths of a bp of the value."""

    route: PastRoute
    name: str
    px_decimals: int
    filled_qty: int
    value: int
    average_px: int
    costs: int
    slippage_cbp: int
    slippage: int
    saved_cbp: int
    by_venue: tuple[tuple[str, int], ...]
    fees_by_venue: tuple[tuple[str, int], ...] = ()

    @property
    def currency(self) -> str:
        """The issue's."""
        return self.route.currency

    @property
    def key(self) -> ClOrdID:
        """The order."""
        return self.route.work_id

    @property
    def is_short(self) -> bool:
        """Whether less filled than was wanted."""
        return self.filled_qty < self.route.qty


class ExecutionDay(Struct, frozen=True, kw_only=True):
    """One trading day, or with date 0 the sum of those that are shown. `slippage_cbp` is weighed by value."""

    date: int
    currency: str
    orders: int
    value: int
    by_venue: tuple[tuple[str, int], ...]
    best_single: str
    saved_best_single: int
    saved_cbp: int
    saved_simple: int
    slippage_cbp: int
    short: int
    fees_by_venue: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> int:
        """The day."""
        return self.date


def executions(
    routes: Iterable[PastRoute],
    fills: Iterable[PastFill],
    names: Callable[[str], str],
    decimals: Callable[[str], int],
) -> list[ExecutionRow]:
    """Rows of the orders, oldest first. `fills` are those that stand."""
    by_work: dict[ClOrdID, list[PastFill]] = {}
    for past in fills:
        if past.work_id:
            by_work.setdefault(past.work_id, []).append(past)
    return [
        _row(route, by_work.get(route.work_id, ()), names(route.symbol), decimals(route.symbol)) for route in routes
    ]


def days_of(rows: Iterable[ExecutionRow]) -> list[ExecutionDay]:
    """One row a day, the newest first."""
    found: dict[int, list[ExecutionRow]] = {}
    for row in rows:
        found.setdefault(row.route.trade_date, []).append(row)
    return [total_of(found[date], date) for date in sorted(found, reverse=True)]


def total_of(rows: Sequence[ExecutionRow], date: int = 0) -> ExecutionDay:
    """All of them in one line."""
    value, saved = sum(row.value for row in rows), sum(row.route.saved_best_single for row in rows)
    rivals: dict[str, int] = {}
    for row in rows:
        if row.route.best_single:
            rivals[row.route.best_single] = rivals.get(row.route.best_single, 0) + 1
    return ExecutionDay(
        date=date,
        currency=rows[0].route.currency if rows else "",
        orders=len(rows),
        value=value,
        by_venue=_summed(part for row in rows for part in row.by_venue),
        best_single=max(rivals, key=lambda venue: rivals[venue], default=""),
        saved_best_single=saved,
        saved_cbp=_cbp(saved, value),
        saved_simple=sum(row.route.saved_simple for row in rows),
        slippage_cbp=_cbp(sum(row.slippage for row in rows), value),
        short=sum(row.is_short for row in rows),
        fees_by_venue=_summed(part for row in rows for part in row.fees_by_venue),
    )


def mix_text(by_venue: Sequence[tuple[str, int]]) -> str:
    """`KRX 61 · NXT 39` in percent of the shares; "" of none."""
    whole = sum(qty for _, qty in by_venue)
    return " · ".join(f"{venue} {divide(qty * 100, whole)}" for venue, qty in by_venue) if whole else "—"


def fees_text(fees: Sequence[tuple[str, int]], currency: str) -> str:
    """`KRX 968 · NXT 901`; a dash where nothing filled."""
    return " · ".join(f"{venue} {money_text(fee, currency)}" for venue, fee in fees) or "—"


def cbp_text(cbp: int) -> str:
    """Hundredths of a basis point as basis points: `+0.47`, `−1.20`, `0.00`."""
    return signed_text(cbp, 2)


def execution_columns(texts: Texts) -> tuple[Column[ExecutionRow], ...]:
    """Day, time, issue, side, quantities, prices, slippage, venues, savings, costs."""

    def head(key: str) -> str:
        return texts(f"executions.{key}")

    def price(row: ExecutionRow, px: int) -> str:
        return px_text(px, row.px_decimals) if px else "—"

    return (
        Column(key="date", head=head("date"), rank=2, width=84, text=lambda r: date_text(r.route.trade_date),
               order=lambda r: r.route.trade_ns, is_right=False, role="body_quiet"),
        Column(key="time", head=head("time"), rank=4, width=62, text=lambda r: clock_text(r.route.trade_ns),
               order=lambda r: r.route.trade_ns, is_right=False, role="body_quiet"),
        Column(key="name", head=head("name"), width=104, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(key="side", head=head("side"), width=38, text=lambda r: texts(f"side.{r.route.side.name.lower()}"),
               order=lambda r: r.route.side.value, tone=lambda r: side_tone(r.route.side), is_right=False,
               role="body_medium"),
        Column(key="qty", head=head("qty"), rank=3, width=56, text=lambda r: qty_text(r.route.qty),
               order=lambda r: r.route.qty),
        Column(key="filled", head=head("filled"), width=56, text=lambda r: qty_text(r.filled_qty),
               order=lambda r: r.filled_qty, role="body_medium"),
        Column(key="arrival", head=head("arrival"), rank=3, width=76, order=lambda r: r.route.arrival_px,
               text=lambda r: price(r, r.route.arrival_px)),
        Column(key="average", head=head("average"), width=76, order=lambda r: r.average_px,
               text=lambda r: price(r, r.average_px)),
        Column(key="slippage", head=head("slippage"), width=78, order=lambda r: r.slippage_cbp,
               text=lambda r: cbp_text(r.slippage_cbp) if r.filled_qty else "—"),
        Column(key="mix", head=head("mix"), rank=1, width=132, text=lambda r: mix_text(r.by_venue),
               order=lambda r: mix_text(r.by_venue), is_right=False),
        Column(key="best", head=head("best_single"), rank=5, width=64, text=lambda r: r.route.best_single or "—",
               order=lambda r: r.route.best_single, is_right=False),
        Column(key="saved", head=head("saved"), width=84, order=lambda r: r.route.saved_best_single,
               text=lambda r: signed_money(r.route.saved_best_single, r.route.currency), role="body_medium",
               tone=lambda r: sign(r.route.saved_best_single)),
        Column(key="saved_bp", head=head("saved_bp"), rank=5, width=60, order=lambda r: r.saved_cbp,
               text=lambda r: cbp_text(r.saved_cbp)),
        Column(key="simple", head=head("simple"), rank=6, width=92, order=lambda r: r.route.saved_simple,
               text=lambda r: signed_money(r.route.saved_simple, r.route.currency)),
        Column(key="costs", head=head("costs"), rank=7, width=70, order=lambda r: r.costs, role="body_quiet",
               text=lambda r: money_text(r.costs, r.route.currency)),
        Column(key="fees", head=head("fees"), rank=8, width=132, is_right=False, role="body_quiet",
               text=lambda r: fees_text(r.fees_by_venue, r.route.currency),
               order=lambda r: sum(fee for _, fee in r.fees_by_venue)),
    )  # fmt: skip


def day_columns(texts: Texts) -> tuple[Column[ExecutionDay], ...]:
    """Day, orders, value, venues, the best single one, what was saved, what fell short."""

    def head(key: str) -> str:
        return texts(f"executions.{key}")

    def day_text(row: ExecutionDay) -> str:
        return date_text(row.date) if row.date else texts("executions.total")

    return (
        Column(key="date", head=head("date"), width=84, text=day_text, order=lambda r: r.date, is_right=False),
        Column(key="orders", head=head("orders"), width=46, text=lambda r: qty_text(r.orders),
               order=lambda r: r.orders),
        Column(key="value", head=head("value"), rank=2, width=84, order=lambda r: r.value,
               text=lambda r: millions_text(r.value, r.currency)),
        Column(key="mix", head=head("mix"), rank=1, width=140, text=lambda r: mix_text(r.by_venue),
               order=lambda r: mix_text(r.by_venue), is_right=False),
        Column(key="best", head=head("best_single"), rank=4, width=64, text=lambda r: r.best_single or "—",
               order=lambda r: r.best_single, is_right=False),
        Column(key="saved", head=head("saved"), width=84, order=lambda r: r.saved_best_single,
               text=lambda r: signed_money(r.saved_best_single, r.currency), tone=lambda r: sign(r.saved_best_single),
               role="body_medium"),
        Column(key="saved_bp", head=head("saved_bp"), width=60, text=lambda r: cbp_text(r.saved_cbp),
               order=lambda r: r.saved_cbp),
        Column(key="simple", head=head("simple"), rank=5, width=92, order=lambda r: r.saved_simple,
               text=lambda r: signed_money(r.saved_simple, r.currency)),
        Column(key="slippage", head=head("slippage"), rank=3, width=78, text=lambda r: cbp_text(r.slippage_cbp),
               order=lambda r: r.slippage_cbp),
        Column(key="short", head=head("short"), rank=3, width=56, text=lambda r: qty_text(r.short),
               order=lambda r: r.short, tone=lambda r: 3 if r.short else 0),
        Column(key="fees", head=head("fees"), rank=6, width=140, is_right=False, role="body_quiet",
               text=lambda r: fees_text(r.fees_by_venue, r.currency),
               order=lambda r: sum(fee for _, fee in r.fees_by_venue)),
    )  # fmt: skip


def millions_text(value: int, currency: str) -> str:
    """Money in millions of the currency with one decimal."""
    return px_text(divide(value * 10, MILLION * 10 ** CURRENCY_DECIMALS.get(currency, 0)), 1)


def _row(route: PastRoute, fills: Sequence[PastFill], name: str, px_decimals: int) -> ExecutionRow:
    qty = sum(past.fill.qty for past in fills)
    paid = sum(past.fill.px * past.fill.qty for past in fills)
    value = sum(past.value for past in fills)
    worse = route.side.sign * (paid - route.arrival_px * qty) if route.arrival_px else 0
    by_venue = _summed((past.fill.venue, past.fill.qty) for past in fills)
    return ExecutionRow(
        route=route,
        name=name,
        px_decimals=px_decimals,
        filled_qty=qty,
        value=value,
        average_px=divide(paid, qty) if qty else 0,
        costs=sum(past.fill.fee + past.fill.tax for past in fills),
        slippage_cbp=_cbp(worse, route.arrival_px * qty),
        slippage=divide(worse * value, paid) if paid else 0,
        saved_cbp=_cbp(route.saved_best_single, value),
        by_venue=by_venue,
        fees_by_venue=_summed((past.fill.venue, past.fill.fee) for past in fills),
    )


def _summed(parts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """By venue, in the order of the names: bars of several rows stand alike."""
    sums: dict[str, int] = {}
    for venue, qty in parts:
        sums[venue] = sums.get(venue, 0) + qty
    return tuple(sorted(sums.items()))


def _cbp(part: int, whole: int) -> int:
    return divide(part * BASIS_POINT * 100, whole) if whole else 0


def mix_shares(by_venue: Sequence[tuple[str, int]], width: int) -> list[tuple[str, int, int]]:
    """(venue, where its bar begins, its width) in pixels; the bars fill the width exactly."""
    whole = sum(qty for _, qty in by_venue)
    found, before = [], 0
    for venue, qty in by_venue:
        begin, end = width * before // whole, width * (before + qty) // whole
        found.append((venue, begin, end - begin))
        before += qty
    return found
