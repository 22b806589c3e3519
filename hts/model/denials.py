"""A business refusal of our own risk: rule, figure, limit. Desk turns it into a sentence with what to do."""

from enum import Enum

from msgspec import Struct


class Rule(Enum):
    """One per check; the value is the key of the text catalogue ("denial.price_above_limit")."""

    NOT_READY = "not_ready"  # core is recovering or reconciling
    VENUE_DOWN = "venue_down"
    KILL_SWITCH = "kill_switch"
    UNKNOWN_VENUE = "unknown_venue"
    PARENT = "parent"  # the order that it is to be a part of is not there, is over, or is another one
    PARENT_QTY = "parent_qty"  # with it the parts would exceed the whole
    UNKNOWN_SYMBOL = "unknown_symbol"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_ORDER = "unknown_order"
    ORDER_DONE = "order_done"
    FOREIGN = "foreign"  # another system entered the order: this cannot be asked for from here; `detail` names it
    FOREIGN_LINE = "foreign_line"  # it could be cancelled from here, but the drop copy's line is down
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
    HALTED = "halted"  # this scope takes no new orders: a breaker or a person stopped it
    REDUCING = "reducing"  # this scope takes only orders that make a position smaller
    VENUE_NOT_ELIGIBLE = "venue_not_eligible"  # the venue does not trade the issue, or not now, or not for this account
    RESTRICTED = "restricted"
    SCOPES_FULL = "scopes_full"  # so many strategies, users and issues today that no new name is taken
    LISTED_SHARES = "listed_shares"  # more shares than the issue has: such an order can never leave
    LISTED_SHARE_BP = "listed_share_bp"
    AVERAGE_VOLUME_BP = "average_volume_bp"
    UNIT_MIX = "unit_mix"  # a sum of money where shares belong
    PX_QTY_SWAP = "px_qty_swap"
    COLLAR = "collar"  # too far through the best price that any venue shows
    MARKET_WALK = "market_walk"  # what the books show does not fill it within the band
    MESSAGE_RATE = "message_rate"
    DUPLICATE_BURST = "duplicate_burst"
    SELF_TRADE = "self_trade"
    POSITION_QTY = "position_qty"
    GROSS_VALUE = "gross_value"
    NET_VALUE = "net_value"
    DAILY_LOSS = "daily_loss"
    CREDIT = "credit"  # the account has no permission for this kind of credit
    SHORT_SALE = "short_sale"  # no permission, or nothing located
    SHORT_PRICE = "short_price"
    POSITION_ORIGIN = "position_origin"  # shares that nobody has proved yet
    BUILD_MIX = "build_mix"  # terminal and core are of different builds
    RELEASE_CODE = "release_code"  # a halt is released by a second act with the right code in time
    ALGO = "algo"  # an algorithm's parameters cannot be carried out; `detail` is a text key
    CONDITION = "condition"  # a condition can never come true; `detail` is a text key
    CANCELLED_WAITING = "cancelled_waiting"  # it waited for the rate when a cancel of everything came
    WAITING_FULL = "waiting_full"  # over the rate, and the queue of waiting orders is full
    NOT_LOGGED_IN = "not_logged_in"  # this core trades live or is shared: it asks who you are
    SESSION_LOCKED = "session_locked"
    NO_PERMISSION = "no_permission"  # the role, or the token's scope, does not allow it
    STEP_UP = "step_up"  # asks for a fresh touch of the security key
    SECOND_PERSON = "second_person"  # waits for another person's approval


class Unit(Enum):
    """What `figure` and `limit` count."""

    NONE = ""
    PX = "px"
    QTY = "qty"
    NOTIONAL = "notional"
    PER_SECOND = "per_second"
    COUNT = "count"
    MS = "ms"
    BP = "bp"  # hundredths of a percent


class Denial(Struct, frozen=True, kw_only=True):
    """Why nothing left the house. `figure` broke `limit`; both in `unit`."""

    rule: Rule
    figure: int = 0
    limit: int = 0
    unit: Unit = Unit.NONE
    detail: str = ""  # a name or phase that the sentence needs, never a translated text
    scope: str = ""  # whose limit or state it was, "strategy:twap-1"; empty for the order's own
