"""The price rule for short sales (Business Regulation 18): not below the last price, at it only after an uptick.

Before the opening price, and while the opening price equals the base price and no other price has traded, an order
must be above the last price (Enforcement Rules 25(1)).
"""

from hts.model.enums import OrdType
from hts.model.reasons import Reason
from hts.rules.kr_rules import KrIssue
from hts.sim.commands import Enter
from hts.sim.issue import Issue

OTHER_PX = "other_px"  # the last price that differs from the last one; 0 while there is none
EXEMPT_CLIENTS = frozenset({"L"})  # liquidity providers who hedge


def refusal(issue: Issue, day: KrIssue, command: Enter) -> Reason:
    """Why a short sale is refused."""
    if day.short_banned:
        return Reason.SHORT_SALE_BANNED
    if day.short_free or command.client_type in EXEMPT_CLIENTS:
        return Reason.NONE
    if command.ord_type is OrdType.MARKET:
        return Reason.SHORT_SALE_PRICE  # it could trade anywhere
    px = command.px or issue.rules.entry_px(issue, command)
    return Reason.NONE if not px or is_allowed(issue, px) else Reason.SHORT_SALE_PRICE


def is_allowed(issue: Issue, px: int) -> bool:
    """Whether a short sale may name the price now."""
    last_px = issue.last_px
    if px != last_px:
        return px > last_px
    other_px = issue.rules.marks.get(OTHER_PX, 0)
    return bool(issue.figures.cum_qty) and last_px > other_px > 0


def note_trade(issue: Issue, before_px: int, px: int) -> None:
    """A trade printed at `px`; `before_px` was the last price before it, the base price before the first."""
    if px != before_px:
        issue.rules.marks[OTHER_PX] = before_px
