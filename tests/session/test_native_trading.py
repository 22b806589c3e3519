"""Plain clients trade on `hts sim` over real sockets: OUCH orders, ITCH books, gaps, snapshots, a killed venue."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hts.io.ports import free_port_base
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import Decoded
from tests.session.plain_clients import (
    PlainItch,
    PlainMold,
    PlainSoup,
    ouch_cancel,
    ouch_enter,
    ouch_read,
    ouch_replace,
)
from tests.support.wire_layout import layout_of

ROOT = Path(__file__).resolve().parents[2]
USD = 10_000
pytestmark = pytest.mark.processes


class Sim:
    """`hts sim` as a process."""

    def __init__(self, home, venues, clock, *words):
        self._command = [
            sys.executable, "-m", "hts.app", "sim", "--json", "--home", str(home), "--venues", venues,
            "--clock", clock, "--seed", "3", "--port-base", str(free_port_base()), *words,
        ]  # fmt: skip
        self._clients = []
        self.start()

    def start(self):
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.rows = json.loads(self._process.stdout.readline())["venues"]

    def find(self, venue, word):
        return next(row for row in self.rows[venue] if word in row["protocol"])

    def login(self, venue, word, user="HTS01", **more):
        row = self.find(venue, word)
        self._clients.append(PlainSoup(row["host"], row["port"], user, row["credentials"]["password"], **more))
        return self._clients[-1]

    def mold(self, venue, **more):
        line, request = self.find(venue, "line A"), self.find(venue, "re-request")
        self._clients.append(PlainMold(line["host"], line["port"], request["port"], **more))
        return self._clients[-1]

    def kill(self):
        self._process.kill()
        self._process.communicate()

    def stop(self):
        for client in self._clients:
            client.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate()


@pytest.fixture
def nasdaq(tmp_path):
    sim = Sim(tmp_path, "NASDAQ", "2026-11-24 23:40:00", "--intensity", "0")
    yield sim
    sim.stop()


def read(session):
    return ouch_read(session.message())


def trade(session, other):
    """Orders of two traders: fills, a replacement, a cancel to a size, rejects. What is left rests."""
    session.send(ouch_enter(1, b"B", 300, "AAPL", 260 * USD, cl_ord_id="first"))
    assert read(session)[:2] == ("accepted", 1)
    other.send(ouch_enter(1, b"S", 100, "AAPL", 259 * USD))
    assert read(other)[:2] == ("accepted", 1)
    assert read(other) == ("executed", 1, 100, 260 * USD)
    assert read(session) == ("executed", 1, 100, 260 * USD)
    session.send(ouch_replace(1, 2, 250, 2_599_900))
    assert read(session) == ("replaced", 1, 2)
    session.send(ouch_cancel(2, 200))
    assert read(session) == ("canceled", 2, 50, b"U")
    session.send(ouch_enter(3, b"S", 70, "MSFT", 480 * USD))
    assert read(session)[:2] == ("accepted", 3)
    for number, (px, qty, symbol, code) in enumerate(
        ((2_600_050, 100, "AAPL", 29), (260 * USD, 0, "AAPL", 19), (260 * USD, 100, "NONE", 23)), start=4
    ):
        session.send(ouch_enter(number, b"B", qty, symbol, px))
        assert read(session) == ("rejected", number, code)
    session.send(ouch_enter(3, b"S", 70, "MSFT", 480 * USD))  # a number that was used: ignored
    session.send(ouch_enter(7, b"B", 40, "NVDA", 179 * USD))
    assert read(session)[:2] == ("accepted", 7)


RESTING = [("AAPL", "B", 2_599_900, 100), ("MSFT", "S", 480 * USD, 70), ("NVDA", "B", 179 * USD, 40)]


def test_plain_ouch_and_itch_clients_at_nasdaq(nasdaq):
    line = nasdaq.mold("NASDAQ", loses=lambda number: number in (2, 3, 5))
    session, other = nasdaq.login("NASDAQ", "OUCH"), nasdaq.login("NASDAQ", "OUCH", user="OUT001")
    assert read(session) == ("event", b"S")
    assert read(other) == ("event", b"S")
    trade(session, other)
    book = PlainItch()
    # The listener came after the opening: it asks for what it has missed, and for what it was made to lose.
    for message in line.messages_until(lambda: book.levels() == RESTING and line.received > 6):
        book.apply(message)
    assert line.asked > 0
    assert book.kinds >= {b"S", b"R", b"H", b"Y", b"A", b"E", b"U", b"X"}
    snapshot = PlainItch()
    row = nasdaq.find("NASDAQ", "snapshot")
    messages = PlainSoup(row["host"], row["port"], "HTS01", row["credentials"]["password"]).everything()
    for message in messages[:-1]:
        snapshot.apply(message)
    assert snapshot.levels() == RESTING
    assert messages[-1][:1] == b"G"
    assert int(messages[-1][1:]) == line.next_seq
    other.close()
    session.close()
    for message in line.messages_until(lambda: not book.orders):  # cancel on disconnect
        book.apply(message)


def test_a_killed_venue_tells_what_was_said_and_knows_the_orders(tmp_path):
    sim = Sim(tmp_path, "NASDAQ", "2026-11-24 23:40:00", "--intensity", "0")
    session, other = sim.login("NASDAQ", "OUCH"), sim.login("NASDAQ", "OUCH", user="OUT001")
    read(session), read(other)
    trade(session, other)
    said = session.next_seq
    sim.kill()
    sim.start()
    again = sim.login("NASDAQ", "OUCH", seq=1)
    assert again.session == session.session
    told = [read(again) for _ in range(said - 1)]
    assert [word[0] for word in told] == [
        "event", "accepted", "executed", "replaced", "canceled", "accepted", "rejected", "rejected", "rejected",
        "accepted",
    ]  # fmt: skip
    again.send(ouch_cancel(2))
    assert read(again) == ("canceled", 2, 100, b"U")
    again.send(ouch_enter(7, b"B", 40, "NVDA", 179 * USD))
    again.send(ouch_enter(8, b"B", 40, "NVDA", 179 * USD))
    assert read(again)[:2] == ("accepted", 8)
    sim.stop()


@pytest.fixture
def tokyo(tmp_path):
    sim = Sim(tmp_path, "TSE,JNX", "2026-11-24 10:00:00", "--intensity", "0")
    yield sim
    sim.stop()


def test_japannext_over_real_sockets(tokyo):
    ouch, itch = layout_of("jnx_ouch_2_01"), layout_of("jnx_itch_2_0")
    session = tokyo.login("JNX", "OUCH")
    assert ouch.decode(session.message(), "venue").name == "system_event"
    order = {
        "order_token": 1, "client_reference": "r", "buy_sell_indicator": "B", "quantity": 300, "orderbook_id": "7203",
        "group": "DAY", "price": 29_999, "time_in_force": 99999, "firm_id": 1, "display": " ", "capacity": "A",
        "minimum_quantity": 0, "order_classification": "1", "cash_margin_type": "1",
    }  # fmt: skip
    session.send(ouch.encode("enter_order", order))
    accepted = ouch.decode(session.message(), "venue")
    assert accepted.name == "order_accepted"
    session.send(ouch.encode("enter_order", order | {"order_token": 2, "quantity": 150}))
    assert ouch.decode(session.message(), "venue").fields["order_rejected_reason"] == "Z"
    session.send(
        ouch.encode(
            "enter_order", order | {"order_token": 3, "buy_sell_indicator": "S", "quantity": 100, "price": 29_990}
        )
    )
    assert [ouch.decode(session.message(), "venue").name for _ in range(3)] == [
        "order_accepted", "order_executed", "order_executed",
    ]  # fmt: skip
    line = tokyo.mold("JNX")
    seen = {}
    for message in line.messages_until(lambda: "order_executed" in seen):
        decoded = itch.decode(message)
        seen[decoded.name] = decoded.fields
    assert seen["order_added_without_attributes"]["order_number"] == accepted.fields["order_number"]
    assert seen["order_executed"]["executed_quantity"] == 100


def test_tokyo_over_real_sockets(tokyo):
    orders, flex = layout_of("arrowhead_ours"), layout_of("jpx_flex_mbo_1_1")
    session = tokyo.login("TSE", "arrowhead")
    session.send(orders.encode("number_query", {"on_disconnect": "C"}))
    kind, body = session.packet()
    assert (kind, orders.decode(body, "venue").fields) == (
        b"U",
        {"next_request_number": 1, "next_sequence_number": 1},
    )
    order = {
        "request_number": 1, "issue_code": "7203", "side": "3", "order_type": "L", "condition": "0", "capacity": "A",
        "short_selling": "0", "margin": "0", "quantity": 300, "price": 29_900_000, "account": "",
        "client_reference": "mine",
    }  # fmt: skip
    session.send(orders.encode("enter_order", order))
    accepted = orders.decode(session.message(), "venue")
    assert (accepted.name, accepted.fields["client_reference"]) == ("order_accepted", "mine")
    session.send(orders.encode("enter_order", order | {"request_number": 2, "price": 29_905_001}))
    assert orders.decode(session.message(), "venue").fields["reason"] == 3
    row = tokyo.find("TSE", "recovery")
    packets = flex_answer(row, flex, "L", 0, 0)
    added = [tag for packet in packets for tag in packet.tags if isinstance(tag, Decoded) and tag.name == "add_order"]
    assert [(tag.fields["order_id"], tag.fields["price"], tag.fields["quantity"]) for tag in added] == [
        (accepted.fields["order_number"], 29_900_000, 300)
    ]
    first = flex_answer(row, flex, "R", 1, 1)
    assert [tag.name for tag in first[0].tags] == ["seconds_timestamp", "communication_control"]


def flex_answer(row, layout, kind, seq, count):
    request = layout.encode(
        "tcp_request",
        {"packet_type": kind, "user_id": "FLEX01", "multicast_group_number": 1, "number_of_system_reboots": 16,
         "sequence_number": seq, "requested_message_count": count},
    )  # fmt: skip
    with socket.create_connection((row["host"], row["port"]), timeout=30) as sock:
        sock.sendall(request)
        data = b""
        packets = []
        while True:
            while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], "big"):
                data += sock.recv(65536)
            size = int.from_bytes(data[:2], "big")
            if size == 0:
                return packets
            packets.append(FlexCodec(layout).decode(data[2 : 2 + size]))
            data = data[2 + size :]
