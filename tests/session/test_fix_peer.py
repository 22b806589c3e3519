"""Our engine against an independent one, in both roles: trade, lose the connection in the middle of a burst, recover.

The peer is the package `quickfix`. Its absence skips the tests; nothing else in the project needs it.
"""

import select
import socket
import struct
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

quickfix = pytest.importorskip("quickfix", reason="the package quickfix is absent: no independent FIX engine to meet")

ORDERS = 300
CUT_AFTER = 100
PATIENCE_S = 30.0
SETTINGS = """[DEFAULT]
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=5
ReconnectInterval=1
UseDataDictionary=Y
DataDictionary={dictionary}
FileStorePath={folder}
[SESSION]
BeginString=FIX.4.4
ConnectionType={kind}
SenderCompID=PEER
TargetCompID=US
{more}
"""


class PeerApplication(quickfix.Application):
    """Answers each order with a fill; counts what came."""

    def __init__(self):
        super().__init__()
        self.received = []
        self.session_id = None

    def onCreate(self, session_id):
        self.session_id = session_id

    def onLogon(self, session_id): ...
    def onLogout(self, session_id): ...
    def toAdmin(self, message, session_id): ...
    def fromAdmin(self, message, session_id): ...
    def toApp(self, message, session_id): ...

    def fromApp(self, message, session_id):
        if message.getHeader().getField(35) != "D":
            self.received.append(message.getField(17))
            return
        cl_ord_id = message.getField(11)
        self.received.append(cl_ord_id)
        quickfix.Session.sendToTarget(a_peer_message("8", report(cl_ord_id)), session_id)


def report(cl_ord_id: str) -> list[tuple[int, str]]:
    return [
        (37, f"O{cl_ord_id}"), (11, cl_ord_id), (17, f"E{cl_ord_id}"), (150, "F"), (39, "2"), (55, "005930"), (54, "1"),
        (38, "10"), (32, "10"), (31, "71000"), (151, "0"), (14, "10"), (6, "71000"), (60, "20261123-00:00:00"),
    ]  # fmt: skip


def order(cl_ord_id: int) -> list[tuple[int, str]]:
    return [(11, str(cl_ord_id)), (55, "005930"), (54, "1"), (60, "20261123-00:00:00"), (38, "10"), (40, "1")]


def a_peer_message(msg_type: str, fields):
    message = quickfix.Message()
    message.getHeader().setField(35, msg_type)
    for tag, value in fields:
        message.setField(tag, value)
    return message


class OurSide:
    """Our session on a blocking socket."""

    def __init__(self, role: Role) -> None:
        config = SessionConfig(role=role, sender_comp_id="US", target_comp_id="PEER", heartbeat_s=5)
        self.session = FixSession(config, Inspector(a_dictionary()), FixStore())
        self.received: list[str] = []
        self.dups = 0
        self.logons = 0
        self.socket: socket.socket | None = None

    def take(self, connection: socket.socket) -> None:
        self.socket = connection
        self.session.connected(time.time_ns(), time.monotonic_ns())
        self._flush()

    def cut(self) -> None:
        """Close without a word; what is in the buffers is lost."""
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
                    body = tuple((tag, value.encode()) for tag, value in report(event.message.text(11)))
                    self.session.send("8", body, time.time_ns(), time.monotonic_ns())

    def _flush(self) -> None:
        data = self.session.data_to_send()
        if data:
            self.socket.sendall(data)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def peer(kind: str, folder: Path, port: int):
    dictionary = SHARED / "fix" / "FIX44.xml"
    if not dictionary.exists():
        pytest.skip(f"{dictionary} is absent; set HTS_SHARED")
    more = (
        f"SocketAcceptPort={port}" if kind == "acceptor" else f"SocketConnectHost=127.0.0.1\nSocketConnectPort={port}"
    )
    path = folder / "peer.cfg"
    path.write_text(SETTINGS.format(dictionary=dictionary, folder=folder, kind=kind, more=more))
    settings = quickfix.SessionSettings(str(path))
    application, store = PeerApplication(), quickfix.MemoryStoreFactory()
    maker = quickfix.SocketAcceptor if kind == "acceptor" else quickfix.SocketInitiator
    engine = maker(application, store, settings)
    engine.start()
    return application, engine, (settings, store)


def dial(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            assert time.monotonic() < end


@pytest.mark.processes
def test_our_initiator_recovers_with_nothing_lost_or_doubled(tmp_path):
    port = free_port()
    application, engine, _kept = peer("acceptor", tmp_path, port)
    us = OurSide(Role.INITIATOR)
    try:
        us.take(dial(port))
        us.run(lambda: us.session.is_up)
        for number in range(1, ORDERS + 1):
            us.send("D", order(number))
            if number == CUT_AFTER:
                us.run(lambda: len(us.received) >= CUT_AFTER // 4)
                us.cut()
                us.take(dial(port))
                us.run(lambda: us.session.is_up)
        us.run(lambda: len(us.received) >= ORDERS and len(application.received) >= ORDERS)
        expected = [str(number) for number in range(1, ORDERS + 1)]
        assert (us.received, application.received, us.logons) == (expected, expected, 2)
        us.session.logout("", time.time_ns(), time.monotonic_ns())
        us._flush()
        us.run(lambda: us.session.is_closing)
    finally:
        engine.stop(True)
        us.socket.close()


@pytest.mark.processes
def test_our_acceptor_recovers_with_nothing_lost_or_doubled(tmp_path):
    us = OurSide(Role.ACCEPTOR)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        application, engine, _kept = peer("initiator", tmp_path, server.getsockname()[1])
        try:
            us.take(server.accept()[0])
            us.run(lambda: us.session.is_up)
            for number in range(1, ORDERS + 1):
                quickfix.Session.sendToTarget(a_peer_message("D", order(number)), application.session_id)
                if number == CUT_AFTER:
                    us.run(lambda: len(us.received) >= CUT_AFTER // 2, answer=True)
                    us.cut()
                    us.take(server.accept()[0])
                    us.run(lambda: us.session.is_up, answer=True)
            us.run(lambda: len(us.received) >= ORDERS and len(application.received) >= ORDERS, answer=True)
            expected = [str(number) for number in range(1, ORDERS + 1)]
            assert us.received == expected
            assert application.received == [f"E{number}" for number in expected]
            assert us.logons == 2
        finally:
            engine.stop(True)
            us.socket.close()
