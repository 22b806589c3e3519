"""Builders for the order wire: the layout, two sessions and a wire between them that can lose, double and cut."""

import tomllib
from pathlib import Path

from hts.model.enums import CashMargin, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.wire.ums.codec import FrameReader, cut_frames
from hts.wire.ums.events import LoggedOn, MessageReceived
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import EnterOrder, Execution, Logon
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

ROOT = Path(__file__).resolve().parents[2]
TABLE_PATH = ROOT / "resources" / "protocols" / "krx_ums.toml"
MS = 1_000_000
TRADE_NS = 1_790_000_000_000_000_000
PASSWORD = "open sesame"

MORE = {  # what an order can say beside the plain fields
    "stop_px": 70_900,
    "display_qty": 4,
    "min_qty": 2,
    "expire_ns": 256,
    "post_only": True,
    "is_short": True,
    "is_hidden": True,
    "is_program": True,
    "client_type": "P",
    "smp_id": "HSA1",
    "smp_mode": 3,
    "credit": CashMargin.MARGIN_OPEN,
    "loan_date": 20261123,
}


def table():
    return tomllib.loads(TABLE_PATH.read_text(encoding="utf-8"))


LAYOUT = UmsLayout.parse(table())


def order_values(cl_ord_id, changes):
    """A plain order's fields, as the wire and the gateway's requests name them alike."""
    return {
        "cl_ord_id": cl_ord_id,
        "request_id": f"r-{cl_ord_id}",
        "account": "8801-2745-01",
        "symbol": "005930",
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": 71_000,
        "qty": 10,
    } | changes


def an_order(cl_ord_id=1, **changes):
    return EnterOrder(**order_values(cl_ord_id, changes))


def an_execution(cl_ord_id=1, **changes):
    values = {
        "cl_ord_id": cl_ord_id,
        "orig_cl_ord_id": 0,
        "venue_order_id": 900 + cl_ord_id,
        "exec_id": 0,
        "exec_type": ExecType.NEW,
        "ord_status": OrdStatus.NEW,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "reason_code": 0,
        "px": 71_000,
        "order_qty": 10,
        "last_px": 0,
        "last_qty": 0,
        "leaves_qty": 10,
        "cum_qty": 0,
        "transact_ns": TRADE_NS,
        "request_id": f"r-{cl_ord_id}",
        "account": "8801-2745-01",
        "symbol": "005930",
    }
    return Execution(**(values | changes))


def a_client(**changes):
    values = {"role": Role.INITIATOR, "comp_id": "HTS01", "peer_id": "KRX", "password": PASSWORD}
    return UmsSession(LAYOUT, **(values | changes))


def a_venue(**changes):
    values = {
        "role": Role.ACCEPTOR,
        "comp_id": "KRX",
        "peer_id": "HTS01",
        "password": PASSWORD,
        "epoch": 3,
        "trading_date": 20261123,
        "speed_milli": 1000,
    }
    return UmsSession(LAYOUT, **(values | changes))


def events_of(session):
    found = []
    while (event := session.next_event()) is not None:
        found.append(event)
    return found


def frames_of(data):
    """Decoded frames of a byte string."""
    reader = FrameReader(LAYOUT)
    reader.append(data)
    frames = []
    while (frame := reader.next_frame()) is not None:
        frames.append(frame)
    assert len(reader) == 0
    return frames


def said(data):
    """(name, number, PossDup) of each frame: what a script expects on the wire."""
    return [(f.layout.name, f.seq, f.poss_dup) for f in frames_of(data)]


class Pair:
    """A client and a venue session joined by a wire under one clock.

    `drop` and `double` are called with (direction, name) for each frame and say whether it is lost or comes twice.
    """

    def __init__(self, client=None, venue=None):
        self.client = client or a_client()
        self.venue = venue or a_venue()
        self.mono_ns = 0
        self.drop = lambda direction, name: False
        self.double = lambda direction, name: False
        self.seen = []  # (direction, name, number, PossDup)

    @property
    def now(self):
        return TRADE_NS + self.mono_ns, self.mono_ns

    def connect(self):
        self.venue.connected(*self.now)
        self.client.connected(*self.now)
        self.pump()

    def cut(self):
        self.client.disconnected()
        self.venue.disconnected()

    def pump(self):
        """Carry frames until both sides are quiet."""
        while True:
            up = self._carry("up", self.client, self.venue)
            down = self._carry("down", self.venue, self.client)
            if not up and not down:
                return

    def _carry(self, direction, source, target):
        data = source.data_to_send()
        for raw in cut_frames(LAYOUT, bytearray(data)):
            frame = frames_of(raw)[0]
            self.seen.append((direction, frame.layout.name, frame.seq, frame.poss_dup))
            if self.drop(direction, frame.layout.name):
                continue
            for _ in range(2 if self.double(direction, frame.layout.name) else 1):
                target.receive_data(raw, *self.now)
        return bool(data)

    def advance(self, ns):
        """Move the clock timer by timer, carrying what they send."""
        end = self.mono_ns + ns
        while True:
            dues = [due for s in (self.client, self.venue) if (due := s.next_timer_ns()) is not None and due <= end]
            if not dues:
                break
            self.mono_ns = max(self.mono_ns, min(dues))
            self.client.on_timer(*self.now)
            self.venue.on_timer(*self.now)
            self.pump()
        self.mono_ns = end


def logged_on(**changes):
    values = {
        "epoch": 3,
        "is_new_epoch": False,
        "next_in_seq": 1,
        "next_out_seq": 1,
        "trading_date": 20261123,
        "speed_milli": 1000,
        "venue_ns": TRADE_NS,
    }
    return LoggedOn(**(values | changes))


def received(seq, message, poss_dup=False, sending_ns=TRADE_NS):
    return MessageReceived(seq=seq, poss_dup=poss_dup, sending_ns=sending_ns, message=message)


def an_up_pair(**client):
    pair = Pair(client=a_client(**({"epoch": 3} | client)))
    pair.connect()
    events_of(pair.client)
    events_of(pair.venue)
    pair.seen.clear()
    return pair


def a_logon(**changes):
    values = {
        "version": 5,
        "comp_id": "HTS01",
        "peer_id": "KRX",
        "password": PASSWORD,
        "epoch": 3,
        "next_expected_seq": 1,
        "heartbeat_ms": 1000,
        "cancel_on_disconnect": False,
        "trading_date": 0,
        "speed_milli": 0,
    }
    return Logon(**(values | changes))
