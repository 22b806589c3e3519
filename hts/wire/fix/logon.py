"""The rules of Logon(A): who may come in, with which numbers. FIX 4.4 volume 2, "Logon"; FIXT 1.1, "Logon"."""

from collections.abc import Callable

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.core import MSG_SEQ_NUM, SessionCore
from hts.wire.fix.events import LoggedOn
from hts.wire.fix.keep_alive import SECOND
from hts.wire.fix.peer_check import DEFAULT_APPL_VER_ID, HEART_BT_INT, has_comp_ids, has_good_time, logon_problem
from hts.wire.fix.states import Role, Step
from hts.wire.fix.validate import Refusal

RESET_SEQ_NUM_FLAG = 141
NEXT_EXPECTED = 789

# Whether the owner lets a peer in: the reason why not, or "".
Admit = Callable[[FixMessage], str]


def send_logon(core: SessionCore, *, with_reset: bool, next_in_seq: int = 0) -> None:
    """Our Logon(A); `next_in_seq` is what NextExpectedMsgSeqNum(789) tells, if it is in use."""
    config = core.config
    fields: list[tuple[int, bytes]] = [(98, b"0"), (HEART_BT_INT, b"%d" % (core.alive.interval_ns // SECOND))]
    if with_reset:
        fields.append((RESET_SEQ_NUM_FLAG, b"Y"))
    if config.next_expected:
        fields.append((NEXT_EXPECTED, b"%d" % (next_in_seq or core.inbound.expected)))
    if core.dictionary.appl_ver_id:
        fields.append((DEFAULT_APPL_VER_ID, core.dictionary.appl_ver_id.encode()))
    fields.extend(config.logon_fields)
    core.write("A", tuple(sorted(fields)))


def receive_first(core: SessionCore, message: FixMessage, refusal: Refusal | None, admit: Admit) -> None:
    """The first message of a connection."""
    config = core.config
    if message.msg_type == "5" and config.role is Role.INITIATOR:
        core.logged_out(message.text(58), by_peer=True)
        return
    # Test case 1.e: the first message is a Logon(A), else the connection is closed.
    if message.msg_type != "A":
        core.fault(f"Logon(A) expected first, found {message.msg_type}")
        return
    # Test cases 1.c and 1.d: a foreign CompID or a wrong time is not answered, so that nobody learns from it.
    if not has_comp_ids(message, config):
        core.fault(f"CompIDs {config.target_comp_id} to {config.sender_comp_id} expected, found others")
        return
    if not has_good_time(message, config, core.trade_ns):
        core.fault(f"SendingTime(52) within {config.sending_time_within_s} s expected, found {message.text(52)}")
        return
    # Test case 1.b: one connection per session.
    reason = admit(message)
    if reason:
        core.fault(reason)
        return
    try:
        problem = logon_problem(message, refusal, core.dictionary)
    except RemoteProtocolError as error:
        problem = str(error)
    if problem:
        core.end(problem)
        return
    _accept(core, message)


def receive_again(core: SessionCore) -> None:
    """A Logon(A) with ResetSeqNumFlag(141) in a session that is up: both numberings begin anew."""
    if core.reset_asked:
        core.reset_asked = False
        core.inbound.restart(2)
        core.save_in()
    else:
        core.reset()
        core.inbound.restart(2)
        send_logon(core, with_reset=True)
    core.events.append(_logged_on(core, was_reset=True))


def _accept(core: SessionCore, message: FixMessage) -> None:
    seq = message.integer(MSG_SEQ_NUM)
    is_acceptor = core.config.role is Role.ACCEPTOR
    if is_acceptor:
        core.alive.interval_ns = message.integer(HEART_BT_INT) * SECOND
    wants_reset = message.is_set(RESET_SEQ_NUM_FLAG)
    # FIX 4.4 volume 2, "Logon": ResetSeqNumFlag(141) goes with number 1.
    if wants_reset and seq != 1:
        core.end(f"MsgSeqNum 1 with ResetSeqNumFlag expected, found {seq}")
        return
    was_reset = _reset_numbers(core, wants_reset=wants_reset)
    expected = core.inbound.expected
    # Test case 2.c holds for Logon(A) too.
    if seq < expected:
        core.end(f"MsgSeqNum too low, expecting {expected} but received {seq}")
        return
    # FIX 4.4 volume 2, "NextExpectedMsgSeqNum": more than we have sent is a serious fault.
    wanted = message.integer(NEXT_EXPECTED) if core.config.next_expected else 0
    own_next = core.store.next_out_seq
    if wanted > own_next:
        core.end(f"NextExpectedMsgSeqNum too high, expecting {own_next} but received {wanted}")
        return
    if is_acceptor:
        # The Logon(A) itself counts as received, if nothing is missing before it.
        send_logon(core, with_reset=wants_reset, next_in_seq=expected + 1 if seq == expected else expected)
    core.step(Step.LOGGED_ON)
    _pass_number(core, seq, told=wanted > 0)
    core.events.append(_logged_on(core, was_reset=was_reset))
    if 0 < wanted < own_next:
        core.resend(wanted, own_next - 1)


def _reset_numbers(core: SessionCore, *, wants_reset: bool) -> bool:
    """Begin the numbering anew where one of the sides says so. Whether it was done."""
    if core.config.role is Role.ACCEPTOR:
        if wants_reset or core.config.reset_on_logon:
            core.reset()
            return True
        return False
    if wants_reset and not core.reset_asked:
        # The acceptor begins anew by itself: our Logon(A) becomes number 1 of the new numbering.
        core.reset()
        core.store.save_sent(1, None)
    asked, core.reset_asked = core.reset_asked, False
    return asked or wants_reset


def _pass_number(core: SessionCore, seq: int, *, told: bool) -> None:
    """The Logon's own number, and the gap before it. Test case 1.a."""
    if seq == core.inbound.expected:
        core.advance_to(seq + 1)
        return
    core.inbound.hold(seq, None)
    if told:
        # Both sides tell what they expect, so the peer sends what is missing without being asked.
        core.inbound.await_up_to(seq)
        core.alive.asked(core.mono_ns)
        return
    core.request_missing(seq)


def _logged_on(core: SessionCore, *, was_reset: bool) -> LoggedOn:
    return LoggedOn(
        next_in_seq=core.inbound.expected,
        next_out_seq=core.store.next_out_seq,
        heartbeat_s=core.alive.interval_ns // SECOND,
        was_reset=was_reset,
    )
