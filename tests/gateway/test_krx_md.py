import random

import pytest

from hts.gateway.actions import Dial, Hangup
from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.model.quotes import (
    Bar,
    InstrumentDef,
    MdDown,
    MdFault,
    MdUp,
    Packet,
    RetransmitRefused,
    Snapshot,
)
from hts.model.views import BarsView
from hts.wire.mdcs.packets import encode_packet
from hts.wire.mdcs.recovery import (
    FrameReader,
    HistoryPart,
    HistoryRequest,
    Refusal,
    RequestRefused,
    RetransmitRequest,
    Retransmitted,
    SnapshotPart,
    SnapshotRequest,
    encode_recovery,
)
from tests.wire.mdcs.samples import (
    BOOK,
    BOOK_RECORD,
    ISSUE_RECORD,
    ISSUES,
    LAYOUT,
    OPEN_NS,
    OPERATION,
    OPERATION_RECORD,
    SAMSUNG,
    TRADE,
    TRADE_RECORD,
    ticks,
)

MS = 1_000_000
CONFIG = MdConfig()


def a_gateway(known=ISSUES, config=CONFIG):
    gateway = KrxMdGateway(LAYOUT, config, ticks, known=known)
    assert drained(gateway) == [Dial()]
    return gateway


def a_connected_gateway(**options):
    gateway = a_gateway(**options)
    gateway.connected(OPEN_NS, 0)
    return gateway


def drained(gateway):
    events = []
    while (event := gateway.next_event()) is not None:
        events.append(event)
    return events


def asked(gateway):
    reader = FrameReader()
    reader.receive_data(gateway.data_to_send())
    requests = []
    while (message := reader.next_message()) is not None:
        requests.append(message)
    return requests


def a_packet(payload=TRADE_RECORD, count=1, line="A", first_seq=5):
    return Packet(line=line, session=3, first_seq=first_seq, count=count, payload=payload, trade_ns=OPEN_NS)


def a_part(payload, count, *, rid=1, is_last=True):
    return SnapshotPart(
        request_id=rid, session=3, next_seq=9, trade_ns=OPEN_NS, is_last=is_last, count=count, payload=payload
    )


def test_good_packet_comes_through_and_the_feed_is_up():
    gateway = a_gateway()
    for line in "AB":
        packet = a_packet(line=line)
        assert gateway.receive_packet(line, encode_packet(packet), OPEN_NS, 0) == packet
    assert drained(gateway) == [MdUp(venue="KRX")]
    assert gateway.is_up
    assert gateway.venue_trade_ns == OPEN_NS
    assert gateway.decode(TRADE_RECORD, 1) == (TRADE,)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "line A: packet: expected 28 to 1400 bytes, found 0"),
        (encode_packet(a_packet(line="B")), "line A: packet: expected line A, found B"),
        (
            encode_packet(a_packet(TRADE_RECORD[:78] + b"x" + TRADE_RECORD[79:])),
            "line A: record 'A301S' field trading_volume at 70: expected 10 digits, found '00000000x0'",
        ),
        (encode_packet(a_packet(count=2)), "line A: payload: expected 2 records, found 1"),
    ],
)
def test_malformed_packet_is_dropped_with_one_clear_line(data, line):
    gateway = a_gateway()
    assert gateway.receive_packet("A", data, OPEN_NS, 0) is None
    assert drained(gateway) == [MdFault(venue="KRX", detail=line, count=1)]
    assert not gateway.is_up


def test_flood_of_faults_is_told_at_powers_of_ten():
    gateway = a_gateway()
    for _ in range(1234):
        gateway.receive_packet("A", b"junk", OPEN_NS, 0)
    assert [event.count for event in drained(gateway)] == [1, 10, 100, 1000]
    assert gateway.faults == {"malformed": 1234}


def test_unknown_isin_is_counted_and_told():
    gateway = a_gateway(known=())
    assert gateway.decode(TRADE_RECORD, 1) == ()
    assert gateway.faults == {"unknown_isin": 1}
    assert [type(event) for event in drained(gateway)] == [MdFault]


def test_silence_on_both_lines_is_down_and_the_next_packet_up_again():
    gateway = a_connected_gateway()
    gateway.receive_packet("A", encode_packet(a_packet()), OPEN_NS, 0)
    gateway.receive_packet("B", encode_packet(a_packet(b"", 0, "B")), OPEN_NS, 700 * MS)
    assert gateway.next_timer_ns() == 2_700 * MS
    gateway.on_timer(OPEN_NS, 2_699 * MS)
    assert drained(gateway) == [MdUp(venue="KRX")]
    gateway.on_timer(OPEN_NS, 2_700 * MS)
    gateway.on_timer(OPEN_NS, 2_800 * MS)
    assert drained(gateway) == [
        MdDown(venue="KRX", reason="md_silent", detail="no packet on lines A and B for 2000 ms")
    ]
    assert gateway.next_timer_ns() is None
    gateway.receive_packet("B", encode_packet(a_packet(line="B")), OPEN_NS, 9_000 * MS)
    assert drained(gateway) == [MdUp(venue="KRX")]


