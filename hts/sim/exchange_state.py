"""The exchange's whole state as values: written to a checkpoint, so that a restart need not apply the day again."""

from msgspec import Struct

from hts.model.enums import CashMargin, LastLiquidityInd, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.sim.figures import DayFigures
from hts.sim.timetable import Change


class OrderState(Struct, frozen=True, array_like=True):
    """One order."""

    session: str
    order_id: int
    cl_ord_id: int
    request_id: str
    venue_order_id: int
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: int
    order_qty: int
    leaves_qty: int
    cum_qty: int
    ord_status: OrdStatus
    stop_px: int = 0
    display_qty: int = 0
    min_qty: int = 0
    expire_ns: int = 0
    post_only: bool = False
    is_short: bool = False
    is_hidden: bool = False
    is_program: bool = False
    client_type: str = ""
    smp_id: str = ""
    smp_mode: int = 0
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    acts_as: OrdType = OrdType.LIMIT
    counterparty: str = ""


class MemberState(Struct, frozen=True, array_like=True):
    """A member's orders (of the house's own flow only the working ones), and all ids it has used.

    `ids`: (ClOrdID, venue order id) of every id of every chain, oldest first.
    """

    session: str
    orders: tuple[OrderState, ...]
    ids: tuple[tuple[int, int], ...]
    used_ids: tuple[int, ...]
    second: int = 0
    entered: int = 0
    killed: tuple[tuple[str, str, str, str], ...] = ()  # scopes of the kill switch: account, symbol, side, group
    is_blocked: bool = False


class IssueState(Struct, frozen=True, array_like=True):
    """An issue. `queue`: venue order ids as they stand, best price first, then by time, bids before asks.

    `shown`: what an iceberg shows now, by venue order id. `hidden`, `stops`, `dormant`, `fixed`: who waits elsewhere.
    `turns` counts the phases, `draws` the random numbers. `marks`: what the venue's rules remember.
    """

    symbol: str
    phase: Phase
    is_disclosed: bool
    figures: DayFigures
    queue: tuple[int, ...]
    shown: tuple[tuple[int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()
    dormant: tuple[int, ...] = ()
    fixed: tuple[int, ...] = ()
    fixed_px: int = 0
    fixed_phase: Phase = Phase.CLOSED
    fixed_open: bool = False
    until_ns: int = 0
    turns: int = 0
    draws: int = 0
    marks: tuple[tuple[str, int], ...] = ()
    negotiated: tuple[int, ...] = ()


class TradeSide(Struct, frozen=True, array_like=True):
    """One member's fill, under its newest ExecID."""

    match_id: int
    session: str
    order_id: int
    exec_id: int
    px: int
    qty: int
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN


class ExchangeState(Struct, frozen=True, kw_only=True):
    """Everything that `Exchange.state_hash` covers."""

    trading_date: int
    trade_ns: int
    market_phase: Phase
    next_change: int
    market_until_ns: int = 0
    planned: tuple[Change, ...] = ()
    marks: tuple[tuple[str, int], ...] = ()
    exec_id: int
    match_id: int
    venue_order_id: int
    issues: tuple[IssueState, ...]
    members: tuple[MemberState, ...]
    trades: tuple[TradeSide, ...] = ()
