"""What a bad peer does, point by point, protocol by protocol: a documented answer, bounded memory, the state right.

The tests of each protocol know more; here is the list that all of them are held to: a length that lies, a tag twice,
a field out of order, a checksum off by one, an unknown type or template, a stop bit missing, a packet from the past,
a session id that changes, ten megabytes without a delimiter.
"""

import re

import pytest

from hts.app.framings import Leftover, cut
from hts.base.errors import RemoteProtocolError
from hts.wire.fast.decoder import FastDecoder
from hts.wire.fast.errors import FastRemoteError
from hts.wire.fix.events import GapFound, GarbledReceived, MessageReceived, MessageRefused, SessionFault
from hts.wire.fix.framing import JUNK_BYTES_MAX, MESSAGE_BYTES_MAX
from hts.wire.fix.states import Role, State
from hts.wire.fix.validate import SessionRejectReason as Reason
from hts.wire.flex.follower import FlexConfig, FlexFollower
from hts.wire.iso20022.reader import read as read_document
from hts.wire.mdcs.packets import decode_packet
from hts.wire.mdcs.recovery import FRAME_LENGTH_MAX, FrameReader
from hts.wire.moldudp.packets import MoldCodec, MoldPacket
from hts.wire.moldudp.receiver import Messages, MoldConfig, MoldReceiver, OtherSession
from hts.wire.ouch.session import OuchClient, OuchVenue
from hts.wire.soupbin.events import ProtocolFault
from hts.wire.soupbin.server import SoupStream
from tests.support.soup import a_client, a_server, carry, connect, events_of
from tests.support.wire_layout import layout_of, zeros
from tests.wire.fast.support import templates
from tests.wire.fix.kit import ORDER_TEXT, Side, a_frame, frames, shown
from tests.wire.flex.test_follower import CODEC as FLEX
from tests.wire.flex.test_follower import LAYOUT as FLEX_LAYOUT
from tests.wire.flex.test_follower import data_of as flex_packet
from tests.wire.flex.test_follower import seqs_of
from tests.wire.iso20022.samples import ALL as DOCUMENTS
from tests.wire.iso20022.samples import LAYOUT as DOCUMENT_LAYOUT

TEN_MEGABYTES = 10 << 20
CHUNK = 64 << 10
VERSIONS = ["FIX.4.2", "FIX.4.4", "FIXT.1.1"]
ROLES = list(Role)
MOLD = MoldCodec(layout_of("moldudp64"))
OUCH = layout_of("ouch50")


def order(side: Side, seq: int, text: str = "") -> bytes:
    more = "21=1|" if side.begin_string == "FIX.4.2" else ""
    return side.peer(seq, "D", text or ORDER_TEXT + more)


def received(side: Side) -> list[int]:
    return [event.seq for event in side.events if isinstance(event, MessageReceived)]


def still_works(side: Side, seq: int) -> bool:
    """Whether the session is up and the next message with this number is taken."""
    side.events.clear()
    side.receive(order(side, seq))
    return side.session.is_up and received(side) == [seq]


# -- FIX: session-level answers, and the numbers stay right --


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("change", [-5, -1, 1, 5, 200], ids=lambda change: f"BodyLength{change:+}")
def test_fix_a_length_that_lies_spoils_its_own_message(begin_string, role, change):
    side = Side(role, begin_string).logged_on()
    good = order(side, 2)
    length = int(shown(good).split("|")[1][2:])
    side.receive(good.replace(b"\x019=%d\x01" % length, b"\x019=%d\x01" % (length + change)))
    answer = side.receive(b"".join(order(side, seq) for seq in range(3, 8)))
    assert any(isinstance(event, GarbledReceived) for event in side.events)
    assert any(frame.startswith("35=2|") and "|7=2|" in frame for frame in frames(answer))
    text = ORDER_TEXT + "21=1|" * (begin_string == "FIX.4.2")
    side.receive(b"".join(side.peer(seq, "D", f"43=Y|122=20261123-00:00:00|{text}") for seq in range(2, 8)))
    assert received(side) == [2, 3, 4, 5, 6, 7]
    assert still_works(side, 8)


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("change", [1, 255])
def test_fix_a_checksum_off_by_one_is_ignored_and_asked_for_again(begin_string, change):
    side = Side(Role.ACCEPTOR, begin_string).logged_on()
    good = order(side, 2)
    number = (int(good[-4:-1]) + change) % 256
    assert side.receive(good[:-4] + b"%03d\x01" % number) == b""
    assert [type(event) for event in side.events] == [GarbledReceived]
    answer = side.receive(order(side, 3))
    assert GapFound(expected=2, found=3) in side.events
    assert frames(answer) == ["35=2|34=2|49=US|56=PEER|7=2|16=0"]


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize(
    ("text", "reason", "tag"),
    [
        ("11=1|11=2|55=A|54=1|60=20261123-00:00:00|40=1|38=1|", Reason.TAG_APPEARS_MORE_THAN_ONCE, 11),
        ("11=1|55=A|54=1|60=20261123-00:00:00|40=1|38=1|115=X|", Reason.TAG_OUT_OF_ORDER, 115),
    ],
    ids=["a tag twice", "a header field after the body"],
)
def test_fix_a_tag_twice_or_out_of_order_is_refused_and_the_session_goes_on(begin_string, text, reason, tag):
    side = Side(Role.ACCEPTOR, begin_string).logged_on()
    side.receive(order(side, 2, text + ("21=1|" if begin_string == "FIX.4.2" else "")))
    assert [event for event in side.events if isinstance(event, MessageRefused)] == [
        MessageRefused(seq=2, msg_type="D", reason=reason, ref_tag=tag)
    ]
    assert still_works(side, 3)


