"""A fill as terminals see it."""

from msgspec import Struct

from hts.model.enums import LastLiquidityInd, Side
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty


class FillView(Struct, frozen=True, kw_only=True, tag="fill"):
    """One fill with its costs in the currency's smallest unit.

    With `exec_ref_id` it takes the place of that fill of the venue: a correction, or with quantity 0 a bust. Where that
    is its own number it is the same fill, charged something else since another one of its bill was taken back.
    """

    exec_id: ExecID
    order_id: ClOrdID
    venue: str
    account: str
    symbol: str
    side: Side
    px: Px
    qty: Qty
    fee: Notional
    tax: Notional
    trade_ns: int
    exec_ref_id: ExecID = ExecID(0)
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN
