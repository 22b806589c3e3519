"""A paper market of real processes in a directory of its own, and a terminal without a screen."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hts.app.build import build_name
from hts.app.paths import home_paths, read_token
from hts.app.supervisor import ask
from hts.app.terminal_link import LinkDown, LinkUp, TerminalLink
from hts.io.clock import SystemClock
from hts.io.lockfile import LockFile
from hts.io.ports import free_port_base
from hts.link.client import LinkClient
from hts.model.enums import OrdType, Side
from hts.model.instruments import Instrument
from hts.model.intents import NewOrder
from hts.model.quotes import BookUpdate
from hts.model.views import (
    AccountView,
    CoreState,
    FillView,
    LinkState,
    OrderView,
    OutcomeView,
    PositionView,
    StatusView,
)
from hts.wire.link.messages import SnapshotBegin, SnapshotEnd

ACCOUNT = "8801-2745-01"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30


class Market:
    """`hts up` in a home directory; what it starts is ended by `clean_up`."""

    def __init__(self, home: Path) -> None:
        self.paths = home_paths(home)
        self.port_base = free_port_base()
        self.terminals: list[Terminal] = []

    def hts(self, *words: str) -> subprocess.CompletedProcess:
        """One command line."""
        return subprocess.run(
            [sys.executable, "-m", "hts.app", *words, "--home", str(self.paths.home)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def up(self, *words: str) -> "Market":
        done = self.hts("up", "--port-base", str(self.port_base), *words)
        assert done.returncode == 0, done.stderr + self.logs()
        return self

    def logs(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text()}" for path in sorted(self.paths.log.glob("*.log")))

    def status(self) -> dict[str, dict]:
        answer = ask(self.paths.control_socket, read_token(self.paths.token), "status")
        return {child["name"]: child for child in answer["children"]}

    def kill(self, name: str) -> None:
        os.kill(self.status()[name]["pid"], signal.SIGKILL)

    def terminal(self) -> "Terminal":
        self.terminals.append(Terminal(self))
        return self.terminals[-1]

    def clean_up(self) -> None:
        for terminal in self.terminals:
            terminal.close()
        self.hts("stop")
        for lock in (self.paths.lock, self.paths.core_lock, self.paths.venue_lock):
            holder = LockFile(lock).holder()
            if holder is not None and holder.pid:
                os.kill(holder.pid, signal.SIGKILL)


class Terminal:
    """What one attached client knows."""

    def __init__(self, market: Market) -> None:
        self._market = market
        client = LinkClient(token=read_token(market.paths.token), build=build_name(), name="test")
        self.link = TerminalLink(market.paths.core_socket, client, SystemClock())
        self._sent = 0
        self.forget()
        self.status: StatusView | None = None  # of the KRX
        self.statuses: dict[str, StatusView] = {}
        self.books: dict[str, BookUpdate] = {}
        self.refusals: list[str] = []
        self.is_complete = False

    def forget(self) -> None:
        self.listed: set[str] = set()  # a core that began anew may not have heard the day's issues yet
        self.orders: dict[int, OrderView] = {}
        self.fills: dict[int, FillView] = {}
        self.positions: dict[str, PositionView] = {}
        self.account: AccountView | None = None
        self.outcomes: dict[str, OutcomeView] = {}

    def until(self, is_so, what: str = ""):
        """Read until the question is answered with something true, and return that."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for message in self.link.drain():
                self._take(message)
            found = is_so()
            if found:
                return found
            assert time.monotonic() < deadline, f"{what or is_so}: did not come about; {self.status}\n" + (
                self._market.logs()
            )
            time.sleep(0.004)

    def until_ready(self):
        """The core takes orders and the market is in a phase that does."""
        return self.until(
            lambda: (
                self.is_complete
                and self.status is not None
                and self.status.core is CoreState.READY
                and self.status.orders is LinkState.UP
                and self.status.phase.takes_orders
                and bool(self.listed)
            ),
            "ready",
        )

    def order(self, side: Side, px: int, qty: int = 1, symbol: str = "005930", venue: str = "") -> str:
        """Send a limit order; its request id."""
        self._sent += 1
        request_id = f"t{time.monotonic_ns():x}{self._sent}"
        assert self.link.send(
            NewOrder(
                request_id=request_id,
                account=ACCOUNT,
                symbol=symbol,
                venue=venue,
                side=side,
                ord_type=OrdType.LIMIT,
                px=px,
                qty=qty,
            )
        )
        return request_id

    def say(self, kind, **fields) -> str:
        """Send another intent; its request id."""
        self._sent += 1
        request_id = f"t{time.monotonic_ns():x}{self._sent}"
        assert self.link.send(kind(request_id=request_id, account=ACCOUNT, **fields))
        return request_id

    def outcome(self, request_id: str) -> OutcomeView:
        return self.until(lambda: self.outcomes.get(request_id), f"outcome of {request_id}")

    def working(self) -> dict[int, OrderView]:
        return {number: order for number, order in self.orders.items() if not order.ord_status.is_terminal}

    def close(self) -> None:
        self.link.close()

    def _take(self, message) -> None:
        view = getattr(message, "view", message)
        match view:
            case SnapshotBegin():
                self.forget()
                self.is_complete = False
            case SnapshotEnd():
                self.is_complete = True
            case LinkUp():
                self.refusals.clear()
            case LinkDown(reason=reason):
                self.is_complete = False
                self.refusals.append(reason)
            case OrderView():
                self.orders[view.order_id] = view
            case FillView():
                self.fills[view.exec_id] = view
            case PositionView():
                self.positions[view.symbol] = view
            case AccountView():
                self.account = view
            case OutcomeView():
                self.outcomes[view.request_id] = view
            case StatusView():
                self.statuses[view.venue] = view
                self.status = self.statuses.get("KRX")
            case BookUpdate() if view.venue == "KRX":
                self.books[view.symbol] = view
            case Instrument() if view.venue == "KRX":
                self.listed.add(view.symbol)
