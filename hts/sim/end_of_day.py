"""What a venue hands out after its day: official prices for everyone, and to each member its orders and trades.

Files are csv with a heading. Prices are decimal numbers in the currency's unit, quantities in shares or contracts,
times UTC in ISO 8601 with nanoseconds. A member can hold them against what it has booked.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from hts.model.enums import Market
from hts.rules.dates import NS
from hts.sim.events import OrderTraded
from hts.sim.members import INTERNAL
from hts.sim.venue_day import VenueDay

PRICES = (
    "trading_date", "venue", "symbol", "isin", "name", "currency", "lot", "base_px", "open_px", "high_px", "low_px",
    "close_px", "volume", "value",
)  # fmt: skip
ORDERS = (
    "order_id", "cl_ord_id", "venue_order_id", "account", "symbol", "side", "ord_type", "time_in_force", "px",
    "order_qty", "cum_qty", "ord_status",
)  # fmt: skip
TRADES = (
    "exec_id", "match_id", "time", "order_id", "venue_order_id", "account", "symbol", "side", "last_qty", "last_px",
)  # fmt: skip

Row = Iterable[object]


def files(day: VenueDay) -> dict[str, str]:
    """Name and content of every file of a day that is over. Internal flow gets none."""
    found = {"prices.csv": _csv(PRICES, _prices(day))}
    for session in day.exchange.members:
        if session not in INTERNAL:
            found[f"{session}_orders.csv"] = _csv(ORDERS, _orders(day, session))
            found[f"{session}_trades.csv"] = _csv(TRADES, _trades(day, session))
    return found


def decimal(px: int, decimals: int) -> str:
    """A scaled price as a number with its decimals."""
    if not decimals:
        return str(px)
    whole, part = divmod(px, 10**decimals)
    return f"{whole}.{part:0{decimals}}"


def _prices(day: VenueDay) -> Iterator[Row]:
    exchange = day.exchange
    for issue in exchange.instruments:
        if issue.market is Market.REPLAY:
            continue
        figures, decimals = exchange.day(issue.symbol), issue.px_decimals
        prices = (issue.base_px, figures.open_px, figures.high_px, figures.low_px, exchange.close_px(issue.symbol))
        yield (
            exchange.trading_date, exchange.profile.venue, issue.symbol, issue.isin, issue.name_en, issue.currency,
            issue.lot, *(decimal(int(px), decimals) for px in prices), figures.cum_qty,
            decimal(figures.cum_value, decimals),
        )  # fmt: skip


def _orders(day: VenueDay, session: str) -> Iterator[Row]:
    for told in day.exchange.order_state(session):
        yield (
            told.order_id, told.cl_ord_id, told.venue_order_id, told.account, told.symbol, told.side.name,
            told.ord_type.name, told.time_in_force.name, decimal(told.px, _decimals(day, told.symbol)),
            told.order_qty, told.cum_qty, told.ord_status.name,
        )  # fmt: skip


def _trades(day: VenueDay, session: str) -> Iterator[Row]:
    for told in day.told:
        if isinstance(told, OrderTraded) and told.session == session:
            yield (
                told.exec_id, told.match_id, iso(told.trade_ns), told.order_id, told.venue_order_id, told.account,
                told.symbol, told.side.name, told.last_qty, decimal(told.last_px, _decimals(day, told.symbol)),
            )  # fmt: skip


def iso(trade_ns: int) -> str:
    """UTC with nanoseconds."""
    seconds, rest = divmod(trade_ns, NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"


def _decimals(day: VenueDay, symbol: str) -> int:
    return day.exchange.issues[symbol].instrument.px_decimals


def _csv(head: tuple[str, ...], rows: Iterable[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
