"""The rules for messages of a session that is up. FIX 4.4 volume 2, with the numbers of its test cases."""

from collections.abc import Callable
from typing import Final

from hts.wire.fix.codec import FixMessage
from hts.wire.fix.core import MSG_SEQ_NUM, TEXT, SessionCore
from hts.wire.fix.events import MessageReceived, RejectReceived, SequenceWasReset, Withheld
from hts.wire.fix.logon import RESET_SEQ_NUM_FLAG, receive_again
from hts.wire.fix.peer_check import fatal_refusal, has_version, poss_dup_refusal
from hts.wire.fix.states import State
from hts.wire.fix.validate import Refusal, SessionRejectReason
from hts.wire.fix.writer import POSS_DUP_FLAG

BEGIN_SEQ_NO: Final = 7
END_SEQ_NO: Final = 16
NEW_SEQ_NO: Final = 36
GAP_FILL_FLAG: Final = 123
TEST_REQ_ID: Final = 112
POSS_RESEND: Final = 97
SEQ_DIGITS_MAX: Final = 18
INFINITY_42: Final = 999_999  # EndSeqNo(16) of FIX 4.1 and older; some peers of 4.2 still send it

_OUT_OF_RANGE: Final = SessionRejectReason.VALUE_OUT_OF_RANGE


def receive(core: SessionCore, message: FixMessage, refusal: Refusal | None) -> None:
    """One message, and those that waited for it."""
    value = message.get(MSG_SEQ_NUM) or b""
    if not value.isdigit() or len(value) > SEQ_DIGITS_MAX:
        # FIX 4.4 volume 2, "Message Recovery": without MsgSeqNum(34) the session cannot go on.
        core.end("Required tag missing: MsgSeqNum" if not value else "MsgSeqNum: a number expected")
        return
    fatal = fatal_refusal(message, core.config, core.trade_ns) if refusal is None else None
    if fatal is not None:
        _refuse_for_good(core, message, int(value), fatal)
    elif message.msg_type == "5":
        _logout(core, message, int(value))
    elif message.msg_type == "A" and refusal is None and message.is_set(RESET_SEQ_NUM_FLAG) and int(value) == 1:
        receive_again(core)
    elif message.msg_type == "4" and refusal is None and not message.is_set(GAP_FILL_FLAG):
        _sequence_reset(core, message)
    else:
        _sequenced(core, message, refusal, int(value))
    _take_waiting(core)


def _sequenced(core: SessionCore, message: FixMessage, refusal: Refusal | None, seq: int) -> None:
    expected = core.inbound.expected
    if seq == expected:
        _in_sequence(core, message, refusal, seq)
    elif seq < expected and message.msg_type == "2" and refusal is None and not message.is_set(POSS_DUP_FLAG):
        # Test case 8 sends such a one: a ResendRequest(2) is answered whatever its number, since it comes from a peer
        # that is about to put its numbers right.
        _resend_request(core, message)
    elif seq < expected:
        _too_low(core, message, seq)
    elif message.msg_type == "2" and refusal is None:
        # Test case 20 and "Message Recovery": a ResendRequest(2) is answered before the gap is closed, since two
        # sides that wait for each other would never speak again.
        _resend_request(core, message)
        core.inbound.hold(seq, None)
        core.request_missing(seq)
    else:
        # Test case 2.b.
        core.inbound.hold(seq, message, refusal)
        core.request_missing(seq)


def _too_low(core: SessionCore, message: FixMessage, seq: int) -> None:
    if not message.is_set(POSS_DUP_FLAG):
        # Test case 2.c: the peer's numbering is broken.
        core.end(f"MsgSeqNum too low, expecting {core.inbound.expected} but received {seq}")
        return
    # Test case 2.e: a possible duplicate that came before is ignored, unless its times are wrong (2.f, 2.g).
    wrong = poss_dup_refusal(message)
    if wrong is not None:
        core.reject(message, wrong)
        if wrong.reason is SessionRejectReason.SENDING_TIME_ACCURACY_PROBLEM:
            _logout_once(core)


def _in_sequence(core: SessionCore, message: FixMessage, refusal: Refusal | None, seq: int) -> None:
    if refusal is None and message.is_set(POSS_DUP_FLAG):
        refusal = poss_dup_refusal(message)
    if refusal is None and not has_version(message, core.dictionary):
        refusal = Refusal(reason=SessionRejectReason.INVALID_APPLICATION_VERSION, ref_tag=1128)
    if refusal is not None:
        # Test cases 14: a message that breaks the dictionary is refused, and its number counts as received.
        core.advance_to(seq + 1)
        core.reject(message, refusal)
        if refusal.reason is SessionRejectReason.SENDING_TIME_ACCURACY_PROBLEM:
            _logout_once(core)
        return
    rule = _RULES.get(message.msg_type)
    if rule is not None:
        rule(core, message, seq)
        return
    core.advance_to(seq + 1)
    core.received(
        MessageReceived(
            seq=seq,
            poss_dup=message.is_set(POSS_DUP_FLAG),
            poss_resend=message.is_set(POSS_RESEND),
            message=message,
        )
    )


