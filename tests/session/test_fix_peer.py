"""Our engine against an independent one, in both roles: trade, lose the connection in the middle of a burst, recover.

The peer is the package `quickfix` (docs/peers.md). Its absence skips the tests; nothing else here needs it.
"""

import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import LoggedOn, MessageReceived
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from tests.session.fix_player import SHARED
from tests.wire.fix.kit import a_dictionary

pytest.importorskip("quickfix", reason="quickfix is absent, no independent FIX engine to meet: pip install '.[peers]'")
from tests.session.fix_peer_process import order, report

VERSIONS = ["FIX.4.2", "FIX.4.4", "FIXT.1.1"]

ORDERS = 300
CUT_AFTER = 100
PATIENCE_S = 30.0
PEER = Path(__file__).with_name("fix_peer_process.py")


class OurSide:
    """Our session on a blocking socket."""

    def __init__(self, role: Role, begin_string: str) -> None:
        self.begin_string = begin_string
        config = SessionConfig(role=role, sender_comp_id="US", target_comp_id="PEER", heartbeat_s=5)
        self.session = FixSession(config, Inspector(a_dictionary(begin_string)), FixStore())
        self.received: list[str] = []
        self.dups = 0
        self.logons = 0
        self.socket: socket.socket | None = None

    def take(self, connection: socket.socket) -> None:
        self.socket = connection
        self.session.connected(time.time_ns(), time.monotonic_ns())
        self._flush()

    def cut_unread(self) -> None:
        """Close without a word while messages wait to be read: they, and what is on its way to the peer, are lost."""
        assert select.select([self.socket], [], [], PATIENCE_S)[0]
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.session.disconnected()
        self.socket = None

    def send(self, msg_type: str, fields) -> None:
        body = tuple((tag, value.encode()) for tag, value in fields)
        self.session.send(msg_type, body, time.time_ns(), time.monotonic_ns())
        self._flush()

    def run(self, is_done, answer: bool = False) -> None:
        """Read until it is so."""
        end = time.monotonic() + PATIENCE_S
        while not is_done():
            assert time.monotonic() < end, (len(self.received), self.session.state)
            if select.select([self.socket], [], [], 0.05)[0]:
                data = self.socket.recv(1 << 16)
                assert data, "the peer closed the connection"
                self.session.receive_data(data, time.time_ns(), time.monotonic_ns())
            self.session.on_timer(time.time_ns(), time.monotonic_ns())
            self._drain(answer=answer)
            self._flush()

    def _drain(self, *, answer: bool) -> None:
        while (event := self.session.next_event()) is not None:
            self.logons += isinstance(event, LoggedOn)
            if isinstance(event, MessageReceived):
                self.dups += event.poss_dup
                self.received.append(event.message.text(11))
                if answer:
                    fields = report(event.message.text(11), self.begin_string)
                    body = tuple((tag, value.encode()) for tag, value in fields)
                    self.session.send("8", body, time.time_ns(), time.monotonic_ns())

    def _flush(self) -> None:
        data = self.session.data_to_send()
        if data:
            self.socket.sendall(data)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """The independent engine in a process of its own: its shutdown is not what we test."""

    def __init__(self, kind: str, folder: Path, port: int, begin_string: str) -> None:
        dictionaries = SHARED / "fix"
        if not dictionaries.exists():
            pytest.skip(f"{dictionaries} is absent; set HTS_SHARED")
        words = [sys.executable, str(PEER), kind, str(port), str(folder), str(dictionaries), begin_string]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._ask("ready") == "ready"

    def send_orders(self, first: int, last: int) -> None:
        assert self._ask(f"orders {first} {last}") == "sent"

    def received(self) -> list[str]:
        """ClOrdIDs of orders, or ExecIDs of reports, as its application got them."""
        return self._ask("received").split()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, line: str) -> str:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


def dial(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            assert time.monotonic() < end


@pytest.mark.processes
@pytest.mark.parametrize("begin_string", VERSIONS)
def test_our_initiator_recovers_with_nothing_lost_or_doubled(tmp_path, begin_string):
    port = free_port()
    peer = Peer("acceptor", tmp_path, port, begin_string)
    us = OurSide(Role.INITIATOR, begin_string)
    try:
        us.take(dial(port))
        us.run(lambda: us.session.is_up)
        for number in range(1, ORDERS + 1):
            us.send("D", order(number, begin_string))
            if number == CUT_AFTER:
                us.cut_unread()
                us.take(dial(port))
                us.run(lambda: us.session.is_up)
        us.run(lambda: len(us.received) >= ORDERS)
        expected = [str(number) for number in range(1, ORDERS + 1)]
        assert (us.received, peer.received(), us.logons) == (expected, expected, 2)
        assert us.dups > 0
        us.session.logout("", time.time_ns(), time.monotonic_ns())
        us._flush()
        us.run(lambda: us.session.is_closing)
    finally:
        peer.kill()
        us.socket.close()


@pytest.mark.processes
@pytest.mark.parametrize("begin_string", VERSIONS)
def test_our_acceptor_recovers_with_nothing_lost_or_doubled(tmp_path, begin_string):
    us = OurSide(Role.ACCEPTOR, begin_string)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        peer = Peer("initiator", tmp_path, server.getsockname()[1], begin_string)
        try:
            us.take(server.accept()[0])
            us.run(lambda: us.session.is_up)
            peer.send_orders(1, CUT_AFTER)
            us.cut_unread()
            us.take(server.accept()[0])
            us.run(lambda: us.session.is_up, answer=True)
            peer.send_orders(CUT_AFTER + 1, ORDERS)
            us.run(lambda: len(us.received) >= ORDERS, answer=True)
            expected = [str(number) for number in range(1, ORDERS + 1)]
            assert us.received == expected
            us.run(lambda: len(peer.received()) >= ORDERS, answer=True)
            assert peer.received() == [f"E{number}" for number in expected]
            assert us.logons == 2
            assert us.dups > 0
        finally:
            peer.kill()
            us.socket.close()
