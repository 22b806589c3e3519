"""Reason codes of our published order layout (docs/wire/ums.md), shared by simulator and core."""

from enum import IntEnum


class Reason(IntEnum):
    """Why a venue refused or ended an order. The names are keys of the text catalogue ("reason.PRICE_LIMIT")."""

    NONE = 0
    UNKNOWN_SYMBOL = 1
    BAD_TICK = 2
    PRICE_LIMIT = 3
    BAD_QTY = 4
    BAD_LOT = 5
    PHASE_CLOSED = 6
    TYPE_NOT_ALLOWED = 7
    DUPLICATE_CL_ORD_ID = 8
    UNKNOWN_ORDER = 9
    TOO_LATE = 10  # the order is filled or gone
    QTY_BELOW_CUM = 11
    HALTED = 12
    NO_LIQUIDITY = 13  # IOC remainder, FOK not fillable, market order without a counter side
    SESSION_END = 14  # the phase or day ended
    CANCEL_ON_DISCONNECT = 15
    MASS_CANCEL = 16
    THROTTLED = 17
    UNKNOWN_ACCOUNT = 18
    KILL_SWITCH = 19
    QTY_INCREASE = 20  # KRX amends cannot raise the quantity
    NOTHING_CHANGED = 21
    BY_TRADER = 22
    BAD_STOP_PX = 23
    SHORT_SALE_PRICE = 24
    SHORT_SALE_BANNED = 25
    QTY_CAP = 26
    SELF_MATCH = 27
    POST_ONLY = 28
    BAD_DISPLAY_QTY = 29
    BAD_MIN_QTY = 30
    NOT_ELIGIBLE = 31
    VOLUME_CAP = 32
    MEMBER_BLOCKED = 33
    CIRCUIT_BREAKER = 34
    SIDECAR = 35
    PRICE_BAND = 36
    BAD_EXPIRY = 37
    NO_REFERENCE = 38
    NOT_AMENDABLE = 39
    ERROR_ORDER = 40
    TRIGGERED = 41
    CONVERTED = 42
    REPRICED = 43
    ISSUE_SUSPENDED = 44
    BY_PROXY = 45  # another session of the same member cancelled it


class LocalCause(IntEnum):
    """Why the core itself closed an order that the venue cannot speak for."""

    NEVER_REACHED_VENUE = 1  # lost before the wire, or gap-filled
    UNKNOWN_TO_VENUE = 2  # mass status does not know it
    VENUE_NEW_DAY = 3  # the venue began a new day
