"""A small exchange to test with, and short words for its commands and events."""

from hts.model.enums import Market, OrdType, Side, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.rules.dates import krx_local_ns
from hts.sim.commands import Amend, Cancel, Enter
from hts.sim.events import (
    Announced,
    BookChanged,
    CancelRefused,
    KillSwitchChanged,
    MassCanceled,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderRestated,
    OrderTraded,
    PhaseChanged,
    Traded,
)
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from tests.support.market_rules import market_rules

DAY = 20261123
SEED = 7
SAMSUNG, HYNIX = "005930", "000660"
BUY, SELL = Side.BUY, Side.SELL
ACCOUNT = "8801-2745-01"
NS = 1_000_000_000


def at(text: str) -> int:
    """Venue time of "HH:MM:SS" on the test day."""
    hours, minutes, seconds = map(int, text.split(":"))
    return krx_local_ns(DAY, hours * 3600 + minutes * 60 + seconds)


def apple(start: str = "09:00:00") -> tuple[Instrument, dict[str, tuple[int, int]]]:
    """A replayed foreign issue in cents, and its window."""
    instrument = Instrument(
        symbol="AAPL",
        isin="US0378331005",
        market=Market.REPLAY,
        name_ko="애플",
        name_en="Apple",
        currency="USD",
        px_decimals=2,
        ticks=TickTable(starts=(0,), steps=(1,)),
        trading_date=DAY,
        base_px=58_533,
        upper_px=70_000,
        lower_px=45_000,
    )
    return instrument, {"AAPL": (at(start), 0)}


def an_exchange(time: str = "09:01:00", *, seed: int = SEED, with_apple: bool = False) -> Exchange:
    """The twenty issues, advanced to a time of the day; its events so far are thrown away."""
    rules = market_rules()
    instruments = rules.instruments(DAY)
    replays = None
    if with_apple:
        instrument, replays = apple()
        instruments += (instrument,)
    exchange = Exchange(krx_profile(rules, DAY), instruments, DAY, seed, replays=replays)
    exchange.advance(at(time))
    return exchange


def enter(cl_ord_id: int, side: Side, px: int, qty: int, **more) -> Enter:
    fields = {
        "session": "HTS01",
        "request_id": f"r-{cl_ord_id}",
        "account": ACCOUNT,
        "symbol": SAMSUNG,
        "ord_type": OrdType.LIMIT if px else OrdType.MARKET,
        "time_in_force": TimeInForce.DAY,
    }
    return Enter(cl_ord_id=cl_ord_id, side=side, px=px, qty=qty, **(fields | more))


def cancel(cl_ord_id: int, orig: int, session: str = "HTS01") -> Cancel:
    return Cancel(session=session, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, request_id=f"r-{cl_ord_id}")


def amend(cl_ord_id: int, orig: int, px: int, qty: int, session: str = "HTS01") -> Amend:
    return Amend(session=session, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, px=px, qty=qty, request_id=f"r-{cl_ord_id}")


_WORDS = {
    OrderAccepted: lambda e: ("accepted", e.cl_ord_id, e.leaves_qty),
    OrderRejected: lambda e: ("rejected", e.cl_ord_id, e.reason.name),
    OrderAmended: lambda e: ("amended", e.cl_ord_id, e.orig_cl_ord_id, e.px, e.leaves_qty),
    OrderCanceled: lambda e: ("canceled", e.cl_ord_id, e.orig_cl_ord_id, e.reason.name),
    OrderExpired: lambda e: ("expired", e.cl_ord_id, e.reason.name),
    OrderTraded: lambda e: ("traded", e.cl_ord_id, e.last_px, e.last_qty, e.leaves_qty),
    OrderRestated: lambda e: ("restated", e.cl_ord_id, e.reason.name, e.leaves_qty),
    CancelRefused: lambda e: ("refused", e.cl_ord_id, e.orig_cl_ord_id, e.reason.name, e.ord_status.name),
    MassCanceled: lambda e: ("mass_canceled", e.cl_ord_id, e.count, e.reason.name),
    KillSwitchChanged: lambda e: ("kill_switch", e.cl_ord_id, e.on, e.count, e.reason.name),
    Traded: lambda e: ("print", e.trade.px, e.trade.qty, e.trade.side),
    BookChanged: lambda e: ("book", e.symbol),
    Announced: lambda e: ("announced", e.symbol, e.what),
    PhaseChanged: lambda e: ("phase", e.symbol, e.phase.value),
}


def words(events) -> list[tuple]:
    """Events as short tuples, for comparison of whole lists."""
    return [_WORDS[type(event)](event) for event in events]


def run(exchange: Exchange, *commands, time: str = "") -> list[tuple]:
    """Apply commands at one time (default: now); all their events in words."""
    trade_ns = at(time) if time else exchange.trade_ns
    return [word for command in commands for word in words(exchange.apply(command, trade_ns))]