def test_requests_and_answers():
    gateway = a_connected_gateway()
    gateway.request_snapshot()
    gateway.request_snapshot()
    gateway.request_retransmit(3, 5, 4)
    gateway.request_bars("005930", 60, 70_000)
    assert asked(gateway) == [
        SnapshotRequest(request_id=1),
        RetransmitRequest(request_id=2, session=3, first_seq=5, count=4),
        HistoryRequest(request_id=3, isin="KR7005930003", timeframe_s=60, count=65_535),
    ]
    bar = Bar(OPEN_NS, 1, 2, 1, 2, 3, 4)
    answers = [
        Retransmitted(request_id=2, packet=a_packet(line="R")),
        Retransmitted(request_id=2, packet=a_packet(line="R", first_seq=6)),
        a_part(ISSUE_RECORD, 1, is_last=False),
        a_part(OPERATION_RECORD + BOOK_RECORD, 2),
        HistoryPart(request_id=3, is_last=False, bars=(bar,)),
        HistoryPart(request_id=3, is_last=True, bars=(bar,)),
    ]
    for byte in b"".join(map(encode_recovery, answers)):
        gateway.receive_data(bytes((byte,)), OPEN_NS, 0)
    assert drained(gateway) == [
        a_packet(line="R"),
        a_packet(line="R", first_seq=6),
        Snapshot(session=3, next_seq=9, trade_ns=OPEN_NS, quotes=(InstrumentDef(instrument=SAMSUNG), OPERATION, BOOK)),
        BarsView(symbol="005930", timeframe_s=60, bars=(bar, bar)),
    ]
    assert gateway.next_timer_ns() is None


def test_snapshot_teaches_the_isin_for_history():
    gateway = a_connected_gateway(known=())
    gateway.request_bars("005930", 60, 10)
    assert drained(gateway) == [BarsView(symbol="005930", timeframe_s=60, bars=())]
    gateway.request_snapshot()
    gateway.receive_data(encode_recovery(a_part(ISSUE_RECORD, 1)), OPEN_NS, 0)
    gateway.request_bars("005930", 60, 10)
    assert [type(request) for request in asked(gateway)] == [SnapshotRequest, HistoryRequest]


@pytest.mark.parametrize(
    ("refusal", "events"),
    [
        (Refusal.TOO_OLD, [RetransmitRefused(venue="KRX", session=3, first_seq=5, count=4, detail="too_old")]),
        (
            Refusal.WRONG_SESSION,
            [RetransmitRefused(venue="KRX", session=3, first_seq=5, count=4, detail="wrong_session")],
        ),
        (Refusal.NOT_YET, []),
    ],
)
def test_refused_retransmission(refusal, events):
    gateway = a_connected_gateway()
    gateway.request_retransmit(3, 5, 4)
    gateway.receive_data(encode_recovery(RequestRefused(request_id=1, refusal=refusal, oldest_seq=900)), OPEN_NS, 0)
    assert drained(gateway) == events


def test_refused_history_is_an_empty_one_and_a_refused_snapshot_can_be_asked_again():
    gateway = a_connected_gateway()
    gateway.request_bars("005930", 60, 10)
    gateway.request_snapshot()
    for rid in (1, 2, 77):
        gateway.receive_data(
            encode_recovery(RequestRefused(request_id=rid, refusal=Refusal.UNKNOWN_ISSUE, oldest_seq=0)), OPEN_NS, 0
        )
    assert drained(gateway) == [BarsView(symbol="005930", timeframe_s=60, bars=())]
    asked(gateway)
    gateway.request_snapshot()
    assert asked(gateway) == [SnapshotRequest(request_id=3)]


