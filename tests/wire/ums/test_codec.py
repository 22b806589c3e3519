import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.wire.ums.codec import BadFrame, FrameReader, as_poss_dup, cut_frames, encode, encode_body, one_line
from hts.wire.ums.messages import MESSAGE_CLASSES, CancelReject, EnterOrder, Execution, Heartbeat, SessionReason
from tests.support.wire_ums import LAYOUT, an_order, frames_of
from tests.wire.ums.golden import GOLDEN, SENDING_NS

IDS = [type(row[0]).__name__ for row in GOLDEN]
STREAM = b"".join(row[3] for row in GOLDEN)


def test_every_message_has_a_golden_frame():
    assert list(MESSAGE_CLASSES) == IDS


@pytest.mark.parametrize(("message", "seq", "poss_dup", "frame"), GOLDEN, ids=IDS)
def test_encode_gives_the_golden_bytes(message, seq, poss_dup, frame):
    assert encode(LAYOUT, message, seq, SENDING_NS, poss_dup=poss_dup).hex(" ") == frame.hex(" ")
    body = encode_body(LAYOUT, message)  # once for several sessions
    assert encode(LAYOUT, message, seq, SENDING_NS, poss_dup=poss_dup, body=body).hex(" ") == frame.hex(" ")


@pytest.mark.parametrize(("message", "seq", "poss_dup", "frame"), GOLDEN, ids=IDS)
def test_decode_gives_the_golden_message(message, seq, poss_dup, frame):
    assert [(f.message, f.seq, f.poss_dup, f.sending_ns) for f in frames_of(frame)] == [
        (message, seq, poss_dup, SENDING_NS)
    ]


def test_cut_at_every_byte_gives_the_same_messages():
    whole = [f.message for f in frames_of(STREAM)]
    for at in range(1, len(STREAM)):
        reader = FrameReader(LAYOUT)
        found = []
        for part in (STREAM[:at], STREAM[at:]):
            reader.append(part)
            while (frame := reader.next_frame()) is not None:
                found.append(frame.message)
        assert found == whole, at


def test_one_byte_at_a_time_gives_the_same_messages_in_a_small_buffer():
    reader = FrameReader(LAYOUT)
    found = []
    for value in STREAM:
        reader.append(bytes((value,)))
        assert len(reader._buffer) <= LAYOUT.frame_length_max
        while (frame := reader.next_frame()) is not None:
            found.append(frame.message)
    assert found == [row[0] for row in GOLDEN]


def bad_frame(data):
    reader = FrameReader(LAYOUT)
    reader.append(data)
    with pytest.raises(RemoteProtocolError) as caught:
        reader.next_frame()
    assert isinstance(caught.value, BadFrame)
    return caught.value.reason, str(caught.value)


HEARTBEAT = GOLDEN[1][3]
ORDER = GOLDEN[6][3]


def changed(frame, offset, data):
    return frame[:offset] + data + frame[offset + len(data) :]


@pytest.mark.parametrize(
    ("data", "reason", "text"),
    [
        (
            changed(HEARTBEAT, 0, b"\x00\x0f"),
            SessionReason.BAD_LENGTH,
            "frame length 16 to 512 expected, found 15",
        ),
        (
            changed(HEARTBEAT, 0, b"\xff\xff"),
            SessionReason.BAD_LENGTH,
            "frame length 16 to 512 expected, found 65535",
        ),
        (changed(HEARTBEAT, 0, b"\x00\x15"), SessionReason.BAD_LENGTH, "Heartbeat: 20 bytes expected, found 21"),
        (
            changed(HEARTBEAT, 2, b"Z"),
            SessionReason.UNKNOWN_TYPE,
            "message type out of 0124589ADEFGKSkqr expected, found Z",
        ),
        (
            changed(HEARTBEAT, 2, b"\xff"),
            SessionReason.UNKNOWN_TYPE,
            "message type out of 0124589ADEFGKSkqr expected, found 0xff",
        ),
        (changed(HEARTBEAT, 3, b"\x02"), SessionReason.MALFORMED, "Heartbeat: flags 0 or 1 expected, found 2"),
        (
            changed(ORDER, 88, b"3"),
            SessionReason.MALFORMED,
            "EnterOrder: side: one of b'12' expected, found b'3'",
        ),
        (
            changed(ORDER, 76, b"\x00"),
            SessionReason.MALFORMED,
            "EnterOrder: symbol: printable ASCII expected, found b'\\x0005930      '",
        ),
        (
            changed(GOLDEN[0][3], 94, b"\x02"),
            SessionReason.MALFORMED,
            "Logon: cancel_on_disconnect: one of b'\\x00\\x01' expected, found b'\\x02'",
        ),
    ],
)
def test_a_frame_that_cannot_be_read_is_one_clear_line(data, reason, text):
    assert bad_frame(data) == (reason, text)


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (an_order(symbol="0" * 13), "symbol: up to 12 printable ASCII characters expected, found '0000000000000'"),
        (an_order(account="계좌"), "account: up to 16 printable ASCII characters expected, found '계좌'"),
        (an_order(account="x "), "account: up to 16 printable ASCII characters expected, found 'x '"),
        (an_order(qty=-1), "int too large to convert"),
        (an_order(qty=1 << 64), "int too large to convert"),
    ],
)
def test_a_value_that_does_not_fit_is_our_own_error(order, text):
    with pytest.raises(LocalProtocolError) as caught:
        encode(LAYOUT, order, 4, 0)
    assert str(caught.value).startswith("EnterOrder 4: ")
    if "int" not in text:
        assert str(caught.value) == f"EnterOrder 4: {text}"