def test_fix_members_of_a_group_out_of_order_are_refused():
    side = Side(Role.ACCEPTOR).logged_on()
    side.receive(order(side, 2, "11=1|453=1|448=X|452=1|447=D|55=A|54=1|60=20261123-00:00:00|40=1|38=1|"))
    [refused] = [event for event in side.events if isinstance(event, MessageRefused)]
    assert (refused.reason, refused.ref_tag) == (Reason.GROUP_FIELDS_OUT_OF_ORDER, 447)
    assert still_works(side, 3)


@pytest.mark.parametrize("begin_string", VERSIONS)
def test_fix_an_unknown_type_is_refused_and_the_session_goes_on(begin_string):
    side = Side(Role.ACCEPTOR, begin_string).logged_on()
    side.receive(side.peer(2, "ZZ"))
    assert [event.reason for event in side.events if isinstance(event, MessageRefused)] == [Reason.INVALID_MSG_TYPE]
    assert still_works(side, 3)


@pytest.mark.parametrize("begin_string", VERSIONS)
def test_fix_a_message_from_the_past_is_the_end_unless_it_says_so(begin_string):
    side = Side(Role.ACCEPTOR, begin_string).logged_on()
    side.receive(order(side, 2) + order(side, 3))
    side.events.clear()
    assert side.receive(side.peer(2, "D", f"43=Y|122=20261123-00:00:00|{ORDER_TEXT}21=1|")) == b""
    assert (side.events, side.session.is_up) == ([], True)
    answer = side.receive(order(side, 2))
    assert frames(answer) == ["35=5|34=2|49=US|56=PEER|58=MsgSeqNum too low, expecting 4 but received 2"]
    assert (side.session.state, side.session.next_in_seq) == (State.CLOSING, 4)


@pytest.mark.parametrize("begin_string", VERSIONS)
def test_fix_a_session_id_that_changes_is_refused_and_logged_out(begin_string):
    side = Side(Role.ACCEPTOR, begin_string).logged_on()
    answer = frames(side.receive(order(side, 2).replace(b"49=PEER", b"49=REEP")))
    # BodyLength(9) is right, CheckSum(10) too: the same letters.
    assert [frame.split("|")[0] for frame in answer] == ["35=3", "35=5"]
    assert [event.reason for event in side.events if isinstance(event, MessageRefused)] == [Reason.COMP_ID_PROBLEM]
    assert side.session.state is State.LOGOUT_SENT


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize(
    "piece",
    [b"A", b"8", b"\x01", b"8=FIX.4.4\x019=200000\x0135=D\x0158=", b"8=FIX.4.4\x01" * 3],
    ids=lambda p: p[:9].decode(),
)
def test_fix_ten_megabytes_without_a_message_end_the_session_in_bounded_memory(begin_string, role, piece):
    side = Side(role, begin_string).logged_on()
    start = piece if piece.startswith(b"8=FIX.4.4\x019") else b""
    side.receive(start)
    block = (b"x" if start else piece) * CHUNK
    fed = 0
    while fed < TEN_MEGABYTES and side.session.is_up:
        side.receive(block[:CHUNK])
        fed += CHUNK
        assert side.session._reader.kept_bytes <= 2 * MESSAGE_BYTES_MAX + CHUNK + 100
    assert isinstance(side.events[-1], SessionFault)
    assert fed <= JUNK_BYTES_MAX + 4 * MESSAGE_BYTES_MAX
    assert side.session.next_in_seq == 2


