"""What market data messages have in common: MDEntryType(269), the day's session, phases, times of entries."""

from typing import Final

from hts.model.enums import Phase
from hts.wire.fix.codec import FieldList
from hts.wire.fix.values import timestamp_ns

DAY_NS: Final = 86_400_000_000_000
DAY_SESSION: Final = "1"
BID, OFFER, TRADE, OPENING, HIGH, LOW, VOLUME = "0", "1", "2", "4", "7", "8", "B"

# Phase -> TradSesStatus(340), TradingSessionSubID(625) of FIX 5.0. The first phase of a sub id is the usual one; the
# others are told apart by Text(58).
PHASES: Final = {
    Phase.CLOSED: (3, "5"),
    Phase.PRE_OPEN: (4, "1"),
    Phase.OPEN_CALL: (4, "2"),
    Phase.CONTINUOUS: (2, "3"),
    Phase.CLOSE_CALL: (5, "4"),
    Phase.HALTED: (1, "7"),
    Phase.ACCEPT: (4, "1"),
    Phase.PAUSE: (1, "7"),
    Phase.SINGLE_PRICE: (2, "6"),
    Phase.VI_CALL: (2, "9"),
    Phase.RESUME_CALL: (2, "9"),
    Phase.SPECIAL_QUOTE: (2, "9"),
    Phase.PRE_MARKET: (2, "10"),
    Phase.AFTER_MARKET: (2, "10"),
    Phase.PRE_CLOSE_PRICE: (2, "10"),
    Phase.POST_CLOSE_PRICE: (2, "10"),
}
PHASE_OF_SUB_ID: Final = {sub_id: phase for phase, (_, sub_id) in reversed(PHASES.items())}
_PHASE_NAMES: Final = {phase.value: phase for phase in Phase}


def phase_text(phase: Phase) -> str:
    """Text(58) where TradingSessionSubID(625) alone would be read as another phase."""
    return phase.value if PHASE_OF_SUB_ID[PHASES[phase][1]] is not phase else ""


def read_phase(fields_of: FieldList, default: Phase) -> Phase:
    """The phase of an entry or message."""
    return _PHASE_NAMES.get(fields_of.text(58)) or PHASE_OF_SUB_ID.get(fields_of.text(625), default)


def entry_ns(entry: FieldList) -> int:
    """MDEntryDate(272) and MDEntryTime(273); 0 where they are absent. Raises RemoteProtocolError."""
    day, clock = entry.get(272), entry.get(273)
    return 0 if day is None or clock is None else timestamp_ns(day + b"-" + clock)
