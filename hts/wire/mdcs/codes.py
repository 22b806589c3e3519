"""Code values of the feed that the public field tables do not list: ours, written down in docs/wire/krx_md.md."""

from hts.model.enums import Phase

BOARD_REGULAR = b"G1"

SESSION_OF_PHASE = {
    Phase.PRE_OPEN: b"00",
    Phase.PRE_MARKET: b"05",
    Phase.OPEN_CALL: b"10",
    Phase.PRE_CLOSE_PRICE: b"11",
    Phase.VI_CALL: b"20",
    Phase.RESUME_CALL: b"21",
    Phase.SPECIAL_QUOTE: b"22",
    Phase.CLOSE_CALL: b"30",
    Phase.CONTINUOUS: b"40",
    Phase.ACCEPT: b"50",
    Phase.POST_CLOSE_PRICE: b"51",
    Phase.SINGLE_PRICE: b"60",
    Phase.AFTER_MARKET: b"61",
    Phase.PAUSE: b"80",
    Phase.HALTED: b"90",
    Phase.CLOSED: b"99",
}
PHASE_OF_SESSION = {code: phase for phase, code in SESSION_OF_PHASE.items()}

# Final Ask/Bid Type Code names the side that took: the ask side (a sell) is 1, the bid side (a buy) is 2.
TAKER_OF_SIDE = {"1": b"2", "2": b"1", "": b"0"}
SIDE_OF_TAKER = {code: side for side, code in TAKER_OF_SIDE.items()}

GROUP_ETF = "EF"
GROUP_STOCK = "ST"
GROUP_NUMBER_SYNTHETIC_ISIN = "99999"

EVENT_NEXT_PHASE = b"NXT"
EVENT_NONE = b"NON"

ISIN_LENGTH = 12
NO_ISIN = b" " * ISIN_LENGTH  # a market operation record about the whole market

KST_OFFSET_NS = 9 * 3600 * 1_000_000_000
DAY_NS = 86_400 * 1_000_000_000


def kst_midnight_ns(trade_ns: int) -> int:
    """First nanosecond, UTC, of the Korean day that `trade_ns` lies in."""
    return (trade_ns + KST_OFFSET_NS) // DAY_NS * DAY_NS - KST_OFFSET_NS
