import random

import pytest

from hts.model.quotes import Bar
from hts.sim.md_service import MdService, MdServiceConfig
from hts.sim.publisher import Publisher, PublisherConfig
from hts.wire.mdcs.recovery import (
    FrameReader,
    HistoryPart,
    HistoryRequest,
    Refusal,
    RequestRefused,
    RetransmitRequest,
    SnapshotRequest,
    encode_recovery,
)
from tests.sim.feed_market import FeedMarket
from tests.wire.mdcs.samples import ISSUES, LAYOUT, OPEN_NS, SECOND

SAMSUNG = ISSUES[0]
PAST = tuple(Bar(OPEN_NS - (3000 - n) * 60 * SECOND, n, n, n, n, n, n) for n in range(2500))


def past_bars(symbol, timeframe_s, count):
    return PAST[-count:] if (symbol, timeframe_s) == ("005930", 60) else ()


def a_service(**options):
    market = FeedMarket([i.symbol for i in ISSUES])
    publisher = Publisher(LAYOUT, ISSUES, market, PublisherConfig(session=1))
    publisher.open(OPEN_NS, 0)
    service = MdService(publisher, ISSUES, past_bars, MdServiceConfig(**options))
    service.connected(1, OPEN_NS, 0)
    return service, publisher, market


def answers(service):
    readers = {}
    found = []
    for conn, data in service.data_to_send():
        reader = readers.setdefault(conn, FrameReader())
        reader.receive_data(data)
        while (message := reader.next_message()) is not None:
            found.append((conn, message))
    return found


def asked(service, *requests, conn=1):
    for request in requests:
        service.receive_data(conn, encode_recovery(request), OPEN_NS, 0)
    return [message for found_conn, message in answers(service) if found_conn == conn]


def test_retransmission_by_request_cut_at_every_byte():
    service, publisher, _ = a_service()
    for byte in encode_recovery(RetransmitRequest(request_id=4, session=1, first_seq=2, count=3)):
        service.receive_data(1, bytes((byte,)), OPEN_NS, 0)
    found = [message for _, message in answers(service)]
    assert [message.request_id for message in found] == [4, 4]
    assert [message.packet for message in found] == publisher.retransmit(1, 2, 3)


def test_refusals_tell_why():
    service, _, _ = a_service()
    found = asked(
        service,
        RetransmitRequest(request_id=1, session=7, first_seq=2, count=3),
        RetransmitRequest(request_id=2, session=1, first_seq=900, count=3),
        HistoryRequest(request_id=3, isin="KR7999999999", timeframe_s=60, count=1),
        HistoryRequest(request_id=4, isin=SAMSUNG.isin, timeframe_s=0, count=1),
    )
    assert found == [
        RequestRefused(request_id=1, refusal=Refusal.WRONG_SESSION, oldest_seq=0),
        RequestRefused(request_id=2, refusal=Refusal.NOT_YET, oldest_seq=0),
        RequestRefused(request_id=3, refusal=Refusal.UNKNOWN_ISSUE, oldest_seq=0),
        RequestRefused(request_id=4, refusal=Refusal.BAD_REQUEST, oldest_seq=0),
    ]


def test_too_old_names_the_oldest_record():
    market = FeedMarket([i.symbol for i in ISSUES])
    publisher = Publisher(LAYOUT, ISSUES, market, PublisherConfig(session=1, kept_packets_max=1))
    publisher.open(OPEN_NS, 0)
    service = MdService(publisher, ISSUES, past_bars)
    service.connected(1, OPEN_NS, 0)
    found = asked(service, RetransmitRequest(request_id=1, session=1, first_seq=1, count=1))
    assert found == [RequestRefused(request_id=1, refusal=Refusal.TOO_OLD, oldest_seq=8)]


