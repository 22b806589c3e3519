"""`python -m tests.soak`: ten minutes of orders at the venue's throttle through real processes.

Nothing may be lost, the core's memory may grow by what it has to remember and no more, and its loop may not be held
for more than 5 ms. Stalls are told twice: CPU time is the core's own, the clock also counts what other programs of
the machine took. What a virtual machine's host takes counts as CPU time too, so a second program beside the core does
work of a fixed size and is measured alike (`control`). The end is told apart: cancelling all that works is one call,
as long as there are orders. The result is one JSON object, and part of docs/campaign.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hts.app.audit import audit, read_drop_copy
from hts.app.paper_trader import PaperTrader
from hts.model.enums import OrdStatus
from tests.support.kills import Session, differences, end_all

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
SAMPLE_S = 5.0


class WatchedSession(Session):
    """A session whose core has a stopwatch."""

    def __init__(self, home: Path, *, rate: int) -> None:
        self.stalls, self.control = home / "stalls.json", home / "control.json"
        super().__init__(home, seed=5, disconnect="keep", orders_per_second=2 * rate)

    def core_command(self) -> list[str]:
        return [sys.executable, "-m", "tests.support.stall_core", str(self.stalls), "core"]

    def stalls_now(self, trader: PaperTrader) -> dict[str, Any]:
        """What the stopwatch has told when its next second is over."""
        told_ns = self.stalls.stat().st_mtime_ns
        self.pump(trader, lambda: self.stalls.stat().st_mtime_ns != told_ns, "the stopwatch")
        return json.loads(self.stalls.read_text(encoding="ascii"))


@contextmanager
def control(result: Path) -> Iterator[None]:
    """The program beside the core, while this context lasts."""
    with subprocess.Popen([sys.executable, "-m", "tests.support.stall_control", str(result)]) as process:
        try:
            yield
        finally:
            process.kill()


def resident_mib(pid: int) -> float:
    """Memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return round(pages * PAGE_BYTES / 2**20, 1)


def soak(seconds: float, rate: int) -> dict[str, object]:
    """Trade for so long at so many wishes a second, end everything, compare both sides."""
    with tempfile.TemporaryDirectory(prefix="hts-soak-") as home:
        session = WatchedSession(Path(home), rate=rate)
        try:
            trader = session.open_trader(5)
            session.pump(trader, lambda: trader.is_ready, "a market that takes orders")
            with control(session.control):
                memory, sent = trade(session, trader, seconds, rate)
                stalls = session.stalls_now(trader)
            stalls["control"] = json.loads(session.control.read_text(encoding="ascii"))
            working = trader.count(OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
            end_all(session, trader)
            ended = session.stalls_now(trader)
            wrong = differences(read_drop_copy(session.config.venue), trader)
            found = audit(session.paths, session.config.venue)
        finally:
            session.end()
    steady = memory[len(memory) // 5 :] or memory
    return {
        "seconds": seconds,
        "rate": rate,
        "wishes": sent,
        "orders": found.orders,
        "fills": found.fills,
        "lost": found.lost,
        "duplicated": found.duplicated,
        "differences": wrong,
        "rss_mib": {"after_a_fifth": steady[0], "end": steady[-1], "max": max(memory)},
        "rss_kib_per_order": round((steady[-1] - steady[0]) * 1024 / max(1, found.orders * 4 // 5), 2),
        "stalls": stalls,
        "ending": {"cancelled": working, "longest": [one for one in ended["longest"] if one not in stalls["longest"]]},
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    }


def trade(session: Session, trader: PaperTrader, seconds: float, rate: int) -> tuple[list[float], int]:
    """Wishes at an even pace; the core's memory every few seconds."""
    begin = time.monotonic()
    memory, sent, sampled = [], 0, 0.0
    while (now := time.monotonic() - begin) < seconds:
        trader.take(session.link.drain(), time.monotonic_ns())
        while sent < now * rate and trader.is_ready:
            trader.act(time.monotonic_ns())
            sent += 1
        if now - sampled > SAMPLE_S:
            sampled = now
            memory.append(resident_mib(session.core.pid))
        time.sleep(min(0.005, 1 / rate))
    return memory or [resident_mib(session.core.pid)], sent


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=int, default=40, help="wishes a second")
    options = parser.parse_args()
    found = soak(options.seconds, options.rate)
    print(json.dumps(found))
    return 1 if found["lost"] or found["duplicated"] or found["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
