"""The member and the account of every simulation, and the sessions that it has over FIX."""

from msgspec import Struct

from hts.model.enums import LastLiquidityInd
from hts.model.units import Notional
from hts.model.venues import TOLD_BY_MATCH

ACCOUNT = "8801-2745-01"
MEMBER = "HTS01"
PASSWORD = "lab"  # noqa: S105  both ends live in one process
CASH = Notional(1_000_000_000)  # so little that some wishes are refused for want of it
OTHER_SYSTEM = f"{MEMBER}-OE50"  # another program that trades under the same account
COPIES = f"{MEMBER}-DC50"  # the core's drop copy
READER = f"{MEMBER}-DC44"  # who reads the drop copy at the end, to compare


class Membership(Struct, frozen=True, kw_only=True):
    """How the house is connected with the venues of its world.

    `session` is what they call the session of its orders, which is one of FIX or of their own protocol.
    `tells_auctions`: it has a word for fills in an auction, as FIX 4.4 has not. `has_copies`: the core listens to their
    drop copies, so that another system may trade under its account.
    """

    session: str = MEMBER
    by_fix: bool = False
    tells_auctions: bool = True
    has_copies: bool = False

    def is_told_by_match(self, venue: str) -> bool:
        """Whether the session's own reports call a fill by its match, which the drop copy does not."""
        return venue in TOLD_BY_MATCH and not self.by_fix

    def heard(self, liquidity: LastLiquidityInd) -> LastLiquidityInd:
        """A word for what a fill did to the book, as far as every line of the house can tell it."""
        is_untold = liquidity is LastLiquidityInd.AUCTION and not self.tells_auctions
        return LastLiquidityInd.UNKNOWN if is_untold else liquidity