def test_snapshot_is_cut_into_parts_at_records(monkeypatch):
    monkeypatch.setattr("hts.sim.md_service.PART_LENGTH_MAX", 1400)
    service, publisher, _ = a_service()
    parts = asked(service, SnapshotRequest(request_id=9))
    assert [(p.is_last, p.count, p.next_seq, p.session) for p in parts] == [
        (False, 2, 9, 1),
        (False, 3, 9, 1),
        (False, 2, 9, 1),
        (True, 1, 9, 1),
    ]
    assert b"".join(p.payload for p in parts) == b"".join(publisher.snapshot(OPEN_NS))


def test_history_is_the_past_and_today_in_parts():
    service, publisher, market = a_service()
    publisher.on_events([market.trade("005930", 71_600, 3, OPEN_NS)], OPEN_NS, 0)
    today = Bar(OPEN_NS, 71_600, 71_600, 71_600, 71_600, 3, 214_800)
    parts = asked(service, HistoryRequest(request_id=1, isin=SAMSUNG.isin, timeframe_s=60, count=2400))
    assert [(len(p.bars), p.is_last) for p in parts] == [(1000, False), (1000, False), (400, True)]
    assert tuple(bar for p in parts for bar in p.bars) == (*PAST[-2399:], today)


def test_history_of_nothing_is_one_empty_part():
    service, _, _ = a_service()
    found = asked(service, HistoryRequest(request_id=1, isin=ISSUES[1].isin, timeframe_s=60, count=5))
    assert found == [HistoryPart(request_id=1, is_last=True, bars=())]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xff\xff\xff\xff", "expected a length of 1 to 65536, found 4294967295"),
        (encode_recovery(HistoryPart(request_id=1, is_last=True, bars=())), "expected a request, found a HistoryPart"),
    ],
)
def test_wrong_client_is_closed_and_the_other_goes_on(data, line):
    service, _, _ = a_service()
    service.connected(2, OPEN_NS, 0)
    service.receive_data(2, data, OPEN_NS, 0)
    service.receive_data(2, data, OPEN_NS, 0)
    assert service.closing() == [2]
    assert service.closing() == []
    (reason,) = service.reasons()
    assert reason.startswith("market data client 2 closed: ")
    assert reason.endswith(line)
    assert len(asked(service, SnapshotRequest(request_id=1))) == 1


def test_client_that_does_not_read_is_closed():
    service, _, _ = a_service(unsent_bytes_max=10_000)
    for _ in range(3):
        service.receive_data(1, encode_recovery(SnapshotRequest(request_id=1)), OPEN_NS, 0)
    assert (service.closing(), service.data_to_send()) == ([1], [])


def test_fuzzed_requests_never_raise():
    dice = random.Random(3)
    service, _, _ = a_service()
    good = encode_recovery(RetransmitRequest(request_id=1, session=1, first_seq=1, count=2)) + encode_recovery(
        HistoryRequest(request_id=2, isin=SAMSUNG.isin, timeframe_s=60, count=3)
    )
    for conn in range(2, 3000):
        data = bytearray(good)
        data[dice.randrange(len(data))] = dice.randrange(256)
        service.connected(conn, OPEN_NS, 0)
        service.receive_data(conn, bytes(data), OPEN_NS, 0)
        service.disconnected(conn, OPEN_NS, 0)
    assert service.closing() != []


def test_new_day_is_answered_on_the_same_connection():
    service, _, market = a_service()
    tomorrow = Publisher(LAYOUT, ISSUES[:1], market, PublisherConfig(session=2))
    tomorrow.open(OPEN_NS, 0)
    service.roll(tomorrow, ISSUES[:1])
    (part,) = asked(service, SnapshotRequest(request_id=1))
    assert (part.session, part.next_seq) == (2, 5)
    assert asked(service, HistoryRequest(request_id=1, isin=ISSUES[1].isin, timeframe_s=60, count=5)) == [
        RequestRefused(request_id=1, refusal=Refusal.UNKNOWN_ISSUE, oldest_seq=0)
    ]
