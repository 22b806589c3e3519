"""An independent FIX engine trades on `hts sim` over TCP: orders, market data, drop copy, a killed venue.

The trader is the package `quickfix`. Its absence skips the tests; nothing else in the project needs it.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hts.io.ports import free_port_base
from tests.session.fix_player import SHARED

pytest.importorskip("quickfix", reason="the package quickfix is absent: no independent FIX engine trades here")

TRADER = Path(__file__).with_name("fix_trader_process.py")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
NOW = "20261130-00:10:00"
pytestmark = pytest.mark.processes


class Venue:
    """`hts sim` as a process."""

    def __init__(self, home: Path, *words: str) -> None:
        self._command = [
            sys.executable, "-m", "hts.app", "sim", "--json", "--home", str(home), "--seed", "3",
            "--port-base", str(free_port_base()), *words,
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.rows = json.loads(self._process.stdout.readline())["venues"]

    def profile(self, protocol: str, venue: str = "KRX") -> dict:
        row = next(row for row in self.rows[venue] if row["protocol"] == protocol)
        return row["credentials"] | {"host": row["host"], "port": row["port"]}

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


class Trader:
    """The independent engine in a process of its own."""

    def __init__(self, folder: Path) -> None:
        dictionaries = SHARED / "fix"
        if not (dictionaries / "FIX44.xml").exists():
            pytest.skip(f"{dictionaries} is absent; set HTS_SHARED")
        words = [sys.executable, str(TRADER), str(folder), str(dictionaries)]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.heard: dict[str, list[dict]] = {}

    def logon(self, name: str, profile: dict) -> None:
        assert self._ask(f"logon {name} {json.dumps(profile)}") == "started"
        self.until(name, lambda m: m["35"] == "A")

    def say(self, name: str, msg_type: str, *fields: tuple) -> None:
        assert self._ask(f"say {name} {msg_type} {json.dumps(fields)}") == "said"

    def until(self, name: str, is_it, since: int = 0) -> dict:
        """The first message from place `since` on that is the one."""
        heard = self.heard.setdefault(name, [])
        deadline = time.monotonic() + PATIENCE_S
        while True:
            found = next((m for m in heard[since:] if is_it(m)), None)
            if found is not None:
                return found
            assert time.monotonic() < deadline, heard
            heard += json.loads(self._ask(f"heard {name}"))

    def report(self, name: str, cl_ord_id: str, exec_type: str) -> dict:
        return self.until(name, lambda m: (m["35"], m.get("11"), m.get("150")) == ("8", cl_ord_id, exec_type))

    def stop(self, name: str) -> None:
        assert self._ask(f"stop {name}") == "stopped"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, line: str) -> str:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


def order(cl_ord_id: str, qty: int, *more: tuple, side: str = "1") -> list[tuple]:
    return [(11, cl_ord_id), (55, "005930"), (54, side), (60, NOW), (38, str(qty)), *more]


@pytest.fixture
def venue(tmp_path):
    venue = Venue(tmp_path / "home", "--clock", "2026-11-30 09:10")
    yield venue
    venue.kill()


@pytest.fixture
def trader(tmp_path):
    trader = Trader(tmp_path)
    yield trader
    trader.kill()


def test_a_trader_sees_the_book_trades_replaces_and_cancels(venue, trader):
    for name, protocol in (("md", "FIX 4.4 market data"), ("oe", "FIX 4.4 orders"), ("dc", "FIX 4.4 drop copy")):
        trader.logon(name, venue.profile(protocol))
    kinds = (267, [[(269, "0")], [(269, "1")], [(269, "2")]])
    trader.say("md", "V", (262, "R1"), (263, "1"), (264, "0"), (265, "1"), kinds, (146, [[(55, "005930")]]))
    book = trader.until("md", lambda m: m["35"] == "W" and "0" in m["entries"] and "1" in m["entries"])
    assert book["55"] == "005930"
    trader.until("md", lambda m: m["35"] == "X")

    trader.say("oe", "D", *order("take-1", 10, (40, "1"), (59, "3")))
    fill = trader.report("oe", "take-1", "F")
    assert trader.report("oe", "take-1", "0")["39"] == "0"
    assert (fill["39"], fill["14"], fill["151"], fill["851"]) == ("2", "10", "0", "2")
    assert trader.report("dc", "take-1", "F")["797"] == "Y"

    far = str(int(float(fill["31"])) * 90 // 100 // 1000 * 1000)
    nearer = str(int(far) + 1000)
    trader.say("oe", "D", *order("rest-1", 20, (40, "2"), (44, far), (59, "0")))
    assert trader.report("oe", "rest-1", "0")["44"] == far
    trader.say("oe", "G", *order("rest-2", 15, (41, "rest-1"), (40, "2"), (44, nearer)))
    replaced = trader.report("oe", "rest-2", "5")
    assert (replaced["41"], replaced["38"], replaced["151"], replaced["44"]) == ("rest-1", "15", "15", nearer)
    trader.say("oe", "H", (11, "rest-2"), (55, "005930"), (54, "1"))
    assert trader.report("oe", "rest-2", "I")["39"] == "0"
    trader.say("oe", "F", *order("gone-1", 15, (41, "rest-2")))
    canceled = trader.report("oe", "gone-1", "4")
    assert (canceled["41"], canceled["39"], canceled["151"]) == ("rest-2", "4", "0")
    trader.say("oe", "F", *order("gone-2", 15, (41, "rest-2")))
    refused = trader.until("oe", lambda m: m["35"] == "9")
    assert (refused["11"], refused["41"], refused["434"], refused["102"]) == ("gone-2", "rest-2", "1", "0")
    assert not [m for m in trader.heard["oe"] if m["35"] in ("3", "j")]


def test_a_trader_of_5_0_sp2_trades_and_asks_for_lists(venue, trader):
    trader.logon("oe", venue.profile("FIX 5.0 SP2 orders"))
    trader.logon("md", venue.profile("FIX 5.0 SP2 market data"))
    trader.say("md", "x", (320, "L1"), (559, "4"))
    assert int(trader.until("md", lambda m: m["35"] == "y")["393"]) >= 20
    trader.say("md", "g", (335, "S1"), (263, "1"))
    assert trader.until("md", lambda m: m["35"] == "h")["625"] == "3"
    trader.say("oe", "D", *order("a", 10, (40, "1"), (59, "3"), side="2"))
    assert trader.report("oe", "a", "F")["39"] == "2"
    trader.say("oe", "D", *order("a", 10, (40, "1"), (59, "3")))
    assert trader.report("oe", "a", "8")["103"] == "6"
    trader.say("oe", "AF", (584, "M1"), (585, "7"))
    assert trader.until("oe", lambda m: m.get("584") == "M1")["911"] == "1"
    trader.say("oe", "q", (11, "q1"), (530, "7"), (60, NOW))
    assert trader.until("oe", lambda m: m["35"] == "r")["531"] == "7"
    assert not [m for m in trader.heard["oe"] + trader.heard["md"] if m["35"] in ("3", "j")]


def test_after_kill_9_the_venue_goes_on_and_nothing_is_lost_or_told_twice(venue, trader):
    trader.logon("oe", venue.profile("FIX 4.4 orders"))
    for number in range(20):
        trader.say("oe", "D", *order(f"k{number}", 1, (40, "2"), (44, "200000"), (59, "0")))
        if number == 12:
            trader.report("oe", "k5", "0")
            venue.kill()
            venue.start()
    trader.report("oe", "k19", "0")
    trader.say("oe", "F", *order("x", 1, (41, "k3")))
    trader.report("oe", "x", "4")
    accepted = [m["11"] for m in trader.heard["oe"] if m.get("150") == "0"]
    assert sorted(accepted) == sorted(f"k{number}" for number in range(20))
    assert not [m for m in trader.heard["oe"] if m.get("150") == "8"]
