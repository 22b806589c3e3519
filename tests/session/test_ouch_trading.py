"""A plain OUCH client trades on `hts sim` over TCP: bytes by hand from the protocol's description."""

import json
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hts.io.ports import free_port_base

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
pytestmark = pytest.mark.processes


class Soup:
    """SoupBinTCP, the client's side: length, type, payload."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._data = b""
        login = f"{username:<6}{password:<10}{'':10}{1:>20}".encode()
        self.send(b"L" + login)
        kind, _ = self.packet()
        assert kind == b"A"

    def send(self, packet: bytes) -> None:
        self._socket.sendall(struct.pack(">H", len(packet)) + packet)

    def packet(self) -> tuple[bytes, bytes]:
        end = time.monotonic() + PATIENCE_S
        while len(self._data) < 2 or len(self._data) < 2 + struct.unpack_from(">H", self._data)[0]:
            assert time.monotonic() < end
            found = self._socket.recv(4096)
            assert found, "the venue closed the connection"
            self._data += found
        size = struct.unpack_from(">H", self._data)[0]
        packet, self._data = self._data[2 : 2 + size], self._data[2 + size :]
        return packet[:1], packet[1:]

    def message(self, kind: bytes) -> bytes:
        """The next sequenced message of a type."""
        while True:
            packet, payload = self.packet()
            if packet == b"S" and payload[:1] == kind:
                return payload

    def close(self) -> None:
        self._socket.close()


def enter_order(number: int, *, side: bytes, qty: int, symbol: str, px: int, tif: bytes) -> bytes:
    """OUCH 5.0 Enter Order: 47 bytes and no appendages."""
    return b"UO" + struct.pack(
        ">IcI8sQccccc14sH", number, side, qty, symbol.ljust(8).encode(), px, tif, b"Y", b"A", b"N", b"N",
        b"plain".ljust(14), 0,
    )  # fmt: skip


def cancel_order(number: int) -> bytes:
    return b"UX" + struct.pack(">II", number, 0)


@pytest.fixture
def rows(tmp_path):
    words = [
        sys.executable, "-m", "hts.app", "sim", "--json", "--home", str(tmp_path / "home"), "--seed", "3", "--venues",
        "NASDAQ", "--port-base", str(free_port_base()), "--clock", "2026-11-30 23:40",
    ]  # fmt: skip
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield json.loads(process.stdout.readline())["venues"]["NASDAQ"]
    process.kill()
    process.communicate()


def test_a_plain_client_buys_rests_and_cancels(rows):
    row = next(row for row in rows if row["protocol"].startswith("Nasdaq OUCH") and "username" in row["credentials"])
    client = Soup(row["port"], row["credentials"]["username"], row["credentials"]["password"])
    try:
        assert client.message(b"S")[9:10] == b"S", "start of day"
        client.send(enter_order(1, side=b"B", qty=10, symbol="AAPL", px=4_000_000, tif=b"3"))
        accepted = client.message(b"A")
        assert struct.unpack_from(">IcI8sQ", accepted, 9) == (1, b"B", 10, b"AAPL    ", 4_000_000)
        executed = client.message(b"E")
        number, qty, px = struct.unpack_from(">IIQ", executed, 9)
        assert number == 1
        assert 0 < qty <= 10
        assert 0 < px < 4_000_000
        client.send(enter_order(2, side=b"B", qty=10, symbol="AAPL", px=px * 95 // 10_000 * 100, tif=b"0"))
        client.message(b"A")
        client.send(cancel_order(2))
        canceled = client.message(b"C")
        assert struct.unpack_from(">II", canceled, 9) == (2, 10)
        client.send(enter_order(3, side=b"B", qty=10, symbol="NOSUCH", px=1_000_000, tif=b"0"))
        rejected = client.message(b"J")
        assert struct.unpack_from(">I", rejected, 9) == (3,)
    finally:
        client.close()
