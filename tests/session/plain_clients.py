"""Clients of the venues' own protocols written with `struct` alone, as somebody from outside would write them.

They share no code with the project: SoupBinTCP 3.00, OUCH 5.0, MoldUDP64 and what of ITCH 5.0 a book needs.
"""

import socket
import struct
import time

PATIENCE_S = 30.0


class PlainSoup:
    """A blocking SoupBinTCP session."""

    def __init__(self, host, port, user, password, *, session="", seq=1):
        self.sock = socket.create_connection((host, port), timeout=PATIENCE_S)
        self.data = b""
        login = f"{user:<6}{password:<10}{session:>10}{seq:>20}".encode()
        self.sock.sendall(struct.pack(">Hc", len(login) + 1, b"L") + login)
        kind, body = self.packet()
        assert kind == b"A", (kind, body)
        self.session, self.next_seq = body[:10].decode().strip(), int(body[10:30])

    def packet(self):
        """The next packet that is no heartbeat: (type, payload)."""
        while True:
            if len(self.data) >= 3:
                size = struct.unpack(">H", self.data[:2])[0]
                if len(self.data) >= size + 2:
                    kind, body = self.data[2:3], self.data[3 : size + 2]
                    self.data = self.data[size + 2 :]
                    if kind != b"H":
                        return kind, body
                    continue
            more = self.sock.recv(65536)
            if not more:
                return b"", b""
            self.data += more

    def message(self):
        """The next sequenced message."""
        kind, body = self.packet()
        assert kind == b"S", (kind, body)
        self.next_seq += 1
        return body

    def send(self, body):
        self.sock.sendall(struct.pack(">Hc", len(body) + 1, b"U") + body)

    def everything(self):
        """Sequenced messages to the end of the session."""
        found = []
        while True:
            kind, body = self.packet()
            if kind != b"S":
                self.close()
                return found
            found.append(body)

    def close(self):
        self.sock.close()


def ouch_enter(number, side, qty, symbol, px, *, times=b"0", cl_ord_id="", display=b"Y"):
    return struct.pack(
        ">cIcI8sQcccc c14sH".replace(" ", ""),
        b"O", number, side, qty, f"{symbol:<8}".encode(), px, times, display, b"A", b"N", b"N",
        f"{cl_ord_id:<14}".encode(), 0,
    )  # fmt: skip


def ouch_cancel(number, qty=0):
    return struct.pack(">cII", b"X", number, qty)


def ouch_replace(old, new, qty, px):
    return struct.pack(">cIIIQccc14sH", b"U", old, new, qty, px, b"0", b"Y", b"N", b" " * 14, 0)


def ouch_read(body):
    """(type, fields that a trader looks at)."""
    kind = body[:1]
    if kind == b"A":
        return "accepted", struct.unpack(">I", body[9:13])[0], struct.unpack(">Q", body[36:44])[0]
    if kind == b"E":
        return "executed", *struct.unpack(">IIQ", body[9:25])
    if kind == b"C":
        return "canceled", *struct.unpack(">IIc", body[9:18])
    if kind == b"J":
        return "rejected", *struct.unpack(">IH", body[9:15])
    if kind == b"U":
        return "replaced", *struct.unpack(">II", body[9:17])
    return "event", body[9:10]


class PlainItch:
    """A book out of ITCH 5.0: {reference: [symbol, side, quantity, price]}."""

    def __init__(self):
        self.orders = {}
        self.symbols = {}
        self.kinds = set()

    def apply(self, message):
        kind = message[:1]
        self.kinds.add(kind)
        locate = struct.unpack(">H", message[1:3])[0]
        if kind == b"R":
            self.symbols[locate] = message[11:19].decode().strip()
        elif kind in (b"A", b"F"):
            ref, side, qty = struct.unpack(">QcI", message[11:24])
            self.orders[ref] = [self.symbols[locate], side.decode(), qty, struct.unpack(">I", message[32:36])[0]]
        elif kind in (b"E", b"C", b"X"):
            ref, qty = struct.unpack(">QI", message[11:23])
            self.orders[ref][2] -= qty
            if not self.orders[ref][2]:
                del self.orders[ref]
        elif kind == b"D":
            del self.orders[struct.unpack(">Q", message[11:19])[0]]
        elif kind == b"U":
            old, new, qty, px = struct.unpack(">QQII", message[11:35])
            symbol, side = self.orders.pop(old)[:2]
            self.orders[new] = [symbol, side, qty, px]

    def levels(self):
        return sorted((symbol, side, px, qty) for symbol, side, qty, px in self.orders.values())


class PlainMold:
    """A listener on one line that asks for what it has missed; `loses(n)` drops the n-th packet."""

    def __init__(self, host, port, request_port, loses=lambda number: False):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.bind((host, port))
        self.asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.asking.settimeout(PATIENCE_S)
        self.request_address = (host, request_port)
        self.session = b""
        self.next_seq = 1
        self.loses = loses
        self.received = self.asked = 0

    def messages_until(self, is_enough):
        """Messages in order until the question says so; heartbeats count as packets."""
        found = []
        deadline = time.monotonic() + PATIENCE_S
        while not is_enough():
            assert time.monotonic() < deadline, (self.next_seq, self.received)
            self.sock.settimeout(0.2)
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                continue
            self.received += 1
            if self.loses(self.received):
                continue
            for message in self._take(data):
                found.append(message)
                yield message

    def _take(self, data):
        session, seq, count = struct.unpack(">10sQH", data[:20])
        self.session = self.session or session
        while seq > self.next_seq:
            yield from self._ask(session, self.next_seq, min(seq - self.next_seq, 500))
        yield from self._blocks(data, seq, count)

    def _ask(self, session, seq, count):
        self.asked += 1
        self.asking.sendto(struct.pack(">10sQH", session, seq, count), self.request_address)
        answer = self.asking.recv(65536)
        _, first, got = struct.unpack(">10sQH", answer[:20])
        yield from self._blocks(answer, first, got)

    def _blocks(self, data, seq, count):
        at = 20
        for number in range(count if count != 0xFFFF else 0):
            size = struct.unpack(">H", data[at : at + 2])[0]
            if seq + number == self.next_seq:
                self.next_seq += 1
                yield data[at + 2 : at + 2 + size]
            at += 2 + size

    def close(self):
        self.sock.close()
        self.asking.close()
