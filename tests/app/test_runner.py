"""Effects are executed in write-ahead order; what a gateway says in turn is taken until there is nothing more.

The engine and the gateways are scripted stand-ins; the journal is the real writer on a disk in memory.
"""

from collections import deque

import pytest

from hts.app.runner import Runner
from hts.app.runner_ports import Venue
from hts.app.timers import Timers
from hts.app.trade_clock import TradeClock
from hts.base.errors import StorageError
from hts.engine.latency import Latency, Stamps
from hts.gateway.actions import Dial, Hangup
from hts.journal.replay import START, read_journal
from hts.journal.writer import JournalWriter
from hts.model.effects import (
    Append,
    CancelTimer,
    Publish,
    PublishQuote,
    Reply,
    RequestHistory,
    RequestRetransmit,
    RequestSnapshot,
    Send,
    SetTimer,
    SyncThen,
)
from hts.model.intents import CancelLast
from hts.model.queries import RequestOrderTrace
from hts.model.quotes import MdDown, MdUp
from hts.model.reports import SessionDown, SessionUp
from hts.model.requests import EndSession, OrderMassStatusRequest
from hts.model.trace import TraceView, WireChunk
from hts.model.views import NoticeView, OutcomeView
from tests.app.test_wire_tape import new as an_order_request
from tests.app.test_wire_tape import report as a_report
from tests.support.records import some_records
from tests.support.storage import MemoryStorage

INTENT = CancelLast(request_id="r", account="a")
STATUS = OrderMassStatusRequest(mass_status_req_id=1)
NOTICE = NoticeView(key="k")
OUTCOME = OutcomeView(request_id="r", accepted=True)
S = 1_000_000_000


class Storage(MemoryStorage):
    def __init__(self, log):
        super().__init__()
        self.log = log

    def append(self, name, data):
        super().append(name, data)
        self.log.append("write")


class Gateway:
    """Says what the test put in; `send` becomes bytes."""

    venue = "KRX"

    def __init__(self, log, name):
        self.log = log
        self.name = name
        self.events = deque()
        self.out = b""
        self.due_ns = None

    def send(self, request, trade_ns, mono_ns):
        self.out += type(request).__name__.encode()

    def data_to_send(self):
        out, self.out = self.out, b""
        return out

    def next_event(self):
        return self.events.popleft() if self.events else None

    def next_timer_ns(self):
        return self.due_ns

    def on_timer(self, trade_ns, mono_ns):
        self.log.append((self.name, "timer", mono_ns))
        self.due_ns = None

    def connected(self, trade_ns, mono_ns):
        self.log.append((self.name, "connected"))

    def disconnected(self, reason, trade_ns, mono_ns):
        self.log.append((self.name, reason))

    def receive_data(self, data, trade_ns, mono_ns):
        self.log.append((self.name, data))

    def request_retransmit(self, session, first_seq, count):
        self.log.append(("retransmit", session, first_seq, count))

    def request_snapshot(self):
        self.log.append("snapshot")

    def request_bars(self, symbol, timeframe_s, count):
        self.log.append(("bars", symbol, timeframe_s, count))


class Line:
    def __init__(self, log, name):
        self.log = log
        self.name = name

    def dial(self, host=0):
        self.log.append((self.name, "dial"))

    def hangup(self, reason):
        self.log.append((self.name, "hangup", reason))

    def send(self, data):
        if data:
            self.log.append((self.name, data))


class Recorder:
    """Link server and syncer in one: every call is written down."""

    def __init__(self, log):
        self.log = log

    def publish(self, view):
        self.log.append(("publish", view))

    def publish_quote(self, quote):
        self.log.append(("quote", quote))

    def reply(self, client, view):
        self.log.append(("reply", client, view))

    def mark_dirty(self, name):
        self.log.append("dirty")

    def sync_then(self, name, token):
        self.log.append(("sync", token))


class Engine:
    """Answers each call with the effects that the test laid down for it, once."""

    def __init__(self, log):
        self.log, self.answers, self.latency = log, {}, Latency()

    def on_sent(self, request, mono_ns, stamps):
        self.log.append(("sent", mono_ns))
        self.stamps = stamps

    def trace(self, client, order_id, trade_ns, mono_ns):
        return TraceView(order_id=order_id, ids=(order_id,), trade_ns=trade_ns, mono_ns=mono_ns)

    def begin_intent(self, *arguments):
        self.log.append(("begin_intent", *arguments))
        return self.answers.pop("begin_intent", ()), lambda: self.answers.pop("rest", ())

    def __getattr__(self, name):
        def call(*arguments):
            self.log.append((name, *arguments))
            return self.answers.pop(name, ())

        return call


