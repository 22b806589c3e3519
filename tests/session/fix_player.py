"""Plays the acceptance definitions of FIX against our acceptor without sockets and under a clock of its own.

The definitions are the public ones of a recorded suite: `I` sends, `E` expects, `i` and `e` connect and disconnect.
"""

import importlib.util
import os
import re
from pathlib import Path

import pytest

from hts.app.conformance import Connection
from hts.app.fix_tables import load_dictionary
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role
from hts.wire.fix.values import timestamp

SHARED = Path(os.environ.get("HTS_SHARED", Path(__file__).resolve().parents[3] / "shared"))
SUITE = SHARED / "fix_acceptance"
DEFINITIONS = sorted((SUITE / "fix44").glob("*.def"))
START_NS = 1_795_392_000_000_000_000
PATIENCE_NS = 60_000_000_000
ABSENT = f"{SUITE}: the recorded FIX acceptance suite is absent; set HTS_SHARED"


def suite_player():
    """The suite's own player as a module: it knows how messages are completed and compared."""
    if not DEFINITIONS:
        pytest.skip(ABSENT)
    spec = importlib.util.spec_from_file_location("fix_acceptance_play", SUITE / "play.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class VirtualAcceptor:
    """Our side of the conformance server, with connections by number and a clock that jumps."""

    def __init__(self, begin_string: str) -> None:
        self._inspector = Inspector(load_dictionary(begin_string))
        self._config = SessionConfig(role=Role.ACCEPTOR, sender_comp_id="ISLD", target_comp_id="TW44")
        self._connections: dict[int, Connection] = {}
        self._out: dict[int, bytes] = {}
        self.now_ns = START_NS

    def connect(self, number: int) -> None:
        self._connections[number] = connection = Connection(self._inspector, self._config, self._refuse_second)
        self._out[number] = b""
        connection.session.connected(self.now_ns, self.now_ns)
        self._after(number)

    def disconnect(self, number: int) -> None:
        del self._connections[number]

    def receive(self, number: int, data: bytes) -> None:
        self._connections[number].session.receive_data(data, self.now_ns, self.now_ns)
        self._after(number)

    def frame(self, number: int) -> bytes:
        """The next message to the tester; the clock runs until there is one."""
        self._wait(lambda: self._out[number])
        found = re.match(rb"8=.*?\x0110=\d{3}\x01", self._out[number], re.DOTALL)
        assert found, self._out[number]
        self._out[number] = self._out[number][found.end() :]
        return found.group()

    def wait_closed(self, number: int) -> None:
        """The connection closes, and nothing more was said on it."""
        self._wait(lambda: self._out[number] or self._connections[number].session.is_closing)
        assert self._out[number] == b""

    def _refuse_second(self) -> str:
        return "second" if any(c.is_logged_on for c in self._connections.values()) else ""

    def _after(self, number: int) -> None:
        connection = self._connections[number]
        connection.drain(self.now_ns, self.now_ns)
        self._out[number] += connection.session.data_to_send()

    def _wait(self, is_there) -> None:
        end_ns = self.now_ns + PATIENCE_NS
        while not is_there():
            times = [c.session.next_timer_ns() for c in self._connections.values()]
            due = min((at for at in times if at is not None), default=end_ns)
            assert due < end_ns, "nothing came"
            self.now_ns = due
            for number, connection in self._connections.items():
                connection.session.on_timer(self.now_ns, self.now_ns)
                self._after(number)


def play(path: Path, begin_string: str = "FIX.4.4") -> None:
    """One definition from beginning to end, in another version if its messages allow it."""
    suite, acceptor = suite_player(), VirtualAcceptor(begin_string)
    for line in path.read_bytes().split(b"\n"):
        text = as_version(line.rstrip(b"\r"), begin_string)
        if not text or text.startswith(b"#"):
            continue
        number, body = (text[1] - 48, text[3:]) if re.match(rb"[IEie]\d,", text) else (1, text[1:])
        kind, body = text[:1], suite.fixify(with_times(body, acceptor.now_ns))
        if kind == b"I":
            acceptor.receive(number, body)
        elif kind == b"E":
            found = acceptor.frame(number)
            assert suite.compare(body.decode("latin-1"), found.decode("latin-1")) is None, (body, found)
        elif kind == b"i" and body == b"CONNECT":
            acceptor.connect(number)
        elif kind == b"i":
            acceptor.disconnect(number)
        elif body == b"DISCONNECT":
            acceptor.wait_closed(number)


APPL_VERSION = b"\x011137=9"


def as_version(line: bytes, begin_string: str) -> bytes:
    """A line of a FIX 4.4 definition in another version. FIXT.1.1 wants DefaultApplVerID(1137) in each Logon(A)."""
    line = line.replace(b"8=FIX.4.4", b"8=" + begin_string.encode())
    if begin_string != "FIXT.1.1" or b"\x0135=A\x01" not in line:
        return line
    end = line.rfind(b"\x0110=")
    longer = (line[:end] + APPL_VERSION + line[end:]) if end > 0 else line.rstrip(b"\x01") + APPL_VERSION + b"\x01"
    if line[:1] == b"I":
        return longer
    return re.sub(rb"\x019=(\d+)", lambda m: b"\x019=%d" % (int(m.group(1)) + len(APPL_VERSION)), longer)


def with_times(body: bytes, now_ns: int) -> bytes:
    """`<TIME+n>` as the time now, shifted by seconds."""
    return re.sub(
        rb"<TIME([+-]\d+)?>", lambda m: timestamp(now_ns + int(m.group(1) or 0) * 1_000_000_000, digits=0), body
    )
