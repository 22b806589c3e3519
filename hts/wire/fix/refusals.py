"""Reasons of the model in FIX: the nearest standard code, and the exact one by its name in Text(58).

Text(58) is `NAME`, `NAME: the venue's own words`, or the words alone. A reason that the model does not name is its
number. What a peer who knows nothing of our names says is read from the standard code, and its text is kept.
"""

from typing import Final

from hts.model.enums import ExecType
from hts.model.reasons import Reason
from hts.wire.fix.codec import FixMessage

OTHER: Final = 99
_BETWEEN: Final = ": "
_DIGITS_MAX: Final = 9

ORD_REJ_REASONS: Final = {
    Reason.UNKNOWN_SYMBOL: 1,
    Reason.PHASE_CLOSED: 2,
    Reason.HALTED: 2,
    Reason.PRICE_LIMIT: 3,
    Reason.TOO_LATE: 4,
    Reason.UNKNOWN_ORDER: 5,
    Reason.DUPLICATE_CL_ORD_ID: 6,
    Reason.TYPE_NOT_ALLOWED: 11,
    Reason.BAD_QTY: 13,
    Reason.BAD_LOT: 13,
    Reason.UNKNOWN_ACCOUNT: 15,
}
CXL_REJ_REASONS: Final = {Reason.TOO_LATE: 0, Reason.UNKNOWN_ORDER: 1, Reason.DUPLICATE_CL_ORD_ID: 6}
# ExecRestatementReason(378) of what the venue did of its own accord.
RESTATEMENT_REASONS: Final = {
    Reason.REPRICED: 3,
    Reason.TRIGGERED: 4,
    Reason.CONVERTED: 4,
    Reason.HALTED: 6,
    Reason.CIRCUIT_BREAKER: 6,
    Reason.ISSUE_SUSPENDED: 6,
    Reason.CANCEL_ON_DISCONNECT: 7,
    Reason.NO_LIQUIDITY: 8,
    Reason.SESSION_END: 8,
}
ASKED_FOR: Final = frozenset({Reason.NONE, Reason.BY_TRADER, Reason.MASS_CANCEL})
UNSOLICITED: Final = frozenset({ExecType.CANCELED, ExecType.RESTATED})


def nearest(table: dict[Reason, int], reason_code: int) -> int | None:
    """The standard code; None where there is no reason."""
    return next((value for reason, value in table.items() if reason == reason_code), OTHER) if reason_code else None


def restatement(exec_type: ExecType, reason_code: int) -> int | None:
    """ExecRestatementReason(378); None for what was asked for."""
    is_asked = any(reason == reason_code for reason in ASKED_FOR)
    return None if exec_type not in UNSOLICITED or is_asked else nearest(RESTATEMENT_REASONS, reason_code)


def to_text(reason_code: int, words: str = "") -> str:
    """Text(58) of a reason and the venue's own words."""
    if not reason_code:
        # Words that look like a reason of ours are marked as having none.
        return f"{Reason.NONE.name}{_BETWEEN}{words}" if _split(words)[0] is not None else words
    name = Reason(reason_code).name if reason_code in Reason._value2member_map_ else str(reason_code)
    return f"{name}{_BETWEEN}{words}" if words else name


def from_text(message: FixMessage) -> tuple[int, str]:
    """The reason and the venue's own words; the reason from the nearest standard code where Text(58) names none."""
    text = message.text(58)
    code, words = _split(text)
    if code is not None:
        return code, words
    tables = ((103, ORD_REJ_REASONS), (102, CXL_REJ_REASONS), (378, RESTATEMENT_REASONS))
    for tag, table in tables:
        if tag in message:
            value = message.integer(tag)
            return next((int(reason) for reason, own in table.items() if own == value), int(Reason.NONE)), text
    return int(Reason.NONE), text


def _split(text: str) -> tuple[int | None, str]:
    """(the reason that a text begins with, the rest); None where it begins with none."""
    name, between, words = text.partition(_BETWEEN)
    if between and not words:
        return None, text
    if name in Reason.__members__:
        return int(Reason[name]), words
    is_number = name.isascii() and name.isdigit() and len(name) <= _DIGITS_MAX and str(int(name)) == name
    return (int(name), words) if is_number else (None, text)
