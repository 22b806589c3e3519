"""Scaled integers with their own types.

`Px` counts the instrument's smallest price unit (won for Korean issues, cents for US issues), `Qty` counts shares,
`Notional` counts the smallest unit of the instrument's currency. Floats exist only in drawing code.

    Px * Qty -> Notional      notional(px, qty)
    Px - Px  -> int           a distance, not a price
"""

from typing import NewType

Px = NewType("Px", int)
Qty = NewType("Qty", int)
Notional = NewType("Notional", int)

ClOrdID = NewType("ClOrdID", int)  # ClOrdID(11): unique for ever; 0 means none
VenueOrderID = NewType("VenueOrderID", int)  # OrderID(37): the venue's number; 0 means none
ExecID = NewType("ExecID", int)  # ExecID(17): unique per venue and trading day; 0 means none

NO_PX = Px(0)
NO_QTY = Qty(0)
NO_ID = ClOrdID(0)
QTY_MAX = 999_999_999  # nine digits: what the wire and the venue can carry, whatever the limits are


def notional(px: Px, qty: Qty) -> Notional:
    """Value of `qty` shares at `px`, in the smallest unit of the currency."""
    return Notional(px * qty)