# -- SoupBinTCP and OUCH --


def a_pair():
    stream = SoupStream("DAY1")
    client, venue = OuchClient(OUCH, a_client()), OuchVenue(OUCH, a_server(stream), stream)
    connect(client.soup, venue.soup)
    events_of(client)
    events_of(venue)
    return client, venue, stream


@pytest.mark.parametrize("data", [b"\0\0H", b"\0\x01~"], ids=["a length of zero", "an unknown packet type"])
def test_soup_a_packet_that_cannot_be_is_a_fault(data):
    client, venue, _ = a_pair()
    venue.soup.receive_data(data, 0)
    [fault] = events_of(venue)
    assert isinstance(fault, ProtocolFault) and "expected, found" in fault.text
    assert venue.soup.is_closing
    assert client.soup.is_up


def test_soup_a_length_that_lies_holds_one_packet_at_most():
    _, venue, _ = a_pair()
    for _ in range(TEN_MEGABYTES // CHUNK):
        venue.soup.receive_data(b"\xff\xffU" + b"x" * (CHUNK - 3), 0)
        assert len(venue.soup._reader) <= 2 + 0xFFFF
        if venue.soup.is_closing:
            break
    assert venue.soup.is_closing or not events_of(venue)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"O" + b"\0" * 10, "enter_order: .* bytes .*expected, found 11"),
        (b"~" * 20, "a message type out of"),
        (None, "each tag once expected, found 5 twice"),
    ],
    ids=["a length that lies", "an unknown type", "a tag twice"],
)
def test_ouch_a_message_that_cannot_be_read_is_a_fault(body, told):
    if body is None:
        whole = OUCH.encode("enter_order", {**zeros(OUCH, "enter_order"), "appendage": {"max_floor": 7}})
        at = len(OUCH.encode("enter_order", zeros(OUCH, "enter_order")))
        tag = whole[at:]
        told = f"each tag once expected, found {tag[1]} twice"
        body = whole[: at - 2] + (2 * len(tag)).to_bytes(2, "big") + tag + tag
    client, venue, stream = a_pair()
    client.soup.send(body, 0)
    carry(client.soup, venue.soup)
    [fault] = events_of(venue)
    assert isinstance(fault, ProtocolFault)
    assert re.search(told, fault.text), fault.text
    again = OuchVenue(OUCH, a_server(stream), stream)
    client.soup.disconnected()
    connect(client.soup, again.soup)
    assert client.soup.is_up


def test_soup_a_session_id_that_changes_is_a_fault():
    client, _, _ = a_pair()
    client.soup.disconnected()
    other = OuchVenue(OUCH, a_server(SoupStream("DAY2")), SoupStream("DAY2"))
    connect(client.soup, other.soup)
    assert not client.soup.is_up
    assert client.soup.session == "DAY1"


# -- MoldUDP64 --


def a_receiver():
    receiver = MoldReceiver(MOLD, MoldConfig(), session="DAY1")
    receiver.receive_packet("A", MOLD.encode(MoldPacket(session="DAY1", seq=1, messages=(b"1",))), 0)
    events_of(receiver)
    return receiver


def mold(seq, *messages, session="DAY1"):
    return MOLD.encode(MoldPacket(session=session, seq=seq, messages=messages))


def test_mold_lies_the_past_and_another_session_change_nothing():
    receiver = a_receiver()
    lying = bytearray(mold(2, b"abc"))
    lying[21] = 9  # the message's length
    for data in (bytes(lying), mold(1, b"1"), mold(2, b"x", session="DAY2"), b"x" * 5, mold(2, b"ok")):
        receiver.receive_packet("A", data, 0)
    assert events_of(receiver) == [OtherSession(session="DAY2"), Messages(seq=2, messages=(b"ok",), line="A")]
    stats = receiver.stats
    assert (stats.malformed, stats.doubles, stats.other_session, receiver.next_seq) == (2, 1, 1, 3)


# -- FLEX --


def test_flex_lies_the_past_and_unknown_tags_change_nothing():
    follower = FlexFollower(FLEX_LAYOUT, 5, FlexConfig(), reboots=1)
    lying = bytearray(flex_packet(1, reboots=1))
    lying[25] = 3  # more tags than there are
    for data in (bytes(lying), flex_packet(1, reboots=0), flex_packet(1, reboots=1), flex_packet(1, reboots=1)):
        follower.receive_packet("A", data, 0)
    unknown = bytearray(flex_packet(2, reboots=1))
    unknown[27:28] = b"B"
    follower.receive_packet("A", bytes(unknown), 0)
    assert seqs_of(follower) == [1, 2]
    assert (follower.stats.malformed, follower.stats.past, follower.stats.doubles) == (1, 1, 1)
    assert FLEX.decode(bytes(unknown)).tags[0].type == "B"