class House:
    def __init__(self, sync_before_send=None, *, copies=False):
        self.log = []
        self.clock = []  # what the clock will say next
        self.storage = Storage(self.log)
        self.engine = Engine(self.log)
        self.orders = Gateway(self.log, "orders")
        self.feed = Gateway(self.log, "feed")
        self.timers = Timers()
        self.faults = []
        recorder = Recorder(self.log)
        venue = Venue(
            orders=self.orders,
            order_line=Line(self.log, "order line"),
            market_data=self.feed,
            recovery_line=Line(self.log, "recovery line"),
            protocol="ums",
            copies=Gateway(self.log, "copies") if copies else None,
            copy_line=Line(self.log, "copy line") if copies else None,
        )
        self.runner = Runner(
            engine=self.engine,
            journal=JournalWriter(self.storage, START),
            venues={"KRX": venue},
            link_server=recorder,
            timers=self.timers,
            syncer=recorder,
            clock=TradeClock(5),
            sync_before_send=sync_before_send,
            now_ns=lambda: self.clock.pop(0) if self.clock else 99,
            on_fault=self.faults.append,
        )

    def intent(self, *effects):
        """What happens, beside the call itself, when an intent is answered with these effects."""
        self.engine.answers["begin_intent"] = effects
        self.runner.on_wish(3, INTENT, 7)
        assert self.log.pop(0) == ("begin_intent", 3, INTENT, 5, 7)
        return self.log


@pytest.fixture
def house():
    return House()


def test_all_records_are_written_once_before_anything_else(house):
    first, second = some_records(2)
    happened = house.intent(Append(first), Send("KRX", STATUS), Append(second), Publish(NOTICE), Reply(3, OUTCOME))
    assert happened == [
        "write",
        ("order line", b"OrderMassStatusRequest"),
        ("sent", 99),
        ("publish", NOTICE),
        ("reply", 3, OUTCOME),
        "dirty",
    ]
    assert list(read_journal(house.storage).records) == [first, second]


def test_waiting_for_the_disk_comes_between_the_write_and_the_wire():
    house = House(sync_before_send=lambda name: house.log.append(("synced", name)))
    happened = house.intent(Append(some_records(1)[0]), Send("KRX", STATUS))
    assert happened == [
        "write",
        ("synced", "00000001.journal"),
        ("order line", b"OrderMassStatusRequest"),
        ("sent", 99),
    ]


def test_an_order_is_stamped_and_its_bytes_are_kept(house):
    house.clock = [10, 20, 30, 40, 50]
    house.intent(Append(some_records(1)[0]), Send("KRX", an_order_request(7)))
    assert house.engine.stamps == Stamps(10, 20, 30)
    house.orders.events = deque([a_report(cl_ord_id=7)])
    house.runner.on_order_line("KRX", b"ack", 60)
    del house.log[:]
    house.runner.on_wish(3, RequestOrderTrace(order_id=7), 70)
    (reply,) = house.log
    assert reply == (
        "reply",
        3,
        TraceView(
            order_id=7,
            ids=(7,),
            trade_ns=5,
            mono_ns=70,
            chunks=(
                WireChunk(venue="KRX", protocol="ums", is_sent=True, mono_ns=40, data=b"NewOrderSingle"),
                WireChunk(venue="KRX", protocol="ums", is_sent=False, mono_ns=60, data=b"ack"),
            ),
        ),
    )


def test_every_other_effect_reaches_its_port(house):
    happened = house.intent(
        PublishQuote("quote"),
        SetTimer("a", 50),
        SetTimer("b", 40),
        CancelTimer("b"),
        SyncThen(8),
        RequestRetransmit("KRX", 1, 2, 3),
        RequestSnapshot("KRX"),
        RequestHistory(venue="KRX", symbol="005930", timeframe_s=60, count=9),
    )
    assert happened == [
        ("quote", "quote"),
        ("sync", 8),
        ("retransmit", 1, 2, 3),
        "snapshot",
        ("bars", "005930", 60, 9),
    ]
    assert house.runner.next_timer_ns() == 50


def test_what_can_wait_is_built_when_the_request_has_left(house):
    house.engine.answers["rest"] = (Append(some_records(1)[0]), Publish(NOTICE), Reply(3, OUTCOME))
    happened = house.intent(Append(some_records(1)[0]), Send("KRX", STATUS))
    line = ("order line", b"OrderMassStatusRequest")
    assert happened == [
        "write",
        line,
        ("sent", 99),
        "write",
        ("publish", NOTICE),
        ("reply", 3, OUTCOME),
        "dirty",
        "dirty",
    ]