def _take_waiting(core: SessionCore) -> None:
    """Messages that came too early and are next now."""
    while core.state in (State.UP, State.LOGOUT_SENT):
        found, held = core.inbound.take()
        if not found:
            return
        seq = core.inbound.expected
        if held is None:
            core.advance_to(seq + 1)
        else:
            _in_sequence(core, held[0], held[1], seq)


def _refuse_for_good(core: SessionCore, message: FixMessage, seq: int, refusal: Refusal) -> None:
    """Test cases 2.k and 2.o: Reject(3), then Logout(5). A peer that says good-bye gets no complaint."""
    if core.state is State.LOGOUT_SENT and message.msg_type == "5":
        core.logged_out(message.text(TEXT), by_peer=False)
        return
    if seq == core.inbound.expected:
        core.advance_to(seq + 1)
    core.reject(message, refusal)
    _logout_once(core)


def _logout_once(core: SessionCore) -> None:
    if core.state is State.UP:
        core.logout("")


def _logout(core: SessionCore, message: FixMessage, seq: int) -> None:
    """Test case 13: Logout(5) is answered, whatever its number: a gap before it is closed at the next logon."""
    if seq == core.inbound.expected:
        core.advance_to(seq + 1)
    is_answer = core.state is State.LOGOUT_SENT
    if not is_answer:
        core.write("5")
    core.logged_out(message.text(TEXT), by_peer=not is_answer)


def _sequence_reset(core: SessionCore, message: FixMessage) -> None:
    """Test cases 11: SequenceReset-Reset(4). Its own number is not looked at."""
    new_seq, expected = message.integer(NEW_SEQ_NO), core.inbound.expected
    if new_seq < expected:
        core.reject(message, Refusal(reason=_OUT_OF_RANGE))
    elif new_seq > expected:
        core.events.append(SequenceWasReset(expected=expected, new_seq=new_seq))
        core.advance_to(new_seq)


def _gap_fill(core: SessionCore, message: FixMessage, seq: int) -> None:
    """Test cases 10: SequenceReset-GapFill(4) in sequence."""
    new_seq = message.integer(NEW_SEQ_NO)
    if new_seq <= seq:
        core.advance_to(seq + 1)
        core.reject(message, Refusal(reason=_OUT_OF_RANGE, ref_tag=NEW_SEQ_NO))
        return
    core.advance_to(new_seq)


def _heartbeat(core: SessionCore, _message: FixMessage, seq: int) -> None:
    core.advance_to(seq + 1)


def _test_request(core: SessionCore, message: FixMessage, seq: int) -> None:
    """Test case 4.b: Heartbeat(0) with the same TestReqID(112)."""
    core.advance_to(seq + 1)
    core.write("0", ((TEST_REQ_ID, message.get(TEST_REQ_ID) or b""),))


def _resend_in_sequence(core: SessionCore, message: FixMessage, seq: int) -> None:
    core.advance_to(seq + 1)
    _resend_request(core, message)


def _resend_request(core: SessionCore, message: FixMessage) -> None:
    """Test cases 8: EndSeqNo(16) 0 means everything that was sent."""
    begin, end = message.integer(BEGIN_SEQ_NO), message.integer(END_SEQ_NO)
    last = core.store.next_out_seq - 1
    if not 1 <= begin <= last or (end and end < begin):
        tag = BEGIN_SEQ_NO if not 1 <= begin <= last else END_SEQ_NO
        core.reject(message, Refusal(reason=_OUT_OF_RANGE, ref_tag=tag))
        return
    end = last if end in (0, INFINITY_42) else min(end, last)
    if core.resend(begin, end):
        core.events.append(Withheld(begin=begin, end=end))


def _reject(core: SessionCore, message: FixMessage, seq: int) -> None:
    """Test case 7: a Reject(3) counts as received and is never answered."""
    core.advance_to(seq + 1)
    core.events.append(
        RejectReceived(
            ref_seq_num=message.integer(45),
            ref_tag=message.integer(371),
            reason=message.integer(373),
            text=message.text(TEXT),
        )
    )


def _logon_again(core: SessionCore, message: FixMessage, seq: int) -> None:
    """A Logon(A) in a session that is up, without a reset, changes nothing and is refused."""
    core.advance_to(seq + 1)
    core.reject(message, Refusal(reason=SessionRejectReason.OTHER))


_RULES: Final[dict[str, Callable[[SessionCore, FixMessage, int], None]]] = {
    "0": _heartbeat,
    "1": _test_request,
    "2": _resend_in_sequence,
    "3": _reject,
    "4": _gap_fill,
    "A": _logon_again,
}
