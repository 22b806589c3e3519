"""Checks of a received header and of a Logon(A) that need more than the dictionary."""

from typing import Final

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.codec import FieldList, Fields, FixMessage
from hts.wire.fix.config import SECOND, SessionConfig
from hts.wire.fix.dictionary import Dictionary
from hts.wire.fix.validate import Refusal, SessionRejectReason
from hts.wire.fix.values import timestamp_ns

SENDER_COMP_ID: Final = 49
TARGET_COMP_ID: Final = 56
SENDING_TIME: Final = 52
ORIG_SENDING_TIME: Final = 122
ENCRYPT_METHOD: Final = 98
HEART_BT_INT: Final = 108
DEFAULT_APPL_VER_ID: Final = 1137
APPL_VER_ID: Final = 1128
HEARTBEAT_S_MAX: Final = 86_400

# A reply goes back the way the message came: FIX 4.4 volume 1, "FIX Message Routing Details".
REVERSE_ROUTE: Final = {115: 128, 116: 129, 144: 145, 128: 115, 129: 116, 145: 144}


def fatal_refusal(message: FixMessage, config: SessionConfig, trade_ns: int) -> Refusal | None:
    """What ends the session with Reject(3) and Logout(5): a foreign CompID, a SendingTime(52) far from ours."""
    # FIX 4.4 volume 2, test cases 2.k: the CompIDs are those of the session profile.
    if not has_comp_ids(message, config):
        return Refusal(reason=SessionRejectReason.COMP_ID_PROBLEM)
    # FIX 4.4 volume 2, test cases 2.o: SendingTime(52) within two minutes of the atomic clock's time.
    if not has_good_time(message, config, trade_ns):
        return Refusal(reason=SessionRejectReason.SENDING_TIME_ACCURACY_PROBLEM)
    return None


def has_comp_ids(message: FixMessage, config: SessionConfig) -> bool:
    """Whether the message comes from our peer and is for us."""
    sender, target = message.get(SENDER_COMP_ID), message.get(TARGET_COMP_ID)
    return sender == config.target_comp_id.encode() and target == config.sender_comp_id.encode()


def has_good_time(message: FixMessage, config: SessionConfig, trade_ns: int) -> bool:
    """Whether SendingTime(52) is near ours."""
    if not config.sending_time_within_s:
        return True
    try:
        sent_ns = timestamp_ns(message.get(SENDING_TIME) or b"")
    except RemoteProtocolError:
        return False
    return abs(sent_ns - trade_ns) <= config.sending_time_within_s * SECOND


def poss_dup_refusal(message: FixMessage) -> Refusal | None:
    """What is wrong with the OrigSendingTime(122) of a possible duplicate."""
    original = message.get(ORIG_SENDING_TIME)
    if original is None:
        # FIX 4.4 volume 2, test case 2.g. SequenceReset(4) may do without: it resends nothing.
        missing = Refusal(reason=SessionRejectReason.REQUIRED_TAG_MISSING, ref_tag=ORIG_SENDING_TIME)
        return None if message.msg_type == "4" else missing
    try:
        is_late = timestamp_ns(original) > timestamp_ns(message.get(SENDING_TIME) or b"")
    except RemoteProtocolError:
        return Refusal(reason=SessionRejectReason.INCORRECT_DATA_FORMAT, ref_tag=ORIG_SENDING_TIME)
    # FIX 4.4 volume 2, test case 2.f.
    return Refusal(reason=SessionRejectReason.SENDING_TIME_ACCURACY_PROBLEM) if is_late else None


def logon_problem(message: FieldList, refusal: Refusal | None, dictionary: Dictionary) -> str:
    """Why a Logon(A) cannot be accepted, "" for a good one."""
    if refusal is not None:
        return f"{refusal.text}: {refusal.ref_tag}"
    if message.get(ENCRYPT_METHOD) not in (b"0", None):
        return f"EncryptMethod(98) 0 expected, found {message.text(ENCRYPT_METHOD)}"
    if not 0 <= message.integer(HEART_BT_INT) <= HEARTBEAT_S_MAX:
        return f"HeartBtInt(108) from 0 to {HEARTBEAT_S_MAX} expected, found {message.text(HEART_BT_INT)}"
    version = message.text(DEFAULT_APPL_VER_ID)
    # FIXT 1.1, "Logon": the version of all messages without ApplVerID(1128).
    if dictionary.appl_ver_id and version != dictionary.appl_ver_id:
        return f"DefaultApplVerID(1137) {dictionary.appl_ver_id} expected, found {version}"
    return ""


def has_version(message: FieldList, dictionary: Dictionary) -> bool:
    """Whether the message is of the application version of the session."""
    return message.get(APPL_VER_ID) in (None, dictionary.appl_ver_id.encode())


def reverse_route(message: FieldList) -> Fields:
    """The routing fields of an answer, without empty ones."""
    pairs = ((back, message.get(there)) for there, back in REVERSE_ROUTE.items())
    return tuple((back, value) for back, value in pairs if value)