def test_a_full_disk_lets_nothing_out_and_halts_once(house):
    house.storage.room = 10
    house.engine.answers["on_journal_failed"] = (Append(some_records(1)[0]), Publish(NOTICE))
    happened = house.intent(Append(some_records(1)[0]), Send("KRX", STATUS), Reply(3, OUTCOME))
    failure, shown, asked_again = happened
    assert (failure[0], failure[2:], shown) == ("on_journal_failed", (5, 7), ("publish", NOTICE))
    assert asked_again == ("on_intent", 3, INTENT, 5, 7)  # halted by now, the engine has an answer for the client
    assert len(house.faults) == 1
    house.log.clear()
    assert house.intent(Append(some_records(1)[0]), Send("KRX", STATUS)) == []
    assert len(house.faults) == 1


def test_a_sync_that_fails_before_the_send_halts_too():
    def refuse(name):
        raise StorageError("no")

    house = House(sync_before_send=refuse)
    happened = house.intent(Append(some_records(1)[0]), Send("KRX", STATUS))
    assert happened == ["write", ("on_journal_failed", "no", 5, 7), ("on_intent", 3, INTENT, 5, 7)]


def test_a_failed_sync_beside_the_orders_halts(house):
    house.runner.on_journal_failed("disk gone", 7)
    assert house.log == [("on_journal_failed", "disk gone", 5, 7)]
    house.log.clear()
    assert house.intent(Append(some_records(1)[0])) == []


def test_a_gateways_instructions_go_to_its_line(house):
    house.orders.events.extend([Dial(), Hangup(reason="why")])
    house.orders.out = b"logout"
    house.feed.events.extend([Dial(), Hangup(reason="silent")])
    house.runner.on_order_line("KRX", b"bytes", 7)
    assert house.log == [
        ("on_line_heard", "KRX", 7),
        ("orders", b"bytes"),
        ("order line", "dial"),
        ("order line", b"logout"),
        ("order line", "hangup", "why"),
        ("recovery line", "dial"),
        ("recovery line", "hangup", "silent"),
    ]


def test_the_changes_of_a_line_reach_its_gateway(house):
    house.runner.on_order_line("KRX", None, 7)
    house.runner.on_order_line("KRX", "refused", 7)
    house.runner.on_recovery_line("KRX", None, 7)
    house.runner.on_recovery_line("KRX", b"x", 7)
    house.runner.on_recovery_line("KRX", "gone", 7)
    assert house.log == [
        ("orders", "connected"),
        ("orders", "refused"),
        ("feed", "connected"),
        ("feed", b"x"),
        ("feed", "gone"),
    ]


def test_the_venues_clock_is_set_before_the_engine_hears_of_the_logon(house):
    up = SessionUp(venue="KRX", epoch=1, trading_date=20_261_123, trade_ns=1000 * S, speed_milli=2000)
    down = SessionDown(venue="KRX", reason="tcp_lost")
    house.orders.events.append(up)
    house.runner.on_order_line("KRX", b"", 7)
    house.orders.events.append(down)
    house.runner.on_order_line("KRX", b"", 7 + S)
    assert house.log[2::3] == [("on_report", up, 1000 * S, 7), ("on_report", down, 1002 * S, 7 + S)]


def test_what_an_answer_causes_is_taken_in_the_same_call(house):
    first, second = MdUp(venue="KRX"), MdDown(venue="KRX", reason="md_silent")
    house.feed.events.extend([first, second])
    house.engine.answers["on_md_up"] = (Publish(NOTICE),)
    house.runner.on_recovery_line("KRX", b"", 7)
    assert house.log[1:] == [
        ("on_md_up", first, 5, 7),
        ("publish", NOTICE),
        ("on_md_down", second, 5, 7),
    ]


def test_on_time_fires_what_is_due_and_nothing_else(house):
    house.timers.set("late", 20)
    house.timers.set("due", 10)
    house.orders.due_ns, house.feed.due_ns = 11, 12
    assert house.runner.next_timer_ns() == 10
    house.runner.on_time(11)
    assert house.log == [("on_timer", "due", 5, 11), ("orders", "timer", 11)]
    assert house.runner.next_timer_ns() == 12


def test_an_orderly_end_logs_out(house):
    house.runner.end_sessions(7)
    assert house.log == [("order line", EndSession.__name__.encode())]
