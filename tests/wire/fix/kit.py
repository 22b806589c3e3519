"""What the FIX tests share: dictionaries, frames from text, two sessions with a wire between them."""

from functools import cache

from hts.app.fix_tables import load_dictionary
from hts.wire.fix.codec import check_sum
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.dictionary import Dictionary
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from hts.wire.fix.values import timestamp

START_NS = 1_795_392_000_000_000_000  # 2026-11-23 00:00:00 UTC, a Monday
SECOND = 1_000_000_000
BEGIN = {"FIX.4.2": "FIX.4.2", "FIX.4.4": "FIX.4.4", "FIX.5.0 SP2": "FIXT.1.1"}


@cache
def a_dictionary(begin_string: str = "FIX.4.4") -> Dictionary:
    return load_dictionary(begin_string)


def a_frame(text: str, begin_string: str = "FIX.4.4") -> bytes:
    """Fields from MsgType(35) on, `|` for the delimiter, completed with length and checksum."""
    body = text.replace("|", "\x01").encode("latin-1")
    data = b"8=%b\x019=%d\x01%b" % (begin_string.encode(), len(body), body)
    return data + b"10=%03d\x01" % check_sum(data)


def shown(frame: bytes) -> str:
    return frame.replace(b"\x01", b"|").decode("latin-1")


def frames(data: bytes) -> list[str]:
    """The messages in some bytes from MsgType(35) on, without the times and the trailer."""
    found = []
    for part in shown(data).split("8=FIX")[1:]:
        fields = [field for field in part.split("|")[2:-1] if field.split("=")[0] not in ("52", "122", "10")]
        found.append("|".join(fields))
    return found


def a_config(role: Role = Role.ACCEPTOR, **fields) -> SessionConfig:
    ids = {"sender_comp_id": "US", "target_comp_id": "PEER"}
    if role is Role.INITIATOR:
        ids = {"sender_comp_id": "PEER", "target_comp_id": "US"}
    return SessionConfig(role=role, **{**ids, **fields})


class Side:
    """One session with its clock and everything that it told."""

    def __init__(self, role: Role, begin_string: str = "FIX.4.4", store: FixStore | None = None, **fields) -> None:
        self.inspector = Inspector(a_dictionary(begin_string))
        self.begin_string = begin_string
        self.config = a_config(role, **fields)
        self.store = store if store is not None else FixStore()
        self.session = FixSession(self.config, self.inspector, self.store)
        self.now_ns = START_NS
        self.events = []

    def connect(self) -> bytes:
        self.session.connected(self.now_ns, self.now_ns)
        return self._drain()

    def receive(self, data: bytes) -> bytes:
        self.session.receive_data(data, self.now_ns, self.now_ns)
        return self._drain()

    def send(self, msg_type: str, fields=()) -> bytes:
        self.session.send(msg_type, tuple(fields), self.now_ns, self.now_ns)
        return self._drain()

    def tick(self) -> bytes:
        """Jump to the next timer."""
        self.now_ns = max(self.now_ns, self.session.next_timer_ns())
        self.session.on_timer(self.now_ns, self.now_ns)
        return self._drain()

    def peer(self, seq: int, msg_type: str, more: str = "", at_s: int = 0) -> bytes:
        """What the peer would send."""
        time = timestamp(self.now_ns + at_s * SECOND).decode()
        them, us = self.config.target_comp_id, self.config.sender_comp_id
        text = f"35={msg_type}|34={seq}|49={them}|52={time}|56={us}|{more}"
        return a_frame(text, self.begin_string)

    def logged_on(self, more: str = "") -> "Side":
        """Past the exchange of Logons, nothing left to read."""
        version = "1137=9|" if self.begin_string == "FIXT.1.1" else ""
        self.connect()
        self.receive(self.peer(1, "A", f"98=0|108=30|{more}{version}"))
        assert self.session.is_up, self.events
        self.events.clear()
        return self

    def _drain(self) -> bytes:
        while (event := self.session.next_event()) is not None:
            self.events.append(event)
        return self.session.data_to_send()


def exchange(left: Side, right: Side, data: bytes, rounds: int = 50) -> None:
    """Carry bytes from left to right and back until both are quiet."""
    source, target = left, right
    for _ in range(rounds):
        if not data:
            return
        data = target.receive(data)
        source, target = target, source
    raise AssertionError("the two sides never stop talking")


ORDER = ((11, b"1"), (55, b"005930"), (54, b"1"), (60, b"20261123-00:00:00"), (38, b"10"), (40, b"2"), (44, b"71000"))
ORDER_TEXT = "11=1|55=005930|54=1|60=20261123-00:00:00|38=10|40=2|44=71000|"
