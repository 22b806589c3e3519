"""A business refusal of our own risk: rule, figure, limit. Desk turns it into a sentence with what to do."""

from enum import Enum

from msgspec import Struct


class Rule(Enum):
    """One per check; the value is the key of the text catalogue ("denial.price_above_limit")."""

    NOT_READY = "not_ready"  # core is recovering or reconciling
    VENUE_DOWN = "venue_down"
    KILL_SWITCH = "kill_switch"
    UNKNOWN_SYMBOL = "unknown_symbol"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_ORDER = "unknown_order"
    ORDER_DONE = "order_done"
    REQUEST_PENDING = "request_pending"
    PHASE_CLOSED = "phase_closed"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    BAD_TICK = "bad_tick"
    PRICE_ABOVE_LIMIT = "price_above_limit"
    PRICE_BELOW_LIMIT = "price_below_limit"
    PRICE_BAND = "price_band"  # too far from the last price: fat finger
    BAD_QTY = "bad_qty"
    BAD_LOT = "bad_lot"
    QTY_LIMIT = "qty_limit"
    VALUE_LIMIT = "value_limit"
    ORDER_RATE = "order_rate"
    DUPLICATE = "duplicate"  # the same order again within the window
    WORKING_ORDERS = "working_orders"
    CASH = "cash"
    HOLDINGS = "holdings"
    QTY_INCREASE = "qty_increase"
    NOTHING_TO_DO = "nothing_to_do"
    BAD_REQUEST_ID = "bad_request_id"
    STALE_DATA = "stale_data"
    JOURNAL_HALTED = "journal_halted"


class Unit(Enum):
    """What `figure` and `limit` count."""

    NONE = ""
    PX = "px"
    QTY = "qty"
    NOTIONAL = "notional"
    PER_SECOND = "per_second"
    COUNT = "count"
    MS = "ms"


class Denial(Struct, frozen=True, kw_only=True):
    """Why nothing left the house. `figure` broke `limit`; both in `unit`."""

    rule: Rule
    figure: int = 0
    limit: int = 0
    unit: Unit = Unit.NONE
    detail: str = ""  # a name or phase that the sentence needs, never a translated text
