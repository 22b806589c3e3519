"""What an order can say beside side, type, price and quantity. The same fields, with the same defaults, stand in the
intent, the request, the record, the report and the view of an order; a test holds them together.
"""

from typing import Any, Final

from msgspec import Struct

from hts.model.enums import CashMargin
from hts.model.units import NO_ID, NO_PX, NO_QTY, ClOrdID, Px, Qty


class OrderTerms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Terms with defaults: an order that names none of them is a plain one."""

    stop_px: Px = NO_PX  # StopPx(99): the trigger of a stop order
    display_qty: Qty = NO_QTY  # DisplayQty(1138) of an iceberg; 0 shows all
    min_qty: Qty = NO_QTY  # MinQty(110): the least that may trade at once; 0 for none
    post_only: bool = False  # ExecInst(18) 6: refused rather than take
    is_short: bool = False  # a sale of what is not owned: Side(54) 5 on the wire
    expire_ns: int = 0  # ExpireTime(126) of a GTD order, venue time; 0 for none
    credit: CashMargin = CashMargin.CASH  # CashMargin(544)
    loan_date: int = 0  # YYYYMMDD of the loan that a MARGIN_CLOSE pays back; 0 where there is none
    strategy: str = ""  # who decided: a name that limits and breakers can be set for
    user: str = ""  # the person or script that asked
    parent_id: ClOrdID = NO_ID  # the order that this one is a part of


TERMS: Final = OrderTerms.__struct_fields__


def terms_of(value: Any) -> dict[str, Any]:
    """The terms of an intent, request, record, report or order, to build another of them with."""
    return {name: getattr(value, name) for name in TERMS}
