"""`hts demo`: a whole paper session without a window, on the real processes, and the proof that it adds up.

The trader is a program like anybody's: its orders go through the public door (`hts door`, WebSocket and JSON, a token)
by the Python client, and all it knows was told there. A home directory of its own is used and removed, so that a
demonstration never touches the user's paper account. `lost` and `duplicated` come from the venue's drop copy against
the core's journal (hts.app.audit); `balanced` is computed here from the fills alone.
"""

import argparse
import asyncio
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from hts.app import tables
from hts.app.api_client import Api
from hts.app.api_link import ApiLink
from hts.app.api_tokens import add_token
from hts.app.audit import Audit, audit
from hts.app.config import Config, load_config, with_port_base
from hts.app.core_gateways import KOREAN
from hts.app.foreign_tables import foreign_rules
from hts.app.paper_trader import PaperTrader
from hts.app.paths import HomePaths, prepare_home, temporary_home
from hts.app.processes import Options, ensure_running, program, stop_running
from hts.app.venue_ports import parse_venues
from hts.auth.tokens import TokenScope
from hts.base.errors import ConfigError
from hts.io.ports import free_port_base
from hts.model.enums import OrdStatus
from hts.model.venues import HOME_VENUE
from hts.rules.dates import krx_date
from hts.rules.market_rules import MarketRules

READY_PATIENCE_S: Final = 30.0
QUIET_PATIENCE_S: Final = 10.0
FRAME_S: Final = 0.004
PACE_S: Final = 0.05  # between two wishes: the pace of a quick hand
SECONDS_MAX: Final = 3600

