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
from hts.app.paper_trader import PaperTrader
from hts.app.paths import HomePaths, prepare_home, temporary_home
from hts.app.processes import Options, ensure_running, program, stop_running
from hts.auth.tokens import TokenScope
from hts.base.errors import ConfigError
from hts.io.ports import free_port_base
from hts.model.enums import OrdStatus
from hts.rules.dates import krx_date
from hts.rules.market_rules import MarketRules

READY_PATIENCE_S: Final = 30.0
QUIET_PATIENCE_S: Final = 10.0
FRAME_S: Final = 0.004
PACE_S: Final = 0.05  # between two wishes: the pace of a quick hand
SECONDS_MAX: Final = 3600

# The house's own throttle is opened, so that the burst reaches the venue's.
CONFIG: Final = "[limits]\norders_per_second = 500\nduplicate_window_ms = 1\nworking_orders_max = 400\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts demo`."""
    parser.add_argument("--headless", action="store_true", help="without a window (the only way there is so far)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to trade (default 20)")
    parser.add_argument("--seed", type=int, default=1, help="of the market and of the trader")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when nothing was lost, nothing doubled, and money and shares add up."""
    if not 1 <= options.seconds <= SECONDS_MAX:
        raise ConfigError(f"--seconds: expected 1 to {SECONDS_MAX}, found {options.seconds:g}")
    with temporary_home("hts-demo-") as paths:
        try:
            found = play(paths, options.seconds, options.seed)
        finally:
            stop_running(paths)
    if options.json:
        print(json.dumps(found))
    else:
        show(found)
    return 0 if found["lost"] == found["duplicated"] == 0 and found["balanced"] else 1


def play(paths: HomePaths, seconds: float, seed: int) -> dict[str, Any]:
    """Start, trade, become quiet, compare."""
    prepare_home(paths)
    paths.config.write_text(CONFIG, encoding="utf-8")
    port_base = free_port_base()
    config = with_port_base(load_config(paths.config), port_base)
    market = (f"--clock={opening()}",)
    ensure_running(paths, Options(port_base=port_base, sim_arguments=(f"--seed={seed}",), sim_once=market))
    account = config.core.account
    secret = add_token(paths, name="demo", scope=TokenScope.TRADE, days=1, account=account)
    with open_door(paths) as url:
        trader = asyncio.run(_session(Api(url, token=secret, account=account), account, seconds, seed))
        return report(trader, audit(paths, config.venue), config)


async def _session(door: Api, account: str, seconds: float, seed: int) -> PaperTrader:
    async with door as api:
        link = ApiLink(api)
        trader = PaperTrader(link, account, seed, f"demo{os.getpid()}")
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


def opening() -> str:
    """Half a minute into the next trading day's continuous trading."""
    calendar = MarketRules.parse(tables.load_folder(tables.MARKET)).calendar
    day = str(calendar.next_trading_day(krx_date(time.time_ns())))
    return f"{day[:4]}-{day[4:6]}-{day[6:]} 09:00:30"


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


def report(trader: PaperTrader, found: Audit, config: Config) -> dict[str, Any]:
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
        "lost": found.lost,
        "duplicated": found.duplicated + found.entered_twice,
        "venue_reports": found.reports,
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
    """Fills alone must give every position and the cash to the last won."""
    cash = config.core.cash
    held: dict[str, int] = {}
    for fill in trader.fills.values():
        held[fill.symbol] = held.get(fill.symbol, 0) + fill.side.sign * fill.qty
        cash -= fill.side.sign * fill.px * fill.qty + fill.fee + fill.tax
    account = trader.accounts[config.core.currency]
    positions = {p.symbol: int(p.qty) for p in trader.positions.values() if p.qty}
    return account.cash == cash and positions == {symbol: qty for symbol, qty in held.items() if qty}


def _spread(values: list[int]) -> dict[str, int]:
    ordered = sorted(values)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[len(ordered) * 99 // 100]} if ordered else {}


def show(found: dict[str, Any]) -> None:
    """For a person."""
    for key, value in found.items():
        print(f"{key:14} {value}")
