"""Another system of the same member: a FIX 4.4 order session over a real socket."""

import socket
import time

from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import LoggedOn, MessageReceived
from hts.wire.fix.session import FixSession
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from tests.sim.fix_shell import an_inspector

PATIENCE_S = 10.0
ORDERS = 5  # of a venue's block of ports


class OutsideFix:
    """Logs on when it is made; `messages` is what it heard."""

    def __init__(self, port_base, comp_id="HTS01-OE44", venue="KRX", password=b"paper"):
        config = SessionConfig(
            role=Role.INITIATOR, sender_comp_id=comp_id, target_comp_id=venue, logon_fields=((554, password),)
        )
        self.session = FixSession(config, an_inspector("FIX.4.4"), FixStore())
        self.messages, self.is_up = [], False
        self.socket = socket.create_connection(("127.0.0.1", port_base + ORDERS), timeout=PATIENCE_S)
        self.session.connected(time.time_ns(), time.monotonic_ns())
        self.until(lambda: self.is_up)

    def until(self, is_so):
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < deadline, self.messages
            self._flush()
            self.session.receive_data(self.socket.recv(65536), time.time_ns(), time.monotonic_ns())
            while (event := self.session.next_event()) is not None:
                self.is_up = self.is_up or isinstance(event, LoggedOn)
                if isinstance(event, MessageReceived):
                    self.messages.append(event.message)

    def _flush(self):
        data = self.session.data_to_send()
        if data:
            self.socket.sendall(data)

    def say(self, msg_type, *fields):
        """A request, and the answer to it."""
        heard = len(self.messages)
        body = tuple(sorted((tag, str(value).encode()) for tag, value in fields))
        self.session.send(msg_type, body, time.time_ns(), time.monotonic_ns())
        self.until(lambda: len(self.messages) > heard)
        return self.messages[-1]

    def close(self):
        self.socket.close()