def test_poss_dup_changes_one_bit():
    frame = encode(LAYOUT, Heartbeat(), 1, 0)
    assert as_poss_dup(LAYOUT, frame) == frame[:3] + b"\x01" + frame[4:]


def test_cut_frames_leaves_the_unfinished_one_and_passes_rubbish_on():
    buffer = bytearray(HEARTBEAT + ORDER[:30])
    assert cut_frames(LAYOUT, buffer) == [HEARTBEAT]
    assert bytes(buffer) == ORDER[:30]
    rubbish = b"GET / HTTP/1.1\r\n\r\n"
    assert cut_frames(LAYOUT, bytearray(rubbish)) == [rubbish]


def test_logout_text_is_cut_and_printable():
    assert one_line(LAYOUT, "가\n" + "x" * 200) == "??" + "x" * 94


TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12).map(lambda s: s.rstrip(" "))
U64 = st.integers(0, 2**64 - 1)
I64 = st.integers(-(2**63), 2**63 - 1)
U16 = st.integers(0, 2**16 - 1)
STATUS = st.sampled_from([s for s in OrdStatus if s is not OrdStatus.DENIED])
ORDERS = st.builds(
    EnterOrder,
    cl_ord_id=U64,
    request_id=TEXT,
    account=TEXT,
    symbol=TEXT,
    side=st.sampled_from(Side),
    ord_type=st.sampled_from(OrdType),
    time_in_force=st.sampled_from(TimeInForce),
    px=I64,
    qty=U64,
)
EXECUTIONS = st.builds(
    Execution,
    cl_ord_id=U64,
    orig_cl_ord_id=U64,
    venue_order_id=U64,
    exec_id=U64,
    exec_type=st.sampled_from(ExecType),
    ord_status=STATUS,
    side=st.sampled_from(Side),
    ord_type=st.sampled_from(OrdType),
    time_in_force=st.sampled_from(TimeInForce),
    reason_code=U16,
    px=I64,
    order_qty=U64,
    last_px=I64,
    last_qty=U64,
    leaves_qty=U64,
    cum_qty=U64,
    transact_ns=U64,
    request_id=TEXT,
    account=TEXT,
    symbol=TEXT,
)
REJECTS = st.builds(
    CancelReject,
    cl_ord_id=U64,
    orig_cl_ord_id=U64,
    response_to=st.sampled_from(CxlRejResponseTo),
    ord_status=STATUS,
    reason_code=U16,
    transact_ns=U64,
    request_id=TEXT,
)


@settings(deadline=None, max_examples=150, database=None)
@given(message=st.one_of(ORDERS, EXECUTIONS, REJECTS), seq=st.integers(0, 2**32 - 1), ns=U64, poss_dup=st.booleans())
def test_what_was_encoded_is_decoded(message, seq, ns, poss_dup):
    frame = frames_of(encode(LAYOUT, message, seq, ns, poss_dup=poss_dup))[0]
    assert (frame.message, frame.seq, frame.sending_ns, frame.poss_dup) == (message, seq, ns, poss_dup)
