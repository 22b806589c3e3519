"""Kill core and simulator of a running session at random moments, and look whether anything is missing.

Simulator and core are started here without a supervisor, so that a killed core is back at once. The trader trades on
through all of it. Moments are random, also within a burst of requests: the seed makes a failure likely again, not
certain, for the processes run on the wall clock.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from hts.app.audit import Audit, audit, read_drop_copy
from hts.app.build import build_name
from hts.app.config import Config, load_config, with_port_base
from hts.app.demo import is_balanced, opening
from hts.app.paper_trader import PaperTrader
from hts.app.paths import home_paths, prepare_home, read_token
from hts.app.terminal_link import TerminalLink
from hts.io.clock import SystemClock
from hts.io.ports import free_port_base
from hts.link.client import LinkClient
from hts.model.enums import ExecType, OrdStatus

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
PACE_S = 0.01
WHO_DIES = ((True, False),) * 7 + ((False, True), (False, True), (True, True))  # core, simulator


class Session:
    """One home directory, its two processes, and a trader."""

    def __init__(self, home: Path, *, seed: int, disconnect: str, orders_per_second: int = 500) -> None:
        self.paths = home_paths(home)
        prepare_home(self.paths)
        self.paths.config.write_text(
            f'[core]\ndisconnect = "{disconnect}"\ncash = 10000000000\n'
            "[journal]\nsnapshot_records = 150\n"
            f"[limits]\norders_per_second = {orders_per_second}\nduplicate_window_ms = 1\nworking_orders_max = 400\n",
            encoding="utf-8",
        )
        self.port_base = free_port_base()
        self.config: Config = with_port_base(load_config(self.paths.config), self.port_base)
        self._seed = seed
        self.simulator = self._start_simulator("--clock", opening())
        self.core = self._start_core()
        self._trader: PaperTrader | None = None
        self.link: TerminalLink | None = None

    def core_command(self) -> list[str]:
        """What starts the core."""
        return [sys.executable, "-m", "hts.app", "core"]

    def _start_core(self) -> subprocess.Popen:
        return self._start(*self.core_command())

    def _start(self, *words: str) -> subprocess.Popen:
        command = list(words)
        command += ["--home", str(self.paths.home), "--port-base", str(self.port_base), "--json"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("{"), f"{words[0]} does not listen"
        return process

    def _start_simulator(self, *words: str) -> subprocess.Popen:
        return self._start(sys.executable, "-m", "hts.app", "sim", "--seed", str(self._seed), *words)

    def open_trader(self, seed: int) -> PaperTrader:
        client = LinkClient(token=read_token(self.paths.token), build=build_name(), name="kills")
        self.link = TerminalLink(self.paths.core_socket, client, SystemClock())
        return PaperTrader(self.link, self.config.core.account, seed, f"k{time.monotonic_ns():x}")

    def kill(self, core: bool, simulator: bool) -> None:
        """Whoever is named dies at the same moment; the simulator is back before the core."""
        doomed = [process for process, dies in ((self.core, core), (self.simulator, simulator)) if dies]
        for process in doomed:
            process.send_signal(signal.SIGKILL)
        for process in doomed:
            process.wait()
            process.stdout.close()
        if simulator:
            self.simulator = self._start_simulator()
        if core:
            self.core = self._start_core()

    def pump(self, trader: PaperTrader, until, what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < deadline, f"{what} did not come about: {trader.status}"
            trader.take(self.link.drain(), time.monotonic_ns())
            time.sleep(0.002)

    def end(self) -> None:
        if self.link is not None:
            self.link.close()
        for process in (self.core, self.simulator):
            process.kill()
            process.wait()
            process.stdout.close()


def kill_and_compare(home: Path, *, kills: int, seed: int, disconnect: str) -> tuple[Audit, list[str], PaperTrader]:
    """Trade through `kills` moments of death; the audit, what is wrong with any order, and the trader."""
    rng = Random(seed)
    session = Session(home, seed=seed, disconnect=disconnect)
    try:
        trader = session.open_trader(seed)
        session.pump(trader, lambda: trader.is_ready, "a market that takes orders")
        for _ in range(kills):
            _trade_for(session, trader, rng.uniform(0.05, 0.35))
            session.kill(*rng.choice(WHO_DIES))
            trader.statuses.clear()
            session.pump(trader, lambda: trader.is_ready, "the core to be ready again")
        _trade_for(session, trader, 0.2)
        end_all(session, trader)
        wrong = differences(read_drop_copy(session.config.venue), trader)
        if not is_balanced(trader, session.config):
            wrong.append("fills, positions and cash do not add up")
        return audit(session.paths, session.config.venue), wrong, trader
    finally:
        session.end()


def _trade_for(session: Session, trader: PaperTrader, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = time.monotonic_ns()
        trader.take(session.link.drain(), now)
        if trader.is_ready:
            trader.act(now)
        time.sleep(PACE_S)


def end_all(session: Session, trader: PaperTrader) -> None:
    """Cancel until nothing works. The answer to the cancel comes behind all orders that were still on their way."""
    while True:
        request_id = trader.clear(time.monotonic_ns())
        session.pump(trader, lambda wanted=request_id: wanted in trader.outcomes, "the answer to the last cancel")
        session.pump(trader, lambda: not _has_pending(trader), "the venue's answers")
        if all(order.ord_status.is_terminal for order in trader.orders.values()):
            return


def _has_pending(trader: PaperTrader) -> bool:
    waiting = (OrdStatus.PENDING_NEW, OrdStatus.PENDING_CANCEL, OrdStatus.PENDING_REPLACE)
    return any(order.ord_status in waiting for order in trader.orders.values())


def differences(executions, trader: PaperTrader) -> list[str]:
    """Every order of the venue must stand exactly once in the core, with the venue's last word."""
    last = {}
    for execution in executions:
        if execution.venue_order_id and execution.exec_type is not ExecType.ORDER_STATUS:
            last[execution.venue_order_id] = execution
    known = [order.venue_order_id for order in trader.orders.values() if order.venue_order_id]
    wrong = [f"venue order {number} stands {known.count(number)} times" for number in last if known.count(number) != 1]
    ours = {o.venue_order_id: (o.cum_qty, o.leaves_qty, o.ord_status) for o in trader.orders.values()}
    for number, said in last.items():
        theirs = (said.cum_qty, said.leaves_qty, said.ord_status)
        if number in ours and ours[number] != theirs:
            wrong.append(f"venue order {number}: core {ours[number]}, venue {theirs}")
    wrong += [f"venue order {number} is unknown to the venue" for number in known if number not in last]
    return wrong
