"""What must not happen to an order session, the feed's recovery and the link: each has one documented answer."""

import tracemalloc

import pytest

from hts.base.errors import RemoteProtocolError
from hts.wire.link.frames import FrameReader as LinkReader
from hts.wire.mdcs.recovery import FrameReader as RecoveryReader
from hts.wire.ums.codec import encode
from hts.wire.ums.events import ProtocolFault
from hts.wire.ums.messages import Heartbeat, KillSwitchNotice, KillSwitchRequest, MassCancelReport, SessionReason
from tests.support.wire_ums import LAYOUT, TRADE_NS, a_logon, an_execution, an_up_pair, events_of

TEN_MB = 10 * 1024 * 1024
PIECE = 65_536
A_NOTICE = KillSwitchNotice(cl_ord_id=0, account="", on=True, reason_code=0, count=0, transact_ns=0)


def an_up_client():
    pair = an_up_pair()
    return pair.client, pair.venue


def fault_of(session):
    (fault,) = [event for event in events_of(session) if isinstance(event, ProtocolFault)]
    assert session.is_closing
    return fault.reason, fault.text


def frame(message, seq, **changes):
    return encode(LAYOUT, message, seq, TRADE_NS, **changes)


@pytest.mark.parametrize(
    ("data", "reason", "text"),
    [
        # a length that lies: longer than the type, shorter than a header, longer than any frame
        (
            b"\x00\x15" + frame(Heartbeat(), 1)[2:] + b"\0",
            SessionReason.BAD_LENGTH,
            "Heartbeat: 20 bytes expected, found 21",
        ),
        (b"\x00\x0f" + bytes(30), SessionReason.BAD_LENGTH, "frame length 16 to 512 expected, found 15"),
        (b"\xff\xff" + bytes(30), SessionReason.BAD_LENGTH, "frame length 16 to 512 expected, found 65535"),
        # a type that is not in the table
        (
            b"\x00\x14~" + bytes(17),
            SessionReason.UNKNOWN_TYPE,
            "message type out of 0124589ADEFGKSkqr expected, found ~",
        ),
        # the session's identity changes
        (frame(a_logon(comp_id="KRX", peer_id="HTS02"), 1), SessionReason.UNEXPECTED_MESSAGE, "expected, found Logon"),
        # a message that only the other side may send
        (
            frame(KillSwitchRequest(cl_ord_id=1, account="", on=True), 1),
            SessionReason.UNEXPECTED_MESSAGE,
            "KillSwitchRequest",
        ),
        # a switch that is neither on nor off
        (
            frame(A_NOTICE, 1)[:40] + b"\x07" + frame(A_NOTICE, 1)[41:],
            SessionReason.MALFORMED,
            "KillSwitchNotice: on: one of b'\\x00\\x01' expected, found b'\\x07'",
        ),
    ],
)
def test_a_client_ends_the_session_and_says_why(data, reason, text):
    client, _ = an_up_client()
    client.receive_data(data, TRADE_NS, 0)
    found = fault_of(client)
    assert found[0] == reason
    assert text in found[1]


def test_a_message_from_the_past_is_ignored_as_a_repeat_and_a_fault_without_the_flag():
    client, _ = an_up_client()
    report = MassCancelReport(cl_ord_id=1, account="", symbol="", reason_code=0, count=0, transact_ns=1)
    client.receive_data(frame(report, 1), TRADE_NS, 0)
    assert [event.seq for event in events_of(client)] == [1]
    client.receive_data(frame(report, 1, poss_dup=True), TRADE_NS, 0)
    assert (events_of(client), client.is_up) == ([], True)
    client.receive_data(frame(report, 1), TRADE_NS, 0)
    assert fault_of(client) == (SessionReason.SEQ_TOO_LOW, "MassCancelReport: number 2 expected, found 1")


@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"A", b"\x00\x6b"])
def test_ten_megabytes_of_nothing_end_a_session_in_little_memory(fill):
    client, venue = an_up_client()
    piece = (fill * PIECE)[:PIECE]
    tracemalloc.start()
    try:
        for session in (client, venue):
            for _ in range(TEN_MB // PIECE):
                session.receive_data(piece, TRADE_NS, 0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (client.is_closing, venue.is_closing) == (True, True)
    assert peak < 8 * PIECE


@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"A"])
def test_ten_megabytes_of_nothing_are_refused_by_recovery_and_link(fill):
    for read in (recovery, LinkReader().receive_data):
        with pytest.raises(RemoteProtocolError):
            feed(read, fill * PIECE)


def feed(read, piece):
    for _ in range(TEN_MB // PIECE):
        read(piece)


def recovery(data):
    reader = RecoveryReader()
    reader.receive_data(data)
    while reader.next_message() is not None:
        pass


def test_a_frame_that_is_never_finished_is_waited_for_within_its_bound():
    reader = RecoveryReader()
    reader.receive_data(b"\x00\x01\x00\x00s")
    for _ in range(65_534):
        reader.receive_data(b"\0")
        assert reader.next_message() is None
    reader.receive_data(b"\0")  # the last byte of a snapshot part: it holds what its count says, or is refused
    message = reader.next_message()
    assert message is not None and len(reader._buffer) == 0


def test_a_venue_refuses_what_only_a_venue_says():
    _, venue = an_up_client()
    venue.receive_data(frame(an_execution(1), 1), TRADE_NS, 0)
    assert fault_of(venue)[0] == SessionReason.UNEXPECTED_MESSAGE
