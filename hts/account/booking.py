"""A fill as the books take it: everything that a table had to say about it stands in the booking itself."""

from msgspec import Struct

from hts.account.position import CASH
from hts.model.enums import LastLiquidityInd, Side
from hts.model.units import NO_ID, ClOrdID, ExecID, Notional, Px, Qty


class Booking(Struct, frozen=True, kw_only=True):
    """One fill. `settle_date` 0: settled at once, as before ladders were kept.

    `loan_date`: of the loan to open, or the one to pay back; 0 pays back the oldest first. `deposit_ppm`: part of a
    purchase that own cash must cover before settlement (one million: all of it).
    """

    account: str
    currency: str
    symbol: str
    side: Side
    px: Px
    qty: Qty
    value: Notional
    fee: Notional = Notional(0)
    tax: Notional = Notional(0)
    venue: str = ""
    exec_id: ExecID = ExecID(0)
    trade_date: int = 0
    settle_date: int = 0
    credit: str = CASH
    is_opening: bool = False  # of a credit row
    loan_date: int = 0
    due_date: int = 0
    financed_ppm: int = 0
    deposit_ppm: int = 1_000_000
    order_id: ClOrdID = NO_ID
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN


class Repayment(Struct, frozen=True, kw_only=True):
    """Part of a loan that a closing trade pays back when it settles; until then it bears interest."""

    account: str
    currency: str
    symbol: str
    credit: str
    loan_date: int
    principal: Notional
    accrued_micro: int
    accrued_to: int
    settle_date: int
