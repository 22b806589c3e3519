"""FIX words and codes. The value is the wire code of the FIX field named in each docstring."""

from enum import Enum


class FixEnum(Enum):
    """An enumeration whose members are hashed as the single objects that they are.

    Enum hashes a member by its name, in Python code, at each look-up; on the order path that is felt.
    """

    __hash__ = object.__hash__


class Side(FixEnum):
    """Side(54)."""

    BUY = "1"
    SELL = "2"

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell: what a fill does to the position."""
        return 1 if self is Side.BUY else -1

    @property
    def other(self) -> "Side":
        """The counter side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrdType(FixEnum):
    """OrdType(40)."""

    MARKET = "1"
    LIMIT = "2"


class TimeInForce(FixEnum):
    """TimeInForce(59)."""

    DAY = "0"
    IOC = "3"
    FOK = "4"


class OrdStatus(FixEnum):
    """OrdStatus(39). DENIED is ours: risk said no and nothing left the house."""

    NEW = "0"
    PARTIALLY_FILLED = "1"
    FILLED = "2"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    PENDING_REPLACE = "E"
    DENIED = "d"

    @property
    def is_terminal(self) -> bool:
        """No share of the order can trade any more (a late fill is still booked)."""
        return self in _TERMINAL


_TERMINAL = frozenset({OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.REJECTED, OrdStatus.EXPIRED, OrdStatus.DENIED})


class ExecType(FixEnum):
    """ExecType(150)."""

    NEW = "0"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    REPLACED = "5"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    RESTATED = "D"
    PENDING_REPLACE = "E"
    TRADE = "F"
    TRADE_CORRECT = "G"
    TRADE_CANCEL = "H"
    ORDER_STATUS = "I"


class CxlRejResponseTo(FixEnum):
    """CxlRejResponseTo(434): which request was refused."""

    CANCEL = "1"
    REPLACE = "2"


class Phase(FixEnum):
    """Trading phase of a venue or an issue (TradingSessionSubID(625) in words)."""

    CLOSED = "closed"
    PRE_OPEN = "pre_open"  # orders are not yet taken
    OPEN_CALL = "open_call"  # 08:30-09:00 (+ random end): opening call auction
    CONTINUOUS = "continuous"
    CLOSE_CALL = "close_call"  # 15:20-15:30 (+ random end): closing call auction
    HALTED = "halted"

    @property
    def takes_orders(self) -> bool:
        """Whether the venue accepts new orders in this phase."""
        return self in (Phase.OPEN_CALL, Phase.CONTINUOUS, Phase.CLOSE_CALL)

    @property
    def is_call(self) -> bool:
        """Whether orders are collected and uncrossed at one price."""
        return self in (Phase.OPEN_CALL, Phase.CLOSE_CALL)


class Market(FixEnum):
    """Listing segment; the letter is KRX's own in transaction codes (A301S, A301Q)."""

    KOSPI = "S"
    KOSDAQ = "Q"
    REPLAY = "R"  # a recorded foreign session, listed for replay


class DisconnectPolicy(FixEnum):
    """What becomes of an account's working orders when the core loses its last terminal, or the venue its session."""

    KEEP = "keep"
    CANCEL = "cancel"