# The house's own throttle is opened, so that the burst reaches the venue's.
CONFIG: Final = "[limits]\norders_per_second = 500\nduplicate_window_ms = 1\nworking_orders_max = 400\n"
CASH: Final = "[core]\ncash_jpy = 3000000000\ncash_usd_cents = 100000000\n"  # where venues are named
OPENINGS: Final = {"NASDAQ": "23:30:30"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts demo`."""
    parser.add_argument("--headless", action="store_true", help="without a window (the only way there is so far)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to trade (default 20)")
    parser.add_argument("--seed", type=int, default=1, help="of the market and of the trader")
    parser.add_argument("--venues", metavar="NAMES", help='to trade at, with commas between, or "all"; default KRX')
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when nothing was lost, nothing doubled, and money and shares add up."""
    if not 1 <= options.seconds <= SECONDS_MAX:
        raise ConfigError(f"--seconds: expected 1 to {SECONDS_MAX}, found {options.seconds:g}")
    with temporary_home("hts-demo-") as paths:
        try:
            venues = parse_venues(options.venues) if options.venues else ()
            found = play(paths, options.seconds, options.seed, venues)
        finally:
            stop_running(paths)
    if options.json:
        print(json.dumps(found))
    else:
        show(found)
    return 0 if found["lost"] == found["duplicated"] == 0 and found["balanced"] else 1


def play(paths: HomePaths, seconds: float, seed: int, venues: tuple[str, ...] = ()) -> dict[str, Any]:
    """Start, trade, become quiet, compare. Without `venues` the processes run those of the settings, traded is KRX."""
    prepare_home(paths)
    paths.config.write_text(CONFIG + CASH if venues else CONFIG, encoding="utf-8")
    port_base = free_port_base()
    config = with_port_base(load_config(paths.config), port_base)
    named = (f"--venues={','.join(venues)}",) if venues else ()
    traded = venues or (HOME_VENUE,)
    options = Options(
        port_base=port_base,
        sim_arguments=(f"--seed={seed}", *named),
        core_arguments=named,
        sim_once=(f"--clock={opening(traded[0])}",),
    )
    ensure_running(paths, options)
    account = config.core.account
    secret = add_token(paths, name="demo", scope=TokenScope.TRADE, days=1, account=account)
    with open_door(paths) as url:
        api = Api(url, token=secret, account=account)
        trader = asyncio.run(_session(api, account, seconds, seed, traded))
        return report(trader, [audit(paths, config.venue, venue) for venue in traded], config)


async def _session(door: Api, account: str, seconds: float, seed: int, venues: tuple[str, ...]) -> PaperTrader:
    async with door as api:
        link = ApiLink(api)
        trader = PaperTrader(link, account, seed, f"demo{os.getpid()}", venues)
        await _until(trader, link, lambda: trader.is_ready, READY_PATIENCE_S, "a market that takes orders")
        await _trade(trader, link, seconds)
        trader.clear(time.monotonic_ns())
        await _until(trader, link, lambda: _is_quiet(trader), QUIET_PATIENCE_S, "every order to be over")
        if link.refusals:
            raise ConfigError(f"door: expected every order to be passed on, found {link.refusals[0]}")
        return trader


@contextmanager
def open_door(paths: HomePaths) -> Iterator[str]:
    """`hts door` as a process of its own, on a free port; its address. It ends with the session."""
    command = [*program(), "door", "--home", str(paths.home), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as door:  # noqa: S603  our own program
        try:
            line = door.stdout.readline() if door.stdout is not None else ""
            if not line:
                raise ConfigError("hts door: expected it to listen, found that it ended")
            yield json.loads(line)["url"]
        finally:
            door.terminate()


def opening(venue: str = HOME_VENUE) -> str:
    """Half a minute into the next trading day's continuous trading, as the clocks of Seoul and Tokyo say it."""
    rules = MarketRules.parse(tables.load_folder(tables.MARKET)) if venue in KOREAN else None
    calendar = rules.calendar if rules is not None else foreign_rules().calendar(venue)
    day = str(calendar.next_trading_day(krx_date(time.time_ns())))
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {OPENINGS.get(venue, '09:00:30')}"


async def _trade(trader: PaperTrader, link: ApiLink, seconds: float) -> None:
    end = time.monotonic() + seconds
    act_at = time.monotonic()
    burst_at = time.monotonic() + seconds / 2
    while time.monotonic() < end:
        now_ns = time.monotonic_ns()
        trader.take(link.drain(), now_ns)
        if time.monotonic() >= act_at and trader.is_ready:
            trader.act(now_ns)
            act_at += PACE_S
        if time.monotonic() >= burst_at:
            trader.burst(now_ns)
            burst_at = end + 1
        await asyncio.sleep(FRAME_S)
    trader.flatten(time.monotonic_ns())


def _is_quiet(trader: PaperTrader) -> bool:
    over = all(order.ord_status.is_terminal for order in trader.orders.values())
    return over and trader.unanswered == 0


async def _until(trader: PaperTrader, link: ApiLink, is_true: Callable[[], bool], patience_s: float, what: str) -> None:
    deadline = time.monotonic() + patience_s
    while not is_true():
        if time.monotonic() > deadline:
            raise ConfigError(f"expected {what} within {patience_s:g} s, found {trader.status}")
        trader.take(link.drain(), time.monotonic_ns())
        await asyncio.sleep(FRAME_S)


def report(trader: PaperTrader, found: list[Audit], config: Config) -> dict[str, Any]:
    """What `--json` prints."""
    orders = [order for order in trader.orders.values() if order.ord_status is not OrdStatus.DENIED]
    return {
        "orders": len(orders),
        "users": sorted({order.user for order in orders}),
        "fills": len(trader.fills),
        "partial": len(trader.partly_filled),
        "amended": len(trader.amended),
        "cancelled": trader.count(OrdStatus.CANCELED),
        "denied": trader.count(OrdStatus.DENIED),
        "denied_by": trader.denials(),
        "rejected": trader.count(OrdStatus.REJECTED),
        "lost": sum(one.lost for one in found),
        "duplicated": sum(one.duplicated for one in found) + found[0].entered_twice,
        "venue_reports": sum(one.reports for one in found),
        "examples": [said for one in found for said in one.examples],
        "balanced": is_balanced(trader, config),
        "positions": {p.symbol: p.qty for p in trader.positions.values() if p.qty},
        "cash": {currency: account.cash for currency, account in trader.accounts.items()},
        "latency_us": {
            "intent_to_wire": _spread([order.sent_us for order in orders if order.sent_us]),
            "wire_to_accepted": _spread([order.ack_us for order in orders if order.ack_us]),
            "intent_to_answer": _spread(trader.answer_us),
        },
    }


def is_balanced(trader: PaperTrader, config: Config) -> bool:
    """Fills alone must give every position, and each currency's cash to its smallest unit."""
    core = config.core
    cash = {core.currency: core.cash, "JPY": core.cash_jpy, "USD": core.cash_usd_cents}
    held: dict[str, int] = {}
    contracts: dict[str, str] = {}  # currency by symbol
    for fill in trader.fills.values():
        issue = trader.instruments[fill.venue, fill.symbol]
        if issue.multiplier > 1:
            contracts[fill.symbol] = issue.currency
        held[fill.symbol] = held.get(fill.symbol, 0) + fill.side.sign * fill.qty
        cash[issue.currency] -= fill.side.sign * issue.money(fill.px, fill.qty) + fill.fee + fill.tax
    for symbol, currency in contracts.items():  # nobody pays what an open contract is worth
        cash[currency] += trader.positions[symbol].cost
    positions = {p.symbol: int(p.qty) for p in trader.positions.values() if p.qty}
    is_paid = all(account.cash == cash[currency] for currency, account in trader.accounts.items())
    return is_paid and positions == {symbol: qty for symbol, qty in held.items() if qty}


def _spread(values: list[int]) -> dict[str, int]:
    ordered = sorted(values)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[len(ordered) * 99 // 100]} if ordered else {}


def show(found: dict[str, Any]) -> None:
    """For a person."""
    for key, value in found.items():
        print(f"{key:14} {value}")
