"""FIX words and codes. The value is the wire code of the FIX field named in each docstring."""

from enum import Enum
from typing import Final


class FixEnum(Enum):
    """An enumeration whose members are hashed as the single objects that they are.

    Enum hashes a member by its name, in Python code, at each look-up; on the order path that is felt.
    """

    __hash__ = object.__hash__


class Side(FixEnum):
    """Side(54)."""

    BUY = "1"
    SELL = "2"

    other: "Side"  # the counter side

    def __init__(self, code: str) -> None:
        self.sign = 1 if code == "1" else -1  # what a fill does to the position


# What follows from a member alone stands on it: asking a property for it is felt on the order path.
Side.BUY.other, Side.SELL.other = Side.SELL, Side.BUY


class OrdType(FixEnum):
    """OrdType(40). The small letters are ours, for what FIX tells apart by a second field or has no code for."""

    MARKET = "1"
    LIMIT = "2"
    STOP = "3"
    STOP_LIMIT = "4"  # 스톱지정가
    LIMIT_OR_CLOSE = "I"  # FIX "Funari": 조건부지정가, 不成; a limit whose rest is a market order in the closing call
    BEST_COUNTER = "K"  # 최유리지정가: a limit at the best price of the other side
    BEST_OWN = "y"  # 최우선지정가: a limit at the best price of the own side
    MIDPOINT = "P"  # 중간가: pegged to the middle of the spread, PegPriceType(1094) 2
    PRIMARY_PEG = "p"  # pegged to the best price of the own side, PegPriceType(1094) 5


class TimeInForce(FixEnum):
    """TimeInForce(59)."""

    DAY = "0"
    GTC = "1"
    AT_OPEN = "2"  # 寄付, MOO, LOO
    IOC = "3"
    FOK = "4"
    GTX = "5"  # until the running session ends: Nextrade's GTP
    GTD = "6"
    AT_CLOSE = "7"  # 引け, MOC, LOC


class LastLiquidityInd(FixEnum):
    """LastLiquidityInd(851): what a fill did to the book, as far as the venue tells it."""

    UNKNOWN = ""  # it does not tell, or says something that no fee goes by
    ADDED = "1"  # the order rested
    REMOVED = "2"  # it took what rested
    AUCTION = "4"


_TERMINAL: Final = frozenset("248BCd")  # no share can trade any more (a late fill is still booked)


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

    def __init__(self, code: str) -> None:
        self.is_terminal = code in _TERMINAL


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


class CashMargin(FixEnum):
    """CashMargin(544): own money, or a credit position opened or closed (신용융자, 대주; 信用新規, 信用返済).

    With `is_short` an opening is a short sale of borrowed shares, a closing on the buy side returns them.
    """

    CASH = "1"
    MARGIN_OPEN = "2"
    MARGIN_CLOSE = "3"


class SecurityType(FixEnum):
    """SecurityType(167)."""

    COMMON_STOCK = "CS"
    PREFERRED_STOCK = "PS"
    DEPOSITARY_RECEIPT = "DR"
    ETF = "ETF"
    ETN = "ETN"
    REIT = "REIT"
    WARRANT = "WAR"  # ELW
    FUTURE = "FUT"
    OPTION = "OPT"


class CxlRejResponseTo(FixEnum):
    """CxlRejResponseTo(434): which request was refused."""

    CANCEL = "1"
    REPLACE = "2"


_CONTINUOUS: Final = frozenset({"continuous", "pre_market", "after_market"})
_TAKES_NONE: Final = frozenset({"closed", "pre_open", "pause", "halted"})
_CALLS: Final = frozenset({"open_call", "close_call", "vi_call", "resume_call", "special_quote", "single_price"})
_FIXED_PRICE: Final = frozenset({"pre_close_price", "post_close_price"})


class Phase(FixEnum):
    """Trading phase of a venue or an issue (TradingSessionSubID(625) in words). Times stand in resources/market."""

    CLOSED = "closed"
    PRE_OPEN = "pre_open"  # orders are not yet taken
    PRE_MARKET = "pre_market"  # continuous trading before the main session (NXT, Nasdaq)
    PRE_CLOSE_PRICE = "pre_close_price"  # 장전 시간외종가: fixed at the previous close
    OPEN_CALL = "open_call"  # opening call auction: KRX 동시호가, TSE itayose, Nasdaq cross
    CONTINUOUS = "continuous"
    PAUSE = "pause"  # nothing trades by schedule: TSE lunch, NXT while KRX holds a call
    CLOSE_CALL = "close_call"  # closing call auction
    VI_CALL = "vi_call"  # two minutes of call after a volatility interruption
    RESUME_CALL = "resume_call"  # call before trading goes on after a halt or circuit breaker
    SPECIAL_QUOTE = "special_quote"  # 特別気配: TSE looks for a price step by step
    SINGLE_PRICE = "single_price"  # periodic calls: 시간외단일가, 단기과열, 정리매매
    ACCEPT = "accept"  # orders are collected, nothing trades yet
    POST_CLOSE_PRICE = "post_close_price"  # 장후 시간외종가, NXT 종가매매: fixed at the close
    AFTER_MARKET = "after_market"  # continuous trading after the close
    HALTED = "halted"

    def __init__(self, code: str) -> None:
        self.takes_orders = code not in _TAKES_NONE  # the venue accepts new orders
        self.is_call = code in _CALLS  # orders are collected and uncrossed at one price
        self.is_continuous = code in _CONTINUOUS  # an incoming order trades at once at the price of the resting one
        self.is_fixed_price = code in _FIXED_PRICE  # everything trades at one given price, by time


class Market(FixEnum):
    """Listing segment; for KRX the letter is its own in transaction codes (A301S, A301Q)."""

    KOSPI = "S"
    KOSDAQ = "Q"
    KONEX = "X"
    KRX_DERIVATIVES = "D"
    TSE = "T"
    OSE = "O"
    NASDAQ = "N"
    REPLAY = "R"  # a recorded foreign session, listed for replay


class DisconnectPolicy(FixEnum):
    """What becomes of an account's working orders when the core loses its last terminal, or the venue its session."""

    KEEP = "keep"
    CANCEL = "cancel"