def test_lost_connection_is_dialled_with_growing_delay_and_wants_are_asked_again():
    gateway = a_connected_gateway()
    gateway.request_snapshot()
    gateway.request_bars("005930", 60, 10)
    gateway.request_retransmit(3, 5, 4)
    gateway.receive_data(encode_recovery(a_part(ISSUE_RECORD, 1, is_last=False)), OPEN_NS, 0)
    gateway.receive_data(encode_recovery(HistoryPart(request_id=2, is_last=False, bars=())), OPEN_NS, 0)
    asked(gateway)
    dials = []
    now = 0
    for _ in range(7):
        gateway.disconnected("reset", OPEN_NS, now)
        due = gateway.next_timer_ns()
        dials.append((due - now) // MS)
        now = due
        gateway.on_timer(OPEN_NS, now)
        assert drained(gateway) == [Dial()]
    assert dials == [100, 200, 400, 800, 1600, 2000, 2000]
    gateway.connected(OPEN_NS, now)
    assert asked(gateway) == [
        HistoryRequest(request_id=2, isin="KR7005930003", timeframe_s=60, count=10),
        SnapshotRequest(request_id=4),
    ]
    gateway.receive_data(encode_recovery(a_part(OPERATION_RECORD, 1, rid=4)), OPEN_NS, now)
    assert drained(gateway) == [Snapshot(session=3, next_seq=9, trade_ns=OPEN_NS, quotes=(OPERATION,))]


def test_retransmission_is_not_asked_while_down():
    gateway = a_gateway()
    gateway.request_retransmit(3, 5, 4)
    gateway.connected(OPEN_NS, 0)
    assert asked(gateway) == []


def test_silent_service_is_hung_up_on():
    gateway = a_connected_gateway()
    gateway.request_snapshot()
    gateway.on_timer(OPEN_NS, 10 * MS)
    assert gateway.next_timer_ns() == 5_010 * MS
    gateway.on_timer(OPEN_NS, 5_010 * MS)
    fault, hangup = drained(gateway)
    assert fault == MdFault(venue="KRX", detail="expected an answer within 5000 ms, found none", count=1)
    assert hangup == Hangup(reason="recovery_silent")
    gateway.receive_data(b"late", OPEN_NS, 5_011 * MS)
    gateway.disconnected("closed", OPEN_NS, 5_020 * MS)
    assert gateway.next_timer_ns() == 5_120 * MS


def test_dial_without_an_answer_is_given_up():
    gateway = a_gateway()
    gateway.disconnected("refused", OPEN_NS, 0)
    gateway.disconnected("again", OPEN_NS, 1)
    gateway.on_timer(OPEN_NS, 100 * MS)
    gateway.on_timer(OPEN_NS, 5_100 * MS)
    gateway.connected(OPEN_NS, 5_200 * MS)
    assert drained(gateway) == [Dial(), Hangup(reason="dial_timeout"), Hangup(reason="not_wanted")]


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\xff\xff\xff",
        encode_recovery(SnapshotRequest(request_id=1)),
        encode_recovery(a_part(OPERATION_RECORD, 1, rid=99)),
        encode_recovery(a_part(OPERATION_RECORD, 2)),
        encode_recovery(HistoryPart(request_id=1, is_last=True, bars=())),
        encode_recovery(HistoryPart(request_id=2, is_last=True, bars=(Bar(0, 0, 0, 0, 0, 0, 0),) * 11)),
        encode_recovery(Retransmitted(request_id=9, packet=a_packet(line="A"))),
    ],
)
def test_wrong_answer_is_one_line_and_a_hangup(answer):
    gateway = a_connected_gateway()
    gateway.request_snapshot()
    gateway.request_bars("005930", 60, 10)
    gateway.receive_data(answer, OPEN_NS, 0)
    fault, hangup = drained(gateway)
    assert (type(fault), hangup) == (MdFault, Hangup(reason="protocol_fault"))
    assert "expected" in fault.detail
    assert "found" in fault.detail


def test_retransmitted_packet_that_is_wrong_at_its_source_is_told_and_dropped():
    gateway = a_connected_gateway()
    wrong = Retransmitted(request_id=9, packet=a_packet(line="R", count=2))
    good = Retransmitted(request_id=9, packet=a_packet(line="R", first_seq=6))
    gateway.receive_data(encode_recovery(wrong) + encode_recovery(good), OPEN_NS, 0)
    detail = "line R: payload: expected 2 records, found 1"
    assert drained(gateway) == [MdFault(venue="KRX", detail=detail, count=1), good.packet]


def test_endless_snapshot_is_cut_off():
    gateway = a_connected_gateway(config=MdConfig(snapshot_bytes_max=150))
    gateway.request_snapshot()
    for _ in range(3):
        gateway.receive_data(encode_recovery(a_part(OPERATION_RECORD, 1, is_last=False)), OPEN_NS, 0)
    assert drained(gateway)[-1] == Hangup(reason="protocol_fault")


def test_waiting_requests_are_bounded():
    gateway = a_gateway(config=MdConfig(requests_max=3))
    for timeframe_s in range(1, 6):
        gateway.request_bars("005930", timeframe_s, 10)
    assert [event.timeframe_s for event in drained(gateway)] == [4, 5]
    gateway.connected(OPEN_NS, 0)
    gateway.request_retransmit(3, 1, 1)
    assert [request.timeframe_s for request in asked(gateway)] == [1, 2, 3]


def test_fuzzed_datagrams_and_streams_never_raise():
    dice = random.Random(7)
    good = encode_packet(a_packet(TRADE_RECORD + BOOK_RECORD, 2))
    gateway = a_connected_gateway()
    answers = encode_recovery(a_part(ISSUE_RECORD, 1)) + encode_recovery(
        Retransmitted(request_id=2, packet=a_packet(line="R"))
    )
    for _ in range(4000):
        data = bytearray(good)
        data[dice.randrange(len(data))] = dice.randrange(256)
        packet = gateway.receive_packet("A", bytes(data), OPEN_NS, 0)
        if packet is not None:
            gateway.decode(packet.payload, packet.count)
        stream = bytearray(answers)
        stream[dice.randrange(len(stream))] = dice.randrange(256)
        gateway.request_snapshot()
        gateway.receive_data(bytes(stream), OPEN_NS, 0)
        if any(isinstance(event, Hangup) for event in drained(gateway)):
            gateway.disconnected("hung up", OPEN_NS, 0)
            gateway.on_timer(OPEN_NS, 10**12)
            gateway.connected(OPEN_NS, 10**12)
    assert gateway.faults["malformed"] > 100
