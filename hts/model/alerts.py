"""What a person must see and may acknowledge: limits near or over, rejects, latency, lines that are down."""

from enum import Enum

from msgspec import Struct

from hts.model.denials import Unit


class Severity(Enum):
    """How much it matters, in order."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertKind(Enum):
    """What it is about; the value is the key of the text catalogue ("alert.limit_near")."""

    LIMIT_NEAR = "limit_near"
    LIMIT_OVER = "limit_over"
    REJECTED = "rejected"
    REJECT_STORM = "reject_storm"
    RUNAWAY = "runaway"
    KILL_SWITCH = "kill_switch"
    HALTED = "halted"
    LATENCY = "latency"
    ORDERS_DOWN = "orders_down"
    ORDERS_SILENT = "orders_silent"  # the line stands, and not even a heartbeat comes
    REJECT_RATE = "reject_rate"  # a part of the orders that the venue answered
    RECONNECTS = "reconnects"
    COPIES_DOWN = "copies_down"
    UNDO_WAITS = "undo_waits"  # a trade was taken back, and no fill of ours is known that it was
    MARKET_DATA_DOWN = "market_data_down"
    MARKET_DATA_GAPS = "market_data_gaps"
    CHANGE_QUEUED = "change_queued"
    BUILD_MIX = "build_mix"


class AlertView(Struct, frozen=True, kw_only=True, tag="alert"):
    """One alert as it stands. The same kind and subject is one alert however often it happens.

    `count` says how often, `first_ns` and `last_ns` when (venue time). `is_over` tells that what it warned of has
    ended; an alert that is over and acknowledged is forgotten.
    """

    alert_id: int
    kind: AlertKind
    severity: Severity
    subject: str  # a scope, a venue, an order; never a translated text
    figure: int = 0
    limit: int = 0
    unit: Unit = Unit.NONE
    count: int = 1
    first_ns: int
    last_ns: int
    acknowledged_by: str = ""
    is_over: bool = False