# -- FAST --


def read_all(decoder, data):
    """In pieces, with the buffer bounded."""
    for at in range(0, len(data), CHUNK):
        decoder.receive_data(data[at : at + CHUNK])
        while decoder.next_event() is not None:
            pass
        assert len(decoder._buffer) < 1 << 20


FAST_TEMPLATES = '<uInt32 name="a"/><string name="s"/><byteVector name="raw"/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bytes.fromhex("c0 85 81 41 c1 80"), "D9"),
        (bytes.fromhex("c0 81") + b"\x01" * 20, "D2"),
        (bytes.fromhex("c0 81 81") + b"A" * (TEN_MEGABYTES // 4), "LIMIT"),
        (bytes.fromhex("c0 81 81 c1") + b"\x7f\x7f\x7f\xff", "LIMIT"),
    ],
    ids=["an unknown template", "a stop bit missing", "ten megabytes without a stop bit", "a length that lies"],
)
def test_fast_a_stream_that_cannot_be_is_an_error_with_its_code(data, code):
    decoder = FastDecoder(templates(FAST_TEMPLATES))
    with pytest.raises(FastRemoteError) as error:
        read_all(decoder, data)
    assert error.value.code == code
    with pytest.raises(FastRemoteError):
        decoder.next_event()
    decoder.restart()
    decoder.receive_data(bytes.fromhex("c0 81 85 c1 81 42"))
    assert decoder.next_event().fields["a"] == 5


# -- KOSCOM, KRX packets and their recovery --


def test_koscom_ten_megabytes_without_an_end_are_left_over_to_the_byte():
    from hts.app.decoders import DecoderOptions, load_decoder

    for name in ("mdcs", "koscom_udp"):
        decoder = load_decoder(name, DecoderOptions())
        with pytest.raises(Leftover) as left:
            list(decoder.frames(b"A" * TEN_MEGABYTES, "raw"))
        assert left.value.offset == 0
        with pytest.raises(RemoteProtocolError, match="TR code of the table"):
            decoder.decode(b"ZZZZZ" + b" " * 3 + b"\xff")


def test_krx_a_length_that_lies_is_refused_before_its_body():
    reader = FrameReader()
    reader.receive_data((FRAME_LENGTH_MAX + 1).to_bytes(4, "big") + b"r")
    with pytest.raises(RemoteProtocolError, match="expected a length of 1 to"):
        reader.next_message()
    with pytest.raises(RemoteProtocolError):
        decode_packet(b"\xff" * 40)


# -- ISO 20022 --


def document() -> bytes:
    from hts.wire.iso20022.writer import write

    return write(DOCUMENT_LAYOUT, DOCUMENTS[0])


@pytest.mark.parametrize("kind", ["twice", "unknown"])
def test_iso_an_element_twice_or_an_unknown_document_is_refused_with_its_place(kind):
    data = document()
    first = re.search(rb"<(\w+)>[^<]+</\1>", data).group()
    bad = (
        data.replace(first, first + first)
        if kind == "twice"
        else data.replace(b"seev.0", b"seev.9").replace(b"sese.0", b"sese.9")
    )
    with pytest.raises(RemoteProtocolError, match="expected, found|once expected"):
        read_document(DOCUMENT_LAYOUT, bad)


# -- files of blocks --


@pytest.mark.parametrize(("framing", "byte"), [("len16", b"\xfe"), ("soup", b"\xfe"), ("mold", b"\xfe")])
def test_ten_megabytes_of_lengths_that_lie_are_left_over(framing, byte):
    with pytest.raises(Leftover):
        list(cut(byte * (TEN_MEGABYTES + 1), framing, lambda _data: iter(())))


def test_fix_frames_of_ten_megabytes_are_left_over():
    from hts.app.decoders import DecoderOptions, load_decoder

    decoder = load_decoder("fix44", DecoderOptions())
    good = a_frame("35=0|34=1|49=A|52=20261123-00:00:00|56=B|")
    rows = decoder.frames(good + b"8=FIX.4.4" * (TEN_MEGABYTES // 9), "raw")
    assert next(rows) == (0, good)
    with pytest.raises(Leftover):
        next(rows)
